/* SPDX-License-Identifier: MIT */
/* server.h - sockets around an emulated device: it serves until a signal ends it */
#ifndef OTA_POSIX_SERVER_H
#define OTA_POSIX_SERVER_H

#include "firmware/port/posix/bad_link.h"
#include "firmware/port/posix/emulator.h"
#include "firmware/port/posix/link.h"

struct ota_server {
	struct ota_emulator *emulator;
	int listener; /* -1: none */
	char url[80]; /* "http://127.0.0.1:8032" once it listens */
	const struct ota_cipher *cipher; /* what it speaks; NULL: plain HTTP */
	struct ota_link links[OTA_EMULATOR_CONNS]; /* of the connections */
	struct ota_bad_link bad; /* what lies between; zeros: nothing that disturbs */
	uint32_t brought[OTA_EMULATOR_CONNS]; /* bytes that each connection brought */
	volatile int *stop; /* the loop ends when it is set */
	void (*restarted)(void *ctx); /* before the device boots again; NULL: not told */
	void *ctx;
};

/* Listen at `host` (a name or an address, "[::1]" too) and `port` ("0": any). Returns 0, an errno,
 * or a negative code of getaddrinfo(). */
int ota_server_listen(struct ota_server *server, const char *host, const char *port);

/* Serve, restart when the device does, until *stop. OTA_E_MISSING: nothing boots any more; OTA_E_VALUE: a
 * rule of NOR flash was broken. */
OTA_MUST_CHECK enum ota_status ota_server_run(struct ota_server *server);
void ota_server_close(struct ota_server *server);

#endif
