/* SPDX-License-Identifier: MIT */
/* net_faults.h - a network that drops, doubles and reorders frames, or is unplugged, by options */
#ifndef BOARD_NET_FAULTS_H
#define BOARD_NET_FAULTS_H

#include <stddef.h>
#include <stdint.h>

#include "firmware/port/qemu-sifive_u/gem.h"

/* One direction. */
struct net_faults {
	uint32_t seed;
	size_t late_size; /* of the frame that waits for the next one; 0: none */
	uint8_t late[GEM_FRAME_MAX];
};

typedef void net_sink_fn(const uint8_t *frame, size_t size);

void net_faults_begin(struct net_faults *faults, uint32_t seed);

/* Hand the frame to `sink`: not at all, once, twice, or after the next one. */
void net_faults_pass(struct net_faults *faults, const uint8_t *frame, size_t size,
		     net_sink_fn *sink);

#endif
