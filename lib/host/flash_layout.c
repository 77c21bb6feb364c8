/* SPDX-License-Identifier: MIT */
#include "lib/host/flash_layout.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *ota_piece_kind_text(enum ota_piece_kind kind)
{
	switch (kind) {
	case OTA_PIECE_BOOTLOADER: return "bootloader";
	case OTA_PIECE_TABLE: return "partition-table";
	case OTA_PIECE_PARTITION: return "partition";
	case OTA_PIECE_GAP: return "gap";
	}
	return "gap";
}

size_t ota_used_size(const uint8_t *data, size_t size)
{
	while (size) {
		size_t start = (size - 1) / OTA_SECTOR_SIZE * OTA_SECTOR_SIZE;

		if (!ota_is_filled(data + start, size - start, 0xFF))
			break;
		size = start;
	}
	return size;
}

size_t ota_skip_blank(const uint8_t *data, size_t size, size_t pos)
{
	while (size - pos >= OTA_SECTOR_SIZE && ota_is_filled(data + pos, OTA_SECTOR_SIZE, 0xFF))
		pos += OTA_SECTOR_SIZE;
	while (pos < size && data[pos] == 0xFF)
		pos++;
	return pos;
}

static bool has_name(const struct ota_layout *layout, const char *name)
{
	for (size_t i = 0; i < layout->count; i++)
		if (strcasecmp(layout->pieces[i].name, name) == 0)
			return true;
	return false;
}

/* A name that no file system takes for a folder, and that no other piece has. */
static void choose_name(const struct ota_layout *layout, struct ota_piece *piece)
{
	const char *label = piece->part ? piece->part->label : ota_piece_kind_text(piece->kind);
	char *name = piece->name;
	size_t n = 0;

	if (piece->kind == OTA_PIECE_GAP || !*label) {
		snprintf(name, OTA_PIECE_NAME_SIZE, "%s-0x%x", *label ? label : "part",
			 piece->span.addr);
		return;
	}
	for (; label[n]; n++)
		name[n] = isalnum((unsigned char)label[n]) || label[n] == '-' || label[n] == '_' ||
					  (label[n] == '.' && n)
				? label[n]
				: '_';
	name[n] = '\0';
	if (has_name(layout, name) || strncasecmp(name, "gap-", 4) == 0 ||
	    (piece->part &&
	     (strcasecmp(name, "bootloader") == 0 || strcasecmp(name, "partition-table") == 0 ||
	      strcasecmp(name, "manifest.json") == 0)))
		snprintf(name + n, OTA_PIECE_NAME_SIZE - n, "-0x%x", piece->span.addr);
}

static void add(struct ota_layout *layout, const struct ota_flash_image *image,
		const struct ota_piece *wanted)
{
	struct ota_piece *piece = &layout->pieces[layout->count];
	size_t size;

	*piece = *wanted;
	piece->data = ota_flash_image_bytes(image, &piece->span, &size);
	piece->used = ota_used_size(piece->data, size);
	choose_name(layout, piece);
	layout->count++;
}

static int compare(const void *a, const void *b)
{
	const struct ota_piece *p = a, *q = b;

	if (p->span.addr != q->span.addr)
		return p->span.addr < q->span.addr ? -1 : 1;
	return p->kind != q->kind ? (p->kind < q->kind ? -1 : 1)
				  : (p->part > q->part) - (p->part < q->part);
}

/* Everything that claims a stretch of flash, in order. */
static size_t collect(const struct ota_flash_image *image, const struct ota_table *table,
		      struct ota_piece *claims)
{
	size_t count = 0;

	if (!ota_flash_image_find(image, table, "@bootloader", &claims[count].span))
		claims[count++].kind = OTA_PIECE_BOOTLOADER;
	if (!ota_flash_image_find(image, table, "@table", &claims[count].span))
		claims[count++].kind = OTA_PIECE_TABLE;
	for (size_t i = 0; i < table->count; i++)
		claims[count++] = (struct ota_piece){
			.kind = OTA_PIECE_PARTITION,
			.part = &table->parts[i],
			.span = { table->parts[i].offset, table->parts[i].size },
		};
	qsort(claims, count, sizeof(*claims), compare);
	return count;
}

void ota_layout_cut(struct ota_layout *layout, const struct ota_flash_image *image,
		    const struct ota_table *table)
{
	struct ota_piece claims[OTA_TABLE_MAX + 2] = { 0 };
	size_t count = collect(image, table, claims);
	uint64_t pos = image->base, end = pos + image->size;

	if (end > UINT64_C(1) << 32)
		end = UINT64_C(1) << 32;
	layout->count = 0;
	for (size_t i = 0; i <= count; i++) {
		struct ota_piece *claim = &claims[i];
		uint64_t start = i < count ? claim->span.addr : end;
		uint64_t stop = i < count ? start + claim->span.size : end;

		start = start < pos ? pos : start > end ? end : start;
		stop = stop > end ? end : stop;
		if (start > pos)
			add(layout, image,
			    &(struct ota_piece){
				    .kind = OTA_PIECE_GAP,
				    .span = { (uint32_t)pos, (uint32_t)(start - pos) } });
		pos = start;
		if (i == count || stop <= start)
			continue;
		claim->span = (struct ota_span){ (uint32_t)start, (uint32_t)(stop - start) };
		add(layout, image, claim);
		pos = stop;
	}
}
