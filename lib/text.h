/* SPDX-License-Identifier: MIT */
/* text.h - what portable code needs of string.h beyond mem* */
#ifndef OTA_TEXT_H
#define OTA_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t ota_text_size(const char *text);
bool ota_text_same(const char *a, const char *b);

/* Is `c` one of the characters of `set`? NUL is none. */
bool ota_text_has(const char *set, char c);

/* Decimal digits and nothing else; more than 32 bits hold is UINT32_MAX. */
bool ota_text_number(const char *text, uint32_t *value);

#endif
