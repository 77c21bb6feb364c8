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
#define LINGER 2000u /* ms: for who does not take the end of an answer */

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
		 address.ss_family == AF_INET6 ? "%s://[%s]:%s" : "%s://%s:%s",
		 server->cipher ? "https" : "http", host, port);
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
	for (unsigned i = 0; i < OTA_EMULATOR_CONNS; i++)
		ota_link_none(&server->links[i]);
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
	if (server->links[i].fd < 0)
		return;
	ota_conn_close(&server->emulator->conns[i]);
	ota_link_close(&server->links[i]);
}

static void drop_all(struct ota_server *server)
{
	for (unsigned i = 0; i < OTA_EMULATOR_CONNS; i++)
		ota_link_close(&server->links[i]);
}

static struct ota_conn *make_room(struct ota_server *server)
{
	struct ota_emulator *emulator = server->emulator;
	struct ota_conn *conn = ota_conn_open(&emulator->rx), *victim;

	if (conn)
		return conn;
	victim = ota_conn_victim(&emulator->rx);
	if (victim)
		drop(server, (unsigned)(victim - emulator->conns));
	return ota_conn_open(&emulator->rx);
}

static void welcome(struct ota_server *server)
{
	int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;
	struct ota_conn *conn;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	conn = make_room(server);
	if (!conn) {
		close(fd);
		return;
	}
	server->brought[conn - server->emulator->conns] = 0;
	if (!ota_link_open(&server->links[conn - server->emulator->conns], fd, server->cipher))
		ota_conn_close(conn);
}

/* What arrived stays in the link until the connection takes it. */
static bool receive(struct ota_server *server, unsigned i)
{
	struct ota_link *link = &server->links[i];
	uint8_t data[PIECE];
	ssize_t size;
	size_t taken, allowed;

	if (ota_link_refuse(link, now_ms()))
		return true;
	if (link->refused)
		return recv(link->fd, data, sizeof(data), 0) > 0;
	size = ota_link_peek(link, data, sizeof(data));
	if (size <= 0)
		return size < 0 && (errno == EAGAIN || errno == EINTR);
	allowed = ota_bad_link_allow(&server->bad, now_ms(), server->brought[i], (size_t)size);
	if (!allowed)
		poll(NULL, 0, 1); /* the link is busy */
	taken = allowed ? ota_conn_input(&server->emulator->conns[i], data, allowed) : 0;
	if (taken)
		ota_link_take(link, data, taken);
	return !ota_bad_link_breaks(&server->bad, &server->brought[i], taken);
}

/* As much as goes out now; false: the connection is broken. */
static bool transmit(struct ota_server *server, unsigned i)
{
	struct ota_link *link = &server->links[i];
	size_t size;

	do {
		if (!ota_link_flush(link, now_ms()))
			return false;
		if (ota_link_has_out(link))
			return true;
		size = ota_conn_output(&server->emulator->conns[i], link->out, sizeof(link->out));
		link->out_at = 0;
		link->since = now_ms();
		link->out_size = (uint16_t)size;
	} while (size);
	return true;
}

/* The answer is out, or nobody takes it. */
static bool is_over(const struct ota_server *server, unsigned i)
{
	const struct ota_link *link = &server->links[i];

	if (!ota_conn_done(&server->emulator->conns[i]) && !link->refused)
		return false;
	return (!ota_link_has_out(link) && !link->refused) || now_ms() - link->since > LINGER;
}

static void serve_one(struct ota_server *server, unsigned i, bool ready)
{
	struct ota_link *link = &server->links[i];
	bool hungry = ota_conn_hungry(&server->emulator->conns[i]) || link->refused;
	bool alive = !ready || !hungry || receive(server, i);

	if (alive && !link->refused)
		alive = transmit(server, i);
	if (!alive || is_over(server, i))
		drop(server, i);
}

static void wait_and_serve(struct ota_server *server, uint32_t wait)
{
	struct pollfd polls[OTA_EMULATOR_CONNS + 1];
	unsigned count = server->emulator->conn_count;
	bool at_once[OTA_EMULATOR_CONNS] = { false };

	for (unsigned i = 0; i < count; i++) {
		const struct ota_link *link = &server->links[i];

		polls[i] = (struct pollfd){ link->fd, 0, 0 };
		if (link->fd >= 0)
			polls[i].events = ota_link_events(
				link, ota_conn_hungry(&server->emulator->conns[i]), &at_once[i]);
		if (at_once[i])
			wait = 0;
	}
	polls[count] = (struct pollfd){ server->listener, POLLIN, 0 };
	if (poll(polls, count + 1, wait > WAIT_MAX ? WAIT_MAX : (int)wait) < 0)
		return;
	for (unsigned i = 0; i < count; i++)
		if (server->links[i].fd >= 0)
			serve_one(server, i, polls[i].revents || at_once[i]);
	if (polls[count].revents)
		welcome(server);
}

static enum ota_status restart(struct ota_server *server)
{
	enum ota_status status;

	drop_all(server);
	if (server->restarted)
		server->restarted(server->ctx);
	if (server->emulator->nor.dead)
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
		if (emulator->nor.misused)
			status = OTA_E_VALUE;
		else if (emulator->restarted || emulator->nor.dead)
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
