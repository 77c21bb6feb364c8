/* SPDX-License-Identifier: MIT */
/* sha256.c - SHA-256 (FIPS 180-4) in portable C, for ports without a hardware digest */
#include "lib/sha256.h"

#include <stdbool.h>
#include <string.h>

#define BLOCK 64u

/* What struct ota_sha256 holds here. */
struct state {
	uint32_t h[8];
	uint8_t block[BLOCK];
	uint64_t size; /* bytes so far */
};

_Static_assert(sizeof(struct state) <= sizeof(struct ota_sha256), "state fits");

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t turn(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

/* The message schedule in a ring of sixteen words: little stack. */
static uint32_t next_word(uint32_t w[static 16], unsigned i)
{
	uint32_t a = w[(i + 1) & 15], b = w[(i + 14) & 15];
	uint32_t low = turn(a, 7) ^ turn(a, 18) ^ a >> 3;
	uint32_t high = turn(b, 17) ^ turn(b, 19) ^ b >> 10;

	w[i & 15] += low + w[(i + 9) & 15] + high;
	return w[i & 15];
}

static void mix(uint32_t v[static 8], uint32_t constant, uint32_t word)
{
	uint32_t e = v[4], a = v[0];
	uint32_t t1 = v[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & v[5]) ^ (~e & v[6])) +
		      constant + word;
	uint32_t t2 = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
		      ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

	memmove(v + 1, v, 7 * sizeof(*v));
	v[4] += t1;
	v[0] = t1 + t2;
}

static void take_block(struct state *state, const uint8_t *data)
{
	uint32_t w[16], v[8];

	for (unsigned i = 0; i < 16; i++, data += 4)
		w[i] = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 |
		       data[3];
	memcpy(v, state->h, sizeof(v));
	for (unsigned i = 0; i < 64; i++)
		mix(v, constants[i], i < 16 ? w[i] : next_word(w, i));
	for (unsigned i = 0; i < 8; i++)
		state->h[i] += v[i];
}

void ota_sha256_begin(struct ota_sha256 *sha)
{
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	struct state state = { .size = 0 };

	memcpy(state.h, start, sizeof(start));
	memcpy(sha, &state, sizeof(state));
}

void ota_sha256_feed(struct ota_sha256 *sha, const void *data, size_t size)
{
	struct state *state = (struct state *)sha;
	const uint8_t *bytes = data;

	while (size) {
		size_t at = state->size % BLOCK, n = BLOCK - at;

		if (n > size)
			n = size;
		if (n == BLOCK) {
			take_block(state, bytes);
		} else {
			memcpy(state->block + at, bytes, n);
			if (at + n == BLOCK)
				take_block(state, state->block);
		}
		state->size += n;
		bytes += n;
		size -= n;
	}
}

void ota_sha256_finish(struct ota_sha256 *sha, uint8_t digest[static OTA_SHA256_SIZE])
{
	struct state *state = (struct state *)sha;
	uint64_t bits = state->size * 8;
	uint8_t tail[BLOCK + 8] = { 0x80 };
	size_t n = BLOCK - (state->size + 8) % BLOCK;

	for (unsigned i = 0; i < 8; i++)
		tail[n + i] = (uint8_t)(bits >> (56 - 8 * i));
	ota_sha256_feed(sha, tail, n + 8);
	for (unsigned i = 0; i < 32; i++)
		digest[i] = (uint8_t)(state->h[i / 4] >> (24 - 8 * (i % 4)));
}
