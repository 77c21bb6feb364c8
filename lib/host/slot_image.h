/* SPDX-License-Identifier: MIT */
/* slot_image.h - what stands in an app partition of a dump, judged as the bootloader judges it */
#ifndef OTA_HOST_SLOT_IMAGE_H
#define OTA_HOST_SLOT_IMAGE_H

#include "lib/host/flash_image.h"
#include "lib/image.h"

enum ota_slot_verdict {
	OTA_SLOT_UNSEEN, /* not asked yet */
	OTA_SLOT_ABSENT, /* there is no such partition */
	OTA_SLOT_ASSUMED, /* no flash contents at hand: taken to load */
	OTA_SLOT_BLANK, /* erased */
	OTA_SLOT_OUTSIDE, /* the dump ends before the partition, or before its image does */
	OTA_SLOT_BAD, /* refused; `diag` says which check */
	OTA_SLOT_DIES, /* loads, and then the chip resets; `diag` says why, if it is known */
	OTA_SLOT_GOOD,
};

struct ota_slot_image {
	enum ota_slot_verdict verdict;
	struct ota_diag diag; /* offsets are those in the dump; rule NULL: none */
	bool described; /* it has an app description: the members below */
	uint32_t secure_version;
	char project[33], version[33];
	uint32_t size; /* bytes, with its signature; 0: unknown */
};

/* Judge the contents of `part`, for `chip` (NULL: the one that the image says it is for). */
void ota_slot_image_judge(struct ota_slot_image *image, const struct ota_flash_image *flash,
			  const struct ota_part *part, const struct ota_chip *chip);

/* The chip that the bootloader in a dump names in its header; NULL: there is none. */
const struct ota_chip *ota_flash_chip(const struct ota_flash_image *flash);

/* One short phrase: "blank", "beyond the end of the dump", "the checksum is wrong". */
const char *ota_slot_verdict_text(enum ota_slot_verdict verdict);

#endif
