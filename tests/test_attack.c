/* SPDX-License-Identifier: MIT */
/* What somebody between owner and device, and somebody without a key, can send: nothing of it boots,
 * changes anything or keeps the owner out. */
#include "lib/host/pack.h"
#include "tests/owner.h"

static uint8_t evil[RX_SLOT];
static size_t evil_size;
static const struct app_recipe evil_app = { "lamp", "6.6", OTA_CHIP_ESP32C3, 16000, 6, 1, false,
					    false,  0 };

static void owner_succeeds(void)
{
	struct ask ask = upload();

	assert_int_equal(send(&ask, image, image_size), 200);
}

/* Signed by the key's owner for one device and brought to another one with the same key. */
static void refuses_what_was_signed_for_another_device(void **state)
{
	struct ask ask = { "POST", "/ota/v1/restart", "content-length: 0\n", owner, NULL, NULL };
	char head[2048];

	(void)state;
	begin();
	snprintf(head, sizeof(head), "%s", sign(&ask));
	begin();
	world.emulator.random = 77;
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(rx_ask(&world, head, "", 0), 401);
	assert_true(rx_says(&world, "OTA_NONCE"));
	owner_succeeds();
}

static const struct overtaken {
	const char *name, *method, *target, *fields;
} overtaken[] = {
	{ "restart", "POST", "/ota/v1/restart", "content-length: 0\n" },
	{ "confirm", "POST", "/ota/v1/confirm", "content-length: 0\n" },
	{ "deletion of a key", "DELETE", "/ota/v1/keys/1", "content-length: 0\n" },
};

/* Held back, and brought after a later request. */
static void refuses_what_a_later_request_overtook(void **state)
{
	const struct overtaken *row = *state;
	struct ask ask = { row->method, row->target, row->fields, owner, NULL, NULL };
	struct ask later = { "GET", "/ota/v1/keys", "", owner, NULL, NULL };
	char head[2048];

	begin();
	snprintf(head, sizeof(head), "%s", sign(&ask));
	assert_int_equal(send(&later, "", 0), 200);
	assert_int_equal(rx_ask(&world, head, "", 0), 401);
	assert_true(rx_says(&world, "OTA_NONCE"));
	assert_true(holds(0, owner) && holds(1, page));
	assert_int_equal(send(&ask, "", 0), 200);
}

static void refuses_a_key_that_a_later_one_overtook(void **state)
{
	uint8_t first[32];
	char head[2048];

	(void)state;
	begin();
	snprintf(head, sizeof(head), "%s", sign_key(1, stranger, owner, first));
	assert_int_equal(change_key(1, fresh), 200);
	assert_int_equal(rx_ask(&world, head, first, 32), 401);
	assert_true(holds(1, fresh));
}

/* Requests whose meaning is in the query or the path. */
static const struct retargeting {
	const char *name, *method, *target, *from, *to;
} retargetings[] = {
	{ "another slot", "POST",
	  "/ota/v1/boot?slot=ota_0&image=0000000000000000000000000000000000000000000000000000000000000000",
	  "slot=ota_0", "slot=ota_1" },
	{ "another image", "POST",
	  "/ota/v1/boot?slot=ota_0&image=0000000000000000000000000000000000000000000000000000000000000000",
	  "image=0", "image=1" },
	{ "keys in another order", "POST", "/ota/v1/boot?slot=ota_0&image=00",
	  "slot=ota_0&image=00", "image=00&slot=ota_0" },
	{ "no query", "POST",
	  "/ota/v1/restart?image=0000000000000000000000000000000000000000000000000000000000000000",
	  "?image=0000000000000000000000000000000000000000000000000000000000000000", "" },
	{ "restart for confirm", "POST", "/ota/v1/confirm", "confirm", "restart" },
	{ "the other key", "DELETE", "/ota/v1/keys/0", "keys/0", "keys/1" },
	{ "a doubled slash", "POST", "/ota/v1/restart", "/ota/v1/restart", "/ota/v1//restart" },
	{ "a coded letter", "POST", "/ota/v1/restart", "restart", "%72estart" },
};

static void refuses_another_target(void **state)
{
	const struct retargeting *row = *state;
	struct ask ask = { row->method, row->target, "content-length: 0\n", owner, NULL, NULL };

	begin();
	assert_int_equal(rx_ask(&world, replace(sign(&ask), row->from, row->to), "", 0), 401);
	assert_false(rx_says(&world, "\r\nSignature:"));
	assert_int_equal(world.emulator.nor.ops, 0);
	assert_true(holds(0, owner) && holds(1, page));
	rx_run(&world, NULL);
	assert_false(world.emulator.restarted);
	owner_succeeds();
}

/* The content of one signed part under the head of another one. */
static void refuses_a_part_in_the_place_of_another(void **state)
{
	char digest[64], fields[300];
	struct ask ask = { "PUT", "/ota/v1/image", fields, owner, NULL, NULL };

	(void)state;
	begin();
	rx_digest(image, image_size, digest);
	for (size_t at = 0; at < 16384; at += 8192) {
		snprintf(fields, sizeof(fields),
			 "content-length: 8192\nota-digest: %s\nota-length: %zu\nota-offset: %zu\n",
			 digest, image_size, at);
		assert_int_equal(send(&ask, at ? image + 4096 : image, 8192), 200);
	}
	snprintf(
		fields, sizeof(fields),
		"content-length: %zu\nota-commit: switch\nota-digest: %s\nota-length: %zu\nota-offset: 16384\n",
		image_size - 16384, digest, image_size);
	assert_int_equal(send(&ask, image + 16384, image_size - 16384), 422);
	assert_true(rx_says(&world, "OTA_DIGEST"));
	assert_false(ota_emulator_loads(&world.emulator, 1));
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 0);
	owner_succeeds();
}

/* Every layout, and what otadata and the slot hold before. */
static const struct device {
	const char *name;
	enum rx_layout layout;
	int runs, next;
	bool rollback;
	struct record_pair {
		uint32_t seq, state;
	} records[2];
	enum { EMPTY, OLD, DAMAGED } slot; /* of `next` */
} devices[] = {
	{ "factory + 2, blank", RX_FACTORY_2, OTA_CHOICE_FACTORY, 0, true, { { 0 } }, EMPTY },
	{ "factory + 2, blank, no rollback",
	  RX_FACTORY_2,
	  OTA_CHOICE_FACTORY,
	  0,
	  false,
	  { { 0 } },
	  OLD },
	{ "factory + 2, from ota_0", RX_FACTORY_2, 0, 1, true, { { 1, OTA_STATE_VALID } }, OLD },
	{ "factory + 2, a dead record",
	  RX_FACTORY_2,
	  0,
	  1,
	  false,
	  { { 1, OTA_STATE_VALID }, { 3, OTA_STATE_INVALID } },
	  OLD },
	{ "factory + 2, fell back",
	  RX_FACTORY_2,
	  0,
	  1,
	  true,
	  { { 1, OTA_STATE_VALID }, { 2, OTA_STATE_ABORTED } },
	  DAMAGED },
	{ "2 slots", RX_TWO, 0, 1, true, { { 1, OTA_STATE_VALID } }, EMPTY },
	{ "2 slots, no rollback", RX_TWO, 0, 1, false, { { 1, OTA_STATE_UNDEFINED } }, OLD },
	{ "2 slots, both valid",
	  RX_TWO,
	  1,
	  0,
	  true,
	  { { 1, OTA_STATE_VALID }, { 2, OTA_STATE_VALID } },
	  OLD },
	{ "2 slots, the other damaged",
	  RX_TWO,
	  0,
	  1,
	  true,
	  { { 1, OTA_STATE_VALID }, { 2, OTA_STATE_VALID } },
	  DAMAGED },
	{ "factory + 1, from factory",
	  RX_FACTORY_1,
	  OTA_CHOICE_FACTORY,
	  0,
	  true,
	  { { 0 } },
	  EMPTY },
	{ "factory + 1, its slot damaged",
	  RX_FACTORY_1,
	  OTA_CHOICE_FACTORY,
	  0,
	  false,
	  { { 1, OTA_STATE_NEW } },
	  DAMAGED },
	{ "factory + 1, rolled back",
	  RX_FACTORY_1,
	  OTA_CHOICE_FACTORY,
	  0,
	  true,
	  { { 1, OTA_STATE_ABORTED } },
	  OLD },
	{ "3 slots",
	  RX_THREE,
	  1,
	  2,
	  true,
	  { { 1, OTA_STATE_VALID }, { 2, OTA_STATE_VALID } },
	  OLD },
	{ "3 slots, blank", RX_THREE, 0, 1, false, { { 0 } }, EMPTY },
};

static void begin_as(const struct device *device)
{
	rx_begin(&world, device->layout);
	world.emulator.config.insecure = false;
	world.emulator.boot.rollback = device->rollback;
	rx_put_app(&world, device->layout, device->runs, &old_app);
	if (device->slot != EMPTY)
		rx_put_app(&world, device->layout, device->next, &old_app);
	if (device->slot == DAMAGED)
		world.flash[rx_addr(device->layout, device->next) + 5000] ^= 1;
	for (unsigned i = 0; i < 2; i++)
		if (device->records[i].seq)
			rx_put_record(&world, i, device->records[i].seq, device->records[i].state);
	image_size = make_app(&new_app, image);
	evil_size = make_app(&evil_app, evil);
	assert_true(evil_size < image_size);
	store(0, owner);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, device->runs);
}

/* As often as somebody likes to pull the plug: what runs has the old app's bytes, never the attacker's. */
static void boots_without_evil(const struct device *device)
{
	uint8_t *evil_slot = world.flash + rx_addr(device->layout, device->next);

	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
		assert_int_equal(world.emulator.device.running, device->runs);
	}
	assert_true(memcmp(evil_slot, evil, 32) != 0 ||
		    !ota_emulator_loads(&world.emulator, device->next));
}

/* Whole; the attacker's image first, whole, and at the end whatever is left of the length. */
static void no_image_of_others_in_a_signed_upload(void **state)
{
	const struct device *device = *state;

	for (unsigned tail = 0; tail < 3; tail++) {
		struct ask ask;
		uint8_t body[RX_SLOT];
		unsigned status;

		begin_as(device);
		ask = upload();
		memset(body, tail == 1 ? 0 : 0xFF, sizeof(body));
		if (tail == 2)
			memcpy(body, image, image_size);
		memcpy(body, evil, evil_size);
		status = send(&ask, body, image_size);
		assert_true(status == 422 || status == 400);
		boots_without_evil(device);
	}
}

/* And cut off, at every sector's end, one byte before and one byte after it. */
static void no_image_of_others_where_the_upload_stops(void **state)
{
	const struct device *device = *state;

	for (size_t stop = 4096; stop <= image_size; stop += 4096) {
		for (int by = -1; by <= 1; by++) {
			struct ask ask;
			struct ota_conn *conn;
			char *head;

			begin_as(device);
			ask = upload();
			head = sign(&ask);
			memset(evil + evil_size, 0xFF, sizeof(evil) - evil_size);
			conn = rx_open(&world);
			rx_send(&world, conn, head, strlen(head), 4096);
			rx_send(&world, conn, evil, stop + (size_t)by, 4096);
			ota_conn_close(conn);
			boots_without_evil(device);
		}
	}
}

/* The stream of a deflate part is the attacker's. */
static void no_image_of_others_in_a_signed_stream(void **state)
{
	const struct device *device = *state;
	char fields[512], digest[64];
	struct ask ask = { "PUT", "/ota/v1/image", fields, owner, NULL, NULL };
	static uint8_t packed[RX_SLOT], body[RX_SLOT];
	size_t size;

	begin_as(device);
	memset(body, 0xFF, sizeof(body));
	memcpy(body, evil, evil_size);
	size = ota_pack(body, image_size, 4096, packed);
	assert_true(size);
	snprintf(
		fields, sizeof(fields),
		"content-length: %zu\ncontent-encoding: deflate\nota-commit: switch\nota-digest: %s\n"
		"ota-length: %zu\nota-part-length: %zu\n",
		size, rx_digest(image, image_size, digest), image_size, image_size);
	assert_int_equal(send(&ask, packed, size), 422);
	boots_without_evil(device);
}

/* The owner's own image, first: the attacker's in a resumed one, after a restart. */
static void no_image_of_others_in_a_resumed_upload(void **state)
{
	const struct device *device = *state;
	char digest[64], fields[300];
	struct ask ask = { "PUT", "/ota/v1/image", fields, owner, NULL, NULL };
	unsigned status;

	begin_as(device);
	rx_digest(image, image_size, digest);
	snprintf(fields, sizeof(fields), "content-length: 8192\nota-digest: %s\nota-length: %zu\n",
		 digest, image_size);
	assert_int_equal(send(&ask, evil, 8192), 200);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	snprintf(fields, sizeof(fields),
		 "content-length: %zu\nota-commit: switch\nota-digest: %s\nota-length: %zu\n",
		 image_size, digest, image_size);
	status = send(&ask, evil, image_size);
	assert_true(status == 422 || status == 400);
	boots_without_evil(device);
}

/* Every byte of a head changed, doubled or left out. */
static void vary_head(const struct ask *ask, bool is_signed)
{
	static const char bytes[] = { ' ', '\n', '\r', ':', '"', '=', '0', 'A', '\x7f', '\x80' };
	char head[2048], varied[2100];
	size_t size;

	snprintf(head, sizeof(head), "%s",
		 is_signed ? sign(ask)
			   : replace(replace(sign(ask), "Signature:", "A:"),
				     "Signature-Input:", "B:"));
	size = strlen(head);
	for (size_t at = 0; at < size; at++) {
		for (unsigned how = 0; how < ARRAY_LEN(bytes) + 2; how++) {
			size_t skip = at + (how != 0);
			char byte = how < 2 ? head[at] : bytes[how - 2];

			memcpy(varied, head, at);
			varied[at] = byte;
			memcpy(varied + at + (how != 1), head + skip, size - skip + 1);
			rx_ask(&world, varied, image, 64);
			assert_int_equal(world.emulator.nor.ops, 0);
			assert_false(world.emulator.restarted);
			assert_true(holds(0, owner) && holds(1, page));
		}
	}
}

static const struct changing {
	const char *name, *method, *target, *fields;
} changing[] = {
	{ "an upload", "PUT", "/ota/v1/image",
	  "content-length: 20000\nota-digest: "
	  "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\nota-length: 20000\n" },
	{ "a boot", "POST",
	  "/ota/v1/boot?slot=ota_0&image=0000000000000000000000000000000000000000000000000000000000000000",
	  "content-length: 0\n" },
	{ "a restart", "POST", "/ota/v1/restart", "content-length: 0\nota-confirm: rollback\n" },
	{ "a rollback", "POST", "/ota/v1/rollback", "content-length: 0\n" },
	{ "a key", "PUT", "/ota/v1/keys/0",
	  "content-length: 32\ncontent-digest: "
	  "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\n" },
	{ "a deletion", "DELETE", "/ota/v1/keys/1", "content-length: 0\n" },
};

static void nothing_changes_without_a_key(void **state)
{
	const struct changing *row = *state;
	char id[OTA_KEY_ID_SIZE + 1];
	struct ask ask = { row->method, row->target, row->fields, stranger, NULL, NULL };

	begin();
	ota_key_id(owner, id);
	world.emulator.presence = true;
	vary_head(&ask, false);
	vary_head(&ask, true);
	ask.keyid = id;
	vary_head(&ask, true);
	ask.keyid = "page";
	vary_head(&ask, true);
	owner_succeeds();
}

static bool lies_in(const void *memory, size_t size, const uint8_t key[static 32])
{
	return memmem(memory, size, key, 16) || memmem(memory, size, key + 16, 16);
}

static uint8_t secrets[3][32];

static void begin_with_secrets(void)
{
	begin();
	for (unsigned i = 0; i < 3; i++)
		for (unsigned k = 0; k < 32; k++)
			secrets[i][k] = (uint8_t)(i * 77 + k * 41 + 19);
	store(0, secrets[0]);
	store(1, secrets[1]);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
}

static void no_secret_is_left(void)
{
	const struct ota_emulator *emulator = &world.emulator;

	for (unsigned i = 0; i < 3; i++) {
		assert_false(lies_in(&emulator->rx, sizeof(emulator->rx), secrets[i]));
		assert_false(lies_in(emulator->conns, sizeof(emulator->conns), secrets[i]));
	}
}

/* Keys stay in the store: none is left in the receiver's memory, whatever was done with it. */
static void no_key_stays_in_memory(void **state)
{
	struct ask ask = { "GET", "/ota/v1/keys", "", secrets[0], NULL, NULL };
	uint8_t wrapped[32];
	char *head;

	(void)state;
	begin_with_secrets();
	no_secret_is_left();
	assert_int_equal(send(&ask, "", 0), 200);
	no_secret_is_left();
	head = sign_key(0, secrets[2], secrets[0], wrapped);
	assert_int_equal(rx_ask(&world, head, wrapped, 32), 200);
	no_secret_is_left();
	head = sign_key(1, secrets[2], secrets[2], wrapped);
	assert_int_equal(rx_ask(&world, head, wrapped, 32), 409);
	no_secret_is_left();
}

static void no_claimed_key_stays_in_memory(void **state)
{
	struct ota_conn *conn;

	(void)state;
	begin_with_secrets();
	store(0, NULL);
	store(1, NULL);
	world.emulator.presence = true;
	conn = rx_open(&world);
	rx_send(&world, conn, claim_head(secrets[0]), strlen(claim_head(secrets[0])), 4096);
	rx_send(&world, conn, secrets[0], 31, 31);
	ota_conn_close(conn);
	no_secret_is_left();
	assert_int_equal(rx_ask(&world, claim_head(secrets[1]), secrets[1], 32), 200);
	no_secret_is_left();
}

/* Strangers who ask and take no answer hold no place for longer than those who do not ask. */
static void who_takes_no_answer_makes_room(void **state)
{
	struct ota_receiver *rx = &world.emulator.rx;
	struct ota_conn *conns[OTA_EMULATOR_CONNS] = { NULL };

	(void)state;
	begin();
	for (unsigned i = 0; i < world.emulator.conn_count; i++) {
		conns[i] = rx_open(&world);
		ota_conn_input(conns[i], RX_GET("device"), sizeof(RX_GET("device")) - 1);
		while (ota_step(rx, world.now) == 0)
			;
		world.now += 10;
	}
	assert_null(ota_conn_open(rx));
	assert_null(ota_conn_victim(rx));
	world.now += 480;
	ota_step(rx, world.now);
	assert_ptr_equal(ota_conn_victim(rx), conns[0]);
	ota_conn_close(conns[0]);
	owner_succeeds();
}

/* The owner's answer is not taken from him so. */
static void who_signed_keeps_his_place(void **state)
{
	struct ask ask = { "GET", "/ota/v1/keys", "", owner, NULL, NULL };
	struct ota_receiver *rx = &world.emulator.rx;
	struct ota_conn *conn;
	char *head;

	(void)state;
	begin();
	world.emulator.conn_count = 1;
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	head = sign(&ask);
	conn = rx_open(&world);
	ota_conn_input(conn, head, strlen(head));
	while (ota_step(rx, world.now) == 0)
		;
	world.now += 5000;
	ota_step(rx, world.now);
	assert_null(ota_conn_victim(rx));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_was_signed_for_another_device),
		cmocka_unit_test(refuses_a_key_that_a_later_one_overtook),
		cmocka_unit_test(refuses_a_part_in_the_place_of_another),
		cmocka_unit_test(who_takes_no_answer_makes_room),
		cmocka_unit_test(who_signed_keeps_his_place),
		cmocka_unit_test(no_key_stays_in_memory),
		cmocka_unit_test(no_claimed_key_stays_in_memory),
	};

	return RUN_ROWS(overtaken, refuses_what_a_later_request_overtook) +
	       RUN_ROWS(retargetings, refuses_another_target) +
	       RUN_ROWS(devices, no_image_of_others_in_a_signed_upload) +
	       RUN_ROWS(devices, no_image_of_others_where_the_upload_stops) +
	       RUN_ROWS(devices, no_image_of_others_in_a_signed_stream) +
	       RUN_ROWS(devices, no_image_of_others_in_a_resumed_upload) +
	       RUN_ROWS(changing, nothing_changes_without_a_key) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
