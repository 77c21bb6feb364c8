/* SPDX-License-Identifier: MIT */
#include "esp_image_format.h"
#include "port.h"

static int verify(void *ctx, uint32_t addr, uint32_t size)
{
	const esp_partition_pos_t place = { .offset = addr, .size = size };
	esp_image_metadata_t metadata;

	(void)ctx;
	return esp_image_verify(ESP_IMAGE_VERIFY, &place, &metadata);
}

const struct ota_verify_image ota_esp_verify_image = { .verify = verify };
