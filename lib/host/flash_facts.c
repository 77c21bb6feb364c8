/* SPDX-License-Identifier: MIT */
#include "lib/host/flash_facts.h"

#include <string.h>

#include "lib/cursor.h"

int ota_part_choice(const struct ota_part *part)
{
	if (part->type != OTA_TYPE_APP)
		return OTA_CHOICE_NONE;
	if (part->subtype == OTA_APP_FACTORY)
		return OTA_CHOICE_FACTORY;
	if (part->subtype == OTA_APP_TEST)
		return OTA_CHOICE_TEST;
	return part->subtype >= OTA_APP_OTA_0 && part->subtype <= OTA_APP_OTA_15
		     ? part->subtype - OTA_APP_OTA_0
		     : OTA_CHOICE_NONE;
}

const uint8_t *ota_part_bytes(const struct ota_flash_image *image, const struct ota_part *part,
			      size_t *size)
{
	const struct ota_span span = { part->offset, part->size };

	return ota_flash_image_bytes(image, &span, size);
}

/* The length that the headers of an image promise, whatever its bytes are: at least, where it is more
 * than `limit`, behind which headers are not believed. 0: they make no sense. */
static uint32_t walk(const uint8_t *data, size_t size, uint64_t limit)
{
	struct ota_reader r = ota_reader(data, size);
	uint64_t end = OTA_IMAGE_HEADER_SIZE;
	const uint8_t *head = ota_get_span(&r, OTA_IMAGE_HEADER_SIZE);

	if (!head || head[0] != OTA_IMAGE_MAGIC || !head[1] || head[1] > OTA_SEGMENTS_MAX)
		return 0;
	for (unsigned i = 0; i < head[1] && end <= limit; i++) {
		uint32_t length;

		if (end > size)
			return 0;
		r.pos = (size_t)end;
		(void)ota_get_u32(&r);
		length = ota_get_u32(&r);
		if (r.failed || length % 4 || length > 1u << 24)
			return 0;
		end += OTA_SEGMENT_HEADER_SIZE + length;
	}
	end = (end / 16 + 1) * 16 + (head[23] ? OTA_SHA256_SIZE : 0);
	return (uint32_t)end;
}

static bool begins_like_image(const uint8_t *data, size_t size)
{
	return size >= OTA_IMAGE_HEADER_SIZE && data[0] == OTA_IMAGE_MAGIC &&
	       data[1] <= OTA_SEGMENTS_MAX;
}

/* Bootloaders begin at 0, 0x1000 or 0x2000, as the chip has it. */
static void find_bootloader(struct ota_flash_facts *facts)
{
	const struct ota_flash_image *image = facts->image;
	struct ota_image_want want = { .role = OTA_ROLE_BOOTLOADER,
				       .revision = OTA_REVISION_NONE,
				       .block_revision = OTA_REVISION_NONE };
	struct ota_span span = { 0 };
	const uint8_t *data = NULL;
	size_t size = 0;

	facts->boot_covered = image->base == 0 && image->size > 0x3000;
	for (uint32_t addr = 0; addr < 0x3000 && !facts->boot_found; addr += 0x1000) {
		span = (struct ota_span){ addr, image->table_offset > addr
							? image->table_offset - addr
							: 0 };
		data = ota_flash_image_bytes(image, &span, &size);
		facts->boot_found = data && begins_like_image(data, size);
	}
	if (!facts->boot_found)
		return;
	facts->boot_addr = span.addr;
	facts->boot_extent = walk(data, image->size - (span.addr - image->base), size);
	ota_image_begin(&facts->boot, &want);
	ota_image_feed(&facts->boot, data, size);
	(void)!ota_image_finish(&facts->boot);
	facts->chip = facts->boot.chip;
}

static const struct ota_part *part_at(const struct ota_table *table, uint32_t addr)
{
	for (size_t i = 0; i < table->count; i++)
		if (addr >= table->parts[i].offset &&
		    addr - table->parts[i].offset < table->parts[i].size)
			return &table->parts[i];
	return NULL;
}

static bool is_app_start(const struct ota_table *table, uint32_t addr)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->parts[i].type == OTA_TYPE_APP && table->parts[i].offset == addr)
			return true;
	return false;
}

/* Does it begin with an image header and an app description? */
static bool is_app(const uint8_t *data, size_t size)
{
	struct ota_reader r = ota_reader(data, size);

	if (!begins_like_image(data, size) || size < 0x70) /* up to the project name */
		return false;
	r.pos = 0x20;
	return ota_get_u32(&r) == OTA_APP_DESC_MAGIC;
}

/* Where the image in an app partition ends, when it has a good one; else 0. */
static uint64_t end_of_app(struct ota_flash_facts *facts, const struct ota_part *part)
{
	int choice = ota_part_choice(part);
	const struct ota_slot_image *image;

	if (choice == OTA_CHOICE_NONE || ota_slots_row(&facts->sim.slots, choice) == OTA_NO_ROW)
		return 0;
	image = ota_sim_image(&facts->sim, choice);
	return image->verdict == OTA_SLOT_GOOD ? (uint64_t)part->offset + image->size : 0;
}

/* What an image found at `addr` is worth. False: part of another image. */
static bool judge_stray(struct ota_flash_facts *facts, const uint8_t *data, size_t size,
			struct ota_stray *stray)
{
	struct ota_image_want want = { .revision = OTA_REVISION_NONE,
				       .block_revision = OTA_REVISION_NONE,
				       .flash_addr = stray->span.addr };
	const struct ota_part *part = part_at(facts->table, stray->span.addr);
	uint64_t end = part && part->type == OTA_TYPE_APP ? end_of_app(facts, part) : 0;
	struct ota_image image;

	if (stray->span.addr < end)
		return false;
	ota_image_begin(&image, &want);
	ota_image_feed(&image, data, size);
	stray->whole = ota_image_finish(&image) == OTA_OK;
	stray->span.size = image.length ? image.length : walk(data, size, UINT32_MAX);
	stray->part = part;
	memcpy(stray->project, data + 0x50, OTA_PROJECT_SIZE);
	stray->misplaced =
		!part || (part->type == OTA_TYPE_APP && !end) ||
		(uint64_t)stray->span.addr + stray->span.size > (uint64_t)part->offset + part->size;
	if (!stray->span.size)
		stray->span.size = (uint32_t)(size < OTA_SECTOR_SIZE ? size : OTA_SECTOR_SIZE);
	return true;
}

static void find_strays(struct ota_flash_facts *facts)
{
	const struct ota_flash_image *image = facts->image;
	size_t pos = (OTA_SECTOR_SIZE - image->base % OTA_SECTOR_SIZE) % OTA_SECTOR_SIZE;

	for (; pos < image->size && facts->stray_count < OTA_STRAYS_MAX; pos += OTA_SECTOR_SIZE) {
		struct ota_stray *stray = &facts->strays[facts->stray_count];
		uint32_t addr = image->base + (uint32_t)pos;

		if (!is_app(image->data + pos, image->size - pos) ||
		    is_app_start(facts->table, addr) ||
		    (facts->boot_found && addr == facts->boot_addr))
			continue;
		*stray = (struct ota_stray){ .span = { addr, 0 } };
		facts->stray_count +=
			judge_stray(facts, image->data + pos, image->size - pos, stray);
	}
}

/* An app that begins a few bytes before or after its partition does. */
static void find_shifted(struct ota_flash_facts *facts, const struct ota_part *part)
{
	static const uint8_t magic[] = { 0x32, 0x54, 0xCD, 0xAB }; /* of the app description */
	const struct ota_span span = { part->offset - OTA_SECTOR_SIZE, 2 * OTA_SECTOR_SIZE };
	struct ota_stray *stray = &facts->strays[facts->stray_count];
	size_t size;
	const uint8_t *data = ota_flash_image_bytes(facts->image, &span, &size), *found;
	size_t rest;

	if (!data || part->offset < OTA_SECTOR_SIZE || facts->stray_count == OTA_STRAYS_MAX)
		return;
	found = memmem(data, size, magic, sizeof(magic));
	if (!found || found - data < 0x20 || (found - data) % OTA_SECTOR_SIZE == 0x20)
		return;
	rest = facts->image->size - (size_t)(found - 0x20 - facts->image->data);
	if (!is_app(found - 0x20, rest))
		return;
	*stray = (struct ota_stray){ .span = { span.addr + (uint32_t)(found - 0x20 - data), 0 } };
	if (!judge_stray(facts, found - 0x20, rest, stray))
		return;
	stray->part = part;
	stray->shifted = stray->misplaced = true;
	facts->stray_count++;
}

static void find_all_shifted(struct ota_flash_facts *facts)
{
	for (size_t i = 0; i < facts->table->count; i++) {
		const struct ota_part *part = &facts->table->parts[i];

		if (ota_part_choice(part) != OTA_CHOICE_NONE && !end_of_app(facts, part))
			find_shifted(facts, part);
	}
}

/* Is this Arduino's boot_app0.bin: sequence 1, and in the next sector the number 0, else blank? */
static bool is_boot_app0(const uint8_t *data, size_t size)
{
	struct ota_record record;

	if (size < OTA_OTADATA_SIZE || !ota_is_filled(data + OTA_SECTOR_SIZE, 4, 0) ||
	    !ota_is_filled(data + OTA_SECTOR_SIZE + 4, OTA_SECTOR_SIZE - 4, 0xFF))
		return false;
	ota_record_decode(data, &record);
	return record.seq == 1 && ota_record_crc_ok(&record) &&
	       ota_is_filled(data + OTA_RECORD_SIZE, OTA_SECTOR_SIZE - OTA_RECORD_SIZE, 0xFF);
}

static void find_boot_app0(struct ota_flash_facts *facts)
{
	const struct ota_flash_image *image = facts->image;
	unsigned row = facts->sim.slots.otadata;

	facts->boot_app0 = OTA_NO_ADDR;
	for (size_t pos = 0; row != OTA_NO_ROW && pos < image->size && pos < 1u << 20;
	     pos += OTA_SECTOR_SIZE)
		if (image->base + pos != facts->table->parts[row].offset &&
		    is_boot_app0(image->data + pos, image->size - pos))
			facts->boot_app0 = image->base + (uint32_t)pos;
}

void ota_flash_facts_gather(struct ota_flash_facts *facts, const struct ota_flash_image *image,
			    const struct ota_table *table, bool esp8266)
{
	struct ota_record pair[2];

	*facts = (struct ota_flash_facts){ .image = image, .table = table, .esp8266 = esp8266 };
	ota_layout_cut(&facts->layout, image, table);
	if (!esp8266)
		find_bootloader(facts);
	ota_sim_begin(&facts->sim, table, image);
	facts->sim.config.esp8266 = esp8266;
	ota_sim_records(&facts->sim, facts->pair);
	memcpy(pair, facts->pair, sizeof(pair));
	ota_sim_boot(&facts->sim, pair, &facts->result);
	find_strays(facts);
	find_all_shifted(facts);
	find_boot_app0(facts);
}
