/* SPDX-License-Identifier: MIT */
/* tool_pack IMAGE...: what a push of each would send, in thousandths of its size */
#include <stdio.h>
#include <stdlib.h>

#include "lib/host/pack.h"

#define FIRST 65536u
#define PART 131072u

static size_t packed_size(const uint8_t *data, size_t size)
{
	static uint8_t out[PART];
	size_t sum = 0, n;

	for (size_t at = 0; at < size; at += n) {
		size_t end = at ? (at / PART + 1) * PART : FIRST, packed;

		n = (end < size ? end : size) - at;
		packed = ota_pack(data + at, n, 4096, out);
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

		if (!size)
			return 1;
		fclose(file);
		printf("%zu %s\n", packed_size(data, size) * 1000 / size, argv[i]);
	}
	return 0;
}
