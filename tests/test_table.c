/* SPDX-License-Identifier: MIT */
#include "lib/table.h"
#include "tests/rows.h"

/* Rows of ESP-IDF v5.5's single-app table, as its gen_esp32part.py writes them. */
#define NVS "aa500102 00900000 00600000 6e767300000000000000000000000000 00000000"
#define PHY "aa500101 00f00000 00100000 7068795f696e69740000000000000000 00000000"
#define FACTORY "aa500000 00000100 00001000 666163746f7279000000000000000000 00000000"
#define MD5 "ebebffff ffffffff ffffffff ffffffff f4ad4f4538564b5d7435b62c75b69524"
#define MD5_ZERO "ebeb0000 00000000 00000000 00000000 f4ad4f4538564b5d7435b62c75b69524"
#define MD5_BAD "ebebffff ffffffff ffffffff ffffffff f4ad4f4538564b5d7435b62c75b69525"
#define MD5_NONE "ebebffff ffffffff ffffffff ffffffff d41d8cd98f00b204e9800998ecf8427e"
#define END "ffffffff ffffffff ffffffff ffffffff ffffffffffffffffffffffffffffffff"
#define FLAGS "aa500102 00900000 00600000 6e767300000000000000000000000000 05000080"
#define FULL "aa500102 00900000 00600000 30313233343536373839616263646566 00000000"
#define LATIN "aa500102 00900000 00600000 6ee47300000000000000000000000000 00000000"

static const struct table_case {
	const char *name;
	const char *hex;
	enum ota_status status;
	size_t count;
	enum ota_table_md5 md5;
	const char *rule; /* the first finding's */
	uint32_t offset;
	bool no_md5;
} cases[] = {
	{ "a whole table", NVS PHY FACTORY MD5 END, OTA_OK, 3, OTA_TABLE_MD5_OK, NULL, 0, false },
	{ "the digest row's filler is not looked at", NVS PHY FACTORY MD5_ZERO END, OTA_OK, 3,
	  OTA_TABLE_MD5_OK, NULL, 0, false },
	{ "no digest row", NVS PHY FACTORY END, OTA_OK, 3, OTA_TABLE_MD5_ABSENT, NULL, 0, false },
	{ "rows after the digest row are read", NVS PHY FACTORY MD5 NVS END, OTA_OK, 4,
	  OTA_TABLE_MD5_OK, NULL, 0, false },
	{ "a second digest row is not digested", NVS PHY FACTORY MD5 MD5 END, OTA_OK, 3,
	  OTA_TABLE_MD5_OK, NULL, 0, false },
	{ "a table of nothing", MD5_NONE END, OTA_OK, 0, OTA_TABLE_MD5_OK, NULL, 0, false },
	{ "a wrong digest", NVS PHY FACTORY MD5_BAD END, OTA_E_CHECKSUM, 3, OTA_TABLE_MD5_BAD,
	  "table-md5", 0x70, false },
	{ "a row behind the digest", NVS FACTORY MD5 END, OTA_E_CHECKSUM, 2, OTA_TABLE_MD5_BAD,
	  "table-md5", 0x50, false },
	{ "no end marker", NVS PHY FACTORY MD5, OTA_E_SHORT, 3, OTA_TABLE_MD5_OK, "table-end", 0x80,
	  false },
	{ "a cut row", NVS PHY FACTORY MD5 "ffffffff ffffffff", OTA_E_SHORT, 3, OTA_TABLE_MD5_OK,
	  "table-row", 0x80, false },
	{ "another magic", NVS "aa510102", OTA_E_SHORT, 1, OTA_TABLE_MD5_ABSENT, "table-row", 0x20,
	  false },
	{ "zeros after a row",
	  NVS "00000000 00000000 00000000 00000000 "
	      "00000000 00000000 00000000 00000000",
	  OTA_E_MAGIC, 1, OTA_TABLE_MD5_ABSENT, "entry-magic", 0x20, false },
	{ "a digest row where none is expected", NVS MD5 END, OTA_E_MAGIC, 1, OTA_TABLE_MD5_ABSENT,
	  "entry-magic", 0x20, true },
	{ "a label that is no UTF-8", LATIN END, OTA_E_VALUE, 1, OTA_TABLE_MD5_ABSENT, "label-utf8",
	  0x0c, false },
	{ "nothing", "", OTA_E_SHORT, 0, OTA_TABLE_MD5_ABSENT, "table-end", 0, false },
};

struct first {
	const char *rule;
	uint32_t offset;
	size_t count;
};

static void keep_first(void *ctx, const struct ota_diag *diag)
{
	struct first *first = ctx;

	if (!first->count++) {
		first->rule = diag->rule->id;
		first->offset = diag->offset;
	}
}

static void decodes(void **state)
{
	const struct table_case *row = *state;
	struct ota_table_options options = { .dialect = &ota_dialect_esp32, .no_md5 = row->no_md5 };
	struct first first = { 0 };
	struct ota_table table;
	uint8_t raw[512];
	size_t size = from_hex(row->hex, raw, sizeof(raw));

	assert_int_equal(ota_table_decode(raw, size, &options, &table, keep_first, &first),
			 row->status);
	assert_int_equal(table.count, row->count);
	assert_int_equal(table.md5, row->md5);
	if (row->rule) {
		assert_string_equal(first.rule, row->rule);
		assert_int_equal(first.offset, row->offset);
	}
	assert_int_equal(first.count, row->rule ? 1 : 0);
}

static struct ota_table_options plain = { .dialect = &ota_dialect_esp32 };

static void encodes_the_references_bytes(void **state)
{
	struct ota_table table;
	struct first first = { 0 };
	uint8_t raw[160], out[OTA_TABLE_SIZE];
	size_t size = from_hex(NVS PHY FACTORY MD5 END, raw, sizeof(raw));

	(void)state;
	assert_int_equal(ota_table_decode(raw, size, &plain, &table, keep_first, &first), OTA_OK);
	assert_int_equal(ota_table_encode(&table, &plain, out), OTA_OK);
	assert_memory_equal(out, raw, size);
	for (size_t i = size; i < sizeof(out); i++)
		assert_int_equal(out[i], 0xFF);
}

static void a_label_of_16_bytes_has_no_nul(void **state)
{
	struct ota_table table;
	struct first first = { 0 };
	uint8_t raw[64], out[OTA_TABLE_SIZE];

	(void)state;
	from_hex(FULL END, raw, sizeof(raw));
	assert_int_equal(ota_table_decode(raw, sizeof(raw), &plain, &table, keep_first, &first),
			 OTA_OK);
	assert_string_equal(table.parts[0].label, "0123456789abcdef");
	assert_int_equal(ota_table_encode(&table, &plain, out), OTA_OK);
	assert_memory_equal(out, raw, 32);
}

static void unknown_flag_bits_are_dropped_and_said(void **state)
{
	struct ota_table table;
	struct first first = { 0 };
	struct ota_table_options options = plain;
	uint8_t raw[64], out[OTA_TABLE_SIZE];

	(void)state;
	options.names = &ota_names_esp32;
	from_hex(FLAGS END, raw, sizeof(raw));
	assert_int_equal(ota_table_decode(raw, sizeof(raw), &plain, &table, keep_first, &first),
			 OTA_OK);
	assert_int_equal(table.parts[0].flags, 0x80000005u);
	ota_table_check(&table, &options, keep_first, &first);
	assert_string_equal(first.rule, "flag-bits");
	assert_int_equal(ota_table_encode(&table, &plain, out), OTA_OK);
	assert_int_equal(out[28], 1);
	assert_int_equal(out[31], 0);
}

/* Room: 94 rows with a digest, 95 without. */
static void holds_as_many_rows_as_the_reference(void **state)
{
	static struct ota_table table;
	struct ota_table_options bare = { .dialect = &ota_dialect_esp32, .no_md5 = true };
	static uint8_t out[OTA_TABLE_SIZE];

	(void)state;
	table.count = 94;
	assert_int_equal(ota_table_encode(&table, &plain, out), OTA_OK);
	table.count = 95;
	assert_int_equal(ota_table_encode(&table, &plain, out), OTA_E_FULL);
	assert_int_equal(ota_table_encode(&table, &bare, out), OTA_OK);
}

static void a_96th_row_is_refused(void **state)
{
	static uint8_t raw[97 * 32];
	static struct ota_table table;
	struct first first = { 0 };

	(void)state;
	for (size_t i = 0; i < 96; i++)
		from_hex(NVS, raw + i * 32, 32);
	memset(raw + 96 * 32, 0xFF, 32);
	assert_int_equal(ota_table_decode(raw, sizeof(raw), &plain, &table, keep_first, &first),
			 OTA_E_FULL);
	assert_string_equal(first.rule, "table-full");
	assert_int_equal(table.count, OTA_TABLE_MAX);
}

static void boot_default_is_factory_or_the_lowest_slot(void **state)
{
	static struct ota_table table = { .count = 3,
					  .parts = { { .label = "b", .type = 0, .subtype = 0x11 },
						     { .label = "a", .type = 0, .subtype = 0x10 },
						     { .label = "f", .type = 0, .subtype = 0 } } };

	(void)state;
	assert_string_equal(ota_table_boot_default(&table)->label, "f");
	table.count = 2;
	assert_string_equal(ota_table_boot_default(&table)->label, "a");
	table.count = 0;
	assert_null(ota_table_boot_default(&table));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes_the_references_bytes),
		cmocka_unit_test(a_label_of_16_bytes_has_no_nul),
		cmocka_unit_test(unknown_flag_bits_are_dropped_and_said),
		cmocka_unit_test(holds_as_many_rows_as_the_reference),
		cmocka_unit_test(a_96th_row_is_refused),
		cmocka_unit_test(boot_default_is_factory_or_the_lowest_slot),
	};

	return RUN_ROWS(cases, decodes) + cmocka_run_group_tests(tests, NULL, NULL);
}
