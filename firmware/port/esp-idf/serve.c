/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "tls.h"

#define PIECE 1024u
#define PAUSE_MS 100u /* where waiting would not wait: no socket is left, or they are broken */

static int make_listener(int family, const struct sockaddr *address, socklen_t size)
{
	int fd = socket(family, SOCK_STREAM, 0), on = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, address, size) == 0 && listen(fd, OTA_ESP_CONNS) == 0 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
		return fd;
	on = errno;
	close(fd);
	errno = on;
	return -1;
}

static void open_listener(struct ota_esp_server *server)
{
#ifdef CONFIG_LWIP_IPV6
	const struct sockaddr_in6 address = { .sin6_family = AF_INET6,
					      .sin6_port = htons(server->port) };

	server->listener =
		make_listener(AF_INET6, (const struct sockaddr *)&address, sizeof(address));
#else
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(server->port) };

	server->listener =
		make_listener(AF_INET, (const struct sockaddr *)&address, sizeof(address));
#endif
}

void ota_esp_server_init(struct ota_esp_server *server)
{
	server->listener = -1;
	for (size_t i = 0; i < OTA_ESP_CONNS; i++)
		server->links[i].fd = -1;
}

int ota_esp_listen(struct ota_esp_server *server, uint16_t port)
{
	server->port = port;
	open_listener(server);
	return server->listener < 0 ? errno : 0;
}

static void drop(struct ota_esp_server *server, size_t i)
{
	struct ota_esp_link *link = &server->links[i];

	ota_conn_close(&server->conns[i]);
	ota_esp_tls_close(link->tls);
	close(link->fd);
	memset(link, 0, sizeof(*link));
	link->fd = -1;
}

void ota_esp_close(struct ota_esp_server *server)
{
	for (size_t i = 0; i < OTA_ESP_CONNS; i++)
		if (server->links[i].fd >= 0)
			drop(server, i);
	if (server->listener >= 0)
		close(server->listener);
	server->listener = -1;
}

static struct ota_conn *find_room(struct ota_esp_server *server)
{
	struct ota_conn *conn = ota_conn_open(server->rx), *victim;

	if (conn)
		return conn;
	victim = ota_conn_victim(server->rx);
	if (!victim)
		return NULL;
	drop(server, (size_t)(victim - server->conns));
	return ota_conn_open(server->rx);
}

static void welcome(struct ota_esp_server *server)
{
	int fd = accept(server->listener, NULL, NULL), on = 1;
	struct ota_conn *conn;
	struct ota_esp_link *link;

	if (fd < 0) {
		server->tired = errno != EAGAIN && errno != EWOULDBLOCK;
		return;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	conn = find_room(server);
	if (!conn) {
		close(fd);
		return;
	}
	link = &server->links[conn - server->conns];
	link->fd = fd;
	if (!ota_esp_tls_open(&link->tls, fd))
		drop(server, (size_t)(conn - server->conns));
}

/* What the connection does not take now stays in TCP. */
static bool receive_plain(struct ota_esp_link *link, struct ota_conn *conn)
{
	uint8_t data[PIECE];
	ssize_t size = recv(link->fd, data, sizeof(data), MSG_PEEK);
	size_t taken;

	if (size <= 0)
		return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
	taken = ota_conn_input(conn, data, (size_t)size);
	return !taken || recv(link->fd, data, taken, 0) == (ssize_t)taken;
}

static bool receive(struct ota_esp_link *link, struct ota_conn *conn)
{
	return link->tls ? ota_esp_tls_receive(link->tls, conn) : receive_plain(link, conn);
}

static ssize_t put(struct ota_esp_link *link, const void *data, size_t size)
{
	return link->tls ? ota_esp_tls_send(link->tls, data, size) : send(link->fd, data, size, 0);
}

/* From where the answer is: what the socket does not take stays there. */
static bool transmit(struct ota_esp_link *link, struct ota_conn *conn)
{
	while (conn->out_left) {
		ssize_t n = put(link, conn->out, conn->out_left);

		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;
		ota_conn_output(conn, NULL, (size_t)n);
	}
	return true;
}

static void serve_one(struct ota_esp_server *server, size_t i)
{
	struct ota_esp_link *link = &server->links[i];
	struct ota_conn *conn = &server->conns[i];
	bool readable = FD_ISSET(link->fd, &server->readable) || ota_esp_tls_pending(link->tls);
	bool alive = (!readable || receive(link, conn)) && transmit(link, conn);

	if (!alive || (!conn->out_left && ota_conn_done(conn)))
		drop(server, i);
}

void ota_esp_prepare(struct ota_esp_server *server)
{
	FD_ZERO(&server->readable);
	FD_ZERO(&server->writable);
	if (server->listener < 0)
		return;
	FD_SET(server->listener, &server->readable);
	for (size_t i = 0; i < OTA_ESP_CONNS; i++) {
		const struct ota_esp_link *link = &server->links[i];

		if (link->fd < 0)
			continue;
		if (ota_conn_hungry(&server->conns[i]))
			FD_SET(link->fd, &server->readable);
		if (server->conns[i].out_left)
			FD_SET(link->fd, &server->writable);
	}
}

static bool has_pending(const struct ota_esp_server *server)
{
	bool pending = false;

	for (size_t i = 0; i < OTA_ESP_CONNS; i++)
		pending |= ota_esp_tls_pending(server->links[i].tls) &&
			   ota_conn_hungry(&server->conns[i]);
	return pending;
}

/* Sockets that cannot be waited for are of no use: begin anew. */
static void start_again(struct ota_esp_server *server)
{
	ota_esp_close(server);
	open_listener(server);
	server->broken = server->listener < 0;
	server->tired = true;
}

void ota_esp_wait(struct ota_esp_server *server, uint32_t wait_ms)
{
	struct timeval wait = { .tv_sec = (time_t)(wait_ms / 1000),
				.tv_usec = (suseconds_t)(wait_ms % 1000 * 1000) };
	int last = server->listener;

	for (size_t i = 0; i < OTA_ESP_CONNS; i++)
		last = server->links[i].fd > last ? server->links[i].fd : last;
	if (has_pending(server))
		wait = (struct timeval){ 0 };
	if (server->tired)
		vTaskDelay(pdMS_TO_TICKS(PAUSE_MS));
	server->tired = false;
	server->broken |=
		select(last + 1, &server->readable, &server->writable, NULL, &wait) < 0;
}

void ota_esp_serve(struct ota_esp_server *server)
{
	if (server->broken) {
		start_again(server);
		return;
	}
	for (size_t i = 0; i < OTA_ESP_CONNS; i++)
		if (server->links[i].fd >= 0)
			serve_one(server, i);
	if (FD_ISSET(server->listener, &server->readable))
		welcome(server);
}
