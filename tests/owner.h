/* SPDX-License-Identifier: MIT */
/* owner.h - a device in memory with two keys, and their owners, who sign what they send */
#ifndef TESTS_OWNER_H
#define TESTS_OWNER_H

#include "lib/http_sig.h"
#include "tests/rx.h"

static struct rx_world world;
static uint8_t image[RX_SLOT];
static size_t image_size;

static const uint8_t owner[32] = { 1, 2, 3 }, page[32] = { 4, 5, 6 }, stranger[32] = { 7, 8 };
static const uint8_t fresh[32] = { 9, 9, 9 };

static const struct app_recipe old_app = { "lamp", "1.0", OTA_CHIP_ESP32C3, 9000, 1, 1, false,
					   false,  0 };
static const struct app_recipe new_app = { "lamp", "2.0", OTA_CHIP_ESP32C3, 20000, 2, 1, false,
					   false,  0 };

static inline void store(unsigned slot, const uint8_t *key)
{
	assert_int_equal(world.emulator.keys.set(world.emulator.keys.ctx, slot, key), 0);
}

static inline bool holds(unsigned slot, const uint8_t *key)
{
	uint8_t found[32];

	return world.emulator.keys.get(world.emulator.keys.ctx, slot, found) &&
	       memcmp(found, key, 32) == 0;
}

/* A device that nobody but the owner and the page may change. */
static inline void begin(void)
{
	rx_begin(&world, RX_TWO);
	world.emulator.config.insecure = false;
	rx_put_app(&world, RX_TWO, 0, &old_app);
	rx_put_record(&world, 0, 1, OTA_STATE_VALID);
	image_size = make_app(&new_app, image);
	store(0, owner);
	store(1, page);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
}

/* The next nonce, as any answer brings it. */
static inline const char *get_nonce(void)
{
	static char nonce[OTA_SIG_NONCE_SIZE + 1];
	const char *at;

	assert_int_equal(rx_ask(&world, RX_GET("device"), "", 0), 200);
	at = strstr(world.answer, "OTA-Nonce: ");
	assert_non_null(at);
	snprintf(nonce, sizeof(nonce), "%.44s", at + 11);
	return nonce;
}

#define CHALLENGE ":oKGio6SlpqeoqaqrrK2urw==:"
static const uint8_t challenge[16] = { 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
				       0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF };

struct ask {
	const char *method, *target;
	const char *fields; /* "name: value\n...", names in lower case, each covered or not */
	const uint8_t *key;
	const char *keyid, *nonce; /* NULL: the key's, a fresh one */
};

/* The head of a request, signed; it stays until the next one. */
static inline char *sign(const struct ask *ask)
{
	static char head[2048], copy[1024];
	struct ota_sig_message message;
	struct ota_sig_params params = { 0 };
	char input[OTA_SIG_INPUT_MAX], signature[OTA_SIG_TEXT_SIZE];
	uint8_t mac[32];
	size_t n;

	snprintf(copy, sizeof(copy), "%s", ask->fields);
	n = (size_t)snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: localhost\r\n",
			     ask->method, ask->target);
	ota_sig_request(&message, ask->method, ask->target);
	ota_sig_field(&message, "ota-challenge", CHALLENGE);
	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
		char *colon = strstr(line, ": ");

		n += (size_t)snprintf(head + n, sizeof(head) - n, "%s\r\n", line);
		*colon = '\0';
		ota_sig_field(&message, line, colon + 2);
	}
	snprintf(params.nonce, sizeof(params.nonce), "%s", ask->nonce ? ask->nonce : get_nonce());
	ota_key_id(ask->key, params.keyid);
	if (ask->keyid)
		snprintf(params.keyid, sizeof(params.keyid), "%s", ask->keyid);
	assert_true(ota_sig_print_input(&message, &params, input, sizeof(input)));
	ota_sig_mac(&message, &params, ask->key, mac);
	ota_sig_print(mac, signature);
	snprintf(head + n, sizeof(head) - n,
		 "OTA-Challenge: %s\r\nSignature-Input: %s\r\nSignature: %s\r\n\r\n", CHALLENGE,
		 input, signature);
	return head;
}

static inline unsigned send(const struct ask *ask, const void *content, size_t size)
{
	return rx_ask(&world, sign(ask), content, size);
}

/* The whole image in one signed part, switch included. */
static inline struct ask upload(void)
{
	static char fields[512];
	char digest[64];

	snprintf(fields, sizeof(fields),
		 "content-length: %zu\nota-digest: %s\nota-length: %zu\nota-commit: switch\n",
		 image_size, rx_digest(image, image_size, digest), image_size);
	return (struct ask){ "PUT", "/ota/v1/image", fields, owner, NULL, NULL };
}

/* `head` with the first `from` in it as `to`; it stays until the next but one. */
static inline char *replace(const char *head, const char *from, const char *to)
{
	static char outs[2][2048];
	static unsigned turn;
	char *out = outs[turn++ % 2], whole[2048];
	const char *at;

	snprintf(whole, sizeof(whole), "%s", head);
	at = strstr(whole, from);
	assert_non_null(at);
	snprintf(out, sizeof(outs[0]), "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
	return out;
}

/* All at once, to a device that has slept since it last looked at its clock. */
static inline unsigned deliver(const char *head)
{
	struct ota_conn *conn = rx_open(&world);

	assert_int_equal(ota_conn_input(conn, head, strlen(head)), strlen(head));
	rx_run(&world, conn);
	ota_conn_close(conn);
	return (unsigned)strtoul(world.answer + strlen("HTTP/1.1 "), NULL, 10);
}

/* The head of a request for `key` in `slot`, signed by `signer`; `wrapped` is its content. */
static inline char *sign_key(unsigned slot, const uint8_t *key, const uint8_t *signer,
			     uint8_t wrapped[static 32])
{
	char fields[200], target[24], digest[64];
	struct ask ask = { "PUT", target, fields, signer, NULL, NULL };

	memcpy(wrapped, key, 32);
	ota_key_wrap(signer, challenge, wrapped);
	snprintf(target, sizeof(target), "/ota/v1/keys/%u", slot);
	snprintf(fields, sizeof(fields), "content-length: 32\ncontent-digest: %s\n",
		 rx_digest(wrapped, 32, digest));
	return sign(&ask);
}

static inline unsigned change_key(unsigned slot, const uint8_t *key)
{
	uint8_t wrapped[32];
	char *head = sign_key(slot, key, owner, wrapped);

	return rx_ask(&world, head, wrapped, 32);
}

static inline const char *claim_head(const uint8_t *key)
{
	static char head[300];
	char digest[64];

	snprintf(head, sizeof(head),
		 "PUT /ota/v1/keys/0 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 32\r\n"
		 "Content-Digest: %s\r\n\r\n",
		 rx_digest(key, 32, digest));
	return head;
}

static inline void begin_unclaimed(bool presence)
{
	begin();
	store(0, NULL);
	store(1, NULL);
	world.emulator.presence = presence;
}

#endif
