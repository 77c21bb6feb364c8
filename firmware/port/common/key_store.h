/* SPDX-License-Identifier: MIT */
/* key_store.h - the two keys in two sectors of flash, for ports that have no storage of their own
 *
 * Each sector may hold one record of everything; the valid one with the higher sequence counts. A
 * change writes the other sector, reads it back and erases the old record, so a power cut leaves one
 * of the two.
 *
 *	off  size  field
 *	  0     4  magic, "OKEY"
 *	  4     4  sequence
 *	  8     8  starts counted
 *	 16     4  bit k: slot k holds a key
 *	 20    64  the keys
 *	 84     4  CRC-32 of bytes 0 to 83
 *	 88     8  0xFF
 *
 * Numbers are little-endian. */
#ifndef OTA_PORT_KEY_STORE_H
#define OTA_PORT_KEY_STORE_H

#include "firmware/core/ota_port.h"

#define OTA_KEY_STORE_SIZE 8192u /* bytes: two sectors */

struct ota_key_store {
	const struct ota_flash *flash;
	uint32_t addr; /* of OTA_KEY_STORE_SIZE bytes */
	bool counts; /* random bytes are not to be trusted: count the starts */
};

/* The port struct for it; *store stays the caller's. */
struct ota_keys ota_key_store_port(struct ota_key_store *store);

#endif
