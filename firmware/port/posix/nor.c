/* SPDX-License-Identifier: MIT */
#include "firmware/port/posix/nor.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR 4096u
#define BLOCK 65536u

const struct ota_nor_timing ota_nor_w25q32 = { "w25q32", 400, 45000, 150000, 8, 20 };

bool ota_tear_parse(const char *text, struct ota_tear *tear)
{
	char *end;

	tear->kind = text[0];
	tear->value = 0;
	if (!text[0] || !strchr("nawpqmr", text[0]))
		return false;
	if (!text[1])
		return true;
	tear->value = (uint32_t)strtoul(text + 1, &end, 10);
	return text[1] >= '0' && text[1] <= '9' && !*end;
}

/* xorshift: the same sequence on every machine. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void tear_program(const struct ota_tear *tear, uint8_t *to, const uint8_t *data, size_t size)
{
	uint32_t seed = tear->value * 2654435761u + 1;
	size_t whole = tear->kind == 'a' ? size : 0;

	if (tear->kind == 'p' || tear->kind == 'q')
		whole = tear->value < size ? tear->value : size;
	for (size_t i = 0; i < whole; i++)
		to[i] &= data[i];
	if (tear->kind == 'q' && whole < size)
		to[whole] &= (uint8_t)(data[whole] | 0x55);
	for (size_t i = 0; i < size && tear->kind == 'm'; i++)
		if (tear->value >> (i / 4 % 8) & 1)
			to[i] &= data[i];
	for (size_t i = 0; i < size && tear->kind == 'r'; i++)
		to[i] &= (uint8_t)(data[i] | next_random(&seed) >> 8);
}

static void tear_erase(const struct ota_tear *tear, uint8_t *to, size_t size)
{
	uint32_t seed = tear->value * 2654435761u + 1;

	for (size_t i = 0; i < size; i += 4) {
		bool blank = tear->kind == 'a' || tear->kind == 'w';

		if (tear->kind == 'p' || tear->kind == 'q')
			blank = i / 4 < tear->value;
		else if (tear->kind == 'm')
			blank = tear->value >> (i / 4 % 8) & 1;
		else if (tear->kind == 'r')
			blank = next_random(&seed) >> 16 & 1;
		if (blank)
			memset(to + i, 0xFF, 4);
	}
}

static bool is_inside(struct ota_nor *nor, uint32_t addr, size_t len)
{
	if (addr <= nor->flash.size && len <= nor->flash.size - addr)
		return true;
	nor->misused = true;
	return false;
}

/* Is this the operation at which the power fails? */
static bool is_cut(struct ota_nor *nor)
{
	nor->ops++;
	nor->dead = nor->cut_at && nor->ops == nor->cut_at;
	return nor->dead;
}

static int read_nor(void *ctx, uint32_t addr, void *buf, size_t len)
{
	struct ota_nor *nor = ctx;

	if (nor->dead || !is_inside(nor, addr, len))
		return -1;
	nor->count.read += (uint32_t)len;
	memcpy(buf, nor->data + addr, len);
	return 0;
}

static int blank_nor(void *ctx, uint32_t addr, uint32_t len, bool *blank)
{
	struct ota_nor *nor = ctx;
	uint32_t n = 0;

	if (nor->dead || !is_inside(nor, addr, len))
		return -1;
	while (n < len && nor->data[addr + n] == 0xFF)
		n++;
	nor->count.blank += n < len ? n + 1 : n;
	*blank = n == len;
	return 0;
}

static int program_page(struct ota_nor *nor, uint32_t addr, const uint8_t *data, size_t len)
{
	uint8_t *to = nor->data + addr;

	for (size_t i = 0; i < len; i++) {
		if (data[i] & ~to[i]) {
			nor->misused = true;
			return -1;
		}
	}
	if (addr < nor->weak_end && addr + len > nor->weak)
		nor->misused = true;
	if (is_cut(nor)) {
		tear_program(&nor->tear, to, data, len);
		return -1;
	}
	nor->count.pages++;
	nor->count.programmed += (uint32_t)len;
	for (size_t i = 0; i < len; i++)
		to[i] &= data[i];
	if (nor->stuck >= addr && nor->stuck - addr < len)
		nor->data[nor->stuck] |= 1;
	return 0;
}

static int write_nor(void *ctx, uint32_t addr, const void *buf, size_t len)
{
	struct ota_nor *nor = ctx;
	const uint8_t *data = buf;

	if (nor->dead || !is_inside(nor, addr, len))
		return -1;
	if (addr % nor->flash.write_unit || len % nor->flash.write_unit)
		nor->misused = true;
	if (nor->failing && nor->ops + 1 >= nor->fail_at) {
		nor->failing -= nor->failing != UINT32_MAX;
		return 0x6001;
	}
	while (len) {
		size_t n = OTA_NOR_PAGE - addr % OTA_NOR_PAGE;

		if (n > len)
			n = len;
		if (program_page(nor, addr, data, n))
			return -1;
		addr += (uint32_t)n;
		data += n;
		len -= n;
	}
	return 0;
}

/* A whole erase makes up for a torn one; of sectors in order, each its part. */
static void strengthen(struct ota_nor *nor, uint32_t addr, uint32_t len)
{
	if (addr <= nor->weak && nor->weak < addr + len)
		nor->weak = addr + len < nor->weak_end ? addr + len : nor->weak_end;
	else if (addr > nor->weak && addr + len >= nor->weak_end && addr < nor->weak_end)
		nor->weak_end = addr;
}

static int erase_nor(void *ctx, uint32_t addr, uint32_t len)
{
	struct ota_nor *nor = ctx;

	if (nor->dead || !is_inside(nor, addr, len))
		return -1;
	if ((len != SECTOR && len != BLOCK) || addr % len) {
		nor->misused = true;
		return -1;
	}
	if (is_cut(nor)) {
		tear_erase(&nor->tear, nor->data + addr, len);
		if (nor->tear.kind == 'w') {
			nor->weak = addr;
			nor->weak_end = addr + len;
		}
		return -1;
	}
	strengthen(nor, addr, len);
	if (len == BLOCK)
		nor->count.erases_64k++;
	else
		nor->count.erases_4k++;
	memset(nor->data + addr, 0xFF, len);
	return 0;
}

void ota_nor_begin(struct ota_nor *nor, uint8_t *data, uint32_t size)
{
	memset(nor, 0, sizeof(*nor));
	nor->data = data;
	nor->stuck = UINT32_MAX;
	nor->flash = (struct ota_flash){ .ctx = nor,
					 .size = size,
					 .write_unit = 4,
					 .erase_max = BLOCK,
					 .table = 0x8000,
					 .read = read_nor,
					 .write = write_nor,
					 .erase = erase_nor,
					 .blank = blank_nor };
}

void ota_nor_power_on(struct ota_nor *nor)
{
	nor->dead = false;
	nor->cut_at = 0;
}

uint64_t ota_nor_time(const struct ota_nor_timing *timing, const struct ota_nor_count *count)
{
	return (uint64_t)count->pages * timing->page_us +
	       (uint64_t)count->erases_4k * timing->erase_4k_us +
	       (uint64_t)count->erases_64k * timing->erase_64k_us +
	       ((uint64_t)count->read + count->blank) / timing->read_mb;
}
