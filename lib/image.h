/* SPDX-License-Identifier: MIT */
/* image.h - app and bootloader images, judged as they arrive
 *
 * Image of the ESP32 and later, little-endian:
 *
 *   off  size  field
 *     0     1  magic          E9
 *     1     1  segment_count  up to 16
 *     2     1  spi_mode
 *     3     1  low nibble flash frequency, high nibble flash size
 *     4     4  entry_addr
 *     8     1  wp_pin         EE: none
 *     9     3  drive settings, a nibble each
 *    12     2  chip_id
 *    14     1  min_chip_rev   legacy
 *    15     2  min_chip_rev_full   major * 100 + minor
 *    17     2  max_chip_rev_full   0 and 65535: not set
 *    19     4  reserved
 *    23     1  hash_appended  not 0: SHA-256 follows
 *
 *   then segment_count times: u32 load_addr, u32 size, the data;
 *   1 to 16 bytes up to the next multiple of 16, the last of which is the checksum:
 *   0xEF xor every byte of every segment's data;
 *   where hash_appended, SHA-256 of everything before it, 32 bytes.
 *
 * ESP8266's three layouts are in image_esp8266.h. What may follow an image: a secure boot v1 block
 * of 68 bytes, or 0xff up to a multiple of 4096 and a secure boot v2 sector, or 0xff.
 *
 * Source: ESP-IDF v5.5 to v6.2-dev, components/bootloader_support/include/esp_app_format.h,
 * src/esp_image_format.c, src/bootloader_utility.c, src/bootloader_common_loader.c.
 *
 * The verifier takes the image in pieces of any size and says as soon as it is known what is wrong.
 * To judge an upload by its beginning, feed the first 4 KiB and look at the status: magic, chip,
 * revisions, description, project and secure version are then settled. */
#ifndef OTA_IMAGE_H
#define OTA_IMAGE_H

#include "lib/chip.h"
#include "lib/image_desc.h"
#include "lib/sha256.h"

#define OTA_IMAGE_MAGIC 0xE9u
#define OTA_IMAGE_HEADER_SIZE 24u
#define OTA_SEGMENT_HEADER_SIZE 8u
#define OTA_SEGMENTS_MAX 16u
#define OTA_IMAGE_HASH_SIZE OTA_SHA256_SIZE
#define OTA_SIGNATURE_V1_SIZE 68u
#define OTA_SIGNATURE_SECTOR 4096u

/* Every rule an image can break: rows of ota_image_rules, in the order in which they are judged. */
enum ota_image_fault {
	OTA_IMAGE_EMPTY,
	OTA_IMAGE_BAD_MAGIC,
	OTA_IMAGE_ERASED, /* 0xff where the format goes on */
	OTA_IMAGE_SHORT, /* the data ends inside the image */
	OTA_IMAGE_CHIP, /* for another chip */
	OTA_IMAGE_CHIP_UNKNOWN,
	OTA_IMAGE_HASH_FLAG, /* neither 0 nor 1 */
	OTA_IMAGE_NO_HASH, /* none appended, and want.hash */
	OTA_IMAGE_REVISION_MIN,
	OTA_IMAGE_REVISION_MAX,
	OTA_IMAGE_SEGMENT_COUNT,
	OTA_IMAGE_NO_SEGMENTS,
	OTA_IMAGE_SEGMENT_SIZE,
	OTA_IMAGE_ROOM, /* larger than want.room */
	OTA_IMAGE_NO_DESC,
	OTA_IMAGE_SMALL_DESC,
	OTA_IMAGE_ROLE, /* a bootloader where an app should be */
	OTA_IMAGE_PROJECT,
	OTA_IMAGE_SECURE_VERSION,
	OTA_IMAGE_BLOCK_REVISION,
	OTA_IMAGE_PAGE_SIZE,
	OTA_IMAGE_PAGE_OPEN, /* the description does not say, and it is not the default */
	OTA_IMAGE_MAPPING,
	OTA_IMAGE_MAPPING_END,
	OTA_IMAGE_LOAD_ADDR,
	OTA_IMAGE_MAPPED_COUNT,
	OTA_IMAGE_SLOT, /* ESP8266: linked for another slot */
	OTA_IMAGE_CHECKSUM,
	OTA_IMAGE_HASH,
	OTA_IMAGE_CRC, /* ESP8266 layout v2 */
	OTA_IMAGE_NO_CRC,
	OTA_IMAGE_TAIL, /* followed by what may not follow, and want.alone */
	OTA_IMAGE_FAULTS,
};

extern const struct ota_rule ota_image_rules[OTA_IMAGE_FAULTS];

enum ota_image_form {
	OTA_FORM_UNKNOWN,
	OTA_FORM_ESP32, /* and later */
	OTA_FORM_ESP8266_V1, /* RAM segments; flash contents are a file of their own */
	OTA_FORM_ESP8266_V2, /* begins with EA, ends with a CRC */
	OTA_FORM_ESP8266_RTOS, /* ESP8266_RTOS_SDK v3: ends with a SHA-256 */
};

enum ota_image_role {
	OTA_ROLE_ANY, /* as the contents say */
	OTA_ROLE_APP,
	OTA_ROLE_BOOTLOADER,
};

/* What follows the image. */
enum ota_image_tail {
	OTA_TAIL_NONE,
	OTA_TAIL_BLANK, /* 0xff */
	OTA_TAIL_SIGNED_V1, /* and perhaps 0xff */
	OTA_TAIL_SIGNED_V2,
	OTA_TAIL_OTHER,
};

struct ota_image_header {
	uint8_t segment_count, spi_mode, flash; /* flash: byte 3 */
	uint32_t entry;
	uint8_t wp_pin, drive[3];
	uint32_t chip_id; /* OTA_CHIP_ESP8266 by its layout */
	uint8_t min_revision_legacy;
	uint16_t min_revision, max_revision; /* major * 100 + minor */
	uint8_t hash_appended;
};

struct ota_segment {
	uint32_t load_addr, size; /* bytes */
	uint32_t offset; /* of its data in the image, bytes */
	uint8_t index;
	bool mapped; /* run or read in place */
};

/* What the image is held against. All zero but the revisions (OTA_REVISION_NONE) is: whatever
 * the image says it is for. */
struct ota_image_want {
	const struct ota_chip *chip; /* NULL: the one that the header names */
	enum ota_image_role role;
	uint16_t revision, block_revision; /* of the chip and its eFuses; OTA_REVISION_NONE: any */
	uint32_t secure_version; /* in eFuse: the app's is at least this */
	const char *project; /* the app's project, up to 32 bytes; NULL: any */
	uint32_t flash_addr; /* of the image's first byte */
	uint32_t room; /* bytes, signature included; 0: not limited */
	bool hash; /* an image without appended SHA-256 is refused (but on ESP8266) */
	bool alone; /* nothing but signature and 0xff may follow */

#ifndef OTA_NO_TEXT
	uint8_t *desc; /* OTA_APP_DESC_SIZE bytes that take the description as it is; or NULL */
	void *ctx; /* handed to both */
	ota_report_fn *report; /* each finding, warnings included; NULL: the first error is kept */
	void (*segment)(void *ctx, const struct ota_segment *segment); /* may be NULL */
#endif
};

#define OTA_NOT_LINKED UINT32_MAX

enum ota_image_phase {
	OTA_PHASE_HEADER,
	OTA_PHASE_SEGMENT,
	OTA_PHASE_DATA,
	OTA_PHASE_CHECKSUM, /* padding, then the checksum */
	OTA_PHASE_HASH,
	OTA_PHASE_CRC,
	OTA_PHASE_TAIL,
	OTA_PHASE_DEAD, /* nothing further can be judged */
};

/* The caller owns it, and copies nothing of it while it is in use. To read: all but the last group. */
struct ota_image {
	enum ota_status status; /* of the first error */
#ifndef OTA_NO_TEXT
	struct ota_diag diag; /* the first error; rule NULL: none. Offsets count from the image */
#else
	struct {
		const struct ota_rule *rule;
		uint32_t offset;
	} diag;
#endif
	uint8_t form; /* enum ota_image_form */
	struct ota_image_header header;
	const struct ota_chip *chip; /* held against; NULL: unknown */
	bool is_app, is_bootloader; /* by its description */
	uint32_t secure_version; /* the app's; 0 without description */
	uint8_t page; /* log2 of the MMU page size */
	bool page_open; /* the image does not say; `page` is the default, or less where it has to be */
	uint8_t mapped; /* segments that are run or read in place */
	uint32_t
		linked_for; /* ESP8266: flash address of the slot, modulo 1 MiB; or OTA_NOT_LINKED */
	uint32_t taken; /* bytes fed, at most UINT32_MAX */
	uint32_t
		length; /* after finish, bytes: the image with its hash, without signature; 0: unknown */
	uint8_t tail; /* enum ota_image_tail, after finish */
	uint32_t data_end; /* behind the last byte that is not 0xff */
	uint8_t checksum, checksum_stored;
	uint8_t have,
		buf[32]; /* bytes gathered of a record; after finish the appended hash, if any */
	union {
		struct { /* bytes 0.., 48.., 176.. of the description, until it is judged */
			uint8_t desc_head[16], desc_project[32], desc_page[8];
		};
		uint8_t sha256[OTA_SHA256_SIZE]; /* of all before the hash, once there */
	};

	struct ota_image_want want;
	uint8_t phase; /* enum ota_image_phase */
	uint32_t left; /* bytes of this phase to come */
	uint32_t end; /* where the image ends, once in OTA_PHASE_TAIL */
	uint32_t tail_first; /* first byte of the tail that is not 0xff */
	uint8_t tail_byte; /* and which it is */
	bool described; /* the description was judged, or its absence */
	bool too_large; /* was said */
	bool second; /* ESP8266 layout v2: in its second half */
	struct ota_segment at;
	uint32_t crc;
	struct ota_sha256 sha;
};

/* `want` is copied; what it points to stays the caller's until the end. */
void ota_image_begin(struct ota_image *image, const struct ota_image_want *want);

/* Take the next bytes. The status so far; after an error more may be fed, so that what else is wrong
 * is found (unless phase is OTA_PHASE_DEAD), but need not. */
enum ota_status ota_image_feed(struct ota_image *image, const void *data, size_t size);

/* There is no more: the verdict. OTA_OK, or the first error: OTA_E_SHORT, OTA_E_MAGIC, OTA_E_CHECKSUM
 * (checksum, hash, CRC), OTA_E_FULL (room), OTA_E_VALUE (all else). */
OTA_MUST_CHECK enum ota_status ota_image_finish(struct ota_image *image);

/* Bytes that the image takes in flash, together with a signature found behind it; after finish. */
uint32_t ota_image_size_signed(const struct ota_image *image);

/* The fault whose row `rule` is. */
enum ota_image_fault ota_image_fault(const struct ota_rule *rule);

#endif
