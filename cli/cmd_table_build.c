/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/say.h"

static struct {
	char *output;
} opt;

static struct poptOption options[] = {
	{ "output", 'o', POPT_ARG_STRING, &opt.output, 0, "Write to FILE instead of stdout",
	  "FILE" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, preset_options, 0, NULL, NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

static enum exit_code write_table(struct table_source *source)
{
	const char *output = opt.output ? opt.output : "-";
	uint8_t table[OTA_TABLE_SIZE];
	enum exit_code code;

	if (source->findings.errors)
		return EXIT_NO;
	code = table_source_encode(source, table);
	if (!code)
		code = file_write(output, table, sizeof(table), FILE_BINARY);
	if (!code && common.json && opt.output)
		code = command_print_json(
			json_pack("{s:s, s:s, s:i, s:i, s:O}", "input", source->file.name, "output",
				  output, "size", (int)sizeof(table), "rows",
				  (int)source->table.count, "findings", source->findings.list));
	return code;
}

static enum exit_code run(const char **args)
{
	struct table_source source;
	enum exit_code code;

	if (opt.output && (code = file_check_output(opt.output)))
		return code;
	if (common.json && !opt.output)
		return say_usage("--json goes with -o FILE: stdout is the table");
	code = table_source_choose(args[0], &source);
	if (!code) {
		table_source_check(&source);
		code = write_table(&source);
	}
	table_source_free(&source);
	return code;
}

const struct command cmd_table_build = {
	"table build", "[IN]", "turn a partition table, CSV or binary, into its binary form",
	options, run
};
