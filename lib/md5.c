/* SPDX-License-Identifier: MIT */
#include "lib/md5.h"

#include <string.h>

#include "lib/cursor.h"

#define BLOCK_SIZE 64

static const uint32_t sines[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
	0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
	0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
	0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
	0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
	0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
	0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
	0xeb86d391,
};

static const uint8_t shifts[4][4] = {
	{ 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 }
};

/* The word that step i of round `round` adds: multiplier and start of RFC 1321's schedule. */
static unsigned word_of(unsigned round, unsigned i)
{
	static const uint8_t step[4] = { 1, 5, 3, 7 }, start[4] = { 0, 1, 5, 0 };

	return (step[round] * i + start[round]) & 15;
}

static uint32_t mix(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
	switch (round) {
	case 0: return (b & c) | (~b & d);
	case 1: return (d & b) | (~d & c);
	case 2: return b ^ c ^ d;
	default: return c ^ (b | ~d);
	}
}

static void add_block(uint32_t state[static 4], const uint8_t block[static BLOCK_SIZE])
{
	struct ota_reader r = ota_reader(block, BLOCK_SIZE);
	uint32_t words[16], a = state[0], b = state[1], c = state[2], d = state[3];

	for (unsigned i = 0; i < 16; i++)
		words[i] = ota_get_u32(&r);
	for (unsigned i = 0; i < 64; i++) {
		unsigned round = i / 16, shift = shifts[round][i & 3];
		uint32_t sum = a + mix(round, b, c, d) + sines[i] + words[word_of(round, i)];

		a = d;
		d = c;
		c = b;
		b += sum << shift | sum >> (32 - shift);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

void ota_md5(const void *data, size_t size, uint8_t digest[static OTA_MD5_SIZE])
{
	uint32_t state[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
	const uint8_t *p = data;
	size_t rest = size % BLOCK_SIZE, whole = size - rest;
	uint8_t tail[2 * BLOCK_SIZE] = { 0 };
	size_t tail_size = rest + 9 > BLOCK_SIZE ? 2 * BLOCK_SIZE : BLOCK_SIZE;
	struct ota_writer w = ota_writer(tail + tail_size - 8, 8);
	uint64_t bits = (uint64_t)size * 8;

	for (size_t i = 0; i < whole; i += BLOCK_SIZE)
		add_block(state, p + i);
	if (rest)
		memcpy(tail, p + whole, rest);
	tail[rest] = 0x80;
	ota_put_u32(&w, (uint32_t)bits);
	ota_put_u32(&w, (uint32_t)(bits >> 32));
	for (size_t i = 0; i < tail_size; i += BLOCK_SIZE)
		add_block(state, tail + i);
	w = ota_writer(digest, OTA_MD5_SIZE);
	for (unsigned i = 0; i < 4; i++)
		ota_put_u32(&w, state[i]);
}
