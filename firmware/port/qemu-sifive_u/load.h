/* SPDX-License-Identifier: MIT */
/* load.h - an app image in flash: judge it, bring it to RAM, start it */
#ifndef BOARD_LOAD_H
#define BOARD_LOAD_H

#include <stdbool.h>

#include "lib/image.h"

struct load {
	uint32_t entry;
	unsigned count;
	struct ota_segment segments[OTA_SEGMENTS_MAX];
};

/* Does the image at `addr`, `room` bytes at most, verify as lib/image.c has it for an ESP32-C3? */
bool load_verify(struct load *load, uint32_t addr, uint32_t room);

/* Copy its segments to RAM; false: flash fails, or one lies outside map.h's windows. */
bool load_copy(const struct load *load, uint32_t addr);

_Noreturn void load_start(const struct load *load);

#endif
