/* SPDX-License-Identifier: MIT */
/* flash.c - the slots and otadata, through esp_partition_* alone, so that flash encryption is the
 * SDK's; the partition table, read only */
#include <string.h>

#include "esp_flash.h"
#include "esp_idf_version.h"
#include "port.h"
#include "sdkconfig.h"

#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 0, 0)
#include "esp_efuse.h"
#define is_encrypted() esp_efuse_is_flash_encryption_enabled()
#else
#include "esp_flash_encrypt.h"
#define is_encrypted() esp_flash_encryption_enabled()
#endif

#define PARTS_MAX 18 /* sixteen slots, factory, otadata */
#define TABLE_SIZE 0x1000u

static struct {
	const esp_partition_t *parts[PARTS_MAX];
	size_t count;
} found;

static const esp_partition_t *part_of(uint32_t addr, size_t len)
{
	for (size_t i = 0; i < found.count; i++) {
		const esp_partition_t *part = found.parts[i];

		if (addr >= part->address && addr - part->address < part->size &&
		    len <= part->size - (addr - part->address))
			return part;
	}
	return NULL;
}

/* What the receiver never writes to: the factory app. */
static const esp_partition_t *writable(uint32_t addr, size_t len)
{
	const esp_partition_t *part = part_of(addr, len);

	return part && part->type == ESP_PARTITION_TYPE_APP &&
			       part->subtype == ESP_PARTITION_SUBTYPE_APP_FACTORY
		     ? NULL
		     : part;
}

static int read_table(uint32_t addr, void *buf, size_t len)
{
	if (addr < CONFIG_PARTITION_TABLE_OFFSET ||
	    addr - CONFIG_PARTITION_TABLE_OFFSET >= TABLE_SIZE ||
	    len > TABLE_SIZE - (addr - CONFIG_PARTITION_TABLE_OFFSET))
		return ESP_ERR_INVALID_ARG;
	return is_encrypted()
		     ? esp_flash_read_encrypted(esp_flash_default_chip, addr, buf, (uint32_t)len)
		     : esp_flash_read(esp_flash_default_chip, buf, addr, (uint32_t)len);
}

static int flash_read(void *ctx, uint32_t addr, void *buf, size_t len)
{
	const esp_partition_t *part = part_of(addr, len);

	(void)ctx;
	return part ? esp_partition_read(part, addr - part->address, buf, len)
		    : read_table(addr, buf, len);
}

static int flash_write(void *ctx, uint32_t addr, const void *buf, size_t len)
{
	const esp_partition_t *part = writable(addr, len);

	(void)ctx;
	return part ? esp_partition_write(part, addr - part->address, buf, len)
		    : ESP_ERR_INVALID_ARG;
}

static int flash_erase(void *ctx, uint32_t addr, uint32_t len)
{
	const esp_partition_t *part = writable(addr, len);

	(void)ctx;
	return part ? esp_partition_erase_range(part, addr - part->address, len)
		    : ESP_ERR_INVALID_ARG;
}

/* Below encryption: an erased sector reads as noise through it. */
static int flash_blank(void *ctx, uint32_t addr, uint32_t len, bool *blank)
{
	const esp_partition_t *part = part_of(addr, len);
	uint32_t words[64];

	(void)ctx;
	*blank = false;
	if (!part)
		return ESP_ERR_INVALID_ARG;
	for (uint32_t done = 0; done < len;) {
		uint32_t n = len - done < sizeof(words) ? len - done : sizeof(words);
		esp_err_t error =
			esp_partition_read_raw(part, addr - part->address + done, words, n);

		if (error)
			return error;
		for (uint32_t i = 0; i < n; i++)
			if (((const uint8_t *)words)[i] != 0xFF)
				return ESP_OK;
		done += n;
	}
	*blank = true;
	return ESP_OK;
}

/* To write zeros through encryption would not clear bits, but AND two noises. Cleared below it, the
 * bytes read as another noise: no image header and no record with a right CRC but by a chance of
 * 2^-32. */
static int flash_zero(void *ctx, uint32_t addr, uint32_t len)
{
	static const uint8_t zeros[OTA_WRITE_UNIT_MAX];
	const esp_partition_t *part = writable(addr, len);

	(void)ctx;
	return part && len <= sizeof(zeros)
		     ? esp_partition_write_raw(part, addr - part->address, zeros, len)
		     : ESP_ERR_INVALID_ARG;
}

static void take(esp_partition_type_t type, esp_partition_subtype_t subtype)
{
	const esp_partition_t *part = esp_partition_find_first(type, subtype, NULL);

	if (part && found.count < PARTS_MAX)
		found.parts[found.count++] = part;
}

esp_err_t ota_esp_flash_begin(struct ota_flash *flash)
{
	uint32_t size = 0;
	esp_err_t error = esp_flash_get_size(esp_flash_default_chip, &size);

	if (error)
		return error;
	found.count = 0;
	take(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA);
	take(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_FACTORY);
	for (int i = ESP_PARTITION_SUBTYPE_APP_OTA_MIN; i < ESP_PARTITION_SUBTYPE_APP_OTA_MAX; i++)
		take(ESP_PARTITION_TYPE_APP, (esp_partition_subtype_t)i);
	*flash = (struct ota_flash){
		.size = size,
		/* Encrypted flash is written in units of 32 bytes on every chip. */
		.write_unit = is_encrypted() ? 32 : 4,
		.erase_max = CONFIG_OTATOOL_ERASE_SIZE,
		.table = CONFIG_PARTITION_TABLE_OFFSET,
		.read = flash_read,
		.write = flash_write,
		.erase = flash_erase,
		.blank = flash_blank,
		.zero = is_encrypted() ? flash_zero : NULL,
	};
	return ESP_OK;
}
