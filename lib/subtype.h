/* SPDX-License-Identifier: MIT */
/* subtype.h - names and numbers of partition types and subtypes
 *
 * Source: ESP-IDF v5.5 and v6.x, components/partition_table/gen_esp32part.py;
 * ESP8266_RTOS_SDK v3.4, the same file. */
#ifndef OTA_SUBTYPE_H
#define OTA_SUBTYPE_H

#include "lib/status.h"

enum ota_type {
	OTA_TYPE_APP = 0x00,
	OTA_TYPE_DATA = 0x01,
	OTA_TYPE_BOOTLOADER = 0x02,
	OTA_TYPE_PARTITION_TABLE = 0x03,
};

enum ota_app_subtype {
	OTA_APP_FACTORY = 0x00,
	OTA_APP_OTA_0 = 0x10,
	OTA_APP_OTA_15 = 0x1F,
	OTA_APP_TEST = 0x20,
	OTA_APP_TEE_0 = 0x30,
	OTA_APP_TEE_1 = 0x31,
};

enum ota_data_subtype {
	OTA_DATA_OTA = 0x00,
	OTA_DATA_PHY = 0x01,
	OTA_DATA_NVS = 0x02,
	OTA_DATA_COREDUMP = 0x03,
	OTA_DATA_NVS_KEYS = 0x04,
	OTA_DATA_EFUSE = 0x05,
	OTA_DATA_UNDEFINED = 0x06,
	OTA_DATA_ESPHTTPD = 0x80,
	OTA_DATA_FAT = 0x81,
	OTA_DATA_SPIFFS = 0x82,
	OTA_DATA_LITTLEFS = 0x83,
	OTA_DATA_TEE_OTA = 0x90,
};

/* Both bootloader and partition_table know these; recovery is the bootloader's alone. */
enum ota_boot_subtype {
	OTA_BOOT_PRIMARY = 0x00,
	OTA_BOOT_OTA = 0x01,
	OTA_BOOT_RECOVERY = 0x02,
};

/* A word and what it stands for. Lists end with a NULL name and keep the reference's order,
 * which decides the word that a value prints as. */
struct ota_keyword {
	const char *name;
	uint8_t value;
};

/* The words of one generator: the ESP32 family's, or ESP8266_RTOS_SDK's. */
struct ota_names {
	const struct ota_keyword *types;
	const struct ota_keyword *subtypes[4]; /* by type; NULL: numbers only */
};

extern const struct ota_names ota_names_esp32, ota_names_esp8266;

/* The keywords of a type; NULL: it has none. */
const struct ota_keyword *ota_subtypes_of(const struct ota_names *names, unsigned type);

/* The value of `name` (`size` bytes, exact case) in `list`, which may be NULL; -1: not in it. */
int ota_keyword_value(const struct ota_keyword *list, const char *name, size_t size);

/* The first name with `value`; NULL: none. */
const char *ota_keyword_name(const struct ota_keyword *list, unsigned value);

#endif
