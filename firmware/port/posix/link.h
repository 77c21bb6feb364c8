/* SPDX-License-Identifier: MIT */
/* link.h - one socket of a connection: bytes as they are, or encrypted by functions that it is given
 *
 * Nothing here waits: what cannot go on now is asked for again when the socket is ready. */
#ifndef OTA_POSIX_LINK_H
#define OTA_POSIX_LINK_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Encryption over a socket that does not block. peek, take and put are as recv(2) and send(2): a
 * number of bytes, 0 at the end, or -1 with errno EAGAIN: not now. The first call of them begins the
 * handshake. */
struct ota_cipher {
	void *ctx;
	void *(*begin)(void *ctx, int fd); /* NULL: out of memory */
	ssize_t (*peek)(void *session, void *buf, size_t size); /* as with MSG_PEEK */
	ssize_t (*take)(void *session, void *buf, size_t size);
	ssize_t (*put)(void *session, const void *buf, size_t size);
	bool (*has_more)(void *session); /* what arrived waits here, not in the socket */
	bool (*wants_to_send)(void *session); /* a peek or take waits for that */
	void (*end)(void *session); /* says farewell, if that does not wait; the socket stays */
};

struct ota_link {
	int fd; /* -1: none */
	const struct ota_cipher *cipher; /* NULL: plain */
	void *session; /* of the cipher */
	bool fresh; /* nothing arrived yet */
	bool refused; /* it does not speak TLS: what still arrives is thrown away */
	uint32_t since; /* ms: when `refused` was set, or `out` moved last */
	char out[1500]; /* on its way */
	uint16_t out_at, out_size;
};

/* No connection. */
void ota_link_none(struct ota_link *link);

/* Take `fd` over. false: out of memory, and it was closed. */
bool ota_link_open(struct ota_link *link, int fd, const struct ota_cipher *cipher);
void ota_link_close(struct ota_link *link);

/* As recv(2) with MSG_PEEK; then take of it what was used. */
ssize_t ota_link_peek(struct ota_link *link, void *buf, size_t size);
void ota_link_take(struct ota_link *link, void *buf, size_t size);

/* Send what is on its way. false: the connection is broken. */
bool ota_link_flush(struct ota_link *link, uint32_t now_ms);
bool ota_link_has_out(const struct ota_link *link);

/* What to wait for where input is wanted, or not; *at_once: there is no need to wait. */
short ota_link_events(const struct ota_link *link, bool hungry, bool *at_once);

/* HTTP without TLS, where TLS is spoken: the answer to it is on its way. */
bool ota_link_refuse(struct ota_link *link, uint32_t now_ms);

#endif
