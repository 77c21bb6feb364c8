/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/content_text.h"
#include "cli/input.h"
#include "cli/say.h"
#include "lib/host/part_text.h"
#include "lib/host/table_csv.h"

static struct {
	int csv;
} opt;

static struct poptOption options[] = {
	{ "csv", 0, POPT_ARG_NONE, &opt.csv, 0, "Print the table as CSV, as the generator does",
	  NULL },
	{ "base", 0, POPT_ARG_STRING, &input_choice.base, 0,
	  "Flash address of the dump's first byte", "ADDR" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, preset_options, 0, NULL, NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

static const char *const md5_names[] = { "absent", "ok", "bad" };

/* `contents` NULL: no dump. */
static enum exit_code show_json(const struct table_source *source,
				const struct ota_contents *contents)
{
	json_t *parts = json_array();
	bool dump = source->image.kind == OTA_KIND_DUMP;

	for (size_t i = 0; i < source->table.count; i++) {
		json_t *part = table_part_json(&source->table.parts[i], &source->options);

		if (contents)
			json_object_set_new(part, "content", content_json(contents, (unsigned)i));
		json_array_append_new(parts, part);
	}
	return command_print_json(
		json_pack("{s:s, s:s, s:I, s:s, s:o, s:O}", "file", source->file.name, "kind",
			  source->table.text ? "csv"
			  : dump             ? "dump"
					     : "table",
			  "table_offset",
			  (json_int_t)(dump ? source->image.table_offset : source->options.offset),
			  "md5", md5_names[source->table.md5], "partitions", parts, "findings",
			  source->findings.list));
}

static int name_width(const struct ota_table *table)
{
	size_t width = 4;

	for (size_t i = 0; i < table->count; i++) {
		size_t n = strlen(ota_part_name(&table->parts[i]));

		width = n > width ? n : width;
	}
	return width > 32 ? 32 : (int)width;
}

static void show_text(const struct table_source *source, const struct ota_contents *contents)
{
	const struct ota_names *names = source->options.names;
	int width = name_width(&source->table);

	printf("%-*s  %-15s  %-9s  %10s  %10s  %10s  %s%s\n", width, "NAME", "TYPE", "SUBTYPE",
	       "OFFSET", "END", "SIZE", contents ? "CONTENT; " : "", "FLAGS");
	for (size_t i = 0; i < source->table.count; i++) {
		const struct ota_part *part = &source->table.parts[i];
		char type[OTA_WORD_TEXT_SIZE], subtype[OTA_WORD_TEXT_SIZE],
			size[OTA_SIZE_TEXT_SIZE];
		uint32_t flags = part->flags & source->options.dialect->flags;

		printf("%-*s  %-15s  %-9s  0x%08x  0x%08llx  %10s", width, ota_part_name(part),
		       ota_word_text(names->types, part->type, type),
		       ota_word_text(ota_subtypes_of(names, part->type), part->subtype, subtype),
		       part->offset, (unsigned long long)part->offset + part->size,
		       ota_size_text(part->size, size));
		fputs(contents ? "  " : "", stdout);
		if (contents)
			content_print(contents, (unsigned)i);
		printf("%s%s%s%s\n",
		       !flags     ? ""
		       : contents ? "; "
				  : "  ",
		       flags & OTA_PART_ENCRYPTED ? "encrypted" : "",
		       flags == (OTA_PART_ENCRYPTED | OTA_PART_READONLY) ? " " : "",
		       flags & OTA_PART_READONLY ? "readonly" : "");
	}
}

static enum exit_code show(struct table_source *source)
{
	static struct ota_contents read;
	const struct ota_contents *contents = NULL;

	if (!source->table.count && source->findings.errors)
		return EXIT_NO;
	if (source->image.kind == OTA_KIND_DUMP && !opt.csv) {
		ota_contents_read(&read, &source->table, &source->image,
				  !source->options.dialect->modern);
		contents = &read;
	}
	if (common.json)
		return show_json(source, contents);
	if (opt.csv)
		ota_csv_print(stdout, &source->table, &source->options);
	else
		show_text(source, contents);
	return EXIT_YES;
}

static enum exit_code run(const char **args)
{
	struct table_source source;
	enum exit_code code = table_source_choose(args[0], &source);

	if (!code)
		code = show(&source);
	table_source_free(&source);
	return code;
}

const struct command cmd_table_show = { "table show", "[IN]", "show a partition table", options,
					run };
