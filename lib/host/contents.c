/* SPDX-License-Identifier: MIT */
#include "lib/host/contents.h"

#include <string.h>

/* Where the records stand; blank where the dump does not reach. */
static void read_records(struct ota_contents *c)
{
	uint8_t raw[2][OTA_RECORD_SIZE];

	memset(raw, 0xFF, sizeof(raw));
	for (uint32_t i = 0; i < 2 && c->sim.slots.otadata != OTA_NO_ROW; i++) {
		const struct ota_part *part = &c->sim.table->parts[c->sim.slots.otadata];
		const struct ota_span span = { part->offset + i * OTA_RECORD_STRIDE,
					       OTA_RECORD_SIZE };
		size_t size;
		const uint8_t *data = ota_flash_image_bytes(c->sim.flash, &span, &size);

		if (data)
			memcpy(raw[i], data, size);
	}
	for (int i = 0; i < 2; i++) {
		ota_record_decode(raw[i], &c->pair[i]);
		if (c->sim.config.esp8266)
			c->pair[i].state = OTA_STATE_UNDEFINED;
	}
	c->active = ota_records_active(c->pair);
}

/* The choice by which the bootloader knows this row; OTA_CHOICE_NONE: it never reaches it. */
static int choice_of(const struct ota_slots *slots, unsigned row)
{
	for (int choice = OTA_CHOICE_TEST; choice < (int)OTA_SLOTS_MAX; choice++)
		if (ota_slots_row(slots, choice) == row)
			return choice;
	for (int k = 0; k < 2; k++)
		if (slots->tee[k] == row)
			return OTA_CHOICE_TEE(k);
	return OTA_CHOICE_NONE;
}

static void read_app(struct ota_contents *c, unsigned row)
{
	struct ota_content *content = &c->parts[row];
	int choice = choice_of(&c->sim.slots, row);

	if (choice == OTA_CHOICE_NONE)
		ota_slot_image_judge(&content->image, c->sim.flash, &c->sim.table->parts[row],
				     ota_flash_chip(c->sim.flash));
	else
		content->image = *ota_sim_image(&c->sim, choice);
	content->kind = OTA_CONTENT_APP;
	content->broken =
		content->image.verdict == OTA_SLOT_BAD || content->image.verdict == OTA_SLOT_DIES;
	if (content->image.size)
		content->used = content->image.size;
}

static void read_part(struct ota_contents *c, unsigned row)
{
	const struct ota_part *part = &c->sim.table->parts[row];
	const struct ota_span span = { part->offset, part->size };
	struct ota_content *content = &c->parts[row];
	size_t size;
	const uint8_t *data = ota_flash_image_bytes(c->sim.flash, &span, &size);

	*content = (struct ota_content){ .kind = OTA_CONTENT_OUTSIDE };
	if (!data)
		return;
	while (size && data[size - 1] == 0xFF)
		size--;
	content->used = (uint32_t)size;
	if (!size)
		content->kind = OTA_CONTENT_BLANK;
	else if (part->type == OTA_TYPE_APP)
		read_app(c, row);
	else
		content->kind = part->type == OTA_TYPE_DATA && part->subtype == OTA_DATA_OTA
				      ? OTA_CONTENT_OTADATA
				      : OTA_CONTENT_DATA;
}

/* As esp_ota_get_next_update_partition() of the app that runs: the next OTA slot that exists. */
static unsigned find_next(const struct ota_slots *slots, int running)
{
	unsigned first = running < 0 ? 0 : (unsigned)running + 1;

	for (unsigned i = 0; i < OTA_SLOTS_MAX; i++) {
		unsigned slot = (first + i) % OTA_SLOTS_MAX;

		if (slots->ota[slot] != OTA_NO_ROW && (int)slot != running)
			return slots->ota[slot];
	}
	return OTA_NO_ROW;
}

void ota_contents_read(struct ota_contents *c, const struct ota_table *table,
		       const struct ota_flash_image *flash, bool esp8266)
{
	struct ota_boot_result result;
	struct ota_record after[2];
	unsigned running, next;

	ota_sim_begin(&c->sim, table, flash);
	c->sim.config.esp8266 = esp8266;
	read_records(c);
	memcpy(after, c->pair, sizeof(after));
	for (unsigned row = 0; row < table->count; row++)
		read_part(c, row);
	ota_sim_boot(&c->sim, after, &result);
	running = ota_slots_row(&c->sim.slots, result.choice);
	next = find_next(&c->sim.slots, result.choice);
	if (running != OTA_NO_ROW && ota_sim_works(&c->sim, result.choice))
		c->parts[running].running = true;
	if (next != OTA_NO_ROW && c->sim.slots.otadata != OTA_NO_ROW)
		c->parts[next].next = true;
}
