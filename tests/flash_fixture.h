/* SPDX-License-Identifier: MIT */
/* flash_fixture.h - a whole flash that is in order, to break one thing at a time
 *
 * An ESP32-C3 with 4 MiB: bootloader at 0, table at 0x8000, two slots with an app each. */
#ifndef TESTS_FLASH_FIXTURE_H
#define TESTS_FLASH_FIXTURE_H

#include <string.h>

#include "lib/cursor.h"
#include "lib/crc32.h"
#include "lib/host/flash_image.h"
#include "lib/image.h"
#include "lib/otadata.h"

#define FIXTURE_SIZE (4u << 20)
#define FIXTURE_NVS 0x9000u
#define FIXTURE_OTADATA 0xF000u
#define FIXTURE_PHY 0x11000u
#define FIXTURE_COREDUMP 0x12000u
#define FIXTURE_GAP 0x18000u
#define FIXTURE_OTA_0 0x20000u
#define FIXTURE_OTA_1 0x120000u
#define FIXTURE_STORAGE 0x220000u
#define FIXTURE_END 0x320000u

struct fixture {
	uint8_t flash[FIXTURE_SIZE];
	size_t size; /* of the dump, bytes */
	struct ota_table table;
};

static const struct ota_table_options fixture_options = { .dialect = &ota_dialect_esp32,
							  .names = &ota_names_esp32,
							  .offset = OTA_TABLE_OFFSET };

/* One image: a first segment of `bytes` at `load`, 16 bytes in RAM, checksum and hash. How long. */
static inline size_t put_image(uint8_t *out, uint16_t chip, uint32_t load, uint32_t bytes)
{
	static const struct ota_app_desc desc = { .version = "1.0", .project = "fixture" };
	struct ota_writer w = ota_writer(out, FIXTURE_SIZE);
	uint8_t sum = 0xEF;
	struct ota_sha256 sha;

	ota_put_u32(&w, 0x220002E9); /* E9, two segments, DIO, 4 MiB */
	ota_put_u32(&w, 0x40380000);
	ota_put_u32(&w, 0xEE);
	ota_put_u16(&w, chip);
	ota_put_fill(&w, 0, 9);
	ota_put_u8(&w, 1);
	ota_put_u32(&w, load);
	ota_put_u32(&w, bytes);
	for (uint32_t i = 0; i < bytes; i++)
		ota_put_u8(&w, (uint8_t)(i * 7 + i / 251));
	if (load >= 0x3C000000 && load < 0x3C800000)
		ota_app_desc_encode(&desc, out + 0x20);
	ota_put_u32(&w, 0x3FC90000);
	ota_put_u32(&w, 16);
	ota_put_fill(&w, 0x5A, 16);
	for (uint32_t i = 0; i < bytes + 16; i++)
		sum ^= out[i < bytes ? 0x20 + i : 0x28 + i];
	ota_put_fill(&w, 0, 15 - w.pos % 16);
	ota_put_u8(&w, sum);
	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, out, w.pos);
	ota_sha256_finish(&sha, out + w.pos);
	return w.pos + OTA_SHA256_SIZE;
}

static inline void put_app(struct fixture *f, uint32_t addr, uint32_t bytes)
{
	put_image(f->flash + addr, OTA_CHIP_ESP32C3, 0x3C000020, bytes);
}

static inline void put_bootloader(struct fixture *f, uint32_t bytes)
{
	put_image(f->flash, OTA_CHIP_ESP32C3, 0x3FC80000, bytes);
}

static inline void put_record(struct fixture *f, uint32_t addr, uint32_t seq)
{
	struct ota_record record;

	ota_record_make(seq, OTA_STATE_UNDEFINED, &record);
	ota_record_encode(&record, f->flash + addr);
}

static inline void put_nvs_page(struct fixture *f, uint32_t addr, uint32_t state, uint8_t version)
{
	struct ota_writer w = ota_writer(f->flash + addr, 32);

	ota_put_u32(&w, state);
	ota_put_u32(&w, 0);
	ota_put_u8(&w, version);
	ota_put_fill(&w, 0xFF, 19);
	ota_put_u32(&w, ota_crc32(UINT32_MAX, f->flash + addr + 4, 24));
}

static inline void add_part(struct fixture *f, const char *label, unsigned type_subtype,
			    uint32_t offset, uint32_t size)
{
	struct ota_part *part = &f->table.parts[f->table.count++];

	*part = (struct ota_part){ .type = (uint8_t)(type_subtype >> 8),
				   .subtype = (uint8_t)type_subtype,
				   .offset = offset,
				   .size = size };
	memcpy(part->label, label, strlen(label) + 1);
}

static inline void put_table(struct fixture *f)
{
	(void)!ota_table_encode(&f->table, &fixture_options, f->flash + OTA_TABLE_OFFSET);
}

static inline void fixture_begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	memset(f->flash, 0xFF, sizeof(f->flash));
	f->size = sizeof(f->flash);
	add_part(f, "nvs", 0x0102, FIXTURE_NVS, 0x6000);
	add_part(f, "otadata", 0x0100, FIXTURE_OTADATA, 0x2000);
	add_part(f, "phy_init", 0x0101, FIXTURE_PHY, 0x1000);
	add_part(f, "coredump", 0x0103, FIXTURE_COREDUMP, 0x6000);
	add_part(f, "ota_0", 0x0010, FIXTURE_OTA_0, 0x100000);
	add_part(f, "ota_1", 0x0011, FIXTURE_OTA_1, 0x100000);
	add_part(f, "storage", 0x0182, FIXTURE_STORAGE, 0x100000);
	put_table(f);
	put_bootloader(f, 0x4000);
	put_nvs_page(f, FIXTURE_NVS, 0xFFFFFFFE, 0xFE);
	put_record(f, FIXTURE_OTADATA, 1);
	put_record(f, FIXTURE_OTADATA + 0x1000, 2);
	memcpy(f->flash + FIXTURE_PHY, "PHYINIT", 8);
	put_app(f, FIXTURE_OTA_0, 0x30000);
	put_app(f, FIXTURE_OTA_1, 0x28000);
}

/* As commands find it. */
static inline void fixture_image(const struct fixture *f, struct ota_flash_image *image)
{
	ota_flash_image_sniff(image, f->flash, f->size, 0, OTA_TABLE_OFFSET);
}

#endif
