/* SPDX-License-Identifier: MIT */
#include "lib/image_judge.h"

/* clang-format off */
const struct ota_rule ota_image_rules[OTA_IMAGE_FAULTS] = {
	[OTA_IMAGE_EMPTY] = { "image-empty", OTA_ERROR, OTA_TEXT("there is no data"),
	  OTA_TEXT("an image has at least 32 bytes"), NULL },
	[OTA_IMAGE_BAD_MAGIC] = { "image-magic", OTA_ERROR, OTA_TEXT("the first byte is {value}"),
	  OTA_TEXT("an image begins with 0xe9"), NULL },
	[OTA_IMAGE_ERASED] = { "image-erased", OTA_ERROR, OTA_TEXT("erased flash where {name} should be"),
	  OTA_TEXT("an image goes on without a gap"),
	  OTA_TEXT("writing or transfer stopped before this place: do it again") },
	[OTA_IMAGE_SHORT] = { "image-short", OTA_ERROR, OTA_TEXT("truncated: it ends after {value:d} bytes, inside {name}"),
	  OTA_TEXT("the image has at least {high:d} bytes"), OTA_TEXT("transfer or build it again") },
	[OTA_IMAGE_CHIP] = { "image-chip", OTA_ERROR, OTA_TEXT("made for {name}"),
	  OTA_TEXT("the chip is {other}; bootloader and app refuse others' images"), NULL },
	[OTA_IMAGE_CHIP_UNKNOWN] = { "image-chip-unknown", OTA_ERROR, OTA_TEXT("chip id {value}{name}"),
	  OTA_TEXT("no chip on sale has this id"), NULL },
	[OTA_IMAGE_HASH_FLAG] = { "image-hash-flag", OTA_WARNING, OTA_TEXT("the hash flag is {value}"),
	  OTA_TEXT("devices take any value but 0 for a hash, esptool only 1"), NULL },
	[OTA_IMAGE_NO_HASH] = { "image-no-hash", OTA_ERROR, OTA_TEXT("no SHA-256 is appended"),
	  OTA_TEXT("a checksum of 8 bits is no protection"), OTA_TEXT("build it without --dont-append-digest") },
	[OTA_IMAGE_REVISION_MIN] = { "image-revision-min", OTA_ERROR,
	  OTA_TEXT("needs chip revision {low:d}, this is {value:d}"), OTA_TEXT("written as major * 100 + minor"), NULL },
	[OTA_IMAGE_REVISION_MAX] = { "image-revision-max", OTA_ERROR,
	  OTA_TEXT("runs up to chip revision {high:d}, this is {value:d}"), OTA_TEXT("written as major * 100 + minor"), NULL },
	[OTA_IMAGE_SEGMENT_COUNT] = { "image-segment-count", OTA_ERROR, OTA_TEXT("{value:d} segments"),
	  OTA_TEXT("an image has at most 16"), OTA_TEXT("check the linker script") },
	[OTA_IMAGE_NO_SEGMENTS] = { "image-no-segments", OTA_WARNING, OTA_TEXT("no segments"),
	  OTA_TEXT("it verifies, but there is nothing to start"), NULL },
	[OTA_IMAGE_SEGMENT_SIZE] = { "image-segment-size", OTA_ERROR, OTA_TEXT("{name} has {value} bytes"),
	  OTA_TEXT("a multiple of 4 below {high}"), OTA_TEXT("the image is damaged or shifted from here on, or bytes are missing before") },
	[OTA_IMAGE_ROOM] = { "image-room", OTA_ERROR, OTA_TEXT("{value:d} bytes do not fit"),
	  OTA_TEXT("there is room for {high:d}"), NULL },
	[OTA_IMAGE_NO_DESC] = { "image-no-desc", OTA_ERROR, OTA_TEXT("no app description"),
	  OTA_TEXT("this chip's apps begin with one, else they are not started"), NULL },
	[OTA_IMAGE_SMALL_DESC] = { "image-small-desc", OTA_WARNING, OTA_TEXT("the first segment has {value:d} bytes"),
	  OTA_TEXT("an app description has 256; ESP-IDF 6.2 refuses less"), NULL },
	[OTA_IMAGE_ROLE] = { "image-role", OTA_ERROR, OTA_TEXT("{name}"),
	  OTA_TEXT("{other} belongs here"), NULL },
	[OTA_IMAGE_PROJECT] = { "image-project", OTA_ERROR, OTA_TEXT("another project"),
	  OTA_TEXT("it should be {other}"), NULL },
	[OTA_IMAGE_SECURE_VERSION] = { "image-secure-version", OTA_ERROR, OTA_TEXT("secure version {value:d}"),
	  OTA_TEXT("the device starts {low:d} or higher only"), NULL },
	[OTA_IMAGE_BLOCK_REVISION] = { "image-block-revision", OTA_ERROR,
	  OTA_TEXT("eFuse block revision {value:d}"), OTA_TEXT("the app runs on {low:d} to {high:d}"), NULL },
	[OTA_IMAGE_PAGE_SIZE] = { "image-page-size", OTA_ERROR, OTA_TEXT("an MMU page of 2^{value:d} bytes"),
	  OTA_TEXT("this chip has 2^{low:d} to 2^{high:d}"), OTA_TEXT("rebuild with the right flash size or CONFIG_MMU_PAGE_SIZE") },
	[OTA_IMAGE_PAGE_OPEN] = { "image-page-open", OTA_WARNING, OTA_TEXT("built for MMU pages of {value} bytes"),
	  OTA_TEXT("the flash size in the header stands for {high}, and the description does not say"),
	  OTA_TEXT("it starts only under a bootloader built for the same page size") },
	[OTA_IMAGE_MAPPING] = { "image-mapping", OTA_ERROR, OTA_TEXT("{name} at {value} is to be mapped to {low}"),
	  OTA_TEXT("both are equal modulo the MMU page of {high} bytes"),
	  OTA_TEXT("built for another MMU page size, or bytes were inserted or lost before it") },
	[OTA_IMAGE_MAPPING_END] = { "image-mapping-end", OTA_WARNING, OTA_TEXT("{name} ends at {value}"),
	  OTA_TEXT("that is beyond what can be mapped"), NULL },
	[OTA_IMAGE_LOAD_ADDR] = { "image-load-addr", OTA_ERROR, OTA_TEXT("{name} is loaded to {value}, {high} bytes"),
	  OTA_TEXT("a segment lies in one RAM region; only the bootloader looks, and refuses to start it"), NULL },
	[OTA_IMAGE_MAPPED_COUNT] = { "image-mapped-count", OTA_ERROR, OTA_TEXT("{value:d} mapped segments"),
	  OTA_TEXT("it verifies, but this chip's bootloader stops by an assertion at any number but 2, and resets for ever"), NULL },
	[OTA_IMAGE_SLOT] = { "image-slot", OTA_ERROR, OTA_TEXT("linked for a slot at {value}"),
	  OTA_TEXT("an ESP8266 image runs only where it was linked for; this slot is at {high}"),
	  OTA_TEXT("send the build for this slot") },
	[OTA_IMAGE_CHECKSUM] = { "image-checksum", OTA_ERROR, OTA_TEXT("checksum {value}"),
	  OTA_TEXT("the segments give {high}"), OTA_TEXT("the image is damaged: transfer or build it again") },
	[OTA_IMAGE_HASH] = { "image-hash", OTA_ERROR, OTA_TEXT("the appended SHA-256 is not that of the image"),
	  OTA_TEXT("it covers everything before it"), OTA_TEXT("the image is damaged or was changed after the build") },
	[OTA_IMAGE_CRC] = { "image-crc", OTA_ERROR, OTA_TEXT("CRC {value}"),
	  OTA_TEXT("the image gives {high}"), OTA_TEXT("the image is damaged: transfer or build it again") },
	[OTA_IMAGE_NO_CRC] = { "image-no-crc", OTA_WARNING, OTA_TEXT("no CRC at the end"),
	  OTA_TEXT("Espressif's images of this layout end with one, rBoot's need not"), NULL },
	[OTA_IMAGE_TAIL] = { "image-tail", OTA_ERROR, OTA_TEXT("{value:d} bytes follow that are neither signature nor 0xff"),
	  OTA_TEXT("nothing else belongs behind an image"), OTA_TEXT("cut it off, or send the image alone") },
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

void ota_image_find(struct ota_image *image, enum ota_image_fault fault,
		    const struct ota_diag *diag)
{
	struct ota_diag found = *diag;

	found.rule = &ota_image_rules[fault];
	if (found.rule->severity == OTA_ERROR && !image->status) {
		image->status = status_of(fault);
		image->diag = found;
	}
	if (image->want.report)
		image->want.report(image->want.ctx, &found);
}

void ota_image_stop(struct ota_image *image, enum ota_image_fault fault,
		    const struct ota_diag *diag)
{
	ota_image_find(image, fault, diag);
	image->phase = OTA_PHASE_DEAD;
}
