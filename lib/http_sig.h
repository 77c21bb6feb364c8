/* SPDX-License-Identifier: MIT */
/* http_sig.h - signed requests and answers: HTTP Message Signatures (RFC 9421), hmac-sha256
 *
 * The parties have no choice of what a signature covers, so the text that is signed is rebuilt from
 * the message and compared, never parsed. Of a request:
 *
 *	"@method": PUT
 *	"@path": /ota/v1/image
 *	"@query": ?			as sent with its '?', which stands alone if there is none
 *	"ota-challenge": :BASE64:	16 random bytes of the client
 *	each that is sent of content-length, content-digest, content-encoding, then
 *	every other field whose name begins with ota-, sorted by name
 *	"@signature-params": (the names in this order);nonce="N";keyid="K";alg="hmac-sha256";tag="otatool-request"
 *
 * lines end with LF but for the last; N is 32 bytes of base64 that the device gave out. The answer:
 *
 *	"@status": 200
 *	"ota-state": ...
 *	"content-digest": ...		if it is sent
 *	"signature";req: ota=:BASE64:	the request's Signature field
 *	"@signature-params": (...);keyid="K";alg="hmac-sha256";tag="otatool-answer"
 *
 * Both are sent as Signature-Input: ota=(...);... and Signature: ota=:BASE64: */
#ifndef OTA_HTTP_SIG_H
#define OTA_HTTP_SIG_H

#include "lib/base64.h"
#include "lib/hmac.h"
#include "lib/nonce.h"
#include "lib/push_key.h"

#define OTA_SIG_PARTS_MAX 18u /* that one signature can cover */
#define OTA_SIG_INPUT_MAX 512u /* bytes of a Signature-Input value with its NUL */
#define OTA_SIG_TEXT_SIZE (6u + OTA_BASE64_SIZE(OTA_MAC_SIZE) + 1u) /* Signature value, NUL */
#define OTA_SIG_NONCE_SIZE OTA_BASE64_SIZE(OTA_NONCE_SIZE) /* characters */

/* One line of what is signed. */
struct ota_sig_part {
	const char *name; /* in lower case */
	const char *value;
	uint16_t size; /* bytes of the value */
};

/* What is signed; its strings stay the caller's. */
struct ota_sig_message {
	struct ota_sig_part parts[OTA_SIG_PARTS_MAX];
	uint8_t count;
	bool answer;
	bool full; /* a part more than fits: it cannot be signed */
};

/* The parameters that are not fixed. */
struct ota_sig_params {
	char nonce[OTA_SIG_NONCE_SIZE + 1]; /* of a request */
	char keyid[OTA_KEY_ID_SIZE + 1];
};

/* Begin a request; `target` as on its first line. Then add every field that is sent, in any order,
 * each once: those that a signature does not cover are passed over. */
void ota_sig_request(struct ota_sig_message *message, const char *method, const char *target);
void ota_sig_field(struct ota_sig_message *message, const char *name, const char *value);

/* Begin an answer: `status` three digits, `state` the OTA-State value, `digest` the Content-Digest
 * value or NULL, `signature` the Signature value of the request. */
void ota_sig_answer(struct ota_sig_message *message, const char *status, const char *state,
		    const char *digest, const char *signature);

/* The Signature-Input value, NUL-terminated; its size, 0: it does not fit. */
size_t ota_sig_print_input(const struct ota_sig_message *message,
			   const struct ota_sig_params *params, char *out, size_t room);

/* Is `text` the Signature-Input value that this message must have? Then *params is what it holds. */
bool ota_sig_parse_input(const struct ota_sig_message *message, const char *text,
			 struct ota_sig_params *params);

/* The MAC under `key`. */
void ota_sig_mac(const struct ota_sig_message *message, const struct ota_sig_params *params,
		 const uint8_t key[static OTA_KEY_SIZE], uint8_t mac[static OTA_MAC_SIZE]);

/* The Signature value, both ways. */
void ota_sig_print(const uint8_t mac[static OTA_MAC_SIZE], char out[static OTA_SIG_TEXT_SIZE]);
bool ota_sig_parse(const char *text, uint8_t mac[static OTA_MAC_SIZE]);

#endif
