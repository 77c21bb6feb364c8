/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/flash_image.h"
#include "lib/host/image_file.h"

#define HEAD (64u << 10) /* bytes at the front that are looked at */
#define BLOCK 4096u

/* The header of an image, as far as 24 bytes can tell. */
static bool is_header(const uint8_t *p)
{
	return p[0] == OTA_IMAGE_MAGIC && p[1] && p[1] <= OTA_SEGMENTS_MAX && p[2] <= 5 &&
	       p[23] <= 1 && p[8] == 0xEE && ota_chip_by_id((uint32_t)(p[12] | p[13] << 8));
}

/* Where an image begins instead; 0: nowhere. */
static uint32_t find_header(const uint8_t *head, size_t size)
{
	for (size_t at = 1; at + OTA_IMAGE_HEADER_SIZE <= size; at++)
		if (is_header(head + at))
			return (uint32_t)at;
	return 0;
}

static bool hint_kind(const uint8_t *head, size_t size, char *text)
{
	struct ota_flash_image sniffed;
	uint32_t at = find_header(head, size);

	ota_flash_image_sniff(&sniffed, head, size, 0, OTA_TABLE_OFFSET);
	if (sniffed.kind == OTA_KIND_DUMP)
		snprintf(text, OTA_HINT_SIZE,
			 "this is a flash dump or a merged image; --part NAME picks an app");
	else if (at)
		snprintf(text, OTA_HINT_SIZE, "an image begins at 0x%x: %s", at,
			 at % BLOCK
				 ? "bytes were added in front"
				 : "this is a merged image, or was read from too low an address");
	else if (sniffed.kind != OTA_KIND_UNKNOWN && sniffed.kind != OTA_KIND_IMAGE)
		snprintf(text, OTA_HINT_SIZE, "this is %s", ota_kind_text(sniffed.kind));
	else
		return false;
	return true;
}

/* A block of nothing but 0xff where none should be. */
struct hole {
	uint32_t at, found;
};

static void look_for_hole(void *ctx, const void *data, size_t size)
{
	struct hole *hole = ctx;
	const uint8_t *p = data;

	for (size_t i = 0; i + BLOCK <= size && !hole->found; i += BLOCK)
		if (ota_is_filled(p + i, BLOCK, 0xFF))
			hole->found = hole->at + (uint32_t)i;
	hole->at += (uint32_t)size;
}

static bool hint_damage(const struct ota_source *source, const struct ota_image *image, char *text)
{
	uint32_t end = image->end && image->end < source->size ? image->end : source->size;
	const uint32_t span[2] = { 0, end };
	struct hole hole = { 0 };

	if (source->size - image->data_end >= 64 && image->data_end < end) {
		snprintf(text, OTA_HINT_SIZE,
			 "from 0x%x on it is erased (0xff): writing or transfer stopped there",
			 image->data_end);
		return true;
	}
	if (image->status != OTA_E_CHECKSUM ||
	    ota_source_feed(source, span, look_for_hole, &hole) || !hole.found)
		return false;
	snprintf(text, OTA_HINT_SIZE, "the block at 0x%x is erased (0xff): was it written?",
		 hole.found);
	return true;
}

/* What follows a whole image and is no signature. */
static bool hint_tail(const struct ota_source *source, const struct ota_image *image, char *text)
{
	uint32_t edge = (image->length + BLOCK - 1) & ~(BLOCK - 1);
	uint8_t block[OTA_SIGBLOCK_SIZE];
	struct ota_sigblock found;

	for (uint32_t at = edge; at < source->size && source->size - at >= BLOCK; at += BLOCK)
		if (!ota_source_read(source, at, block, sizeof(block)) &&
		    ota_sigblock_decode(block, &found) == OTA_OK) {
			snprintf(text, OTA_HINT_SIZE,
				 at == edge ? "a signature at 0x%x, and more behind it"
					    : "a signature stands at 0x%x, devices look at 0x%x",
				 at, edge);
			return true;
		}
	snprintf(text, OTA_HINT_SIZE, "%u bytes follow that no device reads",
		 source->size - image->length);
	return true;
}

/* A table where a merged image has one. */
static bool is_merged(const struct ota_source *source)
{
	uint8_t *head = source->size > HEAD ? malloc(HEAD) : NULL;
	struct ota_flash_image sniffed = { .kind = OTA_KIND_UNKNOWN };

	if (head && !ota_source_read(source, 0, head, HEAD))
		ota_flash_image_sniff(&sniffed, head, HEAD, 0, OTA_TABLE_OFFSET);
	free(head);
	return sniffed.kind == OTA_KIND_DUMP;
}

static bool hint_whole(const struct ota_source *source, const struct ota_image_file *file,
		       char *text)
{
	if (file->image.tail != OTA_TAIL_OTHER || file->arduino)
		return false;
	if (!is_merged(source))
		return hint_tail(source, &file->image, text);
	snprintf(
		text, OTA_HINT_SIZE,
		"a flash dump: only what stands at its start was judged; --part NAME picks an app");
	return true;
}

bool ota_image_hint(const struct ota_source *source, const struct ota_image_file *file,
		    char text[static OTA_HINT_SIZE])
{
	uint32_t size = source->size < HEAD ? source->size : HEAD;
	uint8_t *head;
	bool known = false;

	if (!size)
		return false;
	if (!file->image.status)
		return hint_whole(source, file, text);
	if (file->image.status == OTA_E_CHECKSUM || file->image.form)
		return hint_damage(source, &file->image, text);
	head = malloc(size);
	if (head && !ota_source_read(source, 0, head, size))
		known = hint_kind(head, size, text);
	free(head);
	return known;
}
