/* SPDX-License-Identifier: MIT */
#include "lib/subtype.h"

#define OTA_SLOTS                                                                             \
	{ "ota_0", 0x10 }, { "ota_1", 0x11 }, { "ota_2", 0x12 }, { "ota_3", 0x13 },           \
		{ "ota_4", 0x14 }, { "ota_5", 0x15 }, { "ota_6", 0x16 }, { "ota_7", 0x17 },   \
		{ "ota_8", 0x18 }, { "ota_9", 0x19 }, { "ota_10", 0x1A }, { "ota_11", 0x1B }, \
		{ "ota_12", 0x1C }, { "ota_13", 0x1D }, { "ota_14", 0x1E },                   \
	{                                                                                     \
		"ota_15", 0x1F                                                                \
	}

static const struct ota_keyword types[] = {
	{ "bootloader", OTA_TYPE_BOOTLOADER },
	{ "partition_table", OTA_TYPE_PARTITION_TABLE },
	{ "app", OTA_TYPE_APP },
	{ "data", OTA_TYPE_DATA },
	{ NULL, 0 },
};

static const struct ota_keyword app[] = {
	{ "factory", OTA_APP_FACTORY }, { "test", OTA_APP_TEST },   OTA_SLOTS,
	{ "tee_0", OTA_APP_TEE_0 },     { "tee_1", OTA_APP_TEE_1 }, { NULL, 0 },
};

static const struct ota_keyword data[] = {
	{ "ota", OTA_DATA_OTA },
	{ "phy", OTA_DATA_PHY },
	{ "nvs", OTA_DATA_NVS },
	{ "coredump", OTA_DATA_COREDUMP },
	{ "nvs_keys", OTA_DATA_NVS_KEYS },
	{ "efuse", OTA_DATA_EFUSE },
	{ "undefined", OTA_DATA_UNDEFINED },
	{ "esphttpd", OTA_DATA_ESPHTTPD },
	{ "fat", OTA_DATA_FAT },
	{ "spiffs", OTA_DATA_SPIFFS },
	{ "littlefs", OTA_DATA_LITTLEFS },
	{ "tee_ota", OTA_DATA_TEE_OTA },
	{ NULL, 0 },
};

static const struct ota_keyword bootloader[] = {
	{ "primary", OTA_BOOT_PRIMARY },
	{ "ota", OTA_BOOT_OTA },
	{ "recovery", OTA_BOOT_RECOVERY },
	{ NULL, 0 },
};

static const struct ota_keyword partition_table[] = {
	{ "primary", OTA_BOOT_PRIMARY },
	{ "ota", OTA_BOOT_OTA },
	{ NULL, 0 },
};

static const struct ota_keyword types_esp8266[] = {
	{ "app", OTA_TYPE_APP },
	{ "data", OTA_TYPE_DATA },
	{ NULL, 0 },
};

static const struct ota_keyword app_esp8266[] = {
	{ "factory", OTA_APP_FACTORY },
	{ "test", OTA_APP_TEST },
	OTA_SLOTS,
	{ NULL, 0 },
};

static const struct ota_keyword data_esp8266[] = {
	{ "ota", OTA_DATA_OTA },           { "phy", OTA_DATA_PHY },
	{ "nvs", OTA_DATA_NVS },           { "coredump", OTA_DATA_COREDUMP },
	{ "nvs_keys", OTA_DATA_NVS_KEYS }, { "efuse", OTA_DATA_EFUSE },
	{ "esphttpd", OTA_DATA_ESPHTTPD }, { "fat", OTA_DATA_FAT },
	{ "spiffs", OTA_DATA_SPIFFS },     { NULL, 0 },
};

const struct ota_names ota_names_esp32 = {
	types,
	{ app, data, bootloader, partition_table },
};

const struct ota_names ota_names_esp8266 = {
	types_esp8266,
	{ app_esp8266, data_esp8266, NULL, NULL },
};

const struct ota_keyword *ota_subtypes_of(const struct ota_names *names, unsigned type)
{
	return type < ARRAY_LEN(names->subtypes) ? names->subtypes[type] : NULL;
}

int ota_keyword_value(const struct ota_keyword *list, const char *name, size_t size)
{
	for (; list && list->name; list++) {
		size_t n = 0;

		while (n < size && list->name[n] && list->name[n] == name[n])
			n++;
		if (n == size && !list->name[n])
			return list->value;
	}
	return -1;
}

const char *ota_keyword_name(const struct ota_keyword *list, unsigned value)
{
	for (; list && list->name; list++)
		if (list->value == value)
			return list->name;
	return NULL;
}
