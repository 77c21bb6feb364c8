/* SPDX-License-Identifier: MIT */
/* Uploads that share a receiver, are cut off, come compressed, meet broken flash; switching; time. */
#include <zlib.h>

#include "tests/rx.h"

static struct rx_world world;
static uint8_t image[RX_SLOT], other[RX_SLOT], packed[RX_SLOT + 1024];
static size_t image_size, other_size;

static const struct app_recipe old_app = { "lamp", "1.0", OTA_CHIP_ESP32C3, 9000, 1, 0, false,
					   false,  0 };
static const struct app_recipe new_app = { "lamp", "2.0", OTA_CHIP_ESP32C3, 100000, 2, 0, false,
					   false,  0 };
static const struct app_recipe other_app = { "lamp", "3.0", OTA_CHIP_ESP32C3, 50000, 3, 0, false,
					     false,  0 };

static void begin(enum rx_layout layout, int running)
{
	rx_begin(&world, layout);
	rx_put_app(&world, layout, running, &old_app);
	if (running >= 0)
		rx_put_record(&world, 0, (uint32_t)running + 1, OTA_STATE_VALID);
	image_size = make_app(&new_app, image);
	other_size = make_app(&other_app, other);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, running);
}

static int begin_two(void **state)
{
	(void)state;
	begin(RX_TWO, 0);
	return 0;
}

static unsigned ask(const char *head)
{
	return rx_ask(&world, head, "", 0);
}

/* Begin an upload and leave it hanging after `sent` bytes of content. */
static struct ota_conn *hang(const uint8_t *data, size_t size, size_t sent)
{
	struct ota_conn *conn = rx_open(&world);
	char head[400], digest[64];

	snprintf(
		head, sizeof(head),
		RX_PUT
		"OTA-Digest: %s\r\nOTA-Length: %zu\r\nOTA-Commit: switch\r\nContent-Length: %zu\r\n\r\n",
		rx_digest(data, size, digest), size, size);
	rx_send(&world, conn, head, strlen(head), 100);
	assert_int_equal(rx_send(&world, conn, data, sent, 1400), sent);
	return conn;
}

static size_t pack(const uint8_t *data, size_t size, int bits)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data,
		       .avail_in = (uInt)size,
		       .next_out = packed,
		       .avail_out = sizeof(packed) };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static unsigned put_packed(size_t at, size_t size, size_t sent, const char *fields)
{
	char head[500], digest[64];

	snprintf(
		head, sizeof(head),
		RX_PUT
		"OTA-Digest: %s\r\nOTA-Length: %zu\r\nOTA-Offset: %zu\r\nContent-Encoding: deflate\r\n"
		"Content-Length: %zu\r\n%s\r\n",
		rx_digest(image, image_size, digest), image_size, at, sent, fields);
	(void)size;
	return rx_ask(&world, head, packed, sent);
}

static void takes_deflate(void **state)
{
	char fields[120], digest[64];
	size_t n = pack(image, 65536, 12);

	(void)state;
	snprintf(fields, sizeof(fields), "OTA-Part-Length: 65536\r\nContent-Digest: %s\r\n",
		 rx_digest(packed, n, digest));
	assert_int_equal(put_packed(0, 65536, n, fields), 200);
	assert_int_equal(world.emulator.nor.count.erases_64k, 1);
	n = pack(image + 65536, image_size - 65536, 9);
	assert_int_equal(put_packed(65536, image_size - 65536, n, "OTA-Commit: switch\r\n"), 200);
	assert_true(rx_holds(&world, rx_addr(RX_TWO, 1), image, image_size));
	assert_true(ota_emulator_loads(&world.emulator, 1));
}

static void refuses_damaged_streams(void **state)
{
	size_t n;

	(void)state;
	n = pack(image, 8192, 15);
	assert_int_equal(put_packed(0, 8192, n, ""), 400); /* a window of 32 KiB */
	assert_true(rx_says(&world, "OTA_STREAM\""));
	n = pack(image, 8192, 12);
	packed[n - 1] ^= 1;
	assert_int_equal(put_packed(0, 8192, n, ""), 400); /* its check value */
	assert_true(rx_says(&world, "OTA_STREAM\""));
	n = pack(image, 8192, 12);
	assert_int_equal(put_packed(0, 8192, n - 3, ""), 400); /* it breaks off */
	assert_true(rx_says(&world, "OTA_STREAM\""));
	n = pack(image, 8192, 12);
	assert_int_equal(put_packed(0, 8192, n + 5, ""), 400); /* it goes on */
	assert_true(rx_says(&world, "OTA_STREAM\""));
	n = pack(image, 8192, 12);
	assert_int_equal(put_packed(0, 8192, n, "OTA-Part-Length: 4096\r\n"), 400);
	assert_true(rx_says(&world, "OTA_PART\""));
	n = pack(image, 8192, 12);
	assert_int_equal(put_packed(0, 8192, n, "OTA-Part-Length: 12288\r\n"), 400);
	assert_true(rx_says(&world, "OTA_PART\""));
	n = pack(image, 5000, 12);
	assert_int_equal(put_packed(0, 5000, n, ""), 400); /* ends within a sector */
	assert_true(rx_says(&world, "OTA_PART\""));
	memset(packed, 0, 100);
	assert_int_equal(put_packed(0, 0, 100, ""), 400);
	assert_false(ota_emulator_loads(&world.emulator, 1));
}

static void refuses_another_content_digest(void **state)
{
	char fields[100], digest[64];

	(void)state;
	snprintf(fields, sizeof(fields), "Content-Digest: %s\r\n", rx_digest("x", 1, digest));
	assert_int_equal(rx_put(&world, image, image_size, 0, 8192, fields), 400);
	assert_true(rx_says(&world, "OTA_CONTENT_DIGEST\""));
}

static void one_upload_at_a_time(void **state)
{
	struct ota_conn *first = hang(image, image_size, 20000);

	(void)state;
	world.now += 4999;
	assert_int_equal(rx_put(&world, other, other_size, 0, other_size, "OTA-Commit: switch\r\n"),
			 409);
	assert_true(rx_says(&world, "OTA_BUSY\""));
	assert_true(rx_says(&world, "\"received\":16384"));
	assert_int_equal(ask(RX_POST("restart")), 409);
	world.now += 1; /* the first one has been silent for 5 s */
	assert_int_equal(rx_put(&world, other, other_size, 0, other_size, "OTA-Commit: switch\r\n"),
			 200);
	assert_true(ota_emulator_loads(&world.emulator, 1));
	ota_conn_close(first);
}

/* The same upload on a second connection takes it over; the first one is told. */
static void the_same_upload_takes_over(void **state)
{
	struct ota_conn *first = hang(image, image_size, 20000);

	(void)state;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 200);
	rx_run(&world, first);
	assert_true(rx_says(&world, "OTA_TAKEN_OVER\""));
	ota_conn_close(first);
	assert_true(ota_emulator_loads(&world.emulator, 1));
}

/* A connection dropped at each of 200 places, then resumed with what is missing. */
static void resumes_wherever_it_broke_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < 200; i++) {
		size_t sent = (i + 1) * image_size / 200 - 1, from = sent / 4096 * 4096;
		uint32_t before;

		begin(RX_TWO, 0);
		ota_conn_close(hang(image, image_size, sent));
		before = world.emulator.nor.count.programmed;
		assert_int_equal(
			rx_put(&world, image, image_size, from, image_size - from,
			       from ? "OTA-Commit: switch\r\n" : "OTA-Commit: switch\r\nX: 1\r\n"),
			200);
		assert_true(ota_emulator_loads(&world.emulator, 1));
		assert_true(world.emulator.nor.count.programmed - before <= image_size - from + 96);
	}
}

/* The connection is gone after the last byte: the update is finished all the same. */
static void finishes_without_the_client(void **state)
{
	struct ota_conn *conn = hang(image, image_size, image_size - 1);

	(void)state;
	while (ota_conn_input(conn, image + image_size - 1, 1) == 0)
		rx_run(&world, NULL);
	while (conn->state == OTA_CONN_BODY)
		ota_step(&world.emulator.rx, world.now);
	ota_conn_close(conn);
	rx_run(&world, NULL);
	assert_true(ota_emulator_loads(&world.emulator, 1));
	assert_int_equal(ask(RX_GET("device")), 200);
	assert_true(rx_says(&world, "\"ok\":true"));
	assert_true(rx_says(&world, "\"selected\":\"ota_1\""));
}

static void tries_a_write_again(void **state)
{
	(void)state;
	world.emulator.nor.failing = 1;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 200);
	assert_true(ota_emulator_loads(&world.emulator, 1));
}

static void gives_up_on_broken_flash(void **state)
{
	(void)state;
	world.emulator.nor.failing = 2;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 500);
	assert_true(rx_says(&world, "OTA_FLASH\""));
	assert_false(ota_emulator_loads(&world.emulator, 1));
}

/* What was erased a moment ago and written since is not blank any more. */
static void erases_again_what_comes_again(void **state)
{
	static uint8_t spoilt[RX_SLOT];
	char head[600], digest[64];

	(void)state;
	memcpy(spoilt, image, image_size);
	spoilt[3000] ^= 0xFF;
	spoilt[8192 + 3000] ^= 0xFF;
	snprintf(head, sizeof(head),
		 RX_PUT "OTA-Digest: %s\r\nOTA-Length: %zu\r\nContent-Length: 12288\r\n\r\n",
		 rx_digest(image, image_size, digest), image_size);
	assert_int_equal(rx_ask(&world, head, spoilt, 12288), 200);
	assert_int_equal(rx_put(&world, image, image_size, 8192, 4096, ""), 200);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 200);
	assert_false(world.emulator.nor.misused);
	assert_true(ota_emulator_loads(&world.emulator, 1));
}

static const struct stuck_bit {
	const char *name;
	uint32_t addr; /* its first byte from here on whose lowest bit is to be 0 */
	uint32_t told; /* the address in the answer */
	const char *detail;
} stuck_bits[] = {
	{ "a stuck bit", 0x30000 + 12288, 0x30000 + 12288, "read back" },
	{ "a stuck bit in the first sector", 0x30000 + 100, 0x30000, "read back" },
	{ "a stuck bit in what is written last", 0x30000, 0x30000, "arm" },
	{ "a stuck bit in the record", RX_OTADATA + 0x1000, RX_OTADATA + 0x1000, "otadata" },
};

/* Told with its address; the old app keeps starting. */
static void finds_a_stuck_bit(void **state)
{
	const struct stuck_bit *bit = *state;
	char told[60];
	uint32_t addr = bit->addr;

	begin(RX_TWO, 0);
	assert_int_equal(rx_addr(RX_TWO, 1), 0x30000);
	/* What is to be in flash, encrypted or not, tells which bit that is. */
	rx_put_app(&world, RX_TWO, 1, &new_app);
	rx_put_record(&world, 1, 2, OTA_STATE_NEW);
	while (world.flash[addr] & 1)
		addr++;
	memset(world.flash + rx_addr(RX_TWO, 1), 0xFF, RX_SLOT);
	memset(world.flash + RX_OTADATA + OTA_RECORD_STRIDE, 0xFF, OTA_RECORD_SIZE);
	world.emulator.nor.stuck = addr;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 500);
	snprintf(told, sizeof(told), "\"detail\":\"%s\",\"offset\":%u", bit->detail, bit->told);
	assert_true(rx_says(&world, told));
	assert_true(addr < 0x30000 || !ota_emulator_loads(&world.emulator, 1));
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 0);
}

static void has_nowhere_to_write(void **state)
{
	(void)state;
	begin(RX_ONE, 0);
	assert_int_equal(rx_put(&world, image, image_size, 0, 4096, ""), 409);
	assert_true(rx_says(&world, "OTA_NO_SLOT\""));
	begin(RX_FACTORY_1, 0);
	assert_int_equal(rx_put(&world, image, image_size, 0, 4096, ""), 409);
	assert_true(rx_says(&world, "OTA_VIA_FACTORY\""));
	rx_begin(&world, RX_NO_OTADATA);
	rx_put_app(&world, RX_NO_OTADATA, 0, &old_app);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(rx_put(&world, image, image_size, 0, 4096, ""), 409);
	assert_true(rx_says(&world, "OTA_NO_OTADATA\""));
	assert_int_equal(world.emulator.nor.ops, 0);
}

static void ends_where_numbers_end(void **state)
{
	(void)state;
	rx_put_record(&world, 0, 0xFFFFFFFD, OTA_STATE_VALID);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 0);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 200);
	rx_put_record(&world, 1, 0xFFFFFFFF, OTA_STATE_VALID);
	rx_put_record(&world, 0, 0xFFFFFFFE, OTA_STATE_VALID);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(rx_put(&world, other, other_size, 0, other_size, "OTA-Commit: switch\r\n"),
			 409);
	assert_true(rx_says(&world, "OTA_SEQUENCE\""));
}

static bool no(void *ctx)
{
	(void)ctx;
	return false;
}

static bool yes(void *ctx)
{
	(void)ctx;
	return true;
}

static bool asked_for_nothing;

static bool yes_and_note(void *ctx)
{
	(void)ctx;
	asked_for_nothing = true;
	return false;
}

/* Nobody stops the app's work for an upload that is refused anyway. */
static void asks_the_app_last(void **state)
{
	(void)state;
	world.emulator.device.veto = yes_and_note;
	asked_for_nothing = false;
	assert_int_equal(rx_put(&world, image, RX_SLOT + 4096, 0, 4096, ""), 413);
	assert_false(asked_for_nothing);
	assert_int_equal(rx_put(&world, image, image_size, 0, 4096, ""), 200);
	assert_true(asked_for_nothing);
}

/* Secure boot, as the test says. */
static struct {
	int error;
	unsigned calls;
	bool whole, armed; /* all of the image was seen; the slot would have booted then */
} judgement;

static int judge_image(void *ctx, uint32_t addr, uint32_t size, const uint8_t *header)
{
	(void)ctx;
	judgement.calls++;
	judgement.armed = ota_emulator_loads(&world.emulator, 1);
	judgement.whole = addr == rx_addr(RX_TWO, 1) && size == RX_SLOT &&
			  (!header || memcmp(header, image, 32) == 0) &&
			  rx_holds(&world, addr + 32, image + 32, image_size - 32);
	return judgement.error;
}

static void begin_judged(int error)
{
	static const struct ota_verify_image port = { .verify = judge_image };

	begin(RX_TWO, 0);
	world.emulator.verify_image = &port;
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	memset(&judgement, 0, sizeof(judgement));
	judgement.error = error;
}

/* The port sees the whole image before anybody could boot it. */
static void asks_secure_boot(void **state)
{
	(void)state;
	begin_judged(-1);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 422);
	assert_true(rx_says(&world, "OTA_SIGNATURE\""));
	assert_int_equal(judgement.calls, 1);
	assert_true(judgement.whole && !judgement.armed);
	assert_false(ota_emulator_loads(&world.emulator, 1));
	begin_judged(0);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: none\r\n"),
			 200);
	assert_true(judgement.whole && !judgement.armed);
	assert_true(ota_emulator_loads(&world.emulator, 1));
}

static void asks_the_app(void **state)
{
	(void)state;
	world.emulator.device.veto = yes;
	assert_int_equal(rx_put(&world, image, image_size, 0, 4096, ""), 503);
	assert_true(rx_says(&world, "Retry-After: 5\r\n"));
	world.emulator.device.ready = no;
	assert_int_equal(ask(RX_POST("confirm")), 409);
	assert_true(rx_says(&world, "OTA_NOT_READY\""));
	assert_int_equal(world.emulator.nor.ops, 0);
}

/* Upload, restart, and what a trial allows. */
static void start_new(bool rollback)
{
	begin(RX_TWO, 0);
	world.emulator.boot.rollback = rollback;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 200);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 1);
}

static void start_trial(void)
{
	start_new(true);
}

static void a_trial_is_confirmed(void **state)
{
	(void)state;
	start_trial();
	assert_int_equal(rx_put(&world, other, other_size, 0, 4096, ""), 409);
	assert_true(rx_says(&world, "OTA_UNCONFIRMED\""));
	assert_int_equal(ask(RX_POST("restart")), 409);
	assert_int_equal(ask(RX_POST("confirm")), 200);
	assert_true(rx_says(&world, "\"confirmed\":true"));
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 1);
	assert_int_equal(rx_put(&world, other, other_size, 0, 4096, ""), 200);
}

/* The app before it stays at hand. */
static void a_confirmed_app_can_still_go_back(void **state)
{
	(void)state;
	for (int rollback = 0; rollback < 2; rollback++) {
		start_new(rollback);
		assert_int_equal(ask(RX_POST("confirm")), 200);
		assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
		assert_int_equal(world.emulator.device.running, 1);
		assert_int_equal(ask(RX_POST("rollback")), 200);
		assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
		assert_int_equal(world.emulator.device.running, 0);
	}
}

static void a_trial_is_rolled_back(void **state)
{
	(void)state;
	start_trial();
	assert_int_equal(ask(RX_POST("rollback")), 200);
	world.now += 1000;
	rx_run(&world, NULL);
	assert_true(world.emulator.restarted);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 0);
	assert_int_equal(ask(RX_GET("device")), 200);
	assert_true(rx_says(&world, "\"last_trial\":{\"image\":\""));
	assert_true(rx_says(&world, "\"slot\":\"ota_1\",\"state\":\"invalid\""));
	/* The failed image again: only by force. */
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 422);
	assert_true(rx_says(&world, "OTA_FAILED_BEFORE\""));
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size,
				"OTA-Commit: switch\r\nOTA-Force: failed\r\n"),
			 200);
}

/* The other app is damaged: nothing to roll back to, nothing is written. */
static void no_rollback_into_a_damaged_app(void **state)
{
	uint64_t ops;

	(void)state;
	start_trial();
	rx_damage(&world, rx_addr(RX_TWO, 0) + 5000);
	ops = world.emulator.nor.ops;
	assert_int_equal(ask(RX_POST("rollback")), 409);
	assert_true(rx_says(&world, "OTA_NO_ROLLBACK\""));
	assert_int_equal(world.emulator.nor.ops, ops);
}

static void a_trial_ends_by_itself(void **state)
{
	(void)state;
	start_trial();
	rx_run(&world, NULL);
	world.now += 599999;
	rx_run(&world, NULL);
	assert_false(world.emulator.restarted);
	world.now += 1;
	rx_run(&world, NULL);
	world.now += 1000;
	rx_run(&world, NULL);
	assert_true(world.emulator.restarted);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 0);
}

static void post_boot(const char *slot, const uint8_t *data, size_t size, unsigned status)
{
	char head[300], hex[65];

	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", data[size - 32 + i]);
	snprintf(
		head, sizeof(head),
		"POST /ota/v1/boot?slot=%s&image=%s HTTP/1.1\r\nHost: localhost\r\nOTA-Request: 1\r\n\r\n",
		slot, hex);
	assert_int_equal(ask(head), status);
}

static void switches_to_a_whole_slot(void **state)
{
	(void)state;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: none\r\n"),
			 200);
	assert_int_equal(ask(RX_GET("device")), 200);
	assert_true(rx_says(&world, "\"selected\":\"ota_0\""));
	post_boot("ota_1", image, image_size, 200);
	assert_int_equal(ask(RX_GET("device")), 200);
	assert_true(rx_says(&world, "\"selected\":\"ota_1\""));
	rx_damage(&world, rx_addr(RX_TWO, 1) + 5000);
	post_boot("ota_1", image, image_size, 422);
}

/* No switch to an image that secure boot does not want, nor back to one. */
static void secure_boot_has_its_say_later_too(void **state)
{
	(void)state;
	begin_judged(0);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: none\r\n"),
			 200);
	judgement.error = -1;
	post_boot("ota_1", image, image_size, 422);
	assert_true(judgement.whole && judgement.armed);
	judgement.error = 0;
	post_boot("ota_1", image, image_size, 200);
}

static void goes_to_factory(void **state)
{
	static uint8_t factory[20000];
	size_t size = make_app(&old_app, factory);

	(void)state;
	begin(RX_FACTORY_1, -1);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 200);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 0);
	post_boot("factory", factory, size, 200);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, OTA_CHOICE_FACTORY);
}

static void gives_blocks_and_bytes(void **state)
{
	const uint8_t *body;
	uint8_t blank[32];
	uint32_t crc;

	(void)state;
	memset(blank, 0xFF, sizeof(blank));
	assert_int_equal(rx_put(&world, image, image_size, 0, 65536, ""), 200);
	assert_int_equal(ask(RX_GET("image/blocks?size=65536")), 200);
	body = (const uint8_t *)strstr(world.answer, "\r\n\r\n") + 4;
	assert_int_equal(world.answer_size - (size_t)(body - (const uint8_t *)world.answer), 8);
	crc = (uint32_t)crc32(0, image, 65536);
	assert_int_equal((uint32_t)body[0] | (uint32_t)body[1] << 8 | (uint32_t)body[2] << 16 |
				 (uint32_t)body[3] << 24,
			 crc);
	assert_int_equal(ask(RX_GET("otadata")), 200);
	body = (const uint8_t *)strstr(world.answer, "\r\n\r\n") + 4;
	assert_true(rx_holds(&world, RX_OTADATA, body, 32));
	assert_memory_equal(body + 32, blank, 32);
	assert_int_equal(ask(RX_GET("table")), 200);
	body = (const uint8_t *)strstr(world.answer, "\r\n\r\n") + 4;
	assert_true(rx_holds(&world, 0x8000, body, 0xC00));
}

static void a_slow_head_is_told(void **state)
{
	struct ota_conn *conn = rx_open(&world);

	(void)state;
	rx_send(&world, conn, "GET /ota", 8, 8);
	world.now += 4999;
	rx_run(&world, conn);
	assert_int_equal(world.answer_size, 0);
	world.now += 1;
	rx_run(&world, conn);
	assert_true(rx_says(&world, "OTA_HEAD_SLOW\""));
	assert_true(ota_conn_done(conn));
	ota_conn_close(conn);
	conn = rx_open(&world);
	world.now += 5000;
	rx_run(&world, conn);
	assert_int_equal(world.answer_size, 0);
	assert_true(ota_conn_done(conn));
}

static void a_slow_body_is_dropped(void **state)
{
	struct ota_conn *conn = hang(image, image_size, 30 * 1024 - 1);

	(void)state;
	world.now += 29999;
	rx_run(&world, conn);
	assert_false(ota_conn_done(conn));
	world.now += 1;
	rx_run(&world, conn);
	assert_true(ota_conn_done(conn));
}

static void makes_room_for_newcomers(void **state)
{
	struct ota_receiver *rx = &world.emulator.rx;
	struct ota_conn *upload = hang(image, image_size, 9000), *first, *conn;

	(void)state;
	world.now += 10;
	rx_run(&world, NULL);
	first = ota_conn_open(rx);
	world.now += 10;
	rx_run(&world, NULL);
	while ((conn = ota_conn_open(rx)) != NULL)
		assert_ptr_not_equal(conn, upload);
	assert_ptr_equal(ota_conn_victim(rx), first);
}

/* There is no room for a newcomer, and the upload goes on. */
static void an_upload_keeps_its_only_connection(void **state)
{
	struct ota_receiver *rx = &world.emulator.rx;
	struct ota_conn *conn = hang(image, image_size, 9000);

	(void)state;
	assert_null(ota_conn_open(rx));
	assert_null(ota_conn_victim(rx));
	assert_int_equal(rx_send(&world, conn, image + 9000, image_size - 9000, 1400),
			 image_size - 9000);
	assert_int_equal(rx_status(&world), 200);
	assert_true(ota_emulator_loads(&world.emulator, 1));
}

/* A blank slot is not erased: what is read to see that comes on top. */
static void a_blank_slot_is_not_erased(void **state)
{
	const struct ota_nor_count *count = &world.emulator.nor.count;

	(void)state;
	memset(&world.emulator.nor.count, 0, sizeof(world.emulator.nor.count));
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: none\r\n"),
			 200);
	assert_true(count->read <= image_size * 21 / 10);
	assert_true(count->erases_4k + count->erases_64k <= 18); /* where blank is doubted */
}

static int suite(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(takes_deflate, begin_two),
		cmocka_unit_test_setup(refuses_damaged_streams, begin_two),
		cmocka_unit_test_setup(refuses_another_content_digest, begin_two),
		cmocka_unit_test_setup(resumes_wherever_it_broke_off, begin_two),
		cmocka_unit_test_setup(finishes_without_the_client, begin_two),
		cmocka_unit_test_setup(tries_a_write_again, begin_two),
		cmocka_unit_test_setup(gives_up_on_broken_flash, begin_two),
		cmocka_unit_test_setup(erases_again_what_comes_again, begin_two),
		cmocka_unit_test_setup(has_nowhere_to_write, begin_two),
		cmocka_unit_test_setup(ends_where_numbers_end, begin_two),
		cmocka_unit_test_setup(asks_the_app, begin_two),
		cmocka_unit_test_setup(asks_the_app_last, begin_two),
		cmocka_unit_test(asks_secure_boot),
		cmocka_unit_test(secure_boot_has_its_say_later_too),
		cmocka_unit_test(a_trial_is_confirmed),
		cmocka_unit_test(a_confirmed_app_can_still_go_back),
		cmocka_unit_test(a_trial_is_rolled_back),
		cmocka_unit_test(no_rollback_into_a_damaged_app),
		cmocka_unit_test(a_trial_ends_by_itself),
		cmocka_unit_test_setup(switches_to_a_whole_slot, begin_two),
		cmocka_unit_test(goes_to_factory),
		cmocka_unit_test_setup(gives_blocks_and_bytes, begin_two),
		cmocka_unit_test_setup(a_slow_head_is_told, begin_two),
		cmocka_unit_test_setup(a_slow_body_is_dropped, begin_two),
		cmocka_unit_test_setup(a_blank_slot_is_not_erased, begin_two),
	};
	/* These are about connections side by side. */
	const struct CMUnitTest several[] = {
		cmocka_unit_test_setup(one_upload_at_a_time, begin_two),
		cmocka_unit_test_setup(the_same_upload_takes_over, begin_two),
		cmocka_unit_test_setup(makes_room_for_newcomers, begin_two),
	};
	const struct CMUnitTest alone[] = {
		cmocka_unit_test_setup(an_upload_keeps_its_only_connection, begin_two),
	};
	int failed =
		cmocka_run_group_tests(tests, NULL, NULL) + RUN_ROWS(stuck_bits, finds_a_stuck_bit);

	return failed + (rx_shape->conns > 1 ? cmocka_run_group_tests(several, NULL, NULL)
					     : cmocka_run_group_tests(alone, NULL, NULL));
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
