/* SPDX-License-Identifier: MIT */
#include "lib/image_judge.h"

/* clang-format off */
const struct ota_rule ota_image_rules[OTA_IMAGE_FAULTS] = {
	[OTA_IMAGE_EMPTY] = { "image-empty", OTA_ERROR,
	  OTA_SAID("there is no data", "an image has at least 32 bytes", NULL) },
	[OTA_IMAGE_BAD_MAGIC] = { "image-magic", OTA_ERROR,
	  OTA_SAID("the first byte is {value}", "an image begins with 0xe9", NULL) },
	[OTA_IMAGE_ERASED] = { "image-erased", OTA_ERROR,
	  OTA_SAID("erased flash where {name} should be", "an image goes on without a gap",
		   "writing or transfer stopped before this place: do it again") },
	[OTA_IMAGE_SHORT] = { "image-short", OTA_ERROR,
	  OTA_SAID("truncated: it ends after {value:d} bytes, inside {name}",
		   "the image has at least {high:d} bytes", "transfer or build it again") },
	[OTA_IMAGE_CHIP] = { "image-chip", OTA_ERROR,
	  OTA_SAID("made for {name}",
		   "the chip is {other}; bootloader and app refuse others' images", NULL) },
	[OTA_IMAGE_CHIP_UNKNOWN] = { "image-chip-unknown", OTA_ERROR,
	  OTA_SAID("chip id {value}{name}", "no chip on sale has this id", NULL) },
	[OTA_IMAGE_HASH_FLAG] = { "image-hash-flag", OTA_WARNING,
	  OTA_SAID("the hash flag is {value}",
		   "devices take any value but 0 for a hash, esptool only 1", NULL) },
	[OTA_IMAGE_NO_HASH] = { "image-no-hash", OTA_ERROR,
	  OTA_SAID("no SHA-256 is appended", "a checksum of 8 bits is no protection",
		   "build it without --dont-append-digest") },
	[OTA_IMAGE_REVISION_MIN] = { "image-revision-min", OTA_ERROR,
	  OTA_SAID("needs chip revision {low:d}, this is {value:d}",
		   "written as major * 100 + minor", NULL) },
	[OTA_IMAGE_REVISION_MAX] = { "image-revision-max", OTA_ERROR,
	  OTA_SAID("runs up to chip revision {high:d}, this is {value:d}",
		   "written as major * 100 + minor", NULL) },
	[OTA_IMAGE_SEGMENT_COUNT] = { "image-segment-count", OTA_ERROR,
	  OTA_SAID("{value:d} segments", "an image has at most 16", "check the linker script") },
	[OTA_IMAGE_NO_SEGMENTS] = { "image-no-segments", OTA_WARNING,
	  OTA_SAID("no segments", "it verifies, but there is nothing to start", NULL) },
	[OTA_IMAGE_SEGMENT_SIZE] = { "image-segment-size", OTA_ERROR,
	  OTA_SAID("{name} has {value} bytes", "a multiple of 4 below {high}",
		   "the image is damaged or shifted from here on, or bytes are missing before") },
	[OTA_IMAGE_ROOM] = { "image-room", OTA_ERROR,
	  OTA_SAID("{value:d} bytes do not fit", "there is room for {high:d}", NULL) },
	[OTA_IMAGE_NO_DESC] = { "image-no-desc", OTA_ERROR,
	  OTA_SAID("no app description",
		   "this chip's apps begin with one, else they are not started", NULL) },
	[OTA_IMAGE_SMALL_DESC] = { "image-small-desc", OTA_WARNING,
	  OTA_SAID("the first segment has {value:d} bytes",
		   "an app description has 256; ESP-IDF 6.2 refuses less", NULL) },
	[OTA_IMAGE_ROLE] = { "image-role", OTA_ERROR,
	  OTA_SAID("{name}", "{other} belongs here", NULL) },
	[OTA_IMAGE_PROJECT] = { "image-project", OTA_ERROR,
	  OTA_SAID("another project", "it should be {other}", NULL) },
	[OTA_IMAGE_SECURE_VERSION] = { "image-secure-version", OTA_ERROR,
	  OTA_SAID("secure version {value:d}", "the device starts {low:d} or higher only", NULL) },
	[OTA_IMAGE_BLOCK_REVISION] = { "image-block-revision", OTA_ERROR,
	  OTA_SAID("eFuse block revision {value:d}", "the app runs on {low:d} to {high:d}", NULL) },
	[OTA_IMAGE_PAGE_SIZE] = { "image-page-size", OTA_ERROR,
	  OTA_SAID("an MMU page of 2^{value:d} bytes", "this chip has 2^{low:d} to 2^{high:d}",
		   "rebuild with the right flash size or CONFIG_MMU_PAGE_SIZE") },
	[OTA_IMAGE_PAGE_OPEN] = { "image-page-open", OTA_WARNING,
	  OTA_SAID("built for MMU pages of {value} bytes",
		   "the flash size in the header stands for {high}, and the description does not say",
		   "it starts only under a bootloader built for the same page size") },
	[OTA_IMAGE_MAPPING] = { "image-mapping", OTA_ERROR,
	  OTA_SAID("{name} at {value} is to be mapped to {low}",
		   "both are equal modulo the MMU page of {high} bytes",
		   "built for another MMU page size, or bytes were inserted or lost before it") },
	[OTA_IMAGE_MAPPING_END] = { "image-mapping-end", OTA_WARNING,
	  OTA_SAID("{name} ends at {value}", "that is beyond what can be mapped", NULL) },
	[OTA_IMAGE_LOAD_ADDR] = { "image-load-addr", OTA_ERROR,
	  OTA_SAID("{name} is loaded to {value}, {high} bytes",
		   "a segment lies in one RAM region; only the bootloader looks, and refuses to start it",
		   NULL) },
	[OTA_IMAGE_MAPPED_COUNT] = { "image-mapped-count", OTA_ERROR,
	  OTA_SAID("{value:d} mapped segments",
		   "it verifies, but this chip's bootloader stops by an assertion at any number but 2, and resets for ever",
		   NULL) },
	[OTA_IMAGE_SLOT] = { "image-slot", OTA_ERROR,
	  OTA_SAID("linked for a slot at {value}",
		   "an ESP8266 image runs only where it was linked for; this slot is at {high}",
		   "send the build for this slot") },
	[OTA_IMAGE_CHECKSUM] = { "image-checksum", OTA_ERROR,
	  OTA_SAID("checksum {value}", "the segments give {high}",
		   "the image is damaged: transfer or build it again") },
	[OTA_IMAGE_HASH] = { "image-hash", OTA_ERROR,
	  OTA_SAID("the appended SHA-256 is not that of the image",
		   "it covers everything before it",
		   "the image is damaged or was changed after the build") },
	[OTA_IMAGE_CRC] = { "image-crc", OTA_ERROR,
	  OTA_SAID("CRC {value}", "the image gives {high}",
		   "the image is damaged: transfer or build it again") },
	[OTA_IMAGE_NO_CRC] = { "image-no-crc", OTA_WARNING,
	  OTA_SAID("no CRC at the end",
		   "Espressif's images of this layout end with one, rBoot's need not", NULL) },
	[OTA_IMAGE_TAIL] = { "image-tail", OTA_ERROR,
	  OTA_SAID("{value:d} bytes follow that are neither signature nor 0xff",
		   "nothing else belongs behind an image", "cut it off, or send the image alone") },
};
/* clang-format on */

enum ota_image_fault ota_image_fault(const struct ota_rule *rule)
{
	return (enum ota_image_fault)(rule - ota_image_rules);
}

static enum ota_status status_of(enum ota_image_fault fault)
{
	switch (fault) {
	case OTA_IMAGE_EMPTY:
	case OTA_IMAGE_ERASED:
	case OTA_IMAGE_SHORT: return OTA_E_SHORT;
	case OTA_IMAGE_BAD_MAGIC: return OTA_E_MAGIC;
	case OTA_IMAGE_CHECKSUM:
	case OTA_IMAGE_HASH:
	case OTA_IMAGE_CRC: return OTA_E_CHECKSUM;
	case OTA_IMAGE_ROOM: return OTA_E_FULL;
	default: return OTA_E_VALUE;
	}
}

void ota_image_find(struct ota_image *image, enum ota_image_fault fault, uint32_t offset,
		    const struct ota_diag *made_of)
{
	const struct ota_rule *rule = &ota_image_rules[fault];
	bool first = rule->severity == OTA_ERROR && !image->status;

#ifndef OTA_NO_TEXT
	struct ota_diag found = made_of ? *made_of : (struct ota_diag){ .rule = rule };

	found.rule = rule;
	found.offset = offset;
	if (first)
		image->diag = found;
	if (image->want.report)
		image->want.report(image->want.ctx, &found);
#else
	(void)made_of;
#endif
	if (!first)
		return;
	image->status = status_of(fault);
	image->diag.rule = rule;
	image->diag.offset = offset;
}

void ota_image_stop(struct ota_image *image, enum ota_image_fault fault, uint32_t offset,
		    const struct ota_diag *made_of)
{
	ota_image_find(image, fault, offset, made_of);
	image->phase = OTA_PHASE_DEAD;
}
