/* SPDX-License-Identifier: MIT */
#include "lib/host/text_decode.h"

#include <stdlib.h>
#include <string.h>

static const struct ota_rule rule_encoding = {
	"csv-encoding", OTA_ERROR, "this is no text",
	"a CSV is UTF-8, or UTF-16 or UTF-32 with a byte order mark", NULL
};

#define BAD_CODE UINT32_MAX

/* The code point at `p`, its length in *n; BAD_CODE: none. */
static uint32_t utf8_code(const uint8_t *p, size_t size, size_t *n)
{
	static const uint32_t least[4] = { 0, 0x80, 0x800, 0x10000 };
	size_t more = p[0] < 0x80 ? 0 : p[0] < 0xE0 ? 1 : p[0] < 0xF0 ? 2 : 3;
	uint32_t code = more ? p[0] & (0x3Fu >> more) : p[0];

	*n = more + 1;
	if ((p[0] >= 0x80 && p[0] < 0xC2) || p[0] > 0xF4 || *n > size)
		return BAD_CODE;
	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return BAD_CODE;
		code = code << 6 | (p[i] & 0x3Fu);
	}
	return code < least[more] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) ? BAD_CODE
											  : code;
}

static uint32_t unit16(const uint8_t *p, bool big)
{
	return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t utf16_code(const uint8_t *p, size_t size, bool big, size_t *n)
{
	uint32_t lead, trail;

	*n = 2;
	if (size < 2)
		return BAD_CODE;
	lead = unit16(p, big);
	if (lead < 0xD800 || lead > 0xDFFF)
		return lead;
	*n = 4;
	if (lead > 0xDBFF || size < 4)
		return BAD_CODE;
	trail = unit16(p + 2, big);
	if (trail < 0xDC00 || trail > 0xDFFF)
		return BAD_CODE;
	return 0x10000 + ((lead - 0xD800) << 10) + (trail - 0xDC00);
}

static uint32_t utf32_code(const uint8_t *p, size_t size, bool big, size_t *n)
{
	uint32_t code;

	*n = 4;
	if (size < 4)
		return BAD_CODE;
	code = big ? unit16(p, true) << 16 | unit16(p + 2, true)
		   : unit16(p + 2, false) << 16 | unit16(p, false);
	return code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) ? BAD_CODE : code;
}

static size_t put_utf8(char *out, uint32_t code)
{
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const uint8_t lead[5] = { 0, 0, 0xC0, 0xE0, 0xF0 };

	for (size_t i = n; i-- > 0; code >>= 6)
		out[i] = (char)(i ? 0x80 | (code & 0x3F) : lead[n] | code);
	return n;
}

struct encoding {
	uint8_t mark[4];
	size_t mark_size;
	unsigned width; /* bytes of a unit: 1, 2, 4 */
	bool big;
};

static const struct encoding *detect(const uint8_t *data, size_t size)
{
	/* UTF-32's mark before UTF-16's, which it begins with. */
	static const struct encoding encodings[] = {
		{ { 0xEF, 0xBB, 0xBF, 0 }, 3, 1, false }, { { 0xFF, 0xFE, 0, 0 }, 4, 4, false },
		{ { 0, 0, 0xFE, 0xFF }, 4, 4, true },     { { 0xFF, 0xFE, 0, 0 }, 2, 2, false },
		{ { 0xFE, 0xFF, 0, 0 }, 2, 2, true },     { { 0 }, 0, 1, false },
	};
	const struct encoding *e = encodings;

	while (size < e->mark_size || memcmp(data, e->mark, e->mark_size) != 0)
		e++;
	return e;
}

static uint32_t next_code(const struct encoding *e, const uint8_t *p, size_t size, size_t *n)
{
	if (e->width == 1)
		return utf8_code(p, size, n);
	return e->width == 2 ? utf16_code(p, size, e->big, n) : utf32_code(p, size, e->big, n);
}

enum ota_status ota_text_decode(const uint8_t *data, size_t size, char **text, size_t *text_size,
				struct ota_diag *diag)
{
	const struct encoding *e = detect(data, size);
	/* Two bytes of UTF-16 become three at the most. */
	char *out = malloc(size + size / 2 + 1);
	size_t used = 0, n;

	if (!out)
		return OTA_E_MEMORY;
	for (size_t pos = e->mark_size; pos < size; pos += n) {
		uint32_t code = next_code(e, data + pos, size - pos, &n);

		/* The reference would keep a NUL, and tools after it lose what follows. */
		if (code == BAD_CODE || code == 0) {
			*diag = (struct ota_diag){ .rule = &rule_encoding,
						   .offset = (uint32_t)pos };
			free(out);
			return OTA_E_VALUE;
		}
		used += put_utf8(out + used, code);
	}
	out[used] = '\0';
	*text = out;
	*text_size = used;
	return OTA_OK;
}

bool ota_text_is_utf8(const uint8_t *data, size_t size)
{
	size_t n;

	for (size_t pos = 0; pos < size; pos += n)
		if (utf8_code(data + pos, size - pos, &n) == BAD_CODE)
			return false;
	return true;
}

/* Bytes of the line terminator at `p`; 0: none. */
static size_t terminator(const uint8_t *p, size_t size)
{
	if (p[0] == '\r')
		return size > 1 && p[1] == '\n' ? 2 : 1;
	if ((p[0] >= '\n' && p[0] <= '\f') || (p[0] >= 0x1C && p[0] <= 0x1E))
		return 1;
	if (size > 1 && p[0] == 0xC2 && p[1] == 0x85)
		return 2;
	return size > 2 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9) ? 3 : 0;
}

size_t ota_text_line(const char *text, size_t size, size_t *next)
{
	for (size_t i = 0; i < size; i++) {
		size_t n = terminator((const uint8_t *)text + i, size - i);

		if (n) {
			*next = i + n;
			return i;
		}
	}
	*next = size;
	return size;
}

static bool is_space(uint32_t code)
{
	static const uint16_t spaces[] = { 0x20,   0x85,   0xA0,   0x1680, 0x2028,
					   0x2029, 0x202F, 0x205F, 0x3000 };

	if ((code >= 0x09 && code <= 0x0D) || (code >= 0x1C && code <= 0x1F) ||
	    (code >= 0x2000 && code <= 0x200A))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(spaces); i++)
		if (code == spaces[i])
			return true;
	return false;
}

void ota_text_strip(const char **text, size_t *size)
{
	const uint8_t *p = (const uint8_t *)*text;
	size_t begin = 0, end = *size, n;

	while (begin < end && is_space(utf8_code(p + begin, end - begin, &n)))
		begin += n;
	while (end > begin) {
		size_t last = end - 1;

		while (last > begin && (p[last] & 0xC0) == 0x80)
			last--;
		if (!is_space(utf8_code(p + last, end - last, &n)))
			break;
		end = last;
	}
	*text += begin;
	*size = end - begin;
}
