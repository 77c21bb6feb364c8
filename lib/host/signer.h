/* SPDX-License-Identifier: MIT */
/* signer.h - the owner of a key at the client's end: signs requests, believes signed answers only */
#ifndef OTA_HOST_SIGNER_H
#define OTA_HOST_SIGNER_H

#include "lib/host/client.h"
#include "lib/host/keys.h"

struct ota_key_signer {
	struct ota_signer signer; /* for struct ota_client; its ctx is this */
	struct ota_push_key key; /* of the device */
	struct ota_push_key answer_key; /* what the next answer is signed with, if `expects` */
	bool expects; /* the request that follows changes the key */
};

/* Sign with `key`, a device's. `signer` stays where it is. Wipe it with ota_wipe(). */
void ota_key_signer_begin(struct ota_key_signer *signer, const struct ota_push_key *key);

/* A field's value of a request, as it was signed; NULL: not there. */
const char *ota_request_value(const struct ota_request *request, const char *name);

/* "sha-256=:BASE64:" of `size` bytes. */
#define OTA_DIGEST_TEXT_SIZE 56u
void ota_digest_print(const void *data, size_t size, char text[static OTA_DIGEST_TEXT_SIZE]);

#endif
