/* SPDX-License-Identifier: MIT */
/* Whole connections on a device in memory: the input says what arrives, how it is split, how time goes,
 * which writes of the flash fail and when the device starts anew. Heads and an image that are right are at
 * hand, so that few bytes lead deep. Whatever happens, the running app stays whole, nothing else than that
 * image is ever started, NOR flash is not misused, and every connection comes to an end in bounded
 * time. */
#define RX_SLOT 0x10000u
#include <zlib.h>

#include "tests/rx.h"

#define CONNS 2u
#define REST_MS 120000u /* for everything to come to rest when nothing arrives any more */

/* What one action of the input is: 3 bits of its first byte; its second byte is the number. */
enum action { RAW, CONTENT, HEAD, PACKED, WAIT, FAIL, CLOSE, RESTART };

static struct rx_world world, start;
static uint8_t app[RX_SLOT], image[12288], packed[16384];
static size_t app_size, image_size, packed_size;
static char heads[16][400];
static unsigned head_count;

/* Where a connection stands in the image, or in the packed image. */
static struct line {
	struct ota_conn *conn;
	size_t plain, packed;
} lines[CONNS];

static void add_head(const char *method, const char *target, const char *fields)
{
	snprintf(heads[head_count++], sizeof(heads[0]),
		 "%s /ota/v1/%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method, target, fields);
}

static void add_put(size_t at, size_t sent, const char *fields)
{
	char text[300], digest[64];

	snprintf(
		text, sizeof(text),
		"OTA-Digest: %s\r\nOTA-Length: %zu\r\nOTA-Offset: %zu\r\nContent-Length: %zu\r\n%s",
		rx_digest(image, image_size, digest), image_size, at, sent, fields);
	add_head("PUT", "image", text);
}

static void prepare_heads(void)
{
	char query[100];
	size_t n = (size_t)snprintf(query, sizeof(query), "boot?slot=ota_1&image=");

	add_put(0, image_size, "OTA-Commit: switch\r\n");
	add_put(0, image_size, "OTA-Commit: none\r\nExpect: 100-continue\r\n");
	add_put(0, 4096, "");
	add_put(4096, image_size - 4096, "OTA-Commit: switch\r\nOTA-Restart: 1\r\n");
	add_put(8192, image_size - 8192, "");
	add_put(0, 0, "OTA-Commit: switch\r\n");
	add_put(0, packed_size, "Content-Encoding: deflate\r\nOTA-Commit: switch\r\n");
	add_put(0, packed_size, "Content-Encoding: deflate\r\nOTA-Part-Length: 12288\r\n");
	for (unsigned i = 0; i < 32; i++)
		n += (size_t)snprintf(query + n, sizeof(query) - n, "%02x",
				      image[image_size - 32 + i]);
	add_head("POST", query, "OTA-Request: 1\r\n");
	add_head("POST", "confirm", "OTA-Request: 1\r\n");
	add_head("POST", "rollback", "OTA-Request: 1\r\n");
	add_head("POST", "restart", "OTA-Request: 1\r\nOTA-Confirm: rollback\r\n");
	add_head("GET", "device", "");
	add_head("GET", "image/blocks?size=4096", "");
	add_head("GET", "otadata", "Connection: close\r\n");
}

static void prepare(void)
{
	static const struct app_recipe old = { "lamp", "1", OTA_CHIP_ESP32C3, 2000, 1, 0, false,
					       false,  0 };
	static const struct app_recipe new = { "lamp", "2", OTA_CHIP_ESP32C3, 10000, 2, 0, false,
					       false,  0 };
	z_stream z = { .next_in = image, .next_out = packed, .avail_out = sizeof(packed) };

	rx_begin(&start, RX_TWO);
	app_size = rx_put_app(&start, RX_TWO, 0, &old);
	memcpy(app, start.flash + rx_addr(RX_TWO, 0), app_size);
	rx_put_record(&start, 0, 1, OTA_STATE_VALID);
	image_size = make_app(&new, image);
	z.avail_in = (uInt)image_size;
	if (deflateInit2(&z, 9, Z_DEFLATED, 12, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END || deflateEnd(&z) != Z_OK)
		abort();
	packed_size = z.total_out;
	prepare_heads();
}

/* What was there in the beginning, or the image that was accepted. */
static bool is_whole(int choice)
{
	const uint8_t *slot;

	if (choice != 0 && choice != 1)
		return false;
	slot = world.flash + rx_addr(RX_TWO, choice);
	return memcmp(slot, image, image_size) == 0 ||
	       (choice == 0 && memcmp(slot, app, app_size) == 0);
}

static void power_on(void)
{
	memset(lines, 0, sizeof(lines));
	ota_nor_power_on(&world.emulator.nor);
	world.emulator.nor.failing = 0;
	if (ota_emulator_power_on(&world.emulator) != OTA_OK ||
	    !is_whole(world.emulator.device.running))
		abort();
}

static void close_line(struct line *line)
{
	if (line->conn)
		ota_conn_close(line->conn);
	*line = (struct line){ NULL, 0, 0 };
}

/* Outputs of all connections; those that are done are closed. */
static void hear(void)
{
	uint8_t out[256];

	for (unsigned i = 0; i < CONNS; i++) {
		if (lines[i].conn)
			ota_conn_output(lines[i].conn, out, sizeof(out));
		if (lines[i].conn && ota_conn_done(lines[i].conn))
			close_line(&lines[i]);
	}
}

/* All of it, as fast as it is taken; the connection may be done before. */
static size_t say(struct line *line, const void *data, size_t size)
{
	size_t at = 0;

	for (unsigned i = 0; i < 2000 && at < size && line->conn; i++) {
		at += ota_conn_input(line->conn, (const uint8_t *)data + at, size - at);
		if (at < size)
			ota_step(&world.emulator.rx, world.now);
		hear();
	}
	return at;
}

/* Returns how many bytes of the input were taken as content. */
static size_t act(unsigned action, struct line *line, unsigned number, const uint8_t *data,
		  size_t size)
{
	size_t n;

	switch (action) {
	case RAW: n = number < size ? number : size; return ota_conn_input(line->conn, data, n);
	case CONTENT:
		n = (number + 1) * 64 < image_size - line->plain ? (number + 1) * 64
								 : image_size - line->plain;
		line->plain += say(line, image + line->plain, n);
		return 0;
	case PACKED:
		n = (number + 1) * 64 < packed_size - line->packed ? (number + 1) * 64
								   : packed_size - line->packed;
		line->packed += say(line, packed + line->packed, n);
		return 0;
	case HEAD:
		line->plain = number & 0x80 ? 4096 : 0;
		line->packed = 0;
		say(line, heads[number % head_count], strlen(heads[number % head_count]));
		return 0;
	case WAIT: world.now += number * 40u; return 0;
	case FAIL: world.emulator.nor.failing = number & 3; return 0;
	case CLOSE: close_line(line); return 0;
	default: power_on(); return 0;
	}
}

/* The first byte: which connection, which action, and how many steps are made after it. */
static void play(const uint8_t *data, size_t size)
{
	struct ota_receiver *rx = &world.emulator.rx;

	while (size >= 2) {
		struct line *line = &lines[data[0] & 1];
		size_t n;

		if (!line->conn)
			line->conn = ota_conn_open(rx);
		if (!line->conn)
			abort();
		n = 2 + act(data[0] >> 1 & 7, line, data[1], data + 2, size - 2);
		for (unsigned i = 0; i < (unsigned)data[0] >> 4 && ota_step(rx, world.now) == 0;
		     i++)
			;
		hear();
		if (world.emulator.restarted)
			power_on();
		data += n;
		size -= n;
	}
}

static bool is_at_rest(void)
{
	for (unsigned k = 0; k < world.emulator.conn_count; k++)
		if (world.emulator.conns[k].state != OTA_CONN_FREE)
			return false;
	return true;
}

/* With nothing more arriving, all comes to rest, and does not work for ever before that. */
static void come_to_rest(void)
{
	struct ota_receiver *rx = &world.emulator.rx;
	uint32_t began = world.now;
	uint8_t out[256];

	for (unsigned i = 0; i < 3000 && !is_at_rest(); i++) {
		uint32_t wait = ota_step(rx, world.now);

		if (world.now - began > REST_MS)
			abort();
		world.now += wait < 40000 ? wait : 40000;
		for (unsigned k = 0; k < world.emulator.conn_count; k++) {
			struct ota_conn *conn = &world.emulator.conns[k];

			while (ota_conn_output(conn, out, sizeof(out)))
				;
			if (ota_conn_done(conn))
				ota_conn_close(conn);
		}
	}
	if (!is_at_rest())
		abort();
}

/* What the slot that is updated holds: nothing, the image but for a byte, the image but for its first ones,
 * something else. */
static void fill_slot(unsigned what)
{
	uint8_t *slot = world.flash + rx_addr(RX_TWO, 1);

	if (what % 4 == 3)
		memset(slot, 0, RX_SLOT);
	else if (what % 4)
		memcpy(slot, image, image_size);
	if (what % 4 == 1)
		slot[5000] ^= 0x10;
	else if (what % 4 == 2)
		memset(slot, 0xFF, OTA_HEADER_SIZE);
}

static void set_up(uint8_t how)
{
	struct ota_emulator *emulator = &world.emulator;

	rx_begin(&world, RX_TWO);
	memcpy(world.flash, start.flash, sizeof(world.flash));
	fill_slot(how);
	emulator->boot.rollback = how & 4;
	power_on();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!app_size)
		prepare();
	if (!size)
		return 0;
	set_up(data[0]);
	play(data + 1, size - 1);
	come_to_rest();
	if (world.emulator.nor.misused || !is_whole(world.emulator.device.running))
		abort();
	power_on();
	return 0;
}
