/* SPDX-License-Identifier: MIT */
/* answer.c - answers: errors, small ones, and streams of pieces, in the connection's own memory */
#include <string.h>

#include "firmware/core/core.h"

#define BODY_AT 320u /* in conn->text: behind the longest head of an answer */
#define CHUNK_HEAD 5u /* "3ff\r\n" */

struct error_row {
	const char *name;
	uint16_t status;
	uint16_t code; /* the esp_err_t that says the same; 0: none */
	const char *stage;
};

static const struct error_row errors[OTA_ERR_COUNT] = {
	[OTA_ERR_NONE] = { "OTA_OK", 200, 0, "" },
	[OTA_ERR_HEAD] = { "OTA_HEAD", 400, 0, "head" },
	[OTA_ERR_HEAD_SIZE] = { "OTA_HEAD_SIZE", 431, 0, "head" },
	[OTA_ERR_HEAD_SLOW] = { "OTA_HEAD_SLOW", 400, 0x107, "head" },
	[OTA_ERR_LENGTH] = { "OTA_LENGTH", 411, 0, "head" },
	[OTA_ERR_HOST] = { "OTA_HOST", 421, 0, "head" },
	[OTA_ERR_ORIGIN] = { "OTA_ORIGIN", 421, 0, "head" },
	[OTA_ERR_FORM] = { "OTA_FORM", 415, 0, "head" },
	[OTA_ERR_NO_KEY] = { "OTA_NO_KEY", 401, 0, "auth" },
	[OTA_ERR_NOT_FOUND] = { "OTA_NOT_FOUND", 404, 0x105, "request" },
	[OTA_ERR_METHOD] = { "OTA_METHOD", 405, 0x106, "request" },
	[OTA_ERR_EXPECT] = { "OTA_EXPECT", 417, 0, "request" },
	[OTA_ERR_QUERY] = { "OTA_QUERY", 400, 0x102, "request" },
	[OTA_ERR_FIELD] = { "OTA_FIELD", 400, 0x102, "request" },
	[OTA_ERR_CONTENT] = { "OTA_CONTENT", 413, 0x102, "request" },
	[OTA_ERR_BUSY] = { "OTA_BUSY", 409, 0x1507, "upload" },
	[OTA_ERR_TAKEN_OVER] = { "OTA_TAKEN_OVER", 409, 0x1507, "upload" },
	[OTA_ERR_UNCONFIRMED] = { "OTA_UNCONFIRMED", 409, 0x1506, "request" },
	[OTA_ERR_VIA_FACTORY] = { "OTA_VIA_FACTORY", 409, 0x1501, "upload" },
	[OTA_ERR_NO_SLOT] = { "OTA_NO_SLOT", 409, 0x105, "upload" },
	[OTA_ERR_NO_OTADATA] = { "OTA_NO_OTADATA", 409, 0x105, "request" },
	[OTA_ERR_SEQUENCE] = { "OTA_SEQUENCE", 409, 0x1502, "switch" },
	[OTA_ERR_VETO] = { "OTA_VETO", 503, 0x10D, "request" },
	[OTA_ERR_TOO_LARGE] = { "OTA_TOO_LARGE", 413, 0x104, "upload" },
	[OTA_ERR_PART] = { "OTA_PART", 400, 0x102, "upload" },
	[OTA_ERR_CODING] = { "OTA_CODING", 415, 0x106, "upload" },
	[OTA_ERR_STREAM] = { "OTA_STREAM", 400, 0x10B, "upload" },
	[OTA_ERR_CONTENT_DIGEST] = { "OTA_CONTENT_DIGEST", 400, 0x10B, "upload" },
	[OTA_ERR_FIRST_SECTOR] = { "OTA_FIRST_SECTOR", 409, 0x10C, "upload" },
	[OTA_ERR_MAGIC] = { "OTA_MAGIC", 422, 0x1503, "judge" },
	[OTA_ERR_CHIP] = { "OTA_CHIP", 422, 0x10A, "judge" },
	[OTA_ERR_REVISION] = { "OTA_REVISION", 422, 0x10A, "judge" },
	[OTA_ERR_PROJECT] = { "OTA_PROJECT", 422, 0x10A, "judge" },
	[OTA_ERR_DOWNGRADE] = { "OTA_DOWNGRADE", 422, 0x1504, "judge" },
	[OTA_ERR_SECURE_VERSION] = { "OTA_SECURE_VERSION", 422, 0x1504, "judge" },
	[OTA_ERR_NO_RECEIVER] = { "OTA_NO_RECEIVER", 422, 0, "judge" },
	[OTA_ERR_FAILED_BEFORE] = { "OTA_FAILED_BEFORE", 422, 0x1505, "judge" },
	[OTA_ERR_DIGEST] = { "OTA_DIGEST", 422, 0x10B, "verify" },
	[OTA_ERR_IMAGE] = { "OTA_IMAGE", 422, 0x1503, "verify" },
	[OTA_ERR_NO_HASH] = { "OTA_NO_HASH", 422, 0x1503, "verify" },
	[OTA_ERR_TRAILING] = { "OTA_TRAILING", 422, 0x1503, "verify" },
	[OTA_ERR_SIGNATURE] = { "OTA_SIGNATURE", 422, 0x1503, "verify" },
	[OTA_ERR_FLASH] = { "OTA_FLASH", 500, 0x6001, "write" },
	[OTA_ERR_OTHER_IMAGE] = { "OTA_OTHER_IMAGE", 409, 0x103, "request" },
	[OTA_ERR_NOT_READY] = { "OTA_NOT_READY", 409, 0x10D, "confirm" },
	[OTA_ERR_NO_TRIAL] = { "OTA_NO_TRIAL", 409, 0x103, "confirm" },
	[OTA_ERR_NO_ROLLBACK] = { "OTA_NO_ROLLBACK", 409, 0x1505, "rollback" },
};

const char *ota_error_name(enum ota_error error)
{
	return errors[error].name;
}

static const char *reason(unsigned status)
{
	static const struct {
		uint16_t status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

static void put_head(const struct ota_conn *conn, struct ota_line *line, unsigned status,
		     const char *type)
{
	ota_line_text(line, "HTTP/1.1 ");
	ota_line_number(line, status);
	ota_line_char(line, ' ');
	ota_line_text(line, reason(status));
	ota_line_text(line, "\r\nContent-Type: ");
	ota_line_text(line, type);
	ota_line_text(line, "\r\nCache-Control: no-store\r\n");
	if (conn->rx->config->insecure)
		ota_line_text(line, "OTA-Insecure: 1\r\n");
	if (status == 401)
		ota_line_text(line, "WWW-Authenticate: OTA-Signature\r\n");
	if (status == 405)
		ota_request_allow(conn, line);
	if (status == 503)
		ota_line_text(line, "Retry-After: 5\r\n");
	if (conn->close)
		ota_line_text(line, "Connection: close\r\n");
}

static void put_length(struct ota_line *line, uint32_t size)
{
	ota_line_text(line, "Content-Length: ");
	ota_line_number(line, size);
	ota_line_text(line, "\r\n\r\n");
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

/* The head goes in front of the content that stands at BODY_AT. */
static void send_whole(struct ota_conn *conn, unsigned status, const struct ota_line *body)
{
	struct ota_line head = { conn->text, BODY_AT, 0 };

	put_head(conn, &head, status, "application/json");
	put_length(&head, body->used);
	memmove(conn->text + BODY_AT - head.used, conn->text, head.used);
	conn->step = NULL;
	send(conn, conn->text + BODY_AT - head.used, (uint16_t)(head.used + body->used));
}

void ota_answer_end(struct ota_conn *conn, const struct ota_line *line)
{
	send_whole(conn, 200, line);
}

static void put_offset(struct ota_line *line, uint32_t offset)
{
	if (offset == OTA_NO_PLACE)
		ota_line_text(line, "null");
	else
		ota_line_number(line, offset);
}

static void put_error(const struct error_row *row, const char *detail, uint32_t offset,
		      struct ota_line *line)
{
	ota_line_text(line, "{\"error\":\"");
	ota_line_text(line, row->name);
	ota_line_text(line, "\",\"code\":");
	if (row->code)
		ota_line_number(line, row->code);
	else
		ota_line_text(line, "null");
	ota_line_text(line, ",\"stage\":\"");
	ota_line_text(line, row->stage);
	ota_line_text(line, "\",\"detail\":");
	if (detail)
		ota_line_json(line, detail, 120);
	else
		ota_line_text(line, "null");
	ota_line_text(line, ",\"offset\":");
	put_offset(line, offset);
}

void ota_answer_error(struct ota_conn *conn, enum ota_error error, const char *detail,
		      uint32_t offset)
{
	const struct error_row *row = &errors[error];
	struct ota_line line = ota_answer_begin(conn);

	put_error(row, detail, offset, &line);
	if (error == OTA_ERR_BUSY)
		ota_line_upload(&line, &conn->rx->upload);
	if (error == OTA_ERR_OTHER_IMAGE)
		ota_line_running(&line, conn->rx);
	ota_line_text(&line, "}\n");
	ota_upload_drop(conn, error);
	if (conn->rx->worker == conn)
		conn->rx->worker = NULL;
	if (conn->left || row->stage == errors[OTA_ERR_HEAD].stage)
		conn->close = true;
	send_whole(conn, row->status, &line);
}

void ota_answer_stream(struct ota_conn *conn, const char *type, uint32_t size, ota_step_fn *more)
{
	struct ota_line head = { conn->text, OTA_HEAD_KEPT, 0 };

	conn->chunked = size == OTA_NO_PLACE && conn->head.minor;
	if (size == OTA_NO_PLACE && !conn->chunked)
		conn->close = true;
	put_head(conn, &head, 200, type);
	if (conn->chunked)
		ota_line_text(&head, "Transfer-Encoding: chunked\r\n\r\n");
	else if (size == OTA_NO_PLACE)
		ota_line_text(&head, "\r\n");
	else
		put_length(&head, size);
	conn->step = more;
	send(conn, conn->text, head.used);
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

	if (!conn->chunked) {
		send(conn, line->text, size);
		return;
	}
	for (unsigned i = 0; i < 3; i++)
		text[i] = "0123456789abcdef"[size >> (8 - 4 * i) & 15];
	text[3] = '\r';
	text[4] = '\n';
	chunk.used = (uint16_t)(size + CHUNK_HEAD);
	ota_line_text(&chunk, conn->step ? "\r\n" : "\r\n0\r\n\r\n");
	send(conn, text, chunk.used);
}
