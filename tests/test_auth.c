/* SPDX-License-Identifier: MIT */
/* Who may change a device: requests signed and tampered with, keys changed, power cut meanwhile. */
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

static void store(unsigned slot, const uint8_t *key)
{
	assert_int_equal(world.emulator.keys.set(world.emulator.keys.ctx, slot, key), 0);
}

static bool holds(unsigned slot, const uint8_t *key)
{
	uint8_t found[32];

	return world.emulator.keys.get(world.emulator.keys.ctx, slot, found) &&
	       memcmp(found, key, 32) == 0;
}

/* A device that nobody but the owner and the page may change. */
static void begin(void)
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
static const char *get_nonce(void)
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
static char *sign(const struct ask *ask)
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

static unsigned send(const struct ask *ask, const void *content, size_t size)
{
	return rx_ask(&world, sign(ask), content, size);
}

/* The whole image in one signed part, switch included. */
static struct ask upload(void)
{
	static char fields[512];
	char digest[64];

	snprintf(fields, sizeof(fields),
		 "content-length: %zu\nota-digest: %s\nota-length: %zu\nota-commit: switch\n",
		 image_size, rx_digest(image, image_size, digest), image_size);
	return (struct ask){ "PUT", "/ota/v1/image", fields, owner, NULL, NULL };
}

static void takes_what_the_owner_signs(void **state)
{
	struct ask ask = upload();

	(void)state;
	begin();
	assert_int_equal(send(&ask, image, image_size), 200);
	assert_true(rx_says(&world, "OTA-State: id=\"emulated\", boot=\""));
	assert_true(rx_says(&world, "\r\nSignature: ota=:"));
	assert_memory_equal(world.flash + rx_addr(RX_TWO, 1), image, image_size);
}

/* What a man in the middle does to a signed upload: `from` in its head becomes `to`. */
static const struct tampering {
	const char *name, *from, *to;
	unsigned status;
} tamperings[] = {
	{ "another path", "PUT /ota/v1/image ", "PUT /ota/v1/keys/1 ", 401 },
	{ "another method", "PUT ", "POST ", 401 },
	{ "a query that was not there", "/image ", "/image?size=4096 ", 401 },
	{ "a query that is empty", "/image ", "/image? ", 400 },
	{ "a field more", "OTA-Challenge", "OTA-Force: project\r\nOTA-Challenge", 400 },
	{ "a field less", "ota-commit: switch\r\n", "", 400 },
	{ "a value changed", "ota-commit: switch", "ota-commit: none", 401 },
	{ "a coding added", "OTA-Challenge", "Content-Encoding: deflate\r\nOTA-Challenge", 400 },
	{ "a digest of content added", "OTA-Challenge",
	  "Content-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\nOTA-Challenge",
	  400 },
	{ "a field twice", "OTA-Challenge", "OTA-Length: 20000\r\nOTA-Challenge", 400 },
	{ "another challenge", "oKGio6Sl", "oKGio6Sm", 401 },
	{ "a challenge that is none", ":oKGio6Sl", ":oKGio6S!", 400 },
	{ "no challenge", "OTA-Challenge", "X-Challenge", 400 },
	{ "no signature", "Signature:", "X-Signature:", 400 },
	{ "no parameters", "Signature-Input:", "X-Signature-Input:", 400 },
	{ "nothing of both", "Signature-Input: ota=", "X: ", 400 },
	{ "a second signature", "Signature: ota=", "Signature: b=:AAAA:, ota=", 400 },
	{ "a second field of it", "Signature: ", "Signature: ota=:AAAA:\r\nSignature: ", 400 },
	{ "another label", "Signature-Input: ota=", "Signature-Input: sig=", 400 },
	{ "another tag", "otatool-request", "otatool-answer", 400 },
	{ "another algorithm", "hmac-sha256", "hmac-sha512", 400 },
	{ "no algorithm", ";alg=\"hmac-sha256\"", "", 400 },
	{ "another key's name", ";keyid=\"", ";keyid=\"0", 400 },
	{ "no key's name", ";keyid=\"", ";x=\"", 400 },
	{ "a parameter more", ";keyid=", ";created=1;keyid=", 400 },
	{ "the order of parts", "(\"@method\" \"@path\"", "(\"@path\" \"@method\"", 400 },
	{ "a part less covered", " \"ota-commit\"", "", 400 },
	{ "a nonce of nobody", ";nonce=\"A", ";nonce=\"B", 401 },
	{ "a nonce too short", ";nonce=\"A", ";nonce=\"", 400 },
	{ "another name of the device", "Host: localhost", "Host: evil.example", 421 },
	{ "a page's origin", "Host: localhost", "Host: localhost\r\nOrigin: http://evil.example",
	  421 },
};

static char *replace(const char *head, const char *from, const char *to)
{
	static char outs[2][2048];
	static unsigned turn;
	char *out = outs[turn++ % 2];
	const char *at = strstr(head, from);

	assert_non_null(at);
	snprintf(out, sizeof(outs[0]), "%.*s%s%s", (int)(at - head), head, to, at + strlen(from));
	return out;
}

/* The owner's next upload succeeds at once: nothing was used up, nobody is locked out. */
static void owner_succeeds(void)
{
	struct ask ask = upload();

	assert_int_equal(send(&ask, image, image_size), 200);
}

static void refuses_what_was_tampered_with(void **state)
{
	const struct tampering *row = *state;
	struct ask ask = upload();

	begin();
	assert_int_equal(rx_ask(&world, replace(sign(&ask), row->from, row->to), image, image_size),
			 row->status);
	assert_int_equal(world.emulator.nor.ops, 0);
	assert_true(holds(0, owner) && holds(1, page));
	owner_succeeds();
}

/* Every cut of the MAC, and every bit of it. */
static void refuses_other_macs(void **state)
{
	struct ask ask = upload();
	char *head, *mac;

	(void)state;
	begin();
	ask.nonce = get_nonce();
	for (size_t i = 0; i < 43; i++) {
		head = sign(&ask);
		mac = strstr(head, "\r\nSignature: ota=:") + 18;
		mac[i] = mac[i] == 'A' ? 'B' : 'A';
		assert_in_range(rx_ask(&world, head, image, image_size), 400, 401);
		head = sign(&ask);
		mac = strstr(head, "\r\nSignature: ota=:") + 18;
		memmove(mac + i, mac + 44, strlen(mac + 44) + 1);
		assert_int_equal(rx_ask(&world, head, image, image_size), 400);
	}
	assert_int_equal(world.emulator.nor.ops, 0);
	owner_succeeds();
}

static void refuses_strangers_like_unknown_names(void **state)
{
	struct ask ask = upload();
	char id[OTA_KEY_ID_SIZE + 1], first[1024];

	(void)state;
	begin();
	ota_key_id(owner, id);
	ask.key = stranger;
	assert_int_equal(send(&ask, image, image_size), 401);
	snprintf(first, sizeof(first), "%s", strstr(world.answer, "{"));
	ask.keyid = id;
	assert_int_equal(send(&ask, image, image_size), 401);
	assert_string_equal(strstr(world.answer, "{"), first);
	assert_false(rx_says(&world, "\r\nSignature:"));
	assert_int_equal(world.emulator.nor.ops, 0);
}

/* All at once, to a device that has slept since it last looked at its clock. */
static unsigned deliver(const char *head)
{
	struct ota_conn *conn = rx_open(&world);

	assert_int_equal(ota_conn_input(conn, head, strlen(head)), strlen(head));
	rx_run(&world, conn);
	ota_conn_close(conn);
	return (unsigned)strtoul(world.answer + strlen("HTTP/1.1 "), NULL, 10);
}

static void refuses_a_replay(void **state)
{
	struct ask ask = { "POST", "/ota/v1/confirm", "content-length: 0\n", owner, NULL, NULL };
	char head[2048];

	(void)state;
	begin();
	snprintf(head, sizeof(head), "%s", sign(&ask));
	assert_int_equal(rx_ask(&world, head, "", 0), 200);
	assert_int_equal(rx_ask(&world, head, "", 0), 401);
	assert_true(rx_says(&world, "OTA_NONCE"));
	assert_true(rx_says(&world, "\r\nSignature: ota=:")); /* the owner's: only too late */
	world.now += OTA_NONCE_MS;
	assert_int_equal(deliver(head), 401);
	owner_succeeds();
}

/* The clock moves on while the request is on its way, and nothing else happens on the device. */
static void refuses_what_was_delayed(void **state)
{
	struct ask ask = { "POST", "/ota/v1/restart", "content-length: 0\n", owner, NULL, NULL };
	char head[2048];

	(void)state;
	begin();
	snprintf(head, sizeof(head), "%s", sign(&ask));
	world.now += OTA_NONCE_MS;
	assert_int_equal(deliver(head), 401);
	assert_true(rx_says(&world, "OTA_NONCE"));
	snprintf(head, sizeof(head), "%s", sign(&ask));
	world.now += OTA_NONCE_MS - 1;
	assert_int_equal(deliver(head), 200);
}

static void refuses_what_was_signed_before_the_start(void **state)
{
	struct ask ask = { "POST", "/ota/v1/restart", "content-length: 0\n", owner, NULL, NULL };
	char head[2048];

	(void)state;
	begin();
	snprintf(head, sizeof(head), "%s", sign(&ask));
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(rx_ask(&world, head, "", 0), 401);
	owner_succeeds();
}

/* A part that was swallowed comes after a later one: each has its own nonce, once. */
static void takes_parts_in_any_order_once(void **state)
{
	struct ask ask = { "GET", "/ota/v1/keys", "", owner, NULL, NULL };
	char first[2048], second[2048];

	(void)state;
	begin();
	snprintf(first, sizeof(first), "%s", sign(&ask));
	snprintf(second, sizeof(second), "%s", sign(&ask));
	assert_int_equal(rx_ask(&world, second, "", 0), 200);
	assert_int_equal(rx_ask(&world, first, "", 0), 200);
	assert_int_equal(rx_ask(&world, first, "", 0), 401);
	assert_int_equal(rx_ask(&world, second, "", 0), 401);
}

static const struct right {
	const char *name, *method, *target, *fields;
	unsigned owner, page, nobody;
} rights[] = {
	{ "device", "GET", "/ota/v1/device", "", 200, 200, 200 },
	{ "otadata", "GET", "/ota/v1/otadata", "", 200, 200, 401 },
	{ "table", "GET", "/ota/v1/table", "", 200, 200, 401 },
	{ "keys", "GET", "/ota/v1/keys", "", 200, 200, 401 },
	{ "blocks", "GET", "/ota/v1/image/blocks?size=4096", "", 200, 200, 401 },
	{ "confirm", "POST", "/ota/v1/confirm", "content-length: 0\n", 200, 200, 401 },
	{ "restart", "POST", "/ota/v1/restart", "content-length: 0\n", 200, 200, 401 },
	{ "rollback", "POST", "/ota/v1/rollback", "content-length: 0\n", 409, 403, 401 },
	{ "boot", "POST", "/ota/v1/boot?slot=ota_1", "content-length: 0\n", 400, 403, 401 },
	{ "deletion of the page's key", "DELETE", "/ota/v1/keys/1", "content-length: 0\n", 200, 403,
	  401 },
	{ "deletion of the owner's key", "DELETE", "/ota/v1/keys/0", "content-length: 0\n", 409,
	  403, 401 },
	{ "a key of no length", "PUT", "/ota/v1/keys/1", "content-length: 0\n", 413, 403, 401 },
	{ "a bare image", "PUT", "/ota/v1/image",
	  "content-length: 0\ncontent-digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\n",
	  400, 400, 401 },
	{ "what is not there", "GET", "/ota/v1/nothing", "", 404, 404, 404 },
	{ "keys changed as they are not", "POST", "/ota/v1/keys/1", "content-length: 0\n", 405, 405,
	  405 },
};

static void gives_each_key_its_rights(void **state)
{
	const struct right *row = *state;
	struct ask ask = { row->method, row->target, row->fields, owner, NULL, NULL };
	char *head;

	begin();
	assert_int_equal(send(&ask, "", 0), row->owner);
	assert_true(rx_says(&world, "\r\nSignature: ota=:"));
	begin();
	ask.key = page;
	assert_int_equal(send(&ask, "", 0), row->page);
	begin();
	ask.keyid = "page";
	assert_int_equal(send(&ask, "", 0), row->page);
	begin();
	head = replace(sign(&ask), "Signature-Input: ", "X: ");
	assert_int_equal(rx_ask(&world, replace(head, "Signature: ", "Y: "), "", 0), row->nobody);
	assert_false(rx_says(&world, "\r\nSignature:"));
}

/* Ask for `key` in `slot`, signed by the owner, wrapped. */
static unsigned change_key(unsigned slot, const uint8_t *key)
{
	char fields[200], target[24], digest[64];
	uint8_t wrapped[32];
	struct ask ask = { "PUT", target, fields, owner, NULL, NULL };

	memcpy(wrapped, key, 32);
	ota_key_wrap(owner, challenge, wrapped);
	snprintf(target, sizeof(target), "/ota/v1/keys/%u", slot);
	snprintf(fields, sizeof(fields), "content-length: 32\ncontent-digest: %s\n",
		 rx_digest(wrapped, 32, digest));
	return send(&ask, wrapped, 32);
}

static void changes_keys(void **state)
{
	struct ask ask = { "GET", "/ota/v1/keys", "", fresh, NULL, NULL };
	char id[OTA_KEY_ID_SIZE + 1];

	(void)state;
	begin();
	assert_int_equal(change_key(1, owner), 409);
	assert_true(holds(1, page));
	assert_int_equal(change_key(1, stranger), 200);
	assert_true(holds(1, stranger));
	assert_int_equal(change_key(0, fresh), 200);
	assert_true(holds(0, fresh));
	ota_key_id(fresh, id);
	assert_true(rx_says(&world, id)); /* and the answer is signed by it */
	assert_int_equal(change_key(0, page), 401);
	assert_int_equal(send(&ask, "", 0), 200);
}

static void refuses_a_key_with_other_content(void **state)
{
	struct ask ask = { "PUT",
			   "/ota/v1/keys/1",
			   "content-length: 32\ncontent-digest: "
			   "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\n",
			   owner,
			   NULL,
			   NULL };

	(void)state;
	begin();
	assert_int_equal(send(&ask, stranger, 32), 400);
	assert_true(holds(1, page));
}

static const char *claim_head(const uint8_t *key)
{
	static char head[300];
	char digest[64];

	snprintf(head, sizeof(head),
		 "PUT /ota/v1/keys/0 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 32\r\n"
		 "Content-Digest: %s\r\n\r\n",
		 rx_digest(key, 32, digest));
	return head;
}

static void begin_unclaimed(bool presence)
{
	begin();
	store(0, NULL);
	store(1, NULL);
	world.emulator.presence = presence;
}

static void is_claimed_by_who_is_there(void **state)
{
	(void)state;
	begin_unclaimed(false);
	assert_int_equal(rx_ask(&world, claim_head(fresh), fresh, 32), 401);
	assert_true(rx_says(&world, "OTA_NO_KEY"));
	begin_unclaimed(true);
	assert_int_equal(rx_ask(&world, claim_head(fresh), fresh, 32), 200);
	assert_true(holds(0, fresh));
	assert_int_equal(rx_ask(&world, claim_head(stranger), stranger, 32), 401);
	assert_true(holds(0, fresh));
}

static const struct ota_tear tears[] = { { 'n', 0 },  { 'a', 0 }, { 'p', 20 }, { 'p', 90 },
					 { 'q', 50 }, { 'r', 3 }, { 'r', 4 },  { 'r', 5 } };

/* The power fails in each operation of a change: one of the two keys holds, whole. */
static void one_key_works_wherever_power_fails(void **state)
{
	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(tears); t++) {
		for (uint64_t cut = 1; cut <= 4; cut++) {
			struct ota_nor *nor = &world.emulator.key_nor;
			bool claim = t & 1;

			if (claim)
				begin_unclaimed(true);
			else
				begin();
			nor->tear = tears[t];
			nor->cut_at = nor->ops + cut;
			if (claim)
				rx_ask(&world, claim_head(fresh), fresh, 32);
			else
				change_key(0, fresh);
			assert_int_equal(nor->dead, cut < 4); /* erase, write, erase */
			ota_nor_power_on(nor);
			assert_false(nor->misused);
			assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
			if (claim)
				assert_true(holds(0, fresh) || !holds(0, owner));
			else
				assert_true(holds(0, fresh) || holds(0, owner));
			assert_true(cut < 4 || holds(0, fresh));
			assert_true(claim || holds(1, page));
		}
	}
}

static void counts_starts_where_chance_is_poor(void **state)
{
	uint8_t first[OTA_BOOT_ID_SIZE];

	(void)state;
	begin();
	world.emulator.key_store.counts = true;
	world.emulator.keys = ota_key_store_port(&world.emulator.key_store);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	memcpy(first, world.emulator.rx.boot_id, sizeof(first));
	assert_memory_equal(first, "\0\0\0\0\0\0\0\1", 8);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_memory_equal(world.emulator.rx.boot_id, "\0\0\0\0\0\0\0\2", 8);
	assert_true(holds(0, owner) && holds(1, page));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_the_owner_signs),
		cmocka_unit_test(refuses_other_macs),
		cmocka_unit_test(refuses_strangers_like_unknown_names),
		cmocka_unit_test(refuses_a_replay),
		cmocka_unit_test(refuses_what_was_delayed),
		cmocka_unit_test(refuses_what_was_signed_before_the_start),
		cmocka_unit_test(takes_parts_in_any_order_once),
		cmocka_unit_test(changes_keys),
		cmocka_unit_test(refuses_a_key_with_other_content),
		cmocka_unit_test(is_claimed_by_who_is_there),
		cmocka_unit_test(one_key_works_wherever_power_fails),
		cmocka_unit_test(counts_starts_where_chance_is_poor),
	};

	return RUN_ROWS(tamperings, refuses_what_was_tampered_with) +
	       RUN_ROWS(rights, gives_each_key_its_rights) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
