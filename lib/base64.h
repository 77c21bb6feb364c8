/* SPDX-License-Identifier: MIT */
/* base64.h - base64 of RFC 4648, padded, one text for each value: no bit left over, no white space */
#ifndef OTA_BASE64_H
#define OTA_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters that `size` bytes become, without a NUL. */
#define OTA_BASE64_SIZE(size) (((size) + 2u) / 3u * 4u)

/* Write OTA_BASE64_SIZE(size) characters to `text`, no NUL. */
void ota_base64_print(const void *data, size_t size, char *text);

/* Read `size` bytes from the OTA_BASE64_SIZE(size) characters at `text`; what follows is not looked
 * at, a NUL among them is no character of base64. False: malformed, and `out` is unspecified. */
bool ota_base64_parse(const char *text, void *out, size_t size);

#endif
