/* SPDX-License-Identifier: MIT */
/* source.h - bytes that are read where they are needed: a file, or memory */
#ifndef OTA_HOST_SOURCE_H
#define OTA_HOST_SOURCE_H

#include "lib/status.h"

struct ota_source {
	int fd; /* of a file that can be read at any place; not used where data is set */
	const uint8_t *data;
	uint32_t size; /* bytes */
};

/* Read `size` bytes from `offset` on. OTA_E_SYSTEM; OTA_E_SHORT: there are fewer (of a file: it
 * became shorter). */
OTA_MUST_CHECK enum ota_status ota_source_read(const struct ota_source *source, uint32_t offset,
					       void *out, uint32_t size);

/* Give the bytes from `offset` to `end` to `take`, in pieces of up to 32 KiB; as above. */
typedef void ota_take_fn(void *ctx, const void *data, size_t size);
OTA_MUST_CHECK enum ota_status ota_source_feed(const struct ota_source *source,
					       const uint32_t span[2], ota_take_fn *take,
					       void *ctx);

#endif
