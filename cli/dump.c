/* SPDX-License-Identifier: MIT */
#include "cli/dump.h"

#include <string.h>

#include "cli/say.h"

struct poptOption dump_options[] = { { "table", 0, POPT_ARG_STRING, &input_choice.table, 0,
				       "The partition table, instead of the dump's own", "FILE" },
				     { "base", 0, POPT_ARG_STRING, &input_choice.base, 0,
				       "Flash address of the dump's first byte", "ADDR" },
				     { NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0,
				       "How tables are read:", NULL },
				     POPT_TABLEEND };

static enum exit_code name_kind(const struct dump *dump)
{
	enum ota_kind kind = dump->image->kind;

	if (kind == OTA_KIND_DUMP)
		return EXIT_YES;
	say_error(EXIT_NO, dump->file->name, "%s, not a flash dump", ota_kind_text(kind));
	if (kind != OTA_KIND_EMPTY)
		say_note(dump->file->name,
			 "--offset says where the table is, --table FILE brings one");
	return EXIT_NO;
}

/* Flash contents without a table of their own, or with one that is not to be believed. */
static enum exit_code read_with_table(const char *name, struct dump *dump)
{
	uint64_t base = 0;
	enum exit_code code = table_source_read(input_choice.table, &dump->given);

	if (!code)
		code = input_number("--base", input_choice.base, UINT32_MAX, &base);
	if (!code)
		code = file_read(name, &dump->in.file);
	if (code)
		return code;
	*dump->image = (struct ota_flash_image){ .data = dump->in.file.data,
						 .size = dump->in.file.size,
						 .base = (uint32_t)base,
						 .kind = dump->in.file.size ? OTA_KIND_DUMP
									    : OTA_KIND_EMPTY,
						 .table_offset = dump->given.options.offset };
	dump->in.options = dump->given.options;
	dump->table = &dump->given.table;
	return name_kind(dump);
}

enum exit_code dump_read(const char *name, struct dump *dump)
{
	enum exit_code code;

	memset(dump, 0, sizeof(*dump));
	dump->file = &dump->in.file;
	dump->image = &dump->in.image;
	dump->table = &dump->in.table;
	if (input_choice.table)
		return read_with_table(name, dump);
	code = table_source_sniff(name, input_table_options(), &dump->in);
	if (!code)
		code = name_kind(dump);
	return code ? code : table_source_decode(&dump->in);
}

void dump_free(struct dump *dump)
{
	table_source_free(&dump->in);
	table_source_free(&dump->given);
}

enum exit_code dump_find(const struct dump *dump, const char *name, struct ota_span *span,
			 size_t *size)
{
	switch (ota_flash_image_find(dump->image, dump->table, name, span)) {
	case OTA_OK: break;
	case OTA_E_VALUE:
		return say_usage(
			"'%s' is no place: a partition, @bootloader, @table or @0xADDR+SIZE", name);
	default: return say_error(EXIT_NO, dump->file->name, "there is no partition '%s'", name);
	}
	ota_flash_image_bytes(dump->image, span, size);
	return EXIT_YES;
}
