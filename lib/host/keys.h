/* SPDX-License-Identifier: MIT */
/* keys.h - push keys as people keep them: one line of text, and an image of ESP-IDF's NVS
 *
 *	otatool-key ID BASE64		a fleet's key: each device has one derived from it
 *	otatool-key ID BASE64 DEVICE	the key of one device alone
 *
 * ID is the first 16 hex digits of the key's SHA-256, BASE64 its 32 bytes. Lines that begin with #
 * and empty ones around it are passed over. */
#ifndef OTA_HOST_KEYS_H
#define OTA_HOST_KEYS_H

#include "lib/push_key.h"
#include "lib/status.h"

#define OTA_DEVICE_ID_MAX 64u /* characters of a device's id */
#define OTA_KEY_LINE_MAX (12u + OTA_KEY_ID_SIZE + 1u + 44u + 1u + OTA_DEVICE_ID_MAX + 2u)

struct ota_push_key {
	uint8_t key[OTA_KEY_SIZE];
	char id[OTA_KEY_ID_SIZE + 1];
	char device[OTA_DEVICE_ID_MAX + 1]; /* whose key it is; "": a fleet's */
};

/* Is it 1 to OTA_DEVICE_ID_MAX letters, digits and "-_."? */
bool ota_device_id_good(const char *id);

/* Random bytes of the system. OTA_E_SYSTEM. */
OTA_MUST_CHECK enum ota_status ota_random(void *out, size_t size);

/* A new fleet key. OTA_E_SYSTEM. */
OTA_MUST_CHECK enum ota_status ota_push_key_make(struct ota_push_key *key);

/* The key that `id` has in the fleet of `fleet`. */
void ota_push_key_derive(const struct ota_push_key *fleet, const char *id,
			 struct ota_push_key *key);

/* Read a key file's text. OTA_E_MAGIC: it holds no key; OTA_E_CHECKSUM: ID is not the key's;
 * OTA_E_VALUE: malformed, or more than one. */
OTA_MUST_CHECK enum ota_status ota_push_key_parse(const char *text, size_t size,
						  struct ota_push_key *key, struct ota_diag *diag);

/* The line, with LF and NUL. */
void ota_push_key_print(const struct ota_push_key *key, char line[static OTA_KEY_LINE_MAX]);

#define OTA_NVS_PAGE_SIZE 4096u
#define OTA_NVS_SIZE_MIN (3u * OTA_NVS_PAGE_SIZE)

#define OTA_NVS_NAME_MAX 15u /* characters of a namespace's name, and of a key's */
#define OTA_NVS_STRINGS_MAX 32u

struct ota_nvs_string {
	char space[OTA_NVS_NAME_MAX + 1]; /* not "otatool" */
	char key[OTA_NVS_NAME_MAX + 1];
	const char *value;
};

/* An NVS partition of `size` bytes (a multiple of 4096) that holds `key`, namespace "otatool", blob
 * "key0", where the receiver's ESP-IDF port looks, and at most OTA_NVS_STRINGS_MAX strings.
 * OTA_E_FULL: they do not fit into its first page. */
OTA_MUST_CHECK enum ota_status ota_nvs_build(const uint8_t key[static OTA_KEY_SIZE],
					     const struct ota_nvs_string *strings, size_t count,
					     uint8_t *out, size_t size);

#endif
