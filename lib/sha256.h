/* SPDX-License-Identifier: MIT */
/* sha256.h - SHA-256: one interface, one implementation per build, chosen at link time
 *
 * The host links lib/host/sha256_openssl.c, firmware firmware/port/common/sha256.c or its chip's. */
#ifndef OTA_SHA256_H
#define OTA_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define OTA_SHA256_SIZE 32

/* Words of the implementation's state; a build whose implementation needs more defines it. */
#ifndef OTA_SHA256_WORDS
#define OTA_SHA256_WORDS 13
#endif

struct ota_sha256 {
	uint64_t state[OTA_SHA256_WORDS];
};

void ota_sha256_begin(struct ota_sha256 *sha);
void ota_sha256_feed(struct ota_sha256 *sha, const void *data, size_t size);
void ota_sha256_finish(struct ota_sha256 *sha, uint8_t digest[static OTA_SHA256_SIZE]);

#endif
