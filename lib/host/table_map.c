/* SPDX-License-Identifier: MIT */
#include "lib/host/table_map.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host/part_text.h"

#define FLASH_SIZE_MIN (UINT64_C(1) << 20) /* bytes; chips have at least this much */

static uint64_t end_of(const struct ota_region *region)
{
	return region->offset + region->size;
}

static enum ota_region_kind kind_of(const struct ota_part *part)
{
	switch (part->type) {
	case OTA_TYPE_APP: return OTA_REGION_APP;
	case OTA_TYPE_DATA:
		return part->subtype == OTA_DATA_OTA || part->subtype == OTA_DATA_TEE_OTA
			     ? OTA_REGION_OTADATA
			     : OTA_REGION_DATA;
	case OTA_TYPE_BOOTLOADER: return OTA_REGION_BOOTLOADER;
	case OTA_TYPE_PARTITION_TABLE: return OTA_REGION_TABLE;
	default: return OTA_REGION_OTHER;
	}
}

static uint64_t count_used(const struct ota_flash_image *image, const struct ota_part *part)
{
	const struct ota_span span = { part->offset, part->size };
	size_t size;
	const uint8_t *data = image ? ota_flash_image_bytes(image, &span, &size) : NULL;

	if (!data || size < part->size)
		return OTA_USED_UNKNOWN;
	while (size && data[size - 1] == 0xFF)
		size--;
	return size;
}

static void add(struct ota_map *map, const struct ota_region *region)
{
	map->regions[map->count++] = *region;
}

/* By offset; of equal ones the smaller first, and else as they stand in the table. */
static int compare_regions(const void *a, const void *b)
{
	const struct ota_region *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return x->part < y->part ? -1 : x->part > y->part;
}

static bool covered(const struct ota_map *map, uint64_t offset, uint64_t end)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->regions[i].offset < end && end_of(&map->regions[i]) > offset)
			return true;
	return false;
}

/* Bootloader and table are there even if the table does not say so. */
static void add_reserved(struct ota_map *map, const struct ota_table_options *options)
{
	uint64_t first =
		options->primary_bootloader == OTA_NO_ADDR ? 0 : options->primary_bootloader;
	uint64_t table = options->offset;

	if (!covered(map, table, table + OTA_SECTOR_SIZE))
		add(map, &(struct ota_region){ .kind = OTA_REGION_TABLE,
					       .offset = table,
					       .size = OTA_SECTOR_SIZE,
					       .used = OTA_USED_UNKNOWN });
	if (table > first && !covered(map, first, table))
		add(map, &(struct ota_region){ .kind = OTA_REGION_BOOTLOADER,
					       .offset = first,
					       .size = table - first,
					       .used = OTA_USED_UNKNOWN });
}

static void add_gaps(struct ota_map *map)
{
	size_t count = map->count;
	uint64_t end = 0;

	for (size_t i = 0; i <= count; i++) {
		uint64_t next = i < count ? map->regions[i].offset : map->size;

		if (next > end)
			add(map, &(struct ota_region){ .offset = end,
						       .size = next - end,
						       .used = OTA_USED_UNKNOWN });
		if (i < count) {
			map->regions[i].overlaps = next < end;
			end = end_of(&map->regions[i]) > end ? end_of(&map->regions[i]) : end;
		}
	}
	qsort(map->regions, map->count, sizeof(map->regions[0]), compare_regions);
}

static void set_size(struct ota_map *map, const struct ota_table_options *options,
		     const struct ota_flash_image *image)
{
	uint64_t end = 0;

	for (size_t i = 0; i < map->count; i++)
		end = end_of(&map->regions[i]) > end ? end_of(&map->regions[i]) : end;
	map->flash_size = options->flash_size;
	if (!map->flash_size && image && (uint64_t)image->base + image->size >= end)
		map->flash_size = (uint64_t)image->base + image->size;
	map->assumed = !map->flash_size;
	if (map->assumed)
		for (map->flash_size = FLASH_SIZE_MIN; map->flash_size < end;)
			map->flash_size *= 2;
	map->size = end > map->flash_size ? end : map->flash_size;
}

void ota_map_make(struct ota_map *map, const struct ota_table *table,
		  const struct ota_table_options *options, const struct ota_flash_image *image,
		  const struct ota_contents *contents)
{
	*map = (struct ota_map){ .names = options->names };
	for (size_t i = 0; i < table->count; i++) {
		const struct ota_part *part = &table->parts[i];

		add(map, &(struct ota_region){ .kind = kind_of(part),
					       .offset = part->offset,
					       .size = part->size,
					       .part = part,
					       .used = count_used(image, part),
					       .active = contents && contents->parts[i].running,
					       .next = contents && contents->parts[i].next,
					       .broken = contents && contents->parts[i].broken });
	}
	add_reserved(map, options);
	set_size(map, options, image);
	qsort(map->regions, map->count, sizeof(map->regions[0]), compare_regions);
	add_gaps(map);
}

const char *ota_region_kind_name(enum ota_region_kind kind)
{
	switch (kind) {
	case OTA_REGION_FREE: return "free";
	case OTA_REGION_BOOTLOADER: return "bootloader";
	case OTA_REGION_TABLE: return "table";
	case OTA_REGION_APP: return "app";
	case OTA_REGION_OTADATA: return "otadata";
	case OTA_REGION_DATA: return "data";
	case OTA_REGION_OTHER: return "other";
	}
	return "other";
}

const char *ota_region_name(const struct ota_region *region)
{
	if (region->part)
		return ota_part_name(region->part);
	switch (region->kind) {
	case OTA_REGION_BOOTLOADER: return "(bootloader)";
	case OTA_REGION_TABLE: return "(table)";
	default: return "(free)";
	}
}

/* The text form. */

struct columns {
	size_t name, bar; /* widths */
	bool used, marks; /* is there anything to say of these? */
};

static struct columns measure(const struct ota_map *map, const struct ota_map_style *style)
{
	struct columns c = { .name = strlen("(bootloader)") };
	size_t fixed;

	for (size_t i = 0; i < map->count; i++) {
		size_t n = ota_text_columns(ota_region_name(&map->regions[i]));

		c.name = n > c.name ? n : c.name;
		c.used |= map->regions[i].used != OTA_USED_UNKNOWN;
		c.marks |= map->regions[i].active || map->regions[i].next ||
			   map->regions[i].broken || map->regions[i].overlaps;
	}
	c.name = c.name > 24 ? 24 : c.name;
	fixed = strlen("0x00000000  1536.5 KiB  ") + c.name + (c.marks ? 2 : 0) + (c.used ? 6 : 0) +
		2;
	c.bar = (style->width > OTA_MAP_WIDTH_MIN ? style->width : OTA_MAP_WIDTH_MIN) - fixed;
	return c;
}

/* Is half column `half` of `halves` inside [from, to)? What is narrower than a half column shows in
 * the one where it begins. */
static bool inside(const struct ota_map *map, uint64_t from, uint64_t to, size_t half,
		   size_t halves)
{
	uint64_t first = from * halves / map->size;
	uint64_t last = (to * halves + map->size / 2) / map->size;

	return to > from && half >= first && half < (last > first ? last : first + 1);
}

/* What fills a column by its left and right half. */
struct ink {
	const char *full, *left, *right, *blank, *free;
};

static const struct ink unicode_ink = { "█", "▌", "▐", "▒", "░" };
static const struct ink ascii_ink = { "#", "#", "#", "=", "." };

static void print_bar(FILE *out, const struct ota_map *map, const struct ota_region *region,
		      size_t width, const struct ink *ink)
{
	bool whole = region->used == OTA_USED_UNKNOWN;
	uint64_t to = region->offset + (whole ? region->size : region->used);

	for (size_t i = 0, blanks = 0; i < width; i++) {
		bool left = inside(map, region->offset, to, 2 * i, 2 * width);
		bool right = inside(map, region->offset, to, 2 * i + 1, 2 * width);
		bool any = inside(map, region->offset, end_of(region), 2 * i, 2 * width) ||
			   inside(map, region->offset, end_of(region), 2 * i + 1, 2 * width);

		if (!any) {
			blanks++;
			continue;
		}
		fprintf(out, "%*s", (int)blanks, "");
		blanks = 0;
		fputs(region->kind == OTA_REGION_FREE ? ink->free
		      : left && right                 ? ink->full
		      : left                          ? ink->left
		      : right                         ? ink->right
						      : ink->blank,
		      out);
	}
}

static const char *color_of(enum ota_region_kind kind)
{
	switch (kind) {
	case OTA_REGION_APP: return "34";
	case OTA_REGION_OTADATA: return "35";
	case OTA_REGION_DATA: return "33";
	case OTA_REGION_OTHER: return "36";
	default: return "2";
	}
}

static char mark_of(const struct ota_region *region)
{
	return region->overlaps ? '!'
	     : region->active   ? '*'
	     : region->broken   ? 'x'
	     : region->next     ? '>'
				: ' ';
}

static void print_region(FILE *out, const struct ota_map *map, const struct ota_region *region,
			 const struct columns *c, const struct ota_map_style *style)
{
	char size[OTA_SIZE_TEXT_SIZE];
	size_t n;

	fprintf(out, "0x%08llx  %10s  ", (unsigned long long)region->offset,
		ota_size_text(region->size, size));
	n = ota_text_put(out, ota_region_name(region), c->name);
	fprintf(out, "%*s", (int)(c->name - n), "");
	if (c->marks)
		fprintf(out, " %c", mark_of(region));
	if (c->used && region->used != OTA_USED_UNKNOWN && region->size)
		fprintf(out, "  %3u%%", (unsigned)(region->used * 100 / region->size));
	else if (c->used)
		fputs("      ", out);
	fputs("  ", out);
	if (style->colored)
		fprintf(out, "\033[%sm", color_of(region->kind));
	print_bar(out, map, region, c->bar, style->unicode ? &unicode_ink : &ascii_ink);
	fputs(style->colored ? "\033[0m\n" : "\n", out);
}

/* Marks at quarters of the flash, above the bars, where there is room for them. */
static void print_scale(FILE *out, const struct ota_map *map, const struct columns *c)
{
	size_t at = 0;

	for (unsigned i = 0; i < 4; i++) {
		size_t column = c->bar * i / 4;
		char text[OTA_SIZE_TEXT_SIZE] = "0";

		if (i)
			ota_size_text(map->size / 4 * i, text);
		if (column + strlen(text) <= c->bar && (!at || column > at))
			at += (size_t)fprintf(out, "%*s%s", (int)(column - at), "", text);
	}
	putc('\n', out);
}

void ota_map_print(FILE *out, const struct ota_map *map, const struct ota_map_style *style)
{
	struct columns c = measure(map, style);
	char size[OTA_SIZE_TEXT_SIZE];
	bool active = false, overlaps = false, next = false, broken = false;

	fprintf(out, "Flash of %s%s\n\n", ota_size_text(map->flash_size, size),
		map->assumed                  ? " (assumed)"
		: map->size > map->flash_size ? ", which is less than the table needs"
					      : "");
	fprintf(out, "%-10s  %10s  %-*s%s%s  ", "OFFSET", "SIZE", (int)c.name, "NAME",
		c.marks ? "  " : "", c.used ? "  USED" : "");
	print_scale(out, map, &c);
	for (size_t i = 0; i < map->count; i++) {
		print_region(out, map, &map->regions[i], &c, style);
		active |= map->regions[i].active;
		overlaps |= map->regions[i].overlaps;
		broken |= mark_of(&map->regions[i]) == 'x';
		next |= mark_of(&map->regions[i]) == '>';
	}
	if (active || overlaps || next || broken)
		putc('\n', out);
	if (active)
		fputs("* starts next\n", out);
	if (next)
		fputs("> takes the next update\n", out);
	if (broken)
		fputs("x does not start\n", out);
	if (overlaps)
		fputs("! begins before an earlier one ends\n", out);
}
