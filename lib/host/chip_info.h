/* SPDX-License-Identifier: MIT */
/* chip_info.h - what header bytes and addresses mean to people, in esptool's words
 *
 * Source: esptool 5.3.1, esptool/targets/CHIP.py. */
#ifndef OTA_HOST_CHIP_INFO_H
#define OTA_HOST_CHIP_INFO_H

#include "lib/chip.h"

/* Byte 3 of a header ("80m", "4MB"), and byte 2 ("dio"); NULL: no meaning. */
const char *ota_flash_freq(uint32_t chip, uint8_t flash);
const char *ota_flash_size(uint32_t chip, uint8_t flash);
const char *ota_flash_mode(uint8_t mode);

#define OTA_REGIONS_SIZE 96u

/* The memory regions that hold `addr`, "BYTE_ACCESSIBLE,DRAM", cut to `size` bytes; `out`. */
char *ota_chip_regions(uint32_t chip, uint32_t addr, char *out, size_t size);

#endif
