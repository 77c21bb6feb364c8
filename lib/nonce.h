/* SPDX-License-Identifier: MIT */
/* nonce.h - numbers that are good once and for two minutes, without memory for those given out
 *
 *	off  size  field
 *	  0     8  counter, big-endian, from 1
 *	  8     8  issued at, ms since start, big-endian
 *	 16    16  the first half of HMAC(key of this start, counter | issued at)
 *
 * A nonce that was given out needs no memory: its MAC tells. Those used up are remembered in a
 * window of 64 behind the newest one, older ones count as used. Only a verified signature uses one
 * up, so that strangers cannot. */
#ifndef OTA_NONCE_H
#define OTA_NONCE_H

#include "lib/hmac.h"

#define OTA_NONCE_SIZE 32u /* bytes */
#define OTA_NONCE_MS 120000u /* how long one is good */

struct ota_nonces {
	uint8_t key[OTA_KEY_SIZE];
	uint64_t issued; /* the counter of the last one given out */
	uint64_t newest; /* the highest one used up */
	uint64_t used; /* bit k: newest - k is used up */
};

/* `key` must differ at each start. */
void ota_nonces_begin(struct ota_nonces *nonces, const uint8_t key[static OTA_KEY_SIZE]);

/* Give out the next one; `now_ms` since start. */
void ota_nonce_issue(struct ota_nonces *nonces, uint64_t now_ms,
		     uint8_t raw[static OTA_NONCE_SIZE]);

/* Was it given out here, less than OTA_NONCE_MS ago, and not used up? */
bool ota_nonce_good(const struct ota_nonces *nonces, uint64_t now_ms,
		    const uint8_t raw[static OTA_NONCE_SIZE]);

/* Was it given out after all that are used up? */
bool ota_nonce_newest(const struct ota_nonces *nonces, const uint8_t raw[static OTA_NONCE_SIZE]);

/* Use up one that is good. */
void ota_nonce_use(struct ota_nonces *nonces, const uint8_t raw[static OTA_NONCE_SIZE]);

#endif
