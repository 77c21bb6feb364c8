/* SPDX-License-Identifier: MIT */
#include "lib/host/flash_image.h"

#include <string.h>

#include "lib/cursor.h"
#include "lib/host/number.h"
#include "lib/host/text_decode.h"
#include "lib/otadata.h"

#define SEARCH_END (1u << 20) /* bytes of flash in which a table is looked for */

const char *ota_kind_text(enum ota_kind kind)
{
	switch (kind) {
	case OTA_KIND_EMPTY: return "an empty file";
	case OTA_KIND_ERASED: return "erased flash (all 0xff)";
	case OTA_KIND_ZEROS: return "nothing but zeros";
	case OTA_KIND_CSV: return "text";
	case OTA_KIND_TABLE: return "a partition table";
	case OTA_KIND_TABLE_SHIFTED: return "a shifted partition table";
	case OTA_KIND_DUMP: return "a flash dump";
	case OTA_KIND_OTADATA: return "otadata";
	case OTA_KIND_IMAGE: return "an app image";
	case OTA_KIND_ELF: return "an ELF file";
	case OTA_KIND_GZIP: return "a gzip file";
	case OTA_KIND_HTML: return "an HTML page";
	case OTA_KIND_ENCRYPTED: return "bytes that look encrypted";
	case OTA_KIND_UNKNOWN: return "something unknown";
	}
	return "something unknown";
}

bool ota_is_filled(const uint8_t *data, size_t size, uint8_t value)
{
	/* Comparing the bytes with themselves, one further, goes at memory speed. */
	return size == 0 || (data[0] == value && memcmp(data, data + 1, size - 1) == 0);
}

static void ignore(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	(void)diag;
}

/* Is there a table at `data`, good enough not to be an accident? */
static bool is_table(const uint8_t *data, size_t size)
{
	static const struct ota_table_options options = { .dialect = &ota_dialect_esp32 };
	struct ota_table table;

	if (size < 2 * OTA_ENTRY_SIZE || data[0] != 0xAA || data[1] != 0x50)
		return false;
	size = size < OTA_SECTOR_SIZE ? size : OTA_SECTOR_SIZE;
	ota_table_decode(data, size, &options, &table, ignore, NULL);
	return table.md5 == OTA_TABLE_MD5_OK || table.count > 1;
}

/* A record whose CRC is right; otadata.c knows more about them. */
static bool is_record(const uint8_t *raw)
{
	struct ota_record record;

	ota_record_decode(raw, &record);
	return record.seq != OTA_SEQ_NONE && ota_record_crc_ok(&record);
}

static bool is_otadata(const uint8_t *data, size_t size)
{
	return size <= 2 * (size_t)OTA_OTADATA_SIZE &&
	       ((size >= OTA_ENTRY_SIZE && is_record(data)) ||
		(size >= OTA_SECTOR_SIZE + OTA_ENTRY_SIZE && is_record(data + OTA_SECTOR_SIZE)));
}

/* Text, or so much like it that its one bad byte should be named. */
static bool is_text(const uint8_t *data, size_t size)
{
	size_t seen = size < 4096 ? size : 4096, odd = 0;

	if (size > 1 &&
	    ((data[0] == 0xFF && data[1] == 0xFE) || (data[0] == 0xFE && data[1] == 0xFF)))
		return true;
	if (size > 3 && memcmp(data, "\0\0\xFE\xFF", 4) == 0)
		return true;
	for (size_t i = 0; i < seen; i++)
		odd += data[i] == 0 || (data[i] < 0x20 && !(data[i] >= '\t' && data[i] <= '\r')) ||
		       data[i] == 0x7f || data[i] >= 0xF5;
	return odd <= seen / 16;
}

bool ota_looks_random(const uint8_t *data, size_t size)
{
	unsigned counts[256] = { 0 }, distinct = 0, most = 0;

	if (size < OTA_TABLE_SIZE)
		return false;
	for (size_t i = 0; i < OTA_TABLE_SIZE; i++)
		counts[data[i]]++;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		distinct += counts[i] != 0;
		most = counts[i] > most ? counts[i] : most;
	}
	return distinct > 250 && most < 40;
}

static enum ota_kind kind_by_magic(const uint8_t *data, size_t size)
{
	static const struct {
		const char *magic;
		size_t size;
		enum ota_kind kind;
	} magics[] = {
		{ "\x7F"
		  "ELF",
		  4, OTA_KIND_ELF },
		{ "\x1F\x8B", 2, OTA_KIND_GZIP },
		{ "<", 1, OTA_KIND_HTML },
		{ "\xEB\xEB\xFF\xFF", 4, OTA_KIND_TABLE }, /* a table without rows */
		{ "\xAA\x50", 2, OTA_KIND_TABLE },
	};

	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (size >= magics[i].size && memcmp(data, magics[i].magic, magics[i].size) == 0)
			return magics[i].kind;
	return OTA_KIND_UNKNOWN;
}

/* Find a table in the contents of flash; its flash address, or OTA_NO_ADDR. */
static uint32_t find_table(const struct ota_flash_image *image, uint32_t wanted)
{
	if (wanted >= image->base && wanted - image->base < image->size &&
	    is_table(image->data + (wanted - image->base), image->size - (wanted - image->base)))
		return wanted;
	for (uint32_t pos = 0; pos < image->size && pos < SEARCH_END; pos += OTA_SECTOR_SIZE)
		if (is_table(image->data + pos, image->size - pos))
			return image->base + pos;
	return OTA_NO_ADDR;
}

static enum ota_kind kind_of_rest(const struct ota_flash_image *image, uint32_t wanted)
{
	const uint8_t *data = image->data;

	if (is_otadata(data, image->size))
		return OTA_KIND_OTADATA;
	if (data[0] == 0xE9 && image->size > 24 && data[1] <= 16)
		return OTA_KIND_IMAGE;
	if (is_text(data, image->size))
		return OTA_KIND_CSV;
	if (ota_looks_random(data, image->size) ||
	    (wanted >= image->base && wanted - image->base < image->size &&
	     ota_looks_random(data + (wanted - image->base), image->size - (wanted - image->base))))
		return OTA_KIND_ENCRYPTED;
	return OTA_KIND_UNKNOWN;
}

void ota_flash_image_sniff(struct ota_flash_image *image, const void *data, size_t size,
			   uint32_t base, uint32_t table_offset)
{
	uint32_t found;

	*image = (struct ota_flash_image){ .data = data, .size = size, .base = base };
	if (size == 0) {
		image->kind = OTA_KIND_EMPTY;
		return;
	}
	if (ota_is_filled(data, size, 0xFF) || ota_is_filled(data, size, 0)) {
		image->kind = image->data[0] ? OTA_KIND_ERASED : OTA_KIND_ZEROS;
		return;
	}
	image->kind = base ? OTA_KIND_UNKNOWN : kind_by_magic(data, size);
	if (image->kind != OTA_KIND_UNKNOWN)
		return;
	found = find_table(image, table_offset);
	image->table_offset = found;
	if (found == OTA_NO_ADDR) {
		image->kind = kind_of_rest(image, table_offset);
	} else if (!base && size - found <= OTA_SECTOR_SIZE &&
		   (ota_is_filled(data, found, 0xFF) || ota_is_filled(data, found, 0))) {
		image->kind = OTA_KIND_TABLE_SHIFTED;
	} else {
		image->kind = OTA_KIND_DUMP;
	}
}

const uint8_t *ota_flash_image_table(const struct ota_flash_image *image, size_t *size)
{
	size_t pos = image->kind == OTA_KIND_TABLE ? 0 : image->table_offset - image->base;
	size_t left = image->size - pos;

	*size = image->kind != OTA_KIND_DUMP || left < OTA_SECTOR_SIZE ? left : OTA_SECTOR_SIZE;
	return image->data + pos;
}

/* "@0xADDR+SIZE" without its @. */
static enum ota_status parse_span(const char *text, struct ota_span *span)
{
	const char *plus = strchr(text, '+');
	uint64_t addr, size;

	if (!plus || ota_number_parse(text, (size_t)(plus - text), &addr) ||
	    ota_number_parse(plus + 1, strlen(plus + 1), &size) || addr > UINT32_MAX ||
	    size > UINT32_MAX)
		return OTA_E_VALUE;
	*span = (struct ota_span){ (uint32_t)addr, (uint32_t)size };
	return OTA_OK;
}

static enum ota_status find_bootloader(const struct ota_flash_image *image, struct ota_span *span)
{
	size_t end = image->table_offset - image->base, pos = 0;

	while (pos < end &&
	       ota_is_filled(image->data + pos,
			     end - pos < OTA_SECTOR_SIZE ? end - pos : OTA_SECTOR_SIZE, 0xFF))
		pos += OTA_SECTOR_SIZE;
	if (pos >= end)
		return OTA_E_MISSING;
	*span = (struct ota_span){ image->base + (uint32_t)pos, (uint32_t)(end - pos) };
	return OTA_OK;
}

enum ota_status ota_flash_image_find(const struct ota_flash_image *image,
				     const struct ota_table *table, const char *name,
				     struct ota_span *span)
{
	const struct ota_part *part;

	if (strcmp(name, "@table") == 0) {
		*span = (struct ota_span){ image->table_offset, OTA_SECTOR_SIZE };
		return image->kind == OTA_KIND_DUMP ? OTA_OK : OTA_E_MISSING;
	}
	if (strcmp(name, "@bootloader") == 0)
		return image->kind == OTA_KIND_DUMP ? find_bootloader(image, span) : OTA_E_MISSING;
	if (name[0] == '@')
		return parse_span(name + 1, span);
	part = ota_table_find(table, name);
	if (!part)
		return OTA_E_MISSING;
	*span = (struct ota_span){ part->offset, part->size };
	return OTA_OK;
}

const uint8_t *ota_flash_image_bytes(const struct ota_flash_image *image,
				     const struct ota_span *span, size_t *size)
{
	size_t pos = (size_t)span->addr - image->base, left;

	*size = 0;
	if (span->addr < image->base || pos >= image->size)
		return NULL;
	left = image->size - pos;
	*size = span->size < left ? span->size : left;
	return image->data + pos;
}
