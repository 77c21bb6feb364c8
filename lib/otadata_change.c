/* SPDX-License-Identifier: MIT */
/* otadata_change.c - changes of otadata as flash operations, safe wherever the power fails */
#include <string.h>

#include "lib/otadata.h"

static void put_op(struct ota_change *change, enum ota_op_kind kind, int sector,
		   const struct ota_record *record)
{
	struct ota_op *op = &change->ops[change->count++];

	op->kind = kind;
	op->sector = (uint8_t)sector;
	op->over = false;
	if (record)
		ota_record_encode(record, op->raw);
	else
		memset(op->raw, 0xFF, sizeof(op->raw));
}

/* A torn erase may blank the state before the sequence, and what the bootloader rejects (or is
 * about to abort) by its state alone would be accepted again. Such a record loses its CRC first:
 * programming zeros needs no erase. */
static void put_erase(struct ota_change *change, const struct ota_otadata *data, int sector)
{
	struct ota_record record = data->pair[sector];

	if (record.seq != OTA_SEQ_NONE && ota_record_crc_ok(&record) &&
	    (ota_record_rejected(&record) || record.state == OTA_STATE_PENDING)) {
		record.crc = 0;
		put_op(change, OTA_OP_WRITE, sector, &record);
		change->ops[change->count - 1].over = true;
	}
	put_op(change, OTA_OP_ERASE, sector, NULL);
}

static void put_record(struct ota_change *change, const struct ota_otadata *data, int sector,
		       const struct ota_record *record)
{
	put_erase(change, data, sector);
	put_op(change, OTA_OP_WRITE, sector, record);
}

void ota_change_write(uint8_t sector, const struct ota_record *record, struct ota_change *change)
{
	change->count = 0;
	put_op(change, OTA_OP_ERASE, sector, NULL);
	put_op(change, OTA_OP_WRITE, sector, record);
}

/* The usable record with the highest sequence that means `slot`; -1: none. */
static int find_record(const struct ota_otadata *data, int slot)
{
	int found = -1;

	for (int i = 0; i < 2 && data->count; i++) {
		const struct ota_record *record = &data->pair[i];

		if (ota_record_usable(record) &&
		    (int)ota_seq_slot(record->seq, data->count) == slot &&
		    (found < 0 || record->seq > data->pair[found].seq))
			found = i;
	}
	return found;
}

/* Who wins at the next boot. A PENDING record shows that this bootloader does trials: it will be
 * ABORTED before anything is selected. */
static int next_active(const struct ota_otadata *data)
{
	struct ota_record pair[2] = { data->pair[0], data->pair[1] };

	for (int i = 0; i < 2; i++)
		if (pair[i].state == OTA_STATE_PENDING)
			pair[i].state = OTA_STATE_ABORTED;
	return ota_records_active(pair);
}

/* One more than the highest sequence whose CRC is right: a torn erase of the other sector cannot
 * revive anything above it. */
static uint32_t above_all(const struct ota_otadata *data)
{
	uint32_t least = 1;

	for (int i = 0; i < 2; i++) {
		const struct ota_record *record = &data->pair[i];

		if (record->seq != OTA_SEQ_NONE && ota_record_crc_ok(record) &&
		    record->seq >= least)
			least = record->seq + 1;
	}
	return least;
}

/* No record means `running`: write one where nothing wins, then clear the other sector. */
static enum ota_status put_anchor(const struct ota_otadata *data, unsigned running,
				  struct ota_change *change)
{
	int active = next_active(data), sector = active < 0 ? 0 : 1 - active;
	struct ota_record record;
	uint32_t seq;
	enum ota_status status = ota_seq_next(above_all(data), data->count, running, &seq);

	if (status)
		return status;
	ota_record_make(seq, OTA_STATE_UNDEFINED, &record);
	put_record(change, data, sector, &record);
	if (!data->blank[1 - sector])
		put_op(change, OTA_OP_ERASE, 1 - sector, NULL);
	return OTA_OK;
}

enum ota_status ota_change_anchor(const struct ota_otadata *data, int running,
				  struct ota_change *change)
{
	int held = find_record(data, running);

	change->count = 0;
	if (running == OTA_CHOICE_FACTORY) {
		ota_change_factory(data, change);
		return OTA_OK;
	}
	if (running < 0 || (unsigned)running >= data->count)
		return OTA_E_VALUE;
	if (held < 0)
		return put_anchor(data, (unsigned)running, change);
	if (!data->blank[1 - held])
		put_erase(change, data, 1 - held);
	return OTA_OK;
}

enum ota_status ota_change_commit(const struct ota_otadata *data, int running, unsigned target,
				  struct ota_change *change)
{
	int held = find_record(data, running);
	struct ota_record record;
	uint32_t seq;
	enum ota_status status;

	change->count = 0;
	if ((int)target == running || (held < 0 && running != OTA_CHOICE_FACTORY))
		return OTA_E_VALUE;
	status = ota_seq_next(above_all(data), data->count, target, &seq);
	if (status)
		return status;
	ota_record_make(seq, OTA_STATE_NEW, &record);
	put_record(change, data, held < 0 ? 0 : 1 - held, &record);
	return OTA_OK;
}

int ota_records_other(const struct ota_otadata *data, int running)
{
	int held = find_record(data, running);
	const struct ota_record *other = &data->pair[held == 0];
	int slot;

	if (held < 0 || !ota_record_usable(other))
		return OTA_CHOICE_NONE;
	slot = (int)ota_seq_slot(other->seq, data->count);
	return slot == running ? OTA_CHOICE_NONE : slot;
}

/* Is the record beside `held` worth keeping? It is if a cut while `held` is rewritten in place leads
 * back to `running`, to the app before it, or where the end of the trial would have led anyway. */
static bool keeps_other(const struct ota_otadata *data, int running, int held, bool other_boots)
{
	return ota_record_usable(&data->pair[1 - held]) &&
	       (other_boots || data->pair[held].state == OTA_STATE_PENDING ||
		ota_records_other(data, running) == OTA_CHOICE_NONE);
}

enum ota_status ota_change_confirm(const struct ota_otadata *data, int running, bool other_boots,
				   struct ota_change *change)
{
	int held = find_record(data, running);
	struct ota_record record;
	uint32_t seq = 0;
	enum ota_status status;

	change->count = 0;
	if (held < 0)
		return OTA_E_MISSING;
	record = data->pair[held];
	if (record.state == OTA_STATE_VALID)
		return OTA_OK;
	record.state = OTA_STATE_VALID;
	if (keeps_other(data, running, held, other_boots)) {
		put_op(change, OTA_OP_ERASE, held, NULL);
		put_op(change, OTA_OP_WRITE, held, &record);
		return OTA_OK;
	}
	/* At the end of the range numbering begins anew, and the old record has to go. */
	status = ota_seq_next(above_all(data), data->count, (unsigned)running, &seq);
	ota_record_make(status ? (uint32_t)running + 1 : seq, OTA_STATE_VALID, &record);
	put_record(change, data, 1 - held, &record);
	if (status)
		put_op(change, OTA_OP_ERASE, held, NULL);
	return OTA_OK;
}

int ota_rollback_target(const struct ota_otadata *data, int running, bool factory)
{
	int other = ota_records_other(data, running);

	if (find_record(data, running) < 0)
		return OTA_CHOICE_NONE;
	return other >= 0 ? other : factory ? OTA_CHOICE_FACTORY : OTA_CHOICE_NONE;
}

enum ota_status ota_change_rollback(const struct ota_otadata *data, int running, bool factory,
				    struct ota_change *change)
{
	int held = find_record(data, running);
	int target = ota_rollback_target(data, running, factory);
	struct ota_record record;

	change->count = 0;
	if (target == OTA_CHOICE_NONE)
		return OTA_E_MISSING;
	record = data->pair[held];
	record.state = OTA_STATE_INVALID;
	/* Both records may mean the rejected slot: the older one would win otherwise. */
	if (target == OTA_CHOICE_FACTORY && ota_record_usable(&data->pair[1 - held]))
		put_op(change, OTA_OP_ERASE, 1 - held, NULL);
	put_op(change, OTA_OP_ERASE, held, NULL);
	put_op(change, OTA_OP_WRITE, held, &record);
	return OTA_OK;
}

void ota_change_factory(const struct ota_otadata *data, struct ota_change *change)
{
	int last = ota_records_active(data->pair);

	if (last < 0)
		last = 1;
	change->count = 0;
	if (!data->blank[1 - last])
		put_erase(change, data, 1 - last);
	if (!data->blank[last])
		put_erase(change, data, last);
}

/* The sector for a new record: the one that does not win. A winner on trial is lost at the next boot
 * anyway, and then the other one is needed. */
static int find_loser(const struct ota_record pair[static 2], int active)
{
	if (active < 0)
		return 0;
	return pair[active].state == OTA_STATE_PENDING &&
			       pair[1 - active].state != OTA_STATE_PENDING
		     ? active
		     : 1 - active;
}

enum ota_status ota_change_set_boot(const struct ota_otadata *data, unsigned slot, uint32_t state,
				    struct ota_change *change)
{
	int active = ota_records_active(data->pair), sector = find_loser(data->pair, active);
	struct ota_record record;
	uint32_t least = active < 0 ? 0 : data->pair[active].seq;
	enum ota_status status;

	change->count = 0;
	if (slot >= data->count)
		return OTA_E_VALUE;
	if (active >= 0 && ota_seq_slot(least, data->count) == slot) {
		record = data->pair[sector = active];
		if (record.state == state)
			return OTA_OK;
	} else {
		record = data->pair[sector];
		status = ota_seq_next(least, data->count, slot, &record.seq);
		if (status)
			return status;
	}
	record.state = state;
	record.crc = ota_seq_crc(record.seq);
	put_record(change, data, sector, &record);
	return OTA_OK;
}
