/* SPDX-License-Identifier: MIT */
/* Images built, against the bytes of esptool 5.3.1; parts of ELF files. */
#include "tests/rows.h"

#include "lib/cursor.h"
#include "lib/host/crypto_load.h"
#include "lib/host/image_build.h"
#include "tests/image_vectors.h"

static const uint8_t iota[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
static const uint8_t c3_ram[] = { 0xAA, 0xBB, 0xCC, 0xDD };
static const uint8_t v2_ram[] = { 0x12, 0x34, 0x56, 0x78 };
static const uint8_t v2_more[] = { 0xDE, 0xAD, 0xBE, 0xEF, 1 };

static const struct vector {
	const char *name, *hex;
	uint32_t chip;
	enum ota_image_form form;
	struct ota_image_header header;
	struct ota_image_part parts[3];
	size_t count;
} vectors[] = {
	{ "no segments",
	  IMAGE_EMPTY,
	  OTA_CHIP_ESP32,
	  OTA_FORM_ESP32,
	  { .spi_mode = 2,
	    .flash = 0x2F,
	    .entry = 0x400D0000,
	    .wp_pin = 0xEE,
	    .max_revision = 399 },
	  { { 0 } },
	  0 },
	{ "ESP32-C3",
	  IMAGE_C3,
	  OTA_CHIP_ESP32C3,
	  OTA_FORM_ESP32,
	  { .spi_mode = 2,
	    .flash = 0x20,
	    .entry = 0x403C0000,
	    .wp_pin = 0xEE,
	    .max_revision = 199,
	    .hash_appended = 1 },
	  { { 0x3FC80000, c3_ram, 4 } },
	  1 },
	{ "ESP8266 v2",
	  IMAGE_8266_V2,
	  OTA_CHIP_ESP8266,
	  OTA_FORM_ESP8266_V2,
	  { .spi_mode = 2, .flash = 0x40, .entry = 0x40100004 },
	  { { 0x40202010, iota, 10 }, { 0x40100000, v2_ram, 4 }, { 0x3FFE8000, v2_more, 5 } },
	  3 },
	{ "ESP8266 v1",
	  IMAGE_8266_V1,
	  OTA_CHIP_ESP8266,
	  OTA_FORM_ESP8266_V1,
	  { .spi_mode = 2, .flash = 0x40, .entry = 0x40100004 },
	  { { 0x40100000, v2_ram, 4 }, { 0x3FFE8000, v2_more, 5 } },
	  2 },
	{ "ESP8266 RTOS",
	  IMAGE_8266_RTOS,
	  OTA_CHIP_ESP8266,
	  OTA_FORM_ESP8266_RTOS,
	  { .spi_mode = 2, .flash = 0x40, .entry = 0x40210004 },
	  { { 0x3FFE8000, iota + 8, 4 }, { 0x40220000, iota + 4, 4 }, { 0x40210010, iota, 4 } },
	  3 },
};

static void is_byte_for_byte(void **state)
{
	const struct vector *row = *state;
	static struct ota_image_recipe recipe;
	uint8_t expected[512], *data;
	size_t size, expected_size = from_hex(row->hex, expected, sizeof(expected));
	struct ota_diag diag;

	recipe = (struct ota_image_recipe){ .chip = ota_chip_by_id(row->chip),
					    .form = row->form,
					    .header = row->header,
					    .page = 16,
					    .count = row->count };
	memcpy(recipe.parts, row->parts, sizeof(row->parts));
	assert_int_equal(ota_image_build(&recipe, &data, &size, &diag), OTA_OK);
	assert_int_equal(size, expected_size);
	assert_memory_equal(data, expected, size);
	free(data);
}

/* An ELF file with one loaded part of 8 bytes at 0x40080000, and one of no bytes. */
static size_t make_elf(uint8_t *out)
{
	struct ota_writer w = ota_writer(out, 256);

	ota_put_bytes(&w,
		      "\x7f"
		      "ELF\x01\x01\x01",
		      7);
	ota_put_fill(&w, 0, 24 - 7);
	ota_put_u32(&w, 0x40080004); /* entry */
	ota_put_u32(&w, 52); /* program headers */
	ota_put_fill(&w, 0, 42 - 32);
	ota_put_u16(&w, 32);
	ota_put_u16(&w, 2);
	ota_put_fill(&w, 0, 52 - 46);
	for (unsigned i = 0; i < 2; i++) {
		ota_put_u32(&w, 1);
		ota_put_u32(&w, 116);
		ota_put_u32(&w, 0x40080000);
		ota_put_u32(&w, 0x40080000);
		ota_put_u32(&w, i ? 0 : 8);
		ota_put_fill(&w, 0, 12);
	}
	ota_put_bytes(&w, iota, 8);
	return w.pos;
}

static void elf_parts_are_loaded(void **state)
{
	static struct ota_image_recipe recipe;
	uint8_t elf[256];
	size_t size = make_elf(elf);

	(void)state;
	assert_int_equal(ota_elf_read(elf, size, &recipe), OTA_OK);
	assert_int_equal(recipe.count, 1);
	assert_int_equal(recipe.parts[0].addr, 0x40080000);
	assert_int_equal(recipe.parts[0].size, 8);
	assert_memory_equal(recipe.parts[0].data, iota, 8);
	assert_int_equal(recipe.header.entry, 0x40080004);
}

static void every_cut_of_an_elf_is_noticed(void **state)
{
	static struct ota_image_recipe recipe;
	uint8_t elf[256];
	size_t size = make_elf(elf);

	(void)state;
	for (size_t n = 0; n < size; n++)
		assert_int_equal(ota_elf_read(elf, n, &recipe), n < 52 ? OTA_E_MAGIC : OTA_E_SHORT);
	elf[4] = 2; /* 64 bits */
	assert_int_equal(ota_elf_read(elf, size, &recipe), OTA_E_MAGIC);
}

static void is_not_empty(void *ctx, const struct ota_segment *segment)
{
	(void)ctx;
	assert_true(segment->size > 0 || segment->load_addr == 0);
}

/* A mapped part is put where the MMU can map it, whatever the page, and what was there before is
 * padding. */
static void mapped_parts_are_aligned(void **state)
{
	static const uint8_t big[70000];
	static struct ota_image_recipe recipe;
	const struct ota_image_want want = { .revision = OTA_REVISION_NONE,
					     .block_revision = OTA_REVISION_NONE,
					     .segment = is_not_empty };
	struct ota_image image;
	struct ota_diag diag;
	uint8_t described[OTA_APP_DESC_SIZE];
	uint8_t *data;
	size_t size;

	(void)state;
	for (unsigned page = 13; page <= 16; page++)
		for (uint32_t ram = 0; ram < 80; ram += 4) {
			const struct ota_app_desc desc = { .mmu_page = (uint8_t)page };

			ota_app_desc_encode(&desc, described);
			recipe = (struct ota_image_recipe){
				.chip = ota_chip_by_id(OTA_CHIP_ESP32C6),
				.form = OTA_FORM_ESP32,
				.page = page,
				.count = 3,
				.parts = { { 0x42000020, described, sizeof(described) },
					   { 0x42000020 + (1u << page), iota, 8 },
					   { 0x40800000, big, (1u << page) - 312 + ram } }
			};
			recipe.header.hash_appended = 1;
			recipe.header.wp_pin = 0xEE;
			assert_int_equal(ota_image_build(&recipe, &data, &size, &diag), OTA_OK);
			assert_int_equal(judge(&image, &want, data, size, 0), OTA_OK);
			free(data);
		}
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(elf_parts_are_loaded),
		cmocka_unit_test(every_cut_of_an_elf_is_noticed),
		cmocka_unit_test(mapped_parts_are_aligned),
	};

	if (!ota_crypto())
		return 1;
	return RUN_ROWS(vectors, is_byte_for_byte) + cmocka_run_group_tests(others, NULL, NULL);
}
