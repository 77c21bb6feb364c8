/* SPDX-License-Identifier: MIT */
/* inflate.h - the receiver's decoder of deflate, on zlib */
#ifndef OTA_POSIX_INFLATE_H
#define OTA_POSIX_INFLATE_H

#include "firmware/core/ota_port.h"

/* Windows up to 4 KiB; one stream in the process at a time. */
extern const struct ota_inflate ota_inflate_zlib;

#endif
