/* SPDX-License-Identifier: MIT */
#include "lib/host/number.h"
#include "tests/rows.h"

/* Python's int(text, 0) says what is a number. */
static const struct number {
	const char *name;
	enum ota_status status;
	uint64_t magnitude;
	bool negative;
} numbers[] = {
	{ "0", OTA_OK, 0, false },
	{ "-0", OTA_OK, 0, false },
	{ "00", OTA_OK, 0, false },
	{ "0_0", OTA_OK, 0, false },
	{ "7", OTA_OK, 7, false },
	{ " 7 ", OTA_OK, 7, false },
	{ "+5", OTA_OK, 5, false },
	{ "-5", OTA_OK, 5, true },
	{ "1_000", OTA_OK, 1000, false },
	{ "0x10", OTA_OK, 16, false },
	{ "0X1f", OTA_OK, 31, false },
	{ "0x_10", OTA_OK, 16, false },
	{ "-0x10", OTA_OK, 16, true },
	{ "0o17", OTA_OK, 15, false },
	{ "0b101", OTA_OK, 5, false },
	{ "18446744073709551615", OTA_OK, UINT64_MAX, false },
	{ "0xffffffffffffffff", OTA_OK, UINT64_MAX, false },
	{ "18446744073709551616", OTA_E_FULL, 0, false },
	{ "0x10000000000000000", OTA_E_FULL, 0, false },
	{ "", OTA_E_VALUE, 0, false },
	{ " ", OTA_E_VALUE, 0, false },
	{ "-", OTA_E_VALUE, 0, false },
	{ "010", OTA_E_VALUE, 0, false },
	{ "0x", OTA_E_VALUE, 0, false },
	{ "1__0", OTA_E_VALUE, 0, false },
	{ "_1", OTA_E_VALUE, 0, false },
	{ "1_", OTA_E_VALUE, 0, false },
	{ "0x1_", OTA_E_VALUE, 0, false },
	{ "4.5", OTA_E_VALUE, 0, false },
	{ "1e3", OTA_E_VALUE, 0, false },
	{ "$1000", OTA_E_VALUE, 0, false },
	{ "0b12", OTA_E_VALUE, 0, false },
	{ "0o8", OTA_E_VALUE, 0, false },
	{ "- 5", OTA_E_VALUE, 0, false },
	{ "--5", OTA_E_VALUE, 0, false },
};

static void reads(void **state)
{
	const struct number *row = *state;
	struct ota_number number;

	assert_int_equal(ota_number_read(row->name, strlen(row->name), &number), row->status);
	if (row->status)
		return;
	assert_int_equal(number.magnitude, row->magnitude);
	assert_int_equal(number.negative, row->negative);
}

static const struct option {
	const char *name;
	enum ota_status status;
	uint64_t value;
} options[] = {
	{ "64K", OTA_OK, 65536 },
	{ "1m", OTA_OK, 1048576 },
	{ "0x10k", OTA_OK, 16384 },
	{ "0x1F0000", OTA_OK, 0x1F0000 },
	{ "17592186044415M", OTA_OK, UINT64_C(17592186044415) << 20 },
	{ "17592186044416M", OTA_E_FULL, 0 },
	{ "-1", OTA_E_VALUE, 0 },
	{ "K", OTA_E_VALUE, 0 },
	{ "1KK", OTA_E_VALUE, 0 },
	{ "", OTA_E_VALUE, 0 },
};

static void parses(void **state)
{
	const struct option *row = *state;
	uint64_t value;

	assert_int_equal(ota_number_parse(row->name, strlen(row->name), &value), row->status);
	if (!row->status)
		assert_int_equal(value, row->value);
}

int main(void)
{
	return RUN_ROWS(numbers, reads) + RUN_ROWS(options, parses);
}
