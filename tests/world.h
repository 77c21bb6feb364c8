/* SPDX-License-Identifier: MIT */
/* world.h - every small world: all pairs of records over a few sequences, all states, right and wrong
 * CRCs, times slots, factory, rollback and which images load; and the power failing within every
 * operation. Included by tests, which take every STRIDE-th pair. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/boot.h"
#include "lib/host/boot_sim.h"
#include "tests/boot_model.h"

#if defined(__SANITIZE_ADDRESS__)
#define STRIDE 23
#else
#define STRIDE 1
#endif

static unsigned stride = STRIDE; /* argv[1] of the test changes it */

#define RECORDS_MAX 80
static uint8_t records[RECORDS_MAX][32];
static unsigned record_count;

/* blank, and {0..4, 0xFFFFFFFE} x states x CRC right or wrong; no sequence but its CRC. */
static inline void make_records(void)
{
	static const uint32_t seqs[] = { 0, 1, 2, 3, 4, 0xFFFFFFFE };
	static const uint32_t states[] = { 0, 1, 2, 3, 4, 0xFFFFFFFF };

	memset(records, 0xFF, sizeof(records));
	model_put_u32(records[1] + 28, model_crc(records[1]));
	record_count = 2;
	for (unsigned i = 0; i < ARRAY_LEN(seqs) * ARRAY_LEN(states) * 2; i++) {
		uint8_t *record = records[record_count++];

		model_put_u32(record, seqs[i / 2 / ARRAY_LEN(states)]);
		model_put_u32(record + 24, states[i / 2 % ARRAY_LEN(states)]);
		model_put_u32(record + 28, model_crc(record) ^ (i % 2 ? 0x100 : 0));
	}
}

/* One device; `sim` is the same device as the host's tools see it. */
struct world {
	struct model m;
	struct ota_slots slots;
	struct ota_sim sim;
	const char *doing;
};

static inline void describe(const struct world *w, const uint8_t *flash)
{
	print_error("%s: %u slots, factory %d (loads %d), rollback %d, loads %x;", w->doing,
		    w->m.slots, w->m.factory, w->m.factory_loads, w->m.rollback, w->m.loads);
	for (int i = 0; i < 2; i++, flash += 32)
		print_error(" %x/%x/%s", model_u32(flash), model_u32(flash + 24),
			    model_u32(flash + 28) == model_crc(flash) ? "ok" : "bad");
	print_error("\n");
}

#define CHECK(world, condition)                             \
	do {                                                \
		if (!(condition)) {                         \
			describe(world, world->m.flash[0]); \
			assert_true(condition);             \
		}                                           \
	} while (0)

struct flash {
	uint8_t raw[2][32];
};

static inline void apply_plain(struct flash *flash, const struct ota_op *op)
{
	if (op->kind == OTA_OP_ERASE)
		memset(flash->raw[op->sector], 0xFF, 32);
	for (int i = 0; op->kind == OTA_OP_WRITE && i < 32; i++)
		flash->raw[op->sector][i] &= op->raw[i];
}

/* How operations are carried out, and how records lie in flash: a test may put a port there, and
 * encryption. seal() NULL: as they are; it and unseal() work in place. */
static struct {
	void (*apply)(struct flash *flash, const struct ota_op *op);
	void (*seal)(uint8_t found[2][32]);
	void (*unseal)(uint8_t found[2][32]);
} medium = { apply_plain, NULL, NULL };

static inline void apply_op(struct flash *flash, const struct ota_op *op)
{
	medium.apply(flash, op);
}

/* What the device reads. */
static inline void read_flash(const struct flash *flash, uint8_t found[2][32])
{
	memcpy(found, flash->raw, sizeof(flash->raw));
	if (medium.unseal)
		medium.unseal(found);
}

static inline void put_flash(struct flash *flash, uint8_t plain[2][32])
{
	memcpy(flash->raw, plain, sizeof(flash->raw));
	if (medium.seal)
		medium.seal(flash->raw);
}

/* The model's choice from other contents; *after (may be NULL) what it leaves. */
static inline int boot_model(const struct world *w, const struct flash *flash, struct flash *after)
{
	struct model m = w->m;
	int choice;

	read_flash(flash, m.flash);
	choice = model_boot(&m);
	if (after)
		put_flash(after, m.flash);
	return choice;
}

static inline void decode(const struct world *w, const struct flash *flash,
			  struct ota_otadata *data)
{
	static const uint8_t blank[32] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
					   0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
					   0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
					   0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };

	uint8_t found[2][32];

	read_flash(flash, found);
	data->count = w->m.slots;
	for (int i = 0; i < 2; i++) {
		ota_record_decode(found[i], &data->pair[i]);
		data->blank[i] = memcmp(flash->raw[i], blank, 32) == 0;
	}
}

/* Erase: any subset of the words that matter is blank. Write: a prefix, or some of the bits. */
#define TEARS 19u
static inline void tear(struct flash *flash, const struct flash *whole, const struct ota_op *op,
			unsigned how)
{
	static const uint8_t words[3] = { 0, 24, 28 };
	static const uint8_t prefixes[] = { 1, 2, 3, 4, 25, 26, 27, 28, 29, 30, 31 };
	static uint32_t noise = 1;
	const uint8_t *to = whole->raw[op->sector];
	uint8_t *sector = flash->raw[op->sector];

	for (int i = 0; op->kind == OTA_OP_ERASE && i < 3; i++)
		if (how >> i & 1)
			memset(sector + words[i], 0xFF, 4);
	for (unsigned i = 0; op->kind == OTA_OP_WRITE && i < 32; i++) {
		noise = noise * 1664525 + 1013904223;
		if (how >= ARRAY_LEN(prefixes))
			sector[i] &= (uint8_t)(to[i] | noise >> 24);
		else if (i < prefixes[how])
			sector[i] &= to[i];
	}
}

static inline unsigned tear_count(const struct ota_op *op)
{
	return op->kind == OTA_OP_ERASE ? 8 : 13;
}

/* The power fails within each operation in each way: then one of `allowed` starts. At the end
 * `flash` is as the whole change leaves it. */
static inline void cut_everywhere(struct world *w, struct flash *flash,
				  const struct ota_change *change, const int allowed[static 3])
{
	CHECK(w, change->count <= OTA_CHANGE_MAX);
	for (unsigned i = 0; i < change->count; i++) {
		const struct ota_op *op = &change->ops[i];
		struct flash whole = *flash;

		apply_op(&whole, op);
		for (unsigned how = 0; how < tear_count(op); how++) {
			struct flash torn = *flash;
			int choice;

			tear(&torn, &whole, op, how);
			choice = boot_model(w, &torn, NULL);
			if (choice == allowed[0] || choice == allowed[1] || choice == allowed[2])
				continue;
			print_error("operation %u torn in way %u leaves", i, how);
			describe(w, torn.raw[0]);
			print_error("which starts %d, not %d, %d, %d\n", choice, allowed[0],
				    allowed[1], allowed[2]);
			CHECK(w, false);
		}
		*flash = whole;
	}
}

/* Where a cut cannot be without risk, whatever is done: PENDING under a bootloader without rollback,
 * which never writes it; a record of sequence 0 that does not count, whose right CRC is that of blank flash, so
 * that a torn erase can make it usable. Such worlds are not cut, all else is asked of them too. */
static inline bool is_risky(uint8_t flash[2][32], bool rollback)
{
	for (int i = 0; i < 2; i++)
		if ((!rollback && model_u32(flash[i] + 24) == 1) ||
		    (model_u32(flash[i]) == 0 &&
		     (model_classify(flash[i]) != G || model_u32(flash[i] + 24) == 1)))
			return true;
	return false;
}

/* Pairs of worlds are made once for each device. */
static inline void begin_device(struct world *w, unsigned slots, unsigned factory, uint32_t images)
{
	*w = (struct world){ .m = { .slots = slots,
				    .factory = factory > 0,
				    .factory_loads = factory > 1,
				    .loads = images } };
	ota_sim_begin_counted(&w->sim, slots);
	if (factory)
		ota_slots_add(&w->sim.slots, OTA_TYPE_APP, OTA_APP_FACTORY, 1, 9);
	w->slots = w->sim.slots;
	for (unsigned i = 0; i < OTA_SLOTS_MAX; i++)
		w->sim.images[i].verdict = images >> i & 1 ? OTA_SLOT_GOOD : OTA_SLOT_BAD;
	w->sim.images[OTA_SLOTS_MAX].verdict = factory > 1 ? OTA_SLOT_GOOD : OTA_SLOT_BAD;
	w->sim.images[OTA_SLOTS_MAX + 1].verdict = OTA_SLOT_ABSENT;
}

/* What is blank is so below encryption, and reads as noise. */
static inline void seal_blank(struct world *w)
{
	struct flash flash;

	put_flash(&flash, w->m.flash);
	for (int i = 0; i < 2; i++)
		if (memcmp(w->m.flash[i], records[0], 32) == 0)
			memset(flash.raw[i], 0xFF, 32);
	read_flash(&flash, w->m.flash);
}

typedef void visit_fn(struct world *w);

static inline unsigned long visit_pairs(struct world *w, visit_fn *visit)
{
	unsigned long count = 0, pairs = (unsigned long)record_count * record_count;

	for (unsigned long i = 0; i < pairs; i += stride, count++) {
		memcpy(w->m.flash[0], records[i / record_count], 32);
		memcpy(w->m.flash[1], records[i % record_count], 32);
		if (medium.unseal)
			seal_blank(w);
		visit(w);
	}
	return count;
}

/* factory: 0 none, 1 there but broken, 2 whole. */
static inline void visit_worlds(visit_fn *visit, unsigned slots_max)
{
	static struct world w;
	unsigned long count = 0;

	for (unsigned slots = 0; slots <= slots_max; slots++)
		for (unsigned factory = 0; factory < 3; factory++)
			for (uint32_t images = 0; images < 1u << slots; images++) {
				begin_device(&w, slots, factory, images);
				for (int rollback = 0; rollback < 2; rollback++) {
					w.m.rollback = w.sim.config.rollback = rollback;
					count += visit_pairs(&w, visit);
				}
			}
	print_message("%lu worlds\n", count);
}

/* What main() does. */
static inline int run_worlds(int argc, char **argv, const struct CMUnitTest *tests, size_t count)
{
	if (argc > 1)
		stride = (unsigned)strtoul(argv[1], NULL, 0);
	make_records();
	return _cmocka_run_group_tests("worlds", tests, count, NULL, NULL);
}

#endif
