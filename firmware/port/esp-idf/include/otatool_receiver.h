/* SPDX-License-Identifier: MIT */
/* otatool_receiver.h - take updates from `otatool push` in any ESP-IDF app (v5.5 to v6.x)
 *
 *	void app_main(void)
 *	{
 *		connect_to_the_network();
 *		ESP_ERROR_CHECK(otatool_receiver_start(NULL));
 *	}
 *
 * That is all: a task of its own serves port 8032, writes the next slot, verifies, switches, restarts,
 * and proves what runs. Without a key it changes nothing: see firmware/README.md. An app that
 * can tell whether it is well sets `ready`, and the pusher waits for it before confirming.
 *
 * The app's own calls meet it at link time. While an upload is under way, esp_ota_begin() and whatever
 * uses it (esp_https_ota) get ESP_ERR_INVALID_STATE, and while the app has a slot open, uploads are
 * refused; thirty seconds after an upload broke off the app may write the slot again.
 * esp_ota_mark_app_valid_cancel_rollback() does what otatool_receiver_confirm() does, and is
 * ESP_OK where there is nothing to confirm. */
#ifndef OTATOOL_RECEIVER_H
#define OTATOOL_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

enum otatool_event {
	OTATOOL_BEGIN, /* an upload begins: return false to refuse it now. DONE or REFUSED will follow */
	OTATOOL_PROGRESS, /* `done` of `total` bytes are in flash */
	OTATOOL_DONE, /* the upload ended well; `total` bytes */
	OTATOOL_SWITCHED, /* the restart follows, within a second: of another app, or at the end of a trial */
	OTATOOL_REFUSED, /* the upload ended otherwise; `reason` says how */
};

struct otatool_event_data {
	uint32_t done, total; /* bytes */
	const char *reason; /* OTATOOL_REFUSED: the error's name, "OTA_DIGEST", during the call; else NULL */
};

struct otatool_receiver_config {
	uint16_t port; /* 0: the one of Kconfig, 8032 */
	uint32_t
		trial_seconds; /* an unconfirmed app is restarted after them; 0: the default, 600 */
	bool no_trial_timer; /* it is never */
	const char *nvs_partition; /* where the keys are; NULL: the one of Kconfig */
	const char *name; /* host name without ".local" that requests may use; NULL: none */
	bool own_loop; /* no task: the app calls otatool_receiver_poll() */
	bool not_ready; /* begin not ready: see otatool_receiver_ready() */

	/* With OTATOOL_TLS: certificate and private key, PEM, for ever the app's. NULL: those in NVS,
	 * strings "tls_cert" and "tls_key". What is in the image is known to whoever has the image. */
	const char *tls_cert, *tls_key;

	/* Called from the receiver's task. NULL: none. The value counts for OTATOOL_BEGIN alone. It may
	 * call the functions below, and must not wait for another task that does. */
	bool (*event)(void *ctx, enum otatool_event event, const struct otatool_event_data *data);
	/* Is somebody at the device (a button)? Lets a device without a key be claimed. NULL: never. */
	bool (*presence)(void *ctx);
	void *ctx;
};

/* Check what an update needs, say each thing that is missing on the log, and begin to serve: what is
 * missing is then what a push is told. `config` NULL: all defaults; it is copied.
 * ESP_ERR_INVALID_STATE: it runs already; ESP_ERR_NOT_FOUND: no partition table, or no certificate for
 * TLS; ESP_ERR_NOT_SUPPORTED: the test app runs, which is never updated from; ESP_ERR_NO_MEM; ESP_FAIL:
 * the port cannot be served. */
esp_err_t otatool_receiver_start(const struct otatool_receiver_config *config);

/* With own_loop: serve for at most `wait_ms`, then return. ESP_ERR_INVALID_STATE: not started so. */
esp_err_t otatool_receiver_poll(uint32_t wait_ms);

/* Is an upload under way, another change, or a restart? Do not sleep then. Thirty seconds after an
 * upload broke off this is over, though it can still be resumed. */
bool otatool_receiver_busy(void);

/* Refuse uploads (true) while the app does what must not be disturbed: its own update, light sleep. A
 * running upload is not cut; ESP_ERR_INVALID_STATE says that there is one. */
esp_err_t otatool_receiver_suspend(bool suspend);

/* Whether the app is well: `confirm` of a pusher waits for it. */
void otatool_receiver_ready(bool ready);

/* Confirm the running app from within, as esp_ota_mark_app_valid_cancel_rollback() would, but on the
 * record of what runs. ESP_ERR_INVALID_STATE: it is not on trial, or the receiver is at it; or a flash
 * error. */
esp_err_t otatool_receiver_confirm(void);

#ifdef __cplusplus
}
#endif

#endif
