/* SPDX-License-Identifier: MIT */
/* layout.c - where slots and records are, and which slot comes next */
#include <string.h>

#include "firmware/core/core.h"
#include "lib/table.h"

/* Where an app of this subtype stands in the layout; -1: nowhere. */
static int index_of(uint8_t subtype)
{
	if (subtype == OTA_APP_FACTORY)
		return OTA_PLACE_FACTORY;
	return subtype >= OTA_APP_OTA_0 && subtype <= OTA_APP_OTA_15 ? subtype - OTA_APP_OTA_0 : -1;
}

/* A place that is not in flash behind the table, or does not begin with a sector, is none. */
static void add_part(struct ota_receiver *rx, const struct ota_part *part)
{
	struct ota_layout *layout = &rx->layout;
	uint32_t flash = rx->port->flash->size;
	int i = part->type == OTA_TYPE_APP ? index_of(part->subtype) : -1;
	bool sound = part->offset % OTA_SECTOR == 0 && part->offset > rx->port->flash->table &&
		     part->offset < flash && part->size <= flash - part->offset;

	if (i >= 0) {
		layout->apps[i].first = (uint16_t)(part->offset / OTA_SECTOR);
		layout->apps[i].count = sound ? (uint16_t)(part->size / OTA_SECTOR) : 0;
	} else if (part->type == OTA_TYPE_DATA && part->subtype == OTA_DATA_OTA) {
		layout->otadata = (struct ota_place){ part->offset, part->size };
		if (!sound || part->size < OTA_OTADATA_SIZE)
			layout->otadata.size = 0;
	}
}

enum ota_status ota_layout_read(struct ota_receiver *rx)
{
	const struct ota_flash *flash = rx->port->flash;
	uint8_t raw[OTA_ENTRY_SIZE];
	struct ota_slots slots;
	struct ota_part part;

	memset(&rx->layout, 0, sizeof(rx->layout));
	ota_slots_begin(&slots);
	for (uint8_t row = 0; row < OTA_TABLE_MAX; row++) {
		if (flash->read(flash->ctx, flash->table + row * OTA_ENTRY_SIZE, raw, sizeof(raw)))
			return OTA_E_DEVICE;
		if (ota_part_decode(raw, &part) != OTA_OK) {
			if (!row)
				return OTA_E_MAGIC;
			break; /* the digest row, or blank: the bootloader has checked both */
		}
		ota_slots_add(&slots, part.type, part.subtype, part.size, row);
		add_part(rx, &part);
	}
	rx->layout.count = (uint8_t)slots.count;
	for (int i = 0; i < (int)OTA_SLOTS_MAX; i++)
		if (ota_slots_row(&slots, i) == OTA_NO_ROW)
			rx->layout.apps[i].count = 0;
	return OTA_OK;
}

int ota_records_read(struct ota_receiver *rx, struct ota_otadata *data)
{
	const struct ota_flash *flash = rx->port->flash;
	uint32_t addr = rx->layout.otadata.addr;

	data->count = rx->layout.count;
	for (unsigned i = 0; i < 2; i++, addr += OTA_RECORD_STRIDE) {
		uint8_t raw[OTA_RECORD_SIZE];
		int error = flash->read(flash->ctx, addr, raw, sizeof(raw));

		if (!error)
			error = flash->blank(flash->ctx, addr, OTA_SECTOR, &data->blank[i]);
		if (error)
			return error;
		ota_record_decode(raw, &data->pair[i]);
	}
	return 0;
}

struct ota_place ota_layout_place(const struct ota_receiver *rx, int choice)
{
	unsigned i = choice == OTA_CHOICE_FACTORY ? OTA_PLACE_FACTORY : (unsigned)choice;

	if (choice >= (int)OTA_SLOTS_MAX || i > OTA_PLACE_FACTORY)
		return (struct ota_place){ 0, 0 };
	return (struct ota_place){ rx->layout.apps[i].first * OTA_SECTOR,
				   rx->layout.apps[i].count * OTA_SECTOR };
}

bool ota_layout_has(const struct ota_receiver *rx, int choice)
{
	return ota_layout_place(rx, choice).size != 0;
}

/* The slot after the running one, round and round; never factory, never the running one. */
int ota_layout_next(const struct ota_receiver *rx, enum ota_error *error)
{
	int running = rx->port->device->running, count = rx->layout.count;

	*error = rx->layout.otadata.size ? OTA_ERR_NO_SLOT : OTA_ERR_NO_OTADATA;
	if (!rx->layout.otadata.size)
		return OTA_CHOICE_NONE;
	for (int i = 1; i <= count; i++) {
		int slot = running < 0 ? i - 1 : (running + i) % count;

		if (slot != running && slot < (int)OTA_SLOTS_MAX && ota_layout_has(rx, slot))
			return slot;
	}
	if (running >= 0 && ota_layout_has(rx, OTA_CHOICE_FACTORY))
		*error = OTA_ERR_VIA_FACTORY;
	return OTA_CHOICE_NONE;
}

/* A confirmation may have left an older record that is PENDING: the higher one counts. */
bool ota_records_pending(const struct ota_otadata *data, int running)
{
	const struct ota_record *found = NULL;

	for (unsigned i = 0; i < 2 && running >= 0 && data->count; i++) {
		const struct ota_record *record = &data->pair[i];

		if (ota_record_usable(record) &&
		    (int)ota_seq_slot(record->seq, data->count) == running &&
		    (!found || record->seq > found->seq))
			found = record;
	}
	return found && found->state == OTA_STATE_PENDING;
}

bool ota_is_pending(struct ota_receiver *rx)
{
	struct ota_otadata data;

	return rx->layout.otadata.size && !ota_records_read(rx, &data) &&
	       ota_records_pending(&data, rx->port->device->running);
}
