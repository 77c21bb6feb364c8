/* SPDX-License-Identifier: MIT */
/* receiver.c - the receiver in a task of its own, or in the app's loop */
#include <stdlib.h>
#include <string.h>

#include "esp_idf_version.h"
#include "esp_log.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "firmware/core/core.h"
#include "port.h"
#include "serve.h"

#if ESP_IDF_VERSION_MAJOR >= 6
#include "psa/crypto.h"
#endif

#define WAIT_MAX 500u /* ms: how late the app's calls are noticed */

/* Everything that lives while the receiver does; allocated once, at start. */
static struct state {
	struct otatool_receiver_config config;
	struct ota_config policy;
	struct ota_flash flash;
	struct ota_keys keys;
	struct ota_device device;
	struct ota_esp_device about;
	struct ota_port port;
	struct ota_receiver rx;
	struct ota_conn conns[OTA_ESP_CONNS];
	struct ota_esp_server server;
	SemaphoreHandle_t mutex; /* held while rx is used */
	bool was_active; /* an upload, at the last look */
	bool told_switch; /* OTATOOL_SWITCHED was told */
	uint32_t told; /* bytes of the upload that the app was told of */
} * state;

static uint32_t now_ms(void)
{
	return (uint32_t)(esp_timer_get_time() / 1000);
}

static void tell(enum otatool_event event, const char *reason)
{
	const struct otatool_event_data data = { .done = state->rx.upload.written,
						 .total = state->rx.upload.length,
						 .reason = reason };

	if (state->config.event)
		state->config.event(state->config.ctx, event, &data);
}

/* Tell the app what changed since the last look. */
static void look(void)
{
	const struct ota_upload *upload = &state->rx.upload;

	if (upload->active && upload->written != state->told) {
		state->told = upload->written;
		tell(OTATOOL_PROGRESS, NULL);
	}
	if (state->was_active && !upload->active) {
		const struct ota_ending *last = &state->rx.last;

		if (last->known && last->error)
			tell(OTATOOL_REFUSED, ota_error_name((enum ota_error)last->error));
		else
			tell(OTATOOL_DONE, NULL);
	}
	if (state->rx.restarting && !state->told_switch) {
		state->told_switch = true;
		tell(OTATOOL_SWITCHED, NULL);
	}
	if (!upload->active && !state->rx.restarting)
		ota_esp_lock_give();
	state->was_active = upload->active;
}

static void poll_once(uint32_t wait_max)
{
	uint32_t wait;

	xSemaphoreTake(state->mutex, portMAX_DELAY);
	wait = ota_step(&state->rx, now_ms());
	look();
	xSemaphoreGive(state->mutex);
	ota_esp_serve(&state->server, wait < wait_max ? wait : wait_max);
}

static void serve_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		poll_once(WAIT_MAX);
}

static void take_config(const struct otatool_receiver_config *config)
{
	if (config)
		state->config = *config;
	if (!state->config.port)
		state->config.port = OTA_PORT_DEFAULT;
	if (!state->config.nvs_partition)
		state->config.nvs_partition = CONFIG_OTATOOL_NVS_PARTITION;
	if (!state->config.trial_seconds)
		state->config.trial_seconds = CONFIG_OTATOOL_TRIAL_SECONDS;
	state->about.config = &state->config;
	state->about.ready = !state->config.not_ready;
#ifdef CONFIG_OTATOOL_INSECURE
	state->policy.insecure = true;
#endif
#ifdef CONFIG_OTATOOL_OPEN_READS
	state->policy.open_reads = true;
#endif
	state->policy.trial_ms =
		state->config.no_trial_timer ? 0 : state->config.trial_seconds * 1000;
}

static esp_err_t begin(void)
{
	esp_err_t error = ota_esp_flash_begin(&state->flash);

	if (!error)
		error = ota_esp_keys_begin(&state->keys, state->config.nvs_partition);
	if (error)
		return error;
	ota_esp_device_begin(&state->device, &state->about);
	state->port = (struct ota_port){
		.flash = &state->flash,
		.random = &ota_esp_random,
		.device = &state->device,
		.keys = &state->keys,
#ifdef CONFIG_OTATOOL_INFLATE
		.inflate = &ota_esp_inflate,
#endif
		.verify_image = &ota_esp_verify_image,
	};
	ota_esp_prerequisites(&state->flash, &state->keys);
	if (ota_receiver_begin(&state->rx, &state->policy, &state->port, state->conns,
			       OTA_ESP_CONNS))
		return ESP_ERR_NOT_FOUND;
	state->server.rx = &state->rx;
	state->server.conns = state->conns;
	return ota_esp_listen(&state->server, state->config.port) ? ESP_FAIL : ESP_OK;
}

static void give_up(void)
{
	if (state->mutex)
		vSemaphoreDelete(state->mutex);
	free(state);
	state = NULL;
}

esp_err_t otatool_receiver_start(const struct otatool_receiver_config *config)
{
	esp_err_t error = ESP_ERR_NO_MEM;

	if (state)
		return ESP_ERR_INVALID_STATE;
#if ESP_IDF_VERSION_MAJOR >= 6
	if (psa_crypto_init() != PSA_SUCCESS)
		return ESP_FAIL;
#endif
	state = calloc(1, sizeof(*state));
	if (!state)
		return error;
	take_config(config);
	state->mutex = xSemaphoreCreateMutex();
	if (state->mutex)
		error = begin();
	if (!error && !state->config.own_loop &&
	    xTaskCreate(serve_for_ever, "otatool", CONFIG_OTATOOL_STACK, NULL,
			CONFIG_OTATOOL_PRIORITY, NULL) != pdPASS)
		error = ESP_ERR_NO_MEM;
	if (error)
		give_up();
	else
		ESP_LOGI(OTA_TAG, "serving on port %u", (unsigned)state->config.port);
	return error;
}

esp_err_t otatool_receiver_poll(uint32_t wait_ms)
{
	if (!state || !state->config.own_loop)
		return ESP_ERR_INVALID_STATE;
	poll_once(wait_ms);
	return ESP_OK;
}

bool otatool_receiver_busy(void)
{
	return state && (state->rx.upload.active || state->rx.restarting);
}

esp_err_t otatool_receiver_suspend(bool suspend)
{
	if (!state)
		return ESP_OK;
	state->about.suspended = suspend;
	return suspend && otatool_receiver_busy() ? ESP_ERR_INVALID_STATE : ESP_OK;
}

void otatool_receiver_ready(bool ready)
{
	if (state)
		state->about.ready = ready;
}

/* Does the image of `slot` verify? */
static bool boots(int slot)
{
	struct ota_place place = ota_layout_place(&state->rx, slot);

	return place.size &&
	       ota_esp_verify_image.verify(NULL, place.addr, place.size) == ESP_OK;
}

static esp_err_t confirm(void)
{
	int running = state->device.running, error;
	struct ota_change change;
	struct ota_otadata data;

	if (!ota_is_pending(&state->rx))
		return ESP_ERR_INVALID_STATE;
	error = ota_records_read(&state->rx, &data);
	if (error)
		return error;
	if (ota_change_confirm(&data, running, boots(ota_records_other(&data, running)), &change))
		return ESP_ERR_INVALID_STATE;
	for (unsigned i = 0; i < change.count && !error; i++)
		error = ota_change_apply(&state->rx, &change.ops[i]);
	return error;
}

esp_err_t otatool_receiver_confirm(void)
{
	esp_err_t error;

	if (!state)
		return ESP_ERR_INVALID_STATE;
	xSemaphoreTake(state->mutex, portMAX_DELAY);
	error = state->rx.worker ? ESP_ERR_INVALID_STATE : confirm();
	xSemaphoreGive(state->mutex);
	return error;
}
