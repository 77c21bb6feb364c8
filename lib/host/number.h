/* SPDX-License-Identifier: MIT */
/* number.h - the only place that turns digits into numbers
 *
 * Numbers are what Python's int(text, 0) reads, in ASCII: decimal without leading zeros, 0x, 0o, 0b,
 * single underscores between digits, an optional sign, blanks around (gen_esp32part.py v5.5). */
#ifndef OTA_HOST_NUMBER_H
#define OTA_HOST_NUMBER_H

#include "lib/status.h"

/* A magnitude with its sign; -0 is 0. */
struct ota_number {
	uint64_t magnitude;
	bool negative;
};

/* One number without K or M. OTA_E_VALUE: no number; OTA_E_FULL: a number over 64 bits. */
OTA_MUST_CHECK enum ota_status ota_number_read(const char *text, size_t size,
					       struct ota_number *number);

/* A number as options take it: unsigned, K and M allowed at its end. OTA_E_VALUE, OTA_E_FULL. */
OTA_MUST_CHECK enum ota_status ota_number_parse(const char *text, size_t size, uint64_t *value);

#endif
