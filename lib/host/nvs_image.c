/* SPDX-License-Identifier: MIT */
/* nvs_image.c - a page of ESP-IDF's non-volatile storage, version 2, with one blob in it
 *
 * A page, 4096 bytes: a header of 32, a bitmap of 32 with two bits an entry, 126 entries of 32.
 *
 *	header	 0  4  state, 0xFFFFFFFE: active		entry	 0  1  namespace
 *		 4  4  sequence					 1  1  type
 *		 8  1  version, 0xFE				 2  1  span, entries
 *		 9 19  0xFF					 3  1  chunk; 0xFF: none
 *		28  4  CRC of bytes 4 to 27			 4  4  CRC of all but these four bytes
 *								 8 16  key, NUL-terminated
 *	bitmap	11 empty, 10 written, 00 erased			24  8  data
 *
 * The CRC is zlib's begun with 0xFFFFFFFF. Namespace 0 holds the names of the others as u8 entries.
 * A blob is chunks (type 0x42; data: u16 size, FF FF, u32 CRC; its bytes fill the entries behind)
 * and an index (type 0x48; data: u32 size, u8 chunks, u8 first chunk, FF FF).
 * Source: ESP-IDF components/nvs_flash/src, nvs_page.hpp, nvs_types.hpp. */
#include <string.h>

#include "lib/crc32.h"
#include "lib/cursor.h"
#include "lib/host/keys.h"

#define ENTRY_SIZE 32u
#define CRC_BEGIN 0xFFFFFFFFu

enum { TYPE_U8 = 0x01, TYPE_CHUNK = 0x42, TYPE_INDEX = 0x48 };

struct entry {
	uint8_t namespace, type, span, chunk;
	const char *key;
	uint8_t data[8];
};

static void put_entry(struct ota_writer *page, const struct entry *entry)
{
	uint8_t key[16] = { 0 }, *start = page->base + page->pos;
	struct ota_writer crc = ota_writer(start + 4, 4);
	uint32_t sum;

	memcpy(key, entry->key, strlen(entry->key));
	ota_put_u8(page, entry->namespace);
	ota_put_u8(page, entry->type);
	ota_put_u8(page, entry->span);
	ota_put_u8(page, entry->chunk);
	ota_put_u32(page, 0);
	ota_put_bytes(page, key, sizeof(key));
	ota_put_bytes(page, entry->data, sizeof(entry->data));
	sum = ota_crc32(ota_crc32(CRC_BEGIN, start, 4), start + 8, ENTRY_SIZE - 8);
	ota_put_u32(&crc, sum);
}

static void put_header(uint8_t *out)
{
	struct ota_writer page = ota_writer(out, 2 * (size_t)ENTRY_SIZE);

	ota_put_u32(&page, 0xFFFFFFFE);
	ota_put_u32(&page, 0);
	ota_put_u8(&page, 0xFE);
	ota_put_fill(&page, 0xFF, 19);
	ota_put_u32(&page, ota_crc32(CRC_BEGIN, out + 4, 24));
	ota_put_u8(&page, 0xAA); /* the first four entries are written */
}

void ota_nvs_build(const uint8_t key[static OTA_KEY_SIZE], uint8_t *out, size_t size)
{
	struct ota_writer page = ota_writer(out, OTA_NVS_PAGE_SIZE);
	uint32_t crc = ota_crc32(CRC_BEGIN, key, OTA_KEY_SIZE);
	const struct entry name = {
		0, TYPE_U8, 1, 0xFF, "otatool", { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }
	};
	const struct entry index = {
		1, TYPE_INDEX, 1, 0xFF, "key0", { OTA_KEY_SIZE, 0, 0, 0, 1, 0, 0xFF, 0xFF }
	};
	const struct entry chunk = { 1,
				     TYPE_CHUNK,
				     2,
				     0,
				     "key0",
				     { OTA_KEY_SIZE, 0, 0xFF, 0xFF, (uint8_t)crc,
				       (uint8_t)(crc >> 8), (uint8_t)(crc >> 16),
				       (uint8_t)(crc >> 24) } };

	memset(out, 0xFF, size);
	put_header(out);
	page.pos = 2 * (size_t)ENTRY_SIZE;
	put_entry(&page, &name);
	put_entry(&page, &chunk);
	ota_put_bytes(&page, key, OTA_KEY_SIZE);
	put_entry(&page, &index);
}
