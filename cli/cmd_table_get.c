/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/say.h"
#include "lib/host/number.h"

static struct {
	char *name, *type;
	int boot_default, decimal;
} opt;

static struct poptOption options[] = {
	{ "name", 'n', POPT_ARG_STRING, &opt.name, 0, "The partition of this name", "NAME" },
	{ "type", 't', POPT_ARG_STRING, &opt.type, 0,
	  "The first partition of this type and subtype", "TYPE/SUBTYPE" },
	{ "boot-default", 0, POPT_ARG_NONE, &opt.boot_default, 0,
	  "Factory, else the first OTA slot", NULL },
	{ "dec", 0, POPT_ARG_NONE, &opt.decimal, 0, "Print numbers in decimal", NULL },
	{ "base", 0, POPT_ARG_STRING, &input_choice.base, 0,
	  "Flash address of the dump's first byte", "ADDR" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

static void print_number(uint64_t value)
{
	printf(opt.decimal ? "%llu\n" : "0x%llx\n", (unsigned long long)value);
}

static void print_word(const struct ota_keyword *list, unsigned value)
{
	const char *name = ota_keyword_name(list, value);

	if (name)
		puts(name);
	else
		print_number(value);
}

static void print_name(const struct ota_part *part, const struct ota_table_options *how)
{
	(void)how;
	puts(ota_part_name(part));
}

static void print_offset(const struct ota_part *part, const struct ota_table_options *how)
{
	(void)how;
	print_number(part->offset);
}

static void print_size(const struct ota_part *part, const struct ota_table_options *how)
{
	(void)how;
	print_number(part->size);
}

static void print_end(const struct ota_part *part, const struct ota_table_options *how)
{
	(void)how;
	print_number((uint64_t)part->offset + part->size);
}

static void print_type(const struct ota_part *part, const struct ota_table_options *how)
{
	print_word(how->names->types, part->type);
}

static void print_subtype(const struct ota_part *part, const struct ota_table_options *how)
{
	print_word(ota_subtypes_of(how->names, part->type), part->subtype);
}

static void print_encrypted(const struct ota_part *part, const struct ota_table_options *how)
{
	(void)how;
	puts(part->flags & OTA_PART_ENCRYPTED ? "true" : "false");
}

static void print_readonly(const struct ota_part *part, const struct ota_table_options *how)
{
	(void)how;
	puts(part->flags & OTA_PART_READONLY ? "true" : "false");
}

static const struct {
	const char *name;
	void (*print)(const struct ota_part *part, const struct ota_table_options *how);
} fields[] = {
	{ "name", print_name },           { "offset", print_offset },     { "size", print_size },
	{ "type", print_type },           { "subtype", print_subtype },   { "end", print_end },
	{ "encrypted", print_encrypted }, { "readonly", print_readonly },
};

static size_t find_field(const char *name)
{
	size_t i = 0;

	while (i < ARRAY_LEN(fields) && strcmp(fields[i].name, name) != 0)
		i++;
	return i;
}

/* A keyword or a number of at most one byte; -1: neither. */
static int parse_word(const struct ota_keyword *list, const char *text, size_t size)
{
	int value = ota_keyword_value(list, text, size);
	uint64_t number;

	if (value < 0 && !ota_number_parse(text, size, &number) && number <= UINT8_MAX)
		value = (int)number;
	return value;
}

static enum exit_code find_type(const struct table_source *source, const struct ota_part **part)
{
	const struct ota_names *names = source->options.names;
	size_t n = strcspn(opt.type, "/");
	const char *rest = opt.type + n + (opt.type[n] == '/');
	int type = parse_word(names->types, opt.type, n);
	int subtype =
		type < 0 ? -1
			 : parse_word(ota_subtypes_of(names, (unsigned)type), rest, strlen(rest));

	if (type < 0 || subtype < 0)
		return say_usage("--type: '%s' is no TYPE/SUBTYPE such as app/ota_0 or data/0x40",
				 opt.type);
	*part = ota_table_find_type(&source->table, (unsigned)type, (unsigned)subtype);
	return EXIT_YES;
}

static enum exit_code find(const struct table_source *source, const struct ota_part **part)
{
	if (opt.type)
		return find_type(source, part);
	*part = opt.name ? ota_table_find(&source->table, opt.name)
			 : ota_table_boot_default(&source->table);
	return EXIT_YES;
}

static enum exit_code print(const struct ota_part *part, const struct table_source *source,
			    const char **names)
{
	static const char *const usual[] = { "offset", "size", NULL };

	if (common.json)
		return command_print_json(json_pack("{s:s, s:o}", "file", source->file.name,
						    "partition",
						    table_part_json(part, &source->options)));
	for (const char *const *name = *names ? names : usual; *name; name++)
		fields[find_field(*name)].print(part, &source->options);
	return EXIT_YES;
}

static enum exit_code check_call(const char **names)
{
	if (!!opt.name + !!opt.type + opt.boot_default != 1)
		return say_usage("table get: give one of --name, --type and --boot-default");
	for (; *names; names++)
		if (find_field(*names) == ARRAY_LEN(fields))
			return say_usage("table get: there is no field '%s'", *names);
	return EXIT_YES;
}

static enum exit_code run(const char **args)
{
	struct table_source source;
	const struct ota_part *part = NULL;
	enum exit_code code = check_call(args + 1);

	if (code)
		return code;
	code = table_source_read(args[0], &source);
	if (!code)
		code = find(&source, &part);
	if (!code && !part)
		code = say_error(EXIT_NO, source.file.name, "there is no such partition");
	if (!code)
		code = print(part, &source, args + 1);
	table_source_free(&source);
	return code;
}

const struct command cmd_table_get = { "table get", "IN [FIELD...]",
				       "print a partition's fields for scripts, one a line",
				       options, run };
