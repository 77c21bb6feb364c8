/* SPDX-License-Identifier: MIT */
/* The ESP-IDF component as a whole, on a fake of the SDK: each boot of the device is a process of its
 * own, for what the component keeps in memory is gone after a restart; flash and NVS are shared. Requests
 * come through real sockets, time is the test's. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "esp_ota_ops.h"
#include "otatool_receiver.h"
#include "nvs.h"
#include "port.h"
#include "serve.h"
#include "tests/idf/sdk.h"
#include "tests/rx.h"

/* cmocka's checks jump out of the process that made them: a boot has its own. */
static char told[64]; /* what the app was told, a letter an event */
static char told_reason[32];
static char answer[16384];

#define CHECK(condition)                                                                    \
	do {                                                                                \
		if (!(condition)) {                                                         \
			fprintf(stderr, "%s:%d: %s (told %s %s)\n%s\n", __FILE__, __LINE__, \
				#condition, told, told_reason, answer);                     \
			_exit(1);                                                           \
		}                                                                           \
	} while (0)

static struct device {
	struct rx_world world;
	struct fake_nvs nvs;
} * device;

static const struct rx_medium *media_of_test;
static uint8_t image[RX_SLOT], packed[RX_SLOT + 1024];
static size_t image_size;
static size_t answer_size;

static const struct app_recipe old_app = { "lamp", "1.0", OTA_CHIP_ESP32C3, 9000, 1, 0, false,
					   false,  0 };
static const struct app_recipe new_app = { "lamp", "2.0", OTA_CHIP_ESP32C3, 70000, 2, 0, false,
					   false,  0 };

/* A new device; nothing runs yet. */
static void make_device(enum rx_layout layout)
{
	bool factory = layout == RX_FACTORY_1 || layout == RX_FACTORY_2;

	rx_medium = media_of_test;
	memset(&device->nvs, 0, sizeof(device->nvs));
	rx_begin(&device->world, layout);
	rx_put_app(&device->world, layout, factory ? OTA_CHOICE_FACTORY : 0, &old_app);
	if (layout == RX_TWO)
		rx_put_record(&device->world, 0, 1, OTA_STATE_VALID);
	device->world.emulator.boot.rollback = true;
	image_size = make_app(&new_app, image);
}

static int begin_two(void **state)
{
	(void)state;
	make_device(RX_TWO);
	return 0;
}

/* Let `app` run in `running`. */
static void run_in(int running, void (*app)(void))
{
	const struct ota_nor *nor = &device->world.emulator.nor;
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		signal(SIGSEGV, SIG_DFL); /* not cmocka's: it would go on with the tests */
		fake.nvs = &device->nvs;
		fake.running = running;
		app();
		fflush(NULL);
		_exit(nor->misused ? 2 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Start what the bootloader chooses. */
static void boot(void (*app)(void))
{
	struct ota_emulator *emulator = &device->world.emulator;

	assert_int_equal(ota_emulator_power_on(emulator), OTA_OK);
	run_in(emulator->device.running, app);
}

static uint32_t told_done, told_total;
static bool refuses, calls_back;

static bool on_event(void *ctx, enum otatool_event event, const struct otatool_event_data *data)
{
	size_t n = strlen(told);

	(void)ctx;
	if (event == OTATOOL_PROGRESS && n && told[n - 1] == 'p')
		n--;
	if (n < sizeof(told) - 1)
		told[n] = "bpdsr"[event];
	told_done = data->done;
	told_total = data->total;
	if (data->reason)
		snprintf(told_reason, sizeof(told_reason), "%s", data->reason);
	if (calls_back)
		CHECK(otatool_receiver_suspend(false) != ESP_ERR_NO_MEM &&
		      esp_ota_mark_app_valid_cancel_rollback() == ESP_OK &&
		      otatool_receiver_confirm() == ESP_ERR_INVALID_STATE &&
		      esp_ota_set_boot_partition(NULL) == ESP_ERR_INVALID_STATE);
	return !refuses;
}

static void start_with(struct otatool_receiver_config config)
{
	config.own_loop = true;
	if (!config.event)
		config.event = on_event;
	CHECK(otatool_receiver_start(&config) == ESP_OK);
}

static void start(void)
{
	start_with((struct otatool_receiver_config){ 0 });
}

static int dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(fake_port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK(fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0);
	return fd;
}

static void poll_some(unsigned times)
{
	while (times--)
		CHECK(otatool_receiver_poll(0) == ESP_OK);
}

/* Send all of it, the device working meanwhile; how much it let go. */
static size_t put(int fd, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	size_t at = 0;

	for (unsigned stuck = 0; at < size && stuck < 200;) {
		ssize_t n = send(fd, bytes + at, size - at, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			break;
		at += n > 0 ? (size_t)n : 0;
		stuck = n > 0 ? 0 : stuck + 1;
		CHECK(otatool_receiver_poll(1) == ESP_OK);
	}
	return at;
}

/* Is the answer here whole? */
static bool is_whole(void)
{
	const char *end = strstr(answer, "\r\n\r\n"), *size = strstr(answer, "Content-Length: ");

	if (strstr(answer, "\r\nTransfer-Encoding: chunked\r\n"))
		return answer_size > 5 && strcmp(answer + answer_size - 5, "0\r\n\r\n") == 0;
	return end && size &&
	       answer_size >= (size_t)(end + 4 - answer) + strtoul(size + 16, NULL, 10);
}

/* The answer's status; 0: the connection was closed without one. */
static unsigned get(int fd)
{
	answer_size = 0;
	answer[0] = '\0';
	for (unsigned i = 0; i < 5000 && !is_whole(); i++) {
		ssize_t n = recv(fd, answer + answer_size, sizeof(answer) - 1 - answer_size,
				 MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN))
			break;
		answer_size += n > 0 ? (size_t)n : 0;
		answer[answer_size] = '\0';
		CHECK(otatool_receiver_poll(1) == ESP_OK);
	}
	return is_whole() ? (unsigned)strtoul(answer + 9, NULL, 10) : 0;
}

static unsigned ask(const char *head, const void *content, size_t size)
{
	int fd = dial();
	unsigned status;

	put(fd, head, strlen(head));
	put(fd, content, size);
	status = get(fd);
	close(fd);
	poll_some(3);
	return status;
}

static bool says(const char *text)
{
	return strstr(answer, text) != NULL;
}

static const char *head_of(const char *fields, size_t size)
{
	static char head[600];
	char digest[64];

	snprintf(head, sizeof(head),
		 RX_PUT "OTA-Digest: %s\r\nOTA-Length: %zu\r\n%sContent-Length: %zu\r\n\r\n",
		 rx_digest(image, image_size, digest), image_size, fields, size);
	return head;
}

static unsigned push(const char *fields)
{
	return ask(head_of(fields, image_size), image, image_size);
}

static size_t pack(void)
{
	z_stream z = { .next_in = image,
		       .avail_in = (uInt)image_size,
		       .next_out = packed,
		       .avail_out = sizeof(packed) };

	CHECK(deflateInit2(&z, 9, Z_DEFLATED, 12, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

/* An upload under way: its connection. */
static int hang(size_t sent)
{
	int fd = dial();
	char fields[120], digest[64];
	const char *head;

	snprintf(fields, sizeof(fields), "OTA-Commit: switch\r\nContent-Digest: %s\r\n",
		 rx_digest(image, image_size, digest));
	head = head_of(fields, image_size);
	CHECK(put(fd, head, strlen(head)) == strlen(head));
	CHECK(put(fd, image, sent) == sent);
	poll_some(20);
	return fd;
}

/* A whole update, with all that the app hears of it. */
static void app_updates(void)
{
	start();
	CHECK(!otatool_receiver_busy());
	CHECK(ask(RX_GET("device"), "", 0) == 200);
	CHECK(says("\"id\":\"7cdfa1b2c3d4\"") && says("\"running\":\"ota_0\""));
	CHECK(says("\"chip\":\"esp32c3\"") && says("\"insecure\":true") && says("\"tls\":false"));
	CHECK(push("OTA-Commit: switch\r\nOTA-Restart: 1\r\n") == 200);
	CHECK(otatool_receiver_busy() || fake.restarted);
	for (unsigned i = 0; i < 50 && !fake.restarted; i++, fake.now_us += 100000)
		poll_some(1);
	CHECK(fake.restarted);
	CHECK(strcmp(told, "bpds") == 0);
	CHECK(told_done == image_size && told_total == image_size);
	CHECK(fake.verified == 1 && fake.engines == 0);
}

static void app_is_new(void)
{
	start();
	CHECK(fake.running == 1);
	CHECK(ask(RX_GET("device"), "", 0) == 200);
	CHECK(says("\"state\":\"pending\"") && says("\"version\":\"2.0\""));
	CHECK(push("") == 409 && says("OTA_UNCONFIRMED\"") && !told[0]);
	CHECK(otatool_receiver_confirm() == ESP_OK);
	CHECK(otatool_receiver_confirm() == ESP_ERR_INVALID_STATE);
	CHECK(ask(RX_GET("device"), "", 0) == 200 && says("\"state\":\"valid\""));
	fake.now_us += INT64_C(601000000);
	poll_some(3);
	CHECK(!fake.restarted);
}

static void app_runs_on_one(void)
{
	start();
	CHECK(fake.running == 1);
}

static void updates_and_confirms(void **state)
{
	(void)state;
	boot(app_updates);
	boot(app_is_new);
	boot(app_runs_on_one);
}

/* Nobody confirms: at the end of the trial the device restarts, and is what it was. */
static void app_waits_for_the_end(void)
{
	start_with((struct otatool_receiver_config){ .trial_seconds = 60 });
	CHECK(fake.running == 1);
	poll_some(2);
	fake.now_us += 59000000;
	poll_some(2);
	CHECK(!fake.restarted);
	fake.now_us += 1000000;
	poll_some(2);
	fake.now_us += 1000000;
	poll_some(2);
	CHECK(fake.restarted && strcmp(told, "s") == 0);
}

static void app_came_back(void)
{
	start();
	CHECK(fake.running == 0);
	CHECK(ask(RX_GET("device"), "", 0) == 200 && says("\"last_trial\":{"));
	CHECK(says("brownout"));
}

static void a_trial_ends(void **state)
{
	(void)state;
	boot(app_updates);
	boot(app_waits_for_the_end);
	boot(app_came_back);
}

static void app_has_no_timer(void)
{
	start_with((struct otatool_receiver_config){ .trial_seconds = 60, .no_trial_timer = true });
	poll_some(2);
	fake.now_us += INT64_C(4000000000);
	poll_some(3);
	CHECK(!fake.restarted);
	/* The pusher asks; the app is not well yet. */
	otatool_receiver_ready(false);
	CHECK(ask(RX_POST("confirm"), "", 0) == 409 && says("OTA_NOT_READY\""));
	otatool_receiver_ready(true);
	CHECK(ask(RX_POST("confirm"), "", 0) == 200);
	CHECK(fake.verified > 0);
}

static void is_confirmed_when_ready(void **state)
{
	(void)state;
	boot(app_updates);
	boot(app_has_no_timer);
	boot(app_runs_on_one);
}

static void app_runs_old(void)
{
	start();
	CHECK(fake.running == 0);
}

/* The event's value, suspend, and that the app hears the end of what it agreed to. */
static void app_refuses(void)
{
	start();
	refuses = true;
	CHECK(push("") == 503 && says("OTA_VETO\""));
	CHECK(strcmp(told, "b") == 0);
	refuses = false;
	memset(told, 0, sizeof(told));
	CHECK(otatool_receiver_suspend(true) == ESP_OK);
	CHECK(push("") == 503 && says("OTA_VETO\"") && !told[0]);
	CHECK(otatool_receiver_suspend(false) == ESP_OK);
	image[50000] ^= 1; /* the digest is right, the image is not */
	CHECK(push("OTA-Commit: switch\r\n") == 422);
	CHECK(strcmp(told, "bpr") == 0 && strcmp(told_reason, "OTA_IMAGE") == 0);
	CHECK(!otatool_receiver_busy());
	CHECK(esp_ota_set_boot_partition(NULL) == ESP_OK &&
	      fake.marked == 1); /* the lock is free */
}

static void the_app_can_refuse(void **state)
{
	(void)state;
	boot(app_refuses);
	boot(app_runs_old);
}

/* Secure boot says no: nothing boots, then or later. */
static void app_meets_secure_boot(void)
{
	start();
	fake.bad_signature = true;
	CHECK(push("OTA-Commit: switch\r\n") == 422 && says("OTA_SIGNATURE\""));
	CHECK(fake.verified == 1 && strcmp(told, "bpr") == 0);
	CHECK(!ota_emulator_loads(&device->world.emulator, 1));
}

static void secure_boot_refuses(void **state)
{
	(void)state;
	boot(app_meets_secure_boot);
	boot(app_runs_old);
}

static const esp_partition_t *slot(int i)
{
	return esp_partition_find_first(
		ESP_PARTITION_TYPE_APP,
		(esp_partition_subtype_t)(ESP_PARTITION_SUBTYPE_APP_OTA_MIN + i), NULL);
}

/* esp_https_ota at the same time, which calls these. */
static void app_updates_itself_too(void)
{
	esp_ota_handle_t first, second;
	int fd;

	start();
	CHECK(esp_ota_begin(slot(1), 0, &first) == ESP_OK);
	CHECK(push("") == 503 && says("OTA_VETO\"") && !told[0]);
	CHECK(esp_ota_begin(slot(1), 0, &second) == ESP_OK); /* the SDK's affair */
	CHECK(esp_ota_end(7) == ESP_ERR_NOT_FOUND);
	CHECK(esp_ota_end(first) == ESP_OK);
	CHECK(push("") == 503);
	CHECK(esp_ota_abort(second) == ESP_OK);
	CHECK(esp_ota_begin(NULL, 0, &first) == ESP_ERR_INVALID_ARG);
	fd = hang(20000);
	CHECK(otatool_receiver_busy());
	CHECK(otatool_receiver_suspend(true) == ESP_ERR_INVALID_STATE);
	CHECK(otatool_receiver_suspend(false) == ESP_OK);
	CHECK(esp_ota_begin(slot(1), 0, &first) == ESP_ERR_INVALID_STATE);
	CHECK(esp_ota_resume(slot(1), 0, 0, &first) == ESP_ERR_INVALID_STATE);
	CHECK(esp_ota_set_boot_partition(slot(1)) == ESP_ERR_INVALID_STATE);
	CHECK(esp_ota_erase_last_boot_app_partition() == ESP_ERR_INVALID_STATE);
	CHECK(esp_ota_mark_app_invalid_rollback() == ESP_ERR_INVALID_STATE);
	CHECK(esp_ota_mark_app_valid_cancel_rollback() == ESP_OK); /* nothing is on trial */
	CHECK(fake.marked == 0);
	CHECK(put(fd, image + 20000, image_size - 20000) == image_size - 20000);
	CHECK(get(fd) == 200);
	close(fd);
	/* The newest record is the new app's now: it is not marked, what runs needs nothing. */
	CHECK(esp_ota_mark_app_valid_cancel_rollback() == ESP_OK && fake.marked == 0);
	CHECK(rx_record(&device->world, 1).state == OTA_STATE_NEW);
}

/* A switch asked for by POST takes several steps: nothing of the app's comes between them. */
static void app_meets_a_switch(void)
{
	char head[300], hex[65];
	esp_ota_handle_t handle;
	int fd;

	start();
	calls_back = true;
	CHECK(push("OTA-Commit: none\r\n") == 200);
	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", image[image_size - 32 + i]);
	snprintf(head, sizeof(head),
		 "POST /ota/v1/boot?slot=ota_1&image=%s HTTP/1.1\r\nHost: localhost\r\n"
		 "OTA-Request: 1\r\n\r\n",
		 hex);
	fd = dial();
	put(fd, head, strlen(head));
	poll_some(3);
	CHECK(otatool_receiver_busy() && !fake.restarted);
	CHECK(esp_ota_begin(slot(1), 0, &handle) == ESP_ERR_INVALID_STATE);
	CHECK(esp_ota_set_boot_partition(slot(0)) == ESP_ERR_INVALID_STATE);
	CHECK(esp_ota_mark_app_invalid_rollback_and_reboot() == ESP_ERR_INVALID_STATE);
	CHECK(get(fd) == 200 && fake.marked == 0);
	close(fd);
	poll_some(2);
	CHECK(esp_ota_begin(slot(1), 0, &handle) == ESP_OK && esp_ota_end(handle) == ESP_OK);
}

static void one_update_at_a_time(void **state)
{
	(void)state;
	boot(app_updates_itself_too);
	make_device(RX_TWO);
	boot(app_meets_a_switch);
}

/* The client is gone in mid-upload, as when Wi-Fi is lost; time gives the slot back to the app, whose
 * own update makes what was known of the upload wrong. */
static void app_loses_wifi(void)
{
	esp_ota_handle_t handle;
	int fd = 0;

	start();
	fd = hang(30000);
	CHECK(strcmp(told, "bp") == 0 && fake.engines > 0);
	fake.now_us += 20000000;
	poll_some(3);
	CHECK(otatool_receiver_busy());
	close(fd);
	poll_some(3);
	CHECK(esp_ota_begin(slot(1), 0, &handle) == ESP_ERR_INVALID_STATE);
	fake.now_us += 30000000;
	poll_some(3);
	CHECK(!otatool_receiver_busy());
	CHECK(fake.engines == 0);
	/* Wi-Fi is back; the same upload goes on, and the app is not asked again. */
	CHECK(ask(RX_GET("device"), "", 0) == 200);
	fd = hang(40000);
	CHECK(strcmp(told, "bp") == 0 && otatool_receiver_busy());
	close(fd);
	fake.now_us += 60000000;
	poll_some(3);
	CHECK(esp_ota_begin(slot(1), 0, &handle) == ESP_OK);
	CHECK(esp_ota_abort(handle) == ESP_OK);
	CHECK(push("OTA-Commit: switch\r\n") == 200);
	CHECK(strcmp(told, "bprbpd") == 0 && strcmp(told_reason, "OTA_TAKEN_OVER") == 0);
}

static void wifi_is_lost(void **state)
{
	(void)state;
	boot(app_loses_wifi);
	boot(app_is_new);
}

/* Another task restarts the device in mid-upload: whatever was written, the old app runs, and the
 * upload is taken again. */
static void app_is_restarted(void)
{
	start();
	hang(50000);
	_exit(0);
}

static void restarted_in_mid_upload(void **state)
{
	(void)state;
	boot(app_is_restarted);
	boot(app_runs_old);
	boot(app_updates);
	boot(app_is_new);
}

/* Compressed, and where memory is short: 415, so that the client sends it plain. */
static void app_inflates(void)
{
	size_t n = pack();
	unsigned live;

	start();
	live = fake.live;
	fake.no_memory = 1;
	CHECK(ask(head_of("Content-Encoding: deflate\r\n", n), packed, n) == 415);
	CHECK(strcmp(told, "br") == 0);
	CHECK(ask(head_of("Content-Encoding: deflate\r\nOTA-Commit: switch\r\n", n), packed, n) ==
	      200);
	CHECK(fake.live == live);
	packed[n / 2] ^= 0x10;
	CHECK(ask(head_of("Content-Encoding: deflate\r\n", n), packed, n) >= 400);
	CHECK(fake.live == live && fake.engines == 0);
}

static void takes_deflate(void **state)
{
	(void)state;
	boot(app_inflates);
	boot(app_runs_old); /* what was uploaded last is not whole */
}

/* One block at start, then none but for inflate. */
static void app_counts_memory(void)
{
	start();
	CHECK(fake.mallocs == 1 && fake.live == 1);
	CHECK(push("OTA-Commit: switch\r\nOTA-Restart: 1\r\n") == 200);
	CHECK(ask(RX_GET("device"), "", 0) == 200);
	CHECK(fake.mallocs == 1 && fake.live == 1);
}

static void allocates_at_start_alone(void **state)
{
	(void)state;
	boot(app_counts_memory);
}

/* What is missing is on the log, a line each, and is what a push is told. */
static bool logged(const char *text)
{
	return strstr(fake_logged, text) != NULL;
}

static void app_has_all(void)
{
	start();
	CHECK(strcmp(fake_logged + strlen(fake_logged) - 21, "serving on port 8032\n") == 0);
	CHECK(!logged("there is no") && !logged("no key") && !logged("beyond the flash") &&
	      !logged("is off"));
}

static void app_lacks_otadata(void)
{
	start();
	CHECK(logged("there is no otadata partition"));
	CHECK(push("") == 409 && says("OTA_NO_OTADATA\"") && !told[0]);
}

static void app_has_one_slot(void)
{
	start();
	CHECK(logged("there is no slot to update to"));
	CHECK(push("") == 409 && says("OTA_NO_SLOT\"") && !told[0]);
}

static void app_has_small_otadata(void)
{
	start();
	CHECK(logged("otadata has less than 0x2000 bytes"));
	CHECK(push("") == 409 && says("OTA_NO_OTADATA\"") && !told[0]);
}

static void app_has_small_flash(void)
{
	start();
	CHECK(logged("the table reaches beyond the flash"));
	CHECK(push("") == 409 && says("OTA_NO_SLOT\"") && !told[0]);
}

/* Change a number of the table's row: 4 the place, 8 the size. */
static void patch_table(unsigned row, unsigned field, uint32_t value)
{
	uint8_t raw[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
			   (uint8_t)(value >> 24) };

	rx_put_bytes(&device->world, OTA_TABLE_OFFSET + row * 32 + field, raw, sizeof(raw));
}

static void prerequisites_are_checked(void **state)
{
	(void)state;
	boot(app_has_all);
	make_device(RX_NO_OTADATA);
	boot(app_lacks_otadata);
	make_device(RX_ONE);
	boot(app_has_one_slot);
	make_device(RX_TWO);
	patch_table(0, 8, 0x1000);
	media_of_test->attach(&device->world.emulator.nor);
	run_in(0, app_has_small_otadata); /* the bootloader does not get that far */
	make_device(RX_TWO);
	patch_table(2, 4, 0xFFFF0000u);
	media_of_test->attach(&device->world.emulator.nor);
	boot(app_has_small_flash);
	make_device(RX_TWO);
	patch_table(2, 8, 0xFFFF0000u);
	media_of_test->attach(&device->world.emulator.nor);
	boot(app_has_small_flash);
}

/* Flash that fails is said with its address, and nothing is switched. */
static void app_meets_broken_flash(void)
{
	start();
	device->world.emulator.nor.failing = 2;
	CHECK(push("OTA-Commit: switch\r\n") == 500 && says("OTA_FLASH\""));
	CHECK(strcmp(told, "br") == 0 && strcmp(told_reason, "OTA_FLASH") == 0);
	device->world.emulator.nor.failing = 1;
	CHECK(push("OTA-Commit: none\r\n") == 200);
}

static void flash_fails(void **state)
{
	(void)state;
	boot(app_meets_broken_flash);
	boot(app_runs_old);
}

static void read_key(const struct ota_keys *keys, unsigned at, uint8_t first, bool there)
{
	uint8_t key[OTA_KEY_SIZE] = { 0 };

	CHECK(keys->get(keys->ctx, at, key) == there);
	CHECK(!there || key[0] == first);
}

/* The bench's key is in the image, for slot 0, and only where NVS has none. */
static void app_keeps_keys(void)
{
	static const uint8_t key[OTA_KEY_SIZE] = { 7 };
	struct ota_keys keys;

	CHECK(ota_esp_keys_begin(&keys, "nvs") == ESP_OK);
	read_key(&keys, 0, 0, true);
	read_key(&keys, 1, 0, false);
	read_key(&keys, 2, 0, false);
	CHECK(keys.set(keys.ctx, 0, key) == 0 && keys.set(keys.ctx, 1, key) == 0);
	CHECK(keys.set(keys.ctx, 2, key) == ESP_ERR_INVALID_ARG);
	read_key(&keys, 0, 7, true);
	CHECK(keys.set(keys.ctx, 1, NULL) == 0 && keys.set(keys.ctx, 1, NULL) == 0);
	read_key(&keys, 1, 0, false);
	device->nvs.full = true;
	CHECK(keys.set(keys.ctx, 1, key) == ESP_ERR_NVS_NOT_ENOUGH_SPACE);
	read_key(&keys, 1, 0, false);
	read_key(&keys, 0, 7, true);
	fake_nvs_put(&device->nvs, "key0", key, 16); /* of another size: none */
	read_key(&keys, 0, 0, false);
}

/* NVS that was erased, or is of another table. */
static void app_has_no_nvs(void)
{
	start_with((struct otatool_receiver_config){ .nvs_partition = "elsewhere" });
	CHECK(logged("NVS partition elsewhere: 0x105"));
	CHECK(ask(RX_GET("device"), "", 0) == 200);
}

static void keys_are_in_nvs(void **state)
{
	(void)state;
	boot(app_keeps_keys);
	device->nvs.missing = true;
	boot(app_has_no_nvs);
}

/* No socket is left, or all are broken: it goes on when that is over, and never spins. */
static void app_runs_out_of_sockets(void)
{
	start();
	fake.no_sockets = 3;
	CHECK(ask(RX_GET("device"), "", 0) == 200);
	CHECK(fake.delays == 3);
	fake.broken = 2;
	poll_some(6);
	CHECK(fake.delays == 5);
	CHECK(ask(RX_GET("device"), "", 0) == 200);
}

static void sockets_are_short(void **state)
{
	(void)state;
	boot(app_runs_out_of_sockets);
}

/* More clients than connections: the youngest is served, the upload goes on. */
static void app_is_crowded(void)
{
	int crowd[12], fd;

	start();
	fd = hang(20000);
	for (size_t i = 0; i < sizeof(crowd) / sizeof(crowd[0]); i++) {
		crowd[i] = dial();
		put(crowd[i], "GET ", 4);
		fake.now_us += 600000;
	}
	CHECK(put(fd, image + 20000, image_size - 20000) == image_size - 20000);
	CHECK(get(fd) == 200);
	fake.now_us += 6000000;
	poll_some(10);
	CHECK(ask(RX_GET("device"), "", 0) == 200);
}

static void the_crowd_waits(void **state)
{
	(void)state;
	boot(app_is_crowded);
	boot(app_is_new);
}

static void app_starts_wrong(void)
{
	struct otatool_receiver_config config = { .own_loop = true };

	CHECK(otatool_receiver_poll(0) == ESP_ERR_INVALID_STATE);
	CHECK(otatool_receiver_confirm() == ESP_ERR_INVALID_STATE);
	CHECK(otatool_receiver_suspend(true) == ESP_OK && !otatool_receiver_busy());
	otatool_receiver_ready(true);
	CHECK(esp_ota_mark_app_valid_cancel_rollback() == ESP_OK && fake.marked == 1);
	fake.no_memory = 1;
	CHECK(otatool_receiver_start(&config) == ESP_ERR_NO_MEM);
	config.own_loop = false;
	fake.no_task = true;
	CHECK(otatool_receiver_start(&config) == ESP_ERR_NO_MEM && fake.live == 0);
	fake.running = 16; /* the test app */
	CHECK(otatool_receiver_start(&config) == ESP_ERR_NOT_SUPPORTED && fake.live == 0);
	fake.running = 0;
	config.own_loop = true;
	start();
	CHECK(otatool_receiver_start(&config) == ESP_ERR_INVALID_STATE);
}

static void starts_or_says_why(void **state)
{
	(void)state;
	boot(app_starts_wrong);
}

/* A task of its own serves, while another task calls. */
static bool presence(void *ctx)
{
	(void)ctx;
	return true;
}

static void app_has_a_task(void)
{
	const struct otatool_receiver_config config = { .presence = presence, .name = "lamp" };
	char text[2000] = { 0 };
	size_t n = 0;
	int fd;

	CHECK(otatool_receiver_start(&config) == ESP_OK);
	CHECK(otatool_receiver_poll(0) == ESP_ERR_INVALID_STATE);
	fd = dial();
	CHECK(send(fd, RX_GET("device"), strlen(RX_GET("device")), 0) > 0);
	while (n < sizeof(text) - 1 && !strstr(text, "]}")) {
		ssize_t got = recv(fd, text + n, sizeof(text) - 1 - n, 0);

		CHECK(got > 0);
		n += (size_t)got;
	}
	for (unsigned i = 0; i < 1000; i++) {
		otatool_receiver_busy();
		otatool_receiver_ready(i % 2);
		CHECK(otatool_receiver_confirm() == ESP_ERR_INVALID_STATE);
	}
	close(fd);
}

static void serves_by_a_task(void **state)
{
	(void)state;
	boot(app_has_a_task);
}

static int make_shared(void)
{
	device = mmap(NULL, sizeof(*device), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	return device == MAP_FAILED;
}

static int run(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(updates_and_confirms, begin_two),
		cmocka_unit_test_setup(a_trial_ends, begin_two),
		cmocka_unit_test_setup(is_confirmed_when_ready, begin_two),
		cmocka_unit_test_setup(the_app_can_refuse, begin_two),
		cmocka_unit_test_setup(secure_boot_refuses, begin_two),
		cmocka_unit_test_setup(one_update_at_a_time, begin_two),
		cmocka_unit_test_setup(wifi_is_lost, begin_two),
		cmocka_unit_test_setup(restarted_in_mid_upload, begin_two),
		cmocka_unit_test_setup(takes_deflate, begin_two),
		cmocka_unit_test_setup(allocates_at_start_alone, begin_two),
		cmocka_unit_test_setup(prerequisites_are_checked, begin_two),
		cmocka_unit_test_setup(flash_fails, begin_two),
		cmocka_unit_test_setup(keys_are_in_nvs, begin_two),
		cmocka_unit_test_setup(sockets_are_short, begin_two),
		cmocka_unit_test_setup(the_crowd_waits, begin_two),
		cmocka_unit_test_setup(starts_or_says_why, begin_two),
		cmocka_unit_test_setup(serves_by_a_task, begin_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* On plain and on encrypted flash. */
int main(void)
{
	int failed = 0;

	if (make_shared())
		return 1;
	for (unsigned i = 1; i < RX_MEDIA; i++) {
		media_of_test = &rx_media[i];
		printf("on %s\n", media_of_test->name);
		failed += run();
	}
	return failed;
}
