/* SPDX-License-Identifier: MIT */
/* pack.h - a part of an image as it goes over the wire: zlib format, window of a receiver */
#ifndef OTA_HOST_PACK_H
#define OTA_HOST_PACK_H

#include "lib/status.h"

/* Deflate `size` bytes as one zlib stream with a window of at most `window` bytes into `out`, which has
 * room for `size` bytes. Returns the bytes written; 0: it would not become smaller, the window is
 * under 256, or memory is short: send it plain. */
size_t ota_pack(const void *data, size_t size, uint32_t window, uint8_t *out);

#endif
