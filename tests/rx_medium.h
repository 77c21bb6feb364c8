/* SPDX-License-Identifier: MIT */
/* rx_medium.h - what is between the receiver and its flash: nothing, or a port's own file */
#ifndef TESTS_RX_MEDIUM_H
#define TESTS_RX_MEDIUM_H

#include "firmware/port/posix/nor.h"

struct rx_medium {
	const char *name; /* no dot in it */
	/* Let nor->flash be the port's; NULL: it is the model's. */
	void (*attach)(struct ota_nor *nor);
	/* Between what the device reads and what flash holds, `size` bytes at `addr`: as a programmer at
	 * the bench does it. NULL: they are the same. */
	void (*seal)(uint8_t *flash, uint32_t addr, const void *data, size_t size);
	void (*unseal)(const uint8_t *flash, uint32_t addr, void *data, size_t size);
};

/* tests/idf/fake.c: the model itself, the ESP-IDF port upon it, and that with flash encryption. */
#define RX_MEDIA 3u
extern const struct rx_medium rx_media[RX_MEDIA];

#endif
