/* SPDX-License-Identifier: MIT */
/* Tables that a CSV cannot make, because its rows stand in order: each rule's edge, both sides. */
#include "lib/host/table_csv.h"
#include "tests/rows.h"

#define APP(label, sub, at, n)                   \
	{                                        \
		label, 0, sub, at, n, 0, 0, NULL \
	}
#define DATA(label, sub, at, n)                  \
	{                                        \
		label, 1, sub, at, n, 0, 0, NULL \
	}
#define FACTORY APP("factory", 0, 0x10000, 0x10000)

static const struct rules_case {
	const char *name;
	struct ota_part parts[4];
	size_t count;
	const char *rules;
	uint32_t flash_size;
	enum ota_secure secure;
	size_t md5_row;
	bool no_verify;
} cases[] = {
	{ "good", { FACTORY }, 1, "", 0x20000, 0, 0, false },
	{ "one byte over the flash", { FACTORY }, 1, "flash-size,", 0x1FFFF, 0, 0, false },
	{ "the flash's size, even unverified", { FACTORY }, 1, "flash-size,", 0x1FFFF, 0, 0, true },
	{ "nothing else unverified",
	  { APP("a", 0, 0x100, 3), APP("a", 0, 0, 3) },
	  2,
	  "",
	  0,
	  0,
	  0,
	  true },
	{ "an earlier partition over the flash",
	  { APP("a", 0, 0x10000, 0x200000), DATA("b", 6, 0x20000, 0x1000) },
	  2,
	  "overlap,flash-end,",
	  0x100000,
	  0,
	  0,
	  false },
	{ "the sector behind the table",
	  { FACTORY, DATA("b", 6, 0x9000, 0x1000) },
	  2,
	  "",
	  0,
	  0,
	  0,
	  false },
	{ "the table's sector",
	  { FACTORY, DATA("b", 6, 0x8000, 0x1000) },
	  2,
	  "below-table,",
	  0,
	  0,
	  0,
	  false },
	{ "one byte into the table's sector",
	  { FACTORY, DATA("b", 6, 0x8fff, 1) },
	  2,
	  "data-align,below-table,",
	  0,
	  0,
	  0,
	  false },
	{ "the bootloader below the table",
	  { FACTORY, { "b", 2, 0, 0x1000, 0x7000, 0, 0, NULL } },
	  2,
	  "",
	  0,
	  0,
	  0,
	  false },
	{ "the table's own row",
	  { FACTORY, { "t", 3, 0, 0x8000, 0x1000, 0, 0, NULL } },
	  2,
	  "",
	  0,
	  0,
	  0,
	  false },
	{ "touching is no overlap",
	  { FACTORY, APP("b", 0x20, 0x20000, 0x10000) },
	  2,
	  "",
	  0,
	  0,
	  0,
	  false },
	{ "one byte of overlap",
	  { DATA("b", 6, 0x20000, 0x10000), APP("a", 0, 0x10000, 0x11000) },
	  2,
	  "overlap,",
	  0,
	  0,
	  0,
	  false },
	{ "an overlap with a neighbour only",
	  { APP("a", 0, 0x10000, 0x30000), DATA("b", 6, 0x20000, 0x1000),
	    DATA("c", 6, 0x21000, 0x1000) },
	  3,
	  "overlap,overlap-hidden,",
	  0,
	  0,
	  0,
	  false },
	{ "the end of the hidden overlap",
	  { APP("a", 0, 0x10000, 0x11000), DATA("b", 6, 0x20000, 0x1000),
	    DATA("c", 6, 0x21000, 0x1000) },
	  3,
	  "overlap,",
	  0,
	  0,
	  0,
	  false },
	{ "an empty partition hides nothing",
	  { APP("a", 0, 0x10000, 0x30000), DATA("b", 6, 0x20000, 0),
	    DATA("c", 6, 0x20000, 0x1000) },
	  3,
	  "size-zero,overlap,overlap-hidden,",
	  0,
	  0,
	  0,
	  false },
	{ "an end at 4 GiB", { FACTORY, DATA("b", 6, 0xfffff000, 0x1000) }, 2, "", 0, 0, 0, false },
	{ "an end beyond 4 GiB",
	  { FACTORY, DATA("b", 6, 0xfffff000, 0x1001) },
	  2,
	  "end-range,",
	  0,
	  0,
	  0,
	  false },
	{ "rows behind the digest",
	  { FACTORY, DATA("b", 6, 0x9000, 0x1000) },
	  2,
	  "md5-position,",
	  0,
	  0,
	  1,
	  false },
	{ "secure boot v1 and a 4 KiB size",
	  { APP("a", 0, 0x10000, 0x11000) },
	  1,
	  "size-align,",
	  0,
	  OTA_SECURE_V1,
	  0,
	  false },
	{ "secure boot v2 and a 4 KiB size",
	  { APP("a", 0, 0x10000, 0x11000) },
	  1,
	  "",
	  0,
	  OTA_SECURE_V2,
	  0,
	  false },
	{ "an NVS of the least size",
	  { FACTORY, DATA("n", 2, 0x9000, 0x3000) },
	  2,
	  "",
	  0,
	  0,
	  0,
	  false },
	{ "an NVS below it",
	  { FACTORY, DATA("n", 2, 0x9000, 0x2fff) },
	  2,
	  "nvs-size,",
	  0,
	  0,
	  0,
	  false },
	{ "a name with a comma",
	  { APP("a,b", 0, 0x10000, 0x10000) },
	  1,
	  "name-text,",
	  0,
	  0,
	  0,
	  false },
	{ "a name like a comment",
	  { APP("#a", 0, 0x10000, 0x10000) },
	  1,
	  "name-text,",
	  0,
	  0,
	  0,
	  false },
	{ "a name with a control character",
	  { APP("a\x1b", 0, 0x10000, 0x10000) },
	  1,
	  "name-text,",
	  0,
	  0,
	  0,
	  false },
	{ "a name that ends in a blank",
	  { APP("a ", 0, 0x10000, 0x10000) },
	  1,
	  "name-text,",
	  0,
	  0,
	  0,
	  false },
};

static void collect(void *ctx, const struct ota_diag *diag)
{
	char *rules = ctx;
	size_t n = strlen(rules);

	snprintf(rules + n, 256 - n, "%s,", diag->rule->id);
}

static void finds(void **state)
{
	const struct rules_case *row = *state;
	struct ota_table_options options = { .dialect = &ota_dialect_esp32,
					     .names = &ota_names_esp32,
					     .offset = 0x8000,
					     .flash_size = row->flash_size,
					     .secure = row->secure,
					     .no_verify = row->no_verify };
	struct ota_table table = { .count = row->count, .md5 = OTA_TABLE_MD5_OK };
	char rules[256] = "";

	table.md5_row = row->md5_row ? row->md5_row : row->count;
	memcpy(table.parts, row->parts, sizeof(row->parts));
	assert_int_equal(ota_table_check(&table, &options, collect, rules) == OTA_OK,
			 strstr(row->rules, "overlap,") == NULL &&
				 strstr(row->rules, "flash-size") == NULL &&
				 strstr(row->rules, "align") == NULL &&
				 strstr(row->rules, "below") == NULL &&
				 strstr(row->rules, "nvs-size") == NULL);
	assert_string_equal(rules, row->rules);
}

int main(void)
{
	return RUN_ROWS(cases, finds);
}
