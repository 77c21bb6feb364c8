/* SPDX-License-Identifier: MIT */
/* powercut.h - a device, and a client that brings an update about step by step
 *
 * What the client does is kept beside the device, so that a copy of both is a place to go on from:
 * a cut costs only what follows it. */
#ifndef TESTS_POWERCUT_H
#define TESTS_POWERCUT_H

#define RX_SLOT 0x10000u
#include "tests/rx.h"

enum story {
	CONFIRMED,
	AS_IT_IS,
	IN_PARTS,
	ROLLED_BACK,
	UNCONFIRMED,
	TO_FACTORY,
	UNACCEPTED,
	STORIES
};
static const char *const story_names[] = { "confirmed",   "as-it-is",   "in-parts",  "rolled-back",
					   "unconfirmed", "to-factory", "unaccepted" };
static const char *const layout_names[] = { "factory-2", "two", "factory-1" };

enum step { START, UPLOAD, RESTART, DECIDE, AGAIN, DONE };

#define F OTA_CHOICE_FACTORY
#define NEW OTA_STATE_NEW
#define PENDING OTA_STATE_PENDING
#define VALID OTA_STATE_VALID
#define INVALID OTA_STATE_INVALID
#define ABORTED OTA_STATE_ABORTED

/* What the slot that is updated holds before: nothing or another app, the new image but for a word,
 * the new image. */
enum held { OTHER, ALMOST, SAME };

/* What is in flash before; `apps`: bit 0 factory, bit 1 ota_0, bit 2 ota_1. seq 0: blank. */
static const struct state {
	const char *name;
	unsigned layouts; /* bits by enum rx_layout */
	unsigned apps;
	struct {
		uint32_t seq, state;
	} records[2];
	enum held held;
} states[] = {
	{ "fresh", 7, 3, { { 0, 0 }, { 0, 0 } } },
	{ "fresh-slots-full", 3, 7, { { 0, 0 }, { 0, 0 } } },
	{ "ota_0", 7, 3, { { 1, VALID }, { 0, 0 } } },
	{ "ota_0-undefined", 7, 3, { { 0, 0 }, { 1, OTA_STATE_UNDEFINED } } },
	{ "ota_1", 3, 7, { { 1, VALID }, { 2, VALID } } },
	{ "ota_1-alone", 3, 7, { { 2, VALID }, { 0, 0 } } },
	{ "orphan", 3, 3, { { 1, VALID }, { 2, VALID } } },
	{ "orphan-only", 3, 3, { { 0, 0 }, { 2, VALID } } },
	{ "high", 3, 7, { { 0xFFFFFFF0u, VALID }, { 0xFFFFFFEFu, VALID } } },
	{ "almost", 3, 3, { { 1, VALID }, { 0, 0 } }, ALMOST },
	{ "almost-selected-before", 3, 3, { { 3, VALID }, { 2, VALID } }, ALMOST },
	{ "same", 3, 3, { { 1, VALID }, { 0, 0 } }, SAME },
	{ "same-selected-before", 3, 3, { { 3, VALID }, { 2, VALID } }, SAME },
	{ "own-invalid", 2, 3, { { 1, INVALID }, { 0, 0 } } },
	{ "same-own-invalid", 2, 3, { { 1, INVALID }, { 0, 0 } }, SAME },
	{ "trial-other-damaged", 3, 5, { { 1, VALID }, { 2, NEW } } },
	/* receiver.md's counter-examples */
	{ "one-valid", 4, 1, { { 0, 0 }, { 1, VALID } } },
	{ "new-invalid", 1, 3, { { 1, NEW }, { 3, INVALID } } },
	{ "did-not-load", 1, 3, { { 0, 0 }, { 2, NEW } } },
	{ "twice-new", 3, 3, { { 2, NEW }, { 2, NEW } } },
	{ "damaged-slot", 4, 1, { { 0, 0 }, { 1, NEW } } },
	{ "both-valid", 2, 7, { { 1, VALID }, { 2, VALID } } },
	{ "newest-damaged", 2, 3, { { 1, VALID }, { 2, VALID } } },
	{ "pending", 4, 3, { { 1, PENDING }, { 0, 0 } } },
	{ "trial", 3, 7, { { 1, VALID }, { 2, NEW } } },
	{ "trial-only", 7, 3, { { 1, NEW }, { 0, 0 } } },
	{ "rejected", 7, 3, { { 1, VALID }, { 2, ABORTED } } },
};

struct plan {
	enum rx_layout layout;
	const struct state *state;
	bool rollback;
	enum story story;
	uint32_t size; /* of the new image, bytes */
};

/* Device and client, to be copied as a whole. */
static struct bench {
	struct rx_world world;
	enum step step;
	struct ota_conn *conn;
	size_t sent; /* of head and content */
	unsigned part; /* of the upload */
	int ran; /* before all this */
	int next; /* what a boot without any of this would start; until the slot is touched */
	int target;
	bool touched; /* the slot was */
	bool trial; /* the app that ran is on trial: there is nothing to upload, but to decide */
} bench;

static struct plan plan;

#define IMAGES 4u
#define ALMOST_NEW 3u /* of them: as the first, but for a word */
static uint8_t new_app[IMAGES]
		      [RX_SLOT]; /* what is uploaded first, after a cut, after a second cut */
static size_t new_size[IMAGES];
static char new_digest[IMAGES][64];

static bool in_otadata[65536]; /* is this operation, counted from the start, one on otadata? */

static int (*real_write)(void *, uint32_t, const void *, size_t);
static int (*real_erase)(void *, uint32_t, uint32_t);

static inline void touch(uint32_t addr)
{
	bench.touched |= addr - rx_addr(plan.layout, bench.target) < RX_SLOT;
	in_otadata[(bench.world.emulator.nor.ops + 1) % ARRAY_LEN(in_otadata)] =
		addr - RX_OTADATA < 0x2000;
}

static inline int watched_write(void *ctx, uint32_t addr, const void *data, size_t len)
{
	touch(addr);
	return real_write(ctx, addr, data, len);
}

static inline int watched_erase(void *ctx, uint32_t addr, uint32_t len)
{
	touch(addr);
	return real_erase(ctx, addr, len);
}

static inline const struct app_recipe *recipe_of(int choice)
{
	static struct app_recipe recipe = { .project = "lamp",
					    .version = "1",
					    .chip = OTA_CHIP_ESP32C3 };

	recipe.seed = (uint32_t)(choice + 10);
	recipe.size = 1500;
	return &recipe;
}

static inline void make_new(unsigned i, uint32_t size)
{
	const struct app_recipe recipe = { "lamp", "2", OTA_CHIP_ESP32C3, size, 20 + i, 0, false,
					   false,  0 };

	new_size[i] = make_app(&recipe, new_app[i]);
	if (size == RX_SLOT) {
		memset(new_app[i] + new_size[i], 0xFF, size - new_size[i]);
		new_size[i] = size;
	}
	rx_digest(new_app[i], new_size[i], new_digest[i]);
}

/* Bits that keep the checksum; the digest at its end is made to fit. */
static inline void make_almost(void)
{
	uint8_t *image = new_app[ALMOST_NEW];
	struct ota_sha256 sha;

	make_new(ALMOST_NEW, plan.size);
	memcpy(image, new_app[0], new_size[0]);
	image[4500] ^= 1;
	image[4501] ^= 1;
	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, image, new_size[0] - OTA_SHA256_SIZE);
	ota_sha256_finish(&sha, image + new_size[0] - OTA_SHA256_SIZE);
	new_size[ALMOST_NEW] = new_size[0];
}

/* Does this slot hold that image, whole? */
static inline bool holds(int choice, unsigned i)
{
	return rx_holds(&bench.world, rx_addr(plan.layout, choice), new_app[i], new_size[i]);
}

static inline unsigned image_held(void)
{
	return plan.state->held == SAME ? 0 : ALMOST_NEW;
}

/* What it held before all this? */
static inline bool holds_old(int choice)
{
	static uint8_t image[4096];
	size_t size = make_app(recipe_of(choice), image);

	return rx_holds(&bench.world, rx_addr(plan.layout, choice), image, size) ||
	       (plan.state->held && choice == bench.target && holds(choice, image_held()));
}

/* Power on until the bootloader is through. */
static inline bool boot(void)
{
	enum ota_status status;

	ota_nor_power_on(&bench.world.emulator.nor);
	status = ota_emulator_power_on(&bench.world.emulator);
	bench.conn = NULL;
	bench.sent = 0;
	return status == OTA_OK;
}

static inline int slot_count(void)
{
	return plan.layout == RX_FACTORY_1 ? 1 : 2;
}

static inline void fill_flash(void)
{
	const struct state *state = plan.state;

	memset(&bench, 0, sizeof(bench));
	rx_begin(&bench.world, plan.layout);
	for (int i = F; i < slot_count(); i++)
		if (state->apps >> (i + 1) & 1 && (i != F || plan.layout != RX_TWO))
			rx_put_app(&bench.world, plan.layout, i, recipe_of(i));
	for (unsigned i = 0; i < 2; i++)
		if (state->records[i].seq)
			rx_put_record(&bench.world, i, state->records[i].seq,
				      state->records[i].state);
	real_write = bench.world.emulator.nor.flash.write;
	real_erase = bench.world.emulator.nor.flash.erase;
	bench.world.emulator.nor.flash.write = watched_write;
	bench.world.emulator.nor.flash.erase = watched_erase;
	bench.world.emulator.boot.rollback = plan.rollback;
	bench.target = 15; /* no slot of this device */
}

/* The device before its first start, and what that leads to. false: it does not start. */
static inline bool begin(void)
{
	static struct bench before;
	bool works;

	fill_flash();
	before = bench;
	works = boot();
	before.ran = bench.world.emulator.device.running;
	before.trial = bench.world.emulator.rx.trial;
	if (!before.trial)
		before.target = before.ran == F ? 0 : (before.ran + 1) % slot_count();
	bench = before;
	if (plan.state->held)
		rx_put_bytes(&bench.world, rx_addr(plan.layout, bench.target),
			     new_app[image_held()], new_size[image_held()]);
	return works;
}

/* A bit of one request; false: it was answered. */
static inline bool talk(const char *head, const uint8_t *content, size_t size)
{
	struct ota_receiver *rx = &bench.world.emulator.rx;
	size_t whole = strlen(head) + size, at = bench.sent, n = 4096;
	uint8_t out[512];

	if (!bench.conn) {
		bench.conn = rx_open(&bench.world);
		bench.sent = 0;
		return true;
	}
	if (at < strlen(head))
		at += ota_conn_input(bench.conn, head + at, strlen(head) - at);
	else if (at < whole && !bench.conn->step)
		at += ota_conn_input(bench.conn, content + (at - strlen(head)),
				     n < whole - at ? n : whole - at);
	bench.sent = at;
	if (ota_step(rx, bench.world.now) && bench.conn->out_left) {
		n = ota_conn_output(bench.conn, out, sizeof(out));
		if (bench.world.answer_size + n < sizeof(bench.world.answer)) {
			memcpy(bench.world.answer + bench.world.answer_size, out, n);
			bench.world.answer_size += n;
			bench.world.answer[bench.world.answer_size] = '\0';
		}
	}
	if (!ota_conn_done(bench.conn) && bench.conn->state != OTA_CONN_HEAD)
		return true;
	if (bench.conn->state == OTA_CONN_HEAD && at < whole)
		return true;
	ota_conn_close(bench.conn);
	bench.conn = NULL;
	return false;
}

/* A bit of a PUT of image `i` from `at` on. */
static inline bool put(unsigned i, size_t at, size_t size, const char *digest, const char *commit)
{
	char head[400];

	snprintf(head, sizeof(head),
		 RX_PUT "OTA-Digest: %s\r\nOTA-Length: %zu\r\nOTA-Offset: %zu\r\n%s"
			"Content-Length: %zu\r\nConnection: close\r\n\r\n",
		 digest, new_size[i], at, commit, size);
	return talk(head, new_app[i] + at, size);
}

#define SWITCH "OTA-Commit: switch\r\n"

static inline bool put_whole(unsigned i)
{
	return put(i, 0, new_size[i], new_digest[i], SWITCH);
}

/* The first sector; all from there on; the wish to switch, alone. */
static inline bool put_parts(void)
{
	size_t first = new_size[0] < 4096 ? new_size[0] : 4096;
	bool on;

	if (bench.part == 0)
		on = put(0, 0, first, new_digest[0], "");
	else if (bench.part == 1 && new_size[0] > first)
		on = put(0, first, new_size[0] - first, new_digest[0], "");
	else
		on = put(0, 0, 0, new_digest[0], SWITCH);
	if (!on && bench.part < 2) {
		bench.part++;
		return true;
	}
	return on;
}

/* The first upload of the story. */
static inline bool upload(void)
{
	if (plan.story == IN_PARTS)
		return put_parts();
	if (plan.story == UNACCEPTED)
		return put(0, 0, new_size[0], new_digest[1], SWITCH);
	return put_whole(0);
}

static inline const char *decision(void)
{
	static char head[300];
	static uint8_t image[4096];
	char hex[65];
	size_t size = make_app(recipe_of(F), image);

	if (plan.story == CONFIRMED || plan.story == AS_IT_IS || plan.story == IN_PARTS)
		return RX_POST("confirm");
	if (plan.story == ROLLED_BACK)
		return RX_POST("rollback");
	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", image[size - 32 + i]);
	snprintf(head, sizeof(head),
		 "POST /ota/v1/boot?slot=factory&image=%s HTTP/1.1\r\nHost: localhost\r\n"
		 "OTA-Request: 1\r\n\r\n",
		 hex);
	return head;
}

static inline enum step next_step(enum step step)
{
	if (step == START)
		return plan.story == TO_FACTORY || plan.story == AS_IT_IS ||
				       (bench.trial && plan.story != UNACCEPTED)
			     ? DECIDE
			     : UPLOAD;
	if (step == RESTART && plan.story == UNCONFIRMED)
		return AGAIN;
	if (step == RESTART && plan.story == UNACCEPTED)
		return AGAIN;
	return step + 1;
}

/* A bit more of the story; false: it is over. */
static inline bool tick(void)
{
	bool on = false;

	if (bench.step == UPLOAD)
		on = upload();
	else if (bench.step == DECIDE)
		on = talk(decision(), NULL, 0);
	else if (ota_emulator_power_on(&bench.world.emulator) != OTA_OK)
		on = true; /* the power failed in the bootloader */
	if (on || bench.world.emulator.nor.dead)
		return true;
	bench.step = next_step(bench.step);
	return bench.step != DONE;
}

/* Ask for one thing; 0 if the power failed. */
static inline unsigned ask(const char *head)
{
	bench.conn = NULL;
	while (!bench.world.emulator.nor.dead && talk(head, NULL, 0))
		;
	return bench.world.emulator.nor.dead ? 0 : rx_status(&bench.world);
}

static inline unsigned ask_put(unsigned i)
{
	bench.conn = NULL;
	while (!bench.world.emulator.nor.dead && put_whole(i))
		;
	return bench.world.emulator.nor.dead ? 0 : rx_status(&bench.world);
}

/* From the only slot the way to an update leads through factory. */
static inline unsigned go_to_factory(void)
{
	enum story story = plan.story;
	unsigned status;

	ask(RX_POST("confirm"));
	plan.story = TO_FACTORY;
	status = ask(decision());
	plan.story = story;
	return status == 200 && boot() ? 200 : status;
}

/* Another update, as a client would bring it about; what it was answered, 0: the power failed. */
static inline unsigned update(unsigned i)
{
	struct ota_emulator *emulator = &bench.world.emulator;
	unsigned status;

	if (plan.layout == RX_FACTORY_1 && emulator->device.running != F) {
		status = go_to_factory();
		if (status != 200 || emulator->nor.dead)
			return emulator->nor.dead ? 0 : status;
	}
	status = ask_put(i);
	if (status == 409 && rx_says(&bench.world, "OTA_UNCONFIRMED")) {
		ask(RX_POST("confirm"));
		status = ask_put(i);
	}
	return status;
}

#endif
