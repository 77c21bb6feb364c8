/* SPDX-License-Identifier: MIT */
#pragma once
/* The decoder in ROM, by zlib. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>
typedef struct {
	z_stream z;
	bool open;
} tinfl_decompressor;
typedef enum {
	TINFL_STATUS_FAILED = -1,
	TINFL_STATUS_DONE = 0,
	TINFL_STATUS_NEEDS_MORE_INPUT = 1,
	TINFL_STATUS_HAS_MORE_OUTPUT = 2,
} tinfl_status;
#define TINFL_FLAG_PARSE_ZLIB_HEADER 1u
#define TINFL_FLAG_HAS_MORE_INPUT 2u
#define TINFL_FLAG_COMPUTE_ADLER32 8u
#define tinfl_init(decoder) memset((decoder), 0, sizeof(*(decoder)))
tinfl_status tinfl_decompress(tinfl_decompressor *decoder, const uint8_t *in, size_t *in_size,
			      uint8_t *out_start, uint8_t *out, size_t *out_size, uint32_t flags);
