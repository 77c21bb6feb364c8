/* SPDX-License-Identifier: MIT */
/* The receiver's answers, a row a refusal, and whole uploads, on a device in memory. */
#include "firmware/core/core.h"
#include "tests/rx.h"

static struct rx_world world;
static uint8_t image[RX_SLOT + 8192];
static size_t image_size;

static const struct app_recipe old_app = { "lamp", "1.0", OTA_CHIP_ESP32C3, 9000, 1, 1, false,
					   false,  0 };
static const struct app_recipe new_app = { "lamp", "2.0", OTA_CHIP_ESP32C3, 70000, 2, 1, false,
					   false,  0 };

/* Two slots, ota_0 runs and is VALID, and `image` is the new app. */
static void begin(enum rx_layout layout)
{
	rx_begin(&world, layout);
	rx_put_app(&world, layout, layout == RX_FACTORY_2 || layout == RX_FACTORY_1 ? -1 : 0,
		   &old_app);
	if (layout == RX_TWO)
		rx_put_record(&world, 0, 1, OTA_STATE_VALID);
	image_size = make_app(&new_app, image);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
}

static unsigned ask(const char *head)
{
	return rx_ask(&world, head, "", 0);
}

static const struct refusal {
	const char *name, *head;
	unsigned status;
	const char *error;
} refusals[] = {
	{ "a head that is none", "nonsense\r\n\r\n", 400, "OTA_HEAD\"" },
	{ "chunked", RX_PUT "Transfer-Encoding: chunked\r\n\r\n", 411, "OTA_LENGTH\"" },
	{ "both lengths", RX_PUT "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400,
	  "OTA_HEAD\"" },
	{ "no length", RX_PUT "\r\n", 411, "OTA_LENGTH\"" },
	{ "the page that is not there", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 404,
	  "OTA_NOT_FOUND\"" },
	{ "another version of the interface", RX_GET("../v2/device"), 404, "OTA_NOT_FOUND\"" },
	{ "a path that goes on", RX_GET("device/"), 404, "OTA_NOT_FOUND\"" },
	{ "a path that is encoded", RX_GET("%64evice"), 404, "OTA_NOT_FOUND\"" },
	{ "HEAD", "HEAD /ota/v1/device HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "OTA_METHOD\"" },
	{ "OPTIONS", "OPTIONS /ota/v1/image HTTP/1.1\r\nHost: localhost\r\n\r\n", 405,
	  "OTA_METHOD\"" },
	{ "POST of an image", RX_POST("image"), 405, "OTA_METHOD\"" },
	{ "a name that is not its own", "GET /ota/v1/device HTTP/1.1\r\nHost: evil.example\r\n\r\n",
	  421, "OTA_HOST\"" },
	{ "its name with more behind",
	  "GET /ota/v1/device HTTP/1.1\r\nHost: lamp.local.evil\r\n\r\n", 421, "OTA_HOST\"" },
	{ "three numbers for an address", "GET /ota/v1/device HTTP/1.1\r\nHost: 1.2.3\r\n\r\n", 421,
	  "OTA_HOST\"" },
	{ "an empty host", "GET /ota/v1/device HTTP/1.1\r\nHost:\r\n\r\n", 421, "OTA_HOST\"" },
	{ "a port that is no number", "GET /ota/v1/device HTTP/1.1\r\nHost: localhost:80x\r\n\r\n",
	  421, "OTA_HOST\"" },
	{ "another origin",
	  "GET /ota/v1/device HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil\r\n\r\n", 421,
	  "OTA_ORIGIN\"" },
	{ "the null origin",
	  "GET /ota/v1/device HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n", 421,
	  "OTA_ORIGIN\"" },
	{ "an unknown expectation", RX_PUT "Content-Length: 9000\r\nExpect: wonders\r\n\r\n", 417,
	  "OTA_EXPECT\"" },
	{ "Content-Range",
	  RX_PUT "Content-Length: 9000\r\nContent-Range: bytes 0-8999/9000\r\n\r\n", 400,
	  "OTA_FIELD\"" },
	{ "a query that is not asked for", RX_GET("device?x=1"), 400, "OTA_QUERY\"" },
	{ "blocks of another size", RX_GET("image/blocks?size=4"), 400, "OTA_QUERY\"" },
	{ "blocks without size", RX_GET("image/blocks"), 400, "OTA_QUERY\"" },
	{ "a key twice", RX_GET("image/blocks?size=4096&size=4096"), 400, "OTA_QUERY\"" },
	{ "a key without value", RX_GET("image/blocks?size"), 400, "OTA_QUERY\"" },
	{ "content with GET",
	  "GET /ota/v1/device HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n", 413,
	  "OTA_CONTENT\"" },
	{ "a POST that a page can send",
	  "POST /ota/v1/restart HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 415,
	  "OTA_FORM\"" },
	{ "a form's content",
	  RX_PUT "Content-Type: multipart/form-data\r\nContent-Length: 9\r\n\r\n", 415,
	  "OTA_FORM\"" },
	{ "OTA-Digest without length",
	  RX_PUT
	  "OTA-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\nContent-Length: 9\r\n\r\n",
	  400, "ota-length" },
	{ "OTA-Length without digest", RX_PUT "OTA-Length: 9\r\nContent-Length: 9\r\n\r\n", 400,
	  "ota-digest" },
	{ "a digest of another kind",
	  RX_PUT
	  "OTA-Digest: md5=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\nOTA-Length: 9\r\nContent-Length: 9\r\n\r\n",
	  400, "ota-digest" },
	{ "a digest with bits left over",
	  RX_PUT
	  "OTA-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=:\r\nOTA-Length: 9\r\nContent-Length: 9\r\n\r\n",
	  400, "ota-digest" },
	{ "a length that is no number",
	  RX_PUT
	  "OTA-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\nOTA-Length: 9x\r\nContent-Length: 9\r\n\r\n",
	  400, "ota-length" },
	{ "a damaged Content-Digest",
	  RX_PUT "Content-Digest: sha-256=:47DE:\r\nContent-Length: 9\r\n\r\n", 400,
	  "content-digest" },
	{ "an offset within a sector",
	  RX_PUT
	  "OTA-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\nOTA-Length: 9000\r\nOTA-Offset: 100\r\nContent-Length: 900\r\n\r\n",
	  400, "ota-offset" },
	{ "an offset behind the end",
	  RX_PUT
	  "OTA-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\nOTA-Length: 9000\r\nOTA-Offset: 12288\r\nContent-Length: 1\r\n\r\n",
	  400, "ota-offset" },
	{ "a part that ends within a sector",
	  RX_PUT
	  "OTA-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\nOTA-Length: 9000\r\nContent-Length: 900\r\n\r\n",
	  400, "OTA_PART\"" },
	{ "a part behind the end",
	  RX_PUT
	  "OTA-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\nOTA-Length: 9000\r\nContent-Length: 9001\r\n\r\n",
	  400, "OTA_PART\"" },
	{ "no content and no wish",
	  RX_PUT
	  "OTA-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\nOTA-Length: 9000\r\nContent-Length: 0\r\n\r\n",
	  400, "ota-commit" },
	{ "an unknown commit", RX_PUT "OTA-Commit: yes\r\nContent-Length: 9\r\n\r\n", 400,
	  "ota-commit" },
	{ "an unknown restart", RX_PUT "OTA-Restart: yes\r\nContent-Length: 9\r\n\r\n", 400,
	  "ota-restart" },
	{ "an unknown force", RX_PUT "OTA-Force: chip\r\nContent-Length: 9\r\n\r\n", 400,
	  "ota-force" },
	{ "gzip", RX_PUT "Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n", 415,
	  "OTA_CODING\"" },
	{ "deflate without length", RX_PUT "Content-Encoding: deflate\r\nContent-Length: 9\r\n\r\n",
	  415, "OTA_CODING\"" },
	{ "one byte too large", RX_PUT "Content-Length: 131073\r\n\r\n", 413, "OTA_TOO_LARGE\"" },
	{ "gigabytes", RX_PUT "Content-Length: 99999999999\r\n\r\n", 413, "OTA_TOO_LARGE\"" },
	{ "a slot that is none",
	  RX_POST("boot?slot=ota_7&image=0000000000000000000000000000000000000000000000000000000000000000"),
	  400, "OTA_QUERY\"" },
	{ "a switch without image", RX_POST("boot?slot=ota_1"), 400, "OTA_QUERY\"" },
	{ "a switch to another image",
	  RX_POST("boot?slot=ota_1&image=0000000000000000000000000000000000000000000000000000000000000000"),
	  409, "OTA_OTHER_IMAGE\"" },
	{ "an image name too short", RX_POST("confirm?image=00"), 400, "OTA_QUERY\"" },
	{ "a confirmation of another image",
	  RX_POST("confirm?image=0000000000000000000000000000000000000000000000000000000000000000"),
	  409, "\"running\":\"ota_0\"" },
	{ "a rollback to nowhere", RX_POST("rollback"), 409, "OTA_NO_ROLLBACK\"" },
};

/* ... and it has changed nothing. */
static void refuses(void **state)
{
	const struct refusal *row = *state;

	begin(RX_TWO);
	world.emulator.device.name = "lamp";
	assert_int_equal(ask(row->head), row->status);
	assert_true(rx_says(&world, row->error));
	assert_true(rx_says(&world, "OTA-Insecure: 1\r\n"));
	assert_int_equal(world.emulator.nor.ops, 0);
}

static void takes_its_names(void **state)
{
	static const char *const hosts[] = {
		"localhost",    "LOCALHOST:8032", "192.168.4.1", "192.168.4.1:8032", "[::1]",
		"[fe80::1]:80", "lamp",           "Lamp.local",  "lamp.local:8032"
	};
	char head[160];

	(void)state;
	begin(RX_TWO);
	world.emulator.device.name = "lamp";
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		snprintf(head, sizeof(head),
			 "GET /ota/v1/device HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n\r\n",
			 hosts[i], hosts[i]);
		assert_int_equal(ask(head), 200);
	}
}

static void needs_a_key(void **state)
{
	(void)state;
	begin(RX_TWO);
	world.emulator.config.insecure = false;
	assert_int_equal(ask(RX_POST("restart")), 401);
	assert_true(rx_says(&world, "WWW-Authenticate: OTA-Signature\r\n"));
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, ""), 401);
	assert_int_equal(ask(RX_GET("otadata")), 401);
	assert_int_equal(ask(RX_GET("table")), 401);
	assert_int_equal(ask(RX_GET("image/blocks?size=4096")), 401);
	assert_int_equal(ask(RX_GET("device")), 200);
	assert_false(rx_says(&world, "\"upload\""));
	assert_int_equal(world.emulator.nor.ops, 0);
	world.emulator.config.open_reads = true;
	assert_int_equal(ask(RX_GET("table")), 200);
}

/* Bare `curl -T`: uploaded, switched, restarted. */
static void takes_a_bare_image(void **state)
{
	char head[200];

	(void)state;
	begin(RX_TWO);
	snprintf(head, sizeof(head), RX_PUT "Content-Length: %zu\r\nExpect: 100-continue\r\n\r\n",
		 image_size);
	assert_int_equal(rx_ask(&world, head, image, image_size), 200);
	assert_memory_equal(world.answer, "HTTP/1.1 100 Continue\r\n\r\n", 25);
	assert_true(rx_says(&world, "\"slot\":\"ota_1\",\"switched\":true,\"restart\":true"));
	assert_true(rx_holds(&world, rx_addr(RX_TWO, 1), image, image_size));
	world.now += 1001;
	rx_run(&world, NULL);
	assert_true(world.emulator.restarted);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 1);
}

struct kind {
	const char *name;
	struct app_recipe recipe;
	const char *force; /* NULL: cannot be forced */
	const char *error;
};

static const struct kind kinds[] = {
	{ "another chip",
	  { "lamp", "2", OTA_CHIP_ESP32S3, 9000, 3, 1, false, false, 0 },
	  NULL,
	  "OTA_CHIP\"" },
	{ "a newer revision",
	  { "lamp", "2", OTA_CHIP_ESP32C3, 9000, 3, 1, false, false, 101 },
	  NULL,
	  "OTA_REVISION\"" },
	{ "another product",
	  { "heater", "2", OTA_CHIP_ESP32C3, 9000, 3, 1, false, false, 0 },
	  "project",
	  "OTA_PROJECT\"" },
	{ "a downgrade",
	  { "lamp", "2", OTA_CHIP_ESP32C3, 9000, 3, 0, false, false, 0 },
	  "downgrade",
	  "OTA_DOWNGRADE\"" },
	{ "no receiver in it",
	  { "lamp", "2", OTA_CHIP_ESP32C3, 9000, 3, 1, true, false, 0 },
	  "receiver",
	  "OTA_NO_RECEIVER\"" },
	{ "no digest in it",
	  { "lamp", "2", OTA_CHIP_ESP32C3, 9000, 3, 1, false, true, 0 },
	  NULL,
	  "OTA_NO_HASH\"" },
};

/* Judged by the first sector, before anything is erased. */
static void judges(void **state)
{
	const struct kind *row = *state;
	char force[120];

	begin(RX_TWO);
	image_size = make_app(&row->recipe, image);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"),
			 422);
	assert_true(rx_says(&world, row->error));
	assert_int_equal(world.emulator.nor.ops, 0);
	snprintf(force, sizeof(force), "OTA-Commit: switch\r\nOTA-Force: %s\r\n",
		 row->force ? row->force : "project,downgrade,receiver,failed");
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, force),
			 row->force ? 200 : 422);
}

static void never_goes_below_the_efuse(void **state)
{
	(void)state;
	begin(RX_TWO);
	world.emulator.device.secure_version = 2;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size,
				"OTA-Commit: switch\r\nOTA-Force: downgrade\r\n"),
			 422);
	assert_true(rx_says(&world, "OTA_SECURE_VERSION\""));
}

static void refuses_what_is_no_image(void **state)
{
	(void)state;
	begin(RX_TWO);
	memset(image, 'x', image_size);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, ""), 422);
	assert_true(rx_says(&world, "OTA_MAGIC\""));
	assert_int_equal(world.emulator.nor.ops, 0);
}

/* Valid in itself, but not what OTA-Digest asked for: never armed. */
static void refuses_another_digest(void **state)
{
	char head[400], digest[64];

	(void)state;
	begin(RX_TWO);
	snprintf(
		head, sizeof(head),
		RX_PUT
		"OTA-Digest: %s\r\nOTA-Length: %zu\r\nOTA-Commit: switch\r\nContent-Length: %zu\r\n\r\n",
		rx_digest("x", 1, digest), image_size, image_size);
	assert_int_equal(rx_ask(&world, head, image, image_size), 422);
	assert_true(rx_says(&world, "OTA_DIGEST\""));
	assert_false(ota_emulator_loads(&world.emulator, 1));
	assert_int_equal(ask(RX_GET("device")), 200);
	assert_true(rx_says(&world, "\"ok\":false,\"error\":\"OTA_DIGEST\""));
}

static void refuses_a_damaged_image(void **state)
{
	(void)state;
	begin(RX_TWO);
	image[50000] ^= 1;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: none\r\n"),
			 422);
	assert_true(rx_says(&world, "OTA_IMAGE\""));
	assert_false(ota_emulator_loads(&world.emulator, 1));
}

static void refuses_trailing_data(void **state)
{
	(void)state;
	begin(RX_TWO);
	memset(image + image_size, 0xFF, 100);
	assert_int_equal(rx_put(&world, image, image_size + 100, 0, image_size + 100,
				"OTA-Commit: none\r\n"),
			 200);
	image[image_size + 60] = 0;
	assert_int_equal(rx_put(&world, image, image_size + 100, 0, image_size + 100,
				"OTA-Commit: none\r\n"),
			 422);
	assert_true(rx_says(&world, "OTA_TRAILING\""));
	assert_false(ota_emulator_loads(&world.emulator, 1));
}

/* Parts in any order after the first, overlapping, and a commit without content. */
static void takes_parts_in_any_order(void **state)
{
	static const size_t at[] = { 0, 61440, 4096, 32768, 28672 };
	static const size_t size[] = { 4096, 0, 28672, 28672, 8192 };

	(void)state;
	begin(RX_TWO);
	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		assert_int_equal(rx_put(&world, image, image_size, at[i],
					size[i] ? size[i] : image_size - at[i], ""),
				 200);
	assert_false(ota_emulator_loads(&world.emulator, 1));
	assert_int_equal(rx_put(&world, image, image_size, 0, 0, "OTA-Commit: switch\r\n"), 200);
	assert_true(ota_emulator_loads(&world.emulator, 1));
	assert_true(rx_says(&world, "\"restart\":false"));
	assert_true(rx_holds(&world, rx_addr(RX_TWO, 1), image, image_size));
}

static void wants_the_first_sector_first(void **state)
{
	(void)state;
	begin(RX_TWO);
	assert_int_equal(rx_put(&world, image, image_size, 8192, 4096, ""), 409);
	assert_true(rx_says(&world, "OTA_FIRST_SECTOR\""));
	assert_int_equal(world.emulator.nor.ops, 0);
	assert_int_equal(rx_put(&world, image, image_size, 0, 0, "OTA-Commit: none\r\n"), 409);
	assert_true(rx_says(&world, "OTA_FIRST_SECTOR\""));
}

/* Of an upload that a restart cut off, the first sector is sent again, and nothing is written twice. */
static void resumes_after_a_restart(void **state)
{
	uint64_t before;

	(void)state;
	begin(RX_TWO);
	assert_int_equal(rx_put(&world, image, image_size, 0, 40960, ""), 200);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(rx_put(&world, image, image_size, 0, 4096, ""), 200);
	before = world.emulator.nor.count.programmed;
	assert_int_equal(rx_put(&world, image, image_size, 4096, 36864, ""), 200);
	assert_int_equal(world.emulator.nor.count.programmed, before);
	assert_int_equal(rx_put(&world, image, image_size, 40960, image_size - 40960,
				"OTA-Commit: switch\r\n"),
			 200);
	assert_true(ota_emulator_loads(&world.emulator, 1));
}

/* A row of the table that would have the table itself erased, or what is before it, is not obeyed. */
static void spares_what_is_below_the_slots(void **state)
{
	static const uint8_t wanted[] = { 0x00, 0x70, 0x80 }; /* of 4 KiB: 0, 0x7000, the table */
	struct ota_receiver *rx = &world.emulator.rx;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		const uint8_t offset[4] = { 0, wanted[i], 0, 0 };

		begin(RX_TWO);
		assert_true(ota_layout_has(rx, 1) && rx->layout.otadata.size);
		rx_put_bytes(&world, OTA_TABLE_OFFSET + 2 * OTA_ENTRY_SIZE + 4, offset, 4);
		assert_int_equal(ota_layout_read(rx), OTA_OK);
		assert_false(ota_layout_has(rx, 1));
		rx_put_bytes(&world, OTA_TABLE_OFFSET + 4, offset, 4);
		assert_int_equal(ota_layout_read(rx), OTA_OK);
		assert_int_equal(rx->layout.otadata.size, 0);
	}
}

/* A table that leads nowhere: there is nothing to tell of slots, and nowhere to write. */
static void tells_of_no_slot(void **state)
{
	static const uint8_t nowhere[4];

	(void)state;
	begin(RX_TWO);
	for (uint32_t row = 1; row <= 2; row++)
		rx_put_bytes(&world, OTA_TABLE_OFFSET + row * OTA_ENTRY_SIZE + 4, nowhere, 4);
	assert_int_equal(ota_layout_read(&world.emulator.rx), OTA_OK);
	assert_int_equal(ask(RX_GET("device")), 200);
	assert_true(rx_says(&world, "\"next\":null"));
	assert_true(rx_says(&world, "\"slots\":[") && rx_says(&world, "]}\n\r\n0\r\n\r\n"));
	assert_false(rx_says(&world, "\"name\":"));
}

/* The test app runs, or one beyond the sixteen slots: neither has a place that is written. */
static void runs_from_no_slot(void **state)
{
	struct ota_device *device = &world.emulator.device;

	(void)state;
	begin(RX_FACTORY_2);
	device->running = OTA_CHOICE_TEST;
	assert_int_equal(ask(RX_GET("device")), 200);
	assert_true(rx_says(&world, "\"running\":\"test\""));
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, ""), 409);
	assert_false(ota_layout_has(&world.emulator.rx, OTA_SLOTS_MAX));
	device->running = OTA_SLOTS_MAX;
	assert_int_equal(ask(RX_GET("device")), 200);
	assert_true(rx_says(&world, "\"running\":\"ota_16\""));
	assert_int_equal(world.emulator.nor.ops, 0);
}

/* An identical image: nothing is erased or programmed in the slot, but it can be switched to. */
static void writes_nothing_twice(void **state)
{
	struct ota_nor_count before;

	(void)state;
	begin(RX_TWO);
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: none\r\n"),
			 200);
	before = world.emulator.nor.count;
	assert_int_equal(rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: none\r\n"),
			 200);
	assert_int_equal(world.emulator.nor.count.erases_4k, before.erases_4k);
	assert_int_equal(world.emulator.nor.count.erases_64k, before.erases_64k);
	assert_int_equal(world.emulator.nor.count.programmed, before.programmed);
	assert_int_equal(rx_put(&world, image, image_size, 0, 0, "OTA-Commit: switch\r\n"), 200);
	assert_int_equal(world.emulator.nor.count.programmed, before.programmed + 32);
}

static int suite(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_its_names),
		cmocka_unit_test(needs_a_key),
		cmocka_unit_test(takes_a_bare_image),
		cmocka_unit_test(never_goes_below_the_efuse),
		cmocka_unit_test(refuses_what_is_no_image),
		cmocka_unit_test(refuses_another_digest),
		cmocka_unit_test(refuses_a_damaged_image),
		cmocka_unit_test(refuses_trailing_data),
		cmocka_unit_test(takes_parts_in_any_order),
		cmocka_unit_test(wants_the_first_sector_first),
		cmocka_unit_test(resumes_after_a_restart),
		cmocka_unit_test(spares_what_is_below_the_slots),
		cmocka_unit_test(tells_of_no_slot),
		cmocka_unit_test(runs_from_no_slot),
		cmocka_unit_test(writes_nothing_twice),
	};
	int failed = RUN_ROWS(refusals, refuses);

	failed += RUN_ROWS(kinds, judges);
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
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
