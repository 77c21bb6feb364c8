/* SPDX-License-Identifier: MIT */
/* What becomes of one partition of a device that is given another table. */
#include "tests/rows.h"

#include "lib/host/table_diff.h"

enum { APP = OTA_TYPE_APP, DATA = OTA_TYPE_DATA, FAT = OTA_DATA_FAT, SLOT = OTA_APP_OTA_0 };

struct fate_row {
	const char *name;
	struct ota_part from, to;
	enum ota_fate fate;
	bool keeps;
};

#define PART(kind, sub, at, length, bits)                                                         \
	{                                                                                         \
		.label = "x", .type = (kind), .subtype = (sub), .offset = (at), .size = (length), \
		.flags = (bits)                                                                   \
	}

static const struct fate_row rows[] = {
	{ "nothing changes", PART(DATA, FAT, 0x10000, 0x1000, 0),
	  PART(DATA, FAT, 0x10000, 0x1000, 0), OTA_FATE_STAYS, true },
	{ "data moves", PART(DATA, FAT, 0x10000, 0x1000, 0), PART(DATA, FAT, 0x11000, 0x1000, 0),
	  OTA_FATE_LOST, false },
	{ "data grows", PART(DATA, FAT, 0x10000, 0x1000, 0), PART(DATA, FAT, 0x10000, 0x2000, 0),
	  OTA_FATE_LOST, false },
	{ "data is of another subtype", PART(DATA, FAT, 0x10000, 0x1000, 0),
	  PART(DATA, OTA_DATA_SPIFFS, 0x10000, 0x1000, 0), OTA_FATE_LOST, false },
	{ "data becomes readonly", PART(DATA, FAT, 0x10000, 0x1000, 0),
	  PART(DATA, FAT, 0x10000, 0x1000, OTA_PART_READONLY), OTA_FATE_STAYS, true },
	{ "data becomes encrypted", PART(DATA, FAT, 0x10000, 0x1000, 0),
	  PART(DATA, FAT, 0x10000, 0x1000, OTA_PART_ENCRYPTED), OTA_FATE_RECODED, false },
	{ "an app is encrypted with or without its flag", PART(APP, SLOT, 0x10000, 0x1000, 0),
	  PART(APP, SLOT, 0x10000, 0x1000, OTA_PART_ENCRYPTED), OTA_FATE_STAYS, true },
	{ "a slot grows", PART(APP, SLOT, 0x10000, 0x1000, 0), PART(APP, SLOT, 0x10000, 0x2000, 0),
	  OTA_FATE_GROWS, true },
	{ "a slot shrinks", PART(APP, SLOT, 0x10000, 0x2000, 0),
	  PART(APP, SLOT, 0x10000, 0x1000, 0), OTA_FATE_SHRINKS, false },
	{ "a slot moves", PART(APP, SLOT, 0x10000, 0x1000, 0), PART(APP, SLOT, 0x20000, 0x1000, 0),
	  OTA_FATE_LOST, false },
	{ "a slot is another slot", PART(APP, SLOT, 0x10000, 0x1000, 0),
	  PART(APP, SLOT + 1, 0x10000, 0x1000, 0), OTA_FATE_LOST, false },
};

static void meets_its_fate(void **state)
{
	const struct fate_row *row = *state;
	static struct ota_table from, to;
	static struct ota_diff diff;

	from = (struct ota_table){ .parts = { row->from }, .count = 1 };
	to = (struct ota_table){ .parts = { row->to }, .count = 1 };
	ota_table_diff(&from, &to, &diff);
	assert_int_equal(diff.count, 1);
	assert_int_equal(diff.rows[0].fate, row->fate);
	assert_int_equal(ota_diff_keeps(&diff), row->keeps);
	assert_int_equal(diff.lost,
			 row->fate == OTA_FATE_LOST && row->from.type == DATA ? row->from.size : 0);
	assert_int_equal(diff.same, row == rows); /* the first alone */
}

/* Names that are there twice are paired in their order, and what is left over is added. */
static void pairs_each_row_once(void **state)
{
	static const struct ota_table one = { .parts = { PART(DATA, FAT, 0x9000, 0x1000, 0) },
					      .count = 1 };
	static const struct ota_table two = { .parts = { PART(DATA, FAT, 0x9000, 0x1000, 0),
							 PART(DATA, FAT, 0xA000, 0x1000, 0) },
					      .count = 2 };
	static struct ota_diff diff;

	(void)state;
	ota_table_diff(&one, &two, &diff);
	assert_int_equal(diff.count, 2);
	assert_ptr_equal(diff.rows[0].to, &two.parts[0]);
	assert_null(diff.rows[1].from);
	assert_ptr_equal(diff.rows[1].to, &two.parts[1]);
	ota_table_diff(&two, &one, &diff);
	assert_int_equal(diff.count, 2);
	assert_null(diff.rows[1].to);
	assert_int_equal(diff.lost, 0x1000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(pairs_each_row_once) };

	return RUN_ROWS(rows, meets_its_fate) + cmocka_run_group_tests(tests, NULL, NULL);
}
