/* SPDX-License-Identifier: MIT */
/* text_decode.h - text files as UTF-8, and Unicode's notion of lines and blanks */
#ifndef OTA_HOST_TEXT_DECODE_H
#define OTA_HOST_TEXT_DECODE_H

#include "lib/status.h"

/* UTF-8, UTF-16 or UTF-32 by its byte order mark, UTF-8 without one, as terminated UTF-8.
 * On success the caller frees *text. OTA_E_VALUE: no such text, diag->offset says where;
 * OTA_E_MEMORY. */
OTA_MUST_CHECK enum ota_status ota_text_decode(const uint8_t *data, size_t size, char **text,
					       size_t *text_size, struct ota_diag *diag);

/* The length of the line at `text` and, in *next, of line and terminator, as Python's
 * splitlines() cuts them: LF, CR, CRLF, VT, FF, 0x1C to 0x1E, U+0085, U+2028, U+2029. */
size_t ota_text_line(const char *text, size_t size, size_t *next);

/* Take Unicode white space off both ends. */
void ota_text_strip(const char **text, size_t *size);

/* Is `data` valid UTF-8? */
bool ota_text_is_utf8(const uint8_t *data, size_t size);

#endif
