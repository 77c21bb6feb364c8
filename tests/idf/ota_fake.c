/* SPDX-License-Identifier: MIT */
/* ota_fake.c - what the app's own updates call; only what the lock sees of it */
#include "esp_ota_ops.h"
#include "lib/otadata.h"
#include "tests/idf/sdk.h"

const esp_partition_t *esp_ota_get_running_partition(void)
{
	static const esp_partition_t test_app = { .subtype = ESP_PARTITION_SUBTYPE_APP_OTA_MAX };

	if (fake.running == 16)
		return &test_app;
	return esp_partition_find_first(
		ESP_PARTITION_TYPE_APP,
		fake.running < 0 ? ESP_PARTITION_SUBTYPE_APP_FACTORY
				 : (esp_partition_subtype_t)(ESP_PARTITION_SUBTYPE_APP_OTA_MIN +
							     fake.running),
		NULL);
}

esp_err_t esp_ota_begin(const esp_partition_t *partition, size_t size, esp_ota_handle_t *handle)
{
	(void)size;
	if (!partition)
		return ESP_ERR_INVALID_ARG;
	*handle = 1;
	return esp_partition_erase_range(partition, 0, 4096);
}

esp_err_t esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
			 const size_t offset, esp_ota_handle_t *handle)
{
	(void)erase_size;
	(void)offset;
	*handle = 1;
	return partition ? ESP_OK : ESP_ERR_INVALID_ARG;
}

esp_err_t esp_ota_end(esp_ota_handle_t handle)
{
	return handle == 1 ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_err_t esp_ota_abort(esp_ota_handle_t handle)
{
	return esp_ota_end(handle);
}

static esp_err_t mark(void)
{
	fake.marked++;
	return ESP_OK;
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition)
{
	(void)partition;
	return mark();
}

esp_err_t esp_ota_mark_app_valid_cancel_rollback(void)
{
	return mark();
}

esp_err_t esp_ota_mark_app_invalid_rollback(void)
{
	return mark();
}

esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot(void)
{
	return mark();
}

esp_err_t esp_ota_erase_last_boot_app_partition(void)
{
	return mark();
}

esp_err_t esp_ota_invalidate_inactive_ota_data_slot(void)
{
	return mark();
}
