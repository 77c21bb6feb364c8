/* SPDX-License-Identifier: MIT */
/* gem.h - the Cadence GEM, polled */
#ifndef BOARD_GEM_H
#define BOARD_GEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GEM_FRAME_MAX 1536u /* bytes */

void gem_begin(const uint8_t mac[static 6]);

/* Send a frame of at most GEM_FRAME_MAX bytes, from memory that is free again afterwards. */
void gem_send(const uint8_t *frame, size_t size);

/* Hand the next frame received to `take`, if there is one. */
bool gem_poll(void (*take)(const uint8_t *frame, size_t size));

/* Receive nothing more: what arrives from now on waits for the app that a restart brings. What was
 * received before is still to be polled. */
void gem_end(void);

#endif
