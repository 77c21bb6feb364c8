/* SPDX-License-Identifier: MIT */
/* text.h - what portable code needs of string.h beyond mem* */
#ifndef OTA_TEXT_H
#define OTA_TEXT_H

#include <stdbool.h>
#include <stddef.h>

static inline size_t ota_text_size(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

static inline bool ota_text_same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* Is `c` one of the characters of `set`? NUL is none. */
static inline bool ota_text_has(const char *set, char c)
{
	while (*set && *set != c)
		set++;
	return *set != '\0';
}

#endif
