/* SPDX-License-Identifier: MIT */
/* cursor.h - bounds-checked little-endian reading and writing
 *
 * A cursor remembers its first failure and stays put from then on: decode a whole record,
 * look at `failed` once. Reads after a failure yield zero, writes do nothing. */
#ifndef OTA_CURSOR_H
#define OTA_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ota_reader {
	const uint8_t *base;
	size_t size;
	size_t pos; /* next byte */
	bool failed;
};

struct ota_writer {
	uint8_t *base;
	size_t size;
	size_t pos;
	bool failed;
};

static inline struct ota_reader ota_reader(const void *data, size_t size)
{
	return (struct ota_reader){ .base = data, .size = size };
}

static inline struct ota_writer ota_writer(void *data, size_t size)
{
	return (struct ota_writer){ .base = data, .size = size };
}

/* The next n bytes, or NULL if fewer than n are left. */
const uint8_t *ota_get_span(struct ota_reader *r, size_t n);
void ota_get_bytes(struct ota_reader *r, void *out, size_t n);
uint8_t ota_get_u8(struct ota_reader *r);
uint16_t ota_get_u16(struct ota_reader *r);
uint32_t ota_get_u32(struct ota_reader *r);

/* Room for n bytes, or NULL if fewer are left. */
uint8_t *ota_put_span(struct ota_writer *w, size_t n);
void ota_put_bytes(struct ota_writer *w, const void *data, size_t n);
void ota_put_fill(struct ota_writer *w, uint8_t byte, size_t n);
void ota_put_u8(struct ota_writer *w, uint8_t v);
void ota_put_u16(struct ota_writer *w, uint16_t v);
void ota_put_u32(struct ota_writer *w, uint32_t v);

#endif
