/* SPDX-License-Identifier: MIT */
/* chip.h - the chips: ids, names, memory maps, page sizes; a row a chip
 *
 * Firmware for one chip defines OTA_ONE_CHIP to an id from below and keeps that row only.
 *
 * Source: ESP-IDF v5.5 to v6.2-dev, components/soc/CHIP/include/soc/soc.h and ext_mem_defs.h,
 * components/bootloader_support; ids also from esptool 5.3.1, targets/CHIP.py. */
#ifndef OTA_CHIP_H
#define OTA_CHIP_H

#include "lib/status.h"

/* As in bytes 12 and 13 of an image's header. */
#define OTA_CHIP_ESP32 0x0000
#define OTA_CHIP_ESP32S2 0x0002
#define OTA_CHIP_ESP32C3 0x0005
#define OTA_CHIP_ESP32S3 0x0009
#define OTA_CHIP_ESP32C2 0x000C
#define OTA_CHIP_ESP32C6 0x000D
#define OTA_CHIP_ESP32H2 0x0010
#define OTA_CHIP_ESP32P4 0x0012
#define OTA_CHIP_ESP32C61 0x0014
#define OTA_CHIP_ESP32C5 0x0017
#define OTA_CHIP_ESP32H21 0x0019
#define OTA_CHIP_ESP32H4 0x001C
#define OTA_CHIP_ESP32E22 0x001F
#define OTA_CHIP_ESP32S31 0x0020
#define OTA_CHIP_ESP8266 0x10000 /* its images hold no id */

#if !defined(OTA_ONE_CHIP) || OTA_ONE_CHIP == OTA_CHIP_ESP8266
#define OTA_HAS_ESP8266 1
#else
#define OTA_HAS_ESP8266 0
#endif

/* Addresses low <= a < high. */
struct ota_range {
	uint32_t low, high;
};

enum ota_scheme { /* of secure boot signatures, a bit each */
		  OTA_SCHEME_V1 = 1u << 0,
		  OTA_SCHEME_RSA = 1u << 1,
		  OTA_SCHEME_P192 = 1u << 2,
		  OTA_SCHEME_P256 = 1u << 3,
		  OTA_SCHEME_P384 = 1u << 4,
};

struct ota_chip {
	uint32_t id;
	const char *name; /* "esp32c3" */
	const char *title; /* "ESP32-C3" */
	struct ota_range mapped[2]; /* what is run and read in place; an unused one is 0, 0 */
	struct ota_range ram[5]; /* what segments may be copied to; none: not known */
	uint8_t page_min, page_max; /* log2 of the MMU page sizes that apps may choose */
	bool shared_bus; /* code and data share `mapped`: an app has exactly two such segments */
	bool psram_mapped; /* mapped[1] is PSRAM's: may hold further segments */
	bool large; /* images may be over 16 MiB */
	uint8_t secure_versions; /* bits of the anti-rollback counter */
	uint8_t schemes; /* enum ota_scheme */
	uint32_t bootloader_offset; /* in flash */
};

/* Every chip known to this build, `count` of them. */
extern const struct ota_chip ota_chips[];
extern const size_t ota_chip_count;

/* NULL: no such chip. Names as "esp32c3" or "ESP32-C3", in any case. */
const struct ota_chip *ota_chip_by_id(uint32_t id);
const struct ota_chip *ota_chip_by_name(const char *name);

/* The name of a chip that never was sold ("ESP32-S3 beta 2"), NULL: none. */
const char *ota_chip_retired(uint32_t id);

/* The largest image, bytes. */
uint32_t ota_chip_image_limit(const struct ota_chip *chip);

/* Is an address run or read in place? `page` is log2 of the MMU page size. */
bool ota_chip_is_mapped(const struct ota_chip *chip, uint32_t addr, unsigned page);

#endif
