/* SPDX-License-Identifier: MIT */
/* prefix_code.h - the prefix codes of deflate (RFC 1951, 3.2.2), and the bits they are written in */
#ifndef OTA_HOST_PREFIX_CODE_H
#define OTA_HOST_PREFIX_CODE_H

#include "lib/status.h"

#define OTA_CODE_MAX 286u /* symbols of the largest alphabet */

struct ota_prefix_code {
	unsigned count; /* symbols of the alphabet */
	unsigned longest; /* bits that a code may have */
	uint32_t often[OTA_CODE_MAX]; /* how often each occurs */
	uint8_t length[OTA_CODE_MAX]; /* of its code, bits; 0: it does not occur */
	uint16_t bits[OTA_CODE_MAX]; /* the code, its first bit lowest */
};

/* From how often to length and bits. At least two symbols get a code, for decoders that want a whole
 * tree. */
void ota_prefix_code_make(struct ota_prefix_code *code);

/* Bits, the lowest first, into bytes. What does not fit into `size` is counted, not written. */
struct ota_bit_writer {
	uint8_t *base;
	size_t size, pos; /* bytes */
	uint32_t held;
	unsigned held_count; /* bits, below 8 after each call */
};

void ota_put_bits(struct ota_bit_writer *w, uint32_t bits, unsigned count); /* at most 24 */
void ota_put_symbol(struct ota_bit_writer *w, const struct ota_prefix_code *code, unsigned symbol);

/* Zeros up to a whole byte. */
void ota_put_rest(struct ota_bit_writer *w);

/* The lengths of both codes of a block (RFC 1951, 3.2.7), without what is at their ends unused. */
void ota_put_code_lengths(struct ota_bit_writer *w, const struct ota_prefix_code *literals,
			  const struct ota_prefix_code *distances);

#endif
