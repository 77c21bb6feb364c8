/* SPDX-License-Identifier: MIT */
/* reads.c - GET image/blocks, otadata and table: bytes of flash, or their CRCs */
#include <string.h>

#include "firmware/core/core.h"
#include "lib/crc32.h"
#include "lib/cursor.h"
#include "lib/table.h"

#define CHUNK 256u

static void refuse(struct ota_conn *conn, enum ota_error error)
{
	ota_answer_error(conn, error, NULL, OTA_NO_PLACE);
}

/* An answer that has begun can only be cut off: its length tells the client. */
static void break_off(struct ota_conn *conn)
{
	conn->step = NULL;
	conn->state = OTA_CONN_CLOSED;
}

/* A record that is not there is FF, whatever flash encryption makes of that. */
static int read_bytes(const struct ota_flash *flash, const struct ota_stream_fields *at, void *buf)
{
	bool blank = false;
	int error = at->size == OTA_RECORD_SIZE
			  ? flash->blank(flash->ctx, at->addr, at->size, &blank)
			  : 0;

	if (blank)
		memset(buf, 0xFF, at->size);
	return error || blank ? error : flash->read(flash->ctx, at->addr, buf, at->size);
}

/* One record, or a piece of the table. */
static void step_bytes(struct ota_conn *conn)
{
	const struct ota_flash *flash = conn->rx->port->flash;
	struct ota_stream_fields *at = &conn->u.stream;
	struct ota_line line = ota_answer_piece(conn);

	if (read_bytes(flash, at, line.text)) {
		break_off(conn);
		return;
	}
	line.used = (uint16_t)at->size;
	at->addr += at->stride;
	if (at->addr >= at->end)
		conn->step = NULL;
	ota_answer_send(conn, &line);
}

void ota_otadata_begin(struct ota_conn *conn)
{
	const struct ota_place *place = &conn->rx->layout.otadata;

	if (!place->size) {
		refuse(conn, OTA_ERR_NO_OTADATA);
		return;
	}
	conn->u.stream = (struct ota_stream_fields){ .addr = place->addr,
						     .end = place->addr + 2 * OTA_RECORD_STRIDE,
						     .size = OTA_RECORD_SIZE,
						     .stride = OTA_RECORD_STRIDE };
	ota_answer_stream(conn, 2 * OTA_RECORD_SIZE, step_bytes);
}

void ota_table_begin(struct ota_conn *conn)
{
	uint32_t addr = conn->rx->port->flash->table;

	conn->u.stream = (struct ota_stream_fields){
		.addr = addr, .end = addr + OTA_TABLE_SIZE, .size = 768, .stride = 768
	};
	ota_answer_stream(conn, OTA_TABLE_SIZE, step_bytes);
}

/* The CRC of up to 4 KiB more; the image's first bytes as they are in RAM. */
static bool feed_crc(struct ota_conn *conn, uint32_t from, uint32_t size)
{
	const struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	const struct ota_upload *upload = &rx->upload;
	enum ota_error error;
	uint32_t slot = ota_layout_place(rx, ota_layout_next(rx, &error)).addr;
	uint8_t chunk[CHUNK];

	for (uint32_t done = 0; done < size; done += CHUNK) {
		if (flash->read(flash->ctx, from + done, chunk, CHUNK))
			return false;
		if (from + done == slot && upload->active && upload->has_header)
			memcpy(chunk, upload->header, sizeof(upload->header));
		conn->u.stream.crc = ota_crc32(conn->u.stream.crc, chunk, CHUNK);
	}
	return true;
}

/* 4 KiB of a block; with its last, four bytes more to send. */
static void step_blocks(struct ota_conn *conn)
{
	struct ota_stream_fields *at = &conn->u.stream;
	struct ota_line line = ota_answer_piece(conn);
	struct ota_writer w = ota_writer(line.text, 4);

	if (!feed_crc(conn, at->addr, OTA_SECTOR)) {
		break_off(conn);
		return;
	}
	at->addr += OTA_SECTOR;
	if (at->addr < at->end && (at->addr - at->stride) % at->size)
		return;
	ota_put_u32(&w, at->crc);
	line.used = 4;
	at->crc = 0;
	if (at->addr >= at->end)
		conn->step = NULL;
	ota_answer_send(conn, &line);
}

void ota_blocks_begin(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	size_t n = 0;
	const char *text = ota_query_value(conn, "size", &n);
	uint32_t size = text && n == 4 && memcmp(text, "4096", 4) == 0  ? 4096
		      : text && n == 5 && memcmp(text, "65536", 5) == 0 ? 65536
									: 0;
	enum ota_error error;
	int next = ota_layout_next(rx, &error);
	struct ota_place place;

	if (!size || next == OTA_CHOICE_NONE) {
		refuse(conn, size ? error : OTA_ERR_QUERY);
		return;
	}
	place = ota_layout_place(rx, next);
	conn->u.stream = (struct ota_stream_fields){ .addr = place.addr,
						     .end = place.addr + place.size,
						     .size = size,
						     .stride = place.addr };
	ota_answer_unsigned_stream(conn, (place.size + size - 1) / size * 4, step_blocks);
}
