/* SPDX-License-Identifier: MIT */
/* cipher.h - a stand-in for flash encryption: a block of 16 bytes is a permutation that depends on its
 * address, as with XTS. To change one bit changes all 16 bytes; what was not written through it reads
 * as noise. */
#ifndef TESTS_IDF_CIPHER_H
#define TESTS_IDF_CIPHER_H

#include <stdint.h>
#include <string.h>

#define CIPHER_BLOCK 16u
#define CIPHER_ROUNDS 4u

static inline uint64_t cipher_mix(uint64_t x, uint64_t key)
{
	x = (x ^ key) * 0x9E3779B97F4A7C15u;
	x ^= x >> 29;
	x *= 0xBF58476D1CE4E5B9u;
	return x ^ x >> 32;
}

/* Encrypt or decrypt the block at `addr` in place: a Feistel network, the rounds in either order. */
static inline void cipher_block(uint32_t addr, uint8_t *block, int decrypt)
{
	uint64_t half[2];

	memcpy(half, block, sizeof(half));
	for (unsigned i = 0; i < CIPHER_ROUNDS; i++) {
		unsigned round = decrypt ? CIPHER_ROUNDS - 1 - i : i;

		half[round & 1] ^= cipher_mix(half[~round & 1], (uint64_t)addr << 8 | round);
	}
	memcpy(block, half, sizeof(half));
}

#endif
