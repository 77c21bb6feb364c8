/* SPDX-License-Identifier: MIT */
/* Each row: a CSV, what ESP-IDF v5.5's gen_esp32part.py makes of it, and our finding. */
#include "lib/host/table_csv.h"
#include "tests/rows.h"

#define NO_OPTIONS                                                                          \
	{                                                                                   \
		.dialect = &ota_dialect_esp32, .names = &ota_names_esp32, .offset = 0x8000, \
		.primary_bootloader = OTA_NO_ADDR, .recovery_bootloader = OTA_NO_ADDR       \
	}

struct seen {
	char rules[256]; /* ids, comma after each */
	unsigned line; /* of the first */
	uint64_t value, low, high;
};

static void keep(void *ctx, const struct ota_diag *diag)
{
	struct seen *seen = ctx;
	size_t n;

	if (!seen->rules[0]) {
		seen->line = diag->line;
		seen->value = diag->value;
		seen->low = diag->low;
		seen->high = diag->high;
	}
	n = strlen(seen->rules);
	snprintf(seen->rules + n, sizeof(seen->rules) - n, "%s,", diag->rule->id);
}

static const char *variables(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "SIZE") == 0 ? "0x5000"
	     : strcmp(name, "ROW") == 0  ? "a,data,fat,,"
					 : NULL;
}

static enum ota_status parse(const char *csv, size_t size, const struct ota_table_options *options,
			     struct ota_table *table, struct seen *seen)
{
	struct ota_csv_reader reader = { options, variables, keep, seen };
	size_t unjudged;
	enum ota_status status;

	memset(seen, 0, sizeof(*seen));
	status = ota_csv_parse((const uint8_t *)csv, size, &reader, table, &unjudged);
	if (!status)
		status = ota_table_check(table, options, keep, seen);
	return status;
}

static const struct one {
	const char *name; /* the row */
	const char *rules;
	uint32_t offset, size;
} rows[] = {
	{ "a,app,factory,010,0x1000", "offset-value,", 0, 0 },
	{ "a,app,factory,0b10000000000000000,0o40000", "", 0x10000, 0x4000 },
	{ "a,app,factory,0x10000, -0x40000", "", 0x10000, 0x30000 },
	{ "a,APP,Factory,,1m", "", 0x10000, 0x100000 },
	{ "a,data,,,4K,Encrypted", "flag-value,", 0, 0 },
	{ "a,data,,,4K,encrypted: readonly", "flag-value,", 0, 0 },
	{ "a,data,,,4K,::encrypted::", "no-app,", 0x9000, 0x1000 },
	{ "a,app,,,8K", "subtype-empty,", 0, 0 },
	{ "a", "type-empty,", 0, 0 },
	{ ",data,nvs,,0x3000", "name-empty,no-app,", 0x9000, 0x3000 },
	{ "a,data,fat,,0", "size-zero,no-app,", 0x9000, 0 },
	{ "$FOO,data,fat,,0x1000", "csv-variable,", 0, 0 },
	{ "x$FOO,data,fat,,0x1000", "no-app,", 0x9000, 0x1000 },
	{ "a,data,fat,,${SIZE}", "no-app,", 0x9000, 0x5000 },
	{ "a,data,fat,,$SIZE", "no-app,", 0x9000, 0x5000 },
	{ "$ROW 64K", "no-app,", 0x9000, 0x10000 },
	{ "a,data,fat,,0x1000,,# c", "no-app,", 0x9000, 0x1000 },
	{ "a,data,fat,,0x1000,# c", "flag-value,", 0, 0 },
	{ "a,data,fat,0x8000,0x1000", "table-sector,", 0, 0 },
	{ "a,app,ota_0,,0x1800", "size-align,otadata-missing,", 0x10000, 0x1800 },
	{ "a,data,ota,,0x1000", "otadata-size,no-app,otadata-alone,", 0x9000, 0x1000 },
	{ "a,data,nvs,,0x2000", "nvs-size,no-app,", 0x9000, 0x2000 },
	{ "a,data,nvs,,0x2000,readonly", "no-app,", 0x9000, 0x2000 },
	{ "a,data,ota,,0x2000,readonly", "always-writable,no-app,otadata-alone,", 0x9000, 0x2000 },
	{ "a,app,ota_16,,64K", "subtype-value,", 0, 0 },
	{ "a,3,2,,5", "column-ignored,no-app,", 0x9000, 0x1000 },
	{ "a,255,255,,0x1000", "no-app,", 0x9000, 0x1000 },
	{ "a,256,0,,0x1000", "number-range,", 0, 0 },
	{ "a,data,fat,,0x10k", "no-app,", 0x9000, 0x4000 },
	{ "a,data,fat,,4 k", "no-app,", 0x9000, 0x1000 },
	{ "a,data,fat,,1kk", "no-app,", 0x9000, 0x100000 },
	{ "a,data,fat,,1mk", "no-app,", 0x9000, 0x40000000 },
	{ "a,data,fat,,0x_1000", "no-app,", 0x9000, 0x1000 },
	{ "a,data,fat,,0x100000000", "number-range,", 0, 0 },
	{ "a,data,fat,,99999999999999999999", "number-range,", 0, 0 },
	{ "a,data,otam,,0x2000", "keyword-suffix,no-app,otadata-alone,", 0x9000, 0x2000 },
	{ "a,data,fat,0x20000,-0x10000", "size-until,", 0, 0 },
	{ "a,data,fat,0x9800,0x1000", "data-align,no-app,", 0x9800, 0x1000 },
	{ "a,data,fat,,", "size-empty,", 0, 0 },
	{ "a,data,fat,,12x", "size-value,", 0, 0 },
	{ "a,date,fat,,4K", "type-value,", 0, 0 },
	{ "abcdefghijklmnopq,app,factory,,64K", "name-cut,", 0x10000, 0x10000 },
	{ "nvs,app,factory,,64K", "name-subtype,", 0x10000, 0x10000 },
	{ "data,app,factory,,64K", "name-type,", 0x10000, 0x10000 },
	{ "b,bootloader,primary,,", "bootloader-offset,", 0, 0 },
	{ "r,bootloader,recovery,,", "recovery-offset,", 0, 0 },
	{ "a,0x40,7,0xfffff000,0x2000", "end-range,no-app,", 0xfffff000, 0x2000 },
	{ "\xc2\xa0\xe3\x80\x80 a,app,factory,,64K", "", 0x10000, 0x10000 },
};

static void judges(void **state)
{
	const struct one *row = *state;
	const struct ota_table_options options = NO_OPTIONS;
	struct ota_table table;
	struct seen seen;

	parse(row->name, strlen(row->name), &options, &table, &seen);
	assert_string_equal(seen.rules, row->rules);
	assert_int_equal(table.count, row->size || row->offset ? 1 : 0);
	if (table.count) {
		assert_int_equal(table.parts[0].offset, row->offset);
		assert_int_equal(table.parts[0].size, row->size);
	}
	ota_csv_free(&table);
}

/* Several rows: only the findings. */
static const struct many {
	const char *name, *csv, *rules;
	unsigned line;
} tables[] = {
	{ "the two-slot table",
	  "nvs,data,nvs,,0x4000\notadata,data,ota,,0x2000\nphy_init,data,phy,,4K\n"
	  "ota_0,app,ota_0,,1600K\nota_1,app,ota_1,,1600K\n",
	  "", 0 },
	{ "every terminator counts a line",
	  "#\r#\r\n#\v#\f#\x1c#\x1d#\x1e#\xc2\x85#\xe2\x80\xa8#\n"
	  "a,data,fat,,x",
	  "size-value,", 11 },
	{ "rows out of order", "a,app,factory,0x20000,64K\nb,data,fat,0x10000,64K", "csv-order,",
	  2 },
	{ "a duplicate name", "a,app,factory,,64K\na,data,fat,,4K", "name-duplicate,", 2 },
	{ "names that collide when cut",
	  "abcdefghijklmnop1,app,factory,,64K\nabcdefghijklmnop2,data,fat,,4K",
	  "name-cut,name-cut,name-collision,", 1 },
	{ "two otadata", "o,data,ota,,8K\np,data,ota,,8K\na,app,ota_0,,64K", "otadata-count,", 2 },
	{ "two TEE otadata", "o,data,tee_ota,,8K\np,data,tee_ota,,4K\na,app,factory,,64K",
	  "tee-otadata-size,tee-otadata-count,", 2 },
	{ "slots without otadata", "a,app,ota_0,,64K", "otadata-missing,", 1 },
	{ "a gap in the slots", "o,data,ota,,8K\na,app,ota_0,,64K\nb,app,ota_2,,64K", "ota-gap,",
	  3 },
	{ "the same slot twice", "o,data,ota,,8K\na,app,ota_0,,64K\nb,app,ota_0,,64K",
	  "subtype-duplicate,", 3 },
	{ "otadata without slots", "o,data,ota,,8K\na,app,factory,,64K", "otadata-alone,", 1 },
	{ "no rule on what is missing where a row was left out",
	  "o,data,ota,,8K\na,app,ota_o,,64K\n", "subtype-value,", 2 },
	{ "rows behind a bad one are placed where they say",
	  "a,data,fat,,4X\nb,data,nvs,,0x6000\nc,app,factory,0x10000,1M", "size-value,", 1 },
	{ "no room below 4 GiB", "a,app,factory,0xffff0000,64K\nb,data,fat,,4K", "place-range,",
	  2 },
	{ "all findings at once", "a,dato,fat,,4K\nb,data,nvs,0x9000,4Q\nc,app,fact,,1M",
	  "type-value,size-value,subtype-value,", 1 },
};

static void judges_together(void **state)
{
	const struct many *row = *state;
	const struct ota_table_options options = NO_OPTIONS;
	struct ota_table table;
	struct seen seen;

	parse(row->csv, strlen(row->csv), &options, &table, &seen);
	assert_string_equal(seen.rules, row->rules);
	assert_int_equal(seen.line, row->line);
	ota_csv_free(&table);
}

static const char v3[] = "a,data,fat,,0x1000,encrypted:readonly\n"
			 "unic\xc3\xb6"
			 "de_name_16_xy,0x40,0x7,,3K\n"
			 "last,app,ota_15,,-0x200000\n";
static const char v3_hex[] = "aa50018100900000001000006100000000000000000000000000000003000000"
			     "aa50400700a00000000c0000756e6963c3b664655f6e616d655f313600000000"
			     "aa50001f0000010000001f006c61737400000000000000000000000000000000"
			     "ebebffffffffffffffffffffffffffff457eafc8a31f8a233fd6d25e2bd3b684";
static const char v3_back[] = "# ESP-IDF Partition Table\n"
			      "# Name, Type, SubType, Offset, Size, Flags\n"
			      "a,data,fat,0x9000,4K,encrypted:readonly\n"
			      "unic\xc3\xb6"
			      "de_name_16,64,7,0xa000,3K,\n"
			      "last,app,ota_15,0x10000,1984K,\n";

static void is_the_references_table(const char *csv, size_t size)
{
	const struct ota_table_options options = NO_OPTIONS;
	struct ota_table table;
	struct seen seen;
	uint8_t expected[128], out[OTA_TABLE_SIZE];

	from_hex(v3_hex, expected, sizeof(expected));
	parse(csv, size, &options, &table, &seen);
	assert_int_equal(ota_table_encode(&table, &options, out), OTA_OK);
	assert_memory_equal(out, expected, sizeof(expected));
	ota_csv_free(&table);
}

/* `text` in UTF-16 or UTF-32, its byte order mark first. */
static size_t widen(const char *text, unsigned width, bool big, char *out)
{
	uint32_t codes[512] = { 0xFEFF };
	size_t count = 1;

	for (const unsigned char *p = (const unsigned char *)text; *p; p += *p < 0x80 ? 1 : 2)
		codes[count++] = *p < 0x80 ? *p : (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
	for (size_t i = 0; i < count; i++)
		for (unsigned k = 0; k < width; k++)
			*out++ = (char)(codes[i] >> 8 * (big ? width - 1 - k : k));
	return count * width;
}

static void reads_every_encoding(void **state)
{
	static char wide[4096];
	char marked[256];

	(void)state;
	is_the_references_table(v3, strlen(v3));
	snprintf(marked, sizeof(marked), "\xEF\xBB\xBF%s", v3);
	is_the_references_table(marked, strlen(marked));
	for (unsigned width = 2; width <= 4; width += 2)
		for (int big = 0; big <= 1; big++)
			is_the_references_table(wide, widen(v3, width, big, wide));
}

static void prints_the_references_csv(void **state)
{
	const struct ota_table_options options = NO_OPTIONS;
	struct ota_table table, back;
	struct seen seen;
	uint8_t out[OTA_TABLE_SIZE];
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	parse(v3, strlen(v3), &options, &table, &seen);
	assert_int_equal(ota_table_encode(&table, &options, out), OTA_OK);
	assert_int_equal(ota_table_decode(out, sizeof(out), &options, &back, keep, &seen), OTA_OK);
	ota_csv_print(file, &back, &options);
	fclose(file);
	assert_string_equal(text, v3_back);
	free(text);
	ota_csv_free(&table);
}

static void places_bootloader_and_table_rows(void **state)
{
	static const char csv[] = "b,bootloader,primary,0x5,99\np,partition_table,primary,77,1\n"
				  "o,bootloader,ota,,\nr,bootloader,recovery,,\n"
				  "t,partition_table,ota,,\nn,data,nvs,,0x3000\n";
	static const uint32_t expected[][2] = { { 0, 0x8000 },       { 0x8000, 0x1000 },
						{ 0x9000, 0x8000 },  { 0x20000, 0x8000 },
						{ 0x28000, 0x1000 }, { 0x29000, 0x3000 } };
	struct ota_table_options options = NO_OPTIONS;
	struct ota_table table;
	struct seen seen;

	(void)state;
	options.primary_bootloader = 0;
	options.recovery_bootloader = 0x20000;
	assert_int_equal(parse(csv, strlen(csv), &options, &table, &seen), OTA_OK);
	assert_string_equal(seen.rules,
			    "column-ignored,column-ignored,column-ignored,column-ignored,no-app,");
	assert_int_equal(table.count, ARRAY_LEN(expected));
	for (size_t i = 0; i < table.count; i++) {
		assert_int_equal(table.parts[i].offset, expected[i][0]);
		assert_int_equal(table.parts[i].size, expected[i][1]);
	}
	ota_csv_free(&table);
}

static void takes_no_more_rows_than_fit(void **state)
{
	static char csv[96 * 24];
	const struct ota_table_options options = NO_OPTIONS;
	struct ota_table table;
	struct seen seen;
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < 96; i++)
		n += (size_t)snprintf(csv + n, sizeof(csv) - n, "p%u,data,fat,,4K\n", i);
	assert_int_equal(parse(csv, n, &options, &table, &seen), OTA_E_FULL);
	assert_string_equal(seen.rules, "csv-full,");
	assert_int_equal(seen.line, 96);
	ota_csv_free(&table);
}

static void names_the_value_and_the_range(void **state)
{
	static const char csv[] = "a,data,fat,0x8800,4K\n";
	const struct ota_table_options options = NO_OPTIONS;
	struct ota_table table;
	struct seen seen;

	(void)state;
	parse(csv, strlen(csv), &options, &table, &seen);
	assert_string_equal(seen.rules, "table-sector,");
	assert_int_equal(seen.value, 0x8800);
	assert_int_equal(seen.low, 0x9000);
	ota_csv_free(&table);
}

static void bytes_that_are_no_text_are_named(void **state)
{
	static const char *const bad[] = { "a,data,f\xe4t,,4K", "\xff",
					   "a\xc0\x80",         "\xed\xa0\x80",
					   "\xf4\x90\x80\x80",  "a\xe2\x82" };
	const struct ota_table_options options = NO_OPTIONS;
	struct ota_table table;
	struct seen seen;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(parse(bad[i], strlen(bad[i]), &options, &table, &seen),
				 OTA_E_VALUE);
		assert_string_equal(seen.rules, "csv-encoding,");
	}
	assert_int_equal(parse("a\0b", 3, &options, &table, &seen), OTA_E_VALUE);
	assert_string_equal(seen.rules, "csv-encoding,");
}

static void surrogates_of_utf16_come_in_pairs(void **state)
{
	static const char pair[] =
		"\xff\xfe\x3d\xd8\x00\xde,\0a\0p\0p\0,\0t\0e\0s\0t\0,\0,\0001\0M\0";
	static const char low[] = "\xff\xfe\x00\xde,\0", high[] = "\xff\xfe\x3d\xd8,\0";
	const struct ota_table_options options = NO_OPTIONS;
	struct ota_table table;
	struct seen seen;

	(void)state;
	assert_int_equal(parse(pair, sizeof(pair) - 1, &options, &table, &seen), OTA_OK);
	assert_int_equal(table.count, 1);
	assert_string_equal(table.parts[0].label, "\xf0\x9f\x98\x80");
	ota_csv_free(&table);
	assert_int_equal(parse(low, sizeof(low) - 1, &options, &table, &seen), OTA_E_VALUE);
	assert_string_equal(seen.rules, "csv-encoding,");
	assert_int_equal(parse(high, sizeof(high) - 1, &options, &table, &seen), OTA_E_VALUE);
	assert_string_equal(seen.rules, "csv-encoding,");
	assert_int_equal(parse(pair, 5, &options, &table, &seen), OTA_E_VALUE);
}

static void extra_subtypes_are_hexadecimal(void **state)
{
	static struct ota_extra_names extra;
	static const char *const bad[] = { "data,x",      "data,x,",    "dat,x,40",
					   "data,x,2",    "data,x,100", "data,x,zz",
					   "data,x,40,5", "data,,40",   ",x,40" };
	struct ota_table_options options = NO_OPTIONS;
	struct ota_table table;
	struct seen seen;

	(void)state;
	ota_extra_begin(&extra, &ota_names_esp32);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(ota_extra_add(&extra, bad[i]), OTA_E_VALUE);
	assert_int_equal(ota_extra_add(&extra, "data, rf, 40"), OTA_OK);
	assert_int_equal(ota_extra_add(&extra, "data,wifi,0x41"), OTA_OK);
	assert_int_equal(ota_extra_add(&extra, "data,again,41"), OTA_E_VALUE);
	options.names = &extra.names;
	parse("a,data,WiFi,,4K", 15, &options, &table, &seen);
	assert_int_equal(table.count, 1);
	assert_int_equal(table.parts[0].subtype, 0x41);
	ota_csv_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_encoding),
		cmocka_unit_test(prints_the_references_csv),
		cmocka_unit_test(places_bootloader_and_table_rows),
		cmocka_unit_test(takes_no_more_rows_than_fit),
		cmocka_unit_test(names_the_value_and_the_range),
		cmocka_unit_test(bytes_that_are_no_text_are_named),
		cmocka_unit_test(surrogates_of_utf16_come_in_pairs),
		cmocka_unit_test(extra_subtypes_are_hexadecimal),
	};

	return RUN_ROWS(rows, judges) + RUN_ROWS(tables, judges_together) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
