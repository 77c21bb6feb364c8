/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/boot_config.h"
#include "cli/boot_text.h"
#include "cli/commands.h"
#include "cli/otadata.h"
#include "cli/say.h"
#include "lib/host/finding.h"

#define BOOTS_MAX 1000u

static struct {
	char *boots;
	int explain;
} opt;

static struct poptOption options[] = {
	{ "boots", 0, POPT_ARG_STRING, &opt.boots, 0,
	  "Boot up to N times, or until nothing changes any more", "N" },
	{ "explain", 0, POPT_ARG_NONE, &opt.explain, 0, "Give the rule behind each step", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, boot_options, 0, NULL, NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, input_options, 0, "What belongs to it:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

/* A device that is booted again and again. */
struct device {
	struct ota_sim *sim;
	struct boot_setup setup;
	struct ota_record pair[2];
	struct ota_boot_result result;
	bool stable; /* the last boot changed nothing */
	json_t *boots; /* with --json */
};

static void show_steps(struct device *device, unsigned number, uint64_t most)
{
	const char *indent = most > 1 ? "  " : "";

	if (most > 1)
		printf("boot %u\n", number);
	for (unsigned i = 0; i < device->sim->step_count; i++) {
		const struct ota_boot_step *step = &device->sim->steps[i];
		const char *reason = boot_step_reason(step->event);
		char text[BOOT_TEXT_SIZE];

		boot_step_text(device->sim, step, text);
		printf("%s%s\n", indent, text);
		if (opt.explain && *reason)
			printf("%s    %s\n", indent, reason);
	}
}

static json_t *record_json(const struct ota_record *record)
{
	uint8_t raw[OTA_RECORD_SIZE];

	ota_record_encode(record, raw);
	return otadata_record_json(raw);
}

static json_t *choice_json(const struct device *device, int choice)
{
	char name[OTA_CHOICE_NAME_SIZE];

	return choice == OTA_CHOICE_NONE ? json_null()
					 : ota_json_text(ota_sim_name(device->sim, choice, name));
}

static json_t *subtype_json(int choice)
{
	return choice == OTA_CHOICE_NONE    ? json_null()
	     : choice == OTA_CHOICE_FACTORY ? json_integer(OTA_APP_FACTORY)
	     : choice == OTA_CHOICE_TEST    ? json_integer(OTA_APP_TEST)
					    : json_integer(OTA_APP_OTA_0 + choice);
}

static void keep_json(struct device *device)
{
	json_t *steps = json_array();

	for (unsigned i = 0; i < device->sim->step_count; i++)
		json_array_append_new(steps, boot_step_json(device->sim, &device->sim->steps[i]));
	json_array_append_new(device->boots,
			      json_pack("{s:o, s:o, s:o, s:o, s:[o, o]}", "start",
					choice_json(device, device->result.start), "choice",
					choice_json(device, device->result.choice), "subtype",
					subtype_json(device->result.choice), "steps", steps,
					"otadata_after", record_json(&device->pair[0]),
					record_json(&device->pair[1])));
}

/* Did an app start, that does not die? */
static bool lives(const struct device *device)
{
	return device->result.choice != OTA_CHOICE_NONE &&
	       ota_sim_works(device->sim, device->result.choice);
}

/* What an app does that starts and lives: esp_ota_mark_app_valid_cancel_rollback(), which acts on
 * the record that wins and not on the one of the app. */
static void confirm(struct device *device)
{
	int active = ota_records_active(device->pair);

	if (device->setup.confirm && active >= 0 && lives(device))
		device->pair[active].state = OTA_STATE_VALID;
}

static void boot_once(struct device *device, unsigned number, uint64_t most)
{
	struct ota_record before[2] = { device->pair[0], device->pair[1] };
	struct ota_boot_result last = device->result;
	uint8_t tee[sizeof(device->sim->tee)];

	memcpy(tee, device->sim->tee, sizeof(tee));
	ota_sim_boot(device->sim, device->pair, &device->result);
	device->sim->config.hold = OTA_HOLD_NONE; /* the button was let go */
	confirm(device);
	device->stable = memcmp(before, device->pair, sizeof(before)) == 0 &&
			 memcmp(tee, device->sim->tee, sizeof(tee)) == 0 &&
			 (number == 1 || last.choice == device->result.choice);
	if (common.json)
		keep_json(device);
	else
		show_steps(device, number, most);
}

static void show_change(const char *when, const struct device *device,
			const struct ota_record before[static 2])
{
	for (unsigned i = 0; i < 2; i++) {
		const struct ota_record *record = &device->pair[i];
		const char *state = ota_state_name(record->state);

		if (memcmp(&before[i], record, sizeof(*record)) == 0)
			continue;
		if (record->seq == OTA_SEQ_NONE)
			printf("%s record %u is blank\n", when, i);
		else
			printf("%s record %u is: sequence %u, %s\n", when, i, record->seq,
			       state ? state : "an unknown state");
	}
}

/* A dump that ends early says less than the device knows. */
static void warn_of_cuts(const struct otadata_source *source)
{
	for (unsigned i = 0; i < ARRAY_LEN(source->sim.images); i++) {
		if (source->sim.images[i].verdict != OTA_SLOT_OUTSIDE)
			continue;
		say_warning(source->in.file.name, "the dump ends before an image that was tried "
						  "does: the device may choose otherwise");
		return;
	}
}

static enum exit_code boot(struct otadata_source *source, uint64_t most)
{
	struct device device = { .sim = &source->sim };
	unsigned number = 0;
	enum exit_code code = boot_setup_parse(&device.setup);

	if (code)
		return code;
	memcpy(device.pair, source->data.pair, sizeof(device.pair));
	device.boots = common.json ? json_array() : NULL;
	do
		boot_once(&device, ++number, most);
	while (number < most && !device.stable);
	warn_of_cuts(source);
	if (common.json) {
		code = command_print_json(json_pack("{s:s, s:o, s:b}", "file", source->in.file.name,
						    "boots", device.boots, "stable",
						    device.stable));
	} else {
		if (most > 1)
			printf("%s after %u boot%s\n", device.stable ? "stable" : "not stable",
			       number, number == 1 ? "" : "s");
		show_change("afterwards", &device, source->data.pair);
	}
	return code ? code : lives(&device) ? EXIT_YES : EXIT_NO;
}

/* Say what the answer rests on where it is not the whole device. */
static void note_limits(const struct otadata_source *source)
{
	bool trial = false;

	for (unsigned i = 0; i < 2; i++)
		trial = trial || (ota_record_usable(&source->data.pair[i]) &&
				  source->data.pair[i].state <= OTA_STATE_PENDING);
	if (!source->sim.flash)
		say_note(source->in.file.name,
			 "no images at hand: each is taken to load (give a dump)");
	if (trial && !source->sim.config.rollback && !source->sim.config.esp8266)
		say_note(source->in.file.name,
			 "a record is on trial, which an app built with rollback writes: add "
			 "--config rollback");
}

static enum exit_code run(const char **args)
{
	static struct otadata_source source;
	uint64_t most = 1;
	enum exit_code code = input_number("--boots", opt.boots, BOOTS_MAX, &most);

	if (!code && !most)
		code = say_usage("--boots: at least 1");
	if (!code)
		code = otadata_read_to_boot(args[0], &source);
	if (!code)
		code = otadata_need_slots(&source);
	if (!code) {
		note_limits(&source);
		code = boot(&source, most);
	}
	otadata_free(&source);
	return code;
}

const struct command cmd_boot = { "boot", "IN", "tell what the bootloader starts, and why", options,
				  run };
