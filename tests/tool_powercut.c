/* SPDX-License-Identifier: MIT */
/* tool_powercut [small|large|SCHEDULE [MEDIUM]]
 *
 * The power fails in every flash operation of an update, of the receiver's and of the bootloader's,
 * torn in every way: afterwards the device boots what it may boot, and takes another update. `small`
 * cuts once, on small images; `large` also on larger ones, and again in what follows the first cut. A
 * failure prints its schedule, by which it is run again alone:
 * MEDIUM.LAYOUT.STATE.ROLLBACK.STORY.SIZE@OPERATION:TEAR[/OPERATION:TEAR].
 *
 * The media are the NOR model itself, the ESP-IDF port's file upon it, and that with flash encryption:
 * nor, idf, idf-encrypted. */
#include "tests/powercut.h"

/* The first PAIR_TEARS are taken where a second cut follows; from RECORD_TEARS on they are every other
 * way to erase or write a part of a record's three words, for operations on otadata. */
#define PAIR_TEARS 5
#define RECORD_TEARS 11
static const char *const tears[] = { "n",    "a",    "w",  "p6", "r1",  "p1",  "p7",   "p16",
				     "q2",   "r2",   "r3", "m1", "m64", "m65", "m128", "m129",
				     "m192", "m193", "p3", "q0", "q25", "p29" };

static uint64_t operations, cuts, failures, stories;
static bool failed; /* on any medium */
static char schedule[200];
static bool pairs;
static const char *mode = "small";
static const char *only = ""; /* the schedule that is replayed; empty: all are */

/* Is the schedule so far one to follow: a beginning of what is replayed, or what follows it? */
static bool is_wanted(void)
{
	size_t n = strlen(only), now = strlen(schedule);

	if (n >= now)
		return strncmp(only, schedule, now) == 0;
	return !n || (strncmp(only, schedule, n) == 0 && strchr("@/", schedule[n]));
}

static void wrong(const char *why)
{
	failures++;
	if (failures <= 20)
		printf("%s: %s (boots %d, ran %d, target %d)\n", schedule, why,
		       bench.world.emulator.device.running, bench.ran, bench.target);
}

/* A longer schedule; false: it is not to be followed. forget() takes the addition off again. */
static bool add(size_t mark, char before, uint64_t op, const char *tear)
{
	snprintf(schedule + mark, sizeof(schedule) - mark, "%c%llu:%s", before,
		 (unsigned long long)op, tear);
	if (is_wanted()) {
		cuts++;
		return true;
	}
	schedule[mark] = '\0';
	return false;
}

/* What the next boot would start if nobody did anything, worked out on a copy. */
static void look_ahead(void)
{
	static struct bench copy;

	copy = bench;
	copy.next = boot() ? bench.world.emulator.device.running : OTA_CHOICE_NONE;
	bench = copy;
	/* An app on trial goes, under a bootloader that does trials. */
	if (bench.next != bench.ran && !(bench.trial && plan.rollback))
		wrong("a restart at once starts another app");
}

/* No slot holds anything that loads but what was there before. */
static void check_disarmed(void)
{
	for (int i = F; i < slot_count(); i++)
		if ((i != F || plan.layout != RX_TWO) &&
		    ota_emulator_loads(&bench.world.emulator, i) && !holds_old(i))
			wrong("bytes that nobody accepted would load");
}

/* It was refused, and no number of resets brings it back. */
static void check_refused(void)
{
	bool may_go = bench.trial && plan.rollback;

	for (unsigned i = 0; i < 3; i++) {
		int runs = bench.world.emulator.device.running;

		check_disarmed();
		if (!holds_old(runs) || (runs != bench.ran && !may_go))
			wrong("after a refused upload another app boots");
		if (!boot())
			wrong("nothing boots");
	}
}

/* How a story has to end. */
static void check_end(void)
{
	int runs = bench.world.emulator.device.running;
	bool new_runs = bench.trial ? runs == bench.ran : runs == bench.target && holds(runs, 0);

	if (plan.story == UNACCEPTED)
		check_refused();
	if (plan.story == AS_IT_IS && runs != bench.ran)
		wrong("what was confirmed as it is does not run");
	if (plan.story == TO_FACTORY && runs != F)
		wrong("factory does not run");
	if ((plan.story == CONFIRMED || plan.story == IN_PARTS) && !new_runs)
		wrong("the confirmed app does not run");
	if (plan.story == ROLLED_BACK && (runs == bench.ran) == bench.trial)
		wrong("the rollback does not lead back");
	if (plan.story == UNCONFIRMED && (plan.rollback ? runs != bench.ran : !new_runs))
		wrong("the unconfirmed app ends wrong");
}

/* May this boot after a cut? Before the receiver runs the first time, the bootloader decides alone. */
static bool may_boot(enum step step, int runs)
{
	if (step == START || (runs == bench.next && !bench.touched))
		return holds_old(runs);
	if (runs == bench.ran && holds_old(runs))
		return true;
	if (plan.story == TO_FACTORY && runs == F)
		return true;
	if (plan.story == AS_IT_IS && runs != F) /* the app before it, which is kept for that */
		return holds_old(runs);
	if (bench.trial && (plan.story == ROLLED_BACK || plan.story == UNACCEPTED))
		return holds_old(runs);
	return runs == bench.target && plan.story <= UNCONFIRMED && plan.story != AS_IT_IS &&
	       holds(runs, 0);
}

static void check_boot(enum step step)
{
	int runs = bench.world.emulator.device.running;

	if (plan.story == UNACCEPTED)
		check_disarmed();
	if (!may_boot(step, runs))
		wrong(holds_old(runs) ? "another app boots" : "bytes that nobody accepted boot");
}

/* Image `i` can be brought to run. */
static void check_update(unsigned i)
{
	struct ota_emulator *emulator = &bench.world.emulator;

	if (update(i) != 200)
		wrong("another update is refused");
	else if (!boot() || emulator->device.running < F || !holds(emulator->device.running, i))
		wrong("another update does not run");
	if (emulator->nor.misused)
		wrong("the rules of NOR flash were broken");
}

/* After a second cut: something whole that somebody accepted. */
static void check_second(void)
{
	int runs = bench.world.emulator.device.running;

	if (!holds_old(runs) && !holds(runs, 0) && !holds(runs, 1))
		wrong("bytes that nobody accepted boot");
	else
		check_update(2);
}

/* Another update, its first start, and its confirmation. */
static void update_and_confirm(void)
{
	const struct ota_nor *nor = &bench.world.emulator.nor;

	update(1);
	if (!nor->dead && ota_emulator_power_on(&bench.world.emulator) == OTA_OK)
		ask(RX_POST("confirm"));
}

static void cut_second(uint64_t ahead, const char *tear)
{
	struct ota_nor *nor = &bench.world.emulator.nor;
	size_t mark = strlen(schedule);

	if (!add(mark, '/', ahead, tear))
		return;
	nor->cut_at = nor->ops + ahead;
	(void)!ota_tear_parse(tear, &nor->tear);
	update_and_confirm();
	if (nor->dead && !boot())
		wrong("nothing boots");
	else if (nor->cut_at == 0)
		check_second();
	schedule[mark] = '\0';
}

/* A second cut in each operation of the second update. */
static void sweep_second(void)
{
	static struct bench start;
	uint64_t ops;

	start = bench;
	update_and_confirm();
	ops = bench.world.emulator.nor.ops - start.world.emulator.nor.ops;
	for (uint64_t i = 1; i <= ops; i++) {
		for (size_t k = 0; k < PAIR_TEARS; k++) {
			bench = start;
			cut_second(i, tears[k]);
		}
	}
}

/* From bench, where the next tick does operation `op`. */
static void cut(uint64_t op, const char *tear)
{
	struct ota_nor *nor = &bench.world.emulator.nor;
	enum step step = bench.step;
	size_t mark = strlen(schedule);

	if (!add(mark, '@', op, tear))
		return;
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
		check_boot(step);
		if (pairs)
			sweep_second();
		else
			check_update(1);
	}
	schedule[mark] = '\0';
}

/* The port's file alone tears as the model does: `small` takes fewer of its cuts. */
static size_t tear_count(void)
{
	bool thin = pairs || (rx_medium->attach && !rx_medium->seal && strcmp(mode, "small") == 0);

	return thin ? PAIR_TEARS : ARRAY_LEN(tears);
}

static size_t tears_of(uint64_t op)
{
	size_t count = tear_count();

	return in_otadata[op % ARRAY_LEN(in_otadata)] || count < RECORD_TEARS ? count
									      : RECORD_TEARS;
}

/* Each operation between two places of the story, torn in each way. */
static void sweep(const struct bench *from, const struct bench *to)
{
	for (uint64_t op = from->world.emulator.nor.ops + 1; op <= to->world.emulator.nor.ops;
	     op++, operations++) {
		for (size_t i = 0, n = tears_of(op); i < n; i++) {
			bench = *from;
			cut(op, tears[i]);
		}
	}
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
	stories++;
	for (bool on = true; on;) {
		before = bench;
		on = tick();
		if (before.step == START)
			look_ahead();
		after = bench;
		sweep(&before, &after);
		bench = after;
	}
	check_end();
	if (bench.world.emulator.nor.misused)
		wrong("the rules of NOR flash were broken");
}

/* From an app on trial: to the other record's, if it is whole; without one, to factory. */
static bool can_go_back(void)
{
	if (plan.state->records[1].seq)
		return plan.state->apps >> (2 - bench.ran) & 1;
	return plan.layout != RX_TWO;
}

static bool is_possible(void)
{
	if (!(plan.state->layouts >> plan.layout & 1) || (plan.state->held && plan.size < 5000) ||
	    !begin())
		return false;
	if (plan.story == UNACCEPTED)
		return true;
	if (bench.trial)
		return plan.story == CONFIRMED || (plan.story == ROLLED_BACK && can_go_back());
	if (plan.story == AS_IT_IS)
		return bench.ran != F;
	if (plan.story == TO_FACTORY)
		return plan.layout != RX_TWO && bench.ran != F;
	return plan.layout != RX_FACTORY_1 || bench.ran == F;
}

static void tell_all(uint32_t size)
{
	plan.size = size;
	make_new(0, size);
	make_new(1, 1500);
	make_new(2, 1500);
	if (size >= 5000)
		make_almost();
	for (unsigned i = 0; i < ARRAY_LEN(states) * 3 * 2 * STORIES; i++) {
		unsigned n = i;

		plan.story = n % STORIES;
		n /= STORIES;
		plan.rollback = n % 2;
		n /= 2;
		plan.layout = n % 3;
		plan.state = &states[n / 3];
		if (is_possible())
			tell();
	}
}

static void report(const char *what)
{
	printf("power cuts on %s, %s: %llu stories in %zu states, %llu operations, %zu ways to tear, "
	       "%llu cuts, %llu failures\n",
	       rx_medium->name, what, (unsigned long long)stories, ARRAY_LEN(states),
	       (unsigned long long)operations, tear_count(), (unsigned long long)cuts,
	       (unsigned long long)failures);
	fflush(stdout);
	failed |= failures != 0;
	stories = operations = cuts = failures = 0;
}

static void sweep_all(bool large)
{
	pairs = false;
	tell_all(5000);
	if (large) {
		tell_all(24000);
		tell_all(RX_SLOT);
	}
	report("one each");
	if (large) {
		pairs = true;
		tell_all(1500);
		report("and in pairs");
	}
}

/* One story with its cuts, or one cut of it, on the medium that it begins with. */
static int replay(void)
{
	const char *size = strrchr(mode, '.');

	only = mode;
	pairs = strchr(mode, '/') != NULL;
	for (unsigned i = 0; size && i < RX_MEDIA; i++) {
		rx_medium = &rx_media[i];
		tell_all((uint32_t)strtoul(size + 1, NULL, 10));
	}
	if (!stories || (strchr(mode, '@') && !cuts)) {
		fprintf(stderr, "there is no such schedule\n");
		return 2;
	}
	printf("replayed: %llu cuts, %llu failures\n", (unsigned long long)cuts,
	       (unsigned long long)failures);
	return failures != 0;
}

int main(int argc, char **argv)
{
	bool large, swept = false;

	if (argc > 1)
		mode = argv[1];
	large = strcmp(mode, "large") == 0;
	if (!large && strcmp(mode, "small") != 0)
		return replay();
	for (unsigned i = 0; i < RX_MEDIA; i++) {
		rx_medium = &rx_media[i];
		if (argc > 2 && strcmp(argv[2], rx_medium->name) != 0)
			continue;
		sweep_all(large);
		swept = true;
	}
	if (!swept)
		fprintf(stderr, "there is no such medium\n");
	return swept ? failed : 2;
}
