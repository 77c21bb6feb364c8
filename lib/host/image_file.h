/* SPDX-License-Identifier: MIT */
/* image_file.h - everything that can be said of one image (needs ota_crypto()) */
#ifndef OTA_HOST_IMAGE_FILE_H
#define OTA_HOST_IMAGE_FILE_H

#include "lib/host/sign.h"
#include "lib/host/source.h"
#include "lib/image.h"

struct ota_image_file {
	struct ota_image image;
	struct ota_segment segments[OTA_SEGMENTS_MAX + 1];
	size_t segment_count;
	uint8_t desc[OTA_APP_DESC_SIZE]; /* the description as it is */
	struct ota_app_desc app; /* image.is_app */
	struct ota_bootloader_desc bootloader; /* has_bootloader */
	bool has_bootloader;
	bool arduino; /* an Arduino sketch for the ESP8266, its boot stage in front */
	struct ota_signatures signatures; /* version 0: none */
};

/* Judge the whole source. `want->desc` and `want->segment` are this function's own. A broken rule is
 * in file->image.status and was reported; returned is only what went wrong with reading. */
OTA_MUST_CHECK enum ota_status ota_image_examine(const struct ota_source *source,
						 const struct ota_image_want *want,
						 struct ota_image_file *file);

#define OTA_HINT_SIZE 128u

/* What a refused image probably suffers from, or what stands behind a good one, as a sentence; false:
 * nothing to add. */
bool ota_image_hint(const struct ota_source *source, const struct ota_image_file *file,
		    char text[static OTA_HINT_SIZE]);

#endif
