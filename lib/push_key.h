/* SPDX-License-Identifier: MIT */
/* push_key.h - the keys of push: their names, one a device out of one a fleet, and their change
 *
 *	key id	the first 16 hex digits of the key's SHA-256
 *	device	HMAC(fleet key, "otatool push v1" | device id)
 *	wrap	new key XOR HMAC(signing key, "otatool wrap" | challenge) */
#ifndef OTA_PUSH_KEY_H
#define OTA_PUSH_KEY_H

#include "lib/hmac.h"

#define OTA_KEY_ID_SIZE 16u /* characters, without a NUL */
#define OTA_CHALLENGE_SIZE 16u /* bytes, random for each request */

/* The id of `key`, NUL-terminated. */
void ota_key_id(const uint8_t key[static OTA_KEY_SIZE], char id[static OTA_KEY_ID_SIZE + 1]);

/* The key of the device called `id` in the fleet of `fleet`. */
void ota_key_derive(const uint8_t fleet[static OTA_KEY_SIZE], const char *id,
		    uint8_t key[static OTA_KEY_SIZE]);

/* Wrap or unwrap `key` in place: doing it twice gives it back. */
void ota_key_wrap(const uint8_t signer[static OTA_KEY_SIZE],
		  const uint8_t challenge[static OTA_CHALLENGE_SIZE],
		  uint8_t key[static OTA_KEY_SIZE]);

#endif
