/* SPDX-License-Identifier: MIT */
/* slot.c - one sector of the image into flash: compare, disarm, erase, write, read back
 *
 * What is right is decided by reading flash. The first bytes of the image stay in RAM, so that no
 * boot path accepts the slot before finish.c has seen all of it. */
#include <string.h>

#include "firmware/core/core.h"

#define CHUNK 256u /* bytes read at once, on the stack */

static uint32_t slot_addr(const struct ota_receiver *rx)
{
	enum ota_error error;

	return ota_layout_place(rx, ota_layout_next(rx, &error)).addr;
}

static uint32_t sector_addr(const struct ota_conn *conn)
{
	return slot_addr(conn->rx) + conn->u.part.at;
}

/* The bytes of this sector that are written now: all but the image's first ones. */
static uint32_t first_byte(const struct ota_conn *conn)
{
	return conn->u.part.at ? 0 : OTA_HEADER_SIZE;
}

static bool is_filled(const uint8_t *data, size_t size)
{
	while (size && *data == 0xFF) {
		data++;
		size--;
	}
	return !size;
}

static void refuse_flash(struct ota_conn *conn, const char *what)
{
	ota_answer_error(conn, OTA_ERR_FLASH, what, sector_addr(conn));
}

/* Does flash hold the buffer's bytes, from first_byte() on? 0, or the driver's error. */
static int compare(const struct ota_conn *conn, bool *equal)
{
	const struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	uint8_t chunk[CHUNK];

	*equal = true;
	for (uint32_t at = first_byte(conn); at < rx->fill && *equal;) {
		uint32_t n = CHUNK - at % CHUNK;
		int error;

		if (n > rx->fill - at)
			n = rx->fill - at;
		error = flash->read(flash->ctx, sector_addr(conn) + at, chunk, n);
		if (error)
			return error;
		*equal = memcmp(chunk, rx->sector + at, n) == 0;
		at += n;
	}
	return 0;
}

/* As compare(), with what is known to be erased, and the first bytes: they are as in the image
 * (an armed slot), or blank. */
static int compare_all(struct ota_conn *conn, bool *equal)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	uint32_t addr = sector_addr(conn), first = first_byte(conn);
	uint8_t header[OTA_HEADER_SIZE];
	int error;

	/* What was just erased need not be read, unless the image has nothing but FF here. */
	*equal = false;
	if (addr >= rx->upload.clear && addr < rx->upload.clear_end &&
	    !is_filled(rx->sector + first, rx->fill - first))
		return 0;
	error = compare(conn, equal);
	if (error || !*equal || !first)
		return error;
	error = flash->read(flash->ctx, addr, header, sizeof(header));
	if (!error && memcmp(header, rx->sector, sizeof(header)) != 0)
		error = flash->blank(flash->ctx, addr, sizeof(header), equal);
	return error;
}

static void step_read_back(struct ota_conn *conn);

/* A failure once: the sector is erased and written again. Twice: the flash is broken. */
static void try_again(struct ota_conn *conn, const char *what, ota_step_fn *step)
{
	if (conn->u.part.retried) {
		refuse_flash(conn, what);
		return;
	}
	conn->u.part.retried = true;
	conn->rx->upload.clear_end = conn->rx->upload.clear;
	conn->step = step;
}

static void step_erase(struct ota_conn *conn);

static void step_write(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	uint32_t first = first_byte(conn), unit = flash->write_unit;
	uint32_t end = (rx->fill + unit - 1) / unit * unit, addr = sector_addr(conn);

	/* Should this sector come again, it is not clear any more. */
	if (addr >= rx->upload.clear && addr < rx->upload.clear_end)
		rx->upload.clear = addr + OTA_SECTOR;
	memset(rx->sector + rx->fill, 0xFF, end - rx->fill);
	if (flash->write(flash->ctx, addr + first, rx->sector + first, end - first)) {
		try_again(conn, "write", step_erase);
		return;
	}
	conn->step = step_read_back;
}

static void step_read_back(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	bool equal = false;

	if (compare(conn, &equal) || !equal) {
		try_again(conn, "read back", step_erase);
		return;
	}
	conn->u.part.retried = false;
	rx->upload.zeroed &= conn->u.part.at != 0;
	rx->upload.written += rx->fill;
	ota_upload_written(conn);
}

/* Erase `size` bytes unless they are blank, and blank can be believed. */
static int erase(struct ota_conn *conn, uint32_t size)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	uint32_t addr = sector_addr(conn);
	bool blank = false;
	int error = 0;

	if (addr >= rx->upload.doubt_end)
		error = flash->blank(flash->ctx, addr, size, &blank);
	if (!error && !blank)
		error = flash->erase(flash->ctx, addr, size);
	rx->upload.clear = addr;
	rx->upload.clear_end = error ? addr : addr + size;
	return error;
}

/* A whole block where the rest of the part covers it, else this sector. */
static void step_erase(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_part_fields *part = &conn->u.part;
	uint32_t addr = sector_addr(conn), size = rx->port->flash->erase_max;

	if (part->end == UINT32_MAX || addr % size || part->end - part->at < size || part->retried)
		size = OTA_SECTOR;
	conn->step = step_write;
	if (addr >= rx->upload.clear && rx->upload.clear_end >= addr + size)
		return;
	if (erase(conn, size))
		try_again(conn, "erase", step_erase);
}

/* No boot path may accept the slot from here on: its first sector is erased. Where that sector was
 * found right and passed by, its first bytes are programmed to zero instead, and finish.c erases it
 * when the buffer is free to keep the rest. */
static void step_disarm(struct ota_conn *conn)
{
	static const uint8_t zeros[OTA_HEADER_SIZE];
	struct ota_receiver *rx = conn->rx;
	const struct ota_flash *flash = rx->port->flash;
	uint32_t addr = slot_addr(rx);
	bool blank, passed = conn->u.part.at && rx->upload.has_header;
	int error = flash->blank(flash->ctx, addr, OTA_HEADER_SIZE, &blank);

	if (!error && !blank && passed) {
		error = flash->zero ? flash->zero(flash->ctx, addr, sizeof(zeros))
				    : flash->write(flash->ctx, addr, zeros, sizeof(zeros));
		rx->upload.zeroed = true;
	} else if (!error && !blank) {
		error = flash->erase(flash->ctx, addr, OTA_SECTOR);
		rx->upload.clear = addr;
		rx->upload.clear_end = addr + OTA_SECTOR;
	}
	if (error) {
		ota_answer_error(conn, OTA_ERR_FLASH, "disarm", addr);
		return;
	}
	rx->upload.disarmed = true;
	conn->step = step_erase;
}

/* Before the slot is touched: no record names it any more. */
static void step_anchor(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;

	if (ota_anchor_begin(conn, step_disarm))
		rx->upload.doubt_end = sector_addr(conn) + OTA_SECTOR + rx->port->flash->erase_max;
}

static void step_compare(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	bool equal = false;

	if (!conn->u.part.at) {
		memcpy(rx->upload.header, rx->sector, OTA_HEADER_SIZE);
		rx->upload.has_header = true;
	}
	if (compare_all(conn, &equal))
		refuse_flash(conn, "read");
	else if (equal)
		ota_upload_written(conn);
	else
		conn->step = rx->upload.disarmed ? step_erase : step_anchor;
}

static void step_judge(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;

	if (conn->u.part.at)
		ota_answer_error(conn, OTA_ERR_FIRST_SECTOR, "it comes first", 0);
	else if (ota_judge(conn, rx->sector, rx->fill, conn->u.part.force)) {
		rx->upload.judged = true;
		conn->step = step_compare;
	}
}

void ota_sector_begin(struct ota_conn *conn)
{
	conn->step = conn->u.part.at && conn->rx->upload.judged ? step_compare : step_judge;
}
