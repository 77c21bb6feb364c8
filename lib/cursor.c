/* SPDX-License-Identifier: MIT */
#include "lib/cursor.h"

#include <string.h>

const uint8_t *ota_get_span(struct ota_reader *r, size_t n)
{
	const uint8_t *p = r->base + r->pos;

	if (r->failed || n > r->size - r->pos) {
		r->failed = true;
		return NULL;
	}
	r->pos += n;
	return p;
}

void ota_get_bytes(struct ota_reader *r, void *out, size_t n)
{
	const uint8_t *p = ota_get_span(r, n);

	if (p)
		memcpy(out, p, n);
	else
		memset(out, 0, n);
}

uint8_t ota_get_u8(struct ota_reader *r)
{
	const uint8_t *p = ota_get_span(r, 1);

	return p ? p[0] : 0;
}

uint16_t ota_get_u16(struct ota_reader *r)
{
	const uint8_t *p = ota_get_span(r, 2);

	return p ? (uint16_t)((unsigned)p[0] | (unsigned)p[1] << 8) : 0;
}

uint32_t ota_get_u32(struct ota_reader *r)
{
	const uint8_t *p = ota_get_span(r, 4);

	return p ? (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
			       (uint32_t)p[3] << 24
		 : 0;
}

uint8_t *ota_put_span(struct ota_writer *w, size_t n)
{
	uint8_t *p = w->base + w->pos;

	if (w->failed || n > w->size - w->pos) {
		w->failed = true;
		return NULL;
	}
	w->pos += n;
	return p;
}

void ota_put_bytes(struct ota_writer *w, const void *data, size_t n)
{
	uint8_t *p = ota_put_span(w, n);

	if (p)
		memcpy(p, data, n);
}

void ota_put_fill(struct ota_writer *w, uint8_t byte, size_t n)
{
	uint8_t *p = ota_put_span(w, n);

	if (p)
		memset(p, byte, n);
}

void ota_put_u8(struct ota_writer *w, uint8_t v)
{
	ota_put_bytes(w, &v, 1);
}

void ota_put_u16(struct ota_writer *w, uint16_t v)
{
	uint8_t raw[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	ota_put_bytes(w, raw, sizeof(raw));
}

void ota_put_u32(struct ota_writer *w, uint32_t v)
{
	uint8_t raw[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	ota_put_bytes(w, raw, sizeof(raw));
}
