/* SPDX-License-Identifier: MIT */
#include "firmware/core/line.h"

#include <stdarg.h>

#include "firmware/core/core.h"
#include "lib/text.h"

#define JSON_MAX 64u /* characters */

static const char digits[] = "0123456789abcdef";

static void put(struct ota_line *line, char c)
{
	if (line->used < line->room)
		line->text[line->used++] = c;
}

static void put_text(struct ota_line *line, const char *text)
{
	while (*text)
		put(line, *text++);
}

static void put_number(struct ota_line *line, uint32_t value)
{
	char text[11], *at = text + sizeof(text) - 1;

	*at = '\0';
	do {
		*--at = digits[value % 10];
		value /= 10;
	} while (value);
	put_text(line, at);
}

static void put_hex(struct ota_line *line, const uint8_t *bytes, size_t size)
{
	while (size--) {
		put(line, digits[*bytes >> 4]);
		put(line, digits[*bytes++ & 15]);
	}
}

static void put_json(struct ota_line *line, const char *text)
{
	for (unsigned i = 0; i < JSON_MAX && text[i]; i++) {
		uint8_t c = (uint8_t)text[i];

		if (c >= 0x20 && c <= 0x7E && !ota_text_has("\"\\<", (char)c)) {
			put(line, (char)c);
			continue;
		}
		put_text(line, "\\u00");
		put_hex(line, &c, 1);
	}
}

static void put_choice(struct ota_line *line, int choice)
{
	if (choice < 0) {
		put_text(line, choice == OTA_CHOICE_FACTORY ? "factory" : "test");
		return;
	}
	put_text(line, "ota_");
	put_number(line, (uint32_t)choice);
}

/* An argument in quotation marks, or null. */
static void put_quoted(struct ota_line *line, char kind, va_list *args)
{
	const void *data = NULL;
	int choice = 0;

	if (kind == 'c')
		choice = va_arg(*args, int);
	else
		data = va_arg(*args, const void *);
	if (kind == 'c' ? choice == OTA_CHOICE_NONE : !data) {
		put_text(line, "null");
		return;
	}
	put(line, '"');
	if (kind == 'c')
		put_choice(line, choice);
	else if (kind == 'j')
		put_json(line, data);
	else
		put_hex(line, data, OTA_SHA256_SIZE);
	put(line, '"');
}

static void put_plain(struct ota_line *line, char kind, va_list *args)
{
	uint32_t number;

	if (kind == 's') {
		put_text(line, va_arg(*args, const char *));
	} else if (kind == 'x') {
		put_hex(line, va_arg(*args, const uint8_t *), 8);
	} else if (kind == 'b') {
		put_text(line, va_arg(*args, int) ? "true" : "false");
	} else {
		number = va_arg(*args, uint32_t);
		if (kind == 'o' && number == OTA_NO_PLACE)
			put_text(line, "null");
		else
			put_number(line, number);
	}
}

void ota_line_print(struct ota_line *line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (; *format; format++) {
		if (*format == '\'')
			put(line, '"');
		else if (*format != '%')
			put(line, *format);
		else if (ota_text_has("jdc", *++format))
			put_quoted(line, *format, &args);
		else
			put_plain(line, *format, &args);
	}
	va_end(args);
}
