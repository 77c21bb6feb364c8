/* SPDX-License-Identifier: MIT */
/* What repair finds and does: one fault, one finding, one edit. That it keeps what starts, and that a
 * second run finds nothing, is test_world.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/host/repair.h"
#include "tests/hex.h"

#define B UINT32_MAX
#define U OTA_STATE_UNDEFINED
#define V OTA_STATE_VALID
#define FACTORY OTA_CHOICE_FACTORY
#define NONE OTA_CHOICE_NONE

struct rec {
	uint32_t seq, state;
	int bad; /* wrong CRC */
};

static const struct mended {
	const char *name;
	unsigned slots;
	bool factory;
	uint32_t loads; /* bit k: slot k's image is whole; factory's always */
	bool rollback, newest;
	struct rec before[2];
	const char *rules; /* ids and records, in the order of the findings */
	struct rec after[2];
	int choice;
} rows[] = {
	{ "nothing wrong",
	  2,
	  false,
	  3,
	  false,
	  false,
	  { { 1, V, 0 }, { 2, V, 0 } },
	  "",
	  { { 1, V, 0 }, { 2, V, 0 } },
	  1 },
	{ "blank without factory",
	  2,
	  false,
	  3,
	  false,
	  false,
	  { { B, U, 0 }, { B, U, 0 } },
	  "",
	  { { B, U, 0 }, { B, U, 0 } },
	  0 },
	{ "blank with factory",
	  2,
	  true,
	  3,
	  false,
	  false,
	  { { B, U, 0 }, { B, U, 0 } },
	  "",
	  { { B, U, 0 }, { B, U, 0 } },
	  FACTORY },
	{ "a wrong checksum",
	  2,
	  false,
	  3,
	  false,
	  false,
	  { { 1, V, 0 }, { 2, V, 1 } },
	  "otadata-crc 1;",
	  { { 1, V, 0 }, { B, U, 0 } },
	  0 },
	{ "a wrong checksum that is trusted",
	  2,
	  false,
	  3,
	  false,
	  true,
	  { { 1, V, 0 }, { 2, V, 1 } },
	  "otadata-crc 1;",
	  { { 1, V, 0 }, { 2, V, 0 } },
	  1 },
	{ "a wrong checksum is not trusted with a broken image",
	  2,
	  false,
	  1,
	  false,
	  true,
	  { { 1, V, 0 }, { 2, V, 1 } },
	  "otadata-crc 1;",
	  { { 1, V, 0 }, { B, U, 0 } },
	  0 },
	{ "a wrong checksum is not trusted when it is older",
	  2,
	  false,
	  3,
	  false,
	  true,
	  { { 3, V, 0 }, { 2, V, 1 } },
	  "otadata-crc 1;",
	  { { 3, V, 0 }, { B, U, 0 } },
	  0 },
	{ "both checksums wrong, the newer is trusted",
	  2,
	  true,
	  3,
	  false,
	  true,
	  { { 1, V, 1 }, { 2, V, 1 } },
	  "otadata-crc 1;otadata-crc 0;",
	  { { B, U, 0 }, { 2, V, 0 } },
	  1 },
	{ "both checksums wrong",
	  2,
	  true,
	  3,
	  false,
	  false,
	  { { 1, V, 1 }, { 2, V, 1 } },
	  "otadata-crc 0;otadata-crc 1;",
	  { { B, U, 0 }, { B, U, 0 } },
	  FACTORY },
	{ "a stale state",
	  2,
	  false,
	  3,
	  false,
	  false,
	  { { 2, OTA_STATE_ABORTED, 0 }, { 1, V, 0 } },
	  "otadata-state 0;",
	  { { B, U, 0 }, { 1, V, 0 } },
	  0 },
	{ "rejected beside nothing",
	  2,
	  true,
	  3,
	  false,
	  false,
	  { { 1, OTA_STATE_INVALID, 0 }, { B, U, 0 } },
	  "otadata-state 0;",
	  { { B, U, 0 }, { B, U, 0 } },
	  FACTORY },
	{ "a trial under rollback",
	  2,
	  false,
	  3,
	  true,
	  false,
	  { { 1, V, 0 }, { 2, OTA_STATE_PENDING, 0 } },
	  "otadata-trial 1;",
	  { { 1, V, 0 }, { B, U, 0 } },
	  0 },
	{ "a trial without rollback",
	  2,
	  false,
	  3,
	  false,
	  false,
	  { { 1, V, 0 }, { 2, OTA_STATE_PENDING, 0 } },
	  "",
	  { { 1, V, 0 }, { 2, OTA_STATE_PENDING, 0 } },
	  1 },
	{ "a duplicate number",
	  2,
	  false,
	  3,
	  false,
	  false,
	  { { 2, V, 0 }, { 2, V, 0 } },
	  "otadata-duplicate 1;",
	  { { 2, V, 0 }, { B, U, 0 } },
	  1 },
	{ "the winner's image is broken",
	  2,
	  false,
	  1,
	  false,
	  false,
	  { { 1, V, 0 }, { 2, V, 0 } },
	  "otadata-slot 1;",
	  { { 1, V, 0 }, { B, U, 0 } },
	  0 },
	{ "the winner's image is broken, factory starts",
	  2,
	  true,
	  0,
	  false,
	  false,
	  { { 1, V, 0 }, { B, U, 0 } },
	  "otadata-slot 0;",
	  { { B, U, 0 }, { B, U, 0 } },
	  FACTORY },
	{ "an orphan",
	  3,
	  false,
	  3,
	  false,
	  false,
	  { { 3, V, 0 }, { 1, V, 0 } },
	  "otadata-slot 0;otadata-orphan 0;",
	  { { 2, U, 0 }, { 1, V, 0 } },
	  1 },
	{ "an orphan of a first boot",
	  2,
	  false,
	  2,
	  false,
	  false,
	  { { B, U, 0 }, { B, U, 0 } },
	  "otadata-orphan 0;",
	  { { 2, U, 0 }, { B, U, 0 } },
	  1 },
	{ "an older record of a broken image may stay",
	  2,
	  false,
	  2,
	  false,
	  false,
	  { { 1, V, 0 }, { 2, V, 0 } },
	  "",
	  { { 1, V, 0 }, { 2, V, 0 } },
	  1 },
	{ "at the end of the numbers",
	  3,
	  false,
	  3,
	  false,
	  false,
	  { { 0xFFFFFFFD, V, 0 }, { 0xFFFFFFFC, V, 0 } },
	  "",
	  { { 0xFFFFFFFD, V, 0 }, { 0xFFFFFFFC, V, 0 } },
	  0 },
	{ "nothing to start",
	  2,
	  true,
	  0,
	  false,
	  false,
	  { { 1, V, 1 }, { B, U, 0 } },
	  NULL,
	  { { 1, V, 1 }, { B, U, 0 } },
	  NONE },
};

static void fill(const struct rec *rec, struct ota_record *record)
{
	if (rec->seq == B) {
		memset(record, 0xFF, sizeof(*record));
		return;
	}
	ota_record_make(rec->seq, rec->state, record);
	record->crc ^= rec->bad ? 0x10 : 0;
}

static void take(void *ctx, const struct ota_diag *diag)
{
	char *list = ctx;
	size_t n = strlen(list);

	snprintf(list + n, 128 - n, "%s %u;", diag->rule->id, diag->offset / OTA_RECORD_STRIDE);
}

static void is_mended(void **state)
{
	const struct mended *row = *state;
	static struct ota_sim sim;
	char rules[128] = "";
	struct ota_repair repair = {
		.sim = &sim, .prefer_newest = row->newest, .report = take, .ctx = rules
	};
	struct ota_record pair[2], want;

	ota_sim_begin_counted(&sim, row->slots);
	sim.config.rollback = row->rollback;
	for (unsigned i = 0; i < row->slots; i++)
		sim.images[i].verdict = row->loads >> i & 1 ? OTA_SLOT_GOOD : OTA_SLOT_BAD;
	if (row->factory)
		ota_slots_add(&sim.slots, OTA_TYPE_APP, OTA_APP_FACTORY, 1, 9);
	if (!row->rules)
		sim.images[OTA_SLOTS_MAX].verdict = OTA_SLOT_BAD;
	for (int i = 0; i < 2; i++)
		fill(&row->before[i], &pair[i]);
	assert_int_equal(ota_repair_otadata(&repair, pair), row->rules ? OTA_OK : OTA_E_MISSING);
	assert_string_equal(rules, row->rules ? row->rules : "");
	assert_int_equal(repair.choice, row->choice);
	for (int i = 0; i < 2; i++) {
		fill(&row->after[i], &want);
		assert_memory_equal(&pair[i], &want, sizeof(want));
		assert_int_equal(repair.edited[i],
				 memcmp(&row->before[i], &row->after[i], sizeof(struct rec)) != 0);
	}
}

/* 32 bytes of ciphertext; a damaged record; text in the label. */
static const struct look {
	const char *name, *hex;
	bool encrypted;
} looks[] = {
	{ "ciphertext", "9f3ac21b7e5540d86601fbe29c1347aa0d7295ceb8336fd4581ae72c83b90f64", true },
	{ "a damaged record", "02000000ffffffffffffffffffffffffffffffffffffffffffffffff7437f654",
	  false },
	{ "a label of text with the right CRC",
	  "010000004142434445464748494a4b4c4d4e4f50515253540200000"
	  "09a984347",
	  false },
	{ "blank", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false },
};

static void looks_encrypted(void **state)
{
	const struct look *row = *state;
	uint8_t raw[OTA_RECORD_SIZE];

	assert_int_equal(unhex(row->hex, raw, sizeof(raw)), sizeof(raw));
	assert_int_equal(ota_record_looks_encrypted(raw), row->encrypted);
}

/* Rows that are repeated count: twenty rows, of which a record selects the twentieth. */
static void slots_beyond_the_last_are_absent(void **state)
{
	static struct ota_sim sim;
	struct ota_repair repair = { .sim = &sim, .report = take, .ctx = (char[128]){ "" } };
	struct ota_record pair[2];

	(void)state;
	ota_sim_begin_counted(&sim, 16);
	for (unsigned i = 0; i < 4; i++)
		ota_slots_add(&sim.slots, OTA_TYPE_APP, OTA_APP_OTA_0, 1, 0);
	ota_record_make(20, V, &pair[0]);
	ota_record_make(19, V, &pair[1]);
	assert_false(ota_sim_works(&sim, 19));
	assert_int_equal(ota_repair_otadata(&repair, pair), OTA_OK);
	assert_int_equal(repair.choice, 15);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_LEN(rows) + ARRAY_LEN(looks) + 1] = {
		[ARRAY_LEN(rows) + ARRAY_LEN(looks)] =
			cmocka_unit_test(slots_beyond_the_last_are_absent),
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		tests[i] = (struct CMUnitTest){ .name = rows[i].name,
						.test_func = is_mended,
						.initial_state = (void *)&rows[i] };
	for (size_t i = 0; i < ARRAY_LEN(looks); i++)
		tests[ARRAY_LEN(rows) + i] =
			(struct CMUnitTest){ .name = looks[i].name,
					     .test_func = looks_encrypted,
					     .initial_state = (void *)&looks[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
