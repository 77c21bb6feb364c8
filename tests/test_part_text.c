/* SPDX-License-Identifier: MIT */
/* Sizes in ten columns, and names that come from anywhere. */
#include "tests/rows.h"

#include "lib/host/part_text.h"

static const struct size_row {
	const char *name; /* the text */
	uint64_t size;
} sizes[] = {
	{ "0 KiB", 0 },
	{ "1 B", 1 },
	{ "1023 B", 1023 },
	{ "1 KiB", 1024 },
	{ "1.001 KiB", 1025 },
	{ "1023 KiB", 0xFFC00 },
	{ "1 MiB", 1 << 20 },
	{ "1025 KiB", 0x100400 },
	{ "10240 KiB", 0x9FFFFF },
	{ "10 MiB", 10 << 20 },
	{ "4096 MiB", UINT64_C(1) << 32 },
};

static void is_written(void **state)
{
	const struct size_row *row = *state;
	char text[OTA_SIZE_TEXT_SIZE];

	assert_string_equal(ota_size_text(row->size, text), row->name);
	assert_true(strlen(text) <= 10);
}

static const struct name_row {
	const char *name; /* the text */
	size_t room, columns;
	const char *shown;
} names[] = {
	{ "nvs", 5, 3, "nvs" },
	{ "nvs", 3, 3, "nvs" },
	{ "nvs", 2, 2, "n~" },
	{ "nvs", 1, 1, "~" },
	{ "", 5, 0, "" },
	{ "\033[1m", 9, 4, "?[1m" },
	{ "h\xC3\xB6he", 9, 4, "h\xC3\xB6he" },
	{ "\xE6\x97\xA5\xE6\x9C\xAC", 9, 4, "\xE6\x97\xA5\xE6\x9C\xAC" },
	{ "\xE6\x97\xA5\xE6\x9C\xAC", 3, 3, "\xE6\x97\xA5~" },
	{ "\xE6\x97\xA5\xE6\x9C\xAC", 2, 1, "~" },
	{ "a\xFFz", 9, 3, "a?z" },
	{ "a\xE6\x97", 9, 3, "a??" },
	{ "\xC0\x80", 9, 2, "??" },
	{ "\xC2\x9B", 9, 1, "?" },
};

static void is_shown(void **state)
{
	const struct name_row *row = *state;
	char shown[64] = "";
	FILE *out = fmemopen(shown, sizeof(shown), "w");

	assert_non_null(out);
	assert_int_equal(ota_text_put(out, row->name, row->room), row->columns);
	fclose(out);
	assert_string_equal(shown, row->shown);
}

int main(void)
{
	return RUN_ROWS(sizes, is_written) + RUN_ROWS(names, is_shown);
}
