/* SPDX-License-Identifier: MIT */
/* tool_pack IMAGE...: what a push of each would send, in thousandths of its size */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/host/pack.h"

#define FIRST 65536u
#define PART 131072u
#define WINDOW 4096u

/* Does zlib make the part of it again? */
static bool is_same(const uint8_t *packed, size_t size, const uint8_t *data, size_t n)
{
	static uint8_t again[PART];
	z_stream stream = { 0 };
	int result;

	if (inflateInit2(&stream, 12) != Z_OK)
		return false;
	stream.next_in = (z_const Bytef *)(uintptr_t)packed;
	stream.avail_in = (uInt)size;
	stream.next_out = again;
	stream.avail_out = sizeof(again);
	result = inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	return result == Z_STREAM_END && stream.total_out == n && memcmp(again, data, n) == 0;
}

/* 0: a part was not what it had been. */
static size_t packed_size(const uint8_t *data, size_t size)
{
	static uint8_t out[PART];
	size_t sum = 0, n;

	for (size_t at = 0; at < size; at += n) {
		size_t end = at ? (at / PART + 1) * PART : FIRST, packed;

		n = (end < size ? end : size) - at;
		packed = ota_pack(data + at, n, WINDOW, out);
		if (packed && !is_same(out, packed, data + at, n))
			return 0;
		sum += packed ? packed : n;
	}
	return sum;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		static uint8_t data[16u << 20];
		size_t size = file ? fread(data, 1, sizeof(data), file) : 0;
		size_t packed = size ? packed_size(data, size) : 0;

		if (file)
			fclose(file);
		if (!packed)
			return 1;
		printf("%zu %s\n", packed * 1000 / size, argv[i]);
	}
	return 0;
}
