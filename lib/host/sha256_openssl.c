/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "lib/host/crypto_load.h"
#include "lib/sha256.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct ota_sha256), "the state fits");

static const struct ota_crypto *need(void)
{
	const struct ota_crypto *crypto = ota_crypto();

	if (!crypto)
		abort();
	return crypto;
}

void ota_sha256_begin(struct ota_sha256 *sha)
{
	need()->SHA256_Init((SHA256_CTX *)sha->state);
}

void ota_sha256_feed(struct ota_sha256 *sha, const void *data, size_t size)
{
	need()->SHA256_Update((SHA256_CTX *)sha->state, data, size);
}

void ota_sha256_finish(struct ota_sha256 *sha, uint8_t digest[static OTA_SHA256_SIZE])
{
	need()->SHA256_Final(digest, (SHA256_CTX *)sha->state);
}
