/* SPDX-License-Identifier: MIT */
/* image_build.h - segments to image, byte for byte as esptool's writers (needs ota_crypto())
 *
 * Source: esptool 5.3.1, esptool/bin_image.py. */
#ifndef OTA_HOST_IMAGE_BUILD_H
#define OTA_HOST_IMAGE_BUILD_H

#include "lib/image.h"

#define OTA_PARTS_MAX 64u

/* Bytes and where they go. */
struct ota_image_part {
	uint32_t addr;
	const uint8_t *data;
	uint32_t size; /* bytes; written with zeros up to a multiple of 4 */
};

struct ota_image_recipe {
	const struct ota_chip *chip;
	enum ota_image_form form; /* of the ESP8266; else OTA_FORM_ESP32 */
	struct ota_image_header header; /* segment_count and chip_id are worked out */
	unsigned page; /* log2 of the MMU page size */
	struct ota_image_part parts[OTA_PARTS_MAX];
	size_t count;
	unsigned
		secure_pad; /* 1, 2: room for a signature of that version up to the end of a page */
	uint32_t pad_to; /* 0xff up to a multiple of this many bytes; 0: none */
};

/* Build it; the caller frees *out. OTA_E_VALUE: two mapped parts in one page; OTA_E_FULL: more than 16
 * segments, or too large; OTA_E_MEMORY. */
OTA_MUST_CHECK enum ota_status ota_image_build(const struct ota_image_recipe *recipe, uint8_t **out,
					       size_t *size, struct ota_diag *diag);

/* Add what an ELF file (32 bits, little-endian) loads, and its entry. Pointers lead into `data`.
 * OTA_E_MAGIC: another kind of file; OTA_E_SHORT: it is cut off; OTA_E_MISSING: it loads nothing;
 * OTA_E_FULL. */
OTA_MUST_CHECK enum ota_status ota_elf_read(const void *data, size_t size,
					    struct ota_image_recipe *recipe);

#endif
