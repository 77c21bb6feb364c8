/* SPDX-License-Identifier: MIT */
/* nvs_image.c - a page of ESP-IDF's non-volatile storage, version 2, with a blob and strings in it
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
 * and an index (type 0x48; data: u32 size, u8 chunks, u8 first chunk, FF FF). A string is one entry
 * (type 0x21; data: u16 size with its NUL, FF FF, u32 CRC) with its bytes behind.
 * Source: ESP-IDF components/nvs_flash/src, nvs_page.hpp, nvs_types.hpp. */
#include <string.h>

#include "lib/crc32.h"
#include "lib/cursor.h"
#include "lib/host/keys.h"

#define ENTRY_SIZE 32u
#define CRC_BEGIN 0xFFFFFFFFu

#define ENTRIES 126u
#define BITMAP ENTRY_SIZE

enum { TYPE_U8 = 0x01, TYPE_STRING = 0x21, TYPE_CHUNK = 0x42, TYPE_INDEX = 0x48 };

struct page {
	struct ota_writer out;
	unsigned used; /* entries */
};

struct entry {
	uint8_t space, type, span, chunk;
	const char *key;
	uint8_t data[8];
};

/* Entries are written in order, so the bitmap begins with as many pairs of 10. */
static void count_entries(struct page *page, unsigned count)
{
	for (unsigned end = page->used + count; page->used < end; page->used++)
		page->out.base[BITMAP + page->used / 4] &= (uint8_t) ~(1u << page->used % 4 * 2);
}

static void put_entry(struct page *page, const struct entry *entry)
{
	uint8_t key[16] = { 0 }, *start = page->out.base + page->out.pos;
	struct ota_writer crc = ota_writer(start + 4, 4);
	uint32_t sum;

	memcpy(key, entry->key, strlen(entry->key));
	ota_put_u8(&page->out, entry->space);
	ota_put_u8(&page->out, entry->type);
	ota_put_u8(&page->out, entry->span);
	ota_put_u8(&page->out, entry->chunk);
	ota_put_u32(&page->out, 0);
	ota_put_bytes(&page->out, key, sizeof(key));
	ota_put_bytes(&page->out, entry->data, sizeof(entry->data));
	sum = ota_crc32(ota_crc32(CRC_BEGIN, start, 4), start + 8, ENTRY_SIZE - 8);
	ota_put_u32(&crc, sum);
	count_entries(page, entry->span);
}

static unsigned entries_of(size_t size)
{
	return (unsigned)((size + ENTRY_SIZE - 1) / ENTRY_SIZE);
}

/* An entry whose `size` bytes of value lie behind it. */
static void put_value(struct page *page, struct entry entry, const void *value, size_t size)
{
	struct ota_writer data = ota_writer(entry.data, sizeof(entry.data));

	entry.span = (uint8_t)(1 + entries_of(size));
	ota_put_u16(&data, (uint16_t)size);
	ota_put_u16(&data, 0xFFFF);
	ota_put_u32(&data, ota_crc32(CRC_BEGIN, value, size));
	put_entry(page, &entry);
	ota_put_bytes(&page->out, value, size);
	ota_put_fill(&page->out, 0xFF, entries_of(size) * (size_t)ENTRY_SIZE - size);
}

static void put_header(struct page *page)
{
	uint8_t *out = page->out.base;

	ota_put_u32(&page->out, 0xFFFFFFFE);
	ota_put_u32(&page->out, 0);
	ota_put_u8(&page->out, 0xFE);
	ota_put_fill(&page->out, 0xFF, 19);
	ota_put_u32(&page->out, ota_crc32(CRC_BEGIN, out + 4, 24));
	ota_put_fill(&page->out, 0xFF, ENTRY_SIZE);
}

static void put_space(struct page *page, uint8_t number, const char *name)
{
	struct entry entry = { 0, TYPE_U8, 1, 0xFF, name, { 0 } };

	memset(entry.data, 0xFF, sizeof(entry.data));
	entry.data[0] = number;
	put_entry(page, &entry);
}

static void put_key(struct page *page, const uint8_t key[static OTA_KEY_SIZE])
{
	const struct entry chunk = { 1, TYPE_CHUNK, 0, 0, "key0", { 0 } };
	const struct entry index = {
		1, TYPE_INDEX, 1, 0xFF, "key0", { OTA_KEY_SIZE, 0, 0, 0, 1, 0, 0xFF, 0xFF }
	};

	put_space(page, 1, "otatool");
	put_value(page, chunk, key, OTA_KEY_SIZE);
	put_entry(page, &index);
}

/* The number of the namespace of string `at`, which is written if it is new. */
static uint8_t space_number(struct page *page, const struct ota_nvs_string *strings, size_t at,
			    uint8_t *numbers)
{
	uint8_t last = 1;

	for (size_t i = 0; i < at; i++) {
		if (strcmp(strings[i].space, strings[at].space) == 0)
			return numbers[i];
		last = numbers[i] > last ? numbers[i] : last;
	}
	put_space(page, (uint8_t)(last + 1), strings[at].space);
	return (uint8_t)(last + 1);
}

/* The entries of all, each string counted as if its namespace were new. */
static size_t entries_of_all(const struct ota_nvs_string *strings, size_t count)
{
	size_t entries = 1 + 1 + entries_of(OTA_KEY_SIZE) + 1;

	for (size_t i = 0; i < count; i++)
		entries += 1 + 1 + entries_of(strlen(strings[i].value) + 1);
	return entries;
}

enum ota_status ota_nvs_build(const uint8_t key[static OTA_KEY_SIZE],
			      const struct ota_nvs_string *strings, size_t count, uint8_t *out,
			      size_t size)
{
	struct page page = { ota_writer(out, OTA_NVS_PAGE_SIZE), 0 };
	uint8_t numbers[OTA_NVS_STRINGS_MAX];

	if (count > OTA_NVS_STRINGS_MAX || entries_of_all(strings, count) > ENTRIES)
		return OTA_E_FULL;
	memset(out, 0xFF, size);
	put_header(&page);
	put_key(&page, key);
	for (size_t i = 0; i < count; i++) {
		struct entry entry = { 0, TYPE_STRING, 0, 0xFF, strings[i].key, { 0 } };

		entry.space = numbers[i] = space_number(&page, strings, i, numbers);
		put_value(&page, entry, strings[i].value, strlen(strings[i].value) + 1);
	}
	return OTA_OK;
}
