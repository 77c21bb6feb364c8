/* SPDX-License-Identifier: MIT */
#include "lib/host/tls.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "lib/host/ssl_load.h"

struct ota_tls {
	const struct ota_ssl *ssl;
	SSL_CTX *context;
};

struct session {
	const struct ota_ssl *ssl;
	SSL *end;
	bool broken; /* nothing may be said any more, not even farewell */
};

static enum ota_status explain(const struct ota_ssl *ssl, const char **why)
{
	unsigned long error = ssl->ERR_peek_error();

	*why = ssl->ERR_reason_error_string(error);
	if (!*why)
		*why = "not of this form";
	if (!ERR_SYSTEM_ERROR(error))
		return OTA_E_VALUE;
	errno = ERR_GET_REASON(error);
	return OTA_E_SYSTEM;
}

static enum ota_status load(struct ota_tls *tls, const char *cert, const char *key,
			    const char **file, const char **why)
{
	const struct ota_ssl *ssl = tls->ssl;

	tls->context = ssl->SSL_CTX_new(ssl->TLS_server_method());
	if (!tls->context)
		return OTA_E_MEMORY;
	ssl->SSL_CTX_ctrl(tls->context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL);
	ssl->SSL_CTX_ctrl(tls->context, SSL_CTRL_MODE,
			  SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER,
			  NULL);
	ssl->ERR_clear_error();
	*file = cert;
	if (ssl->SSL_CTX_use_certificate_chain_file(tls->context, cert) != 1)
		return explain(ssl, why);
	*file = key; /* which has to be that of the certificate */
	if (ssl->SSL_CTX_use_PrivateKey_file(tls->context, key, SSL_FILETYPE_PEM) != 1)
		return explain(ssl, why);
	return OTA_OK;
}

enum ota_status ota_tls_open(const char *cert, const char *key, struct ota_tls **result,
			     const char **file, const char **why)
{
	struct ota_tls *tls = calloc(1, sizeof(*tls));
	enum ota_status status = OTA_E_MISSING;

	*result = NULL;
	*file = *why = "";
	if (!tls)
		return OTA_E_MEMORY;
	tls->ssl = ota_ssl();
	if (tls->ssl)
		status = load(tls, cert, key, file, why);
	if (status)
		ota_tls_close(tls);
	else
		*result = tls;
	return status;
}

void ota_tls_close(struct ota_tls *tls)
{
	if (!tls)
		return;
	if (tls->context)
		tls->ssl->SSL_CTX_free(tls->context);
	free(tls);
}

void *ota_tls_begin(void *ctx, int fd)
{
	const struct ota_tls *tls = ctx;
	struct session *session = calloc(1, sizeof(*session));

	if (!session)
		return NULL;
	session->ssl = tls->ssl;
	session->end = tls->ssl->SSL_new(tls->context);
	if (session->end && tls->ssl->SSL_set_fd(session->end, fd) == 1) {
		tls->ssl->SSL_set_accept_state(session->end);
		return session;
	}
	ota_tls_end(session);
	return NULL;
}

/* What a call came to, as recv(2) would say it. */
static ssize_t result(struct session *session, int n)
{
	switch (session->ssl->SSL_get_error(session->end, n)) {
	case SSL_ERROR_NONE: return n;
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
	case SSL_ERROR_ZERO_RETURN: return 0;
	default:
		session->broken = true;
		errno = EPROTO;
		return -1;
	}
}

static int at_most(size_t size)
{
	return size < INT_MAX ? (int)size : INT_MAX;
}

ssize_t ota_tls_peek(void *ctx, void *buf, size_t size)
{
	struct session *session = ctx;

	session->ssl->ERR_clear_error();
	return result(session, session->ssl->SSL_peek(session->end, buf, at_most(size)));
}

ssize_t ota_tls_take(void *ctx, void *buf, size_t size)
{
	struct session *session = ctx;

	session->ssl->ERR_clear_error();
	return result(session, session->ssl->SSL_read(session->end, buf, at_most(size)));
}

ssize_t ota_tls_put(void *ctx, const void *buf, size_t size)
{
	struct session *session = ctx;

	session->ssl->ERR_clear_error();
	return result(session, session->ssl->SSL_write(session->end, buf, at_most(size)));
}

bool ota_tls_has_more(void *ctx)
{
	const struct session *session = ctx;

	return session->ssl->SSL_pending(session->end) > 0;
}

bool ota_tls_wants_to_send(void *ctx)
{
	const struct session *session = ctx;

	return session->ssl->SSL_want(session->end) == SSL_WRITING;
}

void ota_tls_end(void *ctx)
{
	struct session *session = ctx;

	if (session->end && !session->broken && session->ssl->SSL_is_init_finished(session->end))
		session->ssl->SSL_shutdown(session->end);
	if (session->end)
		session->ssl->SSL_free(session->end);
	free(session);
}
