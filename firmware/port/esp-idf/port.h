/* SPDX-License-Identifier: MIT */
/* port.h - what the files of this port share; a port holds no protocol and no policy */
#ifndef OTA_ESP_IDF_PORT_H
#define OTA_ESP_IDF_PORT_H

#include "esp_partition.h"
#include "firmware/core/ota_port.h"
#include "otatool_receiver.h"

#define OTA_TAG "otatool"

/* flash.c: the partitions that may be touched, found once. */
esp_err_t ota_esp_flash_begin(struct ota_flash *flash);

/* verify.c: esp_image_verify(), so that secure boot has its say. */
extern const struct ota_verify_image ota_esp_verify_image;

/* inflate.c: the decoder in ROM. Allocates its 43 KiB per upload, with OTATOOL_INFLATE only. */
extern const struct ota_inflate ota_esp_inflate;

/* keys.c: two keys in NVS. */
esp_err_t ota_esp_keys_begin(struct ota_keys *keys, const char *nvs_partition);

/* device.c */
struct ota_esp_device {
	const struct otatool_receiver_config *config;
	volatile bool ready, suspended;
	char id[13];
};
void ota_esp_device_begin(struct ota_device *device, struct ota_esp_device *state);
extern const struct ota_random ota_esp_random;

/* prerequisites.c: say on the log, a line each, what an update would miss. */
void ota_esp_prerequisites(const struct ota_flash *flash, const struct ota_keys *keys);

/* lock.c: the app's own esp_ota_* calls and the receiver keep out of each other's way. */
bool ota_esp_lock_take(void); /* for an upload; false: the app writes a slot now */
void ota_esp_lock_give(void);

#endif
