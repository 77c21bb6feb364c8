/* SPDX-License-Identifier: MIT */
#include "firmware/core/line.h"

static const char digits[] = "0123456789abcdef";

void ota_line_char(struct ota_line *line, char c)
{
	if (line->used < line->room)
		line->text[line->used++] = c;
}

void ota_line_text(struct ota_line *line, const char *text)
{
	while (*text)
		ota_line_char(line, *text++);
}

void ota_line_number(struct ota_line *line, uint32_t value)
{
	char text[10];
	size_t n = 0;

	do {
		text[n++] = digits[value % 10];
		value /= 10;
	} while (value);
	while (n)
		ota_line_char(line, text[--n]);
}

void ota_line_hex(struct ota_line *line, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		ota_line_char(line, digits[bytes[i] >> 4]);
		ota_line_char(line, digits[bytes[i] & 15]);
	}
}

void ota_line_json(struct ota_line *line, const char *text, size_t size)
{
	ota_line_char(line, '"');
	for (size_t i = 0; i < size && text[i]; i++) {
		uint8_t c = (uint8_t)text[i];

		if (c >= 0x20 && c <= 0x7E && c != '"' && c != '\\' && c != '<') {
			ota_line_char(line, (char)c);
			continue;
		}
		ota_line_text(line, "\\u00");
		ota_line_hex(line, &c, 1);
	}
	ota_line_char(line, '"');
}
