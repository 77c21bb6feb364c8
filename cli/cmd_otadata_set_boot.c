/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/commands.h"
#include "cli/edit.h"
#include "cli/otadata.h"
#include "cli/say.h"
#include "lib/host/finding.h"
#include "lib/host/number.h"

static struct {
	int rollback, force;
} opt;

static struct poptOption options[] = {
	{ "rollback", 0, POPT_ARG_NONE, &opt.rollback, 0,
	  "On trial: state NEW, for bootloaders with rollback", NULL },
	{ "force", 0, POPT_ARG_NONE, &opt.force, 0, "Switch to an image that does not load", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, edit_options, 0, "Where the result goes:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, input_options, 0, "What belongs to it:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

/* A slot's number, "ota_N", or the partition's name; OTA_CHOICE_NONE: none of these. */
static int parse_choice(const struct ota_sim *sim, const char *word)
{
	const char *digits = strncmp(word, "ota_", 4) == 0 ? word + 4 : word;
	char name[OTA_CHOICE_NAME_SIZE];
	uint64_t number;

	for (int i = OTA_CHOICE_FACTORY; sim->table && i < (int)OTA_SLOTS_MAX; i++)
		if (ota_slots_row(&sim->slots, i) != OTA_NO_ROW &&
		    strcmp(ota_sim_name(sim, i, name), word) == 0)
			return i;
	if (strcmp(word, "factory") == 0)
		return OTA_CHOICE_FACTORY;
	if (ota_number_parse(digits, strlen(digits), &number) || number >= OTA_SLOTS_MAX)
		return OTA_CHOICE_NONE;
	return (int)number;
}

static enum exit_code check_choice(struct otadata_source *source, int choice, const char *word)
{
	const struct ota_sim *sim = &source->sim;
	const char *file = source->file->name;
	char name[OTA_CHOICE_NAME_SIZE];

	if (choice == OTA_CHOICE_NONE)
		return say_error(EXIT_NO, file, "'%s' is no slot, and no app partition", word);
	if (source->has_table && ota_slots_row(&sim->slots, choice) == OTA_NO_ROW)
		return say_error(EXIT_NO, file,
				 "there is no app partition %s that the bootloader reaches",
				 ota_sim_name(sim, choice, name));
	if (choice >= 0 && choice >= (int)sim->slots.count)
		return say_error(EXIT_NO, file, "slot %d is not one of %u", choice,
				 sim->slots.count);
	if (opt.force || ota_sim_works(&source->sim, choice) || !source->has_table)
		return EXIT_YES;
	say_failure(file, OTA_E_VALUE, &ota_sim_image(&source->sim, choice)->diag);
	return say_error(EXIT_NO, file, "the image in %s would not load (%s); --force switches",
			 ota_sim_name(sim, choice, name),
			 ota_slot_verdict_text(ota_sim_image(&source->sim, choice)->verdict));
}

static enum exit_code make_change(const struct otadata_source *source, int choice,
				  struct ota_change *change)
{
	uint32_t state = opt.rollback ? OTA_STATE_NEW : OTA_STATE_UNDEFINED;
	enum ota_status status = OTA_OK;

	if (choice == OTA_CHOICE_FACTORY)
		ota_change_factory(&source->data, change);
	else
		status = ota_change_set_boot(&source->data, (unsigned)choice, state, change);
	if (status == OTA_E_FULL)
		return say_error(
			EXIT_NO, source->file->name,
			"no sequence number is left (they end at 0xfffffffe): erase otadata first");
	return status ? say_failure(source->file->name, status, NULL) : EXIT_YES;
}

static enum exit_code set_boot(struct otadata_source *source, const char *word,
			       const struct edit *edit)
{
	int choice;
	char name[OTA_CHOICE_NAME_SIZE];
	struct ota_change change;
	enum exit_code code = EXIT_YES;

	if (strcmp(word, "factory") != 0)
		code = otadata_need_slots(source);
	choice = parse_choice(&source->sim, word);
	if (!code)
		code = check_choice(source, choice, word);
	if (!code)
		code = make_change(source, choice, &change);
	if (code)
		return code;
	ota_sim_name(&source->sim, choice, name);
	code = otadata_change(source, &change, edit,
			      json_pack("{s:o}", "boots", ota_json_text(name)));
	if (!code)
		say_status("%s %s next%s", name,
			   change.count && edit_is_dry() ? "would boot" : "boots",
			   change.count ? "" : " already: nothing to change");
	return code;
}

static enum exit_code run(const char **args)
{
	static struct otadata_source source;
	struct edit edit;
	enum exit_code code = otadata_read_to_edit(args[0], &source, &edit);

	if (!code)
		code = set_boot(&source, args[1], &edit);
	otadata_free(&source);
	edit_end(&edit);
	return code;
}

const struct command cmd_otadata_set_boot = { "otadata set-boot", "IN SLOT",
					      "let the bootloader start a slot, or factory",
					      options, run };
