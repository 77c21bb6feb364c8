/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "lib/crc32.h"
#include "lib/cursor.h"
#include "lib/host/lint_rules.h"
#include "lib/host/repair.h"

#define LOW_FLASH (1u << 20) /* where tables are looked for, bytes */

typedef void part_fn(struct ota_lint *lint, const struct ota_part *part, const uint8_t *data,
		     size_t size);

/* Every data partition of a subtype of which the dump holds something that is not blank. */
static void each_data(struct ota_lint *lint, unsigned subtype, part_fn *judge)
{
	for (size_t i = 0; i < lint->facts.table->count; i++) {
		const struct ota_part *part = &lint->facts.table->parts[i];
		size_t size;
		const uint8_t *data;

		if (part->type != OTA_TYPE_DATA || part->subtype != subtype ||
		    ota_lint_is_overrun(lint, part))
			continue;
		data = ota_part_bytes(lint->facts.image, part, &size);
		if (data && ota_skip_blank(data, size, 0) < size)
			judge(lint, part, data, size);
	}
}

static void pass_on(void *ctx, const struct ota_diag *found)
{
	struct ota_lint *lint = ctx;
	struct ota_rule rule = *found->rule;
	struct ota_diag diag = *found;

	/* A record that was rejected, or is on trial, is a device's life and no fault of its flash. */
	rule.severity =
		strcmp(rule.id, "otadata-state") == 0 || strcmp(rule.id, "otadata-trial") == 0
			? OTA_INFO
			: OTA_WARNING;
	rule.fix = "`otatool otadata repair` mends it";
	diag.rule = &rule;
	diag.offset -= lint->facts.image->base;
	lint->report(lint->ctx, &diag);
}

/* Is what the records select reported already, as an app? */
static bool is_told(const struct ota_flash_facts *facts)
{
	struct ota_sim sim = facts->sim;
	enum ota_slot_verdict verdict;

	if (facts->result.choice == OTA_CHOICE_NONE || facts->result.start == OTA_CHOICE_NONE)
		return true;
	verdict = ota_sim_image(&sim, facts->result.start)->verdict;
	return verdict == OTA_SLOT_BAD || verdict == OTA_SLOT_OUTSIDE;
}

void ota_lint_otadata(struct ota_lint *lint)
{
	const struct ota_flash_facts *facts = &lint->facts;
	struct ota_record pair[2] = { facts->pair[0], facts->pair[1] };
	struct ota_sim sim = facts->sim;
	struct ota_repair repair = { .sim = &sim, .report = pass_on, .ctx = lint };
	const struct ota_part *part;
	uint8_t raw[OTA_RECORD_SIZE];

	if (sim.slots.otadata == OTA_NO_ROW || facts->esp8266 || is_told(facts))
		return;
	part = &facts->table->parts[sim.slots.otadata];
	for (unsigned i = 0; i < 2; i++) {
		ota_record_encode(&pair[i], raw);
		if (ota_record_looks_encrypted(raw) || ota_lint_is_overrun(lint, part))
			return;
	}
	repair.addr = part->offset;
	(void)!ota_repair_otadata(&repair, pair);
}

void ota_lint_otadata_place(struct ota_lint *lint)
{
	const struct ota_flash_facts *facts = &lint->facts;
	const struct ota_part *part;

	if (facts->boot_app0 == OTA_NO_ADDR)
		return;
	part = &facts->table->parts[facts->sim.slots.otadata];
	ota_lint_find(lint, facts->boot_app0,
		      (struct ota_diag){ .name = part->label,
					 .value = facts->boot_app0,
					 .low = part->offset,
					 .high = part->offset });
}

void ota_lint_leftover_app(struct ota_lint *lint)
{
	for (size_t i = 0; i < lint->facts.stray_count; i++) {
		const struct ota_stray *stray = &lint->facts.strays[i];

		if (!stray->misplaced)
			ota_lint_find(lint, stray->span.addr,
				      (struct ota_diag){ .name = stray->project,
							 .value = stray->span.addr });
	}
}

static void ignore(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	(void)diag;
}

/* A table whose digest is right, which no data has by accident. */
static bool is_table(const uint8_t *data, size_t size)
{
	static const struct ota_table_options options = { .dialect = &ota_dialect_esp32,
							  .names = &ota_names_esp32 };
	struct ota_table table;

	if (data[0] != 0xAA)
		return false;
	ota_table_decode(data, size < OTA_SECTOR_SIZE ? size : OTA_SECTOR_SIZE, &options, &table,
			 ignore, NULL);
	return table.md5 == OTA_TABLE_MD5_OK && table.count;
}

void ota_lint_leftover_table(struct ota_lint *lint)
{
	const struct ota_flash_image *image = lint->facts.image;

	for (size_t pos = 0; pos < image->size && pos < LOW_FLASH; pos += OTA_SECTOR_SIZE)
		if (image->base + pos != image->table_offset &&
		    is_table(image->data + pos, image->size - pos))
			ota_lint_find(lint, image->base + (uint32_t)pos,
				      (struct ota_diag){ .value = image->base + pos });
}

static bool holds_stray(const struct ota_lint *lint, const struct ota_span *span)
{
	for (size_t i = 0; i < lint->facts.stray_count; i++) {
		const struct ota_span *stray = &lint->facts.strays[i].span;

		if (stray->addr < span->addr + (uint64_t)span->size &&
		    (uint64_t)stray->addr + stray->size > span->addr)
			return true;
	}
	return false;
}

/* What stands in gaps: no app (leftover-app, app-place), and nothing before the bootloader, where
 * secure boot v1 keeps its digest. */
void ota_lint_leftover_data(struct ota_lint *lint)
{
	const struct ota_flash_facts *facts = &lint->facts;

	for (size_t i = 0; i < facts->layout.count; i++) {
		const struct ota_piece *piece = &facts->layout.pieces[i];
		uint32_t first;

		if (piece->kind != OTA_PIECE_GAP || !piece->used ||
		    holds_stray(lint, &piece->span) ||
		    (facts->boot_found && piece->span.addr <= facts->boot_addr))
			continue;
		first = (uint32_t)ota_skip_blank(piece->data, piece->span.size, 0);
		if (is_table(piece->data + first, piece->span.size - first))
			continue;
		ota_lint_find(lint, piece->span.addr + first,
			      (struct ota_diag){ .value = piece->span.addr + first,
						 .high = piece->used - first });
	}
}

/* Page header of NVS, 32 bytes: u32 state, u32 sequence, u8 version, 19 bytes 0xff, u32 CRC-32 of
 * what lies between state and CRC. States only clear bits.
 * Source: ESP-IDF v5.5, components/nvs_flash/src/nvs_page.hpp, nvs_page.cpp. */
enum nvs_page { NVS_FREE, NVS_USED, NVS_BAD };

#define NVS_HEADER 32u

static enum nvs_page judge_page(const uint8_t *page, size_t size)
{
	static const uint32_t used[] = { 0xFFFFFFFE, 0xFFFFFFFC, 0xFFFFFFF8 };
	struct ota_reader r = ota_reader(page, size);
	uint32_t state = ota_get_u32(&r), crc;

	if (state == UINT32_MAX)
		return ota_is_filled(page, size, 0xFF) ? NVS_FREE : NVS_BAD;
	r.pos = NVS_HEADER - 4;
	crc = ota_get_u32(&r);
	for (size_t i = 0; i < ARRAY_LEN(used) && !r.failed; i++)
		if (state == used[i] && crc == ota_crc32(UINT32_MAX, page + 4, NVS_HEADER - 8))
			return NVS_USED;
	return NVS_BAD;
}

/* How many pages are of a kind, and where the first of them is. */
static size_t count_pages(const uint8_t *data, size_t size, enum nvs_page kind, size_t *first)
{
	size_t count = 0;

	for (size_t pos = size / OTA_SECTOR_SIZE * OTA_SECTOR_SIZE; pos; pos -= OTA_SECTOR_SIZE) {
		if (judge_page(data + pos - OTA_SECTOR_SIZE, OTA_SECTOR_SIZE) != kind)
			continue;
		count++;
		*first = pos - OTA_SECTOR_SIZE;
	}
	return count;
}

static void nvs_page(struct ota_lint *lint, const struct ota_part *part, const uint8_t *data,
		     size_t size)
{
	size_t first = 0, bad = count_pages(data, size, NVS_BAD, &first);
	uint32_t addr = part->offset + (uint32_t)first;

	if (bad)
		ota_lint_find(lint, addr,
			      (struct ota_diag){ .name = part->label, .value = addr, .high = bad });
}

void ota_lint_nvs_page(struct ota_lint *lint)
{
	each_data(lint, OTA_DATA_NVS, nvs_page);
}

static void nvs_full(struct ota_lint *lint, const struct ota_part *part, const uint8_t *data,
		     size_t size)
{
	size_t first = 0;

	if (size == part->size && !count_pages(data, size, NVS_FREE, &first) &&
	    !count_pages(data, size, NVS_BAD, &first))
		ota_lint_find(lint, part->offset, (struct ota_diag){ .name = part->label });
}

void ota_lint_nvs_full(struct ota_lint *lint)
{
	each_data(lint, OTA_DATA_NVS, nvs_full);
}

static void nvs_version(struct ota_lint *lint, const struct ota_part *part, const uint8_t *data,
			size_t size)
{
	for (size_t pos = 0; pos + OTA_SECTOR_SIZE <= size; pos += OTA_SECTOR_SIZE) {
		uint8_t version = data[pos + 8];

		if (judge_page(data + pos, OTA_SECTOR_SIZE) != NVS_USED || version >= 0xFE)
			continue;
		ota_lint_find(lint, part->offset + (uint32_t)pos,
			      (struct ota_diag){ .name = part->label, .value = version });
		return;
	}
}

void ota_lint_nvs_version(struct ota_lint *lint)
{
	each_data(lint, OTA_DATA_NVS, nvs_version);
}

/* Source: ESP-IDF v5.5, components/esp_phy/esp32/include/phy_init_data.h. */
static void phy_init(struct ota_lint *lint, const struct ota_part *part, const uint8_t *data,
		     size_t size)
{
	if (size < 8 || memcmp(data, "PHYINIT", 8) != 0)
		ota_lint_find(lint, part->offset, (struct ota_diag){ .name = part->label });
}

void ota_lint_phy_init(struct ota_lint *lint)
{
	if (!lint->facts.esp8266)
		each_data(lint, OTA_DATA_PHY, phy_init);
}

/* It begins with its length, u32, which counts itself and the checksum at its end.
 * Source: ESP-IDF v5.5, components/espcoredump/src/core_dump_flash.c. */
static void coredump(struct ota_lint *lint, const struct ota_part *part, const uint8_t *data,
		     size_t size)
{
	struct ota_reader r = ota_reader(data, size);
	uint32_t length = ota_get_u32(&r);

	if (!r.failed && length >= 24 && length <= part->size)
		ota_lint_find(lint, part->offset,
			      (struct ota_diag){ .name = part->label, .value = length });
}

void ota_lint_coredump(struct ota_lint *lint)
{
	each_data(lint, OTA_DATA_COREDUMP, coredump);
}

void ota_lint_dump_short(struct ota_lint *lint)
{
	const struct ota_flash_image *image = lint->facts.image;
	uint64_t end = 0;

	for (size_t i = 0; i < lint->facts.table->count; i++) {
		const struct ota_part *part = &lint->facts.table->parts[i];

		if ((uint64_t)part->offset + part->size > end)
			end = (uint64_t)part->offset + part->size;
	}
	if (image->base == 0 && image->size % LOW_FLASH == 0 && end > image->size)
		ota_lint_find(lint, (uint32_t)image->size - 1,
			      (struct ota_diag){ .value = image->size, .high = end });
}
