/* SPDX-License-Identifier: MIT */
#include "lib/host/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE (32u << 10)

enum ota_status ota_source_read(const struct ota_source *source, uint32_t offset, void *out,
				uint32_t size)
{
	uint8_t *p = out;

	if (source->data) {
		if (offset > source->size || size > source->size - offset)
			return OTA_E_SHORT;
		memcpy(out, source->data + offset, size);
		return OTA_OK;
	}
	while (size) {
		ssize_t n = pread(source->fd, p, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? OTA_E_SYSTEM : OTA_E_SHORT;
		p += n;
		offset += (uint32_t)n;
		size -= (uint32_t)n;
	}
	return OTA_OK;
}

enum ota_status ota_source_feed(const struct ota_source *source, const uint32_t span[2],
				ota_take_fn *take, void *ctx)
{
	uint32_t offset = span[0];
	uint8_t *piece;
	enum ota_status status = OTA_OK;

	if (source->data) {
		take(ctx, source->data + offset, span[1] - offset);
		return OTA_OK;
	}
	piece = malloc(PIECE);
	if (!piece)
		return OTA_E_MEMORY;
	while (offset < span[1] && !status) {
		uint32_t n = span[1] - offset < PIECE ? span[1] - offset : PIECE;

		status = ota_source_read(source, offset, piece, n);
		if (!status)
			take(ctx, piece, n);
		offset += n;
	}
	free(piece);
	return status;
}
