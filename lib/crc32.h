/* SPDX-License-Identifier: MIT */
/* crc32.h - reflected CRC-32, polynomial 0xEDB88320, as zlib's crc32() */
#ifndef OTA_CRC32_H
#define OTA_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Continue `crc` (0 to begin) over `size` bytes, exactly as zlib's crc32(crc, data, size). */
uint32_t ota_crc32(uint32_t crc, const void *data, size_t size);

#endif
