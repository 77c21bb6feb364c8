/* SPDX-License-Identifier: MIT */
/* tee.h - which trusted app (ESP-TEE) the bootloader loads before the app
 *
 * Partition data/tee_ota, at least 0x2000 bytes: the same record twice, at 0x0000 and 0x1000:
 *
 *   off  size  field
 *     0     4  magic           0x4337E1E1
 *     4     1  version         0
 *     5     1  boot_partition  0x30, 0x31: the subtype
 *     6     1  state           enum ota_tee_state
 *     7    21  reserved        0
 *    28     4  crc             CRC-32 of bytes 0..27, as zlib's crc32(0, ...)
 *
 * Source: ESP-IDF v5.5 to v6.1, esp_tee_ota_utils.h, bootloader_utility_tee.c. */
#ifndef OTA_TEE_H
#define OTA_TEE_H

#include "lib/boot.h"

enum ota_tee_state {
	OTA_TEE_NEW = 0x00,
	OTA_TEE_PENDING = 0x33,
	OTA_TEE_INVALID = 0x55,
	OTA_TEE_VALID = 0xAA,
	OTA_TEE_UNDEFINED = 0xFF,
};

/* A record that names tee_0 or tee_1 (0, 1). */
void ota_tee_make(unsigned slot, enum ota_tee_state state, uint8_t raw[static OTA_RECORD_SIZE]);

/* The bootloader's choice from both records, which hold what flash holds afterwards: 0, 1, or
 * OTA_CHOICE_NONE: the chip resets. `boot` lends ctx, apply and report; its operations are for
 * data/tee_ota. OTA_E_DEVICE: the power failed. */
OTA_MUST_CHECK enum ota_status ota_tee_boot(const struct ota_boot *boot,
					    uint8_t raw[2][OTA_RECORD_SIZE], int *choice);

#endif
