/* SPDX-License-Identifier: MIT */
/* What an update may cost, counted by the flash, whatever the slot held and however the image comes. */
#include <zlib.h>

#include "tests/rx.h"

static struct rx_world world;
static uint8_t image[RX_SLOT], packed[RX_SLOT + 4096];
static size_t image_size;
static uint32_t slot_ops; /* erases and writes within the target slot */

static const struct app_recipe old_app = { "lamp", "1.0", OTA_CHIP_ESP32C3, 9000, 1, 0, false,
					   false,  0 };

enum content { DIRTY, BLANK, OTHER_APP, SAME };
enum way { WHOLE, PARTS, PACKED, BARE };

struct job {
	const char *name;
	enum content slot;
	enum way way;
	uint32_t size;
};

static const struct job jobs[] = {
	{ "a small image at once", DIRTY, WHOLE, 1500 },
	{ "a sector and a bit", DIRTY, WHOLE, 4200 },
	{ "a block less a sector", DIRTY, WHOLE, 61440 },
	{ "a whole block", DIRTY, WHOLE, 65536 },
	{ "an image at once", DIRTY, WHOLE, 100000 },
	{ "the whole slot", DIRTY, WHOLE, RX_SLOT },
	{ "over another app", OTHER_APP, WHOLE, 100000 },
	{ "over another app that is longer", OTHER_APP, WHOLE, 50000 },
	{ "into a blank slot", BLANK, WHOLE, 100000 },
	{ "in parts of a block", DIRTY, PARTS, 100000 },
	{ "in parts of a block, the whole slot", DIRTY, PARTS, RX_SLOT },
	{ "in parts, into a blank slot", BLANK, PARTS, 100000 },
	{ "compressed", DIRTY, PACKED, 100000 },
	{ "compressed, over another app", OTHER_APP, PACKED, RX_SLOT },
	{ "by a bare request", DIRTY, BARE, 100000 },
	{ "by a bare request, over another app", OTHER_APP, BARE, RX_SLOT },
};

static int (*real_write)(void *, uint32_t, const void *, size_t);
static int (*real_erase)(void *, uint32_t, uint32_t);

static void watch(uint32_t addr)
{
	slot_ops += addr - rx_addr(RX_TWO, 1) < RX_SLOT;
}

static int watched_write(void *ctx, uint32_t addr, const void *data, size_t len)
{
	watch(addr);
	return real_write(ctx, addr, data, len);
}

static int watched_erase(void *ctx, uint32_t addr, uint32_t len)
{
	watch(addr);
	return real_erase(ctx, addr, len);
}

static void fill_slot(enum content content)
{
	static const struct app_recipe other = { "lamp",  "0.9", OTA_CHIP_ESP32C3,
						 RX_SLOT, 9,     0,
						 false,   false, 0 };
	uint8_t *slot = world.flash + rx_addr(RX_TWO, 1);

	if (content == DIRTY)
		memset(slot, 0x5A, RX_SLOT);
	else if (content == OTHER_APP)
		make_app(&other, slot);
	else if (content == SAME)
		memcpy(slot, image, image_size);
}

/* ota_0 runs, ota_1 is the target; nothing is counted yet. */
static void begin(const struct job *job)
{
	const struct app_recipe recipe = { "lamp", "2.0", OTA_CHIP_ESP32C3, job->size, 2, 0, false,
					   false,  0 };
	struct ota_nor *nor = &world.emulator.nor;

	rx_begin(&world, RX_TWO);
	rx_put_app(&world, RX_TWO, 0, &old_app);
	rx_put_record(&world, 0, 1, OTA_STATE_VALID);
	image_size = make_app(&recipe, image);
	assert_true(image_size <= job->size && job->size - image_size < 64);
	fill_slot(job->slot);
	real_write = nor->flash.write;
	real_erase = nor->flash.erase;
	nor->flash.write = watched_write;
	nor->flash.erase = watched_erase;
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	memset(&nor->count, 0, sizeof(nor->count));
	slot_ops = 0;
}

static size_t pack(const uint8_t *data, size_t size)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data,
		       .avail_in = (uInt)size,
		       .next_out = packed,
		       .avail_out = sizeof(packed) };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 12, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static unsigned put_packed(size_t at, size_t size, const char *fields)
{
	char head[500], digest[64];
	size_t sent = pack(image + at, size);

	snprintf(head, sizeof(head),
		 RX_PUT "OTA-Digest: %s\r\nOTA-Length: %zu\r\nOTA-Offset: %zu\r\n"
			"OTA-Part-Length: %zu\r\nContent-Encoding: deflate\r\n"
			"Content-Length: %zu\r\n%s\r\n",
		 rx_digest(image, image_size, digest), image_size, at, size, sent, fields);
	return rx_ask(&world, head, packed, sent);
}

static void send_parts(bool pack_them, const char *commit)
{
	for (size_t at = 0; at < image_size; at += 65536) {
		size_t size = image_size - at < 65536 ? image_size - at : 65536;
		const char *fields = at + size == image_size ? commit : "";

		assert_int_equal(pack_them ? put_packed(at, size, fields)
					   : rx_put(&world, image, image_size, at, size, fields),
				 200);
	}
}

static void send_image(enum way way, const char *commit)
{
	char head[200];

	snprintf(head, sizeof(head), RX_PUT "Content-Length: %zu\r\n%s\r\n", image_size, commit);
	if (way == BARE)
		assert_int_equal(rx_ask(&world, head, image, image_size), 200);
	else if (way == WHOLE)
		assert_int_equal(rx_put(&world, image, image_size, 0, image_size, commit), 200);
	else
		send_parts(way == PACKED, commit);
	assert_false(world.emulator.nor.misused);
	assert_true(ota_emulator_loads(&world.emulator, 1));
	assert_memory_equal(world.flash + rx_addr(RX_TWO, 1), image, image_size);
}

/* Erasing and programming alone, where nothing is blank before. */
static uint64_t pure_time(void)
{
	const struct ota_nor_timing *flash = &ota_nor_w25q32;
	size_t blocks = image_size / 65536, sectors = (image_size % 65536 + 4095) / 4096;

	return (image_size + OTA_NOR_PAGE - 1) / OTA_NOR_PAGE * flash->page_us +
	       blocks * flash->erase_64k_us + sectors * flash->erase_4k_us;
}

static void costs_no_more_than_it_must(void **state)
{
	const struct job *job = *state;
	const struct ota_nor_count *count = &world.emulator.nor.count;
	const struct ota_nor_timing *w25q32 = &ota_nor_w25q32;
	uint64_t pure, time;

	begin(job);
	send_image(job->way, "OTA-Commit: switch\r\n");
	pure = (uint64_t)count->pages * w25q32->page_us +
	       (uint64_t)count->erases_4k * w25q32->erase_4k_us +
	       (uint64_t)count->erases_64k * w25q32->erase_64k_us;
	if (pure < pure_time())
		pure = pure_time();
	time = ota_nor_time(w25q32, count) + world.emulator.rx.hashed / w25q32->digest_mb;
	assert_true(count->erases_4k + count->erases_64k <= (image_size + 65535) / 65536 + 17);
	assert_true(count->programmed <= (image_size + 3) / 4 * 4 + 64);
	assert_true(job->size < 5000 || count->read <= image_size * 21 / 10);
	assert_true(world.emulator.rx.hashed <= 2 * image_size);
	assert_true(time * 100 <= pure * 115);
	if (job->slot == DIRTY)
		/* The records' sectors, for each request: the slot's first byte tells. */
		assert_true(count->blank <= (1 + (image_size - 1) / 65536) * 4 * 4096);
}

static const struct job same[] = {
	{ "the same image at once", SAME, WHOLE, 100000 },
	{ "the same image in parts", SAME, PARTS, 100000 },
	{ "the same image compressed", SAME, PACKED, 100000 },
	{ "the same image by a bare request", SAME, BARE, 100000 },
	{ "the same image in all of the slot", SAME, WHOLE, RX_SLOT },
};

/* The slot holds it already: it is not touched, only selected. */
static void touches_no_slot_that_is_right(void **state)
{
	const struct job *job = *state;

	begin(job);
	send_image(job->way, "OTA-Commit: none\r\nOTA-Restart: 0\r\n");
	assert_int_equal(slot_ops, 0);
	assert_int_equal(world.emulator.nor.ops, 0);
	assert_true(world.emulator.nor.count.read <= image_size * 21 / 10);
	send_image(job->way, "OTA-Commit: switch\r\n");
	assert_int_equal(slot_ops, 0);
	assert_int_equal(world.emulator.nor.count.programmed, OTA_RECORD_SIZE);
	assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	assert_int_equal(world.emulator.device.running, 1);
}

/* Of an image that differs in one sector, only that sector is written, and the first one. */
static void writes_what_differs(void **state)
{
	const struct job job = { "", SAME, WHOLE, 100000 };
	uint8_t *slot = world.flash + rx_addr(RX_TWO, 1);

	(void)state;
	begin(&job);
	slot[50000] ^= 0x10;
	send_image(WHOLE, "OTA-Commit: switch\r\n");
	assert_true(world.emulator.nor.count.programmed <= 3 * 4096 + OTA_RECORD_SIZE);
	assert_true(world.emulator.nor.count.erases_4k <= 4);
	assert_int_equal(world.emulator.nor.count.erases_64k, 0);
}

static void hashes_nothing_for_a_get(void **state)
{
	(void)state;
	begin(&jobs[0]);
	assert_int_equal(rx_ask(&world, RX_GET("device"), "", 0), 200);
	assert_int_equal(world.emulator.rx.hashed, 0);
	assert_int_equal(world.emulator.nor.ops, 0);
	assert_true(world.emulator.nor.count.read < 8192);
}

static int suite(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_differs),
		cmocka_unit_test(hashes_nothing_for_a_get),
	};

	return RUN_ROWS(jobs, costs_no_more_than_it_must) +
	       RUN_ROWS(same, touches_no_slot_that_is_right) +
	       cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return rx_in_each_shape(suite);
}
