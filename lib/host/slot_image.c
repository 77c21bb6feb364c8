/* SPDX-License-Identifier: MIT */
#include "lib/host/slot_image.h"

const char *ota_slot_verdict_text(enum ota_slot_verdict verdict)
{
	switch (verdict) {
	case OTA_SLOT_UNSEEN: return "not judged";
	case OTA_SLOT_ABSENT: return "no such partition";
	case OTA_SLOT_ASSUMED: return "its image is not at hand";
	case OTA_SLOT_BLANK: return "blank";
	case OTA_SLOT_OUTSIDE: return "the dump ends before it does";
	case OTA_SLOT_BAD: return "refused";
	case OTA_SLOT_DIES: return "as --config has it";
	case OTA_SLOT_GOOD: return "whole";
	}
	return "not judged";
}

void ota_slot_image_judge(struct ota_slot_image *image, const struct ota_flash_image *flash,
			  const struct ota_part *part)
{
	const struct ota_span span = { part->offset, part->size };
	size_t size;
	const uint8_t *data = ota_flash_image_bytes(flash, &span, &size);

	if (!data)
		image->verdict = part->size ? OTA_SLOT_OUTSIDE : OTA_SLOT_BLANK;
	else if (ota_is_filled(data, size < 4096 ? size : 4096, 0xFF))
		image->verdict = OTA_SLOT_BLANK;
	else
		image->verdict = data[0] == 0xE9 ? OTA_SLOT_GOOD : OTA_SLOT_BAD;
}
