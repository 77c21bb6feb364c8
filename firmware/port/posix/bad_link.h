/* SPDX-License-Identifier: MIT */
/* bad_link.h - a network between the client and an emulated device: slow, and its connections break
 *
 * Only what arrives is held back or lost; all connections share the link. */
#ifndef OTA_POSIX_BAD_LINK_H
#define OTA_POSIX_BAD_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ota_bad_link {
	uint32_t rate; /* bytes a second; 0: any */
	uint32_t drop_after; /* bytes after which a connection breaks */
	uint32_t drops; /* as many connections still will */

	uint32_t since; /* ms: up to when `allowed` was counted */
	uint32_t allowed; /* bytes that may arrive now */
};

/* How many of `size` bytes of a connection that brought `before` bytes may arrive now. */
size_t ota_bad_link_allow(struct ota_bad_link *link, uint32_t now_ms, uint32_t before, size_t size);

/* They arrived: *before grows. true: the connection breaks. */
bool ota_bad_link_breaks(struct ota_bad_link *link, uint32_t *before, size_t size);

#endif
