/* SPDX-License-Identifier: MIT */
/* receiver.c - the receiver in a task of its own, or in the app's loop */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_idf_version.h"
#include "esp_log.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "firmware/core/core.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "port.h"
#include "serve.h"
#include "tls.h"

#if ESP_IDF_VERSION_MAJOR >= 6
#include "psa/crypto.h"
#endif

#define WAIT_MAX 500u /* ms: how late the app's calls are noticed */
#define HANDOVER_MS 30000u /* of silence, after which the app may write the slot */

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
	SemaphoreHandle_t mutex; /* held while rx is used; recursive: callbacks may call */
	volatile bool suspended;
	bool begun; /* OTATOOL_BEGIN was told, its end was not */
	bool told_switch; /* OTATOOL_SWITCHED was told */
	uint32_t told; /* bytes of the upload that the app was told of */
	unsigned turns; /* of the lock, when this upload's state was last right */
} *state;

static void lock(void)
{
	xSemaphoreTakeRecursive(state->mutex, portMAX_DELAY);
}

static void unlock(void)
{
	xSemaphoreGiveRecursive(state->mutex);
}

static uint32_t now_ms(void)
{
	return (uint32_t)(esp_timer_get_time() / 1000);
}

static bool tell(enum otatool_event event, const char *reason)
{
	const struct ota_upload *upload = &state->rx.upload;
	/* Parts may have come twice. */
	const struct otatool_event_data data = {
		.done = upload->received < upload->length ? upload->received : upload->length,
		.total = upload->length,
		.reason = reason
	};

	return !state->config.event || state->config.event(state->config.ctx, event, &data);
}

static void tell_refused(enum ota_error error)
{
	char reason[32];

	snprintf(reason, sizeof(reason), "OTA_%s", ota_error_name(error));
	tell(OTATOOL_REFUSED, reason);
}

static void tell_end(void)
{
	const struct ota_ending *last = &state->rx.last;

	state->begun = false;
	if (last->known && last->error)
		tell_refused((enum ota_error)last->error);
	else
		tell(OTATOOL_DONE, NULL);
}

/* The app had the slot since: what is known of it is not true any more. */
static void forget_upload(void)
{
	if (state->rx.upload.owner)
		return;
	state->turns = ota_esp_lock_turns();
	memset(&state->rx.upload, 0, sizeof(state->rx.upload));
	if (state->begun)
		tell_refused(OTA_ERR_TAKEN_OVER);
	state->begun = false;
}

/* Asked for each part of an upload that is taken otherwise; the app is asked for its first one. */
static bool has_veto(void *ctx)
{
	(void)ctx;
	if (state->suspended || !ota_esp_lock_take())
		return true;
	if (state->turns != ota_esp_lock_turns())
		forget_upload();
	if (!state->begun)
		state->begun = tell(OTATOOL_BEGIN, NULL);
	return !state->begun;
}

/* An upload that goes on, another change, or the restart after it: the lock is held for them. */
static bool is_under_way(void)
{
	const struct ota_receiver *rx = &state->rx;

	if (rx->restarting || rx->worker)
		return true;
	return rx->upload.active && rx->now - rx->upload.last < HANDOVER_MS;
}

static void tell_switch(void)
{
	if (!state->told_switch)
		tell(OTATOOL_SWITCHED, NULL);
	state->told_switch = true;
}

static void restart(void *ctx)
{
	(void)ctx;
	tell_switch();
	esp_restart();
}

/* Tell the app what changed since the last look. */
static void look(void)
{
	struct ota_receiver *rx = &state->rx;
	const struct ota_upload *upload = &rx->upload;

	if (upload->active && upload->received != state->told) {
		state->told = upload->received;
		tell(OTATOOL_PROGRESS, NULL);
	}
	if (state->begun && !upload->active)
		tell_end();
	if (rx->restarting)
		tell_switch();
	if (!rx->worker) {
		ota_esp_sha256_drop(&rx->sha);
		ota_esp_sha256_drop(&rx->u.check.image.sha);
	}
	if (!is_under_way())
		ota_esp_lock_give();
}

static void poll_once(uint32_t wait_max)
{
	uint32_t wait;

	lock();
	wait = ota_step(&state->rx, now_ms());
	look();
	ota_esp_prepare(&state->server);
	unlock();
	ota_esp_wait(&state->server, wait < wait_max ? wait : wait_max);
	lock();
	ota_esp_serve(&state->server);
	look();
	unlock();
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
		state->config.port = CONFIG_OTATOOL_PORT;
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
#ifdef CONFIG_OTATOOL_TLS
	state->policy.tls = true;
#endif
	state->policy.trial_ms =
		state->config.no_trial_timer ? 0 : state->config.trial_seconds * 1000;
}

/* Without keys all is served that needs none, and says so. */
static void begin_keys(void)
{
	esp_err_t error = ota_esp_keys_begin(&state->keys, state->config.nvs_partition);

	if (error)
		ESP_LOGE(OTA_TAG, "NVS partition %s: %s", state->config.nvs_partition,
			 esp_err_to_name(error));
}

static esp_err_t begin(void)
{
	esp_err_t error = ota_esp_flash_begin(&state->flash);

	if (error)
		return error;
	begin_keys();
	ota_esp_device_begin(&state->device, &state->about);
	if (state->device.running == OTA_CHOICE_NONE)
		return ESP_ERR_NOT_SUPPORTED;
	state->device.veto = has_veto;
	state->device.restart = restart;
	state->turns = ota_esp_lock_turns();
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
	error = ota_esp_tls_begin(state->config.tls_cert, state->config.tls_key,
				  state->config.nvs_partition);
	if (error)
		return error;
	if (ota_receiver_begin(&state->rx, &state->policy, &state->port, state->conns,
			       OTA_ESP_CONNS))
		return ESP_ERR_NOT_FOUND;
	state->server.rx = &state->rx;
	state->server.conns = state->conns;
	return ota_esp_listen(&state->server, state->config.port) ? ESP_FAIL : ESP_OK;
}

static void give_up(void)
{
	ota_esp_close(&state->server);
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
	ota_esp_server_init(&state->server);
	take_config(config);
	state->mutex = xSemaphoreCreateRecursiveMutex();
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
	return state && is_under_way();
}

esp_err_t otatool_receiver_suspend(bool suspend)
{
	if (!state)
		return ESP_OK;
	state->suspended = suspend;
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
	const struct ota_place place = ota_layout_place(&state->rx, slot);

	return place.size &&
	       ota_esp_verify_image.verify(NULL, place.addr, place.size, NULL) == ESP_OK;
}

static esp_err_t confirm(void)
{
	int running = state->device.running, other, error;
	struct ota_change change;
	struct ota_otadata data;

	error = ota_records_read(&state->rx, &data);
	if (error)
		return error;
	other = ota_records_other(&data, running);
	if (ota_change_confirm(&data, running, other >= 0 && boots(other), &change))
		return ESP_ERR_INVALID_STATE;
	for (unsigned i = 0; i < change.count && !error; i++)
		error = ota_change_apply(&state->rx, &change.ops[i]);
	if (!error)
		state->rx.trial = false;
	return error;
}

/* ESP_ERR_NOT_FOUND: there is no trial. */
static esp_err_t confirm_pending(void)
{
	esp_err_t error = ESP_ERR_INVALID_STATE;

	lock();
	if (!state->rx.worker)
		error = ota_is_pending(&state->rx) ? confirm() : ESP_ERR_NOT_FOUND;
	unlock();
	return error;
}

esp_err_t otatool_receiver_confirm(void)
{
	esp_err_t error = state ? confirm_pending() : ESP_ERR_INVALID_STATE;

	return error == ESP_ERR_NOT_FOUND ? ESP_ERR_INVALID_STATE : error;
}

esp_err_t ota_esp_confirm(void)
{
	esp_err_t error = state ? confirm_pending() : ESP_ERR_NOT_SUPPORTED;

	/* What the receiver works on now is no trial, or its end. */
	return error == ESP_ERR_NOT_FOUND || error == ESP_ERR_INVALID_STATE ? ESP_OK : error;
}

bool ota_esp_receiver_stop(void)
{
	if (!state)
		return true;
	lock();
	if (!state->rx.worker)
		return true;
	unlock();
	return false;
}

void ota_esp_receiver_go_on(void)
{
	if (state)
		unlock();
}
