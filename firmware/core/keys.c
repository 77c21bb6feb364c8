/* SPDX-License-Identifier: MIT */
/* keys.c - GET keys, PUT and DELETE keys/0 and keys/1
 *
 * A new key comes as new key XOR HMAC(signing key, "otatool wrap" | challenge), signed by the key in
 * slot 0, which may so replace itself; the answer is signed by the new one. A receiver without any key
 * takes one as it is, for slot 0, while somebody is at the device. */
#include <string.h>

#include "firmware/core/core.h"
#include "firmware/core/fields.h"
#include "lib/push_key.h"
#include "lib/text.h"

static void refuse(struct ota_conn *conn, enum ota_error error, const char *detail)
{
	ota_answer_error(conn, error, detail, OTA_NO_PLACE);
}

static bool holds(const struct ota_receiver *rx, unsigned slot)
{
	uint8_t key[OTA_KEY_SIZE];
	bool found = ota_key_get(rx, slot, key);

	ota_wipe(key, sizeof(key));
	return found;
}

/* The id of the key in `slot`; NULL: there is none. */
static const char *id_of(const struct ota_receiver *rx, unsigned slot,
			 char id[static OTA_KEY_ID_SIZE + 1])
{
	uint8_t key[OTA_KEY_SIZE];

	if (!ota_key_get(rx, slot, key))
		return NULL;
	ota_key_id(key, id);
	ota_wipe(key, sizeof(key));
	return id;
}

static void answer(struct ota_conn *conn)
{
	struct ota_line line = ota_answer_begin(conn);
	char first[OTA_KEY_ID_SIZE + 1], second[OTA_KEY_ID_SIZE + 1];

	ota_line_print(&line, "{'keys':[%j,%j]}\n", id_of(conn->rx, 0, first),
		       id_of(conn->rx, 1, second));
	ota_answer_end(conn, &line);
}

void ota_keys_begin(struct ota_conn *conn)
{
	answer(conn);
}

/* The slot is the target's last character. */
static uint8_t slot_of(const struct ota_conn *conn)
{
	const char *target = ota_http_target(&conn->head);

	return target[ota_text_size(target) - 1] == '1';
}

/* The first key of all: taken from whoever stands at the device. */
static bool is_claim(const struct ota_conn *conn)
{
	const struct ota_device *device = conn->rx->port->device;

	return slot_of(conn) == 0 && !holds(conn->rx, 0) && !holds(conn->rx, 1) &&
	       device->presence && device->presence(device->ctx);
}

/* Only the key in slot 0 changes keys; false: it was answered. */
static bool may_change(struct ota_conn *conn)
{
	enum ota_error error = OTA_ERR_NONE;

	if (!conn->rx->port->keys)
		error = OTA_ERR_KEY;
	else if (conn->sign.signer == 1)
		error = OTA_ERR_RIGHTS;
	else if (conn->sign.signer == OTA_SIGNER_NONE)
		error = holds(conn->rx, 0) || holds(conn->rx, 1) ? OTA_ERR_UNSIGNED
								 : OTA_ERR_NO_KEY;
	if (error)
		refuse(conn, error, NULL);
	return !error;
}

/* Is the content what was signed? Then it becomes the key that it means. */
static bool unwrap(struct ota_conn *conn)
{
	uint8_t key[OTA_KEY_SIZE], challenge[OTA_CHALLENGE_SIZE];
	uint8_t digest[OTA_SHA256_SIZE], said[OTA_SHA256_SIZE];
	const char *text = ota_http_field(&conn->head, "content-digest");
	struct ota_sha256 sha;

	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, conn->u.key, OTA_KEY_SIZE);
	ota_sha256_finish(&sha, digest);
	if (!text || !ota_parse_digest(text, said) || memcmp(said, digest, sizeof(said)) != 0) {
		refuse(conn, OTA_ERR_CONTENT_DIGEST, NULL);
		return false;
	}
	if (conn->sign.signer != OTA_SIGNER_NONE && ota_parse_challenge(conn, challenge) &&
	    ota_key_get(conn->rx, conn->sign.signer, key)) {
		ota_key_wrap(key, challenge, conn->u.key);
		ota_wipe(key, sizeof(key));
	}
	return true;
}

static void step_store(struct ota_conn *conn);

/* What the key in `slot` has let in, and is still arriving, ends with it. */
static void shut_out(const struct ota_conn *conn, unsigned slot)
{
	struct ota_receiver *rx = conn->rx;

	for (unsigned i = 0; i < rx->conn_count; i++) {
		struct ota_conn *other = &rx->conns[i];

		if (other != conn && other->sign.signer == slot &&
		    (other->state == OTA_CONN_BODY || other->step == step_store))
			refuse(other, OTA_ERR_KEY, "its key was changed");
	}
}

/* Store it, in a step: this may write flash. Who might claim may not any more, perhaps. */
static void step_store(struct ota_conn *conn)
{
	const struct ota_keys *keys = conn->rx->port->keys;
	uint8_t *new = conn->u.key, slot = slot_of(conn), other[OTA_KEY_SIZE];
	bool same, failed;

	if ((!is_claim(conn) && !may_change(conn)) || !unwrap(conn)) {
		ota_wipe(new, OTA_KEY_SIZE);
		return;
	}
	same = ota_key_get(conn->rx, !slot, other) && ota_secret_same(other, new, sizeof(other));
	failed = !same && keys->set(keys->ctx, slot, new) != 0;
	ota_wipe(other, sizeof(other));
	ota_wipe(new, OTA_KEY_SIZE);
	if (!same)
		shut_out(conn, slot);
	if (conn->sign.signer != OTA_SIGNER_NONE && !same && !failed)
		conn->sign.signer = slot;
	if (same)
		refuse(conn, OTA_ERR_KEY, "it is the other slot's");
	else if (failed)
		refuse(conn, OTA_ERR_FLASH, "key store");
	else
		answer(conn);
}

static size_t take(struct ota_conn *conn, const uint8_t *data, size_t size)
{
	size_t n = size < conn->left ? size : conn->left;

	memcpy(conn->u.key + OTA_KEY_SIZE - conn->left, data, n);
	conn->left -= (uint32_t)n;
	if (!conn->left) {
		conn->state = OTA_CONN_WORK;
		conn->step = step_store;
	}
	return n;
}

void ota_key_put_begin(struct ota_conn *conn)
{
	if (!is_claim(conn) && !may_change(conn))
		return;
	if (conn->left != OTA_KEY_SIZE) {
		refuse(conn, OTA_ERR_CONTENT, "a key has 32 bytes");
		return;
	}
	conn->take = take;
	conn->moved = 0;
	conn->since = conn->rx->now;
	conn->state = OTA_CONN_BODY;
}

static void step_delete(struct ota_conn *conn)
{
	const struct ota_keys *keys = conn->rx->port->keys;

	if (keys->set(keys->ctx, 1, NULL) != 0)
		refuse(conn, OTA_ERR_FLASH, "key store");
	else
		answer(conn);
	shut_out(conn, 1);
}

/* The key that signs is in slot 0 and stays, and so is never the last one. */
void ota_key_delete_begin(struct ota_conn *conn)
{
	if (!may_change(conn))
		return;
	if (slot_of(conn) == 0) {
		refuse(conn, OTA_ERR_KEY, "the key that signs stays");
		return;
	}
	conn->state = OTA_CONN_WORK;
	conn->step = step_delete;
}
