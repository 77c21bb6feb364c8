/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "lwip/tcp.h"

#include "firmware/port/qemu-sifive_u/server.h"

#define PIECE 512u /* bytes of an answer at a time */

struct link {
	struct ota_conn *conn; /* NULL: the link is free */
	struct tcp_pcb *pcb;
	struct pbuf *waiting; /* arrived, not yet taken by the receiver */
	size_t taken; /* bytes of its first buffer that were */
	bool ended; /* the other end sends no more */
};

static struct ota_receiver *receiver;
static struct link links[SERVER_CONNS];

static void let_go(struct link *link)
{
	if (link->waiting)
		pbuf_free(link->waiting);
	ota_conn_close(link->conn);
	memset(link, 0, sizeof(*link));
}

/* lwIP has freed its part already. */
static void failed(void *arg, err_t error)
{
	(void)error;
	let_go(arg);
}

static void forget(struct tcp_pcb *pcb)
{
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_err(pcb, NULL);
}

static void hang_up(struct link *link)
{
	struct tcp_pcb *pcb = link->pcb;

	forget(pcb);
	tcp_abort(pcb);
	let_go(link);
}

/* What was not taken is thrown away first: with data unread lwIP resets, and the answer is lost. */
static void finish(struct link *link)
{
	struct tcp_pcb *pcb = link->pcb;

	if (link->waiting)
		tcp_recved(pcb, (u16_t)(link->waiting->tot_len - link->taken));
	if (tcp_close(pcb) != ERR_OK) {
		hang_up(link);
		return;
	}
	forget(pcb);
	let_go(link);
}

static err_t arrived(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
	struct link *link = arg;

	(void)error;
	if (!p) {
		link->ended = true;
		return ERR_OK;
	}
	tcp_set_flags(pcb, TF_ACK_NOW); /* senders that begin with one segment wait for it */
	if (link->waiting)
		pbuf_cat(link->waiting, p);
	else
		link->waiting = p;
	return ERR_OK;
}

static struct link *find_link(const struct ota_conn *conn)
{
	for (size_t i = 0; i < SERVER_CONNS; i++)
		if (links[i].conn == conn)
			return &links[i];
	return NULL;
}

static struct ota_conn *make_room(void)
{
	struct ota_conn *conn = ota_conn_open(receiver);

	struct link *victim;

	if (conn)
		return conn;
	conn = ota_conn_victim(receiver);
	victim = conn ? find_link(conn) : NULL;
	if (!victim)
		return NULL;
	hang_up(victim);
	return ota_conn_open(receiver);
}

static err_t accepted(void *arg, struct tcp_pcb *pcb, err_t error)
{
	struct ota_conn *conn;
	struct link *link;

	(void)arg;
	if (error != ERR_OK || !pcb)
		return ERR_VAL;
	conn = make_room();
	if (!conn) {
		tcp_abort(pcb);
		return ERR_ABRT;
	}
	link = find_link(NULL);
	link->conn = conn;
	link->pcb = pcb;
	tcp_nagle_disable(pcb);
	tcp_arg(pcb, link);
	tcp_recv(pcb, arrived);
	tcp_err(pcb, failed);
	return ERR_OK;
}

static void feed(struct link *link)
{
	while (link->waiting) {
		struct pbuf *p = link->waiting;
		size_t size = p->len - link->taken;
		size_t n = ota_conn_input(link->conn, (uint8_t *)p->payload + link->taken, size);

		tcp_recved(link->pcb, (u16_t)n);
		link->taken += n;
		if (n < size)
			return;
		link->waiting = p->next;
		link->taken = 0;
		if (p->next)
			pbuf_ref(p->next);
		pbuf_free(p);
	}
}

/* Was anything sent? */
static bool drain(struct link *link)
{
	bool sent = false;

	while (tcp_sndbuf(link->pcb) >= PIECE &&
	       tcp_sndqueuelen(link->pcb) < TCP_SND_QUEUELEN - 2) {
		uint8_t piece[PIECE];
		size_t n = ota_conn_output(link->conn, piece, sizeof(piece));

		if (!n)
			break;
		if (tcp_write(link->pcb, piece, (u16_t)n, TCP_WRITE_FLAG_COPY) != ERR_OK) {
			hang_up(link);
			return true;
		}
		sent = true;
	}
	if (sent)
		tcp_output(link->pcb);
	return sent;
}

void server_begin(struct ota_receiver *rx)
{
	struct tcp_pcb *pcb = tcp_new();

	receiver = rx;
	if (!pcb || tcp_bind(pcb, IP_ADDR_ANY, OTA_PORT_DEFAULT) != ERR_OK)
		return;
	pcb = tcp_listen(pcb);
	tcp_accept(pcb, accepted);
}

void server_poll(void)
{
	for (size_t i = 0; i < SERVER_CONNS; i++) {
		struct link *link = &links[i];

		if (!link->conn)
			continue;
		feed(link);
		if (drain(link))
			continue;
		if (ota_conn_done(link->conn) || (link->ended && !link->waiting))
			finish(link);
	}
}

void server_end(void)
{
	for (size_t i = 0; i < SERVER_CONNS; i++)
		if (links[i].conn)
			hang_up(&links[i]);
}
