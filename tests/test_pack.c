/* SPDX-License-Identifier: MIT */
/* test_pack.c - what a part is deflated to, zlib makes the part again; and the codes it is made of */
#include <zlib.h>

#include "lib/host/pack.h"
#include "lib/host/prefix_code.h"
#include "tests/rows.h"

enum kind { NOISE, STEPS, ZEROS, TWO, WORDS, LATE_NOISE };

static const struct pack_row {
	const char *name;
	enum kind kind;
	size_t size;
	uint32_t window;
	unsigned most; /* per cent of the size; 100: it does not become smaller */
} pack_rows[] = {
	{ "a part", STEPS, 131072, 4096, 60 },
	{ "a sector", STEPS, 4096, 4096, 60 },
	{ "a block and a byte", WORDS, 32769, 4096, 60 },
	{ "a part of zeros", ZEROS, 131072, 4096, 1 },
	{ "two symbols", TWO, 65536, 4096, 20 },
	{ "words", WORDS, 65536, 4096, 60 },
	{ "a small window", WORDS, 65536, 512, 90 },
	{ "the smallest window", WORDS, 65536, 256, 95 },
	{ "too small a window", WORDS, 65536, 255, 100 },
	{ "no window", WORDS, 65536, 0, 100 },
	{ "a window between two", WORDS, 65536, 8191, 60 },
	{ "a window that no code reaches", WORDS, 65536, 4294967295, 40 },
	{ "a large window", WORDS, 65536, 32768, 40 },
	{ "noise after the first block", LATE_NOISE, 65536, 4096, 80 },
	{ "nothing", NOISE, 0, 4096, 100 },
	{ "one byte", NOISE, 1, 4096, 100 },
	{ "two bytes", ZEROS, 2, 4096, 100 },
	{ "noise", NOISE, 65536, 4096, 100 },
};

static uint8_t next_random(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return (uint8_t)(*x >> 24);
}

/* One of 256 words of 3 to 18 bytes. */
static size_t put_word(uint8_t *data, size_t room, uint32_t *x)
{
	uint32_t seed = next_random(x);
	size_t n = 3 + seed % 16;

	for (size_t i = 0; i < n && i < room; i++)
		data[i] = next_random(&seed);
	return n < room ? n : room;
}

static void fill(uint8_t *data, size_t size, enum kind kind)
{
	uint32_t x = 1;

	for (size_t i = 0; i < size;) {
		enum kind now = kind != LATE_NOISE ? kind : i < 32768 ? ZEROS : NOISE;

		if (now == WORDS) {
			i += put_word(data + i, size - i, &x);
			continue;
		}
		data[i] = next_random(&x);
		if (now == STEPS)
			data[i] = (uint8_t)(data[i] / 64 + i / 512);
		else if (now == TWO)
			data[i] &= 1;
		else if (now == ZEROS)
			data[i] = 0;
		i++;
	}
}

/* A decoder with exactly that window. */
static void unpack(const uint8_t *packed, size_t n, uint32_t window, const uint8_t *data,
		   size_t size)
{
	static uint8_t out[131072 + 1];
	z_stream stream = { 0 };
	int bits = 15;

	while (1u << bits > window)
		bits--;
	assert_int_equal(packed[0] >> 4, bits - 8);
	assert_int_equal(inflateInit2(&stream, bits), Z_OK);
	stream.next_in = (z_const Bytef *)(uintptr_t)packed;
	stream.avail_in = (uInt)n;
	stream.next_out = out;
	stream.avail_out = sizeof(out);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.total_in, n);
	assert_int_equal(stream.total_out, size);
	assert_memory_equal(out, data, size);
	inflateEnd(&stream);
}

static void packs(void **state)
{
	static uint8_t data[131072], packed[131072 + 1];
	const struct pack_row *row = *state;
	size_t n;

	fill(data, row->size, row->kind);
	packed[row->size] = 0xA5;
	n = ota_pack(data, row->size, row->window, packed);
	assert_int_equal(packed[row->size], 0xA5);
	assert_int_equal(n == 0, row->most == 100);
	if (!n)
		return;
	assert_in_range(n, 1, row->size * row->most / 100);
	unpack(packed, n, row->window, data, row->size);
}

static const struct code_row {
	const char *name;
	unsigned count, longest;
	uint32_t often[20];
	uint8_t length[20];
} code_rows[] = {
	{ "as often, as long", 4, 15, { 1, 1, 1, 1 }, { 2, 2, 2, 2 } },
	{ "often is short", 4, 15, { 1, 1, 2, 4 }, { 3, 3, 2, 1 } },
	{ "one symbol brings another", 3, 15, { 0, 0, 9 }, { 1, 0, 1 } },
	{ "none bring two", 3, 15, { 0 }, { 1, 1, 0 } },
	{ "a tree too deep is made flatter", 5, 3, { 1, 1, 2, 4, 8 }, { 3, 3, 3, 3, 1 } },
};

static void makes_code(void **state)
{
	const struct code_row *row = *state;
	struct ota_prefix_code code = { .count = row->count, .longest = row->longest };

	memcpy(code.often, row->often, sizeof(row->often));
	ota_prefix_code_make(&code);
	assert_memory_equal(code.length, row->length, row->count);
}

/* Each weight the sum of the two before: the deepest tree there is. Its codes have to fill the space of
 * codes, within the limit. */
static void limits_depth(void **state)
{
	struct ota_prefix_code code = { .count = 40, .longest = 15, .often = { 1, 1 } };
	unsigned filled = 0;

	(void)state;
	for (unsigned i = 2; i < code.count; i++)
		code.often[i] = code.often[i - 1] + code.often[i - 2];
	ota_prefix_code_make(&code);
	for (unsigned i = 0; i < code.count; i++) {
		assert_in_range(code.length[i], 1, 15);
		filled += 1u << (15 - code.length[i]);
	}
	assert_int_equal(filled, 1u << 15);
}

/* The example of RFC 1951, 3.2.2, A to H. */
static void numbers_codes(void **state)
{
	static const uint16_t bits[] = { 2, 6, 1, 5, 3, 0, 7, 15 };
	static const uint32_t often[] = { 2, 2, 2, 2, 2, 5, 1, 1 };
	static const uint8_t length[] = { 3, 3, 3, 3, 3, 2, 4, 4 };
	struct ota_prefix_code code = { .count = 8, .longest = 15 };

	(void)state;
	memcpy(code.often, often, sizeof(often));
	ota_prefix_code_make(&code);
	assert_memory_equal(code.length, length, sizeof(length));
	assert_memory_equal(code.bits, bits, sizeof(bits));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(limits_depth),
					    cmocka_unit_test(numbers_codes) };

	return RUN_ROWS(pack_rows, packs) + RUN_ROWS(code_rows, makes_code) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
