/* SPDX-License-Identifier: MIT */
/* make_image.h - small app images for tests, valid as the bootloader sees them */
#ifndef TESTS_MAKE_IMAGE_H
#define TESTS_MAKE_IMAGE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/cursor.h"
#include "lib/image.h"
#include "lib/marker.h"

struct app_recipe {
	const char *project, *version;
	uint32_t chip; /* OTA_CHIP_... */
	uint32_t size; /* of the image, bytes; rounded up to what the format can have */
	uint32_t seed; /* of its contents */
	uint32_t secure_version;
	bool no_marker, no_hash;
	uint16_t min_revision;
};

#define APP_DATA_AT (OTA_IMAGE_HEADER_SIZE + OTA_SEGMENT_HEADER_SIZE)

static inline void put_app_desc(const struct app_recipe *recipe, uint8_t *out)
{
	struct ota_app_desc desc = { .secure_version = recipe->secure_version };

	snprintf(desc.project, sizeof(desc.project), "%s", recipe->project);
	snprintf(desc.version, sizeof(desc.version), "%s", recipe->version);
	snprintf(desc.idf, sizeof(desc.idf), "v5.5.1");
	for (unsigned i = 0; i < sizeof(desc.elf_sha256); i++)
		desc.elf_sha256[i] = (uint8_t)(recipe->seed + i);
	ota_app_desc_encode(&desc, out);
}

/* Three segments: data and code mapped from flash, a bit of RAM, as the shared-bus chips want it;
 * a single RAM segment of data is enough for the bootloader's checks on the others. */
static inline size_t make_app(const struct app_recipe *recipe, uint8_t *out)
{
	uint32_t body = recipe->size > 1024 ? recipe->size : 1024,
		 x = recipe->seed * 2654435761u + 1;
	struct ota_writer w = ota_writer(out, APP_DATA_AT);
	struct ota_sha256 sha;
	size_t end;
	uint8_t sum = 0xEF;

	body = (body - APP_DATA_AT - 48) / 4 * 4;
	ota_put_u8(&w, OTA_IMAGE_MAGIC);
	ota_put_u8(&w, 1);
	ota_put_u8(&w, 2);
	ota_put_u8(&w, 0x2F);
	ota_put_u32(&w, 0x40380000);
	ota_put_u8(&w, 0xEE);
	ota_put_fill(&w, 0, 3);
	ota_put_u16(&w, (uint16_t)recipe->chip);
	ota_put_u8(&w, 0);
	ota_put_u16(&w, recipe->min_revision);
	ota_put_u16(&w, 0xFFFF);
	ota_put_u32(&w, 0);
	ota_put_u8(&w, !recipe->no_hash);
	ota_put_u32(&w, 0x3FC80000);
	ota_put_u32(&w, body);
	for (uint32_t i = 0; i < body; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		out[APP_DATA_AT + i] = (uint8_t)(x >> 8);
	}
	put_app_desc(recipe, out + APP_DATA_AT);
	if (!recipe->no_marker)
		memcpy(out + APP_DATA_AT + OTA_APP_DESC_SIZE, ota_marker, OTA_MARKER_SIZE);
	for (uint32_t i = 0; i < body; i++)
		sum ^= out[APP_DATA_AT + i];
	end = APP_DATA_AT + body;
	do
		out[end++] = 0;
	while (end % 16);
	out[end - 1] = sum;
	if (recipe->no_hash)
		return end;
	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, out, end);
	ota_sha256_finish(&sha, out + end);
	return end + OTA_SHA256_SIZE;
}

#endif
