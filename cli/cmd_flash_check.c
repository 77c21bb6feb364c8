/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/dump.h"
#include "cli/say.h"
#include "lib/host/flash_lint.h"

static struct poptOption options[] = { { NULL, 0, POPT_ARG_INCLUDE_TABLE, dump_options, 0,
					 "How the dump is read:", NULL },
				       POPT_TABLEEND };

static enum exit_code report(const struct dump *dump)
{
	const struct findings *findings = &dump->in.findings;
	bool ok = findings->errors == 0;
	enum exit_code code = EXIT_YES;

	if (common.json)
		code = command_print_json(json_pack("{s:s, s:b, s:O}", "file", dump->file->name,
						    "ok", (int)ok, "findings", findings->list));
	say_status("%s: %zu error%s, %zu warning%s", dump->file->name, findings->errors,
		   findings->errors == 1 ? "" : "s", findings->warnings,
		   findings->warnings == 1 ? "" : "s");
	return code ? code : ok ? EXIT_YES : EXIT_NO;
}

static enum exit_code run(const char **args)
{
	struct dump dump;
	enum exit_code code = dump_read(args[0], &dump);

	if (!code) {
		const struct ota_lint_input input = {
			.image = dump.image,
			.table = dump.table,
			.esp8266 = dump.in.options.dialect == &ota_dialect_esp8266,
		};

		if (!input_choice.table)
			table_source_check(&dump.in);
		else
			findings_begin(&dump.in.findings, dump.file->name);
		dump.in.findings.shift = 0;
		ota_flash_lint(&input, findings_take, &dump.in.findings);
		code = report(&dump);
	}
	dump_free(&dump);
	return code;
}

const struct command cmd_flash_check = {
	"flash check", "DUMP", "say what is wrong with a dump: header, table and contents", options,
	run
};
