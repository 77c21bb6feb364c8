/* SPDX-License-Identifier: MIT */
/* Any data, packed for a window that the first byte chooses: zlib unpacks them to the same. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/host/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t packed[131072], out[131072];
	z_stream stream = { 0 };
	size_t n;
	int bits;

	if (!size || size - 1 > sizeof(packed))
		return 0;
	bits = 8 + data[0] % 8;
	data++;
	size--;
	n = ota_pack(data, size, 1u << bits, packed);
	if (!n)
		return 0;
	if (n >= size || inflateInit2(&stream, bits) != Z_OK)
		abort();
	stream.next_in = packed;
	stream.avail_in = (uInt)n;
	stream.next_out = out;
	stream.avail_out = sizeof(out);
	if (inflate(&stream, Z_FINISH) != Z_STREAM_END || stream.total_out != size ||
	    stream.total_in != n || memcmp(out, data, size) != 0)
		abort();
	inflateEnd(&stream);
	return 0;
}
