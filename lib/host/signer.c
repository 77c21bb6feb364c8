/* SPDX-License-Identifier: MIT */
#include "lib/host/signer.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/http_sig.h"

/* Until the device has given out one: well formed, and good for nothing but a 401 with a good one. */
static const char no_nonce[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

#define NAME_SIZE 32u

/* Names in lower case, as signatures have them. */
struct names {
	char names[OTA_FIELDS_MAX][NAME_SIZE];
};

const char *ota_request_value(const struct ota_request *request, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < request->field_count; i++)
		if (strncasecmp(request->fields[i], name, n) == 0 &&
		    strncmp(request->fields[i] + n, ": ", 2) == 0)
			return request->fields[i] + n + 2;
	return NULL;
}

void ota_digest_print(const void *data, size_t size, char text[static OTA_DIGEST_TEXT_SIZE])
{
	uint8_t digest[OTA_SHA256_SIZE];
	char base64[OTA_BASE64_SIZE(OTA_SHA256_SIZE) + 1];
	struct ota_sha256 sha;

	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, data, size);
	ota_sha256_finish(&sha, digest);
	ota_base64_print(digest, sizeof(digest), base64);
	base64[sizeof(base64) - 1] = '\0';
	snprintf(text, OTA_DIGEST_TEXT_SIZE, "sha-256=:%s:", base64);
}

/* What is signed of the request as it will be sent. */
static void rebuild(const struct ota_request *request, char length[static 24], struct names *names,
		    struct ota_sig_message *message)
{
	ota_sig_request(message, request->method, request->target);
	if (strcmp(request->method, "GET") != 0) {
		snprintf(length, 24, "%zu", request->size);
		ota_sig_field(message, "content-length", length);
	}
	for (size_t i = 0; i < request->field_count; i++) {
		const char *colon = strstr(request->fields[i], ": ");
		size_t n = colon ? (size_t)(colon - request->fields[i]) : NAME_SIZE;

		if (n >= NAME_SIZE)
			continue;
		for (size_t k = 0; k < n; k++)
			names->names[i][k] = (char)tolower((unsigned char)request->fields[i][k]);
		names->names[i][n] = '\0';
		ota_sig_field(message, names->names[i], colon + 2);
	}
}

static enum ota_status sign(void *ctx, struct ota_request *request, const char *nonce)
{
	struct ota_key_signer *signer = ctx;
	char length[24], challenge[OTA_BASE64_SIZE(OTA_CHALLENGE_SIZE) + 1];
	char input[OTA_SIG_INPUT_MAX], signature[OTA_SIG_TEXT_SIZE];
	uint8_t random[OTA_CHALLENGE_SIZE], mac[OTA_MAC_SIZE];
	struct ota_sig_params params = { 0 };
	struct ota_sig_message message;
	struct names names;

	if (!ota_request_value(request, "OTA-Challenge")) {
		if (ota_random(random, sizeof(random)))
			return OTA_E_SYSTEM;
		ota_base64_print(random, sizeof(random), challenge);
		challenge[sizeof(challenge) - 1] = '\0';
		ota_request_field(request, "OTA-Challenge: :%s:", challenge);
	}
	if (strlen(nonce) != OTA_SIG_NONCE_SIZE)
		nonce = no_nonce;
	memcpy(params.nonce, nonce, sizeof(params.nonce));
	memcpy(params.keyid, signer->key.id, sizeof(params.keyid));
	rebuild(request, length, &names, &message);
	if (!ota_sig_print_input(&message, &params, input, sizeof(input)))
		return OTA_E_FULL;
	ota_sig_mac(&message, &params, signer->key.key, mac);
	ota_sig_print(mac, signature);
	ota_request_field(request, "Signature-Input: %s", input);
	ota_request_field(request, "Signature: %s", signature);
	return OTA_OK;
}

/* CRCs of blocks are hints: what they make of the image is judged by its digest. */
static bool may_lack_digest(const struct ota_request *request)
{
	return strncmp(request->target, OTA_PATH "/image/blocks?", 21) == 0;
}

static bool is_content_signed(const struct ota_request *request, const struct ota_answer *answer)
{
	char digest[OTA_DIGEST_TEXT_SIZE];

	if (!answer->digest[0])
		return !answer->size || may_lack_digest(request);
	ota_digest_print(answer->content ? answer->content : "", answer->size, digest);
	return strcmp(digest, answer->digest) == 0;
}

static enum ota_status verify(void *ctx, const struct ota_request *request,
			      const struct ota_answer *answer)
{
	const struct ota_key_signer *signer = ctx;
	const struct ota_push_key *key =
		signer->expects && answer->status == 200 ? &signer->answer_key : &signer->key;
	uint8_t mac[OTA_MAC_SIZE], said[OTA_MAC_SIZE];
	struct ota_sig_params params;
	struct ota_sig_message message;
	char status[12];

	snprintf(status, sizeof(status), "%u", answer->status);
	ota_sig_answer(&message, status, answer->state, answer->digest[0] ? answer->digest : NULL,
		       ota_request_value(request, "Signature"));
	if (!ota_sig_parse_input(&message, answer->signature_input, &params) ||
	    !ota_sig_parse(answer->signature, said) || strcmp(params.keyid, key->id) != 0)
		return OTA_E_CHECKSUM;
	ota_sig_mac(&message, &params, key->key, mac);
	return ota_secret_same(mac, said, sizeof(mac)) && is_content_signed(request, answer)
		     ? OTA_OK
		     : OTA_E_CHECKSUM;
}

void ota_key_signer_begin(struct ota_key_signer *signer, const struct ota_push_key *key)
{
	memset(signer, 0, sizeof(*signer));
	signer->signer = (struct ota_signer){ signer, sign, verify };
	signer->key = *key;
}
