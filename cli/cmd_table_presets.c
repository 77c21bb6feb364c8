/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "lib/host/presets.h"

static struct poptOption options[] = { POPT_TABLEEND };

static json_t *preset_json(const struct ota_preset *preset)
{
	size_t size;
	const char *summary = ota_preset_summary(preset, &size);

	return json_pack("{s:s, s:s#, s:s#}", "name", preset->name, "summary", summary, size, "csv",
			 preset->text, preset->size);
}

static void list_preset(const struct ota_preset *preset)
{
	size_t size;
	const char *summary = ota_preset_summary(preset, &size);

	printf("%-24s  %.*s\n", preset->name, (int)size, summary);
}

static enum exit_code list(void)
{
	struct ota_preset preset = { 0 };
	json_t *all = common.json ? json_array() : NULL;

	while (ota_preset_next(&preset)) {
		if (all)
			json_array_append_new(all, preset_json(&preset));
		else
			list_preset(&preset);
	}
	return all ? command_print_json(json_pack("{s:o}", "presets", all)) : EXIT_YES;
}

static enum exit_code run(const char **args)
{
	struct ota_preset preset;
	enum exit_code code;

	if (!args[0])
		return list();
	code = input_preset(args[0], &preset);
	if (code)
		return code;
	if (common.json)
		return command_print_json(json_pack("{s:[o]}", "presets", preset_json(&preset)));
	fwrite(preset.text, 1, preset.size, stdout);
	return EXIT_YES;
}

const struct command cmd_table_presets = { "table presets", "[PRESET]",
					   "list the ready-made tables, or print one", options,
					   run };
