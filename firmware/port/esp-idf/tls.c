/* SPDX-License-Identifier: MIT */
#include "tls.h"

#ifdef CONFIG_OTATOOL_TLS
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "esp_tls.h"
#include "nvs.h"

#define PIECE 512u /* bytes taken out of TLS at once */

struct ota_esp_tls {
	esp_tls_t *session;
	bool shaken; /* hands */
	uint16_t at, size; /* of `in`: what the connection has not taken yet */
	uint8_t in[PIECE];
};

static esp_tls_cfg_server_t config;

/* A string of NVS, kept for ever; NULL: there is none. */
static char *load(const char *partition, const char *name)
{
	nvs_handle_t handle;
	size_t size = 0;
	char *text = NULL;

	if (nvs_open_from_partition(partition, "otatool", NVS_READONLY, &handle))
		return NULL;
	if (!nvs_get_str(handle, name, NULL, &size))
		text = malloc(size);
	if (text && nvs_get_str(handle, name, text, &size)) {
		free(text);
		text = NULL;
	}
	nvs_close(handle);
	return text;
}

esp_err_t ota_esp_tls_begin(const char *cert, const char *key, const char *nvs_partition)
{
	if (!cert)
		cert = load(nvs_partition, "tls_cert");
	if (!key)
		key = load(nvs_partition, "tls_key");
	if (!cert || !key)
		return ESP_ERR_NOT_FOUND;
	config = (esp_tls_cfg_server_t){
		.servercert_buf = (const unsigned char *)cert,
		.servercert_bytes = (unsigned)strlen(cert) + 1,
		.serverkey_buf = (const unsigned char *)key,
		.serverkey_bytes = (unsigned)strlen(key) + 1,
	};
	return ESP_OK;
}

bool ota_esp_tls_open(struct ota_esp_tls **tls, int fd)
{
	*tls = calloc(1, sizeof(**tls));
	if (*tls)
		(*tls)->session = esp_tls_init();
	return *tls && (*tls)->session &&
	       esp_tls_server_session_init(&config, fd, (*tls)->session) == ESP_OK;
}

void ota_esp_tls_close(struct ota_esp_tls *tls)
{
	if (tls && tls->session)
		esp_tls_server_session_delete(tls->session);
	free(tls);
}

static bool is_patient(ssize_t result)
{
	return result == ESP_TLS_ERR_SSL_WANT_READ || result == ESP_TLS_ERR_SSL_WANT_WRITE;
}

bool ota_esp_tls_receive(struct ota_esp_tls *tls, struct ota_conn *conn)
{
	ssize_t n;

	if (!tls->shaken) {
		n = esp_tls_server_session_continue_async(tls->session);
		tls->shaken = n == 0;
		return tls->shaken || is_patient(n);
	}
	if (tls->at == tls->size) {
		n = esp_tls_conn_read(tls->session, tls->in, sizeof(tls->in));
		if (n <= 0)
			return is_patient(n);
		tls->at = 0;
		tls->size = (uint16_t)n;
	}
	tls->at = (uint16_t)(tls->at +
			     ota_conn_input(conn, tls->in + tls->at, (size_t)(tls->size - tls->at)));
	return true;
}

bool ota_esp_tls_pending(const struct ota_esp_tls *tls)
{
	return tls && tls->shaken &&
	       (tls->at < tls->size || esp_tls_get_bytes_avail(tls->session) > 0);
}

ssize_t ota_esp_tls_send(struct ota_esp_tls *tls, const void *data, size_t size)
{
	ssize_t n = tls->shaken ? esp_tls_conn_write(tls->session, data, size) : -1;

	if (n < 0) {
		errno = is_patient(n) ? EAGAIN : EIO;
		n = -1;
	}
	return n;
}
#endif
