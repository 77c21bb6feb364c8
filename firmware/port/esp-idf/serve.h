/* SPDX-License-Identifier: MIT */
/* serve.h - lwIP's sockets around the receiver's connections */
#ifndef OTA_ESP_IDF_SERVE_H
#define OTA_ESP_IDF_SERVE_H

#include "firmware/core/receiver.h"
#include "sdkconfig.h"

#define OTA_ESP_CONNS CONFIG_OTATOOL_CONNECTIONS

struct ota_esp_server {
	struct ota_receiver *rx;
	struct ota_conn *conns; /* OTA_ESP_CONNS of them */
	int listener;
	int sockets[OTA_ESP_CONNS]; /* -1: none */
	uint16_t unsent[OTA_ESP_CONNS], sent[OTA_ESP_CONNS];
	uint8_t out[OTA_ESP_CONNS][256]; /* what the socket has not taken yet */
};

/* Listen on every address, IPv6 too where it is configured. 0, or an errno. */
int ota_esp_listen(struct ota_esp_server *server, uint16_t port);

/* Wait at most `wait_ms` for something to arrive, and serve it. */
void ota_esp_serve(struct ota_esp_server *server, uint32_t wait_ms);

#endif
