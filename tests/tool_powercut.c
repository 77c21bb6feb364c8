/* SPDX-License-Identifier: MIT */
/* tool_powercut [small|large|SCHEDULE [MEDIUM]]
 *
 * The power fails in every flash operation of an update, torn in every way: afterwards the device boots
 * what it may boot, and takes a second update. `small` cuts once, on small images; `large` also on
 * larger ones, and again in what follows the first cut. A failure prints its schedule, by which it is
 * run again alone: MEDIUM.LAYOUT.STATE.ROLLBACK.STORY.SIZE@OPERATION:TEAR[/OPERATION:TEAR].
 *
 * The media are the NOR model itself, the ESP-IDF port's file upon it, and that with flash encryption: nor,
 * idf, idf-encrypted.
 *
 * What the driver does is kept beside the device, so that a snapshot of both is a place to go on from:
 * a cut costs only what follows it. */
#define RX_SLOT 0x10000u
#include "tests/rx.h"

enum story { CONFIRMED, ROLLED_BACK, UNCONFIRMED, TO_FACTORY, UNACCEPTED, STORIES };
static const char *const story_names[] = { "confirmed", "rolled-back", "unconfirmed", "to-factory",
					   "unaccepted" };
static const char *const layout_names[] = { "factory-2", "two", "factory-1" };

enum step { UPLOAD, RESTART, DECIDE, AGAIN, DONE };

#define F OTA_CHOICE_FACTORY
#define NEW OTA_STATE_NEW
#define PENDING OTA_STATE_PENDING
#define VALID OTA_STATE_VALID
#define INVALID OTA_STATE_INVALID
#define ABORTED OTA_STATE_ABORTED

/* What is in flash before; `apps`: bit 0 factory, bit 1 ota_0, bit 2 ota_1. seq 0: blank. */
static const struct state {
	const char *name;
	unsigned layouts; /* bits by enum rx_layout */
	unsigned apps;
	struct {
		uint32_t seq, state;
	} records[2];
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
	/* receiver.md's counter-examples */
	{ "one-valid", 4, 1, { { 0, 0 }, { 1, VALID } } },
	{ "new-invalid", 1, 3, { { 1, NEW }, { 3, INVALID } } },
	{ "did-not-load", 1, 3, { { 0, 0 }, { 2, NEW } } },
	{ "damaged-slot", 4, 1, { { 0, 0 }, { 1, NEW } } },
	{ "both-valid", 2, 7, { { 1, VALID }, { 2, VALID } } },
	{ "newest-damaged", 2, 3, { { 1, VALID }, { 2, VALID } } },
	{ "pending", 4, 3, { { 1, PENDING }, { 0, 0 } } },
	{ "trial", 3, 7, { { 1, VALID }, { 2, NEW } } },
	{ "trial-only", 7, 3, { { 1, NEW }, { 0, 0 } } },
	{ "rejected", 7, 3, { { 1, VALID }, { 2, ABORTED } } },
};

/* The first PAIR_TEARS are taken where a second cut follows, and where fewer will do. */
#define PAIR_TEARS 5
static const char *const tears[] = {
	"n", "a", "w", "p6", "r1", "p1", "p7", "p16", "q2", "r2", "r3"
};

struct plan {
	enum rx_layout layout;
	const struct state *state;
	bool rollback;
	enum story story;
	uint32_t size; /* of the new image, bytes */
};

/* Device and driver, to be copied as a whole. */
static struct bench {
	struct rx_world world;
	enum step step;
	struct ota_conn *conn;
	size_t sent; /* of head and content */
	int ran; /* before all this */
	int next; /* what a boot without any of this would start; until the slot is touched */
	int target;
	bool touched; /* the slot was */
	bool trial; /* the app that ran is on trial: there is nothing to upload, but to decide */
} bench, saved[2];

static struct plan plan;
static uint8_t new_app[2][RX_SLOT]; /* what is uploaded first, and after a cut */
static size_t new_size[2];
static char new_head[2][400];
static uint64_t cuts, failures, all_failures, stories;
static char schedule[200];
static bool pairs;
static const char *mode = "small";
static const char *medium_wanted; /* NULL: all */
static const char *only; /* the schedule that is replayed; NULL: all are */

/* Is the schedule so far one to follow? */
static bool is_wanted(void)
{
	return !only || strncmp(only, schedule, strlen(schedule)) == 0;
}

static void wrong(const char *why)
{
	failures++;
	if (failures <= 20)
		printf("%s: %s (boots %d, ran %d, target %d)\n", schedule, why,
		       bench.world.emulator.device.running, bench.ran, bench.target);
}

static int (*real_write)(void *, uint32_t, const void *, size_t);
static int (*real_erase)(void *, uint32_t, uint32_t);

static void touch(uint32_t addr)
{
	bench.touched |= addr - rx_addr(plan.layout, bench.target) < RX_SLOT;
}

static int watched_write(void *ctx, uint32_t addr, const void *data, size_t len)
{
	touch(addr);
	return real_write(ctx, addr, data, len);
}

static int watched_erase(void *ctx, uint32_t addr, uint32_t len)
{
	touch(addr);
	return real_erase(ctx, addr, len);
}

static const struct app_recipe *recipe_of(int choice)
{
	static struct app_recipe recipe = { .project = "lamp",
					    .version = "1",
					    .chip = OTA_CHIP_ESP32C3 };

	recipe.seed = (uint32_t)(choice + 10);
	recipe.size = 1500;
	return &recipe;
}

static void make_new(unsigned i, uint32_t size, bool other_digest)
{
	const struct app_recipe recipe = { "lamp", i ? "3" : "2", OTA_CHIP_ESP32C3,
					   size,   20 + i,        0,
					   false,  false,         0 };
	char digest[64];

	new_size[i] = make_app(&recipe, new_app[i]);
	rx_digest(new_app[i], other_digest ? 1 : new_size[i], digest);
	snprintf(new_head[i], sizeof(new_head[i]),
		 RX_PUT "OTA-Digest: %s\r\nOTA-Length: %zu\r\nOTA-Commit: switch\r\n"
			"Content-Length: %zu\r\nConnection: close\r\n\r\n",
		 digest, new_size[i], new_size[i]);
}

/* Does this slot hold that image, whole? */
static bool holds(int choice, const uint8_t *image, size_t size)
{
	return rx_holds(&bench.world, rx_addr(plan.layout, choice), image, size);
}

static bool holds_old(int choice)
{
	static uint8_t image[4096];
	size_t size = make_app(recipe_of(choice), image);

	return holds(choice, image, size);
}

/* Power on until the bootloader is through. */
static bool boot(void)
{
	enum ota_status status;

	ota_nor_power_on(&bench.world.emulator.nor);
	status = ota_emulator_power_on(&bench.world.emulator);
	bench.conn = NULL;
	bench.sent = 0;
	return status == OTA_OK;
}

/* false: this state does not start, or has no slot to update. */
static bool begin(void)
{
	const struct state *state = plan.state;
	int count = plan.layout == RX_FACTORY_1 ? 1 : 2;

	memset(&bench, 0, sizeof(bench));
	rx_begin(&bench.world, plan.layout);
	for (int i = F; i < 2; i++)
		if (state->apps >> (i + 1) & 1 && (i != F || plan.layout != RX_TWO) && i < count)
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
	if (!boot())
		return false;
	bench.ran = bench.world.emulator.device.running;
	bench.trial = bench.world.emulator.rx.trial;
	if (!bench.trial)
		bench.target = bench.ran == F ? 0 : (bench.ran + 1) % count;
	return true;
}

/* What the next boot would start if nobody did anything, worked out on a copy. */
static void look_ahead(void)
{
	saved[1] = bench;
	if (boot())
		saved[1].next = bench.world.emulator.device.running;
	bench = saved[1];
}

static bool talk(const char *head, const uint8_t *content, size_t size)
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

static const char *decision(void)
{
	static char head[300];
	const uint8_t *factory = new_app[1];
	char hex[65];
	size_t size = make_app(recipe_of(F), new_app[1]);

	if (plan.story == CONFIRMED)
		return RX_POST("confirm");
	if (plan.story == ROLLED_BACK)
		return RX_POST("rollback");
	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", factory[size - 32 + i]);
	snprintf(
		head, sizeof(head),
		"POST /ota/v1/boot?slot=factory&image=%s HTTP/1.1\r\nHost: localhost\r\nOTA-Request: 1\r\n\r\n",
		hex);
	return head;
}

/* A bit more of the story; false: it is over. */
static bool tick(void)
{
	bool on = true;

	switch (bench.step) {
	case UPLOAD: on = talk(new_head[0], new_app[0], new_size[0]); break;
	case DECIDE: on = talk(decision(), NULL, 0); break;
	case RESTART:
	case AGAIN: on = false; break;
	default: return false;
	}
	if (on || bench.world.emulator.nor.dead)
		return true;
	if ((bench.step == RESTART || bench.step == AGAIN) &&
	    ota_emulator_power_on(&bench.world.emulator) != OTA_OK)
		return true; /* the power failed in the bootloader */
	bench.step++;
	if (bench.step == DECIDE && plan.story == UNCONFIRMED)
		bench.step = AGAIN;
	if (bench.step == DECIDE && plan.story == UNACCEPTED)
		bench.step = DONE;
	return bench.step != DONE;
}

/* The target slot holds nothing that loads but what was there before. */
static void check_disarmed(void)
{
	if (bench.target < 2 && ota_emulator_loads(&bench.world.emulator, bench.target) &&
	    !holds_old(bench.target))
		wrong("bytes that nobody accepted would load");
}

/* How a story has to end. */
static void check_end(void)
{
	int runs = bench.world.emulator.device.running;
	bool new_runs = bench.trial ? runs == bench.ran
				    : runs == bench.target && holds(runs, new_app[0], new_size[0]);

	if (plan.story == UNACCEPTED)
		check_disarmed();
	if (plan.story == UNACCEPTED && runs != bench.ran)
		wrong("after a refused upload another app boots");
	if (plan.story == TO_FACTORY && runs != F)
		wrong("factory does not run");
	if (plan.story == CONFIRMED && !new_runs)
		wrong("the confirmed app does not run");
	if (plan.story == ROLLED_BACK && (runs == bench.ran) == bench.trial)
		wrong("the rollback does not lead back");
	if (plan.story == UNCONFIRMED && (plan.rollback ? runs != bench.ran : !new_runs))
		wrong("the unconfirmed app ends wrong");
}

/* May this boot after a cut? */
static void check_boot(void)
{
	int runs = bench.world.emulator.device.running;

	if (plan.story == UNACCEPTED)
		check_disarmed();
	if (runs == bench.ran && holds_old(runs))
		return;
	if (!bench.touched && runs == bench.next && holds_old(runs))
		return;
	if (plan.story == TO_FACTORY && runs == F)
		return;
	if (bench.trial && plan.story == ROLLED_BACK && holds_old(runs))
		return;
	if (runs == bench.target && plan.story != UNACCEPTED && plan.story != TO_FACTORY &&
	    holds(runs, new_app[0], new_size[0]))
		return;
	wrong(holds_old(runs) ? "another app boots" : "bytes that nobody accepted boot");
}

/* Ask for one thing; 0 if the power failed. */
static unsigned ask(const char *head, const uint8_t *content, size_t size)
{
	bench.conn = NULL;
	while (!bench.world.emulator.nor.dead && talk(head, content, size))
		;
	if (bench.world.emulator.nor.dead)
		return 0;
	return rx_status(&bench.world);
}

/* From the only slot the way to an update leads through factory. */
static unsigned go_to_factory(void)
{
	enum story story = plan.story;
	unsigned status;

	ask(RX_POST("confirm"), NULL, 0);
	plan.story = TO_FACTORY;
	status = ask(decision(), NULL, 0);
	plan.story = story;
	return status == 200 && boot() ? 200 : status;
}

/* A second update, as a client would bring it about; what it was answered, 0: the power failed. */
static unsigned update(void)
{
	struct ota_emulator *emulator = &bench.world.emulator;
	unsigned status;

	if (plan.layout == RX_FACTORY_1 && emulator->device.running != F) {
		status = go_to_factory();
		if (status != 200 || emulator->nor.dead)
			return emulator->nor.dead ? 0 : status;
	}
	make_new(1, 1500, false);
	status = ask(new_head[1], new_app[1], new_size[1]);
	if (status == 409 && rx_says(&bench.world, "OTA_UNCONFIRMED")) {
		ask(RX_POST("confirm"), NULL, 0);
		status = ask(new_head[1], new_app[1], new_size[1]);
	}
	return status;
}

static void check_update(void)
{
	struct ota_emulator *emulator = &bench.world.emulator;
	unsigned status = update();

	if (status != 200)
		wrong("a second update is refused");
	else if (!boot() || emulator->device.running < 0 ||
		 !holds(emulator->device.running, new_app[1], new_size[1]))
		wrong("a second update does not run");
	if (emulator->nor.misused)
		wrong("the rules of NOR flash were broken");
}

/* After a second cut: something whole that somebody accepted. */
static void check_second(void)
{
	int runs = bench.world.emulator.device.running;

	if (!holds_old(runs) && !holds(runs, new_app[0], new_size[0]) &&
	    !holds(runs, new_app[1], new_size[1]))
		wrong("bytes that nobody accepted boot");
	else
		check_update();
}

static void cut_second(uint64_t ahead, const char *tear)
{
	struct ota_nor *nor = &bench.world.emulator.nor;
	size_t mark = strlen(schedule);

	snprintf(schedule + mark, sizeof(schedule) - mark, "/%llu:%s", (unsigned long long)ahead,
		 tear);
	if (!is_wanted()) {
		schedule[mark] = '\0';
		return;
	}
	cuts++;
	nor->cut_at = nor->ops + ahead;
	(void)!ota_tear_parse(tear, &nor->tear);
	update();
	if (nor->dead && !boot())
		wrong("nothing boots");
	else if (bench.world.emulator.nor.cut_at == 0)
		check_second();
	schedule[mark] = '\0';
}

/* A second cut in each operation of the second update. */
static void sweep_second(void)
{
	static struct bench start;
	uint64_t ops;

	start = bench;
	update();
	ops = bench.world.emulator.nor.ops - start.world.emulator.nor.ops;
	for (uint64_t i = 1; i <= ops; i++) {
		for (size_t k = 0; k < PAIR_TEARS; k++) {
			bench = start;
			cut_second(i, tears[k]);
		}
	}
}

/* The port's file alone tears as the model does: `small` takes fewer of its cuts. */
static size_t tear_count(void)
{
	bool thin = pairs || (rx_medium->attach && !rx_medium->seal && strcmp(mode, "small") == 0);

	return thin ? PAIR_TEARS : ARRAY_LEN(tears);
}

/* From bench, where the next tick does operation `op`. */
static void cut(uint64_t op, const char *tear)
{
	struct ota_nor *nor = &bench.world.emulator.nor;
	size_t mark = strlen(schedule);

	snprintf(schedule + mark, sizeof(schedule) - mark, "@%llu:%s", (unsigned long long)op,
		 tear);
	if (!is_wanted()) {
		schedule[mark] = '\0';
		return;
	}
	cuts++;
	nor->cut_at = op;
	if (!ota_tear_parse(tear, &nor->tear))
		abort();
	while (!nor->dead && tick())
		;
	if (!nor->dead) {
		wrong("the power did not fail");
	} else if (!boot()) {
		wrong("nothing boots");
	} else {
		check_boot();
		if (pairs)
			sweep_second();
		else
			check_update();
	}
	schedule[mark] = '\0';
}

/* The story, once whole, and once with each of its operations torn in each way. */
static void tell(void)
{
	static struct bench before, after;

	snprintf(schedule, sizeof(schedule), "%s.%s.%s.%s.%s.%u", rx_medium->name,
		 layout_names[plan.layout], plan.state->name, plan.rollback ? "on" : "off",
		 story_names[plan.story], plan.size);
	if (!is_wanted())
		return;
	make_new(0, plan.size, plan.story == UNACCEPTED);
	look_ahead();
	bench.step = plan.story == TO_FACTORY || bench.trial ? DECIDE : UPLOAD;
	stories++;
	for (bool on = true; on;) {
		before = bench;
		on = tick();
		after = bench;
		for (uint64_t op = before.world.emulator.nor.ops; op < after.world.emulator.nor.ops;
		     op++) {
			for (size_t i = 0; i < tear_count(); i++) {
				bench = before;
				cut(op + 1, tears[i]);
			}
		}
		bench = after;
	}
	check_end();
	if (bench.world.emulator.nor.misused)
		wrong("the rules of NOR flash were broken");
}

static bool is_possible(void)
{
	if (!(plan.state->layouts >> plan.layout & 1) || !begin())
		return false;
	if (bench.trial)
		return plan.story == CONFIRMED ||
		       (plan.story == ROLLED_BACK &&
			(plan.layout != RX_TWO || plan.state->records[1].seq));
	if (plan.story == TO_FACTORY)
		return plan.layout != RX_TWO && bench.ran != F;
	return plan.layout != RX_FACTORY_1 || bench.ran == F;
}

static void tell_all(uint32_t size)
{
	for (unsigned i = 0; i < ARRAY_LEN(states) * 3 * 2 * STORIES; i++) {
		unsigned n = i;

		plan.story = n % STORIES;
		n /= STORIES;
		plan.rollback = n % 2;
		n /= 2;
		plan.layout = n % 3;
		plan.state = &states[n / 3];
		plan.size = size;
		if (is_possible())
			tell();
	}
}

static void report(const char *what)
{
	printf("power cuts on %s, %s: %llu stories, %llu cuts, %zu ways to tear, %llu failures\n",
	       rx_medium->name, what, (unsigned long long)stories, (unsigned long long)cuts,
	       tear_count(), (unsigned long long)failures);
	fflush(stdout);
	all_failures += failures;
	stories = cuts = failures = 0;
}

/* On the present medium. */
static int sweep(void)
{
	const char *size = strrchr(mode, '.');

	if (medium_wanted && strcmp(medium_wanted, rx_medium->name) != 0)
		return 0;
	pairs = false;
	if (size) {
		only = mode;
		pairs = strchr(mode, '/') != NULL;
		tell_all((uint32_t)strtoul(size + 1, NULL, 10));
	} else {
		tell_all(5000);
	}
	if (strcmp(mode, "large") == 0) {
		tell_all(24000);
		report("single cuts");
		pairs = true;
		tell_all(1500);
	}
	report(pairs ? "with pairs of cuts" : "single cuts");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		mode = argv[1];
	if (argc > 2)
		medium_wanted = argv[2];
	RX_ON_EACH(sweep);
	return all_failures != 0;
}
