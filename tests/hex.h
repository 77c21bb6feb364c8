/* SPDX-License-Identifier: MIT */
/* hex.h - bytes written as hex text in test tables */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* The bytes of `text` (pairs of hex digits), at most `room`; how many there are. */
static inline size_t unhex(const char *text, uint8_t *out, size_t room)
{
	size_t n = 0;

	for (; text[0] && text[1]; text += 2) {
		const char pair[3] = { text[0], text[1], '\0' };

		if (n < room)
			out[n] = (uint8_t)strtoul(pair, NULL, 16);
		n++;
	}
	return n;
}

#endif
