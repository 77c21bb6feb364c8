/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lwip/sockets.h"

#define PIECE 1024u

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

int ota_esp_listen(struct ota_esp_server *server, uint16_t port)
{
#if CONFIG_LWIP_IPV6
	const struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	server->listener =
		make_listener(AF_INET6, (const struct sockaddr *)&address, sizeof(address));
#else
	const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };

	server->listener =
		make_listener(AF_INET, (const struct sockaddr *)&address, sizeof(address));
#endif
	for (size_t i = 0; i < OTA_ESP_CONNS; i++)
		server->sockets[i] = -1;
	return server->listener < 0 ? errno : 0;
}

static void drop(struct ota_esp_server *server, size_t i)
{
	ota_conn_close(&server->conns[i]);
	close(server->sockets[i]);
	server->sockets[i] = -1;
	server->unsent[i] = server->sent[i] = 0;
}

static void welcome(struct ota_esp_server *server)
{
	int fd = accept(server->listener, NULL, NULL), on = 1;
	struct ota_conn *conn;

	if (fd < 0)
		return;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	conn = ota_conn_open(server->rx);
	if (!conn) {
		struct ota_conn *victim = ota_conn_victim(server->rx);

		if (victim)
			drop(server, (size_t)(victim - server->conns));
		conn = ota_conn_open(server->rx);
	}
	if (conn)
		server->sockets[conn - server->conns] = fd;
	else
		close(fd);
}

/* What the connection does not take now stays in TCP. */
static bool receive(struct ota_esp_server *server, size_t i)
{
	uint8_t data[PIECE];
	ssize_t size = recv(server->sockets[i], data, sizeof(data), MSG_PEEK);
	size_t taken;

	if (size <= 0)
		return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
	taken = ota_conn_input(&server->conns[i], data, (size_t)size);
	return !taken || recv(server->sockets[i], data, taken, 0) == (ssize_t)taken;
}

static bool transmit(struct ota_esp_server *server, size_t i)
{
	for (;;) {
		ssize_t n;

		if (server->sent[i] == server->unsent[i]) {
			server->sent[i] = 0;
			server->unsent[i] = (uint16_t)ota_conn_output(
				&server->conns[i], server->out[i], sizeof(server->out[i]));
			if (!server->unsent[i])
				return true;
		}
		n = send(server->sockets[i], server->out[i] + server->sent[i],
			 (size_t)(server->unsent[i] - server->sent[i]), 0);
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;
		server->sent[i] = (uint16_t)(server->sent[i] + n);
	}
}

static void serve_one(struct ota_esp_server *server, size_t i, bool readable)
{
	bool alive = !readable || receive(server, i);

	if (alive)
		alive = transmit(server, i);
	if (!alive || (server->sent[i] == server->unsent[i] && ota_conn_done(&server->conns[i])))
		drop(server, i);
}

void ota_esp_serve(struct ota_esp_server *server, uint32_t wait_ms)
{
	struct timeval wait = { .tv_sec = (time_t)(wait_ms / 1000),
				.tv_usec = (suseconds_t)(wait_ms % 1000 * 1000) };
	int last = server->listener;
	fd_set readable, writable;

	FD_ZERO(&readable);
	FD_ZERO(&writable);
	FD_SET(server->listener, &readable);
	for (size_t i = 0; i < OTA_ESP_CONNS; i++) {
		int fd = server->sockets[i];

		if (fd < 0)
			continue;
		if (ota_conn_hungry(&server->conns[i]))
			FD_SET(fd, &readable);
		if (server->sent[i] != server->unsent[i])
			FD_SET(fd, &writable);
		last = fd > last ? fd : last;
	}
	if (select(last + 1, &readable, &writable, NULL, &wait) < 0)
		return;
	for (size_t i = 0; i < OTA_ESP_CONNS; i++)
		if (server->sockets[i] >= 0)
			serve_one(server, i, FD_ISSET(server->sockets[i], &readable));
	if (FD_ISSET(server->listener, &readable))
		welcome(server);
}
