/* SPDX-License-Identifier: MIT */
#include "lib/host/esp_err.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/host/number.h"

static const struct ota_error *find_code(const struct ota_error *row, int64_t code)
{
	for (; row->name; row++)
		if (row->code == code)
			return row;
	return NULL;
}

/* Logs print negative codes as 32 bits too: 0xffff8e00 is -0x7200. */
static int64_t sign(int64_t code)
{
	return code > INT32_MAX && code <= UINT32_MAX ? code - UINT32_MAX - 1 : code;
}

const struct ota_error *ota_error_by_code(int64_t code)
{
	const struct ota_error *found;

	code = sign(code);
	found = find_code(ota_esp_errors, code);
	if (found)
		return found;
	return find_code(ota_mbedtls_errors, code > 0 ? -code : code);
}

/* Is `name` (`size` bytes) `whole`, or `whole` after the prefix? */
static bool is_name(const char *whole, const char *prefix, const char *name, size_t size)
{
	size_t n = strlen(prefix);

	if (strlen(whole) == size && strncasecmp(whole, name, size) == 0)
		return true;
	return strncmp(whole, prefix, n) == 0 && strlen(whole + n) == size &&
	       strncasecmp(whole + n, name, size) == 0;
}

const struct ota_error *ota_error_by_name(const char *name, size_t size)
{
	for (const struct ota_error *row = ota_esp_errors; row->name; row++)
		if (is_name(row->name, row->code > 0 ? "ESP_ERR_" : "ESP_", name, size))
			return row;
	for (const struct ota_error *row = ota_mbedtls_errors; row->name; row++)
		if (is_name(row->name, "MBEDTLS_ERR_", name, size) ||
		    is_name(row->name + strlen("MBEDTLS_"), "ERR_", name, size))
			return row;
	return NULL;
}

const char *ota_error_family(int64_t code)
{
	static const struct {
		int64_t low, high;
		const char *text;
	} families[] = {
		{ 0x100, 0x1FF, "general codes of ESP-IDF" },
		{ 0x1100, 0x11FF, "NVS, the settings in flash" },
		{ 0x1200, 0x12FF, "the ULP coprocessor" },
		{ 0x1500, 0x15FF, "OTA updates" },
		{ 0x1600, 0x16FF, "eFuses" },
		{ 0x2000, 0x20FF, "app images" },
		{ 0x3000, 0x3FFF, "Wi-Fi" },
		{ 0x4000, 0x4FFF, "Wi-Fi mesh" },
		{ 0x5000, 0x5FFF, "network interfaces" },
		{ 0x6000, 0x6FFF, "flash" },
		{ 0x7000, 0x700F, "the HTTP client" },
		{ 0x8000, 0x80FF, "TLS connections" },
		{ 0x9000, 0x90FF, "updates over HTTPS" },
		{ 0xB000, 0xB0FF, "the HTTP server" },
		{ 0xC000, 0xC0FF, "cryptographic hardware" },
		{ 0xD000, 0xD0FF, "memory protection" },
		{ 0xE000, 0xE0FF, "TCP transport" },
		{ -0x7FFF, -0x5000, "TLS in mbedTLS" },
		{ -0x30FF, -0x2080, "certificates in mbedTLS" },
		{ -0x7F, -0x42, "sockets and random numbers in mbedTLS" },
	};

	code = sign(code);
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (code >= families[i].low && code <= families[i].high)
			return families[i].text;
	return NULL;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Does one of the words that announce an error stand in the bytes before `at`? */
static bool is_announced(const char *line, size_t at)
{
	static const char *const words[] = { "err", "fail", "return", "code" };
	size_t from = at > 32 ? at - 32 : 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		for (size_t k = from; k + strlen(words[i]) <= at; k++)
			if (strncasecmp(line + k, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

/* The error whose number is the word at `at`, a minus before it included. */
static const struct ota_error *read_code(const char *line, size_t at, size_t size)
{
	struct ota_number number;
	bool minus = at > 0 && line[at - 1] == '-';
	int64_t code;

	if (ota_number_read(line + at, size, &number) || number.magnitude > UINT32_MAX)
		return NULL;
	code = minus ? -(int64_t)number.magnitude : (int64_t)number.magnitude;
	if (!code || code == -1 || (code > 0 && code < 0x101) || !is_announced(line, at))
		return NULL;
	return ota_error_by_code(code);
}

const struct ota_error *ota_error_in_line(const char *line, size_t size)
{
	const struct ota_error *found = NULL;

	for (size_t at = 0; at < size && !found;) {
		size_t end = at;

		while (end < size && is_word(line[end]))
			end++;
		if (end - at > 8 && (strncmp(line + at, "ESP_ERR_", 8) == 0 ||
				     strncmp(line + at, "MBEDTLS_", 8) == 0))
			found = ota_error_by_name(line + at, end - at);
		else if (end > at && isdigit((unsigned char)line[at]))
			found = read_code(line, at, end - at);
		at = end > at ? end : at + 1;
	}
	return found;
}
