/* SPDX-License-Identifier: MIT */
/* rx.h - a receiver on an emulated device in memory, talked to without sockets */
#ifndef TESTS_RX_H
#define TESTS_RX_H

#include <stdarg.h>
#include <stdlib.h>

#include "firmware/port/posix/emulator.h"
#include "firmware/port/posix/inflate.h"
#include "lib/table.h"
#include "tests/make_image.h"
#include "tests/rows.h"
#include "tests/rx_medium.h"

#define RX_OTADATA 0xE000u
#define RX_FIRST 0x10000u /* factory, or ota_0 */
#ifndef RX_SLOT
#define RX_SLOT 0x20000u /* bytes of a slot */
#endif
#define RX_FLASH (RX_FIRST + 4 * RX_SLOT)

/* How a suite is run: on devices with one connection, with as many as usual, and with as many as a
 * device may have; and what arrives comes in pieces of at most so many bytes. */
static const struct rx_shape {
	uint8_t conns;
	size_t piece;
} rx_shapes[] = { { OTA_EMULATOR_CONNS_DEFAULT, SIZE_MAX },
		  { 1, 256 },
		  { OTA_EMULATOR_CONNS, 256 } };
static const struct rx_shape *rx_shape = rx_shapes;

static const struct rx_medium *rx_medium; /* NULL: the model itself */

/* Run `suite` on each, a port's flash on the first one; how many tests failed. */
static inline int rx_in_each_shape(int (*suite)(void))
{
	int failed = 0;

	for (size_t i = 0; i < (rx_medium && rx_medium->attach ? 1 : ARRAY_LEN(rx_shapes)); i++) {
		rx_shape = &rx_shapes[i];
		print_message("with %u connections\n", rx_shape->conns);
		failed += suite();
	}
	return failed;
}

enum rx_layout { RX_FACTORY_2, RX_TWO, RX_FACTORY_1, RX_THREE, RX_ONE, RX_NO_OTADATA };

struct rx_world {
	uint8_t flash[RX_FLASH]; /* raw: see rx_put() and rx_holds() */
	struct ota_emulator emulator;
	uint32_t now; /* ms */
	char answer[8192]; /* the last one, NUL behind it */
	size_t answer_size;
};

/* Run the suite on each medium; how many tests failed. */
#define RX_ON_EACH(run) rx_on_each(run, rx_media, RX_MEDIA)

static inline int rx_on_each(int (*run)(void), const struct rx_medium *media, unsigned count)
{
	int failed = 0;

	for (unsigned i = 0; i < count; i++) {
		rx_medium = &media[i];
		printf("on %s\n", rx_medium->name);
		fflush(stdout);
		failed += run();
	}
	return failed;
}

/* Bytes into flash, as a programmer at the bench puts them there. */
static inline void rx_put_bytes(struct rx_world *world, uint32_t addr, const void *data,
				size_t size)
{
	if (rx_medium && rx_medium->seal)
		rx_medium->seal(world->flash, addr, data, size);
	else
		memcpy(world->flash + addr, data, size);
}

/* Bytes of flash, as the device reads them. */
static inline void rx_get_bytes(const struct rx_world *world, uint32_t addr, void *data,
				size_t size)
{
	if (rx_medium && rx_medium->unseal)
		rx_medium->unseal(world->flash, addr, data, size);
	else
		memcpy(data, world->flash + addr, size);
}

static inline bool rx_holds(const struct rx_world *world, uint32_t addr, const void *data,
			    size_t size)
{
	uint8_t found[4096];
	const uint8_t *bytes = data;

	for (size_t at = 0; at < size; at += sizeof(found)) {
		size_t n = size - at < sizeof(found) ? size - at : sizeof(found);

		rx_get_bytes(world, addr + (uint32_t)at, found, n);
		if (memcmp(found, bytes + at, n) != 0)
			return false;
	}
	return true;
}

/* Change a bit of what the device reads. */
static inline void rx_damage(struct rx_world *world, uint32_t addr)
{
	uint8_t byte;

	rx_get_bytes(world, addr, &byte, 1);
	byte ^= 1;
	rx_put_bytes(world, addr, &byte, 1);
}

static inline uint32_t rx_addr(enum rx_layout layout, int choice)
{
	bool factory = layout == RX_FACTORY_2 || layout == RX_FACTORY_1;

	return RX_FIRST + (uint32_t)(choice + factory) * RX_SLOT;
}

static inline void rx_put_part(struct ota_table *table, unsigned type, unsigned subtype,
			       uint32_t offset, uint32_t size)
{
	struct ota_part *part = &table->parts[table->count++];

	*part = (struct ota_part){
		.type = (uint8_t)type, .subtype = (uint8_t)subtype, .offset = offset, .size = size
	};
	snprintf(part->label, sizeof(part->label), "p%u", (unsigned)table->count);
}

/* Blank flash with the table of a layout. */
static inline void rx_begin(struct rx_world *world, enum rx_layout layout)
{
	static const uint8_t slots[] = { 2, 2, 1, 3, 1, 2 };
	static struct ota_table table;
	static const struct ota_table_options options = { .dialect = &ota_dialect_esp32,
							  .names = &ota_names_esp32,
							  .offset = OTA_TABLE_OFFSET };

	uint8_t raw[OTA_TABLE_SIZE];

	memset(world->flash, 0xFF, sizeof(world->flash));
	memset(&table, 0, sizeof(table));
	if (layout != RX_NO_OTADATA)
		rx_put_part(&table, OTA_TYPE_DATA, OTA_DATA_OTA, RX_OTADATA, 0x2000);
	if (layout == RX_FACTORY_2 || layout == RX_FACTORY_1)
		rx_put_part(&table, OTA_TYPE_APP, OTA_APP_FACTORY, RX_FIRST, RX_SLOT);
	for (int i = 0; i < slots[layout]; i++)
		rx_put_part(&table, OTA_TYPE_APP, OTA_APP_OTA_0 + (unsigned)i, rx_addr(layout, i),
			    RX_SLOT);
	if (ota_table_encode(&table, &options, raw))
		abort();
	rx_put_bytes(world, OTA_TABLE_OFFSET, raw, sizeof(raw));
	ota_emulator_begin(&world->emulator, world->flash, sizeof(world->flash));
	if (rx_medium && rx_medium->attach)
		rx_medium->attach(&world->emulator.nor);
	world->emulator.inflate = &ota_inflate_zlib;
	world->emulator.conn_count = rx_shape->conns;
	world->emulator.device.chip = OTA_CHIP_ESP32C3;
	world->now = 1000;
}

/* An app in a slot, as a programmer at the bench puts it there. */
static inline size_t rx_put_app(struct rx_world *world, enum rx_layout layout, int choice,
				const struct app_recipe *recipe)
{
	static uint8_t image[RX_SLOT];
	size_t size = make_app(recipe, image);

	rx_put_bytes(world, rx_addr(layout, choice), image, size);
	return size;
}

static inline void rx_put_record(struct rx_world *world, unsigned sector, uint32_t seq,
				 uint32_t state)
{
	uint8_t raw[OTA_RECORD_SIZE];
	struct ota_record record;

	ota_record_make(seq, state, &record);
	ota_record_encode(&record, raw);
	rx_put_bytes(world, RX_OTADATA + sector * OTA_RECORD_STRIDE, raw, sizeof(raw));
}

static inline struct ota_record rx_record(const struct rx_world *world, unsigned sector)
{
	uint8_t raw[OTA_RECORD_SIZE];
	struct ota_record record;

	rx_get_bytes(world, RX_OTADATA + sector * OTA_RECORD_STRIDE, raw, sizeof(raw));
	ota_record_decode(raw, &record);
	return record;
}

/* Let the machine work until it waits, and collect what `conn` says. */
static inline void rx_run(struct rx_world *world, struct ota_conn *conn)
{
	for (unsigned calm = 0; calm < 3; calm++) {
		size_t room = sizeof(world->answer) - 1 - world->answer_size, n;

		if (ota_step(&world->emulator.rx, world->now) == 0)
			calm = 0;
		n = conn ? ota_conn_output(conn, world->answer + world->answer_size,
					   room < 37 ? room : 37)
			 : 0;
		world->answer_size += n;
		world->answer[world->answer_size] = '\0';
		if (n)
			calm = 0;
	}
}

/* Hand over bytes in pieces; how many were taken before the connection had enough. */
static inline size_t rx_send(struct rx_world *world, struct ota_conn *conn, const void *data,
			     size_t size, size_t piece)
{
	const uint8_t *bytes = data;
	size_t at = 0;

	if (piece > rx_shape->piece)
		piece = rx_shape->piece;
	for (unsigned stuck = 0; at < size && stuck < 3 && !ota_conn_done(conn);) {
		size_t n = size - at < piece ? size - at : piece;
		size_t taken = ota_conn_input(conn, bytes + at, n);

		at += taken;
		stuck = taken ? 0 : stuck + 1;
		rx_run(world, conn);
	}
	return at;
}

static inline struct ota_conn *rx_open(struct rx_world *world)
{
	struct ota_conn *conn;

	ota_step(&world->emulator.rx, world->now);
	conn = ota_conn_open(&world->emulator.rx);
	if (!conn)
		abort();
	world->answer_size = 0;
	world->answer[0] = '\0';
	return conn;
}

/* The status of the answer, after "100 Continue" if that came first; 0: none. */
static inline unsigned rx_status(const struct rx_world *world)
{
	const char *text = world->answer;

	if (strncmp(text, "HTTP/1.1 100 ", 13) == 0 && strstr(text, "\r\n\r\n"))
		text = strstr(text, "\r\n\r\n") + 4;
	return strncmp(text, "HTTP/1.1 ", 9) == 0 ? (unsigned)strtoul(text + 9, NULL, 10) : 0;
}

/* A whole request on a connection of its own; returns the status of the answer, 0: none. */
static inline unsigned rx_ask(struct rx_world *world, const char *head, const void *content,
			      size_t size)
{
	struct ota_conn *conn = rx_open(world);

	rx_send(world, conn, head, strlen(head), 61);
	rx_send(world, conn, content, size, 3001);
	rx_run(world, conn);
	ota_conn_close(conn);
	return rx_status(world);
}

static inline bool rx_says(const struct rx_world *world, const char *text)
{
	return strstr(world->answer, text) != NULL;
}

/* "sha-256=:...:" of some bytes. */
static inline const char *rx_digest(const void *data, size_t size, char text[static 64])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct ota_sha256 sha;
	uint8_t digest[OTA_SHA256_SIZE + 1] = { 0 };
	char *out = text + sprintf(text, "sha-256=:");

	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, data, size);
	ota_sha256_finish(&sha, digest);
	for (unsigned i = 0; i < 33; i += 3) {
		uint32_t bits = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 |
				(i + 2 < 32 ? digest[i + 2] : 0);

		for (unsigned k = 0; k < 4; k++)
			*out++ = digits[bits >> (18 - 6 * k) & 63];
	}
	out[-1] = '=';
	strcpy(out, ":");
	return text;
}

#define RX_PUT "PUT /ota/v1/image HTTP/1.1\r\nHost: localhost\r\n"
#define RX_POST(what) "POST /ota/v1/" what " HTTP/1.1\r\nHost: localhost\r\nOTA-Request: 1\r\n\r\n"
#define RX_GET(what) "GET /ota/v1/" what " HTTP/1.1\r\nHost: localhost\r\n\r\n"

/* Upload a part of an image, `fields` added to its head. */
static inline unsigned rx_put(struct rx_world *world, const uint8_t *image, size_t length,
			      size_t at, size_t size, const char *fields)
{
	char head[600], digest[64];

	snprintf(head, sizeof(head),
		 RX_PUT "OTA-Digest: %s\r\nOTA-Length: %zu\r\nOTA-Offset: %zu\r\n"
			"Content-Length: %zu\r\n%s\r\n",
		 rx_digest(image, length, digest), length, at, size, fields);
	return rx_ask(world, head, image + at, size);
}

#endif
