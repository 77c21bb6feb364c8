/* SPDX-License-Identifier: MIT */
/* line.h - text put together in memory of fixed size */
#ifndef OTA_CORE_LINE_H
#define OTA_CORE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ota_line {
	char *text; /* not terminated */
	uint16_t room, used; /* bytes; what does not fit is left out and `used` stays */
};

void ota_line_char(struct ota_line *line, char c);
void ota_line_text(struct ota_line *line, const char *text);
void ota_line_number(struct ota_line *line, uint32_t value);
void ota_line_hex(struct ota_line *line, const uint8_t *bytes, size_t size);

/* A JSON string up to NUL or `size` bytes: what is not 0x20..0x7e, and " \ <, as \u00XX. */
void ota_line_json(struct ota_line *line, const char *text, size_t size);

#endif
