/* SPDX-License-Identifier: MIT */
#include "lib/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void ota_base64_print(const void *data, size_t size, char *text)
{
	const uint8_t *bytes = data;
	uint32_t bits = 0;
	unsigned count = 0;
	char *end = text + OTA_BASE64_SIZE(size);

	for (size_t i = 0; i < size; i++) {
		bits = bits << 8 | bytes[i];
		for (count += 8; count >= 6; count -= 6)
			*text++ = digits[bits >> (count - 6) & 63];
	}
	if (count)
		*text++ = digits[bits << (6 - count) & 63];
	while (text < end)
		*text++ = '=';
}

static int digit_value(char c)
{
	for (int i = 0; i < 64; i++)
		if (digits[i] == c)
			return i;
	return -1;
}

bool ota_base64_parse(const char *text, void *out, size_t size)
{
	const char *end = text + OTA_BASE64_SIZE(size);
	uint8_t *bytes = out;
	uint32_t bits = 0;
	unsigned count = 0;

	while (size) {
		int value = digit_value(*text++);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		*bytes++ = (uint8_t)(bits >> count);
		size--;
	}
	if (bits & ((1u << count) - 1))
		return false;
	while (text < end)
		if (*text++ != '=')
			return false;
	return true;
}
