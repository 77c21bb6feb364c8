/* SPDX-License-Identifier: MIT */
/* tls_fake.c - esp_tls by OpenSSL, so that real clients can talk to the port */
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "esp_tls.h"

struct fake_tls {
	SSL_CTX *context;
	SSL *ssl;
};

esp_tls_t *esp_tls_init(void)
{
	return calloc(1, sizeof(esp_tls_t));
}

static BIO *text_of(const unsigned char *pem)
{
	return BIO_new_mem_buf(pem, -1);
}

esp_err_t esp_tls_server_session_init(esp_tls_cfg_server_t *config, int fd, esp_tls_t *tls)
{
	BIO *cert = text_of(config->servercert_buf), *key = text_of(config->serverkey_buf);
	X509 *x509 = PEM_read_bio_X509(cert, NULL, NULL, NULL);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);

	tls->context = SSL_CTX_new(TLS_server_method());
	if (x509 && pkey && SSL_CTX_use_certificate(tls->context, x509) == 1 &&
	    SSL_CTX_use_PrivateKey(tls->context, pkey) == 1)
		tls->ssl = SSL_new(tls->context);
	BIO_free(cert);
	BIO_free(key);
	X509_free(x509);
	EVP_PKEY_free(pkey);
	if (!tls->ssl)
		return ESP_FAIL;
	SSL_set_fd(tls->ssl, fd);
	SSL_set_accept_state(tls->ssl);
	return ESP_OK;
}

static int result_of(esp_tls_t *tls, int n)
{
	switch (SSL_get_error(tls->ssl, n)) {
	case SSL_ERROR_NONE: return n;
	case SSL_ERROR_WANT_READ: return ESP_TLS_ERR_SSL_WANT_READ;
	case SSL_ERROR_WANT_WRITE: return ESP_TLS_ERR_SSL_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN: return 0;
	default: return -1;
	}
}

int esp_tls_server_session_continue_async(esp_tls_t *tls)
{
	int n = SSL_do_handshake(tls->ssl);

	return n == 1 ? 0 : result_of(tls, n);
}

void esp_tls_server_session_delete(esp_tls_t *tls)
{
	SSL_free(tls->ssl);
	SSL_CTX_free(tls->context);
	free(tls);
}

ssize_t esp_tls_conn_read(esp_tls_t *tls, void *data, size_t size)
{
	return result_of(tls, SSL_read(tls->ssl, data, (int)size));
}

ssize_t esp_tls_conn_write(esp_tls_t *tls, const void *data, size_t size)
{
	return result_of(tls, SSL_write(tls->ssl, data, (int)size));
}

ssize_t esp_tls_get_bytes_avail(esp_tls_t *tls)
{
	return SSL_pending(tls->ssl);
}
