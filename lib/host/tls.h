/* SPDX-License-Identifier: MIT */
/* tls.h - the server's end of TLS, 1.2 and later, over sockets that do not block; on libssl
 *
 * ota_tls_peek(), ota_tls_take() and ota_tls_put() are as recv(2) and send(2): bytes, 0 at the end,
 * or -1 with errno EAGAIN: not now. The first of them begins the handshake. A `session` is what
 * ota_tls_begin() returned. The process has to ignore SIGPIPE. */
#ifndef OTA_HOST_TLS_H
#define OTA_HOST_TLS_H

#include <sys/types.h>

#include "lib/status.h"

struct ota_tls;

/* A server with the certificates of `cert`, its own first, and the private key of `key`, PEM files
 * both. OTA_E_MISSING: there is no libssl. Otherwise *file is the one that does not do: OTA_E_SYSTEM,
 * or OTA_E_VALUE: *why says in OpenSSL's words what is wrong with it. OTA_E_MEMORY. */
OTA_MUST_CHECK enum ota_status ota_tls_open(const char *cert, const char *key, struct ota_tls **tls,
					    const char **file, const char **why);
void ota_tls_close(struct ota_tls *tls);

/* A session over `fd`, which stays the caller's; `tls` is a struct ota_tls. NULL: out of memory. */
void *ota_tls_begin(void *tls, int fd);
ssize_t ota_tls_peek(void *session, void *buf, size_t size);
ssize_t ota_tls_take(void *session, void *buf, size_t size);
ssize_t ota_tls_put(void *session, const void *buf, size_t size);

/* Is there decrypted data that no poll(2) of the socket tells of? */
bool ota_tls_has_more(void *session);

/* Does a peek or take wait until the socket takes something? */
bool ota_tls_wants_to_send(void *session);
void ota_tls_end(void *session);

#endif
