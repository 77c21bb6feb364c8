/* SPDX-License-Identifier: MIT */
#include "lib/hmac.h"

#include <string.h>

#define BLOCK_SIZE 64u

/* One pad of the key: it alone fills the hash's first block. */
static void feed_pad(struct ota_hmac *hmac, uint8_t pad)
{
	uint8_t block[BLOCK_SIZE];

	for (size_t i = 0; i < BLOCK_SIZE; i++)
		block[i] = i < OTA_KEY_SIZE ? hmac->key[i] ^ pad : pad;
	ota_sha256_begin(&hmac->sha);
	ota_sha256_feed(&hmac->sha, block, sizeof(block));
	ota_wipe(block, sizeof(block));
}

void ota_hmac_begin(struct ota_hmac *hmac, const uint8_t key[static OTA_KEY_SIZE])
{
	memcpy(hmac->key, key, OTA_KEY_SIZE);
	feed_pad(hmac, 0x36);
}

void ota_hmac_feed(struct ota_hmac *hmac, const void *data, size_t size)
{
	ota_sha256_feed(&hmac->sha, data, size);
}

void ota_hmac_finish(struct ota_hmac *hmac, uint8_t mac[static OTA_MAC_SIZE])
{
	uint8_t inner[OTA_SHA256_SIZE];

	ota_sha256_finish(&hmac->sha, inner);
	feed_pad(hmac, 0x5C);
	ota_sha256_feed(&hmac->sha, inner, sizeof(inner));
	ota_sha256_finish(&hmac->sha, mac);
	ota_wipe(hmac, sizeof(*hmac));
	ota_wipe(inner, sizeof(inner));
}

bool ota_secret_same(const void *a, const void *b, size_t size)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t differing = 0;

	for (size_t i = 0; i < size; i++)
		differing |= (uint8_t)(x[i] ^ y[i]);
	return differing == 0;
}

void ota_wipe(void *data, size_t size)
{
	volatile uint8_t *bytes = data;

	while (size--)
		*bytes++ = 0;
}
