/* SPDX-License-Identifier: MIT */
#include "lib/host/table_diff.h"

#include <string.h>

typedef bool same_fn(const struct ota_part *a, const struct ota_part *b);

static bool same_kind(const struct ota_part *a, const struct ota_part *b)
{
	return a->type == b->type && a->subtype == b->subtype;
}

static bool same_name(const struct ota_part *a, const struct ota_part *b)
{
	return strcmp(ota_part_name(a), ota_part_name(b)) == 0;
}

static bool same_stretch(const struct ota_part *a, const struct ota_part *b)
{
	return same_kind(a, b) && a->offset == b->offset && a->size == b->size;
}

static bool same_app(const struct ota_part *a, const struct ota_part *b)
{
	return a->type == OTA_TYPE_APP && same_kind(a, b);
}

/* What `part` holds, with `to` in place of its own table. */
static enum ota_fate fate_of(const struct ota_part *part, const struct ota_table *to)
{
	for (size_t i = 0; i < to->count; i++) {
		const struct ota_part *other = &to->parts[i];

		if (!same_kind(part, other) || part->offset != other->offset)
			continue;
		if (part->size == other->size)
			return part->type == OTA_TYPE_DATA &&
					       ((part->flags ^ other->flags) & OTA_PART_ENCRYPTED)
				     ? OTA_FATE_RECODED
				     : OTA_FATE_STAYS;
		if (part->type == OTA_TYPE_APP)
			return part->size < other->size ? OTA_FATE_GROWS : OTA_FATE_SHRINKS;
	}
	return OTA_FATE_LOST;
}

/* Pair the rows that have no partner yet. */
static void pair_rows(struct ota_diff *diff, const struct ota_table *to, bool *taken, same_fn *same)
{
	for (size_t i = 0; i < diff->count; i++) {
		struct ota_diff_row *row = &diff->rows[i];

		for (size_t k = 0; !row->to && k < to->count; k++) {
			if (taken[k] || !same(row->from, &to->parts[k]))
				continue;
			row->to = &to->parts[k];
			taken[k] = true;
		}
	}
}

static void compare_row(struct ota_diff_row *row)
{
	const struct ota_part *a = row->from, *b = row->to;

	row->moved = a->offset != b->offset;
	row->resized = a->size != b->size;
	row->retyped = !same_kind(a, b);
	row->renamed = !same_name(a, b);
	row->reflagged = a->flags != b->flags;
}

static unsigned count_slots(const struct ota_table *table)
{
	unsigned count = 0;

	for (size_t i = 0; i < table->count; i++)
		count += table->parts[i].type == OTA_TYPE_APP &&
			 table->parts[i].subtype >= OTA_APP_OTA_0 &&
			 table->parts[i].subtype <= OTA_APP_OTA_15;
	return count;
}

static void judge_row(struct ota_diff *diff, struct ota_diff_row *row, const struct ota_table *to)
{
	const struct ota_part *part = row->from;

	row->fate = fate_of(part, to);
	if (part->type == OTA_TYPE_APP)
		diff->apps_lost += row->fate == OTA_FATE_LOST || row->fate == OTA_FATE_SHRINKS;
	diff->recoded += row->fate == OTA_FATE_RECODED;
	if (part->type != OTA_TYPE_DATA || row->fate != OTA_FATE_LOST)
		return;
	diff->lost += part->size;
	diff->otadata_lost |= part->subtype == OTA_DATA_OTA;
}

void ota_table_diff(const struct ota_table *from, const struct ota_table *to, struct ota_diff *diff)
{
	static same_fn *const ways[] = { same_name, same_stretch, same_app };
	bool taken[OTA_TABLE_MAX] = { false };

	*diff = (struct ota_diff){ .count = from->count,
				   .slots_from = count_slots(from),
				   .slots_to = count_slots(to),
				   .same = from->count == to->count };
	for (size_t i = 0; i < from->count; i++)
		diff->rows[i].from = &from->parts[i];
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		pair_rows(diff, to, taken, ways[i]);
	for (size_t i = 0; i < from->count; i++) {
		struct ota_diff_row *row = &diff->rows[i];

		if (row->to)
			compare_row(row);
		judge_row(diff, row, to);
		diff->same &= row->to == &to->parts[i] && !ota_diff_row_changed(row);
	}
	for (size_t k = 0; k < to->count; k++)
		if (!taken[k])
			diff->rows[diff->count++].to = &to->parts[k];
}

bool ota_diff_row_changed(const struct ota_diff_row *row)
{
	return !row->from || !row->to || row->moved || row->resized || row->retyped ||
	       row->renamed || row->reflagged;
}

bool ota_diff_keeps(const struct ota_diff *diff)
{
	return !diff->lost && !diff->apps_lost && !diff->recoded &&
	       (diff->slots_from == diff->slots_to || !diff->slots_from);
}

const char *ota_fate_name(enum ota_fate fate)
{
	switch (fate) {
	case OTA_FATE_NONE: return NULL;
	case OTA_FATE_STAYS: return "stays";
	case OTA_FATE_GROWS: return "grows";
	case OTA_FATE_SHRINKS: return "shrinks";
	case OTA_FATE_RECODED: return "recoded";
	case OTA_FATE_LOST: return "lost";
	}
	return NULL;
}
