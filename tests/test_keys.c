/* SPDX-License-Identifier: MIT */
/* Changes of the keys that are cut short: by power, in each flash operation of the real key store, and by
 * other changes that overtake them. */
#include "tests/owner.h"

static const struct ota_tear tears[] = { { 'n', 0 },  { 'a', 0 },  { 'w', 0 },  { 'p', 1 },
					 { 'p', 4 },  { 'p', 20 }, { 'p', 84 }, { 'p', 90 },
					 { 'q', 8 },  { 'q', 50 }, { 'q', 86 }, { 'r', 1 },
					 { 'r', 2 },  { 'r', 3 },  { 'r', 4 },  { 'r', 5 },
					 { 'r', 60 }, { 'r', 61 }, { 'r', 62 }, { 'r', 63 } };

/* What the store holds before and after; NULL: nothing. */
static const struct change {
	const char *name;
	const uint8_t *before[2], *after[2];
} changes[] = {
	{ "rotation", { owner, NULL }, { fresh, NULL } },
	{ "rotation beside a second key", { owner, page }, { fresh, page } },
	{ "a second key", { owner, NULL }, { owner, fresh } },
	{ "another second key", { owner, page }, { owner, fresh } },
	{ "deletion", { owner, page }, { owner, NULL } },
	{ "claim", { NULL, NULL }, { fresh, NULL } },
};

static bool is_as(const uint8_t *const keys[2])
{
	uint8_t found[32];

	for (unsigned slot = 0; slot < 2; slot++)
		if (keys[slot] ? !holds(slot, keys[slot])
			       : world.emulator.keys.get(world.emulator.keys.ctx, slot, found))
			return false;
	return true;
}

/* Changed `age` times before, so that the records lie in both ways and are of several pasts. */
static void begin_with(const struct change *change, unsigned age)
{
	begin();
	for (unsigned i = 0; i < age; i++)
		store(1, i % 2 ? page : stranger);
	store(0, change->before[0]);
	store(1, change->before[1]);
	world.emulator.presence = true;
	assert_true(is_as(change->before));
}

static unsigned delete_second(void)
{
	struct ask ask = { "DELETE", "/ota/v1/keys/1", "content-length: 0\n", owner, NULL, NULL };

	return send(&ask, "", 0);
}

static unsigned make(const struct change *change)
{
	if (!change->before[0])
		return rx_ask(&world, claim_head(change->after[0]), change->after[0], 32);
	if (change->before[0] != change->after[0])
		return change_key(0, change->after[0]);
	return change->after[1] ? change_key(1, change->after[1]) : delete_second();
}

/* A signed request of the key that is there now. */
static void is_owned_by(const uint8_t *key)
{
	struct ask ask = { "GET", "/ota/v1/keys", "", key, NULL, NULL };

	assert_int_equal(send(&ask, "", 0), 200);
}

static void cut_change(const struct change *change, unsigned age, const struct ota_tear *tear,
		       uint64_t cut)
{
	struct ota_nor *nor = &world.emulator.key_nor;
	unsigned status;
	bool old;

	begin_with(change, age);
	nor->tear = *tear;
	nor->cut_at = nor->ops + cut;
	status = make(change);
	assert_int_equal(nor->dead, cut <= 3); /* erase, write, erase */
	ota_nor_power_on(nor);
	assert_false(nor->misused);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	old = is_as(change->before);
	assert_true(old || is_as(change->after));
	assert_true(status != 200 || !old); /* what was answered is so */
	if (change->before[0] || !old)
		is_owned_by(old ? change->before[0] : change->after[0]);
	if (old) /* and the same again goes through */
		assert_int_equal(make(change), 200);
	assert_true(is_as(change->after));
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_true(is_as(change->after));
}

/* The keys are the old ones or the new ones, whole, and who holds them can go on. */
static void one_key_works_wherever_power_fails(void **state)
{
	const struct change *change = *state;

	for (unsigned age = 0; age < 4; age++)
		for (size_t t = 0; t < ARRAY_LEN(tears); t++)
			for (uint64_t cut = 1; cut <= 4; cut++)
				cut_change(change, age, &tears[t], cut);
}

/* The power fails in a change, and again in its repetition. */
static void one_key_works_after_two_cuts(void **state)
{
	const struct change *change = *state;
	struct ota_nor *nor = &world.emulator.key_nor;

	for (size_t t = 0; t < ARRAY_LEN(tears) * ARRAY_LEN(tears); t += 7) {
		for (uint64_t cut = 0; cut < 9; cut++) {
			begin_with(change, 1);
			for (unsigned twice = 0; twice < 2; twice++) {
				nor->tear =
					tears[twice ? t % ARRAY_LEN(tears) : t / ARRAY_LEN(tears)];
				nor->cut_at = nor->ops + 1 + (twice ? cut % 3 : cut / 3);
				if (is_as(change->before))
					make(change);
				ota_nor_power_on(nor);
				assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
				assert_true(is_as(change->before) || is_as(change->after));
			}
			assert_false(nor->misused);
		}
	}
}

/* Where starts are counted in the store, the power fails in that as well. */
static void keys_outlive_a_cut_start(void **state)
{
	struct ota_nor *nor = &world.emulator.key_nor;

	(void)state;
	for (unsigned age = 0; age < 2; age++) {
		for (size_t t = 0; t < ARRAY_LEN(tears); t++) {
			for (uint64_t cut = 1; cut <= 3; cut++) {
				begin_with(&changes[1], age);
				world.emulator.key_store.counts = true;
				world.emulator.keys = ota_key_store_port(&world.emulator.key_store);
				nor->tear = tears[t];
				nor->cut_at = nor->ops + cut;
				(void)!ota_emulator_power_on(&world.emulator);
				assert_true(nor->dead);
				ota_nor_power_on(nor);
				assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
				assert_true(is_as(changes[1].before));
				is_owned_by(owner);
			}
		}
	}
}

/* An old record whose erase did not last comes back, in either sector. */
static void the_newer_of_two_records_counts(void **state)
{
	static uint8_t before[OTA_KEY_STORE_SIZE];
	uint8_t *flash = world.emulator.key_flash;

	(void)state;
	for (unsigned age = 0; age < 2; age++) {
		begin_with(&changes[1], age);
		memcpy(before, flash, sizeof(before));
		assert_int_equal(make(&changes[1]), 200);
		for (size_t i = 0; i < sizeof(before); i++)
			flash[i] &= before[i];
		assert_true(is_as(changes[1].after));
		assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
		is_owned_by(fresh);
	}
}

static const uint8_t *const kept[2] = { fresh, NULL };

/* A claim that began while somebody was there, and whose key comes when the device has its owner. */
static void no_claim_comes_after_another(void **state)
{
	struct ota_conn *late;

	(void)state;
	begin_with(&changes[5], 0);
	late = rx_open(&world);
	rx_send(&world, late, claim_head(stranger), strlen(claim_head(stranger)), 4096);
	rx_send(&world, late, stranger, 31, 31);
	assert_int_equal(rx_ask(&world, claim_head(fresh), fresh, 32), 200);
	world.answer_size = 0;
	rx_send(&world, late, stranger + 31, 1, 1);
	assert_int_equal(rx_status(&world), 401);
	assert_true(is_as(kept));
}

static void no_claim_ends_when_nobody_is_there(void **state)
{
	struct ota_conn *late;

	(void)state;
	begin_with(&changes[5], 0);
	late = rx_open(&world);
	rx_send(&world, late, claim_head(stranger), strlen(claim_head(stranger)), 4096);
	world.emulator.presence = false;
	rx_send(&world, late, stranger, 32, 32);
	assert_int_equal(rx_status(&world), 401);
	assert_true(is_as(changes[5].before));
}

/* What the old key's thief has begun ends with the old key. */
static void no_change_of_keys_outlives_its_key(void **state)
{
	uint8_t wrapped[32];
	struct ota_conn *late;
	char *head;

	(void)state;
	begin_with(&changes[0], 0);
	head = sign_key(0, stranger, owner, wrapped);
	late = rx_open(&world);
	rx_send(&world, late, head, strlen(head), 4096);
	rx_send(&world, late, wrapped, 31, 31);
	assert_int_equal(change_key(0, fresh), 200);
	rx_send(&world, late, wrapped + 31, 1, 1);
	assert_true(is_as(kept));
	is_owned_by(fresh);
}

static void no_upload_outlives_its_key(void **state)
{
	struct ask ask = upload();
	struct ota_conn *late;
	char *head;
	uint64_t ops;

	(void)state;
	begin_with(&changes[1], 0);
	head = sign(&ask);
	late = rx_open(&world);
	rx_send(&world, late, head, strlen(head), 4096);
	rx_send(&world, late, image, image_size - 1, 4096);
	assert_int_equal(change_key(0, fresh), 200);
	ops = world.emulator.nor.ops;
	rx_send(&world, late, image + image_size - 1, 1, 1);
	assert_int_equal(world.emulator.nor.ops, ops);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 0);
}

/* The other key's upload goes on. */
static void an_upload_outlives_the_other_key(void **state)
{
	struct ask ask = upload();
	struct ota_conn *late;
	char *head;

	(void)state;
	begin_with(&changes[1], 0);
	ask.key = page;
	head = sign(&ask);
	late = rx_open(&world);
	rx_send(&world, late, head, strlen(head), 4096);
	rx_send(&world, late, image, image_size - 1, 4096);
	assert_int_equal(change_key(0, fresh), 200);
	world.answer_size = 0;
	rx_send(&world, late, image + image_size - 1, 1, 1);
	rx_run(&world, late);
	assert_int_equal(rx_status(&world), 200);
}

static void no_upload_outlives_a_deleted_key(void **state)
{
	struct ask ask = upload();
	struct ota_conn *late;
	char *head;
	uint64_t ops;

	(void)state;
	begin_with(&changes[1], 0);
	ask.key = page;
	head = sign(&ask);
	late = rx_open(&world);
	rx_send(&world, late, head, strlen(head), 4096);
	rx_send(&world, late, image, 8192, 4096);
	assert_int_equal(delete_second(), 200);
	ops = world.emulator.nor.ops;
	rx_send(&world, late, image + 8192, image_size - 8192, 4096);
	assert_int_equal(world.emulator.nor.ops, ops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_outlive_a_cut_start),
		cmocka_unit_test(the_newer_of_two_records_counts),
		cmocka_unit_test(no_claim_comes_after_another),
		cmocka_unit_test(no_claim_ends_when_nobody_is_there),
		cmocka_unit_test(no_change_of_keys_outlives_its_key),
		cmocka_unit_test(no_upload_outlives_its_key),
		cmocka_unit_test(an_upload_outlives_the_other_key),
		cmocka_unit_test(no_upload_outlives_a_deleted_key),
	};

	return RUN_ROWS(changes, one_key_works_wherever_power_fails) +
	       RUN_ROWS(changes, one_key_works_after_two_cuts) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}
