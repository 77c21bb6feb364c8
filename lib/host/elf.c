/* SPDX-License-Identifier: MIT */
/* ELF-32, little-endian: the header names entry (24), program headers (28), their size (42) and count
 * (44); each: type (0), file offset (4), virtual (8) and load address (12), bytes in the file (16).
 * Source: Tool Interface Standard, Executable and Linking Format 1.2. */
#include "lib/host/image_build.h"

#include <string.h>

#include "lib/cursor.h"

#define LOADED 1u

static uint32_t u32_at(const uint8_t *data, size_t at)
{
	struct ota_reader r = ota_reader(data + at, 4);

	return ota_get_u32(&r);
}

static enum ota_status add_part(const uint8_t *data, size_t size, size_t header,
				struct ota_image_recipe *recipe)
{
	uint32_t at = u32_at(data, header + 4), n = u32_at(data, header + 16);

	if (u32_at(data, header) != LOADED || !n)
		return OTA_OK;
	if (at > size || n > size - at)
		return OTA_E_SHORT;
	if (recipe->count == OTA_PARTS_MAX)
		return OTA_E_FULL;
	recipe->parts[recipe->count++] =
		(struct ota_image_part){ u32_at(data, header + 12), data + at, n };
	return OTA_OK;
}

enum ota_status ota_elf_read(const void *data, size_t size, struct ota_image_recipe *recipe)
{
	const uint8_t *p = data;
	uint32_t table, stride, count;
	size_t before = recipe->count;

	if (size < 52 || memcmp(p,
				"\x7f"
				"ELF\x01\x01",
				6) != 0)
		return OTA_E_MAGIC;
	table = u32_at(p, 28);
	stride = u32_at(p, 42) & 0xFFFF;
	count = u32_at(p, 44) & 0xFFFF;
	if (stride < 32 || table > size || (uint64_t)stride * count > size - table)
		return OTA_E_SHORT;
	recipe->header.entry = u32_at(p, 24);
	for (uint32_t i = 0; i < count; i++) {
		enum ota_status status = add_part(p, size, table + (size_t)i * stride, recipe);

		if (status)
			return status;
	}
	return recipe->count > before ? OTA_OK : OTA_E_MISSING;
}
