/* SPDX-License-Identifier: MIT */
#include "lib/host/slot_image.h"

#include <string.h>

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

const struct ota_chip *ota_flash_chip(const struct ota_flash_image *flash)
{
	for (uint32_t addr = 0; addr < 0x3000; addr += 0x1000) {
		const struct ota_span span = { addr, OTA_IMAGE_HEADER_SIZE };
		size_t size;
		const uint8_t *data = ota_flash_image_bytes(flash, &span, &size);

		if (data && size == OTA_IMAGE_HEADER_SIZE && data[0] == OTA_IMAGE_MAGIC &&
		    data[1] <= OTA_SEGMENTS_MAX)
			return ota_chip_by_id((uint32_t)(data[12] | data[13] << 8));
	}
	return NULL;
}

/* What makes the chip reset after the bootloader verified an image, instead of trying another. */
static bool is_deadly(const struct ota_rule *rule)
{
	enum ota_image_fault fault = ota_image_fault(rule);

	return fault == OTA_IMAGE_MAPPED_COUNT || fault == OTA_IMAGE_NO_SEGMENTS;
}

/* The finding that decides: the first refusal, else the first death. */
static void keep(void *ctx, const struct ota_diag *diag)
{
	struct ota_slot_image *image = ctx;

	if (is_deadly(diag->rule)) {
		if (image->verdict != OTA_SLOT_UNSEEN)
			return;
		image->verdict = OTA_SLOT_DIES;
	} else if (diag->rule->severity == OTA_ERROR && image->verdict != OTA_SLOT_BAD) {
		image->verdict = OTA_SLOT_BAD;
	} else {
		return;
	}
	image->diag = *diag;
}

/* Feed the image and no more: what follows it in the partition says nothing. */
static enum ota_status verify(struct ota_image *image, const uint8_t *data, size_t size)
{
	enum { CHUNK = 65536 };

	for (size_t at = 0; at < size && image->phase != OTA_PHASE_TAIL; at += CHUNK)
		if (ota_image_feed(image, data + at, size - at < CHUNK ? size - at : CHUNK) &&
		    image->phase == OTA_PHASE_DEAD)
			break;
	return ota_image_finish(image);
}

static void take_description(struct ota_slot_image *image,
			     const uint8_t raw[static OTA_APP_DESC_SIZE])
{
	struct ota_app_desc desc;

	if (ota_app_desc_decode(raw, OTA_APP_DESC_SIZE, &desc))
		return;
	image->described = true;
	image->secure_version = desc.secure_version;
	memcpy(image->project, desc.project, sizeof(image->project));
	memcpy(image->version, desc.version, sizeof(image->version));
}

static void judge(struct ota_slot_image *image, const struct ota_part *part,
		  const struct ota_chip *chip, const uint8_t *data, size_t size)
{
	uint8_t raw[OTA_APP_DESC_SIZE] = { 0 };
	struct ota_image_want want = { .chip = chip,
				       .role = OTA_ROLE_APP,
				       .revision = OTA_REVISION_NONE,
				       .block_revision = OTA_REVISION_NONE,
				       .flash_addr = part->offset,
				       .room = part->size,
				       .desc = raw,
				       .ctx = image,
				       .report = keep };
	struct ota_image verdict;
	enum ota_status status;

	ota_image_begin(&verdict, &want);
	status = verify(&verdict, data, size);
	image->size = ota_image_size_signed(&verdict);
	take_description(image, raw);
	if (status == OTA_E_SHORT && size < part->size) {
		image->verdict = OTA_SLOT_OUTSIDE;
		image->diag.rule = NULL;
	} else if (image->verdict == OTA_SLOT_UNSEEN) {
		image->verdict = OTA_SLOT_GOOD;
	}
}

void ota_slot_image_judge(struct ota_slot_image *image, const struct ota_flash_image *flash,
			  const struct ota_part *part, const struct ota_chip *chip)
{
	const struct ota_span span = { part->offset, part->size };
	size_t size;
	const uint8_t *data = ota_flash_image_bytes(flash, &span, &size);

	if (!data) {
		image->verdict = part->size ? OTA_SLOT_OUTSIDE : OTA_SLOT_BLANK;
	} else if (ota_is_filled(data, size < 4096 ? size : 4096, 0xFF)) {
		image->verdict = OTA_SLOT_BLANK;
	} else {
		judge(image, part, chip, data, size);
		if (image->diag.offset != OTA_NO_OFFSET)
			image->diag.offset += (uint32_t)(data - flash->data);
	}
}
