/* SPDX-License-Identifier: MIT */
#include "firmware/port/posix/inflate.h"

#include <string.h>
#include <zlib.h>

#define WINDOW_BITS 12

static z_stream stream;
static bool open;

static void end(void *ctx)
{
	(void)ctx;
	if (open)
		inflateEnd(&stream);
	open = false;
}

static bool begin(void *ctx)
{
	end(ctx);
	memset(&stream, 0, sizeof(stream));
	open = inflateInit2(&stream, WINDOW_BITS) == Z_OK;
	return open;
}

static enum ota_inflate_result feed(void *ctx, struct ota_inflate_io *io)
{
	int result;

	(void)ctx;
	stream.next_in = (z_const Bytef *)io->in;
	stream.avail_in = (uInt)io->in_left;
	stream.next_out = io->out;
	stream.avail_out = (uInt)io->out_left;
	result = inflate(&stream, Z_NO_FLUSH);
	io->in = stream.next_in;
	io->in_left = stream.avail_in;
	io->out = stream.next_out;
	io->out_left = stream.avail_out;
	if (result == Z_STREAM_END)
		return OTA_INFLATE_END;
	return result == Z_OK || result == Z_BUF_ERROR ? OTA_INFLATE_MORE : OTA_INFLATE_DAMAGED;
}

const struct ota_inflate ota_inflate_zlib = {
	.window = 1u << WINDOW_BITS, .begin = begin, .feed = feed, .end = end
};
