/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/commands.h"
#include "cli/file.h"
#include "cli/input.h"
#include "cli/say.h"
#include "lib/otadata.h"

static char *output;

static struct poptOption options[] = { { "output", 'o', POPT_ARG_STRING, &output, 0,
					 "Where to write it, instead of standard output", "FILE" },
				       POPT_TABLEEND };

static enum exit_code parse_slot(const char *word, uint64_t *slot)
{
	const char *digits = strncmp(word, "ota_", 4) == 0 ? word + 4 : word;

	if (input_number("SLOT", digits, 15, slot))
		return EXIT_USAGE;
	return EXIT_YES;
}

static enum exit_code run(const char **args)
{
	uint8_t data[OTA_OTADATA_SIZE];
	struct ota_record record;
	uint64_t slot = 0;
	enum exit_code code = output ? file_check_output(output) : EXIT_YES;

	memset(data, 0xFF, sizeof(data));
	if (!code && args[0]) {
		code = parse_slot(args[0], &slot);
		ota_record_make((uint32_t)slot + 1, OTA_STATE_UNDEFINED, &record);
		ota_record_encode(&record, data);
	}
	return code ? code : file_write(output ? output : "-", data, sizeof(data), FILE_BINARY);
}

const struct command cmd_otadata_init = { "otadata init", "[SLOT]",
					  "write fresh otadata, blank or for a slot", options,
					  run };
