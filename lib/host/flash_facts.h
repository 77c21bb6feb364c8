/* SPDX-License-Identifier: MIT */
/* flash_facts.h - what a dump holds: bootloader, apps in their slots and elsewhere, what would boot */
#ifndef OTA_HOST_FLASH_FACTS_H
#define OTA_HOST_FLASH_FACTS_H

#include "lib/host/boot_sim.h"
#include "lib/host/flash_layout.h"
#include "lib/image.h"

/* An app image that begins where no app partition does. */
struct ota_stray {
	struct ota_span span; /* the image */
	const struct ota_part *part; /* it begins in; NULL: in none */
	bool whole; /* it verifies */
	bool shifted; /* by a few bytes, off its partition `part`: then misplaced too */
	bool misplaced; /* it was meant to run: it is in nobody's place, or reaches into others' */
	char project[OTA_PROJECT_SIZE + 1];
};

#define OTA_STRAYS_MAX 32u

struct ota_flash_facts {
	const struct ota_flash_image *image;
	const struct ota_table *table;
	bool esp8266;

	bool boot_covered; /* the dump holds the place of the bootloader */
	bool boot_found; /* something that begins like an image stands there */
	uint32_t boot_addr; /* where */
	uint32_t boot_extent; /* bytes, as its segments say, whatever follows them; 0: senseless */
	struct ota_image boot; /* judged */
	const struct ota_chip *chip; /* the one that the bootloader is for; NULL: unknown */

	struct ota_layout layout;
	struct ota_sim sim;
	struct ota_record pair[2]; /* as they are in the dump */
	struct ota_boot_result result; /* of the first boot */

	uint32_t boot_app0; /* Arduino's otadata where no otadata is; OTA_NO_ADDR: none */
	struct ota_stray strays[OTA_STRAYS_MAX];
	size_t stray_count;
};

/* Gather them. Image and table must outlive the facts. */
void ota_flash_facts_gather(struct ota_flash_facts *facts, const struct ota_flash_image *image,
			    const struct ota_table *table, bool esp8266);

/* The place of an app partition among the sim's choices; OTA_CHOICE_NONE: no app that boots. */
int ota_part_choice(const struct ota_part *part);

/* What the dump holds of a partition; *size 0: nothing. */
const uint8_t *ota_part_bytes(const struct ota_flash_image *image, const struct ota_part *part,
			      size_t *size);

#endif
