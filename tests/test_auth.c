/* SPDX-License-Identifier: MIT */
/* Who may change a device: requests signed and tampered with, keys changed. */
#include "tests/owner.h"

static void takes_what_the_owner_signs(void **state)
{
	struct ask ask = upload();

	(void)state;
	begin();
	assert_int_equal(send(&ask, image, image_size), 200);
	assert_true(rx_says(&world, "OTA-State: id=\"emulated\", boot=\""));
	assert_true(rx_says(&world, "\r\nSignature: ota=:"));
	assert_true(rx_holds(&world, rx_addr(RX_TWO, 1), image, image_size));
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

/* What the content is coded in is signed as well. */
static void refuses_another_coding(void **state)
{
	char fields[600];
	struct ask ask = upload();

	(void)state;
	begin();
	snprintf(fields, sizeof(fields), "%scontent-encoding: deflate\nota-part-length: %zu\n",
		 ask.fields, image_size);
	ask.fields = fields;
	assert_int_equal(rx_ask(&world, replace(sign(&ask), ": deflate", ": identity"), image, 64),
			 401);
	assert_int_equal(
		rx_ask(&world, replace(sign(&ask), "content-encoding: deflate\r\n", ""), image, 64),
		400);
	assert_int_equal(world.emulator.nor.ops, 0);
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
	owner_succeeds();
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

static int cannot_read(void *ctx, uint32_t addr, void *buf, size_t len)
{
	(void)ctx;
	(void)addr;
	memset(buf, 0xFF, len);
	return -1;
}

/* A store that cannot be read for a while is not taken for an empty one, and written over. */
static void keeps_keys_that_cannot_be_read(void **state)
{
	struct ota_flash *key_flash = &world.emulator.key_nor.flash;
	int (*read)(void *, uint32_t, void *, size_t) = key_flash->read;
	uint64_t ops;

	(void)state;
	begin();
	world.emulator.key_store.counts = true;
	world.emulator.keys = ota_key_store_port(&world.emulator.key_store);
	ops = world.emulator.key_nor.ops;
	key_flash->read = cannot_read;
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_not_equal(world.emulator.keys.set(world.emulator.keys.ctx, 0, fresh), 0);
	assert_false(holds(0, owner));
	key_flash->read = read;
	assert_int_equal(world.emulator.key_nor.ops, ops);
	assert_true(holds(0, owner) && holds(1, page));
}

static int suite(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_the_owner_signs),
		cmocka_unit_test(refuses_another_coding),
		cmocka_unit_test(refuses_other_macs),
		cmocka_unit_test(refuses_strangers_like_unknown_names),
		cmocka_unit_test(refuses_a_replay),
		cmocka_unit_test(refuses_what_was_delayed),
		cmocka_unit_test(refuses_what_was_signed_before_the_start),
		cmocka_unit_test(takes_parts_in_any_order_once),
		cmocka_unit_test(changes_keys),
		cmocka_unit_test(refuses_a_key_with_other_content),
		cmocka_unit_test(is_claimed_by_who_is_there),
		cmocka_unit_test(counts_starts_where_chance_is_poor),
		cmocka_unit_test(keeps_keys_that_cannot_be_read),
	};

	return RUN_ROWS(tamperings, refuses_what_was_tampered_with) +
	       RUN_ROWS(rights, gives_each_key_its_rights) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}

/* In each shape on each medium. */
static int shapes(void)
{
	return rx_in_each_shape(suite);
}

int main(void)
{
	return RX_ON_EACH(shapes);
}
