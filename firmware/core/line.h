/* SPDX-License-Identifier: MIT */
/* line.h - text put together in memory of fixed size */
#ifndef OTA_CORE_LINE_H
#define OTA_CORE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ota_line {
	char *text; /* not terminated */
	uint16_t room, used; /* bytes; what does not fit is left out and `used` stays */
};

/* Add `format`, in which ' stands for " and these for arguments:
 *
 *	%s  const char *	as it is
 *	%j  const char *	a JSON string of at most 64 characters, what is not 0x20..0x7e and
 *				" \ < as \u00XX; NULL: null
 *	%u  uint32_t		decimal
 *	%o  uint32_t		decimal; OTA_NO_PLACE: null
 *	%b  bool		true or false
 *	%x  const uint8_t *	8 bytes in hexadecimal
 *	%d  const uint8_t *	a digest, 32 bytes in hexadecimal, in quotation marks; NULL: null
 *	%c  int			a slot or factory, in quotation marks; OTA_CHOICE_NONE: null */
void ota_line_print(struct ota_line *line, const char *format, ...);

#endif
