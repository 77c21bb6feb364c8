/* SPDX-License-Identifier: MIT */
#include "cli/boot_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/finding.h"

/* {c} the partition, {r} the record, {v} the value. `result` is what scripts see. */
static const struct {
	const char *step, *result, *text, *reason;
} events[] = {
	[OTA_BOOT_NO_OTADATA] = { "select", "no-otadata", "the table has no otadata",
				  "Without otadata the search begins at factory, and nothing is "
				  "ever written." },
	[OTA_BOOT_OTADATA_SMALL] = { "select", "otadata-small",
				     "otadata is {v} bytes: the bootloader resets for ever",
				     "It wants at least 0x2000 bytes, two sectors." },
	[OTA_BOOT_ABORTS] = { "abort", "aborted", "record {r} was pending and becomes aborted",
			      "With rollback, a trial that the app did not confirm ends at the "
			      "next boot." },
	[OTA_BOOT_NO_SLOTS] = { "select", "no-slots", "the table has no OTA slot: {c} is next",
				"Records choose among OTA slots only." },
	[OTA_BOOT_NONE_CHOSEN] = { "select", "default",
				   "both records are blank or rejected: {c} is next",
				   "A record without sequence number, or with the state invalid or "
				   "aborted, counts as none; without any, factory starts, and where "
				   "there is no factory, ota_0." },
	[OTA_BOOT_INITIAL] = { "select", "initial",
			       "both records are blank or damaged: every slot is tried",
			       "With anti-rollback this is taken for a first boot." },
	[OTA_BOOT_DAMAGED] = { "select", "damaged",
			       "no record is usable: factory is next, or else every slot",
			       "A record counts if its state is not invalid or aborted and its CRC "
			       "is that of its sequence number." },
	[OTA_BOOT_OUTDATED] = { "select", "outdated",
				"record {r} is left out: {c} is older than the eFuse ({v})",
				"With anti-rollback only apps of the eFuse's secure version or "
				"later are selected." },
	[OTA_BOOT_DIVIDES] = { "select", "divides-by-zero",
			       "a record is usable but there is no slot: division by zero",
			       "This bootloader does not guard against a table without OTA "
			       "slots." },
	[OTA_BOOT_SELECTS] = { "select", "selected", "record {r} wins: sequence {v} selects {c}",
			       "The usable record with the higher sequence wins, the first on a "
			       "tie; the slot is (sequence - 1) modulo the number of slots." },
	[OTA_BOOT_TRIAL] = { "trial", "pending", "record {r} was new and becomes pending",
			     "With rollback, a new image runs on trial: if it does not confirm "
			     "itself, the next boot goes back." },
	[OTA_BOOT_RAISES] = { "efuse", "raised", "the eFuse is raised to secure version {v}",
			      "The record is valid, so no older app shall run again." },
	[OTA_BOOT_FACTORY_RESET] = { "button", "factory-reset", "factory reset: otadata is erased",
				     "The button was held; the choice is made again. The data "
				     "partitions that it erases are not simulated." },
	[OTA_BOOT_TEST_APP] = { "button", "test-app", "the button for the test app was held",
				"The test app starts, or the chip resets." },
	[OTA_BOOT_REFUSES] = { "load", "refused", "{c} does not load: {w}",
			       "Next are the slots below, down to factory, then those above, then "
			       "the test app. Otadata still names this slot: it is tried again at "
			       "every boot." },
	[OTA_BOOT_TOO_OLD] = { "load", "outdated", "{c} is older than the eFuse ({v})",
			       "With anti-rollback no older app is loaded." },
	[OTA_BOOT_SETTLES] = { "settle", "written",
			       "record 0 is written: sequence {v}, valid, for {c}",
			       "At a first boot without factory the bootloader writes down what "
			       "it could load." },
	[OTA_BOOT_TEE_COPIES] = { "tee", "copied",
				  "TEE record {r} is copied over the other, which differs",
				  "Both TEE records are the same record." },
	[OTA_BOOT_TEE_SETTLES] = { "tee", "written", "both TEE records are written: {c}, valid",
				   "They were blank." },
	[OTA_BOOT_TEE_TRIAL] = { "tee", "pending", "the trusted app {c} was new, now pending",
				 "If it does not confirm itself, the next boot loads the other." },
	[OTA_BOOT_TEE_FALLS_BACK] = { "tee", "fallback",
				      "the trusted app was not confirmed: {c} instead",
				      "It is marked invalid, and unless it marks itself valid, the "
				      "chip resets for ever from the next boot on." },
	[OTA_BOOT_TEE_DEAD] = { "tee", "dead", "the TEE records name no app to trust",
				"They are damaged or invalid; there is no fallback." },
	[OTA_BOOT_TEE_STARTS] = { "tee", "loaded", "the trusted app {c} loads",
				  "It is loaded before any app." },
	[OTA_BOOT_TEE_REFUSES] = { "tee", "refused", "the trusted app {c} does not load: {w}",
				   "There is no fallback: the chip resets." },
	[OTA_BOOT_STARTS] = { "start", "started", "{c} starts", "Its image verifies." },
	[OTA_BOOT_RESETS] = { "start", "reset", "nothing starts: the chip resets, for ever", "" },
};

/* Why an image does not load. */
static void put_verdict(FILE *out, struct ota_sim *sim, int choice)
{
	const struct ota_slot_image *image = ota_sim_image(sim, choice);
	const struct ota_rule *rule = image->diag.rule;
	char *what = rule ? ota_finding_text(rule->what, &image->diag) : NULL;
	char *text = rule ? ota_finding_text(rule->text, &image->diag) : NULL;

	if (what && text)
		fprintf(out, "%s (%s)", what, text);
	else
		fputs(ota_slot_verdict_text(image->verdict), out);
	free(what);
	free(text);
}

static void put_part(FILE *out, struct ota_sim *sim, const struct ota_boot_step *step, char which)
{
	char name[OTA_CHOICE_NAME_SIZE];

	switch (which) {
	case 'c': fputs(ota_sim_name(sim, step->choice, name), out); break;
	case 'r': fprintf(out, "%d", step->record); break;
	case 'v': fprintf(out, "%u", step->value); break;
	default: put_verdict(out, sim, step->choice); break;
	}
}

/* Is the step the start of an app that dies? */
static bool is_death(struct ota_sim *sim, const struct ota_boot_step *step)
{
	return step->event == OTA_BOOT_STARTS && !ota_sim_works(sim, step->choice);
}

void boot_step_text(struct ota_sim *sim, const struct ota_boot_step *step,
		    char text[static BOOT_TEXT_SIZE])
{
	const char *p =
		is_death(sim, step) ? "{c} is started and dies: {w}" : events[step->event].text;
	FILE *out = fmemopen(text, BOOT_TEXT_SIZE, "w");

	text[0] = '\0';
	if (!out)
		return;
	for (; *p; p++) {
		if (*p == '{') {
			put_part(out, sim, step, p[1]);
			p += 2;
		} else {
			putc(*p, out);
		}
	}
	fclose(out);
	text[BOOT_TEXT_SIZE - 1] = '\0';
}

const char *boot_step_reason(enum ota_boot_event event)
{
	return events[event].reason;
}

json_t *boot_step_json(struct ota_sim *sim, const struct ota_boot_step *step)
{
	char text[BOOT_TEXT_SIZE], name[OTA_CHOICE_NAME_SIZE];

	boot_step_text(sim, step, text);
	return json_pack("{s:s, s:o, s:s, s:o}", "step", events[step->event].step, "partition",
			 step->choice == OTA_CHOICE_NONE
				 ? json_null()
				 : ota_json_text(ota_sim_name(sim, step->choice, name)),
			 "result", is_death(sim, step) ? "dies" : events[step->event].result, "why",
			 ota_json_text(text));
}
