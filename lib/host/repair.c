/* SPDX-License-Identifier: MIT */
#include "lib/host/repair.h"

#include <string.h>

static const struct ota_rule rule_crc = {
	"otadata-crc", OTA_ERROR, OTA_TEXT("the CRC of sequence {value:d} is {low}"),
	OTA_TEXT("a record's CRC is that of its sequence number, here {high}"),
	OTA_TEXT("the record is erased")
};
static const struct ota_rule rule_crc_trusted = {
	"otadata-crc", OTA_ERROR, OTA_TEXT("the CRC of sequence {value:d} is {low}"),
	OTA_TEXT("a record's CRC is that of its sequence number, here {high}"),
	OTA_TEXT("the CRC is corrected, because the image in {name} is whole")
};
static const struct ota_rule rule_rejected = {
	"otadata-state", OTA_ERROR, OTA_TEXT("sequence {value:d} is {word}"),
	OTA_TEXT("a record that is invalid or aborted is never selected"),
	OTA_TEXT("the record is erased")
};
static const struct ota_rule rule_trial = {
	"otadata-trial", OTA_ERROR, OTA_TEXT("sequence {value:d} is pending"),
	OTA_TEXT("a trial that was not confirmed is aborted at the next boot"),
	OTA_TEXT("the record is erased")
};
static const struct ota_rule rule_slot = {
	"otadata-slot", OTA_ERROR,
	OTA_TEXT("sequence {value:d} selects {name}, which does not load"),
	OTA_TEXT("the record that wins selects an image that verifies"),
	OTA_TEXT("the record is erased")
};
static const struct ota_rule rule_duplicate = {
	"otadata-duplicate", OTA_ERROR, OTA_TEXT("both records have the sequence {value:d}"),
	OTA_TEXT("the two sequences differ, on a tie the first record wins"),
	OTA_TEXT("the second record is erased")
};
static const struct ota_rule rule_orphan = {
	"otadata-orphan", OTA_ERROR, OTA_TEXT("no record selects {name}, which starts"),
	OTA_TEXT("what starts is selected by a record"),
	OTA_TEXT("a record with sequence {value:d} is written")
};
static const struct ota_rule rule_leftover = {
	"otadata-leftover", OTA_ERROR, OTA_TEXT("sequence {value:d} is left, but factory starts"),
	OTA_TEXT("factory is selected by two blank records"), OTA_TEXT("the record is erased")
};

static void tell(struct ota_repair *repair, const struct ota_rule *rule, int record,
		 struct ota_diag diag)
{
	diag.rule = rule;
	diag.offset = repair->addr + (uint32_t)record * OTA_RECORD_STRIDE;
	repair->report(repair->ctx, &diag);
}

bool ota_record_looks_encrypted(const uint8_t raw[static OTA_RECORD_SIZE])
{
	struct ota_record record;
	unsigned distinct = 0;
	bool seen[256] = { false };

	ota_record_decode(raw, &record);
	for (unsigned i = 0; i < OTA_RECORD_SIZE; i++) {
		distinct += !seen[raw[i]];
		seen[raw[i]] = true;
	}
	/* 32 random bytes have fewer than 22 different values once in a million. */
	return distinct >= 22 && !ota_record_crc_ok(&record);
}

static void erase(struct ota_repair *repair, struct ota_record pair[static 2], int i)
{
	memset(&pair[i], 0xFF, sizeof(pair[i]));
	repair->edited[i] = true;
}

static int slot_of(const struct ota_repair *repair, const struct ota_record *record)
{
	unsigned count = repair->sim->slots.count;

	return count ? (int)ota_seq_slot(record->seq, count) : OTA_CHOICE_NONE;
}

/* What starts from `pair`, and whether nothing was tried before it. */
static int try_boot(struct ota_repair *repair, const struct ota_record pair[static 2], bool *direct)
{
	struct ota_sim *sim = repair->sim;
	struct ota_boot_config before = sim->config;
	struct ota_record copy[2] = { pair[0], pair[1] };
	struct ota_boot_result result;
	uint8_t tee[sizeof(sim->tee)];

	memcpy(tee, sim->tee, sizeof(tee));
	sim->config.hold = OTA_HOLD_NONE;
	ota_sim_boot(sim, copy, &result);
	memcpy(sim->tee, tee, sizeof(tee));
	sim->config = before;
	*direct = result.start == result.choice;
	return result.choice;
}

/* The record of bad CRC alone that is newer than what is selected, and whose image verifies. */
static int find_trusted(const struct ota_repair *repair, const struct ota_record pair[static 2])
{
	int active = ota_records_active(pair), found = -1;

	for (int i = 0; i < 2; i++) {
		const struct ota_record *record = &pair[i];

		if (ota_record_rejected(record) || ota_record_crc_ok(record) ||
		    slot_of(repair, record) < 0 ||
		    !ota_sim_works(repair->sim, slot_of(repair, record)) ||
		    (active >= 0 && record->seq <= pair[active].seq) ||
		    (found >= 0 && record->seq <= pair[found].seq))
			continue;
		found = i;
	}
	return found;
}

static void correct_crc(struct ota_repair *repair, struct ota_record pair[static 2], int i)
{
	char name[OTA_CHOICE_NAME_SIZE];
	uint32_t crc = ota_seq_crc(pair[i].seq);

	tell(repair, &rule_crc_trusted, i,
	     (struct ota_diag){
		     .value = pair[i].seq,
		     .low = pair[i].crc,
		     .high = crc,
		     .name = ota_sim_name(repair->sim, slot_of(repair, &pair[i]), name) });
	pair[i].crc = crc;
	repair->edited[i] = true;
}

/* What is to start where nothing does: by sequence, then by slot, then factory. */
static int find_any(const struct ota_repair *repair, const struct ota_record pair[static 2])
{
	int best = -1, count = (int)repair->sim->slots.count;

	for (int i = 0; i < 2; i++)
		if (pair[i].seq != OTA_SEQ_NONE && ota_record_crc_ok(&pair[i]) && count &&
		    ota_sim_works(repair->sim, slot_of(repair, &pair[i])) &&
		    (best < 0 || pair[i].seq > pair[best].seq))
			best = i;
	if (best >= 0)
		return slot_of(repair, &pair[best]);
	for (int slot = 0; slot < count; slot++)
		if (ota_sim_works(repair->sim, slot))
			return slot;
	return ota_sim_works(repair->sim, OTA_CHOICE_FACTORY) ? OTA_CHOICE_FACTORY
							      : OTA_CHOICE_NONE;
}

/* What is wrong with a record by itself; NULL: nothing. */
static const struct ota_rule *find_fault(const struct ota_repair *repair,
					 const struct ota_record *record)
{
	if (record->seq == OTA_SEQ_NONE)
		return NULL;
	if (!repair->sim->config.esp8266 && ota_record_rejected(record))
		return &rule_rejected;
	if (!ota_record_crc_ok(record))
		return &rule_crc;
	if (repair->sim->config.rollback && record->state == OTA_STATE_PENDING)
		return &rule_trial;
	return NULL;
}

static void clear_faults(struct ota_repair *repair, struct ota_record pair[static 2])
{
	for (int i = 0; i < 2; i++) {
		const struct ota_rule *fault = find_fault(repair, &pair[i]);
		const char *state = ota_state_name(pair[i].state);

		if (!fault)
			continue;
		tell(repair, fault, i,
		     (struct ota_diag){ .value = pair[i].seq,
					.low = pair[i].crc,
					.high = ota_seq_crc(pair[i].seq),
					.word = state,
					.word_size = state ? strlen(state) : 0 });
		erase(repair, pair, i);
	}
	if (pair[0].seq == pair[1].seq && pair[0].seq != OTA_SEQ_NONE) {
		tell(repair, &rule_duplicate, 1, (struct ota_diag){ .value = pair[1].seq });
		erase(repair, pair, 1);
	}
}

/* Erase the winner while its slot does not load: at most both. */
static void clear_broken(struct ota_repair *repair, struct ota_record pair[static 2])
{
	int active;

	while ((active = ota_records_active(pair)) >= 0) {
		int slot = slot_of(repair, &pair[active]);
		char name[OTA_CHOICE_NAME_SIZE];

		if (slot < 0 || ota_sim_works(repair->sim, slot))
			return;
		tell(repair, &rule_slot, active,
		     (struct ota_diag){ .value = pair[active].seq,
					.name = ota_sim_name(repair->sim, slot, name) });
		erase(repair, pair, active);
	}
}

/* Let a record select `choice`. Where one does already, it is not otadata that keeps it from starting. */
static void write_choice(struct ota_repair *repair, struct ota_record pair[static 2], int choice)
{
	int active = ota_records_active(pair), i = active == 0 ? 1 : 0;
	uint32_t seq;
	char name[OTA_CHOICE_NAME_SIZE];

	if (active >= 0 && slot_of(repair, &pair[active]) == choice)
		return;
	if (ota_seq_next(active < 0 ? 1 : pair[active].seq, repair->sim->slots.count,
			 (unsigned)choice, &seq)) {
		erase(repair, pair, active);
		seq = (uint32_t)choice + 1;
	}
	tell(repair, &rule_orphan, i,
	     (struct ota_diag){ .value = seq, .name = ota_sim_name(repair->sim, choice, name) });
	ota_record_make(seq, OTA_STATE_UNDEFINED, &pair[i]);
	repair->edited[i] = true;
}

/* Factory is chosen by saying nothing. */
static void clear_all(struct ota_repair *repair, struct ota_record pair[static 2])
{
	for (int i = 0; i < 2; i++) {
		if (pair[i].seq == OTA_SEQ_NONE)
			continue;
		tell(repair, &rule_leftover, i, (struct ota_diag){ .value = pair[i].seq });
		erase(repair, pair, i);
	}
}

enum ota_status ota_repair_otadata(struct ota_repair *repair, struct ota_record pair[static 2])
{
	bool direct;
	int trusted = repair->prefer_newest ? find_trusted(repair, pair) : -1;

	repair->edited[0] = repair->edited[1] = false;
	if (trusted >= 0)
		correct_crc(repair, pair, trusted);
	repair->choice = try_boot(repair, pair, &direct);
	if (repair->choice == OTA_CHOICE_NONE || !ota_sim_works(repair->sim, repair->choice))
		repair->choice = find_any(repair, pair);
	if (repair->choice == OTA_CHOICE_NONE)
		return OTA_E_MISSING;
	clear_faults(repair, pair);
	clear_broken(repair, pair);
	if (try_boot(repair, pair, &direct) == repair->choice && direct)
		return OTA_OK;
	if (repair->choice == OTA_CHOICE_FACTORY)
		clear_all(repair, pair);
	else if (repair->choice >= 0)
		write_choice(repair, pair, repair->choice);
	return OTA_OK;
}
