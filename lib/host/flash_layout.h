/* SPDX-License-Identifier: MIT */
/* flash_layout.h - flash contents cut into pieces: bootloader, table, partitions, what lies between */
#ifndef OTA_HOST_FLASH_LAYOUT_H
#define OTA_HOST_FLASH_LAYOUT_H

#include "lib/host/flash_image.h"

enum ota_piece_kind {
	OTA_PIECE_BOOTLOADER,
	OTA_PIECE_TABLE,
	OTA_PIECE_PARTITION,
	OTA_PIECE_GAP, /* belongs to nothing */
};

/* "bootloader", "partition-table", "partition", "gap". */
const char *ota_piece_kind_text(enum ota_piece_kind kind);

#define OTA_PIECE_NAME_SIZE 32u

struct ota_piece {
	enum ota_piece_kind kind;
	const struct ota_part *part; /* PARTITION */
	struct ota_span
		span; /* what of it lies in the dump and in no piece before it; never empty */
	const uint8_t *data;
	size_t used; /* bytes, up to the end of the last sector that is not blank; 0: all 0xff */
	char name[OTA_PIECE_NAME_SIZE]; /* unique, and safe as a file name */
};

#define OTA_PIECES_MAX (2 * OTA_TABLE_MAX + 5)

/* All of the dump, in order, without a gap or an overlap. */
struct ota_layout {
	struct ota_piece pieces[OTA_PIECES_MAX];
	size_t count;
};

/* Cut a DUMP. Image and table must outlive the layout. */
void ota_layout_cut(struct ota_layout *layout, const struct ota_flash_image *image,
		    const struct ota_table *table);

/* How many of `size` bytes are to be kept: up to the end of the last sector that is not all 0xff. */
size_t ota_used_size(const uint8_t *data, size_t size);

/* The first byte from `pos` on that is not 0xff; `size`: none. */
size_t ota_skip_blank(const uint8_t *data, size_t size, size_t pos);

#endif
