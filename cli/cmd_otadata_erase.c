/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/edit.h"
#include "cli/otadata.h"
#include "cli/say.h"

static struct poptOption options[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, edit_options, 0, "Where the result goes:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, input_options, 0, "What belongs to it:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

/* All of the partition, whatever stands in it: erasing helps encrypted otadata too. */
static enum exit_code erase(const struct otadata_source *source, const struct edit *edit)
{
	uint8_t *blank = malloc(source->size);
	enum exit_code code;

	if (!blank)
		return say_error(EXIT_BUG, NULL, "out of memory");
	memset(blank, 0xFF, source->size);
	code = otadata_write(source, blank, edit, NULL);
	free(blank);
	return code;
}

static enum exit_code run(const char **args)
{
	static struct otadata_source source;
	struct edit edit;
	enum exit_code code = otadata_read_to_erase(args[0], &source, &edit);

	if (!code)
		code = erase(&source, &edit);
	otadata_free(&source);
	edit_end(&edit);
	return code;
}

const struct command cmd_otadata_erase = { "otadata erase", "IN",
					   "make otadata blank: factory starts, or ota_0", options,
					   run };
