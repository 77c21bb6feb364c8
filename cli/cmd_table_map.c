/* SPDX-License-Identifier: MIT */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/say.h"
#include "lib/host/contents.h"
#include "lib/host/finding.h"
#include "lib/host/table_map.h"

#define WIDTH_MAX 1000u

static struct {
	char *output, *width;
	int svg;
} opt;

static struct poptOption options[] = {
	{ "output", 'o', POPT_ARG_STRING, &opt.output, 0,
	  "Write to FILE instead of stdout; as SVG if it ends in .svg", "FILE" },
	{ "svg", 0, POPT_ARG_NONE, &opt.svg, 0, "Draw an SVG picture", NULL },
	{ "width", 0, POPT_ARG_STRING, &opt.width, 0,
	  "Columns of the text (those of the terminal, else 80)", "COLUMNS" },
	{ "base", 0, POPT_ARG_STRING, &input_choice.base, 0,
	  "Flash address of the dump's first byte", "ADDR" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, preset_options, 0, NULL, NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

static json_t *region_json(const struct ota_region *region)
{
	return json_pack("{s:s, s:o, s:I, s:I, s:o, s:b, s:b, s:b, s:b}", "kind",
			 ota_region_kind_name(region->kind), "name",
			 region->part ? ota_json_text(ota_part_name(region->part)) : json_null(),
			 "offset", (json_int_t)region->offset, "size", (json_int_t)region->size,
			 "used",
			 region->used == OTA_USED_UNKNOWN ? json_null()
							  : json_integer((json_int_t)region->used),
			 "active", (int)region->active, "next", (int)region->next, "broken",
			 (int)region->broken, "overlaps", (int)region->overlaps);
}

static enum exit_code print_json(const struct ota_map *map, const struct table_source *source)
{
	json_t *regions = json_array();

	for (size_t i = 0; i < map->count; i++)
		json_array_append_new(regions, region_json(&map->regions[i]));
	return command_print_json(json_pack(
		"{s:o, s:I, s:b, s:o, s:O}", "file", ota_json_text(source->file.name), "flash_size",
		(json_int_t)map->flash_size, "flash_size_assumed", (int)map->assumed, "regions",
		regions, "findings", source->findings.list));
}

static bool ends_in_svg(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".svg") == 0;
}

static enum exit_code set_style(struct ota_map_style *style)
{
	uint64_t width = 80;
	struct winsize window;
	enum exit_code code;

	if (!opt.output && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col)
		width = window.ws_col;
	code = input_number("--width", opt.width, WIDTH_MAX, &width);
	if (!code && opt.width && width < OTA_MAP_WIDTH_MIN)
		code = say_usage("--width: %s is less than %u", opt.width, OTA_MAP_WIDTH_MIN);
	setlocale(LC_CTYPE, "");
	*style = (struct ota_map_style){ .width = (unsigned)width,
					 .colored = !opt.output && say_colored(STDOUT_FILENO),
					 .unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 };
	return code;
}

/* Draw into memory, so that a file is whole or not there. */
static enum exit_code draw(const struct ota_map *map, const char *title)
{
	bool svg = opt.svg || (opt.output && ends_in_svg(opt.output));
	struct ota_map_style style;
	char *text = NULL;
	size_t size = 0;
	enum exit_code code = set_style(&style);
	FILE *out = code ? NULL : open_memstream(&text, &size);

	if (!out)
		return code ? code : say_error(EXIT_BUG, NULL, "out of memory");
	if (svg)
		ota_map_print_svg(out, map, title);
	else
		ota_map_print(out, map, &style);
	fclose(out);
	code = file_write(opt.output ? opt.output : "-", text, size, FILE_TEXT);
	free(text);
	return code;
}

static enum exit_code show(const struct table_source *source)
{
	static struct ota_contents contents;
	struct ota_map map;
	const char *slash = strrchr(source->file.name, '/');
	bool dump = source->image.kind == OTA_KIND_DUMP;
	enum exit_code code = EXIT_YES;

	if (!source->table.count && source->findings.errors)
		return EXIT_NO;
	if (dump)
		ota_contents_read(&contents, &source->table, &source->image,
				  !source->options.dialect->modern);
	ota_map_make(&map, &source->table, &source->options, dump ? &source->image : NULL,
		     dump ? &contents : NULL);
	if (!common.json || opt.output)
		code = draw(&map, slash ? slash + 1 : source->file.name);
	if (!code && common.json)
		code = print_json(&map, source);
	return code;
}

static enum exit_code run(const char **args)
{
	struct table_source source;
	enum exit_code code;

	if (opt.output && (code = file_check_output(opt.output)))
		return code;
	code = table_source_choose(args[0], &source);
	if (!code)
		code = show(&source);
	table_source_free(&source);
	return code;
}

const struct command cmd_table_map = { "table map", "[IN]",
				       "draw a partition table to scale, with its gaps", options,
				       run };
