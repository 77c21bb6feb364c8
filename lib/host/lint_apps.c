/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/finding.h"
#include "lib/host/lint_rules.h"

#define MIB (1u << 20)

/* A sentence as the diag's word; `text` must live as long as the diag. */
static struct ota_diag with_word(struct ota_diag diag, const char *text)
{
	diag.word = text;
	diag.word_size = strlen(text);
	return diag;
}

/* What the verifier found, and its rule. The caller frees. */
static char *verdict_text(const struct ota_diag *diag)
{
	char *what = ota_finding_text(diag->rule->what, diag);
	char *rule = ota_finding_text(diag->rule->text, diag), *text = NULL;

	if (!what || !rule || asprintf(&text, "%s, %s", what, rule) < 0)
		text = NULL;
	free(what);
	free(rule);
	return text;
}

static uint64_t table_end(const struct ota_table *table)
{
	uint64_t end = 0;

	for (size_t i = 0; i < table->count; i++) {
		uint64_t stop = (uint64_t)table->parts[i].offset + table->parts[i].size;

		end = stop > end ? stop : end;
	}
	return end;
}

void ota_lint_header_size(struct ota_lint *lint)
{
	const struct ota_flash_facts *facts = &lint->facts;
	unsigned code = facts->boot.header.flash >> 4;
	uint64_t end = table_end(facts->table);

	if (!facts->boot_found || facts->boot.form != OTA_FORM_ESP32 || code > 7 ||
	    end <= (uint64_t)MIB << code)
		return;
	ota_lint_find(lint, facts->boot_addr + 3,
		      (struct ota_diag){
			      .value = 1u << code, .low = (end + MIB - 1) / MIB, .high = 128 });
}

void ota_lint_bootloader_missing(struct ota_lint *lint)
{
	const struct ota_flash_facts *facts = &lint->facts;

	if (facts->esp8266 || !facts->boot_covered || facts->boot_found)
		return;
	for (size_t i = 0; i < facts->layout.count; i++)
		if (facts->layout.pieces[i].kind == OTA_PIECE_BOOTLOADER &&
		    ota_looks_random(facts->layout.pieces[i].data,
				     facts->layout.pieces[i].span.size))
			return;
	ota_lint_find(lint, facts->image->base, (struct ota_diag){ 0 });
}

void ota_lint_bootloader_place(struct ota_lint *lint)
{
	const struct ota_flash_facts *facts = &lint->facts;

	if (facts->boot_found && facts->chip && facts->chip->bootloader_offset != facts->boot_addr)
		ota_lint_find(lint, facts->boot_addr,
			      (struct ota_diag){ .name = facts->chip->title,
						 .value = facts->boot_addr,
						 .low = facts->chip->bootloader_offset,
						 .high = facts->chip->bootloader_offset });
}

static bool reaches_table(const struct ota_flash_facts *facts)
{
	return facts->boot_found &&
	       (uint64_t)facts->boot_addr + facts->boot_extent > facts->image->table_offset;
}

void ota_lint_bootloader_size(struct ota_lint *lint)
{
	const struct ota_flash_facts *facts = &lint->facts;

	if (reaches_table(facts))
		ota_lint_find(lint, facts->boot_addr,
			      (struct ota_diag){ .value = facts->boot_addr + facts->boot_extent,
						 .high = facts->image->table_offset });
}

/* The ROM compares the checksum and not the hash, which esptool leaves wrong where it sets flash
 * mode and size. */
void ota_lint_bootloader_damaged(struct ota_lint *lint)
{
	const struct ota_flash_facts *facts = &lint->facts;
	const struct ota_diag *diag = &facts->boot.diag;
	char *text;

	if (!facts->boot_found || reaches_table(facts) || !facts->boot.status ||
	    ota_image_fault(diag->rule) == OTA_IMAGE_HASH)
		return;
	text = verdict_text(diag);
	ota_lint_find(lint, facts->boot_addr, with_word((struct ota_diag){ 0 }, text ? text : ""));
	free(text);
}

void ota_lint_app_place(struct ota_lint *lint)
{
	for (size_t i = 0; i < lint->facts.stray_count; i++) {
		const struct ota_stray *stray = &lint->facts.strays[i];
		char text[64] = "";

		if (!stray->misplaced || stray->shifted)
			continue;
		for (size_t k = 0; k < lint->facts.table->count && !*text; k++)
			if (lint->facts.table->parts[k].type == OTA_TYPE_APP)
				snprintf(text, sizeof(text), ", '%s' is at 0x%x",
					 lint->facts.table->parts[k].label,
					 lint->facts.table->parts[k].offset);
		ota_lint_find(lint, stray->span.addr,
			      with_word((struct ota_diag){ .name = stray->project,
							   .value = stray->span.addr },
					text));
	}
}

void ota_lint_app_shifted(struct ota_lint *lint)
{
	for (size_t i = 0; i < lint->facts.stray_count; i++) {
		const struct ota_stray *stray = &lint->facts.strays[i];
		bool before = stray->shifted && stray->span.addr < stray->part->offset;

		if (stray->shifted)
			ota_lint_find(
				lint, stray->span.addr,
				with_word(
					(struct ota_diag){
						.name = stray->part->label,
						.value = before ? stray->part->offset -
									  stray->span.addr
								: stray->span.addr -
									  stray->part->offset },
					before ? "before" : "behind"));
	}
}

bool ota_lint_is_overrun(const struct ota_lint *lint, const struct ota_part *part)
{
	uint64_t end = (uint64_t)part->offset + part->size;

	if (lint->facts.boot_app0 < end &&
	    (uint64_t)lint->facts.boot_app0 + OTA_OTADATA_SIZE > part->offset)
		return true;
	for (size_t i = 0; i < lint->facts.stray_count; i++) {
		const struct ota_stray *stray = &lint->facts.strays[i];

		if (stray->misplaced && stray->span.addr < end &&
		    (uint64_t)stray->span.addr + stray->span.size > part->offset)
			return true;
	}
	return false;
}

static bool looks_encrypted(const struct ota_lint *lint, const struct ota_part *part)
{
	size_t size;
	const uint8_t *data = ota_part_bytes(lint->facts.image, part, &size);

	return data && data[0] != OTA_IMAGE_MAGIC && ota_looks_random(data, size);
}

/* The image of an app partition that boots, judged; NULL: the partition is no such one. */
static const struct ota_slot_image *slot_image(struct ota_lint *lint, const struct ota_part *part)
{
	int choice = ota_part_choice(part);
	unsigned row = choice == OTA_CHOICE_NONE ? OTA_NO_ROW
						 : ota_slots_row(&lint->facts.sim.slots, choice);

	return row != OTA_NO_ROW && &lint->facts.table->parts[row] == part
		     ? ota_sim_image(&lint->facts.sim, choice)
		     : NULL;
}

typedef void judge_fn(struct ota_lint *lint, const struct ota_part *part,
		      const struct ota_slot_image *image);

static void each_app(struct ota_lint *lint, judge_fn *judge)
{
	for (size_t i = 0; i < lint->facts.table->count; i++) {
		const struct ota_part *part = &lint->facts.table->parts[i];
		const struct ota_slot_image *image = slot_image(lint, part);

		if (image)
			judge(lint, part, image);
	}
}

static void damaged(struct ota_lint *lint, const struct ota_part *part,
		    const struct ota_slot_image *image)
{
	enum ota_image_fault fault;
	char *text;

	if (image->verdict != OTA_SLOT_BAD || ota_lint_is_overrun(lint, part) ||
	    looks_encrypted(lint, part))
		return;
	fault = ota_image_fault(image->diag.rule);
	if (fault == OTA_IMAGE_CHIP || fault == OTA_IMAGE_SLOT)
		return;
	text = verdict_text(&image->diag);
	ota_lint_find(lint, part->offset,
		      with_word((struct ota_diag){ .name = part->label }, text ? text : ""));
	free(text);
}

void ota_lint_app_damaged(struct ota_lint *lint)
{
	each_app(lint, damaged);
}

static void cut(struct ota_lint *lint, const struct ota_part *part,
		const struct ota_slot_image *image)
{
	const struct ota_flash_image *flash = lint->facts.image;
	uint64_t end = (uint64_t)flash->base + flash->size;

	if (image->verdict == OTA_SLOT_OUTSIDE && part->offset < end)
		ota_lint_find(lint, part->offset,
			      (struct ota_diag){ .name = part->label, .value = end });
}

void ota_lint_app_cut(struct ota_lint *lint)
{
	each_app(lint, cut);
}

static void chip_mixed(struct ota_lint *lint, const struct ota_part *part,
		       const struct ota_slot_image *image)
{
	char *text;

	if (image->verdict != OTA_SLOT_BAD || !lint->facts.chip ||
	    ota_image_fault(image->diag.rule) != OTA_IMAGE_CHIP || ota_lint_is_overrun(lint, part))
		return;
	text = ota_finding_text(image->diag.rule->what, &image->diag);
	ota_lint_find(lint, part->offset,
		      with_word((struct ota_diag){ .name = part->label,
						   .other = lint->facts.chip->title },
				text ? text : ""));
	free(text);
}

void ota_lint_chip_mixed(struct ota_lint *lint)
{
	each_app(lint, chip_mixed);
}

static void slot_linked(struct ota_lint *lint, const struct ota_part *part,
			const struct ota_slot_image *image)
{
	if (image->verdict == OTA_SLOT_BAD && ota_image_fault(image->diag.rule) == OTA_IMAGE_SLOT)
		ota_lint_find(lint, part->offset,
			      (struct ota_diag){ .name = part->label,
						 .value = image->diag.value,
						 .high = image->diag.high });
}

void ota_lint_slot_linked(struct ota_lint *lint)
{
	each_app(lint, slot_linked);
}

static void full(struct ota_lint *lint, const struct ota_part *part,
		 const struct ota_slot_image *image)
{
	if (image->verdict == OTA_SLOT_GOOD &&
	    (uint64_t)image->size * 20 > (uint64_t)part->size * 19)
		ota_lint_find(lint, part->offset,
			      (struct ota_diag){ .name = part->label,
						 .value = image->size,
						 .high = part->size });
}

void ota_lint_slot_full(struct ota_lint *lint)
{
	each_app(lint, full);
}

/* Why no app starts: a word on each place that was looked at. */
void ota_lint_boot_none(struct ota_lint *lint)
{
	struct ota_flash_facts *facts = &lint->facts;
	char text[256];
	size_t n = 0;

	if (facts->result.choice != OTA_CHOICE_NONE)
		return;
	for (size_t i = 0; i < facts->table->count; i++) {
		const struct ota_part *part = &facts->table->parts[i];
		const struct ota_slot_image *image = slot_image(lint, part);

		if (image && looks_encrypted(lint, part) && !ota_lint_is_overrun(lint, part))
			return;
		if (image && n < sizeof(text))
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s'%s': %s",
					      n ? ", " : "", part->label,
					      ota_slot_verdict_text(image->verdict));
	}
	ota_lint_find(
		lint, facts->image->table_offset,
		with_word((struct ota_diag){ 0 }, n ? text : "the table has no app partition"));
}

void ota_lint_encrypted(struct ota_lint *lint)
{
	const struct ota_layout *layout = &lint->facts.layout;

	for (size_t i = 0; i < layout->count; i++) {
		const struct ota_piece *piece = &layout->pieces[i];
		const struct ota_part *part = piece->part;

		if (piece->kind == OTA_PIECE_BOOTLOADER
			    ? !lint->facts.boot_found &&
				      ota_looks_random(piece->data, piece->span.size)
			    : part && part->type == OTA_TYPE_APP &&
				      !ota_lint_is_overrun(lint, part) &&
				      looks_encrypted(lint, part))
			ota_lint_find(lint, piece->span.addr,
				      (struct ota_diag){ .name = piece->name });
	}
}
