/* SPDX-License-Identifier: MIT */
/* ESP8266_RTOS_SDK has this elsewhere, or not at all. */
#pragma once
#include_next "esp_image_format.h"

static inline esp_err_t esp_image_verify(esp_image_load_mode_t mode,
					 const esp_partition_pos_t *part,
					 esp_image_metadata_t *data)
{
	return esp_image_load(mode, part, data);
}
