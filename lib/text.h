/* SPDX-License-Identifier: MIT */
/* text.h - what portable code needs of string.h beyond mem* */
#ifndef OTA_TEXT_H
#define OTA_TEXT_H

#include <stdbool.h>
#include <stddef.h>

size_t ota_text_size(const char *text);
bool ota_text_same(const char *a, const char *b);

/* Is `c` one of the characters of `set`? NUL is none. */
bool ota_text_has(const char *set, char c);

#endif
