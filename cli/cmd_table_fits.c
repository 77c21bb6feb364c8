/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/image_input.h"
#include "cli/say.h"
#include "lib/host/finding.h"

#define NEARLY_FULL 5u /* per cent */

static struct {
	int any;
} opt;

static struct poptOption options[] = {
	{ "any", 0, POPT_ARG_NONE, &opt.any, 0, "One slot that fits each image is enough", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

/* What an image takes in flash: without what follows it, where it can be told. */
static enum exit_code measure(const char *name, struct image_input *input, uint32_t *size)
{
	static struct ota_image_file file;
	const struct ota_image_want want = { .revision = OTA_REVISION_NONE,
					     .block_revision = OTA_REVISION_NONE };
	enum exit_code code = image_input_open(name, input);

	if (code)
		return code;
	if (ota_image_examine(&input->source, &want, &file))
		return say_error(EXIT_SYSTEM, input->name, "cannot read");
	*size = file.image.length ? ota_image_size_signed(&file.image) : input->source.size;
	if (!file.image.length)
		say_warning(input->name, "no whole image: its file size of %u bytes is taken",
			    *size);
	return EXIT_YES;
}

static bool is_slot(const struct ota_part *part)
{
	return part->type == OTA_TYPE_APP && part->subtype != OTA_APP_TEE_0 &&
	       part->subtype != OTA_APP_TEE_0 + 1;
}

/* One image in one slot; does it fit? */
static bool judge_slot(const char *image, uint32_t size, const struct ota_part *part, json_t *slots)
{
	bool fits = size <= part->size;
	uint32_t left = fits ? part->size - size : size - part->size;
	unsigned percent = part->size ? (unsigned)((uint64_t)left * 100 / part->size) : 0;

	if (slots)
		json_array_append_new(
			slots, json_pack("{s:o, s:I, s:b, s:I, s:i}", "name",
					 ota_json_text(ota_part_name(part)), "size",
					 (json_int_t)part->size, "fits", (int)fits, "left",
					 fits ? (json_int_t)left : -(json_int_t)left,
					 "percent_left", fits ? (int)percent : -(int)percent));
	else if (fits)
		printf("%s: %s: %u bytes left (%u %%)\n", image, ota_part_name(part), left,
		       percent);
	else
		printf("%s: %s: too large by %u bytes\n", image, ota_part_name(part), left);
	if (fits && (uint64_t)left * 100 < (uint64_t)part->size * NEARLY_FULL)
		say_warning(image, "'%s' is nearly full: %u bytes left", ota_part_name(part), left);
	return fits;
}

static enum exit_code judge_image(const char *name, const struct ota_table *table, json_t *inputs)
{
	struct image_input input = { .fd = -1 };
	size_t slots = 0, fitting = 0;
	uint32_t size = 0;
	json_t *list = inputs ? json_array() : NULL;
	enum exit_code code = measure(name, &input, &size);
	bool ok;

	for (size_t i = 0; !code && i < table->count; i++) {
		if (!is_slot(&table->parts[i]))
			continue;
		slots++;
		fitting += judge_slot(input.name, size, &table->parts[i], list);
	}
	ok = opt.any ? fitting > 0 : fitting == slots && slots > 0;
	if (!code && !slots)
		say_error(EXIT_NO, input.name, "the table has no app slot");
	if (!code && inputs)
		json_array_append_new(inputs,
				      json_pack("{s:s, s:b, s:I, s:O}", "file", input.name, "ok",
						(int)ok, "size", (json_int_t)size, "slots", list));
	json_decref(list);
	image_input_close(&input);
	return code ? code : ok ? EXIT_YES : EXIT_NO;
}

static enum exit_code run(const char **args)
{
	struct table_source source = { 0 };
	enum exit_code worst = image_need_crypto();
	json_t *inputs = common.json ? json_array() : NULL;

	if (!worst)
		worst = table_source_read(args[0], &source);
	for (size_t i = 1; worst <= EXIT_NO && args[i] && source.file.name; i++) {
		enum exit_code code = judge_image(args[i], &source.table, inputs);

		worst = code > worst ? code : worst;
	}
	if (source.findings.errors && !worst)
		worst = EXIT_NO;
	if (inputs && json_array_size(inputs))
		command_print_json(json_pack("{s:s, s:b, s:O}", "table", source.file.name, "ok",
					     !worst, "inputs", inputs));
	json_decref(inputs);
	table_source_free(&source);
	return worst;
}

const struct command cmd_table_fits = { "table fits", "IN IMAGE...",
					"say which app slots images fit", options, run };
