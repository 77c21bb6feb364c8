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

bool ota_text_number(const char *text, uint32_t *value)
{
	const char *c = text;

	for (*value = 0; *c >= '0' && *c <= '9'; c++) {
		uint32_t digit = (uint32_t)(*c - '0');

		*value = *value > (UINT32_MAX - digit) / 10 ? UINT32_MAX : *value * 10 + digit;
	}
	return c != text && !*c;
}
