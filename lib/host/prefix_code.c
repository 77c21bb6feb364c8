/* SPDX-License-Identifier: MIT */
#include "lib/host/prefix_code.h"

#include <string.h>

#define LENGTHS_MAX 316u /* of both codes of a block */
#define LENGTH_CODES 19u

/* A node of the tree; the symbols come first. */
struct node {
	uint32_t weight;
	uint16_t parent;
	uint16_t depth;
};

/* Move the lightest of `open` behind its end. */
static uint16_t take_lightest(const struct node *nodes, uint16_t *open, unsigned *count)
{
	unsigned best = 0;
	uint16_t taken;

	for (unsigned i = 1; i < *count; i++)
		if (nodes[open[i]].weight < nodes[open[best]].weight)
			best = i;
	taken = open[best];
	open[best] = open[--*count];
	return taken;
}

/* Lengths by Huffman's way. Returns the longest. */
static unsigned make_tree(struct ota_prefix_code *code, const uint32_t *weight)
{
	struct node nodes[2 * OTA_CODE_MAX] = { { 0 } };
	uint16_t open[OTA_CODE_MAX];
	unsigned count = 0, end = code->count, longest = 0;

	for (unsigned i = 0; i < code->count; i++) {
		nodes[i].weight = weight[i];
		if (weight[i])
			open[count++] = (uint16_t)i;
	}
	while (count > 1) {
		uint16_t a = take_lightest(nodes, open, &count);
		uint16_t b = take_lightest(nodes, open, &count);

		nodes[end].weight = nodes[a].weight + nodes[b].weight;
		nodes[a].parent = nodes[b].parent = (uint16_t)end;
		open[count++] = (uint16_t)end++;
	}
	for (unsigned i = end - 1; i-- > 0;) /* the last one is the root */
		if (nodes[i].weight)
			nodes[i].depth = (uint16_t)(nodes[nodes[i].parent].depth + 1);
	for (unsigned i = 0; i < code->count; i++) {
		code->length[i] = (uint8_t)nodes[i].depth;
		longest = nodes[i].depth > longest ? nodes[i].depth : longest;
	}
	return longest;
}

static uint16_t reversed(uint32_t bits, unsigned count)
{
	uint32_t out = 0;

	for (unsigned i = 0; i < count; i++)
		out |= (bits >> i & 1) << (count - 1 - i);
	return (uint16_t)out;
}

/* Codes in the order of their lengths, then of the symbols. */
static void number_codes(struct ota_prefix_code *code)
{
	uint32_t next = 0;

	for (unsigned length = 1; length <= code->longest; length++) {
		for (unsigned i = 0; i < code->count; i++)
			if (code->length[i] == length)
				code->bits[i] = reversed(next++, length);
		next <<= 1;
	}
}

void ota_prefix_code_make(struct ota_prefix_code *code)
{
	uint32_t weight[OTA_CODE_MAX];
	unsigned used = 0;

	memcpy(weight, code->often, sizeof(weight));
	for (unsigned i = 0; i < code->count; i++)
		used += weight[i] != 0;
	for (unsigned i = 0; used < 2; i++) {
		used += !weight[i];
		weight[i] += !weight[i];
	}
	/* Flatter weights make a flatter tree; that one is too deep is rare. */
	while (make_tree(code, weight) > code->longest)
		for (unsigned i = 0; i < code->count; i++)
			weight[i] = (weight[i] + 1) / 2;
	number_codes(code);
}

void ota_put_bits(struct ota_bit_writer *w, uint32_t bits, unsigned count)
{
	w->held |= bits << w->held_count;
	for (w->held_count += count; w->held_count >= 8; w->held_count -= 8) {
		if (w->pos < w->size)
			w->base[w->pos] = (uint8_t)w->held;
		w->pos++;
		w->held >>= 8;
	}
}

void ota_put_symbol(struct ota_bit_writer *w, const struct ota_prefix_code *code, unsigned symbol)
{
	ota_put_bits(w, code->bits[symbol], code->length[symbol]);
}

void ota_put_rest(struct ota_bit_writer *w)
{
	if (w->held_count)
		ota_put_bits(w, 0, 8 - w->held_count);
}

/* A run of equal lengths, or one of them. */
struct run {
	uint8_t symbol, extra, extra_bits;
};

struct run_list {
	struct run runs[LENGTHS_MAX];
	unsigned count;
};

static unsigned at_most(unsigned n, unsigned limit)
{
	return n < limit ? n : limit;
}

/* `n` times the same `length`, which may not be said by "as before" (16) at first. */
static void add_runs(struct run_list *list, uint8_t length, unsigned n)
{
	bool first = length != 0;

	while (n) {
		struct run *run = &list->runs[list->count++];
		unsigned part = 1;

		*run = (struct run){ length, 0, 0 };
		if (!length && n >= 11) {
			part = at_most(n, 138);
			*run = (struct run){ 18, (uint8_t)(part - 11), 7 };
		} else if (!length && n >= 3) {
			part = n;
			*run = (struct run){ 17, (uint8_t)(part - 3), 3 };
		} else if (!first && length && n >= 3) {
			part = at_most(n, 6);
			*run = (struct run){ 16, (uint8_t)(part - 3), 2 };
		}
		first = false;
		n -= part;
	}
}

static unsigned used_count(const struct ota_prefix_code *code, unsigned least)
{
	unsigned n = code->count;

	while (n > least && !code->length[n - 1])
		n--;
	return n;
}

void ota_put_code_lengths(struct ota_bit_writer *w, const struct ota_prefix_code *literals,
			  const struct ota_prefix_code *distances)
{
	static const uint8_t order[LENGTH_CODES] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
						     11, 4,  12, 3, 13, 2, 14, 1, 15 };
	unsigned literal_count = used_count(literals, 257), sent = LENGTH_CODES;
	unsigned distance_count = used_count(distances, 1), count = literal_count + distance_count;
	struct ota_prefix_code code = { .count = LENGTH_CODES, .longest = 7 };
	struct run_list list = { .count = 0 };
	uint8_t lengths[LENGTHS_MAX];

	memcpy(lengths, literals->length, literal_count);
	memcpy(lengths + literal_count, distances->length, distance_count);
	for (unsigned i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && lengths[i + n] == lengths[i];)
			n++;
		add_runs(&list, lengths[i], n);
	}
	for (unsigned i = 0; i < list.count; i++)
		code.often[list.runs[i].symbol]++;
	ota_prefix_code_make(&code);
	while (sent > 4 && !code.length[order[sent - 1]])
		sent--;
	ota_put_bits(w, literal_count - 257, 5);
	ota_put_bits(w, distance_count - 1, 5);
	ota_put_bits(w, sent - 4, 4);
	for (unsigned i = 0; i < sent; i++)
		ota_put_bits(w, code.length[order[i]], 3);
	for (unsigned i = 0; i < list.count; i++) {
		ota_put_symbol(w, &code, list.runs[i].symbol);
		ota_put_bits(w, list.runs[i].extra, list.runs[i].extra_bits);
	}
}
