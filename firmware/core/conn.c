/* SPDX-License-Identifier: MIT */
/* conn.c - connections: bytes in, bytes out, and who makes room for a newcomer */
#include <string.h>

#include "firmware/core/core.h"

#define DRAIN_MAX 65536u /* bytes of refused content that are thrown away before closing */
#define YOUNG_MS 500u

static const char *const kept_fields[] = {
	"content-type",
	"content-digest",
	"content-encoding",
	"content-range",
	"connection",
	"expect",
	"origin",
	"ota-*",
	"signature",
	"signature-input",
	NULL,
};

static const struct ota_http_rules head_rules = { .size_max = 8192, .fields = kept_fields };

static void begin_head(struct ota_conn *conn)
{
	ota_http_head_begin(&conn->head, &head_rules, conn->text, sizeof(conn->text));
	conn->state = OTA_CONN_HEAD;
	conn->step = NULL;
	conn->close = false;
	conn->left = 0;
	conn->sign.signer = OTA_SIGNER_NONE;
	conn->since = conn->rx->now;
}

struct ota_conn *ota_conn_open(struct ota_receiver *rx)
{
	for (unsigned i = 0; i < rx->conn_count; i++) {
		struct ota_conn *conn = &rx->conns[i];

		if (conn->state != OTA_CONN_FREE)
			continue;
		memset(conn, 0, sizeof(*conn) - sizeof(conn->text));
		conn->rx = rx;
		begin_head(conn);
		return conn;
	}
	return NULL;
}

/* Who has not said all, or is unknown and takes no answer, which owners do at once. */
static bool may_go(const struct ota_conn *conn)
{
	return conn->state == OTA_CONN_HEAD ||
	       (conn->state == OTA_CONN_ANSWER && conn->sign.signer == OTA_SIGNER_NONE &&
		conn->rx->now - conn->since >= YOUNG_MS);
}

struct ota_conn *ota_conn_victim(struct ota_receiver *rx)
{
	struct ota_conn *victim = NULL;

	for (unsigned i = 0; i < rx->conn_count; i++) {
		struct ota_conn *conn = &rx->conns[i];

		if (conn->state == OTA_CONN_CLOSED || conn->state == OTA_CONN_DRAIN)
			return conn;
		if (may_go(conn) && (!victim || (int32_t)(victim->since - conn->since) > 0))
			victim = conn;
	}
	return victim;
}

/* What has begun to change the device is brought to its end: the client asks how it went. */
void ota_conn_close(struct ota_conn *conn)
{
	if (conn->state == OTA_CONN_WORK && conn->step != ota_request_begin) {
		conn->gone = true;
		return;
	}
	ota_upload_drop(conn, OTA_ERR_NONE);
	if (conn->rx->worker == conn)
		conn->rx->worker = NULL;
	conn->state = OTA_CONN_FREE;
	conn->step = NULL;
	ota_wipe(&conn->u, sizeof(conn->u)); /* half a key, perhaps */
}

bool ota_conn_done(const struct ota_conn *conn)
{
	return conn->state == OTA_CONN_CLOSED;
}

static size_t take_head(struct ota_conn *conn, const uint8_t *data, size_t size)
{
	size_t n = ota_http_head_feed(&conn->head, data, size);

	if (conn->head.size == n) /* the first bytes of a head start its clock */
		conn->since = conn->rx->now;
	if (conn->head.status) { /* what time it is, and so whether it is fresh, a step knows */
		conn->state = OTA_CONN_WORK;
		conn->step = ota_request_begin;
	}
	return n;
}

static size_t discard(struct ota_conn *conn, size_t size)
{
	if (size >= conn->left && conn->state == OTA_CONN_DRAIN)
		conn->state = OTA_CONN_CLOSED;
	conn->left -= size < conn->left ? (uint32_t)size : conn->left;
	return size;
}

static size_t take_some(struct ota_conn *conn, const uint8_t *data, size_t size)
{
	if (conn->state == OTA_CONN_HEAD)
		return take_head(conn, data, size);
	if (conn->state == OTA_CONN_BODY && !conn->step)
		return conn->take(conn, data, size);
	if (conn->close && (conn->state == OTA_CONN_ANSWER || conn->state == OTA_CONN_DRAIN))
		return discard(conn, size);
	return conn->state == OTA_CONN_CLOSED ? size : 0;
}

size_t ota_conn_input(struct ota_conn *conn, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	size_t taken = 0, n = 1;

	while (taken < size && n) {
		n = take_some(conn, bytes + taken, size - taken);
		taken += n;
	}
	return taken;
}

/* The answer is out. */
static void end_answer(struct ota_conn *conn)
{
	if (!conn->close) {
		begin_head(conn);
		return;
	}
	conn->since = conn->rx->now;
	conn->state = conn->left ? OTA_CONN_DRAIN : OTA_CONN_CLOSED;
	if (conn->left > DRAIN_MAX)
		conn->left = DRAIN_MAX;
}

bool ota_conn_hungry(const struct ota_conn *conn)
{
	return !conn->step && conn->state != OTA_CONN_WORK && conn->state != OTA_CONN_ANSWER;
}

size_t ota_conn_output(struct ota_conn *conn, void *buf, size_t size)
{
	size_t n = size < conn->out_left ? size : conn->out_left;

	if (!n)
		return 0;
	if (buf)
		memcpy(buf, conn->out, n);
	conn->out += n;
	conn->out_left = (uint16_t)(conn->out_left - n);
	if (conn->state == OTA_CONN_ANSWER) {
		conn->since = conn->rx->now;
		if (!conn->out_left && !conn->step)
			end_answer(conn);
	}
	return n;
}
