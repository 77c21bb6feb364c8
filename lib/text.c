/* SPDX-License-Identifier: MIT */
#include "lib/text.h"

size_t ota_text_size(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

bool ota_text_same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

bool ota_text_has(const char *set, char c)
{
	while (*set && *set != c)
		set++;
	return *set != '\0';
}
