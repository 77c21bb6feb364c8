/* SPDX-License-Identifier: MIT */
/* keystore.h - two keys and a count of starts in two sectors of NOR flash, for ports without a store
 *
 * A sector holds 64 records of 64 bytes, little-endian:
 *
 *   off  size  field
 *     0     4  kind     enum keystore_kind, 0xFFFFFFFF: free
 *     4     4  value    generation, number of starts; 1 with a key, 0 where it was deleted
 *     8    32  key
 *    40     4  crc      CRC-32 of the 40 bytes before
 *    44    20  0xFF
 *
 * The first record of a sector gives its generation and is written last; the sector with the higher
 * one counts, and in it the last whole record of each kind. A full sector is copied to the other.
 * So a change is there or not, wherever the power fails. */
#ifndef KEYSTORE_H
#define KEYSTORE_H

#include "firmware/core/ota_port.h"

#define KEYSTORE_SIZE 8192u /* bytes of flash, at a multiple of 4096 */

struct keystore {
	const struct ota_flash *flash;
	uint32_t addr;
	unsigned current, used; /* sector 0 or 1, and records in it that are not free */
	uint32_t generation, starts;
	bool present[2];
	uint8_t keys[2][OTA_KEY_SIZE];
};

/* Read the store at `addr`, and count this start. 0, or an error of the flash. A blank store is an
 * empty one. `flash` stays the caller's. */
int keystore_begin(struct keystore *store, const struct ota_flash *flash, uint32_t addr);

/* The two functions of struct ota_keys; `ctx` is the store. */
bool keystore_get(void *ctx, unsigned slot, uint8_t key[static OTA_KEY_SIZE]);
int keystore_set(void *ctx, unsigned slot, const uint8_t *key);

#endif
