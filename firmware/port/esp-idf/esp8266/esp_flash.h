/* SPDX-License-Identifier: MIT */
/* ESP8266_RTOS_SDK has this elsewhere, or not at all. */
#pragma once
#include "esp_partition.h"
#include "esp_spi_flash.h"

/* One chip, never encrypted. */
#define esp_flash_default_chip NULL

static inline esp_err_t esp_flash_get_size(void *chip, uint32_t *size)
{
	(void)chip;
	*size = (uint32_t)spi_flash_get_chip_size();
	return ESP_OK;
}

static inline esp_err_t esp_flash_read(void *chip, void *data, uint32_t addr, uint32_t size)
{
	(void)chip;
	return spi_flash_read(addr, data, size);
}

static inline esp_err_t esp_flash_read_encrypted(void *chip, uint32_t addr, void *data,
						 uint32_t size)
{
	return esp_flash_read(chip, data, addr, size);
}

static inline esp_err_t esp_partition_read_raw(const esp_partition_t *part, size_t offset,
					       void *data, size_t size)
{
	return esp_partition_read(part, offset, data, size);
}

static inline esp_err_t esp_partition_write_raw(const esp_partition_t *part, size_t offset,
						const void *data, size_t size)
{
	return esp_partition_write(part, offset, data, size);
}
