/* SPDX-License-Identifier: MIT */
/* table_diff.h - what changes from one partition table to another, and what devices lose by it
 *
 * A partition keeps its contents if one of the same type and subtype is at the same place, as large as
 * it was: a device that is given the new table goes on from there. */
#ifndef OTA_HOST_TABLE_DIFF_H
#define OTA_HOST_TABLE_DIFF_H

#include "lib/table.h"

enum ota_fate {
	OTA_FATE_NONE, /* the first table has no such row */
	OTA_FATE_STAYS, /* the same place and size */
	OTA_FATE_GROWS, /* an app in its old place, with more room */
	OTA_FATE_SHRINKS, /* an app in its old place: it survives if it fits */
	OTA_FATE_RECODED, /* data in its place whose encrypted flag changes: unreadable where flash
			   * encryption is on */
	OTA_FATE_LOST,
};

/* A row of either table, or of both if they are one partition: the same name, else the same kind
 * and place, else the same kind of app. */
struct ota_diff_row {
	const struct ota_part *from, *to; /* NULL: added; removed */
	bool moved, resized, retyped, renamed, reflagged;
	enum ota_fate fate; /* of what the first table's partition holds */
};

struct ota_diff {
	struct ota_diff_row rows[2 * OTA_TABLE_MAX];
	size_t count;
	uint64_t lost; /* bytes of data partitions */
	unsigned recoded; /* partitions of that fate */
	unsigned apps_lost; /* or perhaps lost, as they shrink */
	unsigned slots_from, slots_to; /* OTA slots as the bootloader counts them */
	bool otadata_lost;
	bool same; /* no row changes, and their order does not */
};

/* Compare; both tables must outlive the result. */
void ota_table_diff(const struct ota_table *from, const struct ota_table *to,
		    struct ota_diff *diff);

/* Does anything about the row change? */
bool ota_diff_row_changed(const struct ota_diff_row *row);

/* Would a device given the second table keep its data, its apps and their choice? */
bool ota_diff_keeps(const struct ota_diff *diff);

/* "stays" ... "lost"; NULL: none. */
const char *ota_fate_name(enum ota_fate fate);

#endif
