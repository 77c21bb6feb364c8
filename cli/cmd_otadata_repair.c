/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/boot_config.h"
#include "cli/commands.h"
#include "cli/edit.h"
#include "cli/otadata.h"
#include "cli/say.h"
#include "lib/host/finding.h"

static char *prefer;

static struct poptOption options[] = {
	{ "prefer", 0, POPT_ARG_STRING, &prefer, 0,
	  "newest: trust a newer record with a wrong CRC if its image is whole", "WHICH" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, boot_options, 0, NULL, NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, edit_options, 0, "Where the result goes:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, input_options, 0, "What belongs to it:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

static enum exit_code store(const struct otadata_source *source, const struct ota_repair *repair,
			    const struct ota_record pair[static 2], const struct edit *edit,
			    json_t *facts)
{
	struct ota_change change = { 0 };

	for (uint8_t i = 0; i < 2; i++) {
		if (!repair->edited[i])
			continue;
		change.ops[change.count++] = (struct ota_op){ .kind = OTA_OP_ERASE, .sector = i };
		if (pair[i].seq == OTA_SEQ_NONE)
			continue;
		change.ops[change.count] = (struct ota_op){ .kind = OTA_OP_WRITE, .sector = i };
		ota_record_encode(&pair[i], change.ops[change.count++].raw);
	}
	return otadata_change(source, &change, edit, facts);
}

static json_t *facts(const struct findings *findings, const char *choice)
{
	return common.json ? json_pack("{s:b, s:O, s:o}", "ok", (int)(findings->errors == 0),
				       "findings", findings->list, "choice", ota_json_text(choice))
			   : NULL;
}

static enum exit_code repair(struct otadata_source *source, const struct edit *edit)
{
	struct ota_record pair[2] = { source->data.pair[0], source->data.pair[1] };
	struct findings findings;
	struct ota_repair repair = { .sim = &source->sim,
				     .prefer_newest = prefer != NULL,
				     .addr = (uint32_t)source->at,
				     .report = findings_take,
				     .ctx = &findings };
	char name[OTA_CHOICE_NAME_SIZE];
	enum exit_code code;

	findings_begin(&findings, source->file->name);
	if (ota_repair_otadata(&repair, pair)) {
		findings_free(&findings);
		return say_error(EXIT_NO, source->file->name,
				 "no app partition holds an image that loads: nothing is changed");
	}
	ota_sim_name(&source->sim, repair.choice, name);
	code = store(source, &repair, pair, edit, facts(&findings, name));
	if (!code)
		say_status("%s %s%s", name,
			   findings.errors && edit_is_dry() ? "would start" : "starts",
			   findings.errors ? "" : ": nothing to repair");
	findings_free(&findings);
	return code;
}

static enum exit_code run(const char **args)
{
	static struct otadata_source source;
	struct edit edit = { .lock = -1 };
	enum exit_code code = EXIT_YES;

	if (prefer && strcmp(prefer, "newest") != 0)
		code = say_usage("--prefer: only 'newest' can be preferred, not '%s'", prefer);
	if (!code)
		code = otadata_read_to_edit(args[0], &source, &edit);
	if (!code)
		code = otadata_need_slots(&source);
	if (!code)
		code = repair(&source, &edit);
	otadata_free(&source);
	edit_end(&edit);
	return code;
}

const struct command cmd_otadata_repair = {
	"otadata repair", "IN", "mend the records so that what starts now starts directly", options,
	run
};
