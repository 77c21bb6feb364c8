/* SPDX-License-Identifier: MIT */
#include "lib/host/pack.h"

#include <string.h>
#include <zlib.h>

static int window_bits(uint32_t window)
{
	int bits = 9;

	while (bits < 15 && 2u << bits <= window)
		bits++;
	return bits;
}

size_t ota_pack(const void *data, size_t size, uint32_t window, uint8_t *out)
{
	z_stream stream;
	size_t used = 0;

	memset(&stream, 0, sizeof(stream));
	if (deflateInit2(&stream, 9, Z_DEFLATED, window_bits(window), 9, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return 0;
	stream.next_in = (Bytef *)(uintptr_t)data; /* zlib does not write there */
	stream.avail_in = (uInt)size;
	stream.next_out = out;
	stream.avail_out = (uInt)size;
	if (deflate(&stream, Z_FINISH) == Z_STREAM_END)
		used = stream.total_out;
	deflateEnd(&stream);
	return used;
}
