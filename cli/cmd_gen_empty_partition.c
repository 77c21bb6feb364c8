/* SPDX-License-Identifier: MIT */
/* ESP-IDF v5.5 and v6.x, components/partition_table/gen_empty_partition.py. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/compat.h"
#include "cli/say.h"
#include "lib/host/number.h"

static struct poptOption options[] = { POPT_TABLEEND };

static enum exit_code write_blank(const char *name, size_t size)
{
	uint8_t *data = malloc(size);
	enum exit_code code;

	if (!data)
		return say_error(EXIT_NO, NULL, "out of memory");
	memset(data, 0xFF, size);
	code = file_write(name, data, size, FILE_BINARY) ? EXIT_NO : EXIT_YES;
	free(data);
	return code;
}

static enum exit_code run(const char **words)
{
	struct compat_call call = { .words = words, .most = 2 };
	struct ota_number size;
	enum exit_code code = compat_parse(&call, options);

	if (!code && !call.count)
		code = say_usage("the following arguments are required: size");
	if (code)
		return code;
	if (ota_number_read(call.operands[0], strlen(call.operands[0]), &size))
		return say_error(EXIT_NO, NULL, "'%s' is no number", call.operands[0]);
	if (size.magnitude > FILE_SIZE_MAX && !size.negative)
		return say_error(EXIT_NO, NULL, "%s is more than 256 MiB", call.operands[0]);
	if (!size.magnitude || size.negative)
		return EXIT_YES;
	return write_blank(call.count > 1 ? call.operands[1] : "-", (size_t)size.magnitude);
}

const struct command cmd_gen_empty_partition = {
	.name = "gen_empty_partition",
	.args = "SIZE [OUTPUT]",
	.summary = "stand in for ESP-IDF's gen_empty_partition.py",
	.options = options,
	.run = run,
	.own_grammar = true,
};
