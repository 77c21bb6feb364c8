/* SPDX-License-Identifier: MIT */
#include "firmware/port/posix/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MAX 250 /* ms: how late a signal may be noticed that came before poll() */
#define PIECE 16384u

static uint32_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

static int listen_at(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, 16) == 0)
		return fd;
	on = errno;
	close(fd);
	errno = on;
	return -1;
}

static void write_url(struct ota_server *server)
{
	struct sockaddr_storage address = { .ss_family = AF_INET };
	socklen_t size = sizeof(address);
	char host[48], port[8];

	getsockname(server->listener, (struct sockaddr *)&address, &size);
	getnameinfo((struct sockaddr *)&address, size, host, sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(server->url, sizeof(server->url),
		 address.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

int ota_server_listen(struct ota_server *server, const char *host, const char *port)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	struct addrinfo *list;
	char bare[64];
	size_t n = strlen(host);
	int error;

	if (n > 2 && n < sizeof(bare) && host[0] == '[' && host[n - 1] == ']') {
		memcpy(bare, host + 1, n - 2);
		bare[n - 2] = '\0';
		host = bare;
	}
	server->listener = -1;
	memset(server->sockets, -1, sizeof(server->sockets));
	error = getaddrinfo(host, port, &hints, &list);
	if (error)
		return error < 0 ? error : -error;
	for (const struct addrinfo *a = list; a && server->listener < 0; a = a->ai_next)
		server->listener = listen_at(a);
	error = errno;
	freeaddrinfo(list);
	if (server->listener < 0)
		return error;
	write_url(server);
	return 0;
}

static void drop(struct ota_server *server, unsigned i)
{
	if (server->sockets[i] < 0)
		return;
	ota_conn_close(&server->emulator->conns[i]);
	close(server->sockets[i]);
	server->sockets[i] = -1;
}

static void drop_all(struct ota_server *server)
{
	for (unsigned i = 0; i < OTA_EMULATOR_CONNS; i++) {
		if (server->sockets[i] >= 0)
			close(server->sockets[i]);
		server->sockets[i] = -1;
	}
}

static void welcome(struct ota_server *server)
{
	struct ota_emulator *emulator = server->emulator;
	struct ota_conn *conn;
	int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	conn = ota_conn_open(&emulator->rx);
	if (!conn) {
		struct ota_conn *victim = ota_conn_victim(&emulator->rx);

		if (victim)
			drop(server, (unsigned)(victim - emulator->conns));
		conn = ota_conn_open(&emulator->rx);
	}
	if (conn)
		server->sockets[conn - emulator->conns] = fd;
	else
		close(fd);
}

/* What arrived stays in the socket until the connection takes it. */
static bool receive(struct ota_server *server, unsigned i)
{
	uint8_t data[PIECE];
	ssize_t size = recv(server->sockets[i], data, sizeof(data), MSG_PEEK);
	size_t taken;

	if (size <= 0)
		return size < 0 && (errno == EAGAIN || errno == EINTR);
	taken = ota_conn_input(&server->emulator->conns[i], data, (size_t)size);
	if (taken)
		(void)!recv(server->sockets[i], data, taken, 0);
	return true;
}

static bool transmit(struct ota_server *server, unsigned i)
{
	struct ota_conn *conn = &server->emulator->conns[i];
	uint8_t data[1500];
	size_t size;

	while (conn->out_left && (size = ota_conn_output(conn, data, sizeof(data))) > 0) {
		size_t done = 0;

		while (done < size) {
			struct pollfd wait = { server->sockets[i], POLLOUT, 0 };
			ssize_t n =
				send(server->sockets[i], data + done, size - done, MSG_NOSIGNAL);

			if (n < 0 && errno == EAGAIN && poll(&wait, 1, 1000) > 0)
				continue;
			if (n <= 0)
				return false;
			done += (size_t)n;
		}
	}
	return true;
}

static void serve_one(struct ota_server *server, unsigned i, short events)
{
	struct ota_conn *conn = &server->emulator->conns[i];
	bool alive = true;

	if (events & (POLLIN | POLLHUP | POLLERR))
		alive = !ota_conn_hungry(conn) || receive(server, i);
	if (alive)
		alive = transmit(server, i);
	if (!alive || ota_conn_done(conn))
		drop(server, i);
}

static void wait_and_serve(struct ota_server *server, uint32_t wait)
{
	struct pollfd polls[OTA_EMULATOR_CONNS + 1];
	unsigned count = server->emulator->conn_count;

	for (unsigned i = 0; i < count; i++) {
		const struct ota_conn *conn = &server->emulator->conns[i];

		polls[i] = (struct pollfd){ server->sockets[i], 0, 0 };
		if (ota_conn_hungry(conn))
			polls[i].events = POLLIN;
	}
	polls[count] = (struct pollfd){ server->listener, POLLIN, 0 };
	if (poll(polls, count + 1, wait > WAIT_MAX ? WAIT_MAX : (int)wait) < 0)
		return;
	for (unsigned i = 0; i < count; i++)
		if (server->sockets[i] >= 0)
			serve_one(server, i, polls[i].revents);
	if (polls[count].revents)
		welcome(server);
}

static enum ota_status restart(struct ota_server *server)
{
	enum ota_status status;

	drop_all(server);
	if (server->restarted)
		server->restarted(server->ctx);
	ota_nor_power_on(&server->emulator->nor);
	status = ota_emulator_power_on(server->emulator);
	return status == OTA_E_DEVICE ? OTA_OK : status; /* power failed in the bootloader: again */
}

/* An app without receiver: whoever connects is left waiting. */
static void be_mute(void)
{
	poll(NULL, 0, WAIT_MAX);
}

enum ota_status ota_server_run(struct ota_server *server)
{
	struct ota_emulator *emulator = server->emulator;
	enum ota_status status = OTA_OK;

	while (!*server->stop && !status) {
		if (emulator->restarted || emulator->nor.dead)
			status = restart(server);
		else if (!emulator->answers)
			be_mute();
		else
			wait_and_serve(server, ota_step(&emulator->rx, now_ms()));
	}
	return status;
}

void ota_server_close(struct ota_server *server)
{
	drop_all(server);
	if (server->listener >= 0)
		close(server->listener);
	server->listener = -1;
}
