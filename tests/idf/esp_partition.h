/* SPDX-License-Identifier: MIT */
/* What the port uses of ESP-IDF's esp_partition.h (v5.5, v6), for a fake on the host. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

typedef enum {
	ESP_PARTITION_TYPE_APP = 0x00,
	ESP_PARTITION_TYPE_DATA = 0x01,
	ESP_PARTITION_TYPE_ANY = 0xff,
} esp_partition_type_t;

typedef enum {
	ESP_PARTITION_SUBTYPE_APP_FACTORY = 0x00,
	ESP_PARTITION_SUBTYPE_APP_OTA_MIN = 0x10,
	ESP_PARTITION_SUBTYPE_APP_OTA_MAX = 0x20,
	ESP_PARTITION_SUBTYPE_DATA_OTA = 0x00,
	ESP_PARTITION_SUBTYPE_ANY = 0xff,
} esp_partition_subtype_t;

typedef struct {
	esp_partition_type_t type;
	esp_partition_subtype_t subtype;
	uint32_t address, size;
	char label[17];
	bool encrypted;
} esp_partition_t;

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
						esp_partition_subtype_t subtype, const char *label);
esp_err_t esp_partition_read(const esp_partition_t *part, size_t offset, void *data, size_t size);
esp_err_t esp_partition_read_raw(const esp_partition_t *part, size_t offset, void *data,
				 size_t size);
esp_err_t esp_partition_write(const esp_partition_t *part, size_t offset, const void *data,
			      size_t size);
esp_err_t esp_partition_write_raw(const esp_partition_t *part, size_t offset, const void *data,
				  size_t size);
esp_err_t esp_partition_erase_range(const esp_partition_t *part, size_t offset, size_t size);
