/* SPDX-License-Identifier: MIT */
#include "lib/host/number.h"

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
		return (unsigned)((c | 0x20) - 'a') + 10;
	return UINT32_MAX;
}

static unsigned base_of(char letter)
{
	switch (letter | 0x20) {
	case 'x': return 16;
	case 'o': return 8;
	case 'b': return 2;
	default: return 0;
	}
}

/* Digits of one base, single underscores between them; a prefix counts as "between". */
static enum ota_status read_digits(const char *p, const char *end, unsigned base, uint64_t *value)
{
	enum ota_status status = OTA_OK;
	bool prefixed = base != 10;

	*value = 0;
	for (bool separated = !prefixed; p < end; p++) {
		unsigned digit = digit_of(*p);

		if (*p == '_' && !separated) {
			separated = true;
			if (p + 1 == end)
				return OTA_E_VALUE;
			continue;
		}
		if (digit >= base)
			return OTA_E_VALUE;
		separated = false;
		if (*value > (UINT64_MAX - digit) / base)
			status = OTA_E_FULL;
		else
			*value = *value * base + digit;
	}
	return status;
}

enum ota_status ota_number_read(const char *text, size_t size, struct ota_number *number)
{
	const char *p = text, *end = text + size;
	unsigned base = 10;
	enum ota_status status;

	*number = (struct ota_number){ 0 };
	while (p < end && is_blank(*p))
		p++;
	while (p < end && is_blank(end[-1]))
		end--;
	if (p < end && (*p == '+' || *p == '-'))
		number->negative = *p++ == '-';
	if (end - p > 2 && p[0] == '0' && base_of(p[1])) {
		base = base_of(p[1]);
		p += 2;
	}
	if (p == end)
		return OTA_E_VALUE;
	status = read_digits(p, end, base, &number->magnitude);
	/* A leading zero is no octal number: only zero itself may have one. */
	if (base == 10 && *p == '0' && (number->magnitude || status))
		return OTA_E_VALUE;
	if (!number->magnitude && !status)
		number->negative = false;
	return status;
}

enum ota_status ota_number_parse(const char *text, size_t size, uint64_t *value)
{
	struct ota_number number;
	uint64_t unit = 1;
	enum ota_status status;

	if (size && (text[size - 1] | 0x20) == 'k')
		unit = 1 << 10;
	else if (size && (text[size - 1] | 0x20) == 'm')
		unit = 1 << 20;
	status = ota_number_read(text, size - (unit > 1), &number);
	if (status)
		return status;
	if (number.negative)
		return OTA_E_VALUE;
	if (number.magnitude > UINT64_MAX / unit)
		return OTA_E_FULL;
	*value = number.magnitude * unit;
	return OTA_OK;
}
