/* SPDX-License-Identifier: MIT */
#include "tests/idf/fake.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "esp_flash.h"
#include "esp_flash_encrypt.h"
#include "esp_log.h"
#include "lib/table.h"
#include "port.h"

bool fake_encrypted;
unsigned fake_misuse;
char fake_logged[2048];

static struct ota_flash real;
static struct ota_nor *attached;
static esp_partition_t parts[OTA_TABLE_MAX];
static size_t part_count;

struct fake_iterator {
	size_t index;
};

static uint8_t stream(uint32_t addr)
{
	uint32_t x = (addr ^ 0x9E3779B9u) * 2654435761u;

	return (uint8_t)(x >> 13 ^ x >> 24);
}

static void mix(uint32_t addr, uint8_t *data, size_t size)
{
	for (size_t i = 0; fake_encrypted && i < size; i++)
		data[i] ^= stream(addr + (uint32_t)i);
}

bool esp_flash_encryption_enabled(void)
{
	return fake_encrypted;
}

esp_err_t esp_flash_get_size(esp_flash_t *chip, uint32_t *size)
{
	(void)chip;
	*size = real.size;
	return ESP_OK;
}

/* The table in the model is not encrypted: who reads it is not tested for that. */
esp_err_t esp_flash_read(esp_flash_t *chip, void *data, uint32_t addr, uint32_t size)
{
	(void)chip;
	return real.read(real.ctx, addr, data, size);
}

esp_err_t esp_flash_read_encrypted(esp_flash_t *chip, uint32_t addr, void *data, uint32_t size)
{
	return esp_flash_read(chip, data, addr, size);
}

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
						esp_partition_subtype_t subtype, const char *label)
{
	(void)label;
	for (size_t i = 0; i < part_count; i++)
		if (parts[i].type == type && parts[i].subtype == subtype)
			return &parts[i];
	return NULL;
}

static struct fake_iterator walker;

esp_partition_iterator_t esp_partition_find(esp_partition_type_t type,
					    esp_partition_subtype_t subtype, const char *label)
{
	(void)type;
	(void)subtype;
	(void)label;
	walker.index = 0;
	return part_count ? &walker : NULL;
}

esp_partition_iterator_t esp_partition_next(esp_partition_iterator_t iterator)
{
	return ++iterator->index < part_count ? iterator : NULL;
}

const esp_partition_t *esp_partition_get(esp_partition_iterator_t iterator)
{
	return &parts[iterator->index];
}

static bool inside(const esp_partition_t *part, size_t offset, size_t size)
{
	bool good = part && offset <= part->size && size <= part->size - offset;

	fake_misuse += !good;
	return good;
}

esp_err_t esp_partition_read_raw(const esp_partition_t *part, size_t offset, void *data,
				 size_t size)
{
	if (!inside(part, offset, size))
		return ESP_ERR_INVALID_SIZE;
	return real.read(real.ctx, part->address + (uint32_t)offset, data, size) ? ESP_FAIL
										 : ESP_OK;
}

esp_err_t esp_partition_read(const esp_partition_t *part, size_t offset, void *data, size_t size)
{
	esp_err_t error = esp_partition_read_raw(part, offset, data, size);

	if (!error)
		mix(part->address + (uint32_t)offset, data, size);
	return error;
}

esp_err_t esp_partition_write(const esp_partition_t *part, size_t offset, const void *data,
			      size_t size)
{
	uint8_t piece[4096];

	if (!inside(part, offset, size) || size > sizeof(piece))
		return ESP_ERR_INVALID_SIZE;
	if (fake_encrypted && (offset % 16 || size % 16)) {
		fake_misuse++;
		return ESP_ERR_INVALID_SIZE;
	}
	memcpy(piece, data, size);
	mix(part->address + (uint32_t)offset, piece, size);
	return real.write(real.ctx, part->address + (uint32_t)offset, piece, size) ? ESP_FAIL
										   : ESP_OK;
}

esp_err_t esp_partition_erase_range(const esp_partition_t *part, size_t offset, size_t size)
{
	if (!inside(part, offset, size) || offset % 4096 || size % 4096) {
		fake_misuse++;
		return ESP_ERR_INVALID_ARG;
	}
	return real.erase(real.ctx, part->address + (uint32_t)offset, (uint32_t)size) ? ESP_FAIL
										      : ESP_OK;
}

void fake_log(const char *tag, const char *format, ...)
{
	size_t n = strlen(fake_logged);
	va_list args;

	(void)tag;
	va_start(args, format);
	vsnprintf(fake_logged + n, sizeof(fake_logged) - n, format, args);
	va_end(args);
}

static void read_parts(void)
{
	struct ota_part part;

	part_count = 0;
	for (size_t row = 0; row < OTA_TABLE_MAX; row++) {
		if (ota_part_decode(attached->data + real.table + row * OTA_ENTRY_SIZE, &part))
			return;
		parts[part_count++] = (esp_partition_t){ (esp_partition_type_t)part.type,
							 (esp_partition_subtype_t)part.subtype,
							 part.offset,
							 part.size,
							 "",
							 fake_encrypted };
	}
}

void fake_attach(struct ota_nor *nor)
{
	struct ota_flash flash;

	attached = nor;
	real = nor->flash;
	fake_logged[0] = '\0';
	read_parts();
	if (ota_esp_flash_begin(&flash))
		return;
	flash.ctx = nor;
	nor->flash = flash;
}
