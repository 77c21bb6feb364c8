/* SPDX-License-Identifier: MIT */
/* device.c - GET device: what this is, what runs, what is in the slots, how it came to it */
#include <string.h>

#include "firmware/core/core.h"
#include "lib/text.h"

/* Pieces before the slots. */
enum { PIECE_WHO, PIECE_WHAT, PIECE_HOW, PIECE_LAST, PIECE_UPLOAD, PIECE_SLOTS };

static void put_name(struct ota_line *line, const char *before, const char *value)
{
	ota_line_text(line, before);
	if (value)
		ota_line_json(line, value, 64);
	else
		ota_line_text(line, "null");
}

static void put_bytes(struct ota_line *line, const char *before, const uint8_t *bytes, size_t size)
{
	ota_line_text(line, before);
	if (!bytes) {
		ota_line_text(line, "null");
		return;
	}
	ota_line_char(line, '"');
	ota_line_hex(line, bytes, size);
	ota_line_char(line, '"');
}

static void put_bool(struct ota_line *line, const char *before, bool value)
{
	ota_line_text(line, before);
	ota_line_text(line, value ? "true" : "false");
}

static void put_number(struct ota_line *line, const char *before, uint32_t value)
{
	ota_line_text(line, before);
	ota_line_number(line, value);
}

static void put_slot(struct ota_line *line, const char *before, int choice)
{
	ota_line_text(line, before);
	if (choice == OTA_CHOICE_NONE) {
		ota_line_text(line, "null");
		return;
	}
	ota_line_char(line, '"');
	ota_line_slot(line, choice);
	ota_line_char(line, '"');
}

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

	ota_line_text(line, rx->port->inflate ? "{\"api\":1,\"features\":[\"deflate\",\"blocks\"]"
					      : "{\"api\":1,\"features\":[\"blocks\"]");
	put_name(line, ",\"receiver\":", device->receiver);
	put_name(line, ",\"id\":", device->id);
	put_name(line, ",\"chip\":", chip ? chip->name : NULL);
	put_number(line, ",\"revision\":", device->revision);
	put_name(line, ",\"project\":", known ? desc.project : NULL);
	put_name(line, ",\"version\":", known ? desc.version : NULL);
	put_bytes(line, ",\"elf_sha256\":", known ? desc.elf_sha256 : NULL,
		  sizeof(desc.elf_sha256));
	put_number(line, ",\"secure_version\":", device->secure_version);
}

static void put_what(struct ota_receiver *rx, struct ota_line *line)
{
	const struct ota_device *device = rx->port->device;
	enum ota_error error;
	int next = ota_layout_next(rx, &error);

	put_bytes(line, ",\"boot\":", rx->boot_id, sizeof(rx->boot_id));
	put_slot(line, ",\"running\":", device->running);
	put_slot(line, ",\"selected\":", selected(rx));
	put_slot(line, ",\"next\":", next);
	put_name(line, ",\"via\":", error == OTA_ERR_VIA_FACTORY ? "factory" : NULL);
	put_name(line, ",\"state\":", state_of(rx, device->running));
	put_bool(line, ",\"ready\":", !device->ready || device->ready(device->ctx));
}

static void put_how(struct ota_receiver *rx, struct ota_line *line)
{
	static const char *const rollback[] = { "unknown", "yes", "no" };
	enum ota_error error;
	int next = ota_layout_next(rx, &error);

	put_name(line, ",\"rollback\":", rollback[rx->rollback]);
	put_bool(line, ",\"insecure\":", rx->config->insecure);
	put_bool(line, ",\"tls\":", rx->config->tls);
	put_name(line, ",\"auth\":", rx->config->insecure ? NULL : "hmac-sha256");
	put_number(line, ",\"max_image\":",
		   next == OTA_CHOICE_NONE ? 0 : ota_layout_place(rx, next)->size);
	put_number(line, ",\"window\":", rx->port->inflate ? rx->port->inflate->window : 0);
}

static void put_last(struct ota_receiver *rx, struct ota_line *line)
{
	const struct ota_ending *last = &rx->last, *trial = &rx->last_trial;
	const struct ota_device *device = rx->port->device;

	ota_line_text(line, ",\"last_trial\":");
	if (trial->known) {
		put_bytes(line, "{\"image\":", trial->hashed ? trial->image : NULL,
			  sizeof(trial->image));
		put_slot(line, ",\"slot\":", trial->slot);
		put_name(line, ",\"state\":", ota_state_name(trial->state));
		put_name(line, ",\"reset\":",
			 device->reset_reason ? device->reset_reason(device->ctx) : NULL);
		ota_line_char(line, '}');
	} else {
		ota_line_text(line, "null");
	}
	ota_line_text(line, ",\"last\":");
	if (last->known) {
		put_bytes(line, "{\"digest\":", last->hashed ? last->image : NULL,
			  sizeof(last->image));
		put_bool(line, ",\"ok\":", !last->error);
		put_name(line, ",\"error\":", last->error ? ota_error_name(last->error) : NULL);
		ota_line_char(line, '}');
	} else {
		ota_line_text(line, "null");
	}
}

/* An unfinished one is the owner's business. */
static void put_upload(const struct ota_conn *conn, struct ota_line *line)
{
	if (conn->rx->config->insecure || conn->sign.signer != OTA_SIGNER_NONE)
		ota_line_upload(line, &conn->rx->upload);
	ota_line_text(line, ",\"slots\":[");
}

static void put_one(struct ota_receiver *rx, struct ota_line *line, int choice)
{
	struct ota_app_desc desc;
	uint8_t digest[OTA_SHA256_SIZE];
	bool known = ota_slot_desc(rx, choice, &desc);

	put_slot(line, "{\"name\":", choice);
	put_number(line, ",\"size\":", ota_layout_place(rx, choice)->size);
	put_name(line, ",\"state\":", state_of(rx, choice));
	put_name(line, ",\"project\":", known ? desc.project : NULL);
	put_name(line, ",\"version\":", known ? desc.version : NULL);
	put_bytes(line, ",\"image\":", ota_slot_digest(rx, choice, digest) ? digest : NULL,
		  sizeof(digest));
	ota_line_char(line, '}');
}

/* The first slot from `choice` on; OTA_SLOTS_MAX: no more. Factory is the last one. */
static int find_slot(const struct ota_receiver *rx, int choice)
{
	while (choice < (int)OTA_SLOTS_MAX && !ota_layout_has(rx, choice))
		choice++;
	return choice;
}

static void put_slots(struct ota_conn *conn, struct ota_line *line)
{
	struct ota_receiver *rx = conn->rx;
	int choice = find_slot(rx, conn->u.stream.piece - PIECE_SLOTS - 2);
	bool last;

	put_one(rx, line, choice);
	choice = find_slot(rx, choice + 1);
	last = choice == (int)OTA_SLOTS_MAX;
	ota_line_text(line, last ? "]}\n" : ",");
	conn->u.stream.piece = (uint8_t)(choice + PIECE_SLOTS + 1);
	if (last)
		conn->step = NULL;
}

static void step_device(struct ota_conn *conn)
{
	static void (*const put[])(struct ota_receiver *,
				   struct ota_line *) = { put_who, put_what, put_how, put_last };
	struct ota_line line = ota_answer_piece(conn);

	if (conn->u.stream.piece < PIECE_UPLOAD)
		put[conn->u.stream.piece++](conn->rx, &line);
	else if (conn->u.stream.piece++ == PIECE_UPLOAD)
		put_upload(conn, &line);
	else
		put_slots(conn, &line);
	ota_answer_send(conn, &line);
}

void ota_device_begin(struct ota_conn *conn)
{
	conn->u.stream.piece = 0;
	ota_answer_stream(conn, "application/json", OTA_NO_PLACE, step_device);
}

void ota_line_state(struct ota_line *line, struct ota_receiver *rx)
{
	int running = rx->port->device->running;
	const char *state = state_of(rx, running);
	uint8_t digest[OTA_SHA256_SIZE];

	ota_line_text(line, "id=\"");
	ota_line_text(line, rx->port->device->id);
	ota_line_text(line, "\", boot=\"");
	ota_line_hex(line, rx->boot_id, sizeof(rx->boot_id));
	ota_line_text(line, "\", slot=\"");
	ota_line_slot(line, running);
	ota_line_text(line, "\", image=\"");
	if (ota_slot_digest(rx, running, digest))
		ota_line_hex(line, digest, sizeof(digest));
	ota_line_text(line, "\", state=\"");
	ota_line_text(line, state ? state : "");
	ota_line_char(line, '"');
}

void ota_line_upload(struct ota_line *line, const struct ota_upload *upload)
{
	if (!upload->active) {
		ota_line_text(line, ",\"upload\":null");
		return;
	}
	put_bytes(line, ",\"upload\":{\"digest\":", upload->has_digest ? upload->digest : NULL,
		  sizeof(upload->digest));
	put_number(line, ",\"length\":", upload->length);
	put_number(line, ",\"received\":", upload->received);
	put_number(line, ",\"written\":", upload->written);
	ota_line_char(line, '}');
}

void ota_line_running(struct ota_line *line, const struct ota_receiver *rx)
{
	int running = rx->port->device->running;
	uint8_t digest[OTA_SHA256_SIZE];

	put_slot(line, ",\"running\":", running);
	put_bytes(line, ",\"image\":", ota_slot_digest(rx, running, digest) ? digest : NULL,
		  sizeof(digest));
}
