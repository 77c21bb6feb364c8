/* SPDX-License-Identifier: MIT */
#include "lib/nonce.h"

#include <string.h>

#define PLAIN_SIZE 16u /* counter and time */
#define WINDOW 64u

static void put_big(uint8_t raw[static 8], uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		raw[i] = (uint8_t)(value >> (56 - 8 * i));
}

static uint64_t get_big(const uint8_t raw[static 8])
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++)
		value = value << 8 | raw[i];
	return value;
}

static void authenticate(const struct ota_nonces *nonces, const uint8_t *raw,
			 uint8_t mac[static OTA_MAC_SIZE])
{
	struct ota_hmac hmac;

	ota_hmac_begin(&hmac, nonces->key);
	ota_hmac_feed(&hmac, raw, PLAIN_SIZE);
	ota_hmac_finish(&hmac, mac);
}

void ota_nonces_begin(struct ota_nonces *nonces, const uint8_t key[static OTA_KEY_SIZE])
{
	memset(nonces, 0, sizeof(*nonces));
	memcpy(nonces->key, key, OTA_KEY_SIZE);
}

void ota_nonce_issue(struct ota_nonces *nonces, uint64_t now_ms, uint8_t raw[static OTA_NONCE_SIZE])
{
	uint8_t mac[OTA_MAC_SIZE];

	put_big(raw, ++nonces->issued);
	put_big(raw + 8, now_ms);
	authenticate(nonces, raw, mac);
	memcpy(raw + PLAIN_SIZE, mac, OTA_NONCE_SIZE - PLAIN_SIZE);
}

static bool is_used(const struct ota_nonces *nonces, uint64_t counter)
{
	uint64_t behind = nonces->newest - counter;

	if (counter > nonces->newest)
		return false;
	return behind >= WINDOW || (nonces->used >> behind & 1);
}

bool ota_nonce_good(const struct ota_nonces *nonces, uint64_t now_ms,
		    const uint8_t raw[static OTA_NONCE_SIZE])
{
	uint8_t mac[OTA_MAC_SIZE];

	authenticate(nonces, raw, mac);
	return ota_secret_same(mac, raw + PLAIN_SIZE, OTA_NONCE_SIZE - PLAIN_SIZE) &&
	       now_ms - get_big(raw + 8) < OTA_NONCE_MS && !is_used(nonces, get_big(raw));
}

bool ota_nonce_newest(const struct ota_nonces *nonces, const uint8_t raw[static OTA_NONCE_SIZE])
{
	return get_big(raw) > nonces->newest;
}

void ota_nonce_use(struct ota_nonces *nonces, const uint8_t raw[static OTA_NONCE_SIZE])
{
	uint64_t counter = get_big(raw);

	if (counter > nonces->newest) {
		uint64_t ahead = counter - nonces->newest;

		nonces->used = ahead < WINDOW ? nonces->used << ahead : 0;
		nonces->newest = counter;
	}
	nonces->used |= UINT64_C(1) << (nonces->newest - counter);
}
