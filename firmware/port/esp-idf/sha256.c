/* SPDX-License-Identifier: MIT */
/* sha256.c - lib/sha256.h by the chip's hardware, as mbed TLS drives it */
#include "lib/sha256.h"

#include <string.h>

#include "esp_idf_version.h"

#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 0, 0)
#include "psa/crypto.h"

_Static_assert(sizeof(struct ota_sha256) >= sizeof(psa_hash_operation_t), "OTA_SHA256_WORDS");

static psa_hash_operation_t *operation(struct ota_sha256 *sha)
{
	return (psa_hash_operation_t *)(void *)sha->state;
}

/* psa_crypto_init() was called at start; a failing digest matches nothing. */
void ota_sha256_begin(struct ota_sha256 *sha)
{
	memset(sha, 0, sizeof(*sha));
	(void)psa_hash_setup(operation(sha), PSA_ALG_SHA_256);
}

void ota_sha256_feed(struct ota_sha256 *sha, const void *data, size_t size)
{
	(void)psa_hash_update(operation(sha), data, size);
}

void ota_sha256_finish(struct ota_sha256 *sha, uint8_t digest[static OTA_SHA256_SIZE])
{
	size_t size = 0;

	if (psa_hash_finish(operation(sha), digest, OTA_SHA256_SIZE, &size) != PSA_SUCCESS)
		memset(digest, 0, OTA_SHA256_SIZE);
}
#else
#include "mbedtls/sha256.h"

_Static_assert(sizeof(struct ota_sha256) >= sizeof(mbedtls_sha256_context), "OTA_SHA256_WORDS");

static mbedtls_sha256_context *context(struct ota_sha256 *sha)
{
	return (mbedtls_sha256_context *)(void *)sha->state;
}

void ota_sha256_begin(struct ota_sha256 *sha)
{
	mbedtls_sha256_init(context(sha));
	(void)mbedtls_sha256_starts(context(sha), 0);
}

void ota_sha256_feed(struct ota_sha256 *sha, const void *data, size_t size)
{
	(void)mbedtls_sha256_update(context(sha), data, size);
}

/* A failing digest matches nothing. */
void ota_sha256_finish(struct ota_sha256 *sha, uint8_t digest[static OTA_SHA256_SIZE])
{
	if (mbedtls_sha256_finish(context(sha), digest))
		memset(digest, 0, OTA_SHA256_SIZE);
	mbedtls_sha256_free(context(sha));
}
#endif
