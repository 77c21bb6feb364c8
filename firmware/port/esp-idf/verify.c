/* SPDX-License-Identifier: MIT */
/* verify.c - esp_image_verify(), so that secure boot has its say
 *
 * It reads the image from flash, where the first bytes of a new one are missing as long as nobody may
 * boot it. It takes them by bootloader_flash_read(), all that follows by other ways; the component links
 * the app with --wrap for that call, which shows the missing bytes while an image is judged. */
#include <string.h>

#include "esp_image_format.h"
#include "firmware/core/receiver.h"
#include "port.h"
#include "sdkconfig.h"

esp_err_t __real_bootloader_flash_read(size_t src, void *dest, size_t size, bool decrypt);
esp_err_t __wrap_bootloader_flash_read(size_t src, void *dest, size_t size, bool decrypt);

static struct {
	uint32_t addr;
	const uint8_t *header; /* NULL: flash is read as it is */
} shown;

esp_err_t __wrap_bootloader_flash_read(size_t src, void *dest, size_t size, bool decrypt)
{
	esp_err_t error = __real_bootloader_flash_read(src, dest, size, decrypt);
	uint8_t *out = dest;

	for (size_t i = 0; !error && shown.header && i < size; i++)
		if (src + i >= shown.addr && src + i - shown.addr < OTA_HEADER_SIZE)
			out[i] = shown.header[src + i - shown.addr];
	return error;
}

static int verify(void *ctx, uint32_t addr, uint32_t size, const uint8_t *header)
{
	const esp_partition_pos_t place = { .offset = addr, .size = size };
	esp_image_metadata_t metadata;
	esp_err_t error;

	(void)ctx;
#ifdef CONFIG_SECURE_BOOT_ECDSA_KEY_LEN_384_BITS
	/* The digest for P-384 is made from a mapping of all flash, first bytes included, so that this
	 * signature is left to the bootloader: what it refuses is rolled back. */
	if (header)
		return ESP_OK;
#endif
	shown.addr = addr;
	shown.header = header;
	error = esp_image_verify(ESP_IMAGE_VERIFY, &place, &metadata);
	shown.header = NULL;
	return error;
}

const struct ota_verify_image ota_esp_verify_image = { .verify = verify };
