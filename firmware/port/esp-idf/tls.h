/* SPDX-License-Identifier: MIT */
/* tls.h - optional TLS between the sockets and the receiver's connections, by esp_tls
 *
 * A session takes memory from the heap as long as it is open; where there is none, its connection is
 * closed. Without OTATOOL_TLS there is nothing of it. */
#ifndef OTA_ESP_IDF_TLS_H
#define OTA_ESP_IDF_TLS_H

#include <stdbool.h>
#include <sys/types.h>

#include "esp_err.h"
#include "firmware/core/receiver.h"
#include "sdkconfig.h"

struct ota_esp_tls;

#ifdef CONFIG_OTATOOL_TLS
/* Certificate and private key, PEM; NULL: those in NVS. ESP_ERR_NOT_FOUND: there are none. */
esp_err_t ota_esp_tls_begin(const char *cert, const char *key, const char *nvs_partition);

/* false: the connection has to be closed. */
bool ota_esp_tls_open(struct ota_esp_tls **tls, int fd);
void ota_esp_tls_close(struct ota_esp_tls *tls);

/* The socket is readable: shake hands, or hand over what arrived. false: it is over. */
bool ota_esp_tls_receive(struct ota_esp_tls *tls, struct ota_conn *conn);

/* Is there something that the socket does not tell of? */
bool ota_esp_tls_pending(const struct ota_esp_tls *tls);

/* As send(). */
ssize_t ota_esp_tls_send(struct ota_esp_tls *tls, const void *data, size_t size);
#else
static inline esp_err_t ota_esp_tls_begin(const char *cert, const char *key,
					  const char *nvs_partition)
{
	(void)cert;
	(void)key;
	(void)nvs_partition;
	return ESP_OK;
}

static inline bool ota_esp_tls_open(struct ota_esp_tls **tls, int fd)
{
	(void)tls;
	(void)fd;
	return true;
}

static inline void ota_esp_tls_close(struct ota_esp_tls *tls)
{
	(void)tls;
}

static inline bool ota_esp_tls_receive(struct ota_esp_tls *tls, struct ota_conn *conn)
{
	(void)tls;
	(void)conn;
	return false;
}

static inline bool ota_esp_tls_pending(const struct ota_esp_tls *tls)
{
	(void)tls;
	return false;
}

static inline ssize_t ota_esp_tls_send(struct ota_esp_tls *tls, const void *data, size_t size)
{
	(void)tls;
	(void)data;
	(void)size;
	return -1;
}
#endif

#endif
