/* SPDX-License-Identifier: MIT */
/* The receiver's changes of otadata in every small world: anchor, upload, commit, confirm and rollback,
 * the power failing within each operation. What runs now keeps starting, or the new image does.
 * `test_world_update STRIDE` takes every STRIDE-th pair of records. */
#include "tests/world.h"

static void apply_all(struct flash *flash, const struct ota_change *change)
{
	for (unsigned i = 0; i < change->count; i++)
		apply_op(flash, &change->ops[i]);
}

/* Cut everywhere, or where the start is too odd for it, just carry it out. */
static void carry_out(struct world *w, struct flash *flash, const struct ota_change *change,
		      const int allowed[static 3])
{
	if (is_risky(flash->raw, w->m.rollback))
		apply_all(flash, change);
	else
		cut_everywhere(w, flash, change, allowed);
}

/* `running` keeps its place: the image of `target` is damaged while it is uploaded. */
static void upload(struct world *w, const struct flash *flash, int running, unsigned target)
{
	uint32_t before = w->m.loads;

	w->doing = "upload";
	w->m.loads &= ~(1u << target);
	CHECK(w, boot_model(w, flash, NULL) == running);
	w->m.loads = before | 1u << target;
	CHECK(w, boot_model(w, flash, NULL) == running);
	w->m.loads = before;
}

/* A cut may lead to the app before it, whose record is kept for that. */
static void confirm(struct world *w, struct flash flash, int running)
{
	struct ota_otadata data;
	struct ota_change change;
	int other, allowed[3] = { running, running, boot_model(w, &flash, NULL) };
	bool other_boots;

	w->doing = "confirm";
	decode(w, &flash, &data);
	other = ota_records_other(&data, running);
	other_boots = other >= 0 && w->m.loads >> other & 1;
	if (other_boots)
		allowed[1] = other;
	if (ota_change_confirm(&data, running, other_boots, &change))
		return;
	carry_out(w, &flash, &change, allowed);
	CHECK(w, boot_model(w, &flash, &flash) == running);
	CHECK(w, boot_model(w, &flash, &flash) == running);
	decode(w, &flash, &data);
	CHECK(w, ota_change_confirm(&data, running, other_boots, &change) == OTA_OK);
	CHECK(w, change.count == 0);
}

static void roll_back(struct world *w, struct flash flash, int running)
{
	struct ota_otadata data;
	struct ota_change change;
	int target, allowed[3] = { running, 0, boot_model(w, &flash, NULL) };

	w->doing = "rollback";
	decode(w, &flash, &data);
	target = ota_rollback_target(&data, running, w->m.factory);
	if (target == OTA_CHOICE_NONE ||
	    !(target < 0 ? w->m.factory_loads : w->m.loads >> target & 1))
		return;
	allowed[1] = target;
	CHECK(w, ota_change_rollback(&data, running, w->m.factory, &change) == OTA_OK);
	carry_out(w, &flash, &change, allowed);
	CHECK(w, boot_model(w, &flash, NULL) == target);
}

/* The new image is whole: switch to it, and see both ends of its trial. */
static void commit(struct world *w, struct flash flash, int running, unsigned target)
{
	const int allowed[3] = { running, (int)target, running };
	uint32_t before = w->m.loads;
	struct ota_otadata data;
	struct ota_change change;
	struct flash after;

	w->doing = "commit";
	w->m.loads |= 1u << target;
	decode(w, &flash, &data);
	CHECK(w, ota_change_commit(&data, running, target, &change) == OTA_OK);
	CHECK(w, change.count > 0);
	cut_everywhere(w, &flash, &change, allowed);
	CHECK(w, boot_model(w, &flash, &after) == (int)target);
	if (w->m.rollback)
		CHECK(w, boot_model(w, &after, NULL) == running);
	confirm(w, after, (int)target);
	roll_back(w, after, (int)target);
	w->m.loads = before;
}

/* From what the bootloader left when it started `running`. */
static void update(struct world *w, struct flash flash, int running)
{
	const int allowed[3] = { running, boot_model(w, &flash, NULL), running };
	struct ota_otadata data;
	struct ota_change change;
	enum ota_status status;

	w->doing = "anchor";
	decode(w, &flash, &data);
	status = ota_change_anchor(&data, running, &change);
	CHECK(w, status == OTA_OK || status == OTA_E_FULL);
	if (status)
		return;
	carry_out(w, &flash, &change, allowed);
	CHECK(w, boot_model(w, &flash, NULL) == running);
	decode(w, &flash, &data);
	CHECK(w, ota_change_anchor(&data, running, &change) == OTA_OK && change.count == 0);
	for (unsigned target = 0; target < w->m.slots; target++) {
		if ((int)target == running)
			continue;
		upload(w, &flash, running, target);
		decode(w, &flash, &data);
		if (ota_change_commit(&data, running, target, &change) != OTA_E_FULL)
			commit(w, flash, running, target);
	}
}

/* A receiver is asked to confirm before anything else while it is on trial. */
static bool is_on_trial(const struct world *w, const struct flash *flash, int running)
{
	for (int i = 0; i < 2; i++)
		if (model_classify(flash->raw[i]) == G && model_u32(flash->raw[i] + 24) == 1 &&
		    (int)((model_u32(flash->raw[i]) - 1) % w->m.slots) == running)
			return true;
	return false;
}

static void start_then_update(struct world *w)
{
	struct flash flash;
	int running;

	memcpy(flash.raw, w->m.flash, sizeof(flash.raw));
	running = boot_model(w, &flash, &flash);
	if (running == MODEL_NOTHING)
		return;
	if (running < 0 || !is_on_trial(w, &flash, running))
		update(w, flash, running);
	if (running >= 0) {
		confirm(w, flash, running);
		roll_back(w, flash, running);
	}
}

static void updates_survive_power_cuts(void **state)
{
	(void)state;
	visit_worlds(start_then_update, 3);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(updates_survive_power_cuts),
	};

	return run_worlds(argc, argv, tests, ARRAY_LEN(tests));
}
