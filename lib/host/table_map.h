/* SPDX-License-Identifier: MIT */
/* table_map.h - a partition table as a picture of the flash: regions and gaps, as text and as SVG */
#ifndef OTA_HOST_TABLE_MAP_H
#define OTA_HOST_TABLE_MAP_H

#include <stdio.h>

#include "lib/host/contents.h"
#include "lib/host/flash_image.h"
#include "lib/table.h"

enum ota_region_kind {
	OTA_REGION_FREE,
	OTA_REGION_BOOTLOADER, /* what lies below the table */
	OTA_REGION_TABLE, /* its sector */
	OTA_REGION_APP,
	OTA_REGION_OTADATA,
	OTA_REGION_DATA,
	OTA_REGION_OTHER,
};

#define OTA_USED_UNKNOWN UINT64_MAX

struct ota_region {
	enum ota_region_kind kind;
	uint64_t offset, size; /* bytes */
	const struct ota_part *part; /* NULL: none of the table's */
	uint64_t used; /* bytes up to the last that is not erased, or OTA_USED_UNKNOWN */
	bool active; /* the app that the device starts */
	bool next; /* where the next update goes */
	bool broken; /* an app that would not start */
	bool overlaps; /* it begins before an earlier one ends */
};

struct ota_map {
	struct ota_region regions[2 * OTA_TABLE_MAX + 4];
	size_t count;
	uint64_t size; /* bytes that are shown: of the flash, or up to the last end beyond it */
	uint64_t flash_size; /* bytes */
	bool assumed; /* the flash size is the smallest that there is for this table */
	const struct ota_names *names;
};

/* Lay the table out. `image` is the dump that it came from, and `contents` what that holds; both
 * NULL: there is none. The table must outlive the map. */
void ota_map_make(struct ota_map *map, const struct ota_table *table,
		  const struct ota_table_options *options, const struct ota_flash_image *image,
		  const struct ota_contents *contents);

/* What a region is called: the partition's name, "(free)", "(bootloader)", "(table)". */
const char *ota_region_name(const struct ota_region *region);

/* "free", "bootloader", "table", "app", "otadata", "data", "other". */
const char *ota_region_kind_name(enum ota_region_kind kind);

struct ota_map_style {
	unsigned width; /* columns, at least OTA_MAP_WIDTH_MIN */
	bool colored;
	bool unicode; /* block characters; else ASCII */
};
#define OTA_MAP_WIDTH_MIN 60u

/* A line a region, with a bar to scale. */
void ota_map_print(FILE *out, const struct ota_map *map, const struct ota_map_style *style);

/* A picture with a label beside each region; it follows the viewer's light or dark scheme. */
void ota_map_print_svg(FILE *out, const struct ota_map *map, const char *title);

#endif
