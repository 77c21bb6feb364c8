/* SPDX-License-Identifier: MIT */
/* serve.h - lwIP's sockets around the receiver's connections */
#ifndef OTA_ESP_IDF_SERVE_H
#define OTA_ESP_IDF_SERVE_H

#include "firmware/core/receiver.h"
#include "lwip/sockets.h"
#include "sdkconfig.h"

#define OTA_ESP_CONNS CONFIG_OTATOOL_CONNECTIONS

struct ota_esp_tls;

struct ota_esp_link {
	int fd; /* -1: none */
	struct ota_esp_tls *tls; /* NULL: none */
};

struct ota_esp_server {
	struct ota_receiver *rx;
	struct ota_conn *conns; /* OTA_ESP_CONNS of them */
	uint16_t port;
	int listener; /* -1: none */
	bool broken; /* the sockets cannot be waited for */
	bool tired; /* waiting would not wait: pause */
	fd_set readable, writable;
	struct ota_esp_link links[OTA_ESP_CONNS];
};

/* No sockets yet. */
void ota_esp_server_init(struct ota_esp_server *server);

/* Listen on every address, IPv6 too where it is configured. 0, or an errno. */
int ota_esp_listen(struct ota_esp_server *server, uint16_t port);
void ota_esp_close(struct ota_esp_server *server);

/* In turn: look what to wait for, wait for it, serve it. Only the wait needs no connection and takes
 * time, at most `wait_ms`. */
void ota_esp_prepare(struct ota_esp_server *server);
void ota_esp_wait(struct ota_esp_server *server, uint32_t wait_ms);
void ota_esp_serve(struct ota_esp_server *server);

#endif
