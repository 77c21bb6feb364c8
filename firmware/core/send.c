/* SPDX-License-Identifier: MIT */
/* send.c - answers on their way: a head in one or two pieces, then small content or a stream of it
 *
 * All of it is made in the connection's own memory: a signed head does not fit there together with
 * the content, so it is sent in two pieces, with a step of work for each. */
#include "firmware/core/core.h"
#include "lib/base64.h"

#define BODY_AT 532u /* in conn->text: behind the longest piece of a head */
#define CHUNK_HEAD 5u /* "3ff\r\n" */

static const char challenge[] =
	"WWW-Authenticate: OTA-Signature\r\nAccept-Signature: ota=('@method' '@path' '@query' "
	"'ota-challenge');nonce;keyid;alg='hmac-sha256';tag='otatool-request'\r\n";

static void put_head(struct ota_conn *conn, struct ota_line *line)
{
	unsigned status = ota_error_status(conn->error);
	uint8_t raw[OTA_NONCE_SIZE];
	char nonce[OTA_BASE64_SIZE(OTA_NONCE_SIZE) + 1];

	ota_line_print(line, "HTTP/1.1 %u %s\r\nContent-Type: %s\r\nCache-Control: no-store\r\n",
		       status, ota_error_name(conn->error),
		       conn->binary ? "application/octet-stream" : "application/json");
	if (conn->rx->config->insecure)
		ota_line_print(line, "OTA-Insecure: 1\r\n");
	if (status == 401)
		ota_line_print(line, challenge);
	if (status == 405)
		ota_request_allow(conn, line);
	if (status == 503)
		ota_line_print(line, "Retry-After: 5\r\n");
	if (conn->close)
		ota_line_print(line, "Connection: close\r\n");
	ota_nonce_issue(&conn->rx->nonces, conn->rx->clock, raw);
	ota_base64_print(raw, sizeof(raw), nonce);
	nonce[sizeof(nonce) - 1] = '\0';
	ota_line_print(line, "OTA-Nonce: %s\r\n", nonce);
}

/* The head's end. */
static void put_length(const struct ota_conn *conn, struct ota_line *line)
{
	if (conn->sign.size != OTA_NO_PLACE)
		ota_line_print(line, "Content-Length: %u\r\n", conn->sign.size);
	else if (conn->chunked)
		ota_line_print(line, "Transfer-Encoding: chunked\r\n");
	ota_line_print(line, "\r\n");
}

static void send(struct ota_conn *conn, const char *out, uint16_t size)
{
	conn->out = out;
	conn->out_left = size;
	conn->state = conn->gone ? OTA_CONN_FREE : OTA_CONN_ANSWER;
	conn->since = conn->rx->now;
}

struct ota_line ota_answer_begin(struct ota_conn *conn)
{
	return (struct ota_line){ conn->text + BODY_AT, OTA_HEAD_KEPT - BODY_AT, 0 };
}

static void step_body(struct ota_conn *conn)
{
	conn->step = NULL;
	send(conn, conn->text + BODY_AT, (uint16_t)conn->sign.size);
}

/* The second piece of a signed answer's head. */
static void put_signature(struct ota_conn *conn, bool digest)
{
	struct ota_line line = { conn->text, BODY_AT, 0 };

	ota_auth_sign(conn, digest, &line);
	put_length(conn, &line);
	conn->step = conn->then;
	send(conn, conn->text, line.used);
}

static void step_signature(struct ota_conn *conn)
{
	put_signature(conn, true);
}

static void step_signature_only(struct ota_conn *conn)
{
	put_signature(conn, false);
}

/* The head, whole or its first piece; what follows it is `more`. */
static void send_head(struct ota_conn *conn, ota_step_fn *sign, ota_step_fn *more)
{
	struct ota_line line = { conn->text, BODY_AT, 0 };
	bool plain = conn->sign.signer == OTA_SIGNER_NONE;

	put_head(conn, &line);
	if (plain)
		put_length(conn, &line);
	conn->then = more;
	conn->step = plain ? more : sign;
	send(conn, conn->text, line.used);
}

void ota_answer_whole(struct ota_conn *conn, enum ota_error error, const struct ota_line *body)
{
	struct ota_sha256 sha;

	conn->error = (uint8_t)error;
	conn->sign.size = body->used;
	conn->binary = false;
	if (conn->sign.signer != OTA_SIGNER_NONE) {
		ota_sha256_begin(&sha);
		ota_sha256_feed(&sha, body->text, body->used);
		ota_sha256_finish(&sha, conn->sign.digest);
	}
	send_head(conn, step_signature, step_body);
}

void ota_answer_end(struct ota_conn *conn, const struct ota_line *line)
{
	ota_answer_whole(conn, OTA_ERR_NONE, line);
}

static void begin_stream(struct ota_conn *conn, uint32_t size)
{
	conn->chunked = size == OTA_NO_PLACE && conn->head.minor;
	if (size == OTA_NO_PLACE && !conn->chunked)
		conn->close = true;
	conn->error = OTA_ERR_NONE;
	conn->sign.size = size;
	conn->binary = size != OTA_NO_PLACE;
}

/* Go through all of the content once, for its digest. */
static void hash_stream(struct ota_conn *conn, ota_step_fn *more)
{
	const struct ota_stream_fields start = conn->u.stream;
	struct ota_sha256 sha;

	ota_sha256_begin(&sha);
	conn->sign.hashing = &sha;
	for (conn->step = more; conn->step;)
		conn->step(conn);
	conn->sign.hashing = NULL;
	ota_sha256_finish(&sha, conn->sign.digest);
	conn->u.stream = start;
}

void ota_answer_stream(struct ota_conn *conn, uint32_t size, ota_step_fn *more)
{
	begin_stream(conn, size);
	if (conn->sign.signer != OTA_SIGNER_NONE)
		hash_stream(conn, more);
	send_head(conn, step_signature, more);
}

void ota_answer_unsigned_stream(struct ota_conn *conn, uint32_t size, ota_step_fn *more)
{
	begin_stream(conn, size);
	send_head(conn, step_signature_only, more);
}

struct ota_line ota_answer_piece(struct ota_conn *conn)
{
	return (struct ota_line){ conn->text + CHUNK_HEAD, OTA_HEAD_KEPT - CHUNK_HEAD - 7, 0 };
}

void ota_answer_send(struct ota_conn *conn, const struct ota_line *line)
{
	struct ota_line chunk = { conn->text, OTA_HEAD_KEPT, 0 };
	uint16_t size = line->used;
	char *text = conn->text;

	if (conn->sign.hashing) {
		ota_sha256_feed(conn->sign.hashing, line->text, line->used);
		return;
	}
	if (!conn->chunked) {
		send(conn, line->text, size);
		return;
	}
	for (unsigned i = 0; i < 3; i++)
		text[i] = "0123456789abcdef"[size >> (8 - 4 * i) & 15];
	text[3] = '\r';
	text[4] = '\n';
	chunk.used = (uint16_t)(size + CHUNK_HEAD);
	ota_line_print(&chunk, conn->step ? "\r\n" : "\r\n0\r\n\r\n");
	send(conn, text, chunk.used);
}
