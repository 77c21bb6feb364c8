/* SPDX-License-Identifier: MIT */
#include "firmware/port/posix/emulator.h"

#include <stdio.h>
#include <string.h>

#include "lib/table.h"

#define CRASHES_MAX 4 /* restarts of a bad app until it is left alone: nothing then answers */

static void say(const struct ota_emulator *emulator, const char *format, const char *word)
{
	char line[160];

	if (!emulator->log)
		return;
	snprintf(line, sizeof(line), format, word);
	emulator->log(line);
}

static const char *name_of(int choice, char name[static 16])
{
	if (choice == OTA_CHOICE_FACTORY)
		snprintf(name, 16, "factory");
	else if (choice == OTA_CHOICE_TEST)
		snprintf(name, 16, "test");
	else
		snprintf(name, 16, "ota_%d", choice);
	return name;
}

static void fill_random(void *ctx, void *buf, size_t len)
{
	struct ota_emulator *emulator = ctx;
	uint8_t *out = buf;

	for (size_t i = 0; i < len; i++) {
		emulator->random = emulator->random * 1664525u + 1013904223u;
		out[i] = (uint8_t)(emulator->random >> 24);
	}
}

static void restart(void *ctx)
{
	struct ota_emulator *emulator = ctx;

	emulator->restarted = true;
}

static bool is_present(void *ctx)
{
	const struct ota_emulator *emulator = ctx;

	return emulator->presence;
}

static void log_line(void *ctx, const char *line)
{
	say(ctx, "%s", line);
}

void ota_emulator_begin(struct ota_emulator *emulator, uint8_t *data, uint32_t size)
{
	memset(emulator, 0, sizeof(*emulator));
	ota_nor_begin(&emulator->nor, data, size);
	memset(emulator->key_flash, 0xFF, sizeof(emulator->key_flash));
	ota_nor_begin(&emulator->key_nor, emulator->key_flash, sizeof(emulator->key_flash));
	emulator->key_store = (struct ota_key_store){ .flash = &emulator->key_nor.flash };
	emulator->keys = ota_key_store_port(&emulator->key_store);
	emulator->config = (struct ota_config){ .insecure = true, .trial_ms = 600000 };
	emulator->bad = emulator->mute = OTA_CHOICE_NONE;
	emulator->conn_count = OTA_EMULATOR_CONNS_DEFAULT;
	emulator->random = 1;
	emulator->random_port = (struct ota_random){ emulator, fill_random };
	emulator->device = (struct ota_device){ .ctx = emulator,
						.id = "emulated",
						.receiver = OTA_VERSION,
						.chip = UINT32_MAX,
						.block_revision = OTA_REVISION_NONE,
						.presence = is_present,
						.log = log_line,
						.restart = restart };
}

/* What the bootloader reads, through flash encryption where there is some. It is not counted: costs
 * are the receiver's. */
static bool read_flash(struct ota_emulator *emulator, uint32_t addr, void *buf, size_t size)
{
	struct ota_nor *nor = &emulator->nor;
	struct ota_nor_count count = nor->count;
	bool good = nor->flash.read(nor->flash.ctx, addr, buf, size) == 0;

	nor->count = count;
	return good;
}

static bool read_row(struct ota_emulator *emulator, unsigned row, struct ota_part *part)
{
	uint8_t raw[OTA_ENTRY_SIZE];

	return read_flash(emulator, emulator->nor.flash.table + row * OTA_ENTRY_SIZE, raw,
			  sizeof(raw)) &&
	       ota_part_decode(raw, part) == OTA_OK;
}

static uint32_t row_field(struct ota_emulator *emulator, unsigned row, bool size)
{
	const struct ota_nor *nor = &emulator->nor;
	struct ota_part part;

	if (row == OTA_NO_ROW || !read_row(emulator, row, &part) || part.offset > nor->flash.size ||
	    part.size > nor->flash.size - part.offset)
		return 0;
	return size ? part.size : part.offset;
}

static struct ota_place place_of(struct ota_emulator *emulator, int choice)
{
	unsigned row = ota_slots_row(&emulator->slots, choice);

	return (struct ota_place){ row_field(emulator, row, false),
				   row_field(emulator, row, true) };
}

/* The bootloader's own view: no hash is demanded, and anything may follow the image. */
bool ota_emulator_loads(struct ota_emulator *emulator, int choice)
{
	struct ota_place place = place_of(emulator, choice);
	const struct ota_image_want want = { .chip = ota_chip_by_id(emulator->device.chip),
					     .role = OTA_ROLE_APP,
					     .revision = emulator->device.revision,
					     .block_revision = OTA_REVISION_NONE,
					     .flash_addr = place.addr,
					     .room = place.size };
	struct ota_image image;
	uint8_t data[OTA_SECTOR];

	if (!place.size)
		return false;
	ota_image_begin(&image, &want);
	for (uint32_t at = 0; at < place.size && image.phase != OTA_PHASE_TAIL; at += OTA_SECTOR)
		if (!read_flash(emulator, place.addr + at, data, sizeof(data)) ||
		    ota_image_feed(&image, data, sizeof(data)))
			return false;
	return ota_image_finish(&image) == OTA_OK;
}

static bool verify(void *ctx, int choice)
{
	return ota_emulator_loads(ctx, choice);
}

static bool secure_version(void *ctx, int choice, uint32_t *version)
{
	struct ota_emulator *emulator = ctx;
	struct ota_place place = place_of(emulator, choice);
	uint8_t raw[OTA_APP_DESC_SIZE];
	struct ota_app_desc desc;

	if (place.size < 288 || !read_flash(emulator, place.addr + 32, raw, sizeof(raw)) ||
	    ota_app_desc_decode(raw, sizeof(raw), &desc))
		return false;
	*version = desc.secure_version;
	return true;
}

static int apply(void *ctx, const struct ota_op *op)
{
	struct ota_emulator *emulator = ctx;
	const struct ota_flash *flash = &emulator->nor.flash;
	uint32_t addr = row_field(emulator, emulator->slots.otadata, false) +
			op->sector * OTA_RECORD_STRIDE;

	if (op->kind == OTA_OP_ERASE)
		return flash->erase(flash->ctx, addr, OTA_SECTOR);
	return flash->write(flash->ctx, addr, op->raw, sizeof(op->raw));
}

/* The bootloader does not look whether its write came to anything. */
static int apply_unseen(void *ctx, const struct ota_op *op)
{
	const struct ota_emulator *emulator = ctx;

	(void)!apply(ctx, op);
	return emulator->nor.dead ? -1 : 0;
}

static enum ota_status read_slots(struct ota_emulator *emulator)
{
	const struct ota_nor *nor = &emulator->nor;
	struct ota_part part;

	ota_slots_begin(&emulator->slots);
	if (nor->flash.size < nor->flash.table + OTA_TABLE_SIZE)
		return OTA_E_MAGIC;
	for (uint8_t row = 0; row < OTA_TABLE_MAX; row++) {
		if (!read_row(emulator, row, &part))
			return row ? OTA_OK : OTA_E_MAGIC;
		ota_slots_add(&emulator->slots, part.type, part.subtype, part.size, row);
	}
	return OTA_OK;
}

/* The chip that the images are for, where it was not said. */
static void guess_chip(struct ota_emulator *emulator)
{
	for (int i = OTA_CHOICE_FACTORY;
	     i < (int)OTA_SLOTS_MAX && emulator->device.chip == UINT32_MAX; i++) {
		struct ota_place place = place_of(emulator, i);
		uint8_t raw[OTA_IMAGE_HEADER_SIZE];
		uint32_t id;

		if (!place.size || !read_flash(emulator, place.addr, raw, sizeof(raw)))
			continue;
		id = (uint32_t)(raw[12] | raw[13] << 8);
		if (raw[0] == OTA_IMAGE_MAGIC && ota_chip_by_id(id))
			emulator->device.chip = id;
	}
}

/* What cannot be read is as blank flash. */
static void read_records(struct ota_emulator *emulator, struct ota_record pair[static 2])
{
	uint32_t addr = row_field(emulator, emulator->slots.otadata, false);
	uint8_t raw[OTA_RECORD_SIZE];

	for (uint32_t i = 0; i < 2; i++) {
		if (!read_flash(emulator, addr + i * OTA_RECORD_STRIDE, raw, sizeof(raw)))
			memset(raw, 0xFF, sizeof(raw));
		ota_record_decode(raw, &pair[i]);
	}
}

static enum ota_status boot_once(struct ota_emulator *emulator)
{
	struct ota_boot boot = { .slots = &emulator->slots,
				 .config = emulator->boot,
				 .ctx = emulator,
				 .verify = verify,
				 .secure_version = secure_version,
				 .apply = apply_unseen };
	struct ota_boot_result result;
	struct ota_record pair[2];
	enum ota_status status;

	read_records(emulator, pair);
	status = ota_boot(&boot, pair, &result);
	if (status)
		return status;
	emulator->device.running = result.choice;
	emulator->boot.secure_version = result.secure_version;
	return result.choice == OTA_CHOICE_NONE ? OTA_E_MISSING : OTA_OK;
}

/* What an app does that confirms itself. */
static enum ota_status confirm(struct ota_emulator *emulator)
{
	uint32_t addr = row_field(emulator, emulator->slots.otadata, false);
	struct ota_otadata data = { .count = emulator->slots.count };
	struct ota_change change = { .count = 0 };
	int other;

	read_records(emulator, data.pair);
	other = ota_records_other(&data, emulator->device.running);
	if (emulator->device.running < 0 || !addr ||
	    ota_change_confirm(&data, emulator->device.running,
			       other >= 0 && ota_emulator_loads(emulator, other), &change))
		return OTA_OK;
	for (unsigned i = 0; i < change.count; i++)
		if (apply(emulator, &change.ops[i]))
			return OTA_E_DEVICE;
	return OTA_OK;
}

static enum ota_status begin_receiver(struct ota_emulator *emulator)
{
	emulator->port = (struct ota_port){ .flash = &emulator->nor.flash,
					    .random = &emulator->random_port,
					    .device = &emulator->device,
					    .keys = &emulator->keys,
					    .inflate = emulator->inflate,
					    .verify_image = emulator->verify_image };
	emulator->device.secure_version =
		emulator->boot.anti_rollback ? emulator->boot.secure_version : 0;
	return ota_receiver_begin(&emulator->rx, &emulator->config, &emulator->port,
				  emulator->conns, emulator->conn_count);
}

enum ota_status ota_emulator_power_on(struct ota_emulator *emulator)
{
	enum ota_status status = read_slots(emulator);
	char name[16];

	emulator->restarted = emulator->answers = false;
	guess_chip(emulator);
	for (int crashes = 0; !status; crashes++) {
		status = boot_once(emulator);
		if (status)
			break;
		name_of(emulator->device.running, name);
		say(emulator, "boots %s", name);
		if (emulator->device.running != emulator->bad)
			break;
		say(emulator, "%s crashes", name);
		if (crashes == CRASHES_MAX)
			return OTA_OK;
	}
	if (!status && emulator->confirms)
		status = confirm(emulator);
	if (status || emulator->device.running == emulator->mute)
		return status;
	status = begin_receiver(emulator);
	emulator->answers = !status;
	return status;
}
