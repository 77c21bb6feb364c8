/* SPDX-License-Identifier: MIT */
#include "lib/boot.h"

#include <string.h>

/* One boot under way. */
struct run {
	const struct ota_boot *boot;
	struct ota_record *pair;
	struct ota_boot_result *result;
	bool initial; /* the first image that loads is written into otadata */
	enum ota_status status;
};

static void tell(const struct run *run, enum ota_boot_event event, int choice, int record,
		 uint32_t value)
{
	const struct ota_boot_step step = { event, choice, record, value };

	if (run->boot->report && !run->status)
		run->boot->report(run->boot->ctx, &step);
}

static void apply(struct run *run, const struct ota_change *change)
{
	for (unsigned i = 0; i < change->count && !run->status; i++)
		if (run->boot->apply && run->boot->apply(run->boot->ctx, &change->ops[i]) != 0)
			run->status = OTA_E_DEVICE;
}

static void rewrite(struct run *run, int record)
{
	struct ota_change change;

	ota_change_write((uint8_t)record, &run->pair[record], &change);
	apply(run, &change);
}

static bool is_initial(const struct ota_record *record)
{
	return record->seq == OTA_SEQ_NONE || !ota_record_crc_ok(record);
}

/* Is the app of `choice` as new as the eFuse wants it? Gaps and images without description are not. */
static bool is_recent(const struct run *run, int choice)
{
	uint32_t version;

	return !run->boot->config.anti_rollback ||
	       (ota_slots_row(run->boot->slots, choice) != OTA_NO_ROW &&
		run->boot->secure_version(run->boot->ctx, choice, &version) &&
		version >= run->result->secure_version);
}

static void raise_version(struct run *run, int choice)
{
	uint32_t version;

	if (!run->boot->config.anti_rollback ||
	    !run->boot->secure_version(run->boot->ctx, choice, &version) ||
	    version <= run->result->secure_version)
		return;
	run->result->secure_version = version;
	tell(run, OTA_BOOT_RAISES, choice, -1, version);
}

static void abort_trials(struct run *run)
{
	for (int i = 0; i < 2; i++) {
		if (run->pair[i].state != OTA_STATE_PENDING)
			continue;
		run->pair[i].state = OTA_STATE_ABORTED;
		tell(run, OTA_BOOT_ABORTS, OTA_CHOICE_NONE, i, 0);
		rewrite(run, i);
	}
}

/* Nothing to go by: factory, or without one slot 0, which is then written down. */
static int choose_default(struct run *run, enum ota_boot_event event)
{
	bool factory = run->boot->slots->factory != OTA_NO_ROW;

	run->initial = !factory && !run->boot->config.esp8266 && is_initial(&run->pair[0]) &&
		       is_initial(&run->pair[1]);
	tell(run, event, factory ? OTA_CHOICE_FACTORY : 0, -1, 0);
	return factory ? OTA_CHOICE_FACTORY : 0;
}

/* The record that wins among those whose slot is recent enough; -1: none. */
static int find_active(struct run *run)
{
	struct ota_record pair[2] = { run->pair[0], run->pair[1] };

	for (int i = 0; i < 2 && run->boot->config.anti_rollback; i++) {
		int slot;

		if (!ota_record_usable(&pair[i]))
			continue;
		slot = (int)ota_seq_slot(pair[i].seq, run->boot->slots->count);
		if (is_recent(run, slot))
			continue;
		tell(run, OTA_BOOT_OUTDATED, slot, i, run->result->secure_version);
		pair[i].seq = OTA_SEQ_NONE;
	}
	return ota_records_active(pair);
}

static bool would_divide(const struct run *run)
{
	return run->boot->slots->count == 0 &&
	       (ota_record_usable(&run->pair[0]) || ota_record_usable(&run->pair[1]));
}

static int choose_by_records(struct run *run)
{
	int active, slot;

	if (would_divide(run)) {
		tell(run, OTA_BOOT_DIVIDES, OTA_CHOICE_NONE, -1, 0);
		return OTA_CHOICE_NONE;
	}
	active = find_active(run);
	if (active < 0) {
		tell(run, OTA_BOOT_DAMAGED, OTA_CHOICE_FACTORY, -1, 0);
		return OTA_CHOICE_FACTORY;
	}
	slot = (int)ota_seq_slot(run->pair[active].seq, run->boot->slots->count);
	tell(run, OTA_BOOT_SELECTS, slot, active, run->pair[active].seq);
	if (run->boot->config.rollback && run->pair[active].state == OTA_STATE_NEW) {
		run->pair[active].state = OTA_STATE_PENDING;
		tell(run, OTA_BOOT_TRIAL, slot, active, 0);
		rewrite(run, active);
	}
	if (run->pair[active].state == OTA_STATE_VALID)
		raise_version(run, slot);
	return slot;
}

static int choose_esp8266(struct run *run)
{
	if (run->pair[0].seq == OTA_SEQ_NONE && run->pair[1].seq == OTA_SEQ_NONE)
		return choose_default(run, OTA_BOOT_NONE_CHOSEN);
	return choose_by_records(run);
}

/* What the records select; OTA_CHOICE_NONE: the chip resets at once. */
static int choose(struct run *run)
{
	const struct ota_slots *slots = run->boot->slots;
	const struct ota_boot_config *config = &run->boot->config;

	run->initial = false;
	if (slots->otadata == OTA_NO_ROW) {
		tell(run, OTA_BOOT_NO_OTADATA, OTA_CHOICE_FACTORY, -1, 0);
		return OTA_CHOICE_FACTORY;
	}
	if (slots->otadata_size < OTA_OTADATA_SIZE) {
		tell(run, OTA_BOOT_OTADATA_SMALL, OTA_CHOICE_NONE, -1, slots->otadata_size);
		return OTA_CHOICE_NONE;
	}
	if (config->esp8266)
		return choose_esp8266(run);
	if (config->rollback)
		abort_trials(run);
	if (config->anti_rollback) {
		if (!is_initial(&run->pair[0]) || !is_initial(&run->pair[1]))
			return choose_by_records(run);
		run->initial = true;
		tell(run, OTA_BOOT_INITIAL, OTA_CHOICE_FACTORY, -1, 0);
		return OTA_CHOICE_FACTORY;
	}
	if (slots->count == 0)
		return choose_default(run, OTA_BOOT_NO_SLOTS);
	if (ota_record_rejected(&run->pair[0]) && ota_record_rejected(&run->pair[1]))
		return choose_default(run, OTA_BOOT_NONE_CHOSEN);
	return choose_by_records(run);
}

/* The factory-reset button: both sectors become blank, then as ever. */
static int reset_to_factory(struct run *run)
{
	struct ota_change change = { .count = 2,
				     .ops = { { .kind = OTA_OP_ERASE, .sector = 0 },
					      { .kind = OTA_OP_ERASE, .sector = 1 } } };

	tell(run, OTA_BOOT_FACTORY_RESET, OTA_CHOICE_NONE, -1, 0);
	if (run->boot->slots->otadata != OTA_NO_ROW)
		apply(run, &change);
	memset(run->pair, 0xFF, 2 * sizeof(*run->pair));
	return choose(run);
}

static int choose_with_buttons(struct run *run)
{
	int choice = choose(run);

	if (choice == OTA_CHOICE_NONE)
		return choice;
	if (run->boot->config.hold == OTA_HOLD_FACTORY_RESET)
		return reset_to_factory(run);
	if (run->boot->config.hold != OTA_HOLD_TEST_APP)
		return choice;
	tell(run, OTA_BOOT_TEST_APP, OTA_CHOICE_TEST, -1, 0);
	return run->boot->slots->test == OTA_NO_ROW ? OTA_CHOICE_NONE : OTA_CHOICE_TEST;
}

static bool try_one(struct run *run, int choice)
{
	if (ota_slots_row(run->boot->slots, choice) == OTA_NO_ROW)
		return false;
	if (!is_recent(run, choice)) {
		tell(run, OTA_BOOT_TOO_OLD, choice, -1, run->result->secure_version);
		return false;
	}
	if (run->boot->verify(run->boot->ctx, choice))
		return true;
	tell(run, OTA_BOOT_REFUSES, choice, -1, 0);
	return false;
}

/* Down from the start to factory, then up, then the test app. */
static int load(struct run *run, int start)
{
	if (start == OTA_CHOICE_TEST)
		return try_one(run, start) ? start : OTA_CHOICE_NONE;
	for (int i = start; i >= OTA_CHOICE_FACTORY; i--)
		if (try_one(run, i))
			return i;
	for (int i = start + 1; i < (int)run->boot->slots->count; i++)
		if (try_one(run, i))
			return i;
	return try_one(run, OTA_CHOICE_TEST) ? OTA_CHOICE_TEST : OTA_CHOICE_NONE;
}

/* A first boot leaves a record of the slot that loaded. */
static void settle(struct run *run, int choice)
{
	if (!run->initial || choice < 0)
		return;
	ota_record_make((uint32_t)choice + 1, OTA_STATE_VALID, &run->pair[0]);
	tell(run, OTA_BOOT_SETTLES, choice, 0, (uint32_t)choice + 1);
	rewrite(run, 0);
	raise_version(run, choice);
}

enum ota_status ota_boot(const struct ota_boot *boot, struct ota_record pair[static 2],
			 struct ota_boot_result *result)
{
	struct ota_record seen[2] = { pair[0], pair[1] };
	struct run run = { .boot = boot, .pair = pair, .result = result };

	if (boot->config.esp8266) { /* its state is label, which nobody reads */
		seen[0].state = seen[1].state = OTA_STATE_UNDEFINED;
		run.pair = seen;
	}
	result->secure_version = boot->config.secure_version;
	result->choice = OTA_CHOICE_NONE;
	result->start = choose_with_buttons(&run);
	if (result->start != OTA_CHOICE_NONE && !run.status &&
	    (!boot->before_load || boot->before_load(boot->ctx)))
		result->choice = load(&run, result->start);
	settle(&run, result->choice);
	tell(&run, result->choice == OTA_CHOICE_NONE ? OTA_BOOT_RESETS : OTA_BOOT_STARTS,
	     result->choice, -1, 0);
	return run.status;
}
