/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/say.h"

static struct poptOption options[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, preset_options, 0, NULL, NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static enum exit_code report(struct table_source *source)
{
	const struct findings *findings = &source->findings;
	bool ok = findings->errors == 0;

	if (common.json) {
		enum exit_code code = command_print_json(json_pack(
			"{s:s, s:b, s:O, s:I}", "file", source->file.name, "ok", (int)ok,
			"findings", findings->list, "unjudged", (json_int_t)source->unjudged));

		if (code)
			return code;
	}
	if (ok)
		say_status("%s: %zu partition%s, no error, %zu warning%s", source->file.name,
			   source->table.count, plural(source->table.count), findings->warnings,
			   plural(findings->warnings));
	else
		say_status("%s: %zu error%s, %zu warning%s", source->file.name, findings->errors,
			   plural(findings->errors), findings->warnings,
			   plural(findings->warnings));
	return ok ? EXIT_YES : EXIT_NO;
}

static enum exit_code run(const char **args)
{
	struct table_source source;
	enum exit_code code = table_source_choose(args[0], &source);
	uint8_t table[OTA_TABLE_SIZE];

	if (!code) {
		table_source_check(&source);
		code = report(&source);
		if (!code)
			code = table_source_encode(&source, table);
	}
	table_source_free(&source);
	return code;
}

const struct command cmd_table_check = { "table check", "[IN]",
					 "report everything that is wrong with a partition table",
					 options, run };
