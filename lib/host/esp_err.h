/* SPDX-License-Identifier: MIT */
/* esp_err.h - error codes of ESP-IDF and mbedTLS in words
 *
 * Codes: ESP-IDF v5.5 to v6.1, the headers named in each row; mbedTLS 3.6 (where 2.28 means something
 * else by the number, the row says so). ESP-IDF's are positive but ESP_FAIL, mbedTLS's negative. */
#ifndef OTA_HOST_ESP_ERR_H
#define OTA_HOST_ESP_ERR_H

#include "lib/status.h"

struct ota_error {
	int32_t code;
	const char *name; /* "ESP_ERR_OTA_VALIDATE_FAILED" */
	const char *meaning, *causes, *advice; /* full sentences */
	const char *source; /* the upstream file that defines it, or returns it */
};

/* Both end with a row without a name (esp_err_table.c, mbedtls_err.c). */
extern const struct ota_error ota_esp_errors[], ota_mbedtls_errors[];

/* The error of a number, as logs print it: signed, or the same 32 bits unsigned. A positive number
 * that is none of ESP-IDF's is tried as mbedTLS's without its sign. NULL: not known. */
const struct ota_error *ota_error_by_code(int64_t code);

/* The error called `name` (`size` bytes), in any case, with or without ESP_ERR_ or MBEDTLS_ERR_.
 * NULL: not known. */
const struct ota_error *ota_error_by_name(const char *name, size_t size);

/* The family that a number outside the tables belongs to: "Wi-Fi driver"; NULL: none. */
const char *ota_error_family(int64_t code);

/* The first error that a line of a log names or numbers ("ESP_ERR_NO_MEM", "(0x104)", "err=0x1503",
 * "returned -0x7200"); NULL: none. A bare number counts only after a word that announces one. */
const struct ota_error *ota_error_in_line(const char *line, size_t size);

#endif
