/* SPDX-License-Identifier: MIT */
/* port.h - what the files of this port share; a port holds no protocol and no policy */
#ifndef OTA_ESP_IDF_PORT_H
#define OTA_ESP_IDF_PORT_H

#include "esp_partition.h"
#include "firmware/core/ota_port.h"
#include "lib/sha256.h"
#include "otatool_receiver.h"
#include "sdkconfig.h"

#define OTA_TAG "otatool"

/* flash.c: the partitions that may be touched, found once. */
esp_err_t ota_esp_flash_begin(struct ota_flash *flash);

/* verify.c: esp_image_verify(), so that secure boot has its say. */
extern const struct ota_verify_image ota_esp_verify_image;

/* inflate.c: the decoder in ROM. Allocates 11 KiB and the window per upload, with OTATOOL_INFLATE only. */
extern const struct ota_inflate ota_esp_inflate;

/* keys.c: two keys in NVS. The error says why there can be none; it may be served all the same. */
esp_err_t ota_esp_keys_begin(struct ota_keys *keys, const char *nvs_partition);

/* device.c: all but veto and restart. */
struct ota_esp_device {
	const struct otatool_receiver_config *config;
	volatile bool ready;
	char id[13];
};
void ota_esp_device_begin(struct ota_device *device, struct ota_esp_device *state);
extern const struct ota_random ota_esp_random;

/* prerequisites.c: say on the log, a line each, what an update would miss; how many lines. */
unsigned ota_esp_prerequisites(const struct ota_flash *flash, const struct ota_keys *keys);

/* lock.c: the app's own esp_ota_* calls and the receiver keep out of each other's way. */
bool ota_esp_lock_take(void); /* for an upload; false: the app writes a slot now */
void ota_esp_lock_give(void);
unsigned ota_esp_lock_turns(void); /* how often the app had it: what is in the slot may be its */

/* receiver.c, for lock.c: keep it from its next operation. false: it is in the middle of something. */
bool ota_esp_receiver_stop(void);
void ota_esp_receiver_go_on(void);

/* receiver.c: end the trial of what runs, if there is one. ESP_ERR_NOT_SUPPORTED: not started. */
esp_err_t ota_esp_confirm(void);

/* sha256.c: a digest that nobody will finish gives the hardware back. The ESP8266 has none. */
#ifdef CONFIG_IDF_TARGET_ESP8266
#define ota_esp_sha256_drop(sha) ((void)(sha))
#else
void ota_esp_sha256_drop(struct ota_sha256 *sha);
#endif

#endif
