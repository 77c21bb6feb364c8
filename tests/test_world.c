/* SPDX-License-Identifier: MIT */
/* The bootloader's choice against a second model, and the host's changes of otadata, in every small
 * world. `test_world STRIDE` takes every STRIDE-th pair of records. */
#include "lib/host/repair.h"
#include "tests/world.h"

static bool loads(void *ctx, int choice)
{
	const struct world *w = ctx;

	return choice < 0 ? choice == OTA_CHOICE_FACTORY && w->m.factory_loads
			  : w->m.loads >> choice & 1;
}

/* lib/boot.c's choice; what it writes goes to `ctx`'s flash by its operations. */
struct booted {
	const struct world *world;
	struct flash flash;
};

static bool booted_loads(void *ctx, int choice)
{
	return loads((void *)((struct booted *)ctx)->world, choice);
}

static int booted_apply(void *ctx, const struct ota_op *op)
{
	apply_op(&((struct booted *)ctx)->flash, op);
	return 0;
}

static int boot_lib(const struct world *w, struct booted *after)
{
	const struct ota_boot boot = { .slots = &w->slots,
				       .config = { .rollback = w->m.rollback },
				       .ctx = after,
				       .verify = booted_loads,
				       .apply = booted_apply };
	struct ota_record pair[2];
	struct ota_boot_result result;

	after->world = w;
	memcpy(after->flash.raw, w->m.flash, sizeof(after->flash.raw));
	for (int i = 0; i < 2; i++)
		ota_record_decode(w->m.flash[i], &pair[i]);
	assert_int_equal(ota_boot(&boot, pair, &result), OTA_OK);
	return result.choice;
}

static void same_choice(struct world *w)
{
	struct booted lib;
	struct flash before, after;

	memcpy(before.raw, w->m.flash, sizeof(before.raw));
	w->doing = "boot";
	CHECK(w, boot_lib(w, &lib) == boot_model(w, &before, &after));
	CHECK(w, memcmp(lib.flash.raw, after.raw, sizeof(after.raw)) == 0);
}

static void both_models_agree(void **state)
{
	(void)state;
	visit_worlds(same_choice, 4);
}

/* What starts if the record that is rewritten in place were not there. */
static int without(const struct world *w, int sector)
{
	struct flash flash;

	memcpy(flash.raw, w->m.flash, sizeof(flash.raw));
	memset(flash.raw[sector], 0xFF, 32);
	return boot_model(w, &flash, NULL);
}

static void set_boot_to(struct world *w, unsigned slot, uint32_t state)
{
	struct ota_otadata data;
	struct ota_change change;
	struct flash flash;
	int allowed[3], active;
	enum ota_status status;

	memcpy(flash.raw, w->m.flash, sizeof(flash.raw));
	decode(w, &flash, &data);
	status = ota_change_set_boot(&data, slot, state, &change);
	CHECK(w, status == OTA_OK || status == OTA_E_FULL);
	if (status)
		return;
	active = ota_records_active(data.pair);
	allowed[0] = boot_model(w, &flash, NULL);
	allowed[1] = allowed[2] = (int)slot;
	if (allowed[0] != MODEL_NOTHING && !is_risky(w->m.flash, w->m.rollback)) {
		if (change.count && active >= 0 &&
		    ota_seq_slot(data.pair[active].seq, w->m.slots) == slot)
			allowed[2] = without(w, active);
		cut_everywhere(w, &flash, &change, allowed);
	} else {
		for (unsigned i = 0; i < change.count; i++)
			apply_op(&flash, &change.ops[i]);
	}
	CHECK(w, boot_model(w, &flash, NULL) == (int)slot);
}

static void set_boot_everywhere(struct world *w)
{
	w->doing = "set-boot";
	for (unsigned slot = 0; slot < w->m.slots; slot++) {
		if (!(w->m.loads >> slot & 1))
			continue;
		set_boot_to(w, slot, OTA_STATE_UNDEFINED);
		if (w->m.rollback)
			set_boot_to(w, slot, OTA_STATE_NEW);
	}
}

static void set_boot_then_boot(void **state)
{
	(void)state;
	visit_worlds(set_boot_everywhere, 4);
}

static void back_to_factory(struct world *w)
{
	struct ota_otadata data;
	struct ota_change change;
	struct flash flash;
	int allowed[3] = { 0, MODEL_FACTORY, MODEL_FACTORY };

	w->doing = "factory";
	if (!w->m.factory_loads || is_risky(w->m.flash, w->m.rollback))
		return;
	memcpy(flash.raw, w->m.flash, sizeof(flash.raw));
	decode(w, &flash, &data);
	allowed[0] = boot_model(w, &flash, NULL);
	ota_change_factory(&data, &change);
	cut_everywhere(w, &flash, &change, allowed);
	CHECK(w, boot_model(w, &flash, NULL) == MODEL_FACTORY);
	decode(w, &flash, &data);
	ota_change_factory(&data, &change);
	CHECK(w, change.count == 0);
}

static void factory_then_boot(void **state)
{
	(void)state;
	visit_worlds(back_to_factory, 4);
}

static unsigned findings;

static void count_finding(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	(void)diag;
	findings++;
}

static unsigned repair(struct world *w, struct flash *flash, enum ota_status *status)
{
	struct ota_repair repair = { .sim = &w->sim, .report = count_finding };
	struct ota_record pair[2];

	findings = 0;
	for (int i = 0; i < 2; i++)
		ota_record_decode(flash->raw[i], &pair[i]);
	*status = ota_repair_otadata(&repair, pair);
	for (int i = 0; i < 2; i++)
		if (repair.edited[i])
			ota_record_encode(&pair[i], flash->raw[i]);
	return findings;
}

static void mend(struct world *w)
{
	struct flash flash;
	struct model m = w->m;
	int choice;
	enum ota_status status;
	unsigned found;

	w->doing = "repair";
	choice = model_boot(&m);
	memcpy(flash.raw, w->m.flash, sizeof(flash.raw));
	found = repair(w, &flash, &status);
	CHECK(w, (status == OTA_OK) == (choice != MODEL_NOTHING));
	if (status) {
		CHECK(w, memcmp(flash.raw, w->m.flash, sizeof(flash.raw)) == 0);
		return;
	}
	CHECK(w, (found > 0) == (memcmp(flash.raw, w->m.flash, sizeof(flash.raw)) != 0));
	m = w->m;
	memcpy(m.flash, flash.raw, sizeof(m.flash));
	CHECK(w, model_boot(&m) == choice);
	CHECK(w, m.start == choice);
	for (int i = 0; i < 2; i++)
		CHECK(w, model_classify(flash.raw[i]) == G || model_classify(flash.raw[i]) == N);
	CHECK(w, repair(w, &flash, &status) == 0 && status == OTA_OK);
}

static void repair_keeps_what_starts(void **state)
{
	(void)state;
	visit_worlds(mend, 4);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_models_agree),
		cmocka_unit_test(set_boot_then_boot),
		cmocka_unit_test(factory_then_boot),
		cmocka_unit_test(repair_keeps_what_starts),
	};

	return run_worlds(argc, argv, tests, ARRAY_LEN(tests));
}
