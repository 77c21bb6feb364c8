/* SPDX-License-Identifier: MIT */
#include "firmware/port/posix/link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char tls_only[] = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
			       "Content-Length: 78\r\nConnection: close\r\n\r\n"
			       "{\"error\":\"OTA_TLS\",\"code\":null,\"stage\":\"head\","
			       "\"detail\":\"https\",\"offset\":null}\n";

void ota_link_none(struct ota_link *link)
{
	memset(link, 0, sizeof(*link));
	link->fd = -1;
}

bool ota_link_open(struct ota_link *link, int fd, const struct ota_cipher *cipher)
{
	ota_link_none(link);
	link->fd = fd;
	link->cipher = cipher;
	link->fresh = true;
	if (cipher)
		link->session = cipher->begin(cipher->ctx, fd);
	if (!cipher || link->session)
		return true;
	ota_link_close(link);
	return false;
}

void ota_link_close(struct ota_link *link)
{
	if (link->session)
		link->cipher->end(link->session);
	if (link->fd >= 0)
		close(link->fd);
	ota_link_none(link);
}

ssize_t ota_link_peek(struct ota_link *link, void *buf, size_t size)
{
	link->fresh = false;
	return link->cipher ? link->cipher->peek(link->session, buf, size)
			    : recv(link->fd, buf, size, MSG_PEEK);
}

void ota_link_take(struct ota_link *link, void *buf, size_t size)
{
	(void)!(link->cipher ? link->cipher->take(link->session, buf, size)
			     : recv(link->fd, buf, size, 0));
}

bool ota_link_has_out(const struct ota_link *link)
{
	return link->out_at < link->out_size;
}

bool ota_link_flush(struct ota_link *link, uint32_t now_ms)
{
	while (ota_link_has_out(link)) {
		const char *out = link->out + link->out_at;
		size_t size = (size_t)(link->out_size - link->out_at);
		ssize_t n = link->cipher ? link->cipher->put(link->session, out, size)
					 : send(link->fd, out, size, MSG_NOSIGNAL);

		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EINTR);
		link->out_at = (uint16_t)(link->out_at + n);
		link->since = now_ms;
	}
	return true;
}

short ota_link_events(const struct ota_link *link, bool hungry, bool *at_once)
{
	short events = ota_link_has_out(link) ? POLLOUT : 0;

	if (!hungry && !link->refused)
		return events;
	if (link->session && link->cipher->has_more(link->session))
		*at_once = true;
	if (link->session && link->cipher->wants_to_send(link->session))
		events |= POLLOUT;
	return events | POLLIN;
}

bool ota_link_refuse(struct ota_link *link, uint32_t now_ms)
{
	char first, rest[4096];

	if (!link->cipher || !link->fresh || recv(link->fd, &first, 1, MSG_PEEK) != 1 ||
	    first < 'A' || first > 'Z')
		return false;
	/* Data left unread would turn the end of the connection into a reset. */
	(void)!recv(link->fd, rest, sizeof(rest), 0);
	(void)!send(link->fd, tls_only, sizeof(tls_only) - 1, MSG_NOSIGNAL);
	shutdown(link->fd, SHUT_WR);
	link->refused = true;
	link->since = now_ms;
	return true;
}
