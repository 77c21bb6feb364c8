/* SPDX-License-Identifier: MIT */
/* finish.c - the end of an upload: read back all of it, arm the slot, switch to it
 *
 * Only here an image becomes bootable: after what flash holds has the digest that was asked for and
 * passes every check, its first bytes are written, then the record. */
#include <string.h>

#include "firmware/core/core.h"
#include "firmware/core/fields.h"

static int target(const struct ota_receiver *rx)
{
	enum ota_error error;

	return ota_layout_next(rx, &error);
}

static void refuse(struct ota_conn *conn, enum ota_error error, const char *detail)
{
	ota_answer_error(conn, error, detail, OTA_NO_PLACE);
}

static void answer(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_part_fields *part = &conn->u.part;
	struct ota_line line = ota_answer_begin(conn);
	bool restart = part->restart;

	ota_line_print(&line, "{'done':true,'slot':%c,'switched':%b,'restart':%b", target(rx),
		       part->commit, restart);
	ota_line_upload(&line, &rx->upload);
	ota_line_print(&line, "}\n");
	ota_upload_note(rx, OTA_ERR_NONE);
	rx->upload.owner = rx->worker = NULL;
	if (restart) {
		conn->close = true;
		ota_restart_soon(rx);
	}
	ota_answer_end(conn, &line);
}

static void step_commit(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_otadata data;
	enum ota_status status = OTA_E_DEVICE;

	if (!conn->u.part.commit) {
		answer(conn);
		return;
	}
	if (!ota_records_read(rx, &data))
		status = ota_change_commit(&data, rx->port->device->running, (unsigned)target(rx),
					   &rx->u.change);
	if (status)
		refuse(conn, ota_change_error(status), "commit");
	else
		ota_change_begin(conn, answer);
}

/* The first bytes, last of all. */
static void step_arm(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	const uint8_t *header = rx->upload.header;
	uint32_t addr = ota_layout_place(rx, target(rx)).addr;
	uint8_t found[OTA_HEADER_SIZE];
	int error = flash->read(flash->ctx, addr, found, sizeof(found));

	if (!error && memcmp(found, header, sizeof(found)) != 0) {
		error = flash->write(flash->ctx, addr, header, OTA_HEADER_SIZE);
		if (!error)
			error = flash->read(flash->ctx, addr, found, sizeof(found));
		if (!error && memcmp(found, header, sizeof(found)) != 0)
			error = -1;
	}
	if (error)
		ota_answer_error(conn, OTA_ERR_FLASH, "arm", addr);
	else
		conn->step = step_commit;
}

/* Does a record say that what is in the slot was tried and rejected? */
static bool has_failed(const struct ota_receiver *rx, const struct ota_otadata *data)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct ota_record *record = &data->pair[i];

		if ((record->state == OTA_STATE_INVALID || record->state == OTA_STATE_ABORTED) &&
		    record->seq != OTA_SEQ_NONE && ota_record_crc_ok(record) && data->count &&
		    (int)ota_seq_slot(record->seq, data->count) == target(rx))
			return true;
	}
	return false;
}

/* Everything matches. A slot that was not touched may hold a failed image, and needs its anchor. */
static void step_accept(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_otadata data;

	if (rx->upload.disarmed) {
		conn->step = step_arm;
		return;
	}
	if (ota_records_read(rx, &data))
		ota_answer_error(conn, OTA_ERR_FLASH, "otadata", rx->layout.otadata.addr);
	else if (has_failed(rx, &data) && !(conn->u.part.force & OTA_FORCE_FAILED))
		refuse(conn, OTA_ERR_FAILED_BEFORE, NULL);
	else
		ota_anchor_begin(conn, step_arm);
}

static void step_port_verify(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_verify_image *port = rx->port->verify_image;
	const struct ota_place place = ota_layout_place(rx, target(rx));

	if (port && port->verify(port->ctx, place.addr, place.size, rx->upload.header) != 0)
		refuse(conn, OTA_ERR_SIGNATURE, NULL);
	else
		conn->step = step_accept;
}

static void compare_digest(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	uint8_t digest[OTA_SHA256_SIZE];

	ota_sha256_finish(&rx->sha, digest);
	if (!rx->upload.has_digest)
		memcpy(rx->upload.digest, digest, sizeof(digest));
	if (memcmp(digest, rx->upload.digest, sizeof(digest)) != 0)
		refuse(conn, OTA_ERR_DIGEST, NULL);
	else if (ota_check_finish(conn))
		conn->step = step_port_verify;
}

/* 4 KiB of it. */
static void step_read_back(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	uint32_t at = rx->u.check.image.taken, n = rx->upload.length - at;
	uint32_t addr = ota_layout_place(rx, target(rx)).addr + at;

	if (n > OTA_SECTOR)
		n = OTA_SECTOR;
	if (flash->read(flash->ctx, addr, rx->sector, n)) {
		ota_answer_error(conn, OTA_ERR_FLASH, "read", addr);
		return;
	}
	if (!at) {
		memcpy(rx->sector, rx->upload.header, OTA_HEADER_SIZE);
		if (!ota_judge(conn, rx->sector, n, conn->u.part.force))
			return;
		ota_check_begin(rx, target(rx), rx->upload.length);
	}
	ota_sha256_feed(&rx->sha, rx->sector, n);
	rx->hashed += n;
	ota_check_feed(rx, rx->sector, n);
	if (rx->u.check.image.taken == rx->upload.length)
		compare_digest(conn);
}

static void begin_read_back(struct ota_conn *conn)
{
	ota_sha256_begin(&conn->rx->sha);
	conn->rx->u.check.image.taken = 0;
	conn->step = step_read_back;
}

/* Where the first bytes are zero: erase them, with the rest of their sector kept in the buffer. */
static void step_rewrite_first(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	uint32_t addr = ota_layout_place(rx, target(rx)).addr;
	const uint32_t rest = OTA_SECTOR - OTA_HEADER_SIZE;
	uint8_t *keep = rx->sector + OTA_HEADER_SIZE;

	if (flash->read(flash->ctx, addr + OTA_HEADER_SIZE, keep, rest) ||
	    flash->erase(flash->ctx, addr, OTA_SECTOR) ||
	    flash->write(flash->ctx, addr + OTA_HEADER_SIZE, keep, rest)) {
		ota_answer_error(conn, OTA_ERR_FLASH, "first sector", addr);
		return;
	}
	rx->upload.zeroed = false;
	begin_read_back(conn);
}

/* The first bytes: from this upload, or those of an armed slot. */
static void step_header(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	uint32_t addr = ota_layout_place(rx, target(rx)).addr;
	bool blank = true;

	if (!rx->upload.has_header) {
		if (flash->read(flash->ctx, addr, rx->upload.header, OTA_HEADER_SIZE) ||
		    flash->blank(flash->ctx, addr, OTA_HEADER_SIZE, &blank)) {
			ota_answer_error(conn, OTA_ERR_FLASH, "read", addr);
			return;
		}
		if (blank) {
			ota_answer_error(conn, OTA_ERR_FIRST_SECTOR, "it was not sent", 0);
			return;
		}
	}
	if (rx->upload.zeroed)
		conn->step = step_rewrite_first;
	else
		begin_read_back(conn);
}

void ota_upload_finish(struct ota_conn *conn)
{
	conn->u.part.finishing = true;
	conn->state = OTA_CONN_WORK;
	conn->step = step_header;
}
