/* SPDX-License-Identifier: MIT */
/* ESP-IDF v5.5 and v6.x, components/partition_table/check_sizes.py: the same words, sentences and exit
 * statuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/compat.h"
#include "cli/say.h"
#include "lib/host/number.h"

static struct {
	const char *target, *offset, *type, *subtype;
	int allow_failures;
} opt;

static struct poptOption before[] = { { "target", 0, POPT_ARG_STRING, &opt.target, 0,
					"Not looked at", "CHIP" },
				      { "allow-failures", 0, POPT_ARG_NONE, &opt.allow_failures, 0,
					"Warn instead of failing", NULL },
				      { "allow_failures", 0, POPT_ARG_NONE, &opt.allow_failures, 0,
					"The same, as ESP-IDF before v6.2 spells it", NULL },
				      { "offset", 'o', POPT_ARG_STRING, &opt.offset, 0,
					"Where the table lies in flash (0x8000)", "ADDR" },
				      POPT_TABLEEND };

static struct poptOption behind[] = {
	{ "type", 0, POPT_ARG_STRING, &opt.type, 0, "Which partitions: their type", "TYPE" },
	{ "subtype", 0, POPT_ARG_STRING, &opt.subtype, 0, "And subtype", "SUBTYPE" },
	POPT_TABLEEND
};

static struct poptOption options[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, before, 0, "Before bootloader or partition:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, behind, 0, "After partition:", NULL },
	POPT_TABLEEND
};

/* Per cent, halves to even, as Python rounds. */
static uint32_t percent(uint32_t part, uint32_t whole)
{
	uint64_t doubled = (uint64_t)part * 200, down = doubled / whole;
	uint64_t value = (down + 1) / 2;

	if (doubled % whole == 0 && down % 2 && value % 2)
		value--;
	return (uint32_t)value;
}

static enum exit_code file_size(const char *name, uint32_t *size)
{
	struct file file;
	enum exit_code code = file_read(name, &file);

	if (code)
		return EXIT_USAGE;
	*size = (uint32_t)file.size;
	file_free(&file);
	return EXIT_YES;
}

static enum exit_code fail(const char *text)
{
	if (opt.allow_failures) {
		printf("WARNING: %s\n", text);
		return EXIT_YES;
	}
	return say_error(EXIT_NO, NULL, "%s", text);
}

static enum exit_code check_bootloader(const char *const *operands, uint32_t table)
{
	uint32_t offset = 0, size = 0, room;
	char text[256];
	enum exit_code code = compat_number("bootloader_offset", operands[0], &offset);

	if (!code)
		code = file_size(operands[1], &size);
	if (code)
		return EXIT_USAGE;
	if (offset >= table)
		return say_error(EXIT_NO, NULL, "the bootloader at 0x%x is not below the table",
				 offset);
	room = table - offset;
	if (size > room) {
		snprintf(text, sizeof(text),
			 "Bootloader binary size 0x%x bytes is too large for partition table "
			 "offset 0x%x: at most 0x%x (%u) bytes",
			 size, table, room, room);
		return fail(text);
	}
	printf("Bootloader binary size 0x%x bytes. 0x%x bytes (%u%%) free.\n", size, room - size,
	       percent(room - size, room));
	return EXIT_YES;
}

/* What was asked for, and what there is of it. */
struct search {
	unsigned type;
	int subtype; /* -1: any */
	char what[80];
	uint32_t size, least; /* of the binary; of the smallest partition */
	size_t count, small;
};

static bool is_meant(const struct search *search, const struct ota_part *part)
{
	if (part->type != search->type)
		return false;
	if (search->subtype >= 0)
		return part->subtype == (unsigned)search->subtype;
	return part->type != OTA_TYPE_APP ||
	       (part->subtype != OTA_APP_TEE_0 && part->subtype != OTA_APP_TEE_0 + 1);
}

static enum exit_code parse_search(const struct ota_table_options *how, struct search *search)
{
	const struct ota_keyword *types = how->names->types;
	int type = ota_keyword_value(types, opt.type, strlen(opt.type));
	uint32_t number = 0;

	if (type < 0 && compat_number("--type", opt.type, &number))
		return EXIT_NO;
	search->type = type < 0 ? number : (unsigned)type;
	search->subtype = -1;
	snprintf(search->what, sizeof(search->what), "%s", opt.type);
	if (!opt.subtype)
		return EXIT_YES;
	search->subtype = ota_keyword_value(ota_subtypes_of(how->names, search->type), opt.subtype,
					    strlen(opt.subtype));
	if (search->subtype < 0 && compat_number("--subtype", opt.subtype, &number))
		return EXIT_NO;
	if (search->subtype < 0)
		search->subtype = (int)(number & 0xFF);
	snprintf(search->what, sizeof(search->what), "%s (%s)", opt.type, opt.subtype);
	return EXIT_YES;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* All fit. */
static enum exit_code say_fits(const struct search *search, const char *file)
{
	uint32_t left = search->least - search->size;

	printf("%s binary size 0x%x bytes. Smallest %s partition is 0x%x bytes. 0x%x bytes (%u%%) "
	       "free.\n",
	       base_name(file), search->size, search->what, search->least, left,
	       search->least ? percent(left, search->least) : 0);
	if ((uint64_t)left * 20 < search->least)
		printf("Warning: The smallest %s partition is nearly full (%u%% free space "
		       "left)!\n",
		       search->what, percent(left, search->least));
	return EXIT_YES;
}

static enum exit_code say_small(const struct search *search, const struct ota_table *table,
				const char *file)
{
	bool fails = !opt.allow_failures && search->small == search->count;
	FILE *out = fails ? stderr : stdout;

	if (search->count == 1)
		fprintf(out, "%s partition is", search->what);
	else if (search->small == search->count)
		fprintf(out, "All %s partitions are", search->what);
	else
		fprintf(out, "Warning: %zu/%zu %s partitions are", search->small, search->count,
			search->what);
	fprintf(out, " too small for binary %s size 0x%x:", base_name(file), search->size);
	for (size_t i = 0; i < table->count; i++) {
		const struct ota_part *part = &table->parts[i];

		if (is_meant(search, part) && part->size < search->size)
			fprintf(out, "\n  - Part '%s' %u/%u @ 0x%x size 0x%x (overflow 0x%x)",
				ota_part_name(part), part->type, part->subtype, part->offset,
				part->size, search->size - part->size);
	}
	putc('\n', out);
	return fails ? EXIT_NO : EXIT_YES;
}

static enum exit_code check_table(const struct table_source *source, const char *file)
{
	struct search search = { .least = UINT32_MAX };
	enum exit_code code = parse_search(&source->options, &search);

	if (!code)
		code = file_size(file, &search.size);
	for (size_t i = 0; !code && i < source->table.count; i++) {
		const struct ota_part *part = &source->table.parts[i];

		if (!is_meant(&search, part))
			continue;
		search.count++;
		search.small += part->size < search.size;
		search.least = part->size < search.least ? part->size : search.least;
	}
	if (code)
		return code;
	if (!search.count) {
		printf("WARNING: Partition table does not contain any partitions matching %s\n",
		       search.what);
		return EXIT_YES;
	}
	return search.small ? say_small(&search, &source->table, file) : say_fits(&search, file);
}

static enum exit_code check_partition(const char *const *operands, uint32_t offset)
{
	const struct ota_table_options *given = input_table_options();
	struct ota_table_options how;
	struct table_source source = { 0 };
	enum exit_code code;

	if (!opt.type)
		return say_usage("Missing option '--type'.");
	if (!given)
		return EXIT_USAGE;
	how = *given;
	how.offset = offset;
	code = table_source_open(operands[0], &how, &source) ? EXIT_NO : compat_verdict(&source);
	if (!code)
		code = check_table(&source, operands[1]);
	table_source_free(&source);
	return code;
}

static enum exit_code run(const char **words)
{
	struct compat_call group = { .words = words, .sub = true, .most = 1 };
	struct compat_call call = { .most = 2 };
	uint32_t offset = OTA_TABLE_OFFSET;
	bool partition;
	enum exit_code code = compat_parse(&group, before);

	if (!code)
		code = compat_number("--offset", opt.offset, &offset) ? EXIT_USAGE : EXIT_YES;
	if (code)
		return code;
	if (!group.count)
		return say_usage("Missing command: bootloader or partition.");
	partition = strcmp(group.operands[0], "partition") == 0;
	if (!partition && strcmp(group.operands[0], "bootloader") != 0)
		return say_usage("No such command '%s'.", group.operands[0]);
	call.words = group.words;
	code = compat_parse(&call, partition ? behind : behind + ARRAY_LEN(behind) - 1);
	if (!code && call.count < 2)
		code = say_usage("Missing argument.");
	if (code)
		return code;
	return partition ? check_partition(call.operands, offset)
			 : check_bootloader(call.operands, offset);
}

const struct command cmd_check_sizes = {
	.name = "check_sizes",
	.args = "bootloader|partition ...",
	.summary = "stand in for ESP-IDF's check_sizes.py",
	.options = options,
	.run = run,
	.own_grammar = true,
};
