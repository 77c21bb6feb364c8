/* SPDX-License-Identifier: MIT */
#include "lib/push_key.h"

#include "lib/text.h"

void ota_key_id(const uint8_t key[static OTA_KEY_SIZE], char id[static OTA_KEY_ID_SIZE + 1])
{
	uint8_t digest[OTA_SHA256_SIZE];
	struct ota_sha256 sha;

	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, key, OTA_KEY_SIZE);
	ota_sha256_finish(&sha, digest);
	for (size_t i = 0; i < OTA_KEY_ID_SIZE; i++)
		id[i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 ? 0 : 4) & 15];
	id[OTA_KEY_ID_SIZE] = '\0';
	ota_wipe(&sha, sizeof(sha));
}

void ota_key_derive(const uint8_t fleet[static OTA_KEY_SIZE], const char *id,
		    uint8_t key[static OTA_KEY_SIZE])
{
	static const char purpose[] = "otatool push v1";
	struct ota_hmac hmac;

	ota_hmac_begin(&hmac, fleet);
	ota_hmac_feed(&hmac, purpose, sizeof(purpose) - 1);
	ota_hmac_feed(&hmac, id, ota_text_size(id));
	ota_hmac_finish(&hmac, key);
}

void ota_key_wrap(const uint8_t signer[static OTA_KEY_SIZE],
		  const uint8_t challenge[static OTA_CHALLENGE_SIZE],
		  uint8_t key[static OTA_KEY_SIZE])
{
	static const char purpose[] = "otatool wrap";
	uint8_t mask[OTA_KEY_SIZE];
	struct ota_hmac hmac;

	ota_hmac_begin(&hmac, signer);
	ota_hmac_feed(&hmac, purpose, sizeof(purpose) - 1);
	ota_hmac_feed(&hmac, challenge, OTA_CHALLENGE_SIZE);
	ota_hmac_finish(&hmac, mask);
	for (size_t i = 0; i < OTA_KEY_SIZE; i++)
		key[i] ^= mask[i];
	ota_wipe(mask, sizeof(mask));
}
