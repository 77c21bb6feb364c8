/* SPDX-License-Identifier: MIT */
/* image_esp8266.h - the ESP8266's image layouts, little-endian
 *
 * Header, 8 bytes: E9, segment_count, spi_mode, flash, u32 entry_addr. Segments, padding and
 * checksum are as on the ESP32 (image.h).
 *
 *   v1     header, RAM segments, checksum. Flash contents are a file of their own.
 *   v2     EA 04 mode flash entry; u32 0, u32 size, flash contents (padded to 16);
 *          then a v1 image, padded on the whole file's position; then u32 CRC of all before
 *   RTOS   header, all segments, those in flash first; checksum; SHA-256 of all before, always
 *   Arduino  eboot as a v1 image, 0xAA up to 4096, then the sketch: as v1, flash segment first.
 *          In the sketch's first segment: file offset 0x1010 u32 size of the file, 0x1014 u32 CRC-32/
 *          MPEG-2 of the file with both words zero. Its checksum was taken before they were set.
 *
 * Source: esptool 5.3.1, esptool/bin_image.py; ESP8266_RTOS_SDK v3.4, components/bootloader_support and
 * components/esptool_py; esp8266/Arduino 3.1, tools/elf2bin.py. */
#ifndef OTA_IMAGE_ESP8266_H
#define OTA_IMAGE_ESP8266_H

#include "lib/image.h"

#define OTA_ESP8266_HEADER_SIZE 8u
#define OTA_ESP8266_V2_MAGIC 0xEAu
#define OTA_ESP8266_V2_COUNT 4u
#define OTA_ESP8266_FLASH 0x40200000u /* where flash is mapped */
#define OTA_ESP8266_FLASH_WINDOW 0x100000u

/* Where the sketch begins in an Arduino file, and its own words. */
#define OTA_ARDUINO_SKETCH 0x1000u
#define OTA_ARDUINO_SIZE_AT 0x1010u
#define OTA_ARDUINO_CRC_AT 0x1014u

/* CRC-32/MPEG-2 continued over `size` bytes; begin with 0xFFFFFFFF. */
uint32_t ota_arduino_crc(uint32_t crc, const void *data, size_t size);

/* CRC of layout v2 as it is stored, from zlib's. */
uint32_t ota_esp8266_crc(uint32_t crc);

#endif
