/* SPDX-License-Identifier: MIT */
/* auth.c - who may change anything: the owner of a key, by signing (lib/http_sig.h)
 *
 * The key in slot 0 may do everything, the one in slot 1 all that a web page needs: not change keys,
 * and not choose what boots but by an upload. Without a key nothing can be changed.
 *
 * Requests of an OTA_INSECURE receiver need no signature, but must not be such that a web page can
 * make a browser send them. A browser asks before PUT and DELETE (OPTIONS, which gets 405), and
 * before a POST with one of the two fields below. */
#include <string.h>

#include "firmware/core/core.h"
#include "lib/http_sig.h"
#include "lib/text.h"

static const char page_id[] = "page"; /* what the page calls the key in slot 1 */

bool ota_key_get(const struct ota_receiver *rx, unsigned slot, uint8_t key[static OTA_KEY_SIZE])
{
	const struct ota_keys *keys = rx->port->keys;

	return keys && keys->get(keys->ctx, slot, key);
}

static bool has_key(const struct ota_receiver *rx)
{
	uint8_t key[OTA_KEY_SIZE];
	bool found = ota_key_get(rx, 0, key) || ota_key_get(rx, 1, key);

	ota_wipe(key, sizeof(key));
	return found;
}

static void log_line(const struct ota_receiver *rx, const char *line)
{
	const struct ota_device *device = rx->port->device;

	if (device->log)
		device->log(device->ctx, line);
}

/* The boot id: a count where random bytes are not to be trusted. */
static void make_boot_id(struct ota_receiver *rx)
{
	const struct ota_random *random = rx->port->random;
	const struct ota_keys *keys = rx->port->keys;
	uint64_t starts;

	random->fill(random->ctx, rx->boot_id, sizeof(rx->boot_id));
	if (!keys || !keys->count || !keys->count(keys->ctx, &starts))
		return;
	for (unsigned i = 0; i < sizeof(rx->boot_id); i++)
		rx->boot_id[i] = (uint8_t)(starts >> (56 - 8 * i));
}

void ota_auth_begin(struct ota_receiver *rx)
{
	const struct ota_random *random = rx->port->random;
	uint8_t key[OTA_KEY_SIZE] = { 0 }, bytes[32], boot_key[OTA_KEY_SIZE];
	struct ota_hmac hmac;

	make_boot_id(rx);
	if (!ota_key_get(rx, 0, key))
		(void)ota_key_get(rx, 1, key);
	random->fill(random->ctx, bytes, sizeof(bytes));
	ota_hmac_begin(&hmac, key);
	ota_hmac_feed(&hmac, bytes, sizeof(bytes));
	ota_hmac_feed(&hmac, rx->boot_id, sizeof(rx->boot_id));
	ota_hmac_finish(&hmac, boot_key);
	ota_nonces_begin(&rx->nonces, boot_key);
	ota_wipe(boot_key, sizeof(boot_key));
	ota_wipe(key, sizeof(key));
	if (rx->config->insecure)
		log_line(rx, "updates are open to everybody: OTA_INSECURE");
	else if (!has_key(rx))
		log_line(rx, "there is no key: nothing can be changed");
}

/* The slot whose key is called `keyid`; OTA_SIGNER_NONE: no such key. */
static uint8_t find_key(struct ota_conn *conn, const char *keyid, uint8_t key[static OTA_KEY_SIZE])
{
	char id[OTA_KEY_ID_SIZE + 1];

	conn->sign.page = ota_text_same(keyid, page_id);
	for (uint8_t slot = 0; slot < OTA_KEY_SLOTS; slot++) {
		if (!ota_key_get(conn->rx, slot, key))
			continue;
		ota_key_id(key, id);
		if (ota_text_same(keyid, id) || (slot == 1 && conn->sign.page))
			return slot;
	}
	return OTA_SIGNER_NONE;
}

bool ota_parse_challenge(const struct ota_conn *conn, uint8_t challenge[static OTA_CHALLENGE_SIZE])
{
	const char *text = ota_http_field(&conn->head, "ota-challenge");
	size_t n = OTA_BASE64_SIZE(OTA_CHALLENGE_SIZE);

	return text && ota_text_size(text) == n + 2 && text[0] == ':' && text[n + 1] == ':' &&
	       ota_base64_parse(text + 1, challenge, OTA_CHALLENGE_SIZE);
}

/* The covered part of the request, and what its fields are worth. */
static enum ota_error rebuild(struct ota_conn *conn, struct ota_sig_message *message)
{
	const char *name = NULL, *value = NULL;
	uint8_t challenge[OTA_CHALLENGE_SIZE];

	ota_sig_request(message, ota_http_method(&conn->head), ota_http_target(&conn->head));
	while ((name = ota_http_next_field(&conn->head, name, &value)))
		ota_sig_field(message, name, value);
	if (conn->left && !ota_http_field(&conn->head, "content-digest") &&
	    !ota_http_field(&conn->head, "ota-digest"))
		return OTA_ERR_SIGNATURE_FORM;
	return ota_parse_challenge(conn, challenge) ? OTA_ERR_NONE : OTA_ERR_SIGNATURE_FORM;
}

/* Does the MAC match? Then the request is that of the key's owner. */
static bool is_signed(struct ota_conn *conn, const struct ota_sig_message *message,
		      const struct ota_sig_params *params)
{
	uint8_t key[OTA_KEY_SIZE], mac[OTA_MAC_SIZE];
	uint8_t slot = find_key(conn, params->keyid, key);
	bool same = false;

	if (slot != OTA_SIGNER_NONE) {
		ota_sig_mac(message, params, key, mac);
		same = ota_secret_same(mac, conn->sign.mac, sizeof(mac));
	}
	ota_wipe(key, sizeof(key));
	if (same)
		conn->sign.signer = slot;
	return same;
}

/* Questions and parts of images may come in any order: what they do does not depend on it. */
static bool is_ordered(const struct ota_conn *conn)
{
	return !ota_text_same(ota_http_method(&conn->head), "GET") &&
	       !ota_http_field(&conn->head, "ota-digest");
}

enum ota_error ota_auth_look(struct ota_conn *conn)
{
	const char *input = ota_http_field(&conn->head, "signature-input");
	const char *signature = ota_http_field(&conn->head, "signature");
	struct ota_receiver *rx = conn->rx;
	struct ota_sig_message message;
	struct ota_sig_params params;
	uint8_t nonce[OTA_NONCE_SIZE];
	enum ota_error error;

	if ((!input && !signature) || !has_key(rx))
		return OTA_ERR_NONE;
	error = rebuild(conn, &message);
	if (error || !input || !signature || !ota_sig_parse_input(&message, input, &params) ||
	    !ota_sig_parse(signature, conn->sign.mac) ||
	    !ota_base64_parse(params.nonce, nonce, sizeof(nonce)))
		return OTA_ERR_SIGNATURE_FORM;
	if (!is_signed(conn, &message, &params))
		return OTA_ERR_UNAUTHORIZED;
	if (!ota_nonce_good(&rx->nonces, rx->clock, nonce) ||
	    (is_ordered(conn) && !ota_nonce_newest(&rx->nonces, nonce)))
		return OTA_ERR_NONCE;
	ota_nonce_use(&rx->nonces, nonce);
	return OTA_ERR_NONE;
}

static bool no_page_sent_it(const struct ota_conn *conn)
{
	const char *type = ota_http_field(&conn->head, "content-type");
	const char *request = ota_http_field(&conn->head, "ota-request");

	if (!ota_text_same(ota_http_method(&conn->head), "POST"))
		return !type || ota_text_same(type, "application/octet-stream");
	return (type && ota_text_same(type, "application/octet-stream")) ||
	       (request && ota_text_same(request, "1"));
}

static bool refuse(struct ota_conn *conn, enum ota_error error, const char *detail)
{
	ota_answer_error(conn, error, detail, OTA_NO_PLACE);
	return false;
}

static bool refuse_unsigned(struct ota_conn *conn)
{
	return refuse(conn, has_key(conn->rx) ? OTA_ERR_UNSIGNED : OTA_ERR_NO_KEY, NULL);
}

bool ota_auth_change(struct ota_conn *conn, bool all)
{
	bool insecure = conn->rx->config->insecure;

	if (conn->sign.signer == OTA_SIGNER_NONE && !insecure)
		return refuse_unsigned(conn);
	if (conn->sign.signer == OTA_SIGNER_NONE && !no_page_sent_it(conn))
		return refuse(conn, OTA_ERR_FORM, "OTA-Request: 1 is missing");
	if (conn->sign.signer == 1 && all)
		return refuse(conn, OTA_ERR_RIGHTS, "the key in slot 1 may not");
	return true;
}

bool ota_auth_read(struct ota_conn *conn)
{
	const struct ota_config *config = conn->rx->config;

	if (config->insecure || config->open_reads || conn->sign.signer != OTA_SIGNER_NONE)
		return true;
	return refuse_unsigned(conn);
}

/* "sha-256=:BASE64:" */
static void print_digest(const uint8_t digest[static OTA_SHA256_SIZE], char out[static 56])
{
	memcpy(out, "sha-256=:", 9);
	ota_base64_print(digest, OTA_SHA256_SIZE, out + 9);
	out[53] = ':';
	out[54] = '\0';
}

void ota_auth_sign(struct ota_conn *conn, bool digest, struct ota_line *line)
{
	uint8_t key[OTA_KEY_SIZE] = { 0 }, mac[OTA_MAC_SIZE];
	char state[216] = "", content[56], request[OTA_SIG_TEXT_SIZE], status[4] = "";
	struct ota_line state_line = { state, sizeof(state) - 1, 0 };
	struct ota_line status_line = { status, sizeof(status) - 1, 0 };
	struct ota_sig_message message;
	struct ota_sig_params params = { 0 };

	ota_line_state(&state_line, conn->rx);
	ota_line_print(&status_line, "%u", ota_error_status(conn->error));
	ota_sig_print(conn->sign.mac, request);
	print_digest(conn->sign.digest, content);
	ota_sig_answer(&message, status, state, digest ? content : NULL, request);
	(void)ota_key_get(conn->rx, conn->sign.signer, key);
	ota_key_id(key, params.keyid);
	if (conn->sign.page)
		memcpy(params.keyid, page_id, sizeof(page_id));
	ota_sig_mac(&message, &params, key, mac);
	ota_wipe(key, sizeof(key));
	ota_line_print(line, "OTA-State: %s\r\n", state);
	if (digest)
		ota_line_print(line, "Content-Digest: %s\r\n", content);
	ota_line_print(line, "Signature-Input: ");
	line->used = (uint16_t)(line->used +
				ota_sig_print_input(&message, &params, line->text + line->used,
						    (size_t)(line->room - line->used)));
	ota_sig_print(mac, request);
	ota_line_print(line, "\r\nSignature: %s\r\n", request);
}
