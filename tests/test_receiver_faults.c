/* SPDX-License-Identifier: MIT */
/* What clients and flash do wrong: each fault has its own end, and an update succeeds afterwards. */
#include "tests/rx.h"

static struct rx_world world;
static uint8_t image[RX_SLOT], other[RX_SLOT];
static size_t image_size, other_size;

static const struct app_recipe old_app = { "lamp", "1.0", OTA_CHIP_ESP32C3, 9000, 1, 0, false,
					   false,  0 };
static const struct app_recipe new_app = { "lamp", "2.0", OTA_CHIP_ESP32C3, 20000, 2, 0, false,
					   false,  0 };
static const struct app_recipe other_app = { "lamp", "3.0", OTA_CHIP_ESP32C3, 10000, 3, 0, false,
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

static void updates(void)
{
	world.now += 6000;
	rx_run(&world, NULL);
	assert_int_equal(rx_put(&world, other, other_size, 0, other_size, "OTA-Commit: switch\r\n"),
			 200);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 1);
	assert_memory_equal(world.flash + rx_addr(RX_TWO, 1), other, other_size);
}

/* The head of an upload of `image` that promises `promised` bytes of content. */
static struct ota_conn *promise(size_t promised, const char *fields)
{
	struct ota_conn *conn = rx_open(&world);
	char head[600], digest[64];

	snprintf(head, sizeof(head),
		 RX_PUT "OTA-Digest: %s\r\nOTA-Length: %zu\r\nContent-Length: %zu\r\n%s\r\n",
		 rx_digest(image, image_size, digest), image_size, promised, fields);
	rx_send(&world, conn, head, strlen(head), 100);
	rx_run(&world, conn);
	return conn;
}

/* 100, and then nothing: nothing is touched, others wait 5 s, and it ends after 30. */
static void nothing_comes_after_expect(void **state)
{
	struct ota_conn *conn =
		promise(image_size, "OTA-Commit: switch\r\nExpect: 100-continue\r\n");

	(void)state;
	assert_string_equal(world.answer, "HTTP/1.1 100 Continue\r\n\r\n");
	world.now += 29999;
	rx_run(&world, conn);
	assert_false(ota_conn_done(conn));
	world.now += 1;
	rx_run(&world, conn);
	assert_true(ota_conn_done(conn));
	ota_conn_close(conn);
	assert_int_equal(world.emulator.nor.ops, 0);
	updates();
}

/* A refusal comes instead of "100 Continue". */
static void a_refusal_needs_no_content(void **state)
{
	struct ota_conn *conn = promise(RX_SLOT + 1, "Expect: 100-continue\r\n");

	(void)state;
	assert_int_equal(rx_status(&world), 400);
	assert_true(rx_says(&world, "OTA_PART\""));
	assert_false(rx_says(&world, "100 Continue"));
	ota_conn_close(conn);
	updates();
}

/* The other end closes before all that it promised came. */
static void content_is_shorter_than_promised(void **state)
{
	struct ota_conn *conn = promise(image_size, "OTA-Commit: switch\r\n");

	(void)state;
	rx_send(&world, conn, image, image_size - 1, 1000);
	assert_int_equal(rx_status(&world), 0);
	ota_conn_close(conn);
	assert_false(ota_emulator_loads(&world.emulator, 1));
	assert_int_equal(rx_ask(&world, RX_GET("device"), "", 0), 200);
	assert_true(rx_says(&world, "\"received\":16384"));
	updates();
}

/* What follows the promised bytes is another request, and none. */
static void content_is_longer_than_promised(void **state)
{
	struct ota_conn *conn = promise(image_size, "OTA-Commit: switch\r\n");

	(void)state;
	rx_send(&world, conn, image, image_size, 1000);
	assert_int_equal(rx_status(&world), 200);
	world.answer_size = 0;
	rx_send(&world, conn, "\xE9\xE9\xE9\xE9", 4, 4);
	assert_int_equal(rx_status(&world), 400);
	assert_true(rx_says(&world, "OTA_HEAD\""));
	assert_true(rx_says(&world, "Connection: close\r\n"));
	assert_true(ota_conn_done(conn));
	ota_conn_close(conn);
	assert_memory_equal(world.flash + rx_addr(RX_TWO, 1), image, image_size);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 1);
}

static void an_image_without_bytes(void **state)
{
	(void)state;
	assert_int_equal(rx_ask(&world, RX_PUT "Content-Length: 0\r\n\r\n", "", 0), 409);
	assert_true(rx_says(&world, "OTA_FIRST_SECTOR\""));
	world.now += 5000;
	rx_put_app(&world, RX_TWO, 1, &other_app); /* not this one, whatever is forced */
	assert_int_equal(rx_ask(&world,
				RX_PUT "OTA-Force: project,downgrade,receiver,failed\r\n"
				       "Content-Length: 0\r\n\r\n",
				"", 0),
			 422);
	assert_int_equal(world.emulator.nor.ops, 0);
	updates();
}

/* Exactly the slot fits, by both ways to say the length; a byte more does not. */
static void a_byte_too_large(void **state)
{
	const struct app_recipe full = { "lamp", "2.0", OTA_CHIP_ESP32C3, RX_SLOT, 2, 0, false,
					 false,  0 };
	static uint8_t large[RX_SLOT + 16];
	size_t size;

	(void)state;
	size = make_app(&full, large);
	memset(large + size, 0xFF, RX_SLOT - size);
	assert_int_equal(rx_put(&world, large, RX_SLOT + 1, 0, 4096, ""), 413);
	assert_true(rx_says(&world, "OTA_TOO_LARGE\""));
	assert_int_equal(rx_ask(&world, RX_PUT "Content-Length: 131073\r\n\r\n", "", 0), 413);
	assert_int_equal(world.emulator.nor.ops, 0);
	assert_int_equal(rx_put(&world, large, RX_SLOT, 0, RX_SLOT, "OTA-Commit: switch\r\n"), 200);
	assert_true(ota_emulator_loads(&world.emulator, 1));
}

/* A head of `total` bytes in which `name` fields of 100 bytes stand. */
static unsigned ask_with_fields(const char *name, size_t total)
{
	static char head[10000];
	size_t n = (size_t)snprintf(head, sizeof(head),
				    "GET /ota/v1/device HTTP/1.1\r\nHost: localhost\r\n");

	for (unsigned i = 0; n + 104 < total; i++)
		n += (size_t)snprintf(head + n, sizeof(head) - n, "%s%03u: %0*d\r\n", name, i,
				      (int)(95 - strlen(name)), 0);
	n += (size_t)snprintf(head + n, sizeof(head) - n, "X: %0*d\r\n\r\n", (int)(total - n - 7),
			      0);
	assert_int_equal(n, total);
	return rx_ask(&world, head, "", 0);
}

static void huge_heads(void **state)
{
	(void)state;
	assert_int_equal(ask_with_fields("X-", 8192), 200);
	assert_int_equal(ask_with_fields("X-", 8193), 431);
	assert_true(rx_says(&world, "OTA_HEAD_SIZE\""));
	assert_int_equal(ask_with_fields("OTA-", 900), 200);
	assert_int_equal(ask_with_fields("OTA-", 1400), 431);
	assert_true(rx_says(&world, "OTA_HEAD_SIZE\""));
	assert_int_equal(world.emulator.nor.ops, 0);
	updates();
}

/* A byte a second does not stretch the 5 s that a head may take. */
static void a_head_trickles(void **state)
{
	static const char head[] = "GET /ota/v1/device HTTP/1.1\r\n";
	struct ota_conn *conn = rx_open(&world);

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		rx_send(&world, conn, head + i, 1, 1);
		assert_int_equal(world.answer_size, 0);
		world.now += 1000;
	}
	rx_run(&world, conn);
	assert_int_equal(rx_status(&world), 400);
	assert_true(rx_says(&world, "OTA_HEAD_SLOW\""));
	assert_true(ota_conn_done(conn));
	ota_conn_close(conn);
}

/* What follows a refusal is thrown away: 64 KiB of it, or for 2 s. */
static void a_refused_client_goes_on(void **state)
{
	static uint8_t junk[70000];
	struct ota_conn *conn = promise(RX_SLOT * 4, "");

	(void)state;
	assert_int_equal(rx_status(&world), 400);
	assert_false(ota_conn_done(conn));
	assert_int_equal(rx_send(&world, conn, junk, 65535, 4096), 65535);
	assert_false(ota_conn_done(conn));
	rx_send(&world, conn, junk, 1, 1);
	assert_true(ota_conn_done(conn));
	ota_conn_close(conn);
	conn = promise(RX_SLOT * 4, "");
	world.now += 1999;
	rx_run(&world, conn);
	assert_false(ota_conn_done(conn));
	world.now += 1;
	rx_run(&world, conn);
	assert_true(ota_conn_done(conn));
	ota_conn_close(conn);
	updates();
}

/* Who does not read its answer is closed after 10 s. */
static void an_answer_is_not_read(void **state)
{
	struct ota_conn *conn = rx_open(&world);
	const char *head = RX_GET("device");

	(void)state;
	assert_int_equal(ota_conn_input(conn, head, strlen(head)), strlen(head));
	while (!conn->out_left)
		ota_step(&world.emulator.rx, world.now);
	world.now += 9999;
	ota_step(&world.emulator.rx, world.now);
	assert_false(ota_conn_done(conn));
	world.now += 1;
	ota_step(&world.emulator.rx, world.now);
	assert_true(ota_conn_done(conn));
	ota_conn_close(conn);
	updates();
}

/* Requests one behind the other, in one piece: each its answer, in order. */
static void requests_in_a_row(void **state)
{
	static const char heads[] = RX_GET("table") RX_POST("confirm") RX_GET("nothing");
	struct ota_conn *conn = rx_open(&world);
	const char *at;

	(void)state;
	rx_send(&world, conn, heads, strlen(heads), sizeof(heads));
	at = world.answer;
	assert_memory_equal(at, "HTTP/1.1 200 ", 13);
	at = strstr(at, "\r\n\r\n") + 4 + 0xC00;
	assert_memory_equal(at, "HTTP/1.1 200 ", 13);
	assert_non_null(strstr(at, "\"confirmed\":true"));
	at = strstr(strstr(at, "\r\n\r\n"), "HTTP/1.1 ");
	assert_memory_equal(at, "HTTP/1.1 404 ", 13);
	assert_false(ota_conn_done(conn));
	ota_conn_close(conn);
}

static bool no_memory(void *ctx)
{
	(void)ctx;
	return false;
}

/* Without memory for a decoder: 415, then the same image plain. */
static void deflate_finds_no_memory(void **state)
{
	struct ota_inflate none = ota_inflate_zlib;
	struct ota_conn *conn;

	(void)state;
	none.begin = no_memory;
	world.emulator.inflate = &none;
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	conn = promise(1000, "Content-Encoding: deflate\r\n");
	assert_int_equal(rx_status(&world), 415);
	assert_true(rx_says(&world, "OTA_CODING\""));
	ota_conn_close(conn);
	assert_int_equal(world.emulator.nor.ops, 0);
	world.emulator.inflate = NULL;
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	ota_conn_close(promise(1000, "Content-Encoding: deflate\r\n"));
	assert_int_equal(rx_status(&world), 415);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 200);
}

/* A connection that is just open is not thrown out while an older one is silent. */
static void the_oldest_silence_makes_room(void **state)
{
	struct ota_receiver *rx = &world.emulator.rx;
	struct ota_conn *first = NULL, *conn;

	(void)state;
	for (unsigned i = 0; (conn = ota_conn_open(rx)) != NULL; i++) {
		world.now += 100;
		rx_run(&world, NULL);
		first = first ? first : conn;
	}
	assert_ptr_equal(ota_conn_victim(rx), first);
	rx_send(&world, first, RX_GET("device"), strlen(RX_GET("device")), 100);
	rx_run(&world, first); /* it was answered, and its clock starts anew */
	if (rx_shape->conns > 1)
		assert_ptr_not_equal(ota_conn_victim(rx), first);
}

/* The n-th call of the flash fails, and after it `lasting` calls more; nothing was done then. */
static struct flash_fault {
	unsigned long calls, at, lasting;
	struct ota_flash real;
} fault;

static bool fails(void)
{
	fault.calls++;
	return fault.at && fault.calls >= fault.at && fault.calls - fault.at <= fault.lasting;
}

static int faulty_read(void *ctx, uint32_t addr, void *buf, size_t len)
{
	return fails() ? 0x6002 : fault.real.read(ctx, addr, buf, len);
}

static int faulty_write(void *ctx, uint32_t addr, const void *buf, size_t len)
{
	return fails() ? 0x6001 : fault.real.write(ctx, addr, buf, len);
}

static int faulty_erase(void *ctx, uint32_t addr, uint32_t len)
{
	return fails() ? 0x6003 : fault.real.erase(ctx, addr, len);
}

static int faulty_blank(void *ctx, uint32_t addr, uint32_t len, bool *blank)
{
	return fails() ? 0x6004 : fault.real.blank(ctx, addr, len, blank);
}

static void break_flash(unsigned long at, unsigned long lasting)
{
	struct ota_flash *flash = &world.emulator.nor.flash;

	fault = (struct flash_fault){ 0, at, lasting, *flash };
	flash->read = faulty_read;
	flash->write = faulty_write;
	flash->erase = faulty_erase;
	flash->blank = faulty_blank;
}

static void begin_faulty(unsigned long at, unsigned long lasting)
{
	begin(RX_TWO, 0);
	memset(world.flash + rx_addr(RX_TWO, 1), 0x5A, RX_SLOT);
	break_flash(at, lasting);
}

/* One call of the flash fails, once or from then on: the upload succeeds or says OTA_FLASH, a reset
 * starts what it may, and an update succeeds when the flash works again. */
static void any_flash_call_fails(void **state)
{
	static const unsigned long lasting[] = { 0, 1, 2, 100000 };
	unsigned long calls;
	unsigned refused = 0;

	(void)state;
	begin_faulty(0, 0);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 200);
	calls = fault.calls;
	for (unsigned long at = 1; at <= calls * 4; at++) {
		unsigned status;

		begin_faulty((at + 3) / 4, lasting[at % 4]);
		status = rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n");
		assert_true(status == 200 ||
			    (status == 500 && rx_says(&world, "\"error\":\"OTA_FLASH\"")));
		refused += status == 500;
		fault.at = 0;
		assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
		if (status == 200)
			assert_int_equal(world.emulator.device.running, 1);
		if (world.emulator.device.running == 1) {
			assert_memory_equal(world.flash + rx_addr(RX_TWO, 1), image, image_size);
		} else {
			assert_int_equal(world.emulator.device.running, 0);
			updates();
		}
		assert_false(world.emulator.nor.misused);
	}
	assert_true(refused > calls);
}

static const struct decision {
	const char *name, *head;
	int then; /* what starts after it */
} decisions[] = {
	{ "any flash call fails while the new app is confirmed", RX_POST("confirm"), 1 },
	{ "any flash call fails while the new app is rejected", RX_POST("rollback"), 0 },
};

/* The decision on a trial is carried out, or OTA_FLASH; one of the two apps starts, whole. */
static void any_flash_call_fails_at_the_end(void **state)
{
	static const unsigned long lasting[] = { 0, 1, 2, 100000 };
	static struct rx_world trial;
	const struct decision *row = *state;
	unsigned long calls;

	begin(RX_TWO, 0);
	world.emulator.boot.rollback = true;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 200);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	trial = world;
	break_flash(0, 0);
	assert_int_equal(rx_ask(&world, row->head, "", 0), 200);
	calls = fault.calls;
	for (unsigned long at = 4; at < calls * 4 + 4; at++) {
		unsigned status;

		world = trial;
		break_flash(at / 4, lasting[at % 4]);
		status = rx_ask(&world, row->head, "", 0);
		assert_true(status == 200 || (status == 500 && rx_says(&world, "OTA_FLASH\"")));
		fault.at = 0;
		assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
		if (status == 200)
			assert_int_equal(world.emulator.device.running, row->then);
		if (world.emulator.device.running == 1)
			assert_memory_equal(world.flash + rx_addr(RX_TWO, 1), image, image_size);
		else
			assert_int_equal(world.emulator.device.running, 0);
	}
}

static int suite(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_comes_after_expect, begin_two),
		cmocka_unit_test_setup(a_refusal_needs_no_content, begin_two),
		cmocka_unit_test_setup(content_is_shorter_than_promised, begin_two),
		cmocka_unit_test_setup(content_is_longer_than_promised, begin_two),
		cmocka_unit_test_setup(an_image_without_bytes, begin_two),
		cmocka_unit_test_setup(a_byte_too_large, begin_two),
		cmocka_unit_test_setup(huge_heads, begin_two),
		cmocka_unit_test_setup(a_head_trickles, begin_two),
		cmocka_unit_test_setup(a_refused_client_goes_on, begin_two),
		cmocka_unit_test_setup(an_answer_is_not_read, begin_two),
		cmocka_unit_test_setup(requests_in_a_row, begin_two),
		cmocka_unit_test_setup(deflate_finds_no_memory, begin_two),
		cmocka_unit_test_setup(the_oldest_silence_makes_room, begin_two),
		cmocka_unit_test(any_flash_call_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) +
	       RUN_ROWS(decisions, any_flash_call_fails_at_the_end);
}

int main(void)
{
	return rx_in_each_shape(suite);
}
