/* SPDX-License-Identifier: MIT */
/* lock.c - one update at a time, the app's own included
 *
 * The component links the app with --wrap for these calls, so that esp_https_ota and all others
 * meet the lock without knowing of it: while the receiver writes they get ESP_ERR_INVALID_STATE, and
 * while they have a slot open the receiver refuses uploads. */
#include <stdatomic.h>

#include "esp_ota_ops.h"
#include "port.h"

enum { FREE, RECEIVERS, APPS };

static atomic_int owner = FREE;

bool ota_esp_lock_take(void)
{
	int expected = FREE;

	return atomic_compare_exchange_strong(&owner, &expected, RECEIVERS) ||
	       expected == RECEIVERS;
}

void ota_esp_lock_give(void)
{
	int expected = RECEIVERS;

	atomic_compare_exchange_strong(&owner, &expected, FREE);
}

static bool take_for_app(void)
{
	int expected = FREE;

	return atomic_compare_exchange_strong(&owner, &expected, APPS);
}

static void give_from_app(void)
{
	int expected = APPS;

	atomic_compare_exchange_strong(&owner, &expected, FREE);
}

esp_err_t __real_esp_ota_begin(const esp_partition_t *partition, size_t size,
			       esp_ota_handle_t *handle);
esp_err_t __wrap_esp_ota_begin(const esp_partition_t *partition, size_t size,
			       esp_ota_handle_t *handle);
esp_err_t __real_esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
				const size_t offset, esp_ota_handle_t *handle);
esp_err_t __wrap_esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
				const size_t offset, esp_ota_handle_t *handle);
esp_err_t __real_esp_ota_end(esp_ota_handle_t handle);
esp_err_t __wrap_esp_ota_end(esp_ota_handle_t handle);
esp_err_t __real_esp_ota_abort(esp_ota_handle_t handle);
esp_err_t __wrap_esp_ota_abort(esp_ota_handle_t handle);
esp_err_t __real_esp_ota_set_boot_partition(const esp_partition_t *partition);
esp_err_t __wrap_esp_ota_set_boot_partition(const esp_partition_t *partition);

esp_err_t __wrap_esp_ota_begin(const esp_partition_t *partition, size_t size,
			       esp_ota_handle_t *handle)
{
	esp_err_t error = ESP_ERR_INVALID_STATE;

	if (!take_for_app())
		return error;
	error = __real_esp_ota_begin(partition, size, handle);
	if (error)
		give_from_app();
	return error;
}

esp_err_t __wrap_esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
				const size_t offset, esp_ota_handle_t *handle)
{
	esp_err_t error = ESP_ERR_INVALID_STATE;

	if (!take_for_app())
		return error;
	error = __real_esp_ota_resume(partition, erase_size, offset, handle);
	if (error)
		give_from_app();
	return error;
}

esp_err_t __wrap_esp_ota_end(esp_ota_handle_t handle)
{
	esp_err_t error = __real_esp_ota_end(handle);

	give_from_app();
	return error;
}

esp_err_t __wrap_esp_ota_abort(esp_ota_handle_t handle)
{
	esp_err_t error = __real_esp_ota_abort(handle);

	give_from_app();
	return error;
}

esp_err_t __wrap_esp_ota_set_boot_partition(const esp_partition_t *partition)
{
	esp_err_t error;

	if (!take_for_app())
		return ESP_ERR_INVALID_STATE;
	error = __real_esp_ota_set_boot_partition(partition);
	give_from_app();
	return error;
}
