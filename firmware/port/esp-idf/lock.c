/* SPDX-License-Identifier: MIT */
/* lock.c - one update at a time, the app's own included
 *
 * The component links the app with --wrap for these calls, so that esp_https_ota and all others
 * meet the lock without knowing of it: while the receiver writes a slot they get
 * ESP_ERR_INVALID_STATE, and while they have one open the receiver refuses uploads. A call that changes
 * otadata waits until the receiver is between two operations of its own, and is refused if those belong
 * to one change. */
#include <stdatomic.h>

#include "esp_ota_ops.h"
#include "port.h"

#define RECEIVERS (-1)

static atomic_int owner; /* RECEIVERS, or how many slots the app has open */
static atomic_uint turns;

bool ota_esp_lock_take(void)
{
	int expected = 0;

	return atomic_compare_exchange_strong(&owner, &expected, RECEIVERS) ||
	       expected == RECEIVERS;
}

void ota_esp_lock_give(void)
{
	int expected = RECEIVERS;

	atomic_compare_exchange_strong(&owner, &expected, 0);
}

unsigned ota_esp_lock_turns(void)
{
	return atomic_load(&turns);
}

static bool take_for_app(void)
{
	int now = atomic_load(&owner);

	do {
		if (now == RECEIVERS)
			return false;
	} while (!atomic_compare_exchange_weak(&owner, &now, now + 1));
	atomic_fetch_add(&turns, 1);
	return true;
}

static void give_from_app(void)
{
	int now = atomic_load(&owner);

	while (now > 0 && !atomic_compare_exchange_weak(&owner, &now, now - 1))
		;
}

/* The app has the lock, and the receiver is kept from its next operation. false: it is in the middle of
 * something. */
static bool begin_change(void)
{
	if (!take_for_app())
		return false;
	if (ota_esp_receiver_stop())
		return true;
	give_from_app();
	return false;
}

/* The slot's erase takes long; what is served meanwhile does not need it. */
static bool begin_slot(void)
{
	bool begun = begin_change();

	if (begun)
		ota_esp_receiver_go_on();
	return begun;
}

/* A slot is open from begin or resume until end or abort. */
esp_err_t __real_esp_ota_begin(const esp_partition_t *partition, size_t size,
			       esp_ota_handle_t *handle);
esp_err_t __wrap_esp_ota_begin(const esp_partition_t *partition, size_t size,
			       esp_ota_handle_t *handle);
esp_err_t __real_esp_ota_end(esp_ota_handle_t handle);
esp_err_t __wrap_esp_ota_end(esp_ota_handle_t handle);

static esp_err_t opened(esp_err_t error)
{
	if (error)
		give_from_app();
	return error;
}

/* A handle that was none has closed nothing. */
static esp_err_t closed(esp_err_t error)
{
	if (error != ESP_ERR_NOT_FOUND)
		give_from_app();
	return error;
}

esp_err_t __wrap_esp_ota_begin(const esp_partition_t *partition, size_t size,
			       esp_ota_handle_t *handle)
{
	if (!begin_slot())
		return ESP_ERR_INVALID_STATE;
	return opened(__real_esp_ota_begin(partition, size, handle));
}

esp_err_t __wrap_esp_ota_end(esp_ota_handle_t handle)
{
	return closed(__real_esp_ota_end(handle));
}

/* Calls that change otadata, or erase a slot, at once. */
static esp_err_t end_change(esp_err_t error)
{
	ota_esp_receiver_go_on();
	give_from_app();
	return error;
}

#define WRAP_CHANGE(name, parameters, arguments)                                               \
	esp_err_t __real_##name parameters;                                                    \
	esp_err_t __wrap_##name parameters;                                                    \
	esp_err_t __wrap_##name parameters                                                     \
	{                                                                                      \
		return begin_change() ? end_change(__real_##name arguments) : ESP_ERR_INVALID_STATE; \
	}

WRAP_CHANGE(esp_ota_set_boot_partition, (const esp_partition_t *partition), (partition))

/* ESP8266_RTOS_SDK has none of what follows. */
#ifndef CONFIG_IDF_TARGET_ESP8266
esp_err_t __real_esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
				const size_t offset, esp_ota_handle_t *handle);
esp_err_t __wrap_esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
				const size_t offset, esp_ota_handle_t *handle);
esp_err_t __real_esp_ota_abort(esp_ota_handle_t handle);
esp_err_t __wrap_esp_ota_abort(esp_ota_handle_t handle);

esp_err_t __wrap_esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
				const size_t offset, esp_ota_handle_t *handle)
{
	if (!begin_slot())
		return ESP_ERR_INVALID_STATE;
	return opened(__real_esp_ota_resume(partition, erase_size, offset, handle));
}

esp_err_t __wrap_esp_ota_abort(esp_ota_handle_t handle)
{
	return closed(__real_esp_ota_abort(handle));
}

WRAP_CHANGE(esp_ota_mark_app_invalid_rollback, (void), ())
WRAP_CHANGE(esp_ota_mark_app_invalid_rollback_and_reboot, (void), ())
WRAP_CHANGE(esp_ota_erase_last_boot_app_partition, (void), ())
WRAP_CHANGE(esp_ota_invalidate_inactive_ota_data_slot, (void), ())

/* The SDK's would mark the newest record, which after an upload is that of an app that has not run yet. */
esp_err_t __real_esp_ota_mark_app_valid_cancel_rollback(void);
esp_err_t __wrap_esp_ota_mark_app_valid_cancel_rollback(void);

esp_err_t __wrap_esp_ota_mark_app_valid_cancel_rollback(void)
{
	esp_err_t error = ota_esp_confirm();

	if (error == ESP_ERR_NOT_SUPPORTED)
		error = __real_esp_ota_mark_app_valid_cancel_rollback();
	return error;
}
#endif
