/* SPDX-License-Identifier: MIT */
/* pack.c - deflate (RFC 1951) by the shortest way through each block
 *
 * zlib takes a match as soon as the next byte has none that is longer, and uses no distance within 262
 * bytes of the window's end. In a window of 4 KiB that costs nearly one per cent of an app image, every
 * time it is sent. Here all matches of a block are found, and of all ways to say the block the one
 * with the fewest bits is taken. What a symbol costs is known from the codes of the way before. */
#include "lib/host/pack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/host/prefix_code.h"

#define BLOCK 32768u /* bytes: less has no codes of its own worth their description */
#define ROUNDS 2u /* ways through a block; a third one saves 0.01 % */
#define WINDOW_MAX 32768u
#define WINDOW_MIN 256u
#define HASH_BITS 15
#define MATCH_MIN 3u
#define MATCH_MAX 258u
#define CHOICES 12u /* matches kept at one place, each longer and farther than the one before */
#define LONG 64u /* bytes of a match that nobody wants to be shorter */
#define LITERALS 256u
#define END_OF_BLOCK 256u
#define LENGTH_SYMBOLS 29u
#define DISTANCE_SYMBOLS 30u
#define UNUSED_BITS 13u /* what a symbol is thought to cost that had no code */

struct match {
	uint16_t length, distance; /* distance 0: one literal */
};

/* How the symbols of lengths and distances begin, and how many bits follow them. */
struct range {
	uint16_t base;
	uint8_t extra;
};

struct packer {
	const uint8_t *data;
	uint32_t size, window;
	struct ota_bit_writer out;
	struct range lengths[LENGTH_SYMBOLS], distances[DISTANCE_SYMBOLS];
	uint8_t length_symbol[MATCH_MAX + 1];
	struct ota_prefix_code literal, distance; /* literals, end, lengths; distances */

	/* Where the same three bytes were before, as a list: place + 1, 0 at its end. */
	uint32_t last[1u << HASH_BITS], before[WINDOW_MAX];

	/* Of one block: the matches at each place; the bits that it takes to get there, at least; and
	 * the last step of the way that takes them. */
	struct match matches[BLOCK][CHOICES];
	uint8_t match_count[BLOCK];
	uint32_t bits[BLOCK + 1];
	struct match step[BLOCK + 1];
};

/* After two groups of symbols without extra bits each group has one more than the group before. */
static void fill_ranges(struct range *ranges, unsigned count, unsigned group, uint16_t base)
{
	for (unsigned i = 0; i < count; i++) {
		ranges[i].extra = (uint8_t)(i < 2 * group ? 0 : i / group - 1);
		ranges[i].base = base;
		base = (uint16_t)(base + (1u << ranges[i].extra));
	}
}

static void begin(struct packer *packer)
{
	fill_ranges(packer->lengths, LENGTH_SYMBOLS, 4, MATCH_MIN);
	fill_ranges(packer->distances, DISTANCE_SYMBOLS, 2, 1);
	packer->lengths[LENGTH_SYMBOLS - 1] = (struct range){ MATCH_MAX, 0 };
	for (unsigned i = 0; i < LENGTH_SYMBOLS; i++)
		for (unsigned n = packer->lengths[i].base; n <= MATCH_MAX; n++)
			packer->length_symbol[n] = (uint8_t)i;
	packer->literal.count = LITERALS + 1 + LENGTH_SYMBOLS;
	packer->distance.count = DISTANCE_SYMBOLS;
	packer->literal.longest = packer->distance.longest = 15;
	/* A guess, for the first way through the first block. */
	memset(packer->literal.length, 8, LITERALS);
	memset(packer->literal.length + LITERALS, 7, LENGTH_SYMBOLS + 1);
	memset(packer->distance.length, 5, DISTANCE_SYMBOLS);
}

static unsigned distance_symbol(unsigned distance)
{
	unsigned n = distance - 1, bits = 0;

	if (n < 4)
		return n;
	while (n >> (bits + 2))
		bits++;
	return 2 * bits + (n >> bits);
}

static uint32_t hash_of(const uint8_t *p)
{
	return ((uint32_t)(p[0] | p[1] << 8 | p[2] << 16) * 2654435761u) >> (32 - HASH_BITS);
}

static uint32_t match_length(const uint8_t *a, const uint8_t *b, uint32_t most)
{
	uint32_t n = 0;

	while (n < most && a[n] == b[n])
		n++;
	return n;
}

/* The matches of the place `at` of the data, the nearest of each length. Returns how many. */
static uint8_t find_matches(struct packer *packer, uint32_t at, struct match *matches)
{
	const uint8_t *here = packer->data + at;
	uint32_t most = packer->size - at < MATCH_MAX ? packer->size - at : MATCH_MAX;
	uint32_t *last, longest = MATCH_MIN - 1;
	uint8_t count = 0;

	if (most < MATCH_MIN)
		return 0;
	last = &packer->last[hash_of(here)];
	for (uint32_t i = *last; i && at - (i - 1) <= packer->window && longest < most;
	     i = packer->before[(i - 1) % WINDOW_MAX]) {
		const uint8_t *there = packer->data + (i - 1);
		uint32_t n;

		if (there[longest] != here[longest])
			continue;
		n = match_length(there, here, most);
		if (n <= longest)
			continue;
		longest = n;
		if (count < CHOICES)
			count++;
		matches[count - 1] = (struct match){ (uint16_t)n, (uint16_t)(at - (i - 1)) };
	}
	packer->before[at % WINDOW_MAX] = *last;
	*last = at + 1;
	return count;
}

static unsigned symbol_bits(const struct ota_prefix_code *code, unsigned symbol)
{
	unsigned bits = code->length[symbol];

	return bits ? bits : UNUSED_BITS;
}

/* Is this a shorter way to `to`? */
static void try_step(struct packer *packer, uint32_t to, uint32_t bits, struct match step)
{
	if (bits >= packer->bits[to])
		return;
	packer->bits[to] = bits;
	packer->step[to] = step;
}

static void try_matches(struct packer *packer, uint32_t at, uint32_t size,
			const uint8_t length_bits[static MATCH_MAX + 1])
{
	uint32_t length = MATCH_MIN;

	for (unsigned i = 0; i < packer->match_count[at]; i++) {
		struct match m = packer->matches[at][i];
		unsigned symbol = distance_symbol(m.distance);
		uint32_t bits = packer->bits[at] + symbol_bits(&packer->distance, symbol) +
				packer->distances[symbol].extra;

		uint32_t longest = m.length < size - at ? m.length : size - at;

		if (longest >= LONG)
			length = longest;
		for (; length <= longest; length++)
			try_step(packer, at + length, bits + length_bits[length],
				 (struct match){ (uint16_t)length, m.distance });
	}
}

/* The shortest way through the block, from its end to its beginning in packer->step. */
static void find_way(struct packer *packer, const uint8_t *data, uint32_t size)
{
	uint8_t length_bits[MATCH_MAX + 1] = { 0 };

	for (unsigned n = MATCH_MIN; n <= MATCH_MAX; n++) {
		unsigned symbol = packer->length_symbol[n];

		length_bits[n] =
			(uint8_t)(symbol_bits(&packer->literal, END_OF_BLOCK + 1 + symbol) +
				  packer->lengths[symbol].extra);
	}
	memset(packer->bits, 0xFF, sizeof(packer->bits));
	packer->bits[0] = 0;
	for (uint32_t at = 0; at < size; at++) {
		try_step(packer, at + 1, packer->bits[at] + symbol_bits(&packer->literal, data[at]),
			 (struct match){ 1, 0 });
		try_matches(packer, at, size, length_bits);
	}
}

/* The codes for the way that was found. */
static void make_codes(struct packer *packer, const uint8_t *data, uint32_t size)
{
	memset(packer->literal.often, 0, sizeof(packer->literal.often));
	memset(packer->distance.often, 0, sizeof(packer->distance.often));
	packer->literal.often[END_OF_BLOCK] = 1;
	for (uint32_t at = size; at; at -= packer->step[at].length) {
		struct match m = packer->step[at];

		if (!m.distance) {
			packer->literal.often[data[at - 1]]++;
			continue;
		}
		packer->literal.often[END_OF_BLOCK + 1 + packer->length_symbol[m.length]]++;
		packer->distance.often[distance_symbol(m.distance)]++;
	}
	ota_prefix_code_make(&packer->literal);
	ota_prefix_code_make(&packer->distance);
}

/* Turn the way round: packer->step[n] then begins at n. */
static void turn_way(struct packer *packer, uint32_t size)
{
	struct match next = packer->step[size];

	for (uint32_t at = size; at;) {
		struct match m = next;

		at -= m.length;
		next = packer->step[at];
		packer->step[at] = m;
	}
}

static void put_match(struct packer *packer, struct match m)
{
	unsigned length = packer->length_symbol[m.length], distance = distance_symbol(m.distance);

	ota_put_symbol(&packer->out, &packer->literal, END_OF_BLOCK + 1 + length);
	ota_put_bits(&packer->out, m.length - packer->lengths[length].base,
		     packer->lengths[length].extra);
	ota_put_symbol(&packer->out, &packer->distance, distance);
	ota_put_bits(&packer->out, m.distance - packer->distances[distance].base,
		     packer->distances[distance].extra);
}

static void put_block(struct packer *packer, const uint8_t *data, uint32_t size, bool last)
{
	turn_way(packer, size);
	ota_put_bits(&packer->out, last, 1);
	ota_put_bits(&packer->out, 2, 2); /* with codes of its own */
	ota_put_code_lengths(&packer->out, &packer->literal, &packer->distance);
	for (uint32_t at = 0; at < size; at += packer->step[at].length) {
		if (packer->step[at].distance)
			put_match(packer, packer->step[at]);
		else
			ota_put_symbol(&packer->out, &packer->literal, data[at]);
	}
	ota_put_symbol(&packer->out, &packer->literal, END_OF_BLOCK);
}

static void pack_block(struct packer *packer, uint32_t from, uint32_t size)
{
	const uint8_t *data = packer->data + from;

	for (uint32_t at = 0; at < size; at++)
		packer->match_count[at] = find_matches(packer, from + at, packer->matches[at]);
	for (unsigned round = 0; round < ROUNDS; round++) {
		find_way(packer, data, size);
		make_codes(packer, data, size);
	}
	put_block(packer, data, size, from + size == packer->size);
}

/* The two bytes before a stream (RFC 1950): its window, and a check on them. */
static void put_header(struct packer *packer)
{
	unsigned bits = 0, first;

	while (256u << bits < packer->window)
		bits++;
	first = bits << 4 | 8;
	ota_put_bits(&packer->out, first, 8);
	ota_put_bits(&packer->out, 3 << 6 | (31 - ((first << 8 | 3 << 6) % 31)), 8);
}

static void put_stream(struct packer *packer)
{
	uint32_t sum = (uint32_t)adler32(1, packer->data, packer->size);

	put_header(packer);
	for (uint32_t at = 0; at < packer->size; at += BLOCK)
		pack_block(packer, at, packer->size - at < BLOCK ? packer->size - at : BLOCK);
	ota_put_rest(&packer->out);
	for (int shift = 24; shift >= 0; shift -= 8)
		ota_put_bits(&packer->out, sum >> shift & 0xFF, 8);
}

size_t ota_pack(const void *data, size_t size, uint32_t window, uint8_t *out)
{
	struct packer *packer;
	size_t used;

	if (size >= UINT32_MAX || window < WINDOW_MIN)
		return 0;
	packer = calloc(1, sizeof(*packer));
	if (!packer)
		return 0;
	packer->data = data;
	packer->size = (uint32_t)size;
	packer->window = WINDOW_MAX;
	while (packer->window > window)
		packer->window /= 2;
	packer->out = (struct ota_bit_writer){ .base = out, .size = size };
	begin(packer);
	put_stream(packer);
	used = packer->out.pos;
	free(packer);
	return used < size ? used : 0;
}
