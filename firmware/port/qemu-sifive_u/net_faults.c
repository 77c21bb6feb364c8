/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "firmware/port/qemu-sifive_u/board.h"
#include "firmware/port/qemu-sifive_u/net_faults.h"

void net_faults_begin(struct net_faults *faults, uint32_t seed)
{
	memset(faults, 0, sizeof(*faults));
	faults->seed = seed * 2654435761u + 1;
}

/* Both directions at once, until the first restart at the latest. */
static bool unplugged(void)
{
	static bool is_out;
	static uint32_t since; /* ms */
	const struct board_options *options = &board_keep.options;

	if (!options->unplug || board_keep.restarts || board_keep.operations < options->unplug)
		return false;
	if (!is_out) {
		is_out = true;
		since = board_ms();
		board_print("board: unplugged\n");
	}
	return board_ms() - since < options->plug;
}

void net_faults_pass(struct net_faults *faults, const uint8_t *frame, size_t size,
		     net_sink_fn *sink)
{
	const struct board_options *options = &board_keep.options;
	uint32_t luck = board_draw(&faults->seed) >> 8;
	uint32_t place = luck % 100;
	size_t late_size = faults->late_size;

	if (unplugged() || place < options->drop)
		return;
	place -= options->drop;
	if (!late_size && place < options->late) {
		memcpy(faults->late, frame, size);
		faults->late_size = size;
		return;
	}
	sink(frame, size);
	if (place >= options->late && place - options->late < options->twice)
		sink(frame, size);
	if (late_size) {
		faults->late_size = 0;
		sink(faults->late, late_size);
	}
}
