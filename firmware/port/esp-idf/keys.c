/* SPDX-License-Identifier: MIT */
/* keys.c - two keys in NVS, namespace "otatool": `otatool keygen push --nvs` writes the same */
#include <string.h>

#include "nvs.h"
#include "nvs_flash.h"
#include "port.h"

#define NAMESPACE "otatool"

static const char *partition;
static const char *const names[2] = { "key0", "key1" };

static bool keys_get(void *ctx, unsigned slot, uint8_t key[static OTA_KEY_SIZE])
{
	size_t size = OTA_KEY_SIZE;
	nvs_handle_t handle;
	esp_err_t error = nvs_open_from_partition(partition, NAMESPACE, NVS_READONLY, &handle);

	(void)ctx;
	if (error || slot > 1)
		return false;
	error = nvs_get_blob(handle, names[slot], key, &size);
	nvs_close(handle);
	return !error && size == OTA_KEY_SIZE;
}

/* NVS replaces an entry in one step: the new one is written before the old one is dropped. */
static int keys_set(void *ctx, unsigned slot, const uint8_t *key)
{
	nvs_handle_t handle;
	esp_err_t error = nvs_open_from_partition(partition, NAMESPACE, NVS_READWRITE, &handle);

	(void)ctx;
	if (error)
		return error;
	if (slot > 1)
		error = ESP_ERR_INVALID_ARG;
	else if (key)
		error = nvs_set_blob(handle, names[slot], key, OTA_KEY_SIZE);
	else
		error = nvs_erase_key(handle, names[slot]);
	if (!error)
		error = nvs_commit(handle);
	nvs_close(handle);
	return error == ESP_ERR_NVS_NOT_FOUND ? ESP_OK : error;
}

esp_err_t ota_esp_keys_begin(struct ota_keys *keys, const char *nvs_partition)
{
	partition = nvs_partition;
	*keys = (struct ota_keys){ .get = keys_get, .set = keys_set };
	return nvs_flash_init_partition(partition);
}
