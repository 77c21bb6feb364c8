/* SPDX-License-Identifier: MIT */
#include "lib/host/flash_lint.h"
#include "tests/flash_fixture.h"
#include "tests/rows.h"

static struct fixture f;

struct found {
	char rules[256]; /* ids, with a blank after each */
	uint32_t offset; /* of the first */
};

static void take(void *ctx, const struct ota_diag *diag)
{
	struct found *found = ctx;

	if (!*found->rules)
		found->offset = diag->offset;
	snprintf(found->rules + strlen(found->rules), sizeof(found->rules) - strlen(found->rules),
		 "%s ", diag->rule->id);
}

static enum ota_status lint(struct found *found)
{
	struct ota_flash_image image;
	const struct ota_lint_input input = { &image, &f.table, false };

	*found = (struct found){ 0 };
	fixture_image(&f, &image);
	return ota_flash_lint(&input, take, found);
}

static void nothing(void)
{
}

static void header_of_2_mib(void)
{
	f.flash[3] = 0x12;
}

static void bootloader_gone(void)
{
	memset(f.flash, 0xFF, 0x8000);
}

static void bootloader_at_0x1000(void)
{
	memmove(f.flash + 0x1000, f.flash, 0x5000);
	memset(f.flash, 0xFF, 0x1000);
}

static void bootloader_into_table(void)
{
	put_bootloader(&f, 0x8400);
	memset(f.flash + 0x8000, 0xFF, 0x1000);
	put_table(&f);
}

static void bootloader_flipped(void)
{
	f.flash[0x2000] ^= 1;
}

static void app_at_0x18000(void)
{
	memmove(f.flash + FIXTURE_GAP, f.flash + FIXTURE_OTA_0, 0x31000);
}

static void app_in_slot(void)
{
	memmove(f.flash + FIXTURE_OTA_0 + 0x10000, f.flash + FIXTURE_OTA_0, 0x31000);
	memset(f.flash + FIXTURE_OTA_0, 0xFF, 0x10000);
}

static void app_one_byte_early(void)
{
	memmove(f.flash + FIXTURE_OTA_0 - 1, f.flash + FIXTURE_OTA_0, 0x31000);
}

static void app_later(void)
{
	memmove(f.flash + FIXTURE_OTA_0 + 13, f.flash + FIXTURE_OTA_0, 0x31000);
}

static void app_of_another_chip(void)
{
	put_image(f.flash + FIXTURE_OTA_0, OTA_CHIP_ESP32S3, 0x3C000020, 0x30000);
}

static void app_flipped(void)
{
	f.flash[FIXTURE_OTA_0 + 0x8000] ^= 1;
}

static void dump_cut(void)
{
	f.size = FIXTURE_OTA_1 + 0x1000;
}

static void slot_random(void)
{
	uint32_t x = 1;

	for (uint32_t i = 0; i < 0x40000; i++, x = x * 1664525 + 1013904223)
		f.flash[FIXTURE_OTA_0 + i] = (uint8_t)(x >> 24);
}

static void slots_blank(void)
{
	memset(f.flash + FIXTURE_OTA_0, 0xFF, 0x40000);
	memset(f.flash + FIXTURE_OTA_1, 0xFF, 0x40000);
}

static void slot_filled(void)
{
	put_app(&f, FIXTURE_OTA_0, 0xF8000);
}

/* As at Arduino's address while the table has otadata elsewhere. */
static void boot_app0_beside(void)
{
	memset(f.flash + FIXTURE_OTADATA, 0xFF, 0x3000);
	put_record(&f, FIXTURE_OTADATA - 0x1000, 1);
	memset(f.flash + FIXTURE_OTADATA, 0, 4);
}

static void boot_app0_half_beside(void)
{
	memset(f.flash + FIXTURE_OTADATA, 0xFF, 0x3000);
	put_record(&f, FIXTURE_OTADATA + 0x1000, 1);
	memset(f.flash + FIXTURE_PHY, 0, 4);
}

static void record_damaged(void)
{
	f.flash[FIXTURE_OTADATA + 28] ^= 1;
}

static void winner_blank(void)
{
	memset(f.flash + FIXTURE_OTA_1, 0xFF, 0x40000);
}

static void winner_flipped(void)
{
	f.flash[FIXTURE_OTA_1 + 0x8000] ^= 1;
}

static void old_app_in_storage(void)
{
	put_app(&f, FIXTURE_STORAGE + 0x10000, 0x20000);
}

static void second_table(void)
{
	memcpy(f.flash + 0xE0000, f.flash + OTA_TABLE_OFFSET, 0x1000);
}

static void second_table_in_gap(void)
{
	memcpy(f.flash + FIXTURE_GAP, f.flash + OTA_TABLE_OFFSET, 0x1000);
}

static void data_in_gap(void)
{
	memcpy(f.flash + FIXTURE_GAP + 100, "settings", 8);
}

static void nvs_state(void)
{
	f.flash[FIXTURE_NVS] = 0x7F;
}

static void nvs_crc(void)
{
	f.flash[FIXTURE_NVS + 4] ^= 1;
}

static void nvs_leftover(void)
{
	f.flash[FIXTURE_NVS + 0x2000 + 100] = 0;
}

static void nvs_all_used(void)
{
	for (uint32_t i = 0; i < 6; i++)
		put_nvs_page(&f, FIXTURE_NVS + i * 0x1000, 0xFFFFFFFC, 0xFE);
}

static void nvs_of_tomorrow(void)
{
	put_nvs_page(&f, FIXTURE_NVS, 0xFFFFFFFE, 0xFD);
}

static void phy_other(void)
{
	memset(f.flash + FIXTURE_PHY, 0, 64);
}

static void crashed(void)
{
	struct ota_writer w = ota_writer(f.flash + FIXTURE_COREDUMP, 4);

	ota_put_u32(&w, 8000);
}

static void half_a_flash(void)
{
	f.size = 3u << 20;
}

static const struct lint_case {
	const char *name;
	void (*make)(void);
	const char *rules;
	uint32_t offset;
} cases[] = {
	{ "a flash in order", nothing, "", 0 },
	{ "the header says 2 MiB", header_of_2_mib, "header-flash-size ", 3 },
	{ "no bootloader", bootloader_gone, "bootloader-missing ", 0 },
	{ "a bootloader at another chip's place", bootloader_at_0x1000, "bootloader-place ",
	  0x1000 },
	{ "a bootloader into the table", bootloader_into_table, "bootloader-size ", 0 },
	{ "a damaged bootloader", bootloader_flipped, "bootloader-damaged ", 0 },
	{ "an app before its slot", app_at_0x18000, "app-place ", FIXTURE_GAP },
	{ "an app inside its slot", app_in_slot, "app-place ", FIXTURE_OTA_0 + 0x10000 },
	{ "an app that lost a byte before it", app_one_byte_early, "app-shifted ",
	  FIXTURE_OTA_0 - 1 },
	{ "an app with bytes before it", app_later, "app-shifted ", FIXTURE_OTA_0 + 13 },
	{ "an app for another chip", app_of_another_chip, "chip-mixed ", FIXTURE_OTA_0 },
	{ "a damaged app", app_flipped, "app-damaged ", FIXTURE_OTA_0 },
	{ "a dump that ends inside an app", dump_cut, "app-cut ", FIXTURE_OTA_1 },
	{ "an encrypted app", slot_random, "encrypted-area ", FIXTURE_OTA_0 },
	{ "no app at all", slots_blank, "boot-nothing ", 0x8000 },
	{ "a slot that is nearly full", slot_filled, "slot-full ", FIXTURE_OTA_0 },
	{ "boot_app0 beside otadata", boot_app0_beside, "otadata-place ",
	  FIXTURE_OTADATA - 0x1000 },
	{ "half of boot_app0 beside otadata", boot_app0_half_beside, "otadata-place ",
	  FIXTURE_OTADATA + 0x1000 },
	{ "a record that is damaged", record_damaged, "otadata-crc ", FIXTURE_OTADATA },
	{ "the record selects a blank slot", winner_blank, "otadata-slot ",
	  FIXTURE_OTADATA + 0x1000 },
	{ "the record selects a damaged app", winner_flipped, "app-damaged ", FIXTURE_OTA_1 },
	{ "an old app among files", old_app_in_storage, "leftover-app ",
	  FIXTURE_STORAGE + 0x10000 },
	{ "a second table", second_table, "leftover-table ", 0xE0000 },
	{ "a second table between partitions", second_table_in_gap, "leftover-table ",
	  FIXTURE_GAP },
	{ "something between partitions", data_in_gap, "leftover-data ", FIXTURE_GAP + 100 },
	{ "an NVS page in no state", nvs_state, "nvs-page ", FIXTURE_NVS },
	{ "an NVS page with a wrong CRC", nvs_crc, "nvs-page ", FIXTURE_NVS },
	{ "a free NVS page that is not blank", nvs_leftover, "nvs-page ", FIXTURE_NVS + 0x2000 },
	{ "NVS without a free page", nvs_all_used, "nvs-full ", FIXTURE_NVS },
	{ "NVS of a later version", nvs_of_tomorrow, "nvs-version ", FIXTURE_NVS },
	{ "calibration that is none", phy_other, "phy-init ", FIXTURE_PHY },
	{ "a core dump", crashed, "coredump-present ", FIXTURE_COREDUMP },
	{ "a flash smaller than its table", half_a_flash, "dump-short ", (3u << 20) - 1 },
};

static void finds_exactly(void **state)
{
	const struct lint_case *c = *state;
	struct found found;
	enum ota_status status;

	fixture_begin(&f);
	c->make();
	status = lint(&found);
	assert_string_equal(found.rules, c->rules);
	if (*c->rules)
		assert_int_equal(found.offset, c->offset);
	else
		assert_int_equal(status, OTA_OK);
}

/* ESP8266_RTOS_SDK's layout: linked for the slot at `slot`. */
static void put_esp8266(uint8_t *out, uint32_t slot)
{
	struct ota_writer w = ota_writer(out, 0x10000);
	uint8_t sum = 0xEF;
	struct ota_sha256 sha;

	ota_put_u32(&w, 0x200201E9); /* E9, one segment, DIO, 1 MiB */
	ota_put_u32(&w, 0x40200010 + slot);
	ota_put_u32(&w, 0x40200010 + slot);
	ota_put_u32(&w, 0x1000);
	for (uint32_t i = 0; i < 0x1000; i++) {
		ota_put_u8(&w, (uint8_t)(i * 3));
		sum ^= (uint8_t)(i * 3);
	}
	ota_put_fill(&w, 0, 15 - w.pos % 16);
	ota_put_u8(&w, sum);
	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, out, w.pos);
	ota_sha256_finish(&sha, out + w.pos);
}

static void lint_esp8266(uint32_t linked_0, uint32_t linked_1, struct found *found)
{
	struct ota_flash_image image;
	const struct ota_lint_input input = { &image, &f.table, true };

	memset(&f, 0, sizeof(f));
	memset(f.flash, 0xFF, sizeof(f.flash));
	f.size = 1u << 20;
	add_part(&f, "otadata", 0x0100, 0xD000, 0x2000);
	add_part(&f, "ota_0", 0x0010, 0x10000, 0x70000);
	add_part(&f, "ota_1", 0x0011, 0x80000, 0x70000);
	put_table(&f);
	put_esp8266(f.flash + 0x10000, linked_0);
	put_esp8266(f.flash + 0x80000, linked_1);
	*found = (struct found){ 0 };
	fixture_image(&f, &image);
	ota_flash_lint(&input, take, found);
}

static void esp8266_image_in_another_slot(void **state)
{
	struct found found;

	(void)state;
	lint_esp8266(0x10000, 0x80000, &found);
	assert_string_equal(found.rules, "");
	lint_esp8266(0x10000, 0x10000, &found);
	assert_string_equal(found.rules, "slot-linked ");
	assert_int_equal(found.offset, 0x80000);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(esp8266_image_in_another_slot) };

	return RUN_ROWS(cases, finds_exactly) + cmocka_run_group_tests(tests, NULL, NULL);
}
