/* SPDX-License-Identifier: MIT */
/* md5.h - MD5 (RFC 1321): the partition table's integrity digest, no security */
#ifndef OTA_MD5_H
#define OTA_MD5_H

#include <stddef.h>
#include <stdint.h>

#define OTA_MD5_SIZE 16

/* Digest of `size` bytes in one go. */
void ota_md5(const void *data, size_t size, uint8_t digest[static OTA_MD5_SIZE]);

#endif
