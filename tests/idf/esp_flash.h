/* SPDX-License-Identifier: MIT */
#pragma once
#include "esp_partition.h"
typedef struct esp_flash_t esp_flash_t;
#define esp_flash_default_chip ((esp_flash_t *)NULL)
esp_err_t esp_flash_get_size(esp_flash_t *chip, uint32_t *size);
esp_err_t esp_flash_read(esp_flash_t *chip, void *data, uint32_t addr, uint32_t size);
esp_err_t esp_flash_read_encrypted(esp_flash_t *chip, uint32_t addr, void *data, uint32_t size);
