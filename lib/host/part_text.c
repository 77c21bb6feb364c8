/* SPDX-License-Identifier: MIT */
#include "lib/host/part_text.h"

#include <string.h>

const char *ota_size_text(uint64_t size, char text[static OTA_SIZE_TEXT_SIZE])
{
	if (size && size < 1024)
		snprintf(text, OTA_SIZE_TEXT_SIZE, "%u B", (unsigned)size);
	else if (size && (size % (1u << 20) == 0 || size >= 10u << 20))
		snprintf(text, OTA_SIZE_TEXT_SIZE, "%.4g MiB", (double)size / 1048576.0);
	else
		snprintf(text, OTA_SIZE_TEXT_SIZE, "%.5g KiB", (double)size / 1024.0);
	return text;
}

const char *ota_word_text(const struct ota_keyword *list, unsigned value,
			  char number[static OTA_WORD_TEXT_SIZE])
{
	const char *name = ota_keyword_name(list, value);

	if (name)
		return name;
	snprintf(number, OTA_WORD_TEXT_SIZE, "0x%02x", value & 0xFF);
	return number;
}

const char *ota_type_text(const struct ota_part *part, const struct ota_names *names,
			  char text[static OTA_TYPE_TEXT_SIZE])
{
	char type[OTA_WORD_TEXT_SIZE], subtype[OTA_WORD_TEXT_SIZE];

	snprintf(text, OTA_TYPE_TEXT_SIZE, "%s/%s", ota_word_text(names->types, part->type, type),
		 ota_word_text(ota_subtypes_of(names, part->type), part->subtype, subtype));
	return text;
}

/* One character of `text`: its bytes (at least 1) and its code point, 0 if it is no UTF-8. */
static size_t take_char(const char *text, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t more = *p < 0x80 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;

	*code = more ? *p & (0x3Fu >> more) : *p;
	if (*p > 0xF4 || (*p >= 0x80 && *p < 0xC2))
		more = *code = 0;
	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xC0) != 0x80) {
			*code = 0;
			return 1;
		}
		*code = *code << 6 | (p[i] & 0x3F);
	}
	return more + 1;
}

/* East Asian characters and pictures take two columns. */
static size_t columns_of(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} wide[] = {
		{ 0x1100, 0x115F }, { 0x2E80, 0xA4CF },   { 0xAC00, 0xD7A3 },
		{ 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F },   { 0xFF00, 0xFF60 },
		{ 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1FAFF }, { 0x20000, 0x3FFFD },
	};

	for (size_t i = 0; i < ARRAY_LEN(wide); i++)
		if (code >= wide[i].first && code <= wide[i].last)
			return 2;
	return 1;
}

size_t ota_text_columns(const char *text)
{
	size_t columns = 0;
	uint32_t code;

	while (*text) {
		text += take_char(text, &code);
		columns += columns_of(code);
	}
	return columns;
}

size_t ota_text_put(FILE *out, const char *text, size_t columns)
{
	bool cut = ota_text_columns(text) > columns;
	size_t room = cut && columns ? columns - 1 : columns, used = 0;

	while (*text) {
		uint32_t code;
		size_t n = take_char(text, &code);

		if (used + columns_of(code) > room)
			break;
		if (code < 0x20 || (code >= 0x7F && code < 0xA0))
			putc('?', out);
		else
			fwrite(text, 1, n, out);
		used += columns_of(code);
		text += n;
	}
	if (cut && columns) {
		putc('~', out);
		used++;
	}
	return used;
}
