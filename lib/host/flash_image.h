/* SPDX-License-Identifier: MIT */
/* flash_image.h - what a file is: a table, an app image, otadata, a dump with a table in it */
#ifndef OTA_HOST_FLASH_IMAGE_H
#define OTA_HOST_FLASH_IMAGE_H

#include "lib/table.h"

enum ota_kind {
	OTA_KIND_EMPTY,
	OTA_KIND_ERASED,
	OTA_KIND_ZEROS,
	OTA_KIND_CSV, /* text, as far as can be told */
	OTA_KIND_TABLE,
	OTA_KIND_TABLE_SHIFTED, /* nothing but a table, not at the file's start */
	OTA_KIND_DUMP, /* flash contents with a table in them */
	OTA_KIND_OTADATA,
	OTA_KIND_IMAGE, /* an app image or bootloader */
	OTA_KIND_ELF,
	OTA_KIND_GZIP,
	OTA_KIND_HTML,
	OTA_KIND_ENCRYPTED, /* no structure at all where a table should be */
	OTA_KIND_UNKNOWN,
};

/* What people call it: "an app image". */
const char *ota_kind_text(enum ota_kind kind);

/* Flash contents, or any other file. The bytes stay the caller's. */
struct ota_flash_image {
	const uint8_t *data;
	size_t size;
	uint32_t base; /* flash address of the first byte */
	enum ota_kind kind;
	uint32_t table_offset; /* TABLE_SHIFTED: in the file; DUMP: flash address of the table */
};

/* Tell what `size` bytes are, the first of which has flash address `base`. In a dump the table is
 * looked for at flash address `table_offset`, then at every 4 KiB below 1 MiB. */
void ota_flash_image_sniff(struct ota_flash_image *image, const void *data, size_t size,
			   uint32_t base, uint32_t table_offset);

/* The bytes of the table in a TABLE, TABLE_SHIFTED or DUMP; *size up to the end of the sector. */
const uint8_t *ota_flash_image_table(const struct ota_flash_image *image, size_t *size);

/* A stretch of flash. */
struct ota_span {
	uint32_t addr, size; /* bytes, flash addresses */
};

/* The stretch that `name` means: a partition, "@table", "@bootloader" (from the dump's start to the
 * table, without blank at its front), "@0xADDR+SIZE". OTA_E_MISSING no such partition; OTA_E_VALUE not
 * of this form. It may reach beyond the dump. */
OTA_MUST_CHECK enum ota_status ota_flash_image_find(const struct ota_flash_image *image,
						    const struct ota_table *table, const char *name,
						    struct ota_span *span);

/* The bytes of a span, and how many of them the dump holds (0: none, NULL). */
const uint8_t *ota_flash_image_bytes(const struct ota_flash_image *image,
				     const struct ota_span *span, size_t *size);

/* Do the first 3 KiB use all byte values alike, as ciphertext does? False where there are fewer. */
bool ota_looks_random(const uint8_t *data, size_t size);

/* Are all bytes `value`? */
bool ota_is_filled(const uint8_t *data, size_t size, uint8_t value);

#endif
