/* SPDX-License-Identifier: MIT */
/* The bootloader's choice: outcomes worked out from ESP-IDF's sources, a row each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/boot.h"
#include "lib/tee.h"

#define B UINT32_MAX /* blank */
#define U OTA_STATE_UNDEFINED
#define BAD 1 /* of a record: wrong CRC */

struct rec {
	uint32_t seq, state;
	int bad;
};

static struct ota_record blank; /* all 0xff, set in main() */

static struct ota_record record_of(const struct rec *rec)
{
	struct ota_record record;

	ota_record_make(rec->seq, rec->state, &record);
	if (rec->seq == B && !rec->bad)
		return blank;
	record.crc ^= rec->bad ? 0x10 : 0;
	return record;
}

/* A chip: table, images, otadata. */
struct chip {
	struct ota_slots slots;
	uint32_t loads; /* bit choice + 2: that image is whole */
	uint32_t versions[OTA_SLOTS_MAX];
	bool tee_loads;
	struct ota_record flash[2];
	unsigned writes;
	enum ota_boot_event events[40];
	unsigned event_count;
};

static bool loads(void *ctx, int choice)
{
	const struct chip *chip = ctx;

	return chip->loads >> (choice + 2) & 1;
}

static bool version(void *ctx, int choice, uint32_t *value)
{
	const struct chip *chip = ctx;

	*value = choice < 0 ? 0 : chip->versions[choice];
	return choice >= 0 && chip->versions[choice] != B;
}

static int apply(void *ctx, const struct ota_op *op)
{
	struct chip *chip = ctx;

	chip->writes++;
	if (op->kind == OTA_OP_ERASE)
		chip->flash[op->sector] = blank;
	else
		ota_record_decode(op->raw, &chip->flash[op->sector]);
	return 0;
}

static void note(void *ctx, const struct ota_boot_step *step)
{
	struct chip *chip = ctx;

	assert_true(chip->event_count < ARRAY_LEN(chip->events));
	chip->events[chip->event_count++] = step->event;
}

static bool happened(const struct chip *chip, enum ota_boot_event event)
{
	for (unsigned i = 0; i < chip->event_count; i++)
		if (chip->events[i] == event)
			return true;
	return false;
}

/* A table with otadata, `count` slots and perhaps factory; every image is whole. */
static void chip_begin(struct chip *chip, unsigned count, bool factory)
{
	*chip = (struct chip){ .loads = UINT32_MAX, .flash = { blank, blank } };
	ota_slots_begin(&chip->slots);
	ota_slots_add(&chip->slots, 1, 0, OTA_OTADATA_SIZE, 0);
	if (factory)
		ota_slots_add(&chip->slots, 0, 0, 1, 1);
	for (unsigned i = 0; i < count; i++)
		ota_slots_add(&chip->slots, 0, 0x10 + i, 1, (uint8_t)(2 + i));
}

static struct ota_boot_result boot_once(struct chip *chip, struct ota_boot_config config)
{
	const struct ota_boot boot = { .slots = &chip->slots,
				       .config = config,
				       .ctx = chip,
				       .verify = loads,
				       .secure_version = version,
				       .apply = apply,
				       .report = note };
	struct ota_record pair[2] = { chip->flash[0], chip->flash[1] };
	struct ota_boot_result result;

	chip->event_count = 0;
	assert_int_equal(ota_boot(&boot, pair, &result), OTA_OK);
	assert_memory_equal(pair, chip->flash, sizeof(pair));
	return result;
}

#define FACTORY OTA_CHOICE_FACTORY
#define TEST OTA_CHOICE_TEST
#define NONE OTA_CHOICE_NONE
#define SAME             \
	{                \
		0, 0, -1 \
	}

/* What starts with: factory and two slots, two slots, three slots. `left`: what record 0 becomes
 * with factory and without. */
static const struct outcome {
	const char *name;
	struct rec pair[2];
	bool rollback;
	int choice[3];
	struct rec left[2];
} outcomes[] = {
	{ "blank / blank",
	  { { B, U, 0 }, { B, U, 0 } },
	  false,
	  { FACTORY, 0, 0 },
	  { SAME, { 1, OTA_STATE_VALID, 0 } } },
	{ "1 / blank", { { 1, U, 0 }, { B, U, 0 } }, false, { 0, 0, 0 }, { SAME, SAME } },
	{ "blank / 1", { { B, U, 0 }, { 1, U, 0 } }, false, { 0, 0, 0 }, { SAME, SAME } },
	{ "1 / 2", { { 1, U, 0 }, { 2, U, 0 } }, false, { 1, 1, 1 }, { SAME, SAME } },
	{ "3 / 2", { { 3, U, 0 }, { 2, U, 0 } }, false, { 0, 0, 2 }, { SAME, SAME } },
	{ "2 valid / 2 new",
	  { { 2, OTA_STATE_VALID, 0 }, { 2, OTA_STATE_NEW, 0 } },
	  true,
	  { 1, 1, 1 },
	  { SAME, SAME } },
	{ "5 bad / 4", { { 5, U, BAD }, { 4, U, 0 } }, false, { 1, 1, 0 }, { SAME, SAME } },
	{ "5 bad / 4 bad",
	  { { 5, U, BAD }, { 4, U, BAD } },
	  false,
	  { FACTORY, 0, 0 },
	  { SAME, SAME } },
	{ "1 invalid / blank",
	  { { 1, OTA_STATE_INVALID, 0 }, { B, U, 0 } },
	  false,
	  { FACTORY, 0, 0 },
	  { SAME, SAME } },
	{ "2 aborted / 1 valid",
	  { { 2, OTA_STATE_ABORTED, 0 }, { 1, OTA_STATE_VALID, 0 } },
	  false,
	  { 0, 0, 0 },
	  { SAME, SAME } },
	{ "2 invalid / 1 invalid",
	  { { 2, OTA_STATE_INVALID, 0 }, { 1, OTA_STATE_INVALID, 0 } },
	  false,
	  { FACTORY, 0, 0 },
	  { SAME, SAME } },
	{ "2 invalid / 1 valid bad",
	  { { 2, OTA_STATE_INVALID, 0 }, { 1, OTA_STATE_VALID, BAD } },
	  false,
	  { FACTORY, 0, 0 },
	  { SAME, SAME } },
	{ "2 new / 1 valid, rollback",
	  { { 2, OTA_STATE_NEW, 0 }, { 1, OTA_STATE_VALID, 0 } },
	  true,
	  { 1, 1, 1 },
	  { { 2, OTA_STATE_PENDING, 0 }, { 2, OTA_STATE_PENDING, 0 } } },
	{ "2 pending / 1 valid, rollback",
	  { { 2, OTA_STATE_PENDING, 0 }, { 1, OTA_STATE_VALID, 0 } },
	  true,
	  { 0, 0, 0 },
	  { { 2, OTA_STATE_ABORTED, 0 }, { 2, OTA_STATE_ABORTED, 0 } } },
	{ "2 pending / 1 valid",
	  { { 2, OTA_STATE_PENDING, 0 }, { 1, OTA_STATE_VALID, 0 } },
	  false,
	  { 1, 1, 1 },
	  { SAME, SAME } },
	{ "2 pending / blank, rollback",
	  { { 2, OTA_STATE_PENDING, 0 }, { B, U, 0 } },
	  true,
	  { FACTORY, 0, 0 },
	  { { 2, OTA_STATE_ABORTED, 0 }, { 2, OTA_STATE_ABORTED, 0 } } },
	{ "seq 0xffffffff with its crc / 1",
	  { { B, U, 2 }, { 1, U, 0 } },
	  false,
	  { 0, 0, 0 },
	  { SAME, SAME } },
	{ "0xfffffffe / 1",
	  { { 0xfffffffe, U, 0 }, { 1, U, 0 } },
	  false,
	  { 1, 1, 1 },
	  { SAME, SAME } },
	{ "boot_app0: 1 / 0", { { 1, U, 0 }, { 0, U, 0 } }, false, { 0, 0, 0 }, { SAME, SAME } },
	{ "bad / 0", { { 1, U, BAD }, { 0, U, 0 } }, false, { 1, 1, 0 }, { SAME, SAME } },
};

static void comes_out(void **state)
{
	const struct outcome *row = *state;
	static const unsigned counts[3] = { 2, 2, 3 };

	for (unsigned i = 0; i < 3; i++) {
		const struct rec *left = &row->left[i > 0];
		struct ota_record want = record_of(left->bad < 0 ? &row->pair[0] : left);
		struct ota_record second = record_of(&row->pair[1]);
		struct chip chip;
		struct ota_boot_result result;

		chip_begin(&chip, counts[i], i == 0);
		chip.flash[0] = record_of(&row->pair[0]);
		chip.flash[1] = second;
		result = boot_once(&chip, (struct ota_boot_config){ .rollback = row->rollback });
		assert_int_equal(result.choice, row->choice[i]);
		assert_memory_equal(&chip.flash[0], &want, sizeof(want));
		assert_memory_equal(&chip.flash[1], &second, sizeof(second));
	}
}

static void zeros_are_a_bad_checksum(void **state)
{
	struct chip chip;

	(void)state;
	chip_begin(&chip, 2, false);
	memset(chip.flash, 0, sizeof(chip.flash));
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).start, FACTORY);
	assert_true(happened(&chip, OTA_BOOT_DAMAGED));
	assert_int_equal(chip.writes, 0);
}

static void without_slots_only_factory_or_test_starts(void **state)
{
	struct chip chip;

	(void)state;
	chip_begin(&chip, 0, true);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, FACTORY);
	chip_begin(&chip, 0, false);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, NONE);
	ota_slots_add(&chip.slots, 0, 0x20, 1, 9);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, TEST);
	assert_int_equal(chip.writes, 0);
}

static void falls_back_downwards_then_upwards(void **state)
{
	struct chip chip;

	(void)state;
	chip_begin(&chip, 4, false);
	ota_record_make(2, U, &chip.flash[0]);
	chip.loads = 1 << (3 + 2) | 1 << (2 + 2);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, 2);
	chip.loads |= 1 << (0 + 2);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, 0);
	assert_int_equal(chip.writes, 0);
	/* With factory the search ends there. */
	chip_begin(&chip, 4, true);
	ota_record_make(2, U, &chip.flash[0]);
	chip.loads = 1 << (3 + 2) | 1 << (FACTORY + 2);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, FACTORY);
	chip.loads = 1 << (3 + 2);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, 3);
	chip.loads = 0;
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, NONE);
	assert_true(happened(&chip, OTA_BOOT_RESETS));
}

static void the_first_image_that_loads_is_settled(void **state)
{
	struct chip chip;
	struct ota_record want;

	(void)state;
	chip_begin(&chip, 3, false);
	chip.loads = 1 << (2 + 2);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, 2);
	ota_record_make(3, OTA_STATE_VALID, &want);
	assert_memory_equal(&chip.flash[0], &want, sizeof(want));
	assert_int_equal(chip.writes, 2);
}

static void no_otadata_means_factory_then_every_slot(void **state)
{
	struct chip chip;

	(void)state;
	chip_begin(&chip, 2, false);
	chip.slots.otadata = OTA_NO_ROW;
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, 0);
	assert_int_equal(chip.writes, 0);
	chip_begin(&chip, 2, true);
	chip.slots.otadata = OTA_NO_ROW;
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, FACTORY);
}

static void a_small_otadata_resets_for_ever(void **state)
{
	struct chip chip;

	(void)state;
	chip_begin(&chip, 2, true);
	chip.slots.otadata_size = OTA_OTADATA_SIZE - 1;
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, NONE);
	assert_true(happened(&chip, OTA_BOOT_OTADATA_SMALL));
}

static void a_trial_without_answer_ends(void **state)
{
	const struct ota_boot_config config = { .rollback = true };
	struct chip chip;

	(void)state;
	chip_begin(&chip, 2, false);
	ota_record_make(1, OTA_STATE_VALID, &chip.flash[0]);
	ota_record_make(2, OTA_STATE_NEW, &chip.flash[1]);
	assert_int_equal(boot_once(&chip, config).choice, 1);
	assert_int_equal(chip.flash[1].state, OTA_STATE_PENDING);
	assert_int_equal(boot_once(&chip, config).choice, 0);
	assert_int_equal(chip.flash[1].state, OTA_STATE_ABORTED);
	assert_int_equal(boot_once(&chip, config).choice, 0);
}

static void anti_rollback_leaves_old_apps_out(void **state)
{
	const struct ota_boot_config config = { .anti_rollback = true, .secure_version = 3 };
	struct chip chip;
	struct ota_boot_result result;

	(void)state;
	chip_begin(&chip, 2, false);
	ota_record_make(1, OTA_STATE_VALID, &chip.flash[0]);
	ota_record_make(2, OTA_STATE_VALID, &chip.flash[1]);
	chip.versions[0] = 4;
	chip.versions[1] = 2;
	result = boot_once(&chip, config);
	assert_int_equal(result.choice, 0);
	assert_int_equal(result.secure_version, 4); /* a VALID record raises it */
	assert_true(happened(&chip, OTA_BOOT_OUTDATED));
	chip.versions[0] = B; /* no description: not considered, not loaded */
	assert_int_equal(boot_once(&chip, config).choice, NONE);
	assert_true(happened(&chip, OTA_BOOT_TOO_OLD));
	/* Blank: starts at factory's index, and settles what loads. */
	chip_begin(&chip, 2, false);
	chip.versions[0] = 1;
	chip.versions[1] = 5;
	result = boot_once(&chip, config);
	assert_int_equal(result.start, FACTORY);
	assert_int_equal(result.choice, 1);
	assert_int_equal(result.secure_version, 5);
	assert_int_equal(chip.flash[0].seq, 2);
}

static void no_slot_at_all_divides_by_zero(void **state)
{
	struct chip chip;

	(void)state;
	chip_begin(&chip, 0, true);
	ota_record_make(1, U, &chip.flash[0]);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ .anti_rollback = true }).choice,
			 NONE);
	assert_true(happened(&chip, OTA_BOOT_DIVIDES));
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ .esp8266 = true }).choice,
			 NONE);
	assert_int_equal(boot_once(&chip, (struct ota_boot_config){ 0 }).choice, FACTORY);
}

static void esp8266_knows_no_state_and_never_writes(void **state)
{
	const struct ota_boot_config config = { .esp8266 = true, .rollback = true };
	struct chip chip;

	(void)state;
	chip_begin(&chip, 2, false);
	ota_record_make(1, OTA_STATE_INVALID, &chip.flash[0]);
	assert_int_equal(boot_once(&chip, config).start, 0);
	ota_record_make(2, OTA_STATE_PENDING, &chip.flash[1]);
	assert_int_equal(boot_once(&chip, config).start, 1);
	assert_int_equal(chip.flash[1].state, OTA_STATE_PENDING);
	chip.flash[0] = chip.flash[1] = blank;
	assert_int_equal(boot_once(&chip, config).start, 0);
	chip.flash[0].seq = 7; /* a bad checksum beside blank: all of them, from factory's index */
	assert_int_equal(boot_once(&chip, config).start, FACTORY);
	assert_int_equal(chip.writes, 0);
}

static void buttons_are_heeded(void **state)
{
	struct chip chip;

	(void)state;
	chip_begin(&chip, 2, true);
	ota_record_make(1, U, &chip.flash[0]);
	assert_int_equal(
		boot_once(&chip, (struct ota_boot_config){ .hold = OTA_HOLD_TEST_APP }).choice,
		NONE);
	assert_int_equal(chip.writes, 0);
	ota_slots_add(&chip.slots, 0, 0x20, 1, 9);
	assert_int_equal(
		boot_once(&chip, (struct ota_boot_config){ .hold = OTA_HOLD_TEST_APP }).choice,
		TEST);
	assert_int_equal(
		boot_once(&chip, (struct ota_boot_config){ .hold = OTA_HOLD_FACTORY_RESET }).choice,
		FACTORY);
	assert_memory_equal(&chip.flash[0], &blank, sizeof(blank));
	assert_int_equal(chip.writes, 2);
}

static void three_ways_to_count_slots(void **state)
{
	struct ota_slots slots;

	(void)state;
	ota_slots_begin(&slots);
	ota_slots_add(&slots, 0, 0x10, 1, 0);
	ota_slots_add(&slots, 0, 0x12, 1, 1); /* a gap */
	ota_slots_add(&slots, 1, 0x11, 1, 2); /* which the script fills with a data partition */
	assert_int_equal(slots.count, 2);
	assert_int_equal(ota_slots_count_app(&slots), 1);
	assert_int_equal(ota_slots_count_script(&slots), 3);
	assert_int_equal(ota_slots_row(&slots, 0), 0);
	assert_int_equal(ota_slots_row(&slots, 1), OTA_NO_ROW);
	assert_int_equal(ota_slots_row(&slots, 2), OTA_NO_ROW); /* never reached */
	ota_slots_add(&slots, 0, 0x10, 1, 3); /* a duplicate: counts, and the last one wins */
	assert_int_equal(slots.count, 3);
	assert_int_equal(ota_slots_row(&slots, 0), 3);
	assert_int_equal(ota_slots_row(&slots, 2), 1);
	for (unsigned i = 0; i < OTA_SLOTS_MAX; i++)
		ota_slots_add(&slots, 0, 0x10 + i, 1, 4);
	assert_int_equal(ota_slots_count_app(&slots), 16);
	ota_slots_add(&slots, 0, 0x20, 1, 5);
	assert_int_equal(ota_slots_count_app(&slots), 17);
	assert_int_equal(ota_slots_row(&slots, 16), OTA_NO_ROW);
	assert_int_equal(ota_slots_row(&slots, NONE), OTA_NO_ROW);
}

static bool tee_refuses(void *ctx)
{
	(void)ctx;
	return false;
}

static void a_broken_trusted_app_has_no_fallback(void **state)
{
	struct chip chip;
	struct ota_record pair[2] = { blank, blank };
	struct ota_boot_result result;

	(void)state;
	chip_begin(&chip, 2, true);
	const struct ota_boot boot = {
		.slots = &chip.slots, .ctx = &chip, .verify = loads, .before_load = tee_refuses
	};

	assert_int_equal(ota_boot(&boot, pair, &result), OTA_OK);
	assert_int_equal(result.start, FACTORY);
	assert_int_equal(result.choice, NONE);
}

/* Last four bytes as ESP-IDF stores them. */
static void tee_records_are_the_known_bytes(void **state)
{
	static const struct {
		unsigned slot;
		enum ota_tee_state state;
		uint8_t crc[4];
	} rows[] = {
		{ 0, OTA_TEE_VALID, { 0x1c, 0x5d, 0x79, 0xce } },
		{ 0, OTA_TEE_NEW, { 0x90, 0x61, 0x18, 0x9e } },
		{ 0, OTA_TEE_PENDING, { 0x52, 0x14, 0x08, 0x86 } },
		{ 0, OTA_TEE_INVALID, { 0xd6, 0xff, 0x28, 0xb6 } },
		{ 1, OTA_TEE_NEW, { 0x44, 0x8b, 0x6b, 0x05 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t raw[OTA_RECORD_SIZE];

		ota_tee_make(rows[i].slot, rows[i].state, raw);
		assert_memory_equal(raw, "\xe1\xe1\x37\x43\x00", 5);
		assert_int_equal(raw[5], 0x30 + rows[i].slot);
		assert_memory_equal(raw + 28, rows[i].crc, 4);
	}
}

/* Records before: 't' and a state for tee_0, 'T' for tee_1, '-' blank, '!' damaged. */
static const struct tee {
	const char *name;
	struct {
		int slot; /* -1 blank, -2 damaged */
		enum ota_tee_state state;
	} before[2];
	int choice;
	int slot_after; /* -1: as before */
	enum ota_tee_state state_after;
} tees[] = {
	{ "blank", { { -1, 0 }, { -1, 0 } }, 0, 0, OTA_TEE_VALID },
	{ "tee_1 valid", { { 1, OTA_TEE_VALID }, { 1, OTA_TEE_VALID } }, 1, 1, OTA_TEE_VALID },
	{ "tee_1 new", { { 1, OTA_TEE_NEW }, { 1, OTA_TEE_NEW } }, 1, 1, OTA_TEE_PENDING },
	{ "tee_1 pending",
	  { { 1, OTA_TEE_PENDING }, { 1, OTA_TEE_PENDING } },
	  0,
	  0,
	  OTA_TEE_INVALID },
	{ "tee_0 undefined",
	  { { 0, OTA_TEE_UNDEFINED }, { 0, OTA_TEE_UNDEFINED } },
	  1,
	  1,
	  OTA_TEE_INVALID },
	{ "tee_0 invalid", { { 0, OTA_TEE_INVALID }, { 0, OTA_TEE_INVALID } }, NONE, -1, 0 },
	{ "another state", { { 0, 0x11 }, { 0, 0x11 } }, NONE, -1, 0 },
	{ "another slot", { { 7, OTA_TEE_VALID }, { 7, OTA_TEE_VALID } }, NONE, -1, 0 },
	{ "both damaged", { { -2, 0 }, { -2, 0 } }, NONE, -1, 0 },
	{ "differing, both damaged", { { -2, 0 }, { -1, 0 } }, NONE, -1, 0 },
	{ "first good", { { 1, OTA_TEE_VALID }, { -1, 0 } }, 1, 1, OTA_TEE_VALID },
	{ "second good", { { -2, 0 }, { 1, OTA_TEE_VALID } }, 1, 1, OTA_TEE_VALID },
	{ "both good: the first",
	  { { 0, OTA_TEE_VALID }, { 1, OTA_TEE_VALID } },
	  0,
	  0,
	  OTA_TEE_VALID },
};

static void trusted_app_comes_out(void **state)
{
	const struct tee *row = *state;
	uint8_t raw[2][OTA_RECORD_SIZE], want[OTA_RECORD_SIZE];
	struct chip chip;
	struct ota_boot boot = { .slots = &chip.slots, .ctx = &chip };
	int choice;

	chip_begin(&chip, 2, true);
	ota_slots_add(&chip.slots, 1, 0x90, OTA_OTADATA_SIZE, 8);
	for (int i = 0; i < 2; i++) {
		memset(raw[i], row->before[i].slot == -2 ? 0x5A : 0xFF, sizeof(raw[i]));
		if (row->before[i].slot >= 0)
			ota_tee_make((unsigned)row->before[i].slot, row->before[i].state, raw[i]);
	}
	memcpy(want, raw[0], sizeof(want));
	if (row->slot_after >= 0)
		ota_tee_make((unsigned)row->slot_after, row->state_after, want);
	assert_int_equal(ota_tee_boot(&boot, raw, &choice), OTA_OK);
	assert_int_equal(choice, row->choice);
	assert_memory_equal(raw[0], want, sizeof(want));
	if (row->slot_after >= 0)
		assert_memory_equal(raw[1], want, sizeof(want));
	chip.slots.tee_otadata_size = OTA_OTADATA_SIZE - 1; /* as if there were none */
	assert_int_equal(ota_tee_boot(&boot, raw, &choice), OTA_OK);
	assert_int_equal(choice, 0);
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(zeros_are_a_bad_checksum),
		cmocka_unit_test(without_slots_only_factory_or_test_starts),
		cmocka_unit_test(falls_back_downwards_then_upwards),
		cmocka_unit_test(the_first_image_that_loads_is_settled),
		cmocka_unit_test(no_otadata_means_factory_then_every_slot),
		cmocka_unit_test(a_small_otadata_resets_for_ever),
		cmocka_unit_test(a_trial_without_answer_ends),
		cmocka_unit_test(anti_rollback_leaves_old_apps_out),
		cmocka_unit_test(no_slot_at_all_divides_by_zero),
		cmocka_unit_test(esp8266_knows_no_state_and_never_writes),
		cmocka_unit_test(buttons_are_heeded),
		cmocka_unit_test(three_ways_to_count_slots),
		cmocka_unit_test(a_broken_trusted_app_has_no_fallback),
		cmocka_unit_test(tee_records_are_the_known_bytes),
	};
	struct CMUnitTest tests[ARRAY_LEN(fixed) + ARRAY_LEN(outcomes) + ARRAY_LEN(tees)];
	struct CMUnitTest *next = tests + ARRAY_LEN(fixed);

	memset(&blank, 0xFF, sizeof(blank));
	memcpy(tests, fixed, sizeof(fixed));
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		*next++ = (struct CMUnitTest){ .name = outcomes[i].name,
					       .test_func = comes_out,
					       .initial_state = (void *)&outcomes[i] };
	for (size_t i = 0; i < ARRAY_LEN(tees); i++)
		*next++ = (struct CMUnitTest){ .name = tees[i].name,
					       .test_func = trusted_app_comes_out,
					       .initial_state = (void *)&tees[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
