/* SPDX-License-Identifier: MIT */
/* sign.h - secure boot signatures on OpenSSL: verifying (needs ota_crypto()) */
#ifndef OTA_HOST_SIGN_H
#define OTA_HOST_SIGN_H

#include "lib/host/source.h"
#include "lib/sha256.h"
#include "lib/sigblock.h"

struct ota_key;

/* Read a key: PEM, public or private, or the 64 bytes X, Y of secure boot v1. OTA_E_MAGIC: it is no
 * key; OTA_E_DEVICE: it is encrypted; OTA_E_VALUE: neither RSA-3072 nor P-192, P-256, P-384. */
OTA_MUST_CHECK enum ota_status ota_key_read(const void *data, size_t size, struct ota_key **key);
void ota_key_free(struct ota_key *key);

/* What it signs with. */
enum ota_scheme ota_key_scheme(const struct ota_key *key);

/* What stands behind a signed content. */
struct ota_signatures {
	unsigned version; /* 0: nothing; 1, 2 */
	uint32_t content; /* bytes that are signed */
	uint8_t raw[OTA_SIGBLOCKS_MAX * OTA_SIGBLOCK_SIZE];
	enum ota_status status[OTA_SIGBLOCKS_MAX]; /* of ota_sigblock_decode */
	struct ota_sigblock blocks[OTA_SIGBLOCKS_MAX]; /* where the status is OTA_OK */
	bool digest_ok[OTA_SIGBLOCKS_MAX]; /* the stored digest is that of the content */
	uint8_t sha256[OTA_SHA256_SIZE], sha384[48]; /* of the content */
};

/* Read the signatures at `content`: version 1, a block of 68 bytes, or 2, a sector of 4096. */
OTA_MUST_CHECK enum ota_status ota_signatures_read(const struct ota_source *source,
						   unsigned version, uint32_t content,
						   struct ota_signatures *signatures);

/* The number of a block that this key signed, -1: none. */
int ota_signatures_verify(const struct ota_signatures *signatures, const struct ota_key *key);

/* SHA-256 of a block's public key, as devices hold it. */
void ota_sigblock_key_digest(const struct ota_sigblock *block,
			     uint8_t digest[static OTA_SHA256_SIZE]);

#endif
