/* SPDX-License-Identifier: MIT */
/* answer.c - refusals: name, status, stage, and the sentence in JSON */
#include <string.h>

#include "firmware/core/core.h"

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
	[OTA_ERR_UNSIGNED] = { "OTA_UNSIGNED", 401, 0, "auth" },
	[OTA_ERR_SIGNATURE_FORM] = { "OTA_SIGNATURE_FORM", 400, 0, "auth" },
	[OTA_ERR_UNAUTHORIZED] = { "OTA_UNAUTHORIZED", 401, 0, "auth" },
	[OTA_ERR_NONCE] = { "OTA_NONCE", 401, 0, "auth" },
	[OTA_ERR_RIGHTS] = { "OTA_RIGHTS", 403, 0, "auth" },
	[OTA_ERR_KEY] = { "OTA_KEY", 409, 0, "keys" },
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
	ota_answer_whole(conn, row->status, &line);
}
