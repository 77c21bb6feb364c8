/* SPDX-License-Identifier: MIT */
/* inflate.c - the zlib decoder that every chip has in ROM (tinfl) */
#include <stdlib.h>
#include <string.h>

#include "miniz.h"
#include "port.h"
#include "sdkconfig.h"

/* tinfl keeps its window in the buffer it writes to, a power of two; a stream may ask for less. */
#define WINDOW CONFIG_OTATOOL_WINDOW

_Static_assert((WINDOW & (WINDOW - 1)) == 0, "OTATOOL_WINDOW is a power of two");

static struct {
	tinfl_decompressor *decoder;
	uint8_t *window;
	size_t made, taken; /* bytes of the window that are made, and that were handed out */
	tinfl_status status;
} state;

static void inflate_end(void *ctx)
{
	(void)ctx;
	free(state.decoder);
	free(state.window);
	memset(&state, 0, sizeof(state));
}

static bool inflate_begin(void *ctx)
{
	inflate_end(ctx);
	state.decoder = malloc(sizeof(*state.decoder));
	state.window = malloc(WINDOW);
	if (!state.decoder || !state.window) {
		inflate_end(ctx);
		return false;
	}
	tinfl_init(state.decoder);
	state.status = TINFL_STATUS_NEEDS_MORE_INPUT;
	return true;
}

/* Hand out what the window holds. */
static void give(struct ota_inflate_io *io)
{
	size_t n = state.made - state.taken;

	n = n < io->out_left ? n : io->out_left;
	memcpy(io->out, state.window + state.taken % WINDOW, n);
	io->out += n;
	io->out_left -= n;
	state.taken += n;
}

static enum ota_inflate_result inflate_feed(void *ctx, struct ota_inflate_io *io)
{
	(void)ctx;
	for (;;) {
		size_t in = io->in_left, place = state.made % WINDOW, out = WINDOW - place;

		give(io);
		if (state.taken < state.made)
			return OTA_INFLATE_MORE;
		if (state.status == TINFL_STATUS_DONE)
			return OTA_INFLATE_END;
		if (!in && state.status == TINFL_STATUS_NEEDS_MORE_INPUT)
			return OTA_INFLATE_MORE;
		state.status = tinfl_decompress(
			state.decoder, io->in, &in, state.window, state.window + place, &out,
			TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_HAS_MORE_INPUT |
				TINFL_FLAG_COMPUTE_ADLER32);
		io->in += in;
		io->in_left -= in;
		state.made += out;
		if (state.status < TINFL_STATUS_DONE)
			return OTA_INFLATE_DAMAGED;
	}
}

const struct ota_inflate ota_esp_inflate = {
	.window = WINDOW,
	.begin = inflate_begin,
	.feed = inflate_feed,
	.end = inflate_end,
};
