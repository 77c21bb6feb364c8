/* SPDX-License-Identifier: MIT */
/* Every rule that an image can break: one change to a good image, and what is found. */
#include "tests/rows.h"

#include "lib/cursor.h"
#include "lib/host/crypto_load.h"
#include "lib/host/image_build.h"
#include "tests/image_vectors.h"

#define NOTHING OTA_IMAGE_FAULTS
#define IMAGE_ROOM (128u << 10)

/* A change: `size` bytes of `value`, little-endian, at `offset`; size 0: none. */
struct change {
	uint32_t offset, value;
	unsigned size;
};

static const struct broken {
	const char *name;
	uint32_t chip;
	struct change changes[2];
	struct ota_image_want want;
	enum ota_image_fault fault;
	uint32_t offset; /* of the finding */
} rows[] = {
	{ "an app of the ESP32", OTA_CHIP_ESP32, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-S2", OTA_CHIP_ESP32S2, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-S3", OTA_CHIP_ESP32S3, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-C2", OTA_CHIP_ESP32C2, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-C3", OTA_CHIP_ESP32C3, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-C5", OTA_CHIP_ESP32C5, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-C6", OTA_CHIP_ESP32C6, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-C61", OTA_CHIP_ESP32C61, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-H2", OTA_CHIP_ESP32H2, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-H21", OTA_CHIP_ESP32H21, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-H4", OTA_CHIP_ESP32H4, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-P4", OTA_CHIP_ESP32P4, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "an app of the ESP32-S31", OTA_CHIP_ESP32S31, { { 0 } }, { 0 }, NOTHING, 0 },
	{ "another first byte", OTA_CHIP_ESP32, { { 0, 0x7F, 1 } }, { 0 }, OTA_IMAGE_BAD_MAGIC, 0 },
	{ "an erased first byte", OTA_CHIP_ESP32, { { 0, 0xFF, 1 } }, { 0 }, OTA_IMAGE_ERASED, 0 },
	{ "ESP8266 v2 for another chip",
	  OTA_CHIP_ESP32,
	  { { 0, 0xEA, 1 } },
	  { .chip = &ota_chips[0] },
	  OTA_IMAGE_BAD_MAGIC,
	  0 },
	{ "an unknown chip",
	  OTA_CHIP_ESP32,
	  { { 12, 0x7777, 2 } },
	  { 0 },
	  OTA_IMAGE_CHIP_UNKNOWN,
	  12 },
	{ "a chip that was never sold",
	  OTA_CHIP_ESP32,
	  { { 12, 4, 2 } },
	  { 0 },
	  OTA_IMAGE_CHIP_UNKNOWN,
	  12 },
	{ "the chip id's second byte",
	  OTA_CHIP_ESP32C3,
	  { { 13, 1, 1 } },
	  { 0 },
	  OTA_IMAGE_CHIP_UNKNOWN,
	  12 },
	{ "another chip than wanted",
	  OTA_CHIP_ESP32C3,
	  { { 0 } },
	  { .chip = &ota_chips[0] },
	  OTA_IMAGE_CHIP,
	  12 },
	{ "seventeen segments",
	  OTA_CHIP_ESP32,
	  { { 1, 17, 1 } },
	  { 0 },
	  OTA_IMAGE_SEGMENT_COUNT,
	  1 },
	{ "255 segments", OTA_CHIP_ESP32, { { 1, 255, 1 } }, { 0 }, OTA_IMAGE_SEGMENT_COUNT, 1 },
	{ "sixteen segments, of which some are not there",
	  OTA_CHIP_ESP32,
	  { { 1, 16, 1 } },
	  { 0 },
	  OTA_IMAGE_SEGMENT_SIZE,
	  0 },
	{ "a size that is no multiple of 4",
	  OTA_CHIP_ESP32,
	  { { 28, 257, 4 } },
	  { 0 },
	  OTA_IMAGE_SEGMENT_SIZE,
	  24 },
	{ "a size of 16 MiB",
	  OTA_CHIP_ESP32,
	  { { 28, 1 << 24, 4 } },
	  { 0 },
	  OTA_IMAGE_SEGMENT_SIZE,
	  24 },
	{ "a size of 16 MiB on a chip that may",
	  OTA_CHIP_ESP32S3,
	  { { 28, 1 << 24, 4 } },
	  { 0 },
	  OTA_IMAGE_SHORT,
	  0 },
	{ "a size of 4 GiB less 1",
	  OTA_CHIP_ESP32S3,
	  { { 28, UINT32_MAX, 4 } },
	  { 0 },
	  OTA_IMAGE_SEGMENT_SIZE,
	  24 },
	{ "a sum beyond 4 GiB",
	  OTA_CHIP_ESP32S3,
	  { { 28, 0xFFFFFFF0, 4 } },
	  { 0 },
	  OTA_IMAGE_SEGMENT_SIZE,
	  24 },
	{ "an erased segment header",
	  OTA_CHIP_ESP32,
	  { { 24, UINT32_MAX, 4 }, { 28, UINT32_MAX, 4 } },
	  { 0 },
	  OTA_IMAGE_ERASED,
	  24 },
	{ "a segment longer than the file",
	  OTA_CHIP_ESP32,
	  { { 28, 0x100000, 4 } },
	  { 0 },
	  OTA_IMAGE_SHORT,
	  0 },
	{ "larger than the room", OTA_CHIP_ESP32, { { 0 } }, { .room = 70000 }, NOTHING, 0 },
	{ "larger than little room",
	  OTA_CHIP_ESP32,
	  { { 0 } },
	  { .room = 4096 },
	  OTA_IMAGE_ROOM,
	  0 },
	{ "a hash flag of 2 is a hash",
	  OTA_CHIP_ESP32,
	  { { 23, 2, 1 } },
	  { 0 },
	  OTA_IMAGE_HASH,
	  0 },
	{ "no hash where one is wanted",
	  OTA_CHIP_ESP32,
	  { { 23, 0, 1 } },
	  { .hash = true },
	  OTA_IMAGE_NO_HASH,
	  23 },
	{ "a hash that became a tail",
	  OTA_CHIP_ESP32,
	  { { 23, 0, 1 } },
	  { .alone = true },
	  OTA_IMAGE_TAIL,
	  0 },
	{ "a chip too old",
	  OTA_CHIP_ESP32C3,
	  { { 15, 301, 2 } },
	  { .revision = 300 },
	  OTA_IMAGE_REVISION_MIN,
	  15 },
	{ "a chip just right", OTA_CHIP_ESP32C3, { { 0 } }, { .revision = 300 }, NOTHING, 0 },
	{ "a chip too new",
	  OTA_CHIP_ESP32C3,
	  { { 17, 299, 2 } },
	  { .revision = 300 },
	  OTA_IMAGE_REVISION_MAX,
	  17 },
	{ "an eFuse block too new",
	  OTA_CHIP_ESP32C3,
	  { { 32 + 178, 199, 2 } },
	  { .block_revision = 200 },
	  OTA_IMAGE_BLOCK_REVISION,
	  32 + 176 },
	{ "another project",
	  OTA_CHIP_ESP32C3,
	  { { 0 } },
	  { .project = "lam" },
	  OTA_IMAGE_PROJECT,
	  32 + 48 },
	{ "a longer project",
	  OTA_CHIP_ESP32C3,
	  { { 0 } },
	  { .project = "lampe" },
	  OTA_IMAGE_PROJECT,
	  32 + 48 },
	{ "the right project", OTA_CHIP_ESP32C3, { { 0 } }, { .project = "lamp" }, NOTHING, 0 },
	{ "an older secure version",
	  OTA_CHIP_ESP32C3,
	  { { 0 } },
	  { .secure_version = 3 },
	  OTA_IMAGE_SECURE_VERSION,
	  36 },
	{ "the same secure version",
	  OTA_CHIP_ESP32C3,
	  { { 0 } },
	  { .secure_version = 2 },
	  NOTHING,
	  0 },
	{ "no description on a chip that needs one",
	  OTA_CHIP_ESP32C6,
	  { { 32, 0, 4 } },
	  { .role = OTA_ROLE_APP },
	  OTA_IMAGE_NO_DESC,
	  32 },
	{ "no description, but a project is wanted",
	  OTA_CHIP_ESP32,
	  { { 32, 0, 4 } },
	  { .project = "lamp" },
	  OTA_IMAGE_NO_DESC,
	  32 },
	{ "an app where a bootloader should be",
	  OTA_CHIP_ESP32,
	  { { 0 } },
	  { .role = OTA_ROLE_BOOTLOADER },
	  OTA_IMAGE_ROLE,
	  32 },
	{ "a bootloader where an app should be",
	  OTA_CHIP_ESP32,
	  { { 32, 0x50, 4 }, { 40, 'v', 1 } },
	  { .role = OTA_ROLE_APP },
	  OTA_IMAGE_ROLE,
	  32 },
	{ "a page size that the chip has not",
	  OTA_CHIP_ESP32C6,
	  { { 32 + 180, 12, 1 } },
	  { 0 },
	  OTA_IMAGE_PAGE_SIZE,
	  32 + 180 },
	{ "any page size where there is no choice",
	  OTA_CHIP_ESP32,
	  { { 32 + 180, 200, 1 } },
	  { 0 },
	  OTA_IMAGE_CHECKSUM,
	  0 },
	{ "a mapped segment elsewhere in its page",
	  OTA_CHIP_ESP32,
	  { { 24, 0x3F400024, 4 } },
	  { 0 },
	  OTA_IMAGE_MAPPING,
	  24 },
	{ "a slot that is not aligned",
	  OTA_CHIP_ESP32,
	  { { 0 } },
	  { .flash_addr = 0x18000 },
	  OTA_IMAGE_MAPPING,
	  24 },
	{ "an address between the regions",
	  OTA_CHIP_ESP32,
	  { { 0x128 - 8, 0x60000000, 4 } },
	  { 0 },
	  OTA_IMAGE_LOAD_ADDR,
	  0x128 - 8 },
	{ "an address at the end of a region",
	  OTA_CHIP_ESP32,
	  { { 0x128 - 8, 0x3FFFFFFC, 4 } },
	  { 0 },
	  OTA_IMAGE_LOAD_ADDR,
	  0x128 - 8 },
	{ "three mapped segments on a shared bus",
	  OTA_CHIP_ESP32C6,
	  { { 0x128 - 8, 0x42020128, 4 } },
	  { 0 },
	  OTA_IMAGE_MAPPED_COUNT,
	  1 },
	{ "one mapped segment on a shared bus",
	  OTA_CHIP_ESP32C6,
	  { { 0x10018, 0x40800000, 4 } },
	  { 0 },
	  OTA_IMAGE_MAPPED_COUNT,
	  1 },
	{ "a changed byte of a segment",
	  OTA_CHIP_ESP32,
	  { { 0x128, 0, 1 } },
	  { 0 },
	  OTA_IMAGE_CHECKSUM,
	  0 },
	{ "a changed entry", OTA_CHIP_ESP32, { { 4, 1, 4 } }, { 0 }, OTA_IMAGE_HASH, 0 },
};

static void add(struct ota_image_recipe *recipe, uint32_t addr, const uint8_t *data, uint32_t size)
{
	recipe->parts[recipe->count++] = (struct ota_image_part){ addr, data, size };
}

/* A described part, 8 bytes of RAM, and code in the next page. */
static size_t make_app(uint32_t chip, uint8_t *out)
{
	static const uint8_t code[8] = "codecod", ram[8] = "dataram";
	static uint8_t described[OTA_APP_DESC_SIZE];
	static struct ota_image_recipe recipe;
	struct ota_app_desc desc = { .secure_version = 2, .project = "lamp", .mmu_page = 16 };
	struct ota_diag diag;
	uint8_t *data;
	size_t size;
	uint32_t low;

	recipe = (struct ota_image_recipe){ .chip = ota_chip_by_id(chip),
					    .form = OTA_FORM_ESP32,
					    .page = 16 };
	recipe.header.wp_pin = 0xEE;
	recipe.header.hash_appended = 1;
	ota_app_desc_encode(&desc, described);
	low = recipe.chip->mapped[0].low;
	add(&recipe, low + 0x20, described, sizeof(described));
	add(&recipe, recipe.chip->ram[0].high ? recipe.chip->ram[0].low : 0x2F000000, ram, 8);
	add(&recipe, recipe.chip->shared_bus ? low + 0x10020 : recipe.chip->mapped[1].low + 0x20,
	    code, 8);
	assert_int_equal(ota_image_build(&recipe, &data, &size, &diag), OTA_OK);
	assert_true(size <= IMAGE_ROOM);
	memcpy(out, data, size);
	free(data);
	return size;
}

/* The findings of one rule. */
struct findings {
	enum ota_image_fault fault;
	unsigned count;
	uint32_t offset; /* of the first */
};

static void take(void *ctx, const struct ota_diag *diag)
{
	struct findings *findings = ctx;

	if (ota_image_fault(diag->rule) == findings->fault && !findings->count++)
		findings->offset = diag->offset;
}

static void is_found(void **state)
{
	const struct broken *row = *state;
	static uint8_t data[IMAGE_ROOM];
	struct findings findings = { .fault = row->fault };
	struct ota_image_want want = row->want;
	size_t size = make_app(row->chip, data);
	struct ota_image image;

	for (size_t i = 0; i < ARRAY_LEN(row->changes); i++)
		for (unsigned k = 0; k < row->changes[i].size; k++)
			data[row->changes[i].offset + k] =
				(uint8_t)(row->changes[i].value >> 8 * k);
	want.revision = want.revision ? want.revision : OTA_REVISION_NONE;
	want.block_revision = want.block_revision ? want.block_revision : OTA_REVISION_NONE;
	want.report = take;
	want.ctx = &findings;
	judge(&image, &want, data, size, 0);
	if (row->fault == NOTHING) {
		assert_int_equal(image.status, OTA_OK);
		assert_null(image.diag.rule);
		return;
	}
	assert_int_not_equal(image.status, OTA_OK);
	assert_true(findings.count > 0);
	if (row->offset || row->fault == OTA_IMAGE_BAD_MAGIC)
		assert_int_equal(findings.offset, row->offset);
}

/* What may follow an image. */
static const struct follower {
	const char *name;
	uint32_t size; /* bytes of 0xff that are appended */
	struct change changes[2]; /* in them, counted from the image's end */
	enum ota_image_tail tail;
} followers[] = {
	{ "nothing", 0, { { 0 } }, OTA_TAIL_NONE },
	{ "one byte of 0xff", 1, { { 0 } }, OTA_TAIL_BLANK },
	{ "0xff", 5000, { { 0 } }, OTA_TAIL_BLANK },
	{ "a v1 block", 68, { { 0, 0, 4 } }, OTA_TAIL_SIGNED_V1 },
	{ "a v1 block and 0xff", 80, { { 0, 0, 4 } }, OTA_TAIL_SIGNED_V1 },
	{ "a v1 block cut off", 67, { { 0, 0, 4 } }, OTA_TAIL_OTHER },
	{ "a v1 block and more", 80, { { 0, 0, 4 }, { 68, 0, 1 } }, OTA_TAIL_OTHER },
	{ "a sector", 8192, { { 4096 - 0x50, 0xE7, 1 } }, OTA_TAIL_SIGNED_V2 },
	{ "a sector cut off", 8191 - 0x50, { { 4096 - 0x50, 0xE7, 1 } }, OTA_TAIL_OTHER },
	{ "a sector in the wrong place", 12288, { { 8192 - 0x50, 0xE7, 1 } }, OTA_TAIL_OTHER },
	{ "a sector and more", 9000, { { 4096 - 0x50, 0xE7, 1 }, { 8999, 0, 1 } }, OTA_TAIL_OTHER },
	{ "a byte before the sector",
	  8192,
	  { { 4096 - 0x50, 0xE7, 1 }, { 3, 1, 1 } },
	  OTA_TAIL_OTHER },
};

static void is_told_apart(void **state)
{
	const struct follower *row = *state;
	static uint8_t data[IMAGE_ROOM];
	size_t size = make_app(OTA_CHIP_ESP32, data);
	struct ota_image image;

	assert_int_equal(size % 4096, 0x50);
	memset(data + size, 0xFF, row->size);
	for (size_t i = 0; i < ARRAY_LEN(row->changes); i++)
		for (unsigned k = 0; k < row->changes[i].size; k++)
			data[size + row->changes[i].offset + k] =
				(uint8_t)(row->changes[i].value >> 8 * k);
	for (size_t piece = 0; piece < 3; piece++) {
		assert_int_equal(judge(&image, NULL, data, size + row->size, piece * 4095), OTA_OK);
		assert_int_equal(image.length, size);
		assert_int_equal(image.tail, row->tail);
	}
	if (row->tail == OTA_TAIL_SIGNED_V1)
		assert_int_equal(ota_image_size_signed(&image), size + 68);
	if (row->tail == OTA_TAIL_SIGNED_V2)
		assert_int_equal(ota_image_size_signed(&image), size - 0x50 + 8192);
}

static void first_4_KiB_settle_the_head(void **state)
{
	static uint8_t data[IMAGE_ROOM];
	struct ota_image_want want = { .revision = OTA_REVISION_NONE,
				       .block_revision = OTA_REVISION_NONE,
				       .project = "fan" };
	struct ota_image image;

	(void)state;
	make_app(OTA_CHIP_ESP32C3, data);
	ota_image_begin(&image, &want);
	assert_int_equal(ota_image_feed(&image, data, 4096), OTA_E_VALUE);
	assert_int_equal(ota_image_fault(image.diag.rule), OTA_IMAGE_PROJECT);
	want.project = "lamp";
	ota_image_begin(&image, &want);
	assert_int_equal(ota_image_feed(&image, data, 4096), OTA_OK);
	assert_true(image.is_app);
	assert_int_equal(image.secure_version, 2);
}

int main(void)
{
	static const struct CMUnitTest others[] = { cmocka_unit_test(first_4_KiB_settle_the_head) };
	int failed;

	if (!ota_crypto())
		return 1;
	failed = RUN_ROWS(rows, is_found);
	failed += RUN_ROWS(followers, is_told_apart);
	return failed + cmocka_run_group_tests(others, NULL, NULL);
}
