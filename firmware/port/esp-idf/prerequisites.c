/* SPDX-License-Identifier: MIT */
/* prerequisites.c - what an update would miss on this device, a line each on the log */
#include "esp_log.h"
#include "lib/otadata.h"
#include "lib/table.h"
#include "port.h"
#include "sdkconfig.h"

static bool has_slot(int index)
{
	return esp_partition_find_first(
		       ESP_PARTITION_TYPE_APP,
		       (esp_partition_subtype_t)(ESP_PARTITION_SUBTYPE_APP_OTA_MIN + index),
		       NULL) != NULL;
}

static bool has_factory(void)
{
	return esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_FACTORY,
					NULL) != NULL;
}

static bool slots_are_enough(const struct ota_flash *flash, const struct ota_keys *keys)
{
	(void)flash;
	(void)keys;
	return has_slot(1) || (has_slot(0) && has_factory());
}

static const esp_partition_t *find_otadata(void)
{
	return esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA,
					NULL);
}

static bool has_otadata(const struct ota_flash *flash, const struct ota_keys *keys)
{
	(void)flash;
	(void)keys;
	return find_otadata() != NULL;
}

static bool otadata_is_whole(const struct ota_flash *flash, const struct ota_keys *keys)
{
	const esp_partition_t *part = find_otadata();

	(void)flash;
	(void)keys;
	return !part || part->size >= OTA_OTADATA_SIZE;
}

/* All of it, what the SDK gives no name to included. */
static bool table_fits(const struct ota_flash *flash, const struct ota_keys *keys)
{
	uint8_t raw[OTA_ENTRY_SIZE];
	struct ota_part part;
	bool fits = true;

	(void)keys;
	for (uint32_t row = 0; row < OTA_TABLE_MAX && fits; row++) {
		if (flash->read(flash->ctx, flash->table + row * OTA_ENTRY_SIZE, raw,
				sizeof(raw)) ||
		    ota_part_decode(raw, &part) != OTA_OK)
			break;
		fits = part.offset <= flash->size && part.size <= flash->size - part.offset;
	}
	return fits;
}

static bool rolls_back(const struct ota_flash *flash, const struct ota_keys *keys)
{
	(void)flash;
	(void)keys;
#ifdef CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE
	return true;
#else
	return false;
#endif
}

static bool has_key(const struct ota_flash *flash, const struct ota_keys *keys)
{
	uint8_t key[OTA_KEY_SIZE];
	bool found = keys->get(keys->ctx, 0, key) || keys->get(keys->ctx, 1, key);

	(void)flash;
	for (volatile uint8_t *p = key; p < key + sizeof(key); p++)
		*p = 0;
	return found;
}

unsigned ota_esp_prerequisites(const struct ota_flash *flash, const struct ota_keys *keys)
{
	static const struct {
		bool (*met)(const struct ota_flash *flash, const struct ota_keys *keys);
		const char *missing;
	} rows[] = {
		{ has_otadata, "there is no otadata partition: no slot can be switched to" },
		{ otadata_is_whole,
		  "otadata has less than 0x2000 bytes: the bootloader resets for ever" },
		{ slots_are_enough,
		  "there is no slot to update to: two OTA slots, or factory and one" },
		{ table_fits,
		  "the table reaches beyond the flash: a slot there cannot be written" },
		{ rolls_back,
		  "CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE is off: a bad app is not undone" },
		{ has_key,
		  "no key: nothing can be changed until one is flashed, or the device claimed" },
	};

	unsigned missing = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].met(flash, keys))
			continue;
		ESP_LOGW(OTA_TAG, "%s", rows[i].missing);
		missing++;
	}
	return missing;
}
