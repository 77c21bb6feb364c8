/* SPDX-License-Identifier: MIT */
/* Flash contents, folded together: a byte with the number of rows, the rows (at 0x8000), two records (at
 * 0x9000 and 0xa000), then what lies from 0xb000 on. Sniffed, its table decoded, every partition looked
 * at, booted, repaired. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cursor.h"
#include "lib/host/contents.h"
#include "lib/host/repair.h"

#define FLASH_SIZE 0x40000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	assert(diag->rule->id[0]);
}

/* Put the next up to `n` bytes of the input at `addr`. */
static void place(uint8_t *flash, struct ota_reader *r, size_t addr, size_t n)
{
	size_t left = r->size - r->pos;

	ota_get_bytes(r, flash + addr, n < left ? n : left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ota_table_options options = { .dialect = &ota_dialect_esp32,
						   .names = &ota_names_esp32,
						   .offset = OTA_TABLE_OFFSET };
	static uint8_t flash[FLASH_SIZE];
	static struct ota_contents contents;
	static struct ota_table table;
	struct ota_flash_image image;
	struct ota_repair repair = { .sim = &contents.sim, .report = ignore };
	struct ota_reader r = ota_reader(data, size);
	size_t table_size;
	const uint8_t *raw;

	memset(flash, 0xFF, sizeof(flash));
	place(flash, &r, OTA_TABLE_OFFSET, (ota_get_u8(&r) & 15) * OTA_ENTRY_SIZE);
	place(flash, &r, 0x9000, OTA_RECORD_SIZE);
	place(flash, &r, 0xA000, OTA_RECORD_SIZE);
	place(flash, &r, 0xB000, FLASH_SIZE - 0xB000);
	ota_flash_image_sniff(&image, flash, FLASH_SIZE, 0, OTA_TABLE_OFFSET);
	if (image.kind != OTA_KIND_DUMP)
		return 0;
	raw = ota_flash_image_table(&image, &table_size);
	ota_table_decode(raw, table_size, &options, &table, ignore, NULL);
	ota_contents_read(&contents, &table, &image, size & 1);
	for (size_t i = 0; i < table.count; i++)
		assert(!contents.parts[i].running || contents.parts[i].kind == OTA_CONTENT_APP);
	(void)!ota_repair_otadata(&repair, contents.pair);
	return 0;
}
