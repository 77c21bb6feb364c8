/* SPDX-License-Identifier: MIT */
#include "lib/host/flash_diff.h"

#include <string.h>

#include "lib/table.h"

#define PROBE 32u /* bytes by which a shifted sector is recognised */
#define REACH 0x10000u /* how far, bytes */
#define TRIES 16u /* places looked at for one sector: contents that repeat must not cost time */

const char *ota_sector_change_text(enum ota_sector_change change)
{
	switch (change) {
	case OTA_SECTOR_ERASED: return "erased";
	case OTA_SECTOR_WRITTEN: return "written";
	case OTA_SECTOR_CLEARED: return "bits-cleared";
	case OTA_SECTOR_SHIFTED: return "shifted";
	case OTA_SECTOR_REWRITTEN: return "rewritten";
	}
	return "rewritten";
}

/* A pair of sectors, padded with blank. */
struct pair {
	uint8_t a[OTA_SECTOR_SIZE], b[OTA_SECTOR_SIZE];
	size_t pos, size; /* of the sector in the data, bytes */
};

struct comparison {
	const struct ota_diff_input *a, *b;
	uint32_t addr;
	int32_t last_shift; /* tried first: a shift goes on for many sectors */
	struct ota_diff_run run; /* being gathered; no bytes: none */
	ota_diff_fn *take;
	void *ctx;
};

static void get_sector(const struct ota_diff_input *input, size_t pos, uint8_t *out)
{
	size_t left = pos < input->size ? input->size - pos : 0;
	size_t n = left < OTA_SECTOR_SIZE ? left : OTA_SECTOR_SIZE;

	memset(out + n, 0xFF, OTA_SECTOR_SIZE - n);
	if (n)
		memcpy(out, input->data + pos, n);
}

/* Are the bytes of the sector those that A has `shift` bytes before? */
static bool is_shifted(const struct comparison *cmp, const struct pair *pair, int64_t shift)
{
	int64_t from = (int64_t)pair->pos - shift;

	return shift && from >= 0 && from + (int64_t)pair->size <= (int64_t)cmp->a->size &&
	       memcmp(cmp->a->data + from, pair->b, pair->size) == 0;
}

/* Bytes of the sector that are not all the same; `size`: none. */
static size_t find_probe(const struct pair *pair)
{
	for (size_t at = 0; at + PROBE <= pair->size; at += PROBE)
		if (!ota_is_filled(pair->b + at, PROBE, pair->b[at]))
			return at;
	return pair->size;
}

static bool find_shift(struct comparison *cmp, const struct pair *pair)
{
	size_t probe = find_probe(pair), pos = pair->pos + probe;
	size_t start = pos > REACH ? pos - REACH : 0;
	size_t end = pos + REACH + PROBE < cmp->a->size ? pos + REACH + PROBE : cmp->a->size;

	if (is_shifted(cmp, pair, cmp->last_shift))
		return true;
	if (probe == pair->size)
		return false;
	for (unsigned i = 0; i < TRIES && start < end; i++) {
		const uint8_t *found =
			memmem(cmp->a->data + start, end - start, pair->b + probe, PROBE);
		int64_t shift = found ? (int64_t)pos - (found - cmp->a->data) : 0;

		if (!found)
			return false;
		if (is_shifted(cmp, pair, shift)) {
			cmp->last_shift = (int32_t)shift;
			return true;
		}
		start = (size_t)(found - cmp->a->data) + 1;
	}
	return false;
}

static bool only_clears(const struct pair *pair)
{
	for (size_t i = 0; i < OTA_SECTOR_SIZE; i++)
		if (pair->b[i] & ~pair->a[i])
			return false;
	return true;
}

static enum ota_sector_change classify(struct comparison *cmp, const struct pair *pair)
{
	if (ota_is_filled(pair->b, OTA_SECTOR_SIZE, 0xFF))
		return OTA_SECTOR_ERASED;
	if (ota_is_filled(pair->a, OTA_SECTOR_SIZE, 0xFF))
		return OTA_SECTOR_WRITTEN;
	if (only_clears(pair))
		return OTA_SECTOR_CLEARED;
	return find_shift(cmp, pair) ? OTA_SECTOR_SHIFTED : OTA_SECTOR_REWRITTEN;
}

static void flush(struct comparison *cmp)
{
	if (cmp->run.bytes)
		cmp->take(cmp->ctx, &cmp->run);
	cmp->run.bytes = 0;
}

static void count_bytes(struct ota_diff_run *run, const struct pair *pair)
{
	for (size_t i = 0; i < pair->size; i++) {
		unsigned change = pair->a[i] ^ pair->b[i];

		run->bytes += change != 0;
		run->bits += (unsigned)__builtin_popcount(change);
	}
}

static uint32_t first_difference(const struct pair *pair)
{
	uint32_t i = 0;

	while (pair->a[i] == pair->b[i])
		i++;
	return i;
}

static void add_sector(struct comparison *cmp, const struct pair *pair)
{
	enum ota_sector_change change = classify(cmp, pair);
	int32_t shift = change == OTA_SECTOR_SHIFTED ? cmp->last_shift : 0;
	uint32_t addr = cmp->addr + (uint32_t)pair->pos;
	struct ota_diff_run *run = &cmp->run;

	if (run->bytes && (run->change != change || run->shift != shift ||
			   run->span.addr + run->span.size != addr))
		flush(cmp);
	if (!run->bytes)
		*run = (struct ota_diff_run){ .change = change,
					      .shift = shift,
					      .span = { addr, 0 },
					      .first = addr + first_difference(pair) };
	run->span.size += (uint32_t)pair->size;
	count_bytes(run, pair);
}

/* Are the sectors the same, seen without copying them? */
static bool is_same(const struct comparison *cmp, size_t pos, size_t size)
{
	return pos + size <= cmp->a->size && pos + size <= cmp->b->size &&
	       memcmp(cmp->a->data + pos, cmp->b->data + pos, size) == 0;
}

void ota_flash_diff(const struct ota_diff_input *a, const struct ota_diff_input *b, uint32_t addr,
		    ota_diff_fn *take, void *ctx)
{
	struct comparison cmp = { .a = a, .b = b, .addr = addr, .take = take, .ctx = ctx };
	size_t end = a->size > b->size ? a->size : b->size;
	struct pair pair;

	for (pair.pos = 0; pair.pos < end; pair.pos += OTA_SECTOR_SIZE) {
		pair.size = end - pair.pos < OTA_SECTOR_SIZE ? end - pair.pos : OTA_SECTOR_SIZE;
		if (is_same(&cmp, pair.pos, pair.size))
			continue;
		get_sector(a, pair.pos, pair.a);
		get_sector(b, pair.pos, pair.b);
		if (memcmp(pair.a, pair.b, pair.size) != 0)
			add_sector(&cmp, &pair);
	}
	flush(&cmp);
}
