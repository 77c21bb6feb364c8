/* SPDX-License-Identifier: MIT */
/* hmac.h - HMAC-SHA-256 (RFC 2104) with keys of 32 bytes, and what secrets need besides */
#ifndef OTA_HMAC_H
#define OTA_HMAC_H

#include <stdbool.h>

#include "lib/sha256.h"

#define OTA_KEY_SIZE 32u /* bytes of every key */
#define OTA_MAC_SIZE OTA_SHA256_SIZE

struct ota_hmac {
	struct ota_sha256 sha;
	uint8_t key[OTA_KEY_SIZE];
};

void ota_hmac_begin(struct ota_hmac *hmac, const uint8_t key[static OTA_KEY_SIZE]);
void ota_hmac_feed(struct ota_hmac *hmac, const void *data, size_t size);

/* The MAC of what was fed; *hmac is wiped. */
void ota_hmac_finish(struct ota_hmac *hmac, uint8_t mac[static OTA_MAC_SIZE]);

/* Are both the same? Takes the same time wherever they differ. */
bool ota_secret_same(const void *a, const void *b, size_t size);

/* Set to zero, also where the compiler sees no reader left. */
void ota_wipe(void *data, size_t size);

#endif
