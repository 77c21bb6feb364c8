/* SPDX-License-Identifier: MIT */
/* keys.c - two keys in NVS, namespace "otatool": `otatool keygen push --nvs` writes the same */
#include <string.h>

#include "nvs.h"
#include "nvs_flash.h"
#include "port.h"
#include "sdkconfig.h"

#define NAMESPACE "otatool"

static const char *partition;
static const char *const names[OTA_KEY_SLOTS] = { "key0", "key1" };

#ifdef CONFIG_OTATOOL_KEY
static bool read_digit(char c, uint8_t *value)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, c | 0x20) : NULL;

	if (found)
		*value = (uint8_t)(*value << 4 | (found - digits));
	return found != NULL;
}

/* The bench's key, which is in the image: with OTATOOL_INSECURE only. */
static bool read_image(uint8_t key[static OTA_KEY_SIZE])
{
	static const char text[] = CONFIG_OTATOOL_KEY;
	bool good = sizeof(text) == 2 * OTA_KEY_SIZE + 1;

	for (size_t i = 0; good && i < 2 * OTA_KEY_SIZE; i++)
		good = read_digit(text[i], &key[i / 2]);
	return good;
}
#else
static bool read_image(uint8_t key[static OTA_KEY_SIZE])
{
	(void)key;
	return false;
}
#endif

static bool keys_get(void *ctx, unsigned slot, uint8_t key[static OTA_KEY_SIZE])
{
	size_t size = OTA_KEY_SIZE;
	nvs_handle_t handle;
	esp_err_t error = slot < OTA_KEY_SLOTS ? nvs_open_from_partition(partition, NAMESPACE,
									 NVS_READONLY, &handle)
					       : ESP_ERR_INVALID_ARG;

	(void)ctx;
	if (!error) {
		error = nvs_get_blob(handle, names[slot], key, &size);
		nvs_close(handle);
	}
	if (!error)
		return size == OTA_KEY_SIZE;
	return slot == 0 && read_image(key);
}

/* NVS replaces an entry in one step: the new one is written before the old one is dropped. */
static int keys_set(void *ctx, unsigned slot, const uint8_t *key)
{
	nvs_handle_t handle;
	esp_err_t error = slot < OTA_KEY_SLOTS ? nvs_open_from_partition(partition, NAMESPACE,
									 NVS_READWRITE, &handle)
					       : ESP_ERR_INVALID_ARG;

	(void)ctx;
	if (error)
		return error;
	error = key ? nvs_set_blob(handle, names[slot], key, OTA_KEY_SIZE)
		    : nvs_erase_key(handle, names[slot]);
	if (!error)
		error = nvs_commit(handle);
	nvs_close(handle);
	return error == ESP_ERR_NVS_NOT_FOUND ? ESP_OK : error;
}

/* An NVS that cannot be used is not erased: it may hold what another version can read. The default
 * one may be encrypted, which nvs_flash_init() knows; another encrypted one has to be open already. */
esp_err_t ota_esp_keys_begin(struct ota_keys *keys, const char *nvs_partition)
{
	partition = nvs_partition;
	*keys = (struct ota_keys){ .get = keys_get, .set = keys_set };
	return strcmp(partition, NVS_DEFAULT_PART_NAME) == 0 ? nvs_flash_init()
							     : nvs_flash_init_partition(partition);
}
