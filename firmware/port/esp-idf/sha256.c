/* SPDX-License-Identifier: MIT */
/* sha256.c - lib/sha256.h by the chip's hardware, as mbed TLS drives it
 *
 * On the ESP32 a digest that has begun may hold the hardware until its end. Where the receiver drops
 * one, as that of an upload that broke off, the hardware is given back: the last word of an open digest
 * says that it is one. */
#include "lib/sha256.h"

#include <string.h>

#include "esp_idf_version.h"
#include "port.h"

#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 0, 0)
#include "psa/crypto.h"

typedef psa_hash_operation_t context_type;

/* psa_crypto_init() was called at start. */
static void begin(context_type *context)
{
	(void)psa_hash_setup(context, PSA_ALG_SHA_256);
}

static void feed(context_type *context, const void *data, size_t size)
{
	(void)psa_hash_update(context, data, size);
}

static bool finish(context_type *context, uint8_t *digest)
{
	size_t size = 0;

	return psa_hash_finish(context, digest, OTA_SHA256_SIZE, &size) == PSA_SUCCESS;
}

static void release(context_type *context)
{
	(void)psa_hash_abort(context);
}
#else
#include "mbedtls/sha256.h"

typedef mbedtls_sha256_context context_type;

static void begin(context_type *context)
{
	mbedtls_sha256_init(context);
	(void)mbedtls_sha256_starts(context, 0);
}

static void feed(context_type *context, const void *data, size_t size)
{
	(void)mbedtls_sha256_update(context, data, size);
}

static bool finish(context_type *context, uint8_t *digest)
{
	return mbedtls_sha256_finish(context, digest) == 0;
}

static void release(context_type *context)
{
	mbedtls_sha256_free(context);
}
#endif

_Static_assert(sizeof(context_type) <= (OTA_SHA256_WORDS - 1) * sizeof(uint64_t),
	       "OTA_SHA256_WORDS");

static context_type *context_of(struct ota_sha256 *sha)
{
	return (context_type *)(void *)sha->state;
}

static uint64_t *mark_of(struct ota_sha256 *sha)
{
	return &sha->state[OTA_SHA256_WORDS - 1];
}

static uint64_t open_mark(const struct ota_sha256 *sha)
{
	return UINT64_C(0x4F70656E20646967) ^ (uintptr_t)sha;
}

void ota_esp_sha256_drop(struct ota_sha256 *sha)
{
	if (*mark_of(sha) != open_mark(sha))
		return;
	release(context_of(sha));
	*mark_of(sha) = 0;
}

void ota_sha256_begin(struct ota_sha256 *sha)
{
	ota_esp_sha256_drop(sha);
	memset(sha, 0, sizeof(*sha));
	begin(context_of(sha));
	*mark_of(sha) = open_mark(sha);
}

void ota_sha256_feed(struct ota_sha256 *sha, const void *data, size_t size)
{
	feed(context_of(sha), data, size);
}

/* A failing digest matches nothing. */
void ota_sha256_finish(struct ota_sha256 *sha, uint8_t digest[static OTA_SHA256_SIZE])
{
	if (*mark_of(sha) != open_mark(sha) || !finish(context_of(sha), digest))
		memset(digest, 0, OTA_SHA256_SIZE);
	ota_esp_sha256_drop(sha);
}
