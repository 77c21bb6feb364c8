/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/dump.h"
#include "cli/say.h"

static struct poptOption options[] = { { NULL, 0, POPT_ARG_INCLUDE_TABLE, dump_options, 0,
					 "How the dump is read:", NULL },
				       POPT_TABLEEND };

static enum exit_code read_part(const struct dump *dump, const char *name, const char *output)
{
	struct ota_span span;
	size_t size;
	enum exit_code code = dump_find(dump, name, &span, &size);
	const uint8_t *data;

	if (code)
		return code;
	data = ota_flash_image_bytes(dump->image, &span, &size);
	if (!size && span.size)
		return say_error(EXIT_NO, dump->file->name,
				 "'%s' at 0x%x lies outside the dump, which has 0x%x to 0x%llx",
				 name, span.addr, dump->image->base,
				 (unsigned long long)dump->image->base + dump->image->size);
	if (size < span.size)
		say_warning(dump->file->name, "the dump ends 0x%zx bytes before '%s' does",
			    span.size - size, name);
	return file_write(output, data, size, FILE_BINARY);
}

static enum exit_code run(const char **args)
{
	const char *output = args[2] ? args[2] : "-";
	struct dump dump = { 0 };
	enum exit_code code = file_check_output(output);

	if (!code)
		code = dump_read(args[0], &dump);
	if (!code)
		code = read_part(&dump, args[1], output);
	dump_free(&dump);
	return code;
}

const struct command cmd_flash_read = { "flash read", "DUMP NAME [FILE]",
					"copy one partition out of a dump", options, run };
