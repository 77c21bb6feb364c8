/* SPDX-License-Identifier: MIT */
/* device.c - GET device: what this is, what runs, what is in the slots, how it came to it */
#include <string.h>

#include "firmware/core/core.h"
#include "lib/text.h"

/* Pieces before the slots. */
enum { PIECE_WHO, PIECE_WHAT, PIECE_LAST, PIECE_UPLOAD, PIECE_SLOTS };

/* The state of the record that means `choice`, the stronger one of two; NULL: none does. */
static const char *state_of(struct ota_receiver *rx, int choice)
{
	struct ota_otadata data;
	const struct ota_record *found = NULL;

	if (choice < 0 || !rx->layout.otadata.size || ota_records_read(rx, &data) || !data.count)
		return NULL;
	for (unsigned i = 0; i < 2; i++) {
		const struct ota_record *record = &data.pair[i];

		if (record->seq != OTA_SEQ_NONE && ota_record_crc_ok(record) &&
		    (int)ota_seq_slot(record->seq, data.count) == choice &&
		    (!found || record->seq > found->seq))
			found = record;
	}
	if (!found)
		return NULL;
	return ota_state_name(found->state) ? ota_state_name(found->state) : "undefined";
}

/* What the records select, whether it loads or not. */
static int selected(struct ota_receiver *rx)
{
	struct ota_otadata data;
	int active;

	if (!rx->layout.otadata.size || ota_records_read(rx, &data) || !data.count)
		return OTA_CHOICE_FACTORY;
	active = ota_records_active(data.pair);
	if (active >= 0)
		return (int)ota_seq_slot(data.pair[active].seq, data.count);
	return ota_layout_has(rx, OTA_CHOICE_FACTORY) ? OTA_CHOICE_FACTORY : 0;
}

static void put_who(struct ota_receiver *rx, struct ota_line *line)
{
	const struct ota_device *device = rx->port->device;
	const struct ota_chip *chip = ota_chip_by_id(device->chip);
	struct ota_app_desc desc;
	bool known = ota_running_desc(rx, &desc);

	ota_line_print(line,
		       "{'api':1,'features':[%s'blocks'],'receiver':%j,'id':%j,'chip':%j,"
		       "'revision':%u,'project':%j,'version':%j,'elf_sha256':%d,"
		       "'secure_version':%u",
		       rx->port->inflate ? "\"deflate\"," : "", device->receiver, device->id,
		       chip ? chip->name : NULL, device->revision, known ? desc.project : NULL,
		       known ? desc.version : NULL, known ? desc.elf_sha256 : NULL,
		       device->secure_version);
}

static void put_what(struct ota_receiver *rx, struct ota_line *line)
{
	static const char *const rollback[] = { "unknown", "yes", "no" };
	const struct ota_device *device = rx->port->device;
	bool insecure = rx->config->insecure;
	enum ota_error error;
	int next = ota_layout_next(rx, &error);

	ota_line_print(line,
		       ",'boot':'%x','running':%c,'selected':%c,'next':%c,'via':%j,'state':%j,"
		       "'ready':%b,'rollback':%j,'insecure':%b,'tls':%b,'auth':%j,"
		       "'max_image':%u,'window':%u",
		       rx->boot_id, device->running, selected(rx), next,
		       error == OTA_ERR_VIA_FACTORY ? "factory" : NULL,
		       state_of(rx, device->running), !device->ready || device->ready(device->ctx),
		       rollback[rx->rollback], insecure, rx->config->tls,
		       insecure ? NULL : "hmac-sha256",
		       next == OTA_CHOICE_NONE ? 0 : ota_layout_place(rx, next).size,
		       rx->port->inflate ? rx->port->inflate->window : 0);
}

static void put_last(struct ota_receiver *rx, struct ota_line *line)
{
	const struct ota_ending *last = &rx->last, *trial = &rx->last_trial;
	const struct ota_device *device = rx->port->device;

	if (trial->known)
		ota_line_print(line, ",'last_trial':{'image':%d,'slot':%c,'state':%j,'reset':%j}",
			       trial->hashed ? trial->image : NULL, trial->slot,
			       ota_state_name(trial->state),
			       device->reset_reason ? device->reset_reason(device->ctx) : NULL);
	else
		ota_line_print(line, ",'last_trial':null");
	if (!last->known)
		ota_line_print(line, ",'last':null");
	else
		ota_line_print(line,
			       last->error ? ",'last':{'digest':%d,'ok':%b,'error':'OTA_%s'}"
					   : ",'last':{'digest':%d,'ok':%b,'error':null}",
			       last->hashed ? last->image : NULL, !last->error,
			       ota_error_name((enum ota_error)last->error));
}

/* An unfinished one is the owner's business. */
static void put_upload(const struct ota_conn *conn, struct ota_line *line)
{
	if (conn->rx->config->insecure || conn->sign.signer != OTA_SIGNER_NONE)
		ota_line_upload(line, &conn->rx->upload);
	ota_line_print(line, ",'slots':[");
}

static void put_one(struct ota_receiver *rx, struct ota_line *line, int choice)
{
	struct ota_app_desc desc;
	uint8_t digest[OTA_SHA256_SIZE];
	bool known = ota_slot_desc(rx, choice, &desc);

	ota_line_print(line,
		       "{'name':%c,'size':%u,'state':%j,'project':%j,'version':%j,'image':%d}",
		       choice, ota_layout_place(rx, choice).size, state_of(rx, choice),
		       known ? desc.project : NULL, known ? desc.version : NULL,
		       ota_slot_digest(rx, choice, digest) ? digest : NULL);
}

/* The first slot from `choice` on; OTA_SLOTS_MAX: no more. Factory is the last one. */
static int find_slot(const struct ota_receiver *rx, int choice)
{
	while (choice < (int)OTA_SLOTS_MAX && !ota_layout_has(rx, choice))
		choice++;
	return choice;
}

/* One of them, or none if there is none. */
static void put_slots(struct ota_conn *conn, struct ota_line *line)
{
	struct ota_receiver *rx = conn->rx;
	uint8_t *piece = &conn->u.stream.piece;
	int choice = find_slot(rx, *piece - PIECE_SLOTS + OTA_CHOICE_FACTORY);
	int next = OTA_SLOTS_MAX;

	if (choice < (int)OTA_SLOTS_MAX) {
		put_one(rx, line, choice);
		next = find_slot(rx, choice + 1);
	}
	if (next < (int)OTA_SLOTS_MAX) {
		ota_line_print(line, ",");
		*piece = (uint8_t)(next - OTA_CHOICE_FACTORY + PIECE_SLOTS);
	} else {
		ota_line_print(line, "]}\n");
		conn->step = NULL;
	}
}

static void step_device(struct ota_conn *conn)
{
	static void (*const put[])(struct ota_receiver *, struct ota_line *) = { put_who, put_what,
										 put_last };
	struct ota_line line = ota_answer_piece(conn);
	uint8_t *piece = &conn->u.stream.piece;

	if (*piece < PIECE_UPLOAD) {
		put[(*piece)++](conn->rx, &line);
	} else if (*piece == PIECE_UPLOAD) {
		put_upload(conn, &line);
		*piece = PIECE_SLOTS;
	} else {
		put_slots(conn, &line);
	}
	ota_answer_send(conn, &line);
}

void ota_device_begin(struct ota_conn *conn)
{
	conn->u.stream.piece = 0;
	ota_answer_stream(conn, OTA_NO_PLACE, step_device);
}

void ota_line_state(struct ota_line *line, struct ota_receiver *rx)
{
	int running = rx->port->device->running;
	const char *state = state_of(rx, running);
	uint8_t digest[OTA_SHA256_SIZE];

	ota_line_print(line, "id='%s', boot='%x', slot=%c, image=", rx->port->device->id,
		       rx->boot_id, running);
	ota_line_print(line, ota_slot_digest(rx, running, digest) ? "%d" : "''", digest);
	ota_line_print(line, ", state='%s'", state ? state : "");
}

void ota_line_upload(struct ota_line *line, const struct ota_upload *upload)
{
	ota_line_print(line,
		       upload->active ? ",'upload':{'digest':%d,'length':%u,'received':%u,"
					"'written':%u}"
				      : ",'upload':null",
		       upload->has_digest ? upload->digest : NULL, upload->length, upload->received,
		       upload->written);
}

void ota_line_running(struct ota_line *line, const struct ota_receiver *rx)
{
	int running = rx->port->device->running;
	uint8_t digest[OTA_SHA256_SIZE];

	ota_line_print(line, ",'running':%c,'image':%d", running,
		       ota_slot_digest(rx, running, digest) ? digest : NULL);
}
