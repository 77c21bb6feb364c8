/* SPDX-License-Identifier: MIT */
/* answer.c - refusals: name, status, stage, and the sentence in JSON */
#include "firmware/core/core.h"
#include "lib/text.h"

enum stage {
	STAGE_HEAD,
	STAGE_AUTH,
	STAGE_KEYS,
	STAGE_REQUEST,
	STAGE_UPLOAD,
	STAGE_SWITCH,
	STAGE_JUDGE,
	STAGE_VERIFY,
	STAGE_WRITE,
	STAGE_CONFIRM,
	STAGE_ROLLBACK,
};

/* The texts of a list, NUL after each, are a third of the room that pointers to them take. */
static const char stages[] = "head\0"
			     "auth\0"
			     "keys\0"
			     "request\0"
			     "upload\0"
			     "switch\0"
			     "judge\0"
			     "verify\0"
			     "write\0"
			     "confirm\0"
			     "rollback\0";

#define NAME(name, status, code, stage) #name "\0"
static const char names[] = "OK\0" OTA_ERRORS(NAME);

#define ROW(name, status, code, stage) { code, status, STAGE_##stage },
static const struct {
	unsigned code : 16, status : 9, stage : 4;
} errors[] = { { 0, 200, 0 }, OTA_ERRORS(ROW) };

static const char *text_of(const char *list, unsigned index)
{
	while (index--)
		list += ota_text_size(list) + 1;
	return list;
}

const char *ota_error_name(enum ota_error error)
{
	return text_of(names, error);
}

unsigned ota_error_status(enum ota_error error)
{
	return errors[error].status;
}

void ota_answer_error(struct ota_conn *conn, enum ota_error error, const char *detail,
		      uint32_t offset)
{
	struct ota_line line = ota_answer_begin(conn);

	ota_line_print(&line, "{'error':'OTA_%s','code':%o,'stage':'%s','detail':%j,'offset':%o",
		       ota_error_name(error),
		       errors[error].code ? errors[error].code : OTA_NO_PLACE,
		       text_of(stages, errors[error].stage), detail, offset);
	if (error == OTA_ERR_BUSY)
		ota_line_upload(&line, &conn->rx->upload);
	if (error == OTA_ERR_OTHER_IMAGE)
		ota_line_running(&line, conn->rx);
	ota_line_print(&line, "}\n");
	ota_upload_drop(conn, error);
	if (conn->rx->worker == conn)
		conn->rx->worker = NULL;
	if (conn->left || errors[error].stage == STAGE_HEAD)
		conn->close = true;
	ota_answer_whole(conn, error, &line);
}
