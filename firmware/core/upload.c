/* SPDX-License-Identifier: MIT */
/* upload.c - PUT image: which upload it belongs to, and its content into the sector buffer */
#include <string.h>

#include "firmware/core/core.h"
#include "firmware/core/fields.h"
#include "lib/text.h"

#define SILENT_MS 5000u /* after which another image may take the place of an unfinished one */

static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

static void end_stream(struct ota_conn *conn)
{
	const struct ota_inflate *inflate = conn->rx->port->inflate;

	if (conn->u.part.deflate)
		inflate->end(inflate->ctx);
	conn->u.part.deflate = false;
}

void ota_upload_drop(struct ota_conn *conn, enum ota_error error)
{
	struct ota_receiver *rx = conn->rx;

	if (rx->upload.owner != conn)
		return;
	end_stream(conn);
	rx->upload.owner = NULL;
	if (error)
		ota_upload_note(rx, error);
}

/* How it ended, for GET device. */
void ota_upload_note(struct ota_receiver *rx, enum ota_error error)
{
	rx->last.known = true;
	rx->last.error = (uint8_t)error;
	memcpy(rx->last.image, rx->upload.digest, sizeof(rx->last.image));
	if (error != OTA_ERR_TAKEN_OVER && error != OTA_ERR_CONTENT_DIGEST &&
	    error != OTA_ERR_STREAM && error != OTA_ERR_FIRST_SECTOR)
		rx->upload.active = false;
}

static bool is_same(const struct ota_upload *a, const struct ota_upload *b)
{
	return a->active && a->has_digest && b->has_digest && a->length == b->length &&
	       memcmp(a->digest, b->digest, sizeof(a->digest)) == 0;
}

/* The coding and the place of the part. */
static enum ota_error judge_part(struct ota_conn *conn, const struct ota_upload *asked,
				 const char **detail)
{
	const char *coding = ota_http_field(&conn->head, "content-encoding");
	struct ota_part_fields *part = &conn->u.part;
	uint32_t room = asked->length - part->at;

	*detail = "content-encoding";
	if (coding && !ota_text_same(coding, "deflate"))
		return OTA_ERR_CODING;
	if (coding && part->bare)
		return OTA_ERR_CODING;
	*detail = "ota-offset";
	if (part->at > asked->length || (part->at % OTA_SECTOR && part->at != asked->length))
		return OTA_ERR_PART;
	*detail = "ota-part-length";
	if (!coding && part->end != UINT32_MAX && part->end != conn->left)
		return OTA_ERR_PART;
	if (!coding)
		part->end = conn->left;
	if (part->end != UINT32_MAX) {
		if (part->end > room || (part->end < room && part->end % OTA_SECTOR))
			return OTA_ERR_PART;
		part->end += part->at;
	}
	*detail = "ota-commit";
	return !conn->left && !part->finish ? OTA_ERR_FIELD : OTA_ERR_NONE;
}

/* What the device is in the middle of. */
static enum ota_error judge_device(struct ota_conn *conn, const struct ota_upload *asked)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_device *device = rx->port->device;
	enum ota_error error;
	int next;

	if (ota_is_pending(rx))
		return OTA_ERR_UNCONFIRMED;
	next = ota_layout_next(rx, &error);
	if (next == OTA_CHOICE_NONE)
		return error;
	if (asked->length > ota_layout_place(rx, next).size)
		return OTA_ERR_TOO_LARGE;
	if (rx->restarting || (rx->worker && rx->worker != rx->upload.owner))
		return OTA_ERR_BUSY;
	if (rx->upload.owner && rx->upload.owner->u.part.finishing)
		return OTA_ERR_BUSY;
	if (rx->upload.active && !is_same(&rx->upload, asked) &&
	    rx->now - rx->upload.last < SILENT_MS)
		return OTA_ERR_BUSY;
	/* Last: what the app agrees to is an upload. */
	return device->veto && device->veto(device->ctx) ? OTA_ERR_VETO : OTA_ERR_NONE;
}

static enum ota_error open_stream(struct ota_conn *conn)
{
	const struct ota_inflate *inflate = conn->rx->port->inflate;

	if (!ota_http_field(&conn->head, "content-encoding"))
		return OTA_ERR_NONE;
	if (!inflate || !inflate->begin(inflate->ctx))
		return OTA_ERR_CODING;
	conn->u.part.deflate = true;
	return OTA_ERR_NONE;
}

/* The upload is this connection's from here on. */
static void take_over(struct ota_conn *conn, const struct ota_upload *asked)
{
	struct ota_receiver *rx = conn->rx;

	if (rx->upload.owner)
		ota_answer_error(rx->upload.owner, OTA_ERR_TAKEN_OVER, NULL, OTA_NO_PLACE);
	if (!is_same(&rx->upload, asked)) {
		rx->upload = *asked;
		rx->upload.active = true;
	}
	rx->upload.owner = rx->worker = conn;
	rx->upload.last = conn->since = rx->now;
	rx->fill = 0;
	conn->moved = 0;
	if (conn->u.part.check)
		ota_sha256_begin(&rx->sha);
}

void ota_upload_begin(struct ota_conn *conn)
{
	struct ota_upload asked;
	const char *detail = ota_parse_upload(&conn->head, &conn->u.part, &asked);
	enum ota_error error = detail ? OTA_ERR_FIELD : judge_part(conn, &asked, &detail);

	if (!error && conn->u.part.bare && !conn->rx->config->insecure) {
		detail = "ota-digest";
		error = OTA_ERR_FIELD;
	}

	if (!error) {
		detail = NULL;
		error = judge_device(conn, &asked);
	}
	if (error) {
		ota_answer_error(conn, error, detail, OTA_NO_PLACE);
		return;
	}
	take_over(conn, &asked);
	error = open_stream(conn);
	if (error) {
		ota_answer_error(conn, error, "no memory for deflate", OTA_NO_PLACE);
		return;
	}
	conn->state = OTA_CONN_BODY;
	conn->take = ota_upload_take;
	if (conn->left && conn->head.minor && ota_http_field(&conn->head, "expect")) {
		conn->out = go_on;
		conn->out_left = sizeof(go_on) - 1;
	}
	if (!conn->left)
		ota_upload_take(conn, NULL, 0);
}

/* Where the part has to end: its stated end, or the image's. */
static uint32_t limit(const struct ota_conn *conn)
{
	const struct ota_part_fields *part = &conn->u.part;

	return part->end == UINT32_MAX ? conn->rx->upload.length : part->end;
}

static size_t take_plain(struct ota_conn *conn, const uint8_t *data, size_t size)
{
	struct ota_receiver *rx = conn->rx;
	size_t n = OTA_SECTOR - rx->fill;

	if (n > size)
		n = size;
	if (n)
		memcpy(rx->sector + rx->fill, data, n);
	rx->fill = (uint16_t)(rx->fill + n);
	return n;
}

/* Decode into the sector buffer; past the limit into nowhere, where not a byte may arrive. */
static enum ota_error take_deflate(struct ota_conn *conn, const uint8_t *data, size_t *size)
{
	const struct ota_inflate *inflate = conn->rx->port->inflate;
	struct ota_receiver *rx = conn->rx;
	struct ota_part_fields *part = &conn->u.part;
	uint32_t room = limit(conn) - part->at - rx->fill;
	uint8_t beyond;
	struct ota_inflate_io io = { data, *size, rx->sector + rx->fill, OTA_SECTOR - rx->fill };
	enum ota_inflate_result result;

	if (part->ended)
		return *size ? OTA_ERR_STREAM : OTA_ERR_NONE;
	if (io.out_left > room)
		io.out_left = room;
	if (!io.out_left && !rx->fill) {
		io.out = &beyond;
		io.out_left = 1;
	}
	if (!io.out_left) {
		*size = 0;
		return OTA_ERR_NONE;
	}
	room = (uint32_t)io.out_left;
	result = inflate->feed(inflate->ctx, &io);
	if (io.out == &beyond + 1)
		return OTA_ERR_PART;
	if (io.out != &beyond)
		rx->fill = (uint16_t)(rx->fill + room - io.out_left);
	if (result == OTA_INFLATE_DAMAGED ||
	    (io.in_left == *size && *size && io.out_left == room && result == OTA_INFLATE_MORE))
		return OTA_ERR_STREAM;
	part->ended = result == OTA_INFLATE_END;
	*size -= io.in_left;
	return OTA_ERR_NONE;
}

/* Nothing more comes of this part, and nothing of it waits in the buffer. */
static void end_part(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_part_fields *part = &conn->u.part;
	uint8_t digest[OTA_SHA256_SIZE], sent[OTA_SHA256_SIZE];
	struct ota_line line;

	end_stream(conn);
	if (part->check) {
		ota_sha256_finish(&rx->sha, digest);
		if (!ota_parse_digest(ota_http_field(&conn->head, "content-digest"), sent) ||
		    memcmp(digest, sent, sizeof(sent)) != 0) {
			ota_answer_error(conn, OTA_ERR_CONTENT_DIGEST, NULL, OTA_NO_PLACE);
			return;
		}
	}
	if (part->finish) {
		ota_upload_finish(conn);
		return;
	}
	rx->upload.owner = rx->worker = NULL;
	line = ota_answer_begin(conn);
	ota_line_print(&line, "{'done':false");
	ota_line_upload(&line, &rx->upload);
	ota_line_print(&line, "}\n");
	ota_answer_end(conn, &line);
}

/* Go on with what is in the buffer, or wait for more. */
static void look(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_part_fields *part = &conn->u.part;
	uint32_t end = part->at + rx->fill;
	bool last = part->deflate ? part->ended : !conn->left;

	if (rx->fill == OTA_SECTOR || (rx->fill && (end == limit(conn) || last))) {
		if (rx->fill < OTA_SECTOR && end != rx->upload.length)
			ota_answer_error(conn, OTA_ERR_PART, "ends within a sector", end);
		else
			ota_sector_begin(conn);
	} else if (last && !conn->left) {
		if (part->end != UINT32_MAX && part->at != part->end)
			ota_answer_error(conn, OTA_ERR_PART, "ota-part-length", part->at);
		else
			end_part(conn);
	} else if (!conn->left) {
		ota_answer_error(conn, OTA_ERR_STREAM, "ends too early", end);
	}
}

size_t ota_upload_take(struct ota_conn *conn, const uint8_t *data, size_t size)
{
	struct ota_receiver *rx = conn->rx;
	size_t n = size < conn->left ? size : conn->left;
	enum ota_error error = OTA_ERR_NONE;

	if (conn->u.part.deflate)
		error = take_deflate(conn, data, &n);
	else
		n = take_plain(conn, data, n);
	if (error) {
		ota_answer_error(conn, error, NULL, conn->u.part.at + rx->fill);
		return 0;
	}
	if (n && conn->u.part.check) {
		ota_sha256_feed(&rx->sha, data, n);
		rx->hashed += (uint32_t)n;
	}
	conn->left -= (uint32_t)n;
	conn->moved += (uint32_t)n;
	rx->upload.last = rx->now;
	look(conn);
	return n;
}

void ota_upload_written(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;

	conn->u.part.at += rx->fill;
	rx->upload.received += rx->fill;
	rx->fill = 0;
	rx->upload.last = rx->now;
	conn->step = NULL;
	ota_upload_take(conn, NULL, 0);
}
