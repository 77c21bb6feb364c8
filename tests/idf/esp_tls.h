/* SPDX-License-Identifier: MIT */
#pragma once
#include <stddef.h>
#include <sys/types.h>

#include "esp_err.h"
typedef struct fake_tls esp_tls_t;
typedef struct {
	const unsigned char *servercert_buf, *serverkey_buf;
	unsigned servercert_bytes, serverkey_bytes;
} esp_tls_cfg_server_t;
#define ESP_TLS_ERR_SSL_WANT_READ (-0x6900)
#define ESP_TLS_ERR_SSL_WANT_WRITE (-0x6880)
esp_tls_t *esp_tls_init(void);
esp_err_t esp_tls_server_session_init(esp_tls_cfg_server_t *config, int fd, esp_tls_t *tls);
int esp_tls_server_session_continue_async(esp_tls_t *tls);
void esp_tls_server_session_delete(esp_tls_t *tls);
ssize_t esp_tls_conn_read(esp_tls_t *tls, void *data, size_t size);
ssize_t esp_tls_conn_write(esp_tls_t *tls, const void *data, size_t size);
ssize_t esp_tls_get_bytes_avail(esp_tls_t *tls);
