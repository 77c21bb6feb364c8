/* SPDX-License-Identifier: MIT */
#include "lib/host/image_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crc32.h"
#include "lib/cursor.h"
#include "lib/image_esp8266.h"

static const struct ota_rule rule_page = { "build-page", OTA_ERROR,
					   "two parts, at {low} and {value}, lie in one MMU page",
					   "what is mapped from flash begins in a page of its own",
					   "merge them, in the linker script" };
static const struct ota_rule rule_count = { "build-segments", OTA_ERROR,
					    "{value:d} segments, padding included",
					    "an image has 1 to {high:d}", NULL };
static const struct ota_rule rule_size = { "build-size", OTA_ERROR,
					   "a part of {value} bytes at {low}",
					   "a segment is smaller than 16 MiB", NULL };

/* What is being written. */
struct build {
	const struct ota_image_recipe *recipe;
	struct ota_image_part flash[OTA_PARTS_MAX], ram[OTA_PARTS_MAX];
	size_t flash_count, ram_count, ram_first;
	FILE *out;
	uint32_t pos;
	unsigned segments;
	uint8_t checksum;
};

static void put(struct build *b, const void *data, size_t size)
{
	fwrite(data, 1, size, b->out);
	b->pos += (uint32_t)size;
}

static void put_zeros(struct build *b, uint32_t size)
{
	for (; size; size--, b->pos++)
		putc(0, b->out);
}

static void put_u32(struct build *b, uint32_t value)
{
	uint8_t raw[4];
	struct ota_writer w = ota_writer(raw, sizeof(raw));

	ota_put_u32(&w, value);
	put(b, raw, sizeof(raw));
}

/* One segment: the bytes of `part` and `zeros` more. */
static void put_segment(struct build *b, const struct ota_image_part *part, uint32_t zeros)
{
	put_u32(b, part->addr);
	put_u32(b, part->size + zeros);
	for (uint32_t i = 0; i < part->size; i++)
		b->checksum ^= part->data[i];
	if (part->size)
		put(b, part->data, part->size);
	put_zeros(b, zeros);
	b->segments++;
}

static uint32_t to_word(uint32_t size)
{
	return -size & 3;
}

static void put_checksum(struct build *b)
{
	put_zeros(b, 15 - (b->pos & 15));
	put(b, &b->checksum, 1);
}

static void put_header(struct build *b, uint8_t magic, uint8_t count)
{
	const struct ota_image_header *h = &b->recipe->header;

	put(b, &magic, 1);
	put(b, &count, 1);
	put(b, &h->spi_mode, 1);
	put(b, &h->flash, 1);
	put_u32(b, h->entry);
}

static void put_extended(struct build *b)
{
	const struct ota_image_header *h = &b->recipe->header;
	uint8_t raw[16];
	struct ota_writer w = ota_writer(raw, sizeof(raw));

	ota_put_u8(&w, h->wp_pin);
	ota_put_bytes(&w, h->drive, sizeof(h->drive));
	ota_put_u16(&w, (uint16_t)b->recipe->chip->id);
	ota_put_u8(&w, h->min_revision_legacy);
	ota_put_u16(&w, h->min_revision);
	ota_put_u16(&w, h->max_revision);
	ota_put_u32(&w, 0);
	ota_put_u8(&w, h->hash_appended);
	put(b, raw, sizeof(raw));
}

static int by_addr(const void *a, const void *b)
{
	const struct ota_image_part *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool is_described(const struct ota_image_part *part)
{
	static const uint8_t magic[4] = { 0x32, 0x54, 0xCD, 0xAB };

	return part->size >= sizeof(magic) && memcmp(part->data, magic, sizeof(magic)) == 0;
}

/* Mapped parts by address, the described one first; the others by address. */
static void sort_parts(struct build *b)
{
	const struct ota_image_recipe *recipe = b->recipe;

	for (size_t i = 0; i < recipe->count; i++) {
		const struct ota_image_part *part = &recipe->parts[i];

		if (ota_chip_is_mapped(recipe->chip, part->addr, recipe->page))
			b->flash[b->flash_count++] = *part;
		else
			b->ram[b->ram_count++] = *part;
	}
	qsort(b->flash, b->flash_count, sizeof(b->flash[0]), by_addr);
	if (recipe->form == OTA_FORM_ESP32)
		qsort(b->ram, b->ram_count, sizeof(b->ram[0]), by_addr);
	for (size_t i = 1; recipe->form == OTA_FORM_ESP32 && i < b->flash_count; i++)
		if (is_described(&b->flash[i])) {
			struct ota_image_part first = b->flash[i];

			memmove(b->flash + 1, b->flash, i * sizeof(b->flash[0]));
			b->flash[0] = first;
			break;
		}
}

static bool shares_page(const struct build *b, struct ota_diag *diag)
{
	for (size_t i = 1; i < b->flash_count; i++) {
		if (b->flash[i].addr >> b->recipe->page != b->flash[i - 1].addr >> b->recipe->page)
			continue;
		diag->rule = &rule_page;
		diag->low = b->flash[i - 1].addr;
		diag->value = b->flash[i].addr;
		return true;
	}
	return false;
}

static bool can_follow(const struct build *b, uint32_t addr)
{
	uint32_t mask = (UINT32_C(1) << b->recipe->page) - 1;

	return ((b->pos + OTA_SEGMENT_HEADER_SIZE) & mask) == (addr & mask);
}

/* Bytes that a segment of padding needs so that data at `addr` can follow it; perhaps none, but its
 * header. */
static uint32_t padding_before(const struct build *b, uint32_t addr)
{
	return (addr - b->pos - 2 * OTA_SEGMENT_HEADER_SIZE) &
	       ((UINT32_C(1) << b->recipe->page) - 1);
}

/* Fill with the beginning of the first RAM part if it is worth it, else with zeros. */
static void put_padding(struct build *b, uint32_t size)
{
	struct ota_image_part pad = { 0, NULL, 0 }, *ram = &b->ram[b->ram_first];
	uint32_t whole;

	if (b->ram_first == b->ram_count || size <= OTA_SEGMENT_HEADER_SIZE) {
		put_segment(b, &pad, size);
		return;
	}
	pad = *ram;
	whole = ram->size + to_word(ram->size);
	if (size >= whole) {
		put_segment(b, &pad, whole - pad.size);
		b->ram_first++;
		return;
	}
	pad.size = size < ram->size ? size : ram->size;
	put_segment(b, &pad, size - pad.size);
	ram->data += pad.size;
	ram->size -= pad.size;
	ram->addr += size;
}

/* The ESP32's bootloader does not map a last page of less than 0x24 bytes. */
static uint32_t last_page_zeros(const struct build *b, const struct ota_image_part *part)
{
	uint32_t size = part->size + to_word(part->size);
	uint32_t end =
		(b->pos + OTA_SEGMENT_HEADER_SIZE + size) & ((UINT32_C(1) << b->recipe->page) - 1);

	return b->recipe->chip->id == OTA_CHIP_ESP32 && end < 0x24 ? 0x24 - end : 0;
}

static void put_secure_pad(struct build *b)
{
	const struct ota_image_part none = { 0, NULL, 0 };
	uint32_t behind = b->recipe->secure_pad == 1 ? 32 + 4 + 64 + 12 : 32;

	if (b->recipe->secure_pad)
		put_segment(b, &none,
			    (0u - (b->pos + OTA_SEGMENT_HEADER_SIZE) - 16 - behind) &
				    ((UINT32_C(1) << b->recipe->page) - 1));
}

static void put_esp32(struct build *b)
{
	put_header(b, OTA_IMAGE_MAGIC, 0);
	put_extended(b);
	for (size_t i = 0; i < b->flash_count;) {
		const struct ota_image_part *part = &b->flash[i];

		if (!can_follow(b, part->addr)) {
			put_padding(b, padding_before(b, part->addr));
		} else {
			put_segment(b, part, to_word(part->size) + last_page_zeros(b, part));
			i++;
		}
	}
	for (; b->ram_first < b->ram_count; b->ram_first++)
		put_segment(b, &b->ram[b->ram_first], to_word(b->ram[b->ram_first].size));
	put_secure_pad(b);
	put_checksum(b);
}

static void put_parts(struct build *b, const struct ota_image_part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_segment(b, &parts[i], to_word(parts[i].size));
}

static void put_esp8266(struct build *b)
{
	if (b->recipe->form == OTA_FORM_ESP8266_V2) {
		struct ota_image_part flash = b->flash[0];

		flash.addr = 0;
		put_header(b, OTA_ESP8266_V2_MAGIC, OTA_ESP8266_V2_COUNT);
		put_segment(b, &flash, -flash.size & 15);
		b->checksum = 0xEF;
		put_header(b, OTA_IMAGE_MAGIC, (uint8_t)b->ram_count);
		b->segments = 0;
	} else {
		put_header(b, OTA_IMAGE_MAGIC, 0);
		put_parts(b, b->flash, b->flash_count);
	}
	put_parts(b, b->ram, b->ram_count);
	put_checksum(b);
}

/* What depends on all bytes: count, hash or CRC, 0xff. `data` has room for it. */
static size_t finish(const struct build *b, uint8_t *data, size_t size)
{
	const struct ota_image_recipe *recipe = b->recipe;
	struct ota_writer w = ota_writer(data + size, 4);
	struct ota_sha256 sha;

	if (recipe->form == OTA_FORM_ESP8266_V2) {
		ota_put_u32(&w, ota_esp8266_crc(ota_crc32(0, data, size)));
		size += 4;
	} else {
		data[1] = (uint8_t)b->segments;
	}
	if (recipe->form == OTA_FORM_ESP8266_RTOS ||
	    (recipe->form == OTA_FORM_ESP32 && recipe->header.hash_appended)) {
		ota_sha256_begin(&sha);
		ota_sha256_feed(&sha, data, size);
		ota_sha256_finish(&sha, data + size);
		size += OTA_SHA256_SIZE;
	}
	while (recipe->pad_to && size % recipe->pad_to)
		data[size++] = 0xFF;
	return size;
}

static enum ota_status write_all(struct build *b, uint8_t **out, size_t *size)
{
	char *data = NULL;
	uint8_t *more;
	size_t n = 0;
	bool failed;

	b->out = open_memstream(&data, &n);
	if (!b->out)
		return OTA_E_MEMORY;
	if (b->recipe->form == OTA_FORM_ESP32)
		put_esp32(b);
	else
		put_esp8266(b);
	failed = ferror(b->out);
	failed = fclose(b->out) || failed;
	more = failed ? NULL : realloc(data, n + OTA_SHA256_SIZE + b->recipe->pad_to);
	if (!more) {
		free(data);
		return OTA_E_MEMORY;
	}
	*size = finish(b, more, n);
	*out = more;
	return OTA_OK;
}

/* What no image can hold. */
static bool is_refused(const struct build *b, struct ota_diag *diag)
{
	for (size_t i = 0; i < b->recipe->count; i++)
		if (b->recipe->parts[i].size >= 1u << 24) {
			diag->rule = &rule_size;
			diag->value = b->recipe->parts[i].size;
			diag->low = b->recipe->parts[i].addr;
			return true;
		}
	if (b->recipe->form == OTA_FORM_ESP8266_V2 && (b->flash_count != 1 || !b->ram_count)) {
		diag->rule = &rule_count;
		diag->value = b->ram_count;
		diag->high = OTA_SEGMENTS_MAX;
		return true;
	}
	return b->recipe->form == OTA_FORM_ESP32 && shares_page(b, diag);
}

enum ota_status ota_image_build(const struct ota_image_recipe *recipe, uint8_t **out, size_t *size,
				struct ota_diag *diag)
{
	struct build *b = calloc(1, sizeof(*b));
	enum ota_status status;

	*diag = (struct ota_diag){ .offset = OTA_NO_OFFSET };
	if (!b)
		return OTA_E_MEMORY;
	b->recipe = recipe;
	b->checksum = 0xEF;
	sort_parts(b);
	status = is_refused(b, diag) ? OTA_E_VALUE : write_all(b, out, size);
	if (!status && b->segments > OTA_SEGMENTS_MAX) {
		diag->rule = &rule_count;
		diag->value = b->segments;
		diag->high = OTA_SEGMENTS_MAX;
		free(*out);
		status = OTA_E_FULL;
	}
	free(b);
	return status;
}
