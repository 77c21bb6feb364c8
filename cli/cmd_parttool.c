/* SPDX-License-Identifier: MIT */
/* ESP-IDF v5.5 and v6.x, components/partition_table/parttool.py: get_partition_info on a table file,
 * as the build calls it. What it says about a partition that is not there: nothing, and 0. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/compat.h"
#include "cli/say.h"
#include "lib/host/number.h"

static struct {
	const char *port, *baud, *table, *offset, *primary, *recovery;
	const char *name, *type, *subtype;
	struct compat_list esptool, esptool_write, esptool_read, esptool_erase, info, extra;
	int quiet, boot_default, part_list;
} opt;

static struct poptOption before[] = {
	{ "quiet", 'q', POPT_ARG_NONE, &opt.quiet, 0, "Accepted, for what else it silences", NULL },
	{ "esptool-args", 0, POPT_ARG_ARGV, &opt.esptool, 0, "Accepted and not used", "ARG" },
	{ "esptool-write-args", 0, POPT_ARG_ARGV, &opt.esptool_write, 0, "Accepted and not used",
	  "ARG" },
	{ "esptool-read-args", 0, POPT_ARG_ARGV, &opt.esptool_read, 0, "Accepted and not used",
	  "ARG" },
	{ "esptool-erase-args", 0, POPT_ARG_ARGV, &opt.esptool_erase, 0, "Accepted and not used",
	  "ARG" },
	{ "port", 'p', POPT_ARG_STRING, &opt.port, 0, "Accepted and not used", "PORT" },
	{ "baud", 'b', POPT_ARG_STRING, &opt.baud, 0, "Accepted and not used", "BAUD" },
	{ "partition-table-offset", 'o', POPT_ARG_STRING, &opt.offset, 0,
	  "Where the table lies in flash (0x8000)", "ADDR" },
	{ "primary-bootloader-offset", 0, POPT_ARG_STRING, &opt.primary, 0,
	  "Where the bootloader lies", "ADDR" },
	{ "recovery-bootloader-offset", 0, POPT_ARG_STRING, &opt.recovery, 0,
	  "Where the recovery bootloader lies", "ADDR" },
	{ "partition-table-file", 'f', POPT_ARG_STRING, &opt.table, 0, "The table, CSV or binary",
	  "FILE" },
	POPT_TABLEEND
};

static struct poptOption behind[] = {
	{ "partition-name", 'n', POPT_ARG_STRING, &opt.name, 0, "The partition of this name",
	  "NAME" },
	{ "partition-type", 't', POPT_ARG_STRING, &opt.type, 0, "The partition of this type",
	  "TYPE" },
	{ "partition-subtype", 's', POPT_ARG_STRING, &opt.subtype, 0, "and of this subtype",
	  "SUBTYPE" },
	{ "partition-boot-default", 'd', POPT_ARG_NONE, &opt.boot_default, 0,
	  "Factory, else the first OTA slot", NULL },
	{ "extra-partition-subtypes", 0, POPT_ARG_ARGV | POPT_ARGFLAG_OPTIONAL, &opt.extra, 0,
	  "Further subtypes, up to the next option; VALUE is hexadecimal", "TYPE,NAME,VALUE" },
	{ "info", 0, POPT_ARG_ARGV, &opt.info, 0,
	  "name, type, subtype, offset, size, encrypted, readonly: several may follow", "FIELD" },
	{ "part_list", 0, POPT_ARG_NONE, &opt.part_list, 0,
	  "All partitions of the type and subtype, not just the first", NULL },
	POPT_TABLEEND
};

static struct poptOption options[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, before, 0, "Before get_partition_info:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, behind, 0, "After get_partition_info:", NULL },
	POPT_TABLEEND
};

static const char *const fields[] = { "name", "type",      "subtype", "offset",
				      "size", "encrypted", "readonly" };

static size_t find_field(const char *name)
{
	size_t i = 0;

	while (i < ARRAY_LEN(fields) && strcmp(fields[i], name) != 0)
		i++;
	return i;
}

/* Values of one line are separated by one blank; *first: nothing was printed yet. */
static void print_field(const struct ota_part *part, const char *name, bool *first)
{
	if (!*first)
		putchar(' ');
	*first = false;
	switch (find_field(name)) {
	case 0: fputs(ota_part_name(part), stdout); break;
	case 1: printf("%u", part->type); break;
	case 2: printf("%u", part->subtype); break;
	case 3: printf("0x%x", part->offset); break;
	case 4: printf("0x%x", part->size); break;
	case 5: fputs(part->flags & OTA_PART_ENCRYPTED ? "True" : "False", stdout); break;
	default: fputs(part->flags & OTA_PART_READONLY ? "True" : "False", stdout); break;
	}
}

static void print_part(const struct ota_part *part, bool *first)
{
	if (!opt.info.count) {
		print_field(part, "offset", first);
		print_field(part, "size", first);
	}
	for (size_t i = 0; i < opt.info.count; i++)
		print_field(part, compat_list_word(&opt.info, i), first);
}

/* A word of `list`, case and all, or a number; -1: neither. */
static long read_word(const struct ota_keyword *list, const char *text)
{
	int value = ota_keyword_value(list, text, strlen(text));
	struct ota_number number;

	if (value >= 0)
		return value;
	if (ota_number_read(text, strlen(text), &number) || number.negative ||
	    number.magnitude > UINT8_MAX)
		return -1;
	return (long)number.magnitude;
}

static void print_typed(const struct table_source *source)
{
	const struct ota_names *names = source->options.names;
	long type = read_word(names->types, opt.type);
	long subtype =
		type < 0 ? -1 : read_word(ota_subtypes_of(names, (unsigned)type), opt.subtype);
	bool first = true;

	for (size_t i = 0; i < source->table.count; i++) {
		const struct ota_part *part = &source->table.parts[i];

		if (part->type == type && part->subtype == subtype && (first || opt.part_list))
			print_part(part, &first);
	}
	if (!first)
		putchar('\n');
}

static void print_one(const struct ota_part *part)
{
	bool first = true;

	if (!part)
		return;
	print_part(part, &first);
	putchar('\n');
}

static enum exit_code check_call(void)
{
	if (!!opt.name + !!opt.type + opt.boot_default > 1)
		return say_usage("only one of --partition-name, --partition-type and "
				 "--partition-boot-default is allowed");
	for (size_t i = 0; i < opt.info.count; i++)
		if (find_field(compat_list_word(&opt.info, i)) == ARRAY_LEN(fields))
			return say_usage("--info: invalid choice: '%s'",
					 compat_list_word(&opt.info, i));
	if (!opt.name && !opt.type && !opt.boot_default)
		return say_error(EXIT_NO, NULL,
				 "say which partition: --partition-name, or "
				 "--partition-type with --partition-subtype, or "
				 "--partition-boot-default");
	if (opt.type && !opt.subtype)
		return say_error(EXIT_NO, NULL, "--partition-type needs --partition-subtype");
	if (!opt.table)
		return say_error(EXIT_NO, NULL,
				 "--partition-table-file is missing: this program "
				 "does not talk to a serial port");
	return EXIT_YES;
}

static enum exit_code parse(const char **words)
{
	struct compat_call main_call = { .words = words, .sub = true, .most = 1 };
	struct compat_call call = { 0 };
	enum exit_code code = compat_parse(&main_call, before);

	if (code)
		return code;
	if (!main_call.count)
		return say_error(EXIT_NO, NULL, "get_partition_info is missing");
	if (strcmp(main_call.operands[0], "get_partition_info") != 0)
		return say_usage("parttool: only get_partition_info is there, not '%s'",
				 main_call.operands[0]);
	call.words = main_call.words;
	code = compat_parse(&call, behind);
	return code ? code : check_call();
}

static enum exit_code read_table(struct ota_table_options *how, struct table_source *source)
{
	enum exit_code code = compat_number("--partition-table-offset", opt.offset, &how->offset);

	if (!code)
		code = compat_number("--primary-bootloader-offset", opt.primary,
				     &how->primary_bootloader);
	if (!code)
		code = compat_number("--recovery-bootloader-offset", opt.recovery,
				     &how->recovery_bootloader);
	if (!code)
		code = compat_extra_names(&opt.extra, how);
	if (!code)
		code = table_source_open(opt.table, how, source);
	return code || source->findings.errors ? EXIT_NO : EXIT_YES;
}

static enum exit_code run(const char **words)
{
	struct ota_table_options how = { .offset = OTA_TABLE_OFFSET,
					 .primary_bootloader = OTA_NO_ADDR,
					 .recovery_bootloader = OTA_NO_ADDR,
					 .dialect = &ota_dialect_esp32,
					 .names = &ota_names_esp32 };
	struct table_source source = { 0 };
	enum exit_code code = parse(words);

	if (code)
		return code;
	code = read_table(&how, &source);
	if (!code && opt.type)
		print_typed(&source);
	else if (!code)
		print_one(opt.name ? ota_table_find(&source.table, opt.name)
				   : ota_table_boot_default(&source.table));
	table_source_free(&source);
	return code;
}

const struct command cmd_parttool = {
	.name = "parttool",
	.args = "get_partition_info",
	.summary = "stand in for ESP-IDF's parttool.py get_partition_info",
	.options = options,
	.run = run,
	.own_grammar = true,
};
