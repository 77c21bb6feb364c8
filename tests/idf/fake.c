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
#include "tests/idf/cipher.h"

char fake_logged[2048];

static struct ota_flash real;
static struct ota_nor *attached;
static bool encrypted;
static esp_partition_t parts[OTA_TABLE_MAX];
static size_t part_count;

static void seal(uint8_t *flash, uint32_t addr, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	while (size) {
		uint32_t start = addr / CIPHER_BLOCK * CIPHER_BLOCK, skip = addr - start;
		size_t n = CIPHER_BLOCK - skip < size ? CIPHER_BLOCK - skip : size;

		cipher_block(start, flash + start, 1);
		memcpy(flash + addr, bytes, n);
		cipher_block(start, flash + start, 0);
		bytes += n;
		addr += (uint32_t)n;
		size -= n;
	}
}

static void unseal(const uint8_t *flash, uint32_t addr, void *data, size_t size)
{
	uint8_t *bytes = data, block[CIPHER_BLOCK];

	while (size) {
		uint32_t start = addr / CIPHER_BLOCK * CIPHER_BLOCK, skip = addr - start;
		size_t n = CIPHER_BLOCK - skip < size ? CIPHER_BLOCK - skip : size;

		memcpy(block, flash + start, sizeof(block));
		cipher_block(start, block, 1);
		memcpy(bytes, block + skip, n);
		bytes += n;
		addr += (uint32_t)n;
		size -= n;
	}
}

static esp_err_t misuse(esp_err_t error)
{
	attached->misused = true;
	return error;
}

bool esp_flash_encryption_enabled(void)
{
	return encrypted;
}

esp_err_t esp_flash_get_size(esp_flash_t *chip, uint32_t *size)
{
	(void)chip;
	*size = real.size;
	return ESP_OK;
}

esp_err_t esp_flash_read(esp_flash_t *chip, void *data, uint32_t addr, uint32_t size)
{
	(void)chip;
	return real.read(real.ctx, addr, data, size) ? ESP_FAIL : ESP_OK;
}

esp_err_t esp_flash_read_encrypted(esp_flash_t *chip, uint32_t addr, void *data, uint32_t size)
{
	esp_err_t error = esp_flash_read(chip, data, addr, size);

	if (!error)
		unseal(attached->data, addr, data, size);
	return error;
}

int fake_read(uint32_t addr, void *data, size_t size)
{
	return encrypted ? esp_flash_read_encrypted(NULL, addr, data, (uint32_t)size)
			 : esp_flash_read(NULL, data, addr, (uint32_t)size);
}

esp_err_t bootloader_flash_read(size_t src, void *dest, size_t size, bool decrypt);

esp_err_t bootloader_flash_read(size_t src, void *dest, size_t size, bool decrypt)
{
	(void)decrypt;
	return fake_read((uint32_t)src, dest, size);
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

static bool inside(const esp_partition_t *part, size_t offset, size_t size)
{
	return part && offset <= part->size && size <= part->size - offset;
}

/* The port reads raw to see whether flash is blank, for nothing else. */
esp_err_t esp_partition_read_raw(const esp_partition_t *part, size_t offset, void *data,
				 size_t size)
{
	if (!inside(part, offset, size))
		return misuse(ESP_ERR_INVALID_SIZE);
	if (esp_flash_read(NULL, data, part->address + (uint32_t)offset, (uint32_t)size))
		return ESP_FAIL;
	attached->count.read -= (uint32_t)size;
	attached->count.blank += (uint32_t)size;
	return ESP_OK;
}

esp_err_t esp_partition_read(const esp_partition_t *part, size_t offset, void *data, size_t size)
{
	uint32_t addr = part->address + (uint32_t)offset;

	if (!inside(part, offset, size))
		return misuse(ESP_ERR_INVALID_SIZE);
	return part->encrypted ? esp_flash_read_encrypted(NULL, addr, data, (uint32_t)size)
			       : esp_flash_read(NULL, data, addr, (uint32_t)size);
}

esp_err_t esp_partition_write_raw(const esp_partition_t *part, size_t offset, const void *data,
				  size_t size)
{
	if (!inside(part, offset, size))
		return misuse(ESP_ERR_INVALID_SIZE);
	return real.write(real.ctx, part->address + (uint32_t)offset, data, size);
}

esp_err_t esp_partition_write(const esp_partition_t *part, size_t offset, const void *data,
			      size_t size)
{
	uint32_t addr = part->address + (uint32_t)offset;
	uint8_t piece[4096];

	if (!part->encrypted)
		return esp_partition_write_raw(part, offset, data, size);
	if (!inside(part, offset, size) || size > sizeof(piece) || addr % CIPHER_BLOCK ||
	    size % CIPHER_BLOCK)
		return misuse(ESP_ERR_INVALID_SIZE);
	memcpy(piece, data, size);
	for (uint32_t at = 0; at < size; at += CIPHER_BLOCK)
		cipher_block(addr + at, piece + at, 0);
	return esp_partition_write_raw(part, offset, piece, size);
}

esp_err_t esp_partition_erase_range(const esp_partition_t *part, size_t offset, size_t size)
{
	if (!inside(part, offset, size) || offset % 4096 || size % 4096)
		return misuse(ESP_ERR_INVALID_ARG);
	return real.erase(real.ctx, part->address + (uint32_t)offset, (uint32_t)size);
}

void fake_log(const char *tag, const char *format, ...)
{
	size_t n = strlen(fake_logged);
	va_list args;

	(void)tag;
	va_start(args, format);
	vsnprintf(fake_logged + n, sizeof(fake_logged) - n, format, args);
	va_end(args);
	n = strlen(fake_logged);
	snprintf(fake_logged + n, sizeof(fake_logged) - n, "\n");
}

static void read_parts(void)
{
	uint8_t raw[OTA_ENTRY_SIZE];
	struct ota_part part;

	part_count = 0;
	for (uint32_t row = 0; row < OTA_TABLE_MAX; row++) {
		uint32_t addr = real.table + row * OTA_ENTRY_SIZE;

		memcpy(raw, attached->data + addr, sizeof(raw));
		if (encrypted)
			unseal(attached->data, addr, raw, sizeof(raw));
		if (ota_part_decode(raw, &part))
			return;
		parts[part_count++] = (esp_partition_t){ (esp_partition_type_t)part.type,
							 (esp_partition_subtype_t)part.subtype,
							 part.offset,
							 part.size,
							 "",
							 encrypted };
	}
}

void fake_attach(struct ota_nor *nor, bool is_encrypted)
{
	static int (*ports)(void *, uint32_t, void *, size_t);
	struct ota_flash flash;

	attached = nor;
	encrypted = is_encrypted;
	if (nor->flash.read != ports)
		real = nor->flash;
	fake_logged[0] = '\0';
	read_parts();
	if (ota_esp_flash_begin(&flash))
		return;
	flash.ctx = nor;
	ports = flash.read;
	nor->flash = flash;
}

static void attach_plain(struct ota_nor *nor)
{
	fake_attach(nor, false);
}

static void attach_encrypted(struct ota_nor *nor)
{
	fake_attach(nor, true);
}

const struct rx_medium rx_media[RX_MEDIA] = {
	{ "nor", NULL, NULL, NULL },
	{ "idf", attach_plain, NULL, NULL },
	{ "idf-encrypted", attach_encrypted, seal, unseal },
};
