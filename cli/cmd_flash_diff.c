/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/dump.h"
#include "cli/say.h"
#include "lib/host/finding.h"
#include "lib/host/flash_diff.h"

static struct poptOption options[] = {
	{ "part", 0, POPT_ARG_STRING, &input_choice.part, 0,
	  "Compare this partition of A with the released file B", "NAME" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, dump_options, 0, "How the dump is read:", NULL },
	POPT_TABLEEND
};

/* What is found in one piece of A. */
struct report {
	const char *name;
	struct ota_span span;
	json_t *runs; /* with --json, else NULL */
	size_t sectors; /* that differ */
};

static void print_run(const struct ota_diff_run *run)
{
	char shift[32] = "";

	if (run->change == OTA_SECTOR_SHIFTED)
		snprintf(shift, sizeof(shift), " by %+d", run->shift);
	printf("  0x%08x  0x%08x  %4u %-7s  %s%s", run->span.addr, run->span.addr + run->span.size,
	       (run->span.size + OTA_SECTOR_SIZE - 1) / OTA_SECTOR_SIZE,
	       run->span.size > OTA_SECTOR_SIZE ? "sectors" : "sector",
	       ota_sector_change_text(run->change), shift);
	if (run->change == OTA_SECTOR_CLEARED)
		printf(", %u bit%s in %u byte%s", run->bits, run->bits == 1 ? "" : "s", run->bytes,
		       run->bytes == 1 ? "" : "s");
	printf(", from 0x%x\n", run->first);
}

static json_t *run_json(const struct ota_diff_run *run)
{
	return json_pack("{s:s, s:I, s:I, s:o, s:I, s:I, s:I}", "change",
			 ota_sector_change_text(run->change), "offset", (json_int_t)run->span.addr,
			 "size", (json_int_t)run->span.size, "shift",
			 run->change == OTA_SECTOR_SHIFTED ? json_integer(run->shift) : json_null(),
			 "first", (json_int_t)run->first, "bytes", (json_int_t)run->bytes, "bits",
			 (json_int_t)run->bits);
}

static void take_run(void *ctx, const struct ota_diff_run *run)
{
	struct report *report = ctx;

	if (!report->sectors && !common.json)
		printf("%s\n", report->name);
	report->sectors += (run->span.size + OTA_SECTOR_SIZE - 1) / OTA_SECTOR_SIZE;
	if (report->runs)
		json_array_append_new(report->runs, run_json(run));
	else
		print_run(run);
}

/* Compare one piece; how many of its sectors differ. */
static size_t compare(const char *name, struct ota_span span, const struct ota_diff_input in[2],
		      json_t *list)
{
	struct report report = { .name = name, .span = span, .runs = list ? json_array() : NULL };

	ota_flash_diff(&in[0], &in[1], span.addr, take_run, &report);
	if (list)
		json_array_append_new(
			list,
			json_pack("{s:o, s:I, s:I, s:b, s:I, s:o}", "name", ota_json_text(name),
				  "offset", (json_int_t)span.addr, "size", (json_int_t)span.size,
				  "same", (int)!report.sectors, "sectors",
				  (json_int_t)report.sectors, "changes", report.runs));
	return report.sectors;
}

/* What became, in the dump A, of the released file B. */
static enum exit_code compare_part(const struct dump *a, const struct file *b, json_t *list,
				   size_t *sectors)
{
	struct ota_diff_input in[2] = { { b->data, b->size }, { .data = NULL } };
	struct ota_span span;
	enum exit_code code = dump_find(a, input_choice.part, &span, &in[1].size);

	if (code)
		return code;
	in[1].data = ota_flash_image_bytes(a->image, &span, &in[1].size);
	if (b->size > span.size)
		return say_error(EXIT_NO, b->name, "%zu bytes, more than '%s' has (%u)", b->size,
				 input_choice.part, span.size);
	/* What follows a released image is not part of it. */
	if (in[1].size > b->size) {
		span.size = (uint32_t)b->size;
		in[1].size = b->size;
	}
	*sectors = compare(input_choice.part, span, in, list);
	return EXIT_YES;
}

/* What a file holds of a stretch. */
static struct ota_diff_input clip(const struct file *file, size_t at, size_t size)
{
	size_t rest = at < file->size ? file->size - at : 0;

	return (struct ota_diff_input){ rest ? file->data + at : NULL, rest < size ? rest : size };
}

/* The dumps, cut as A's table says. */
static void compare_dumps(const struct dump *a, const struct file *b, json_t *list, size_t *sectors)
{
	struct ota_flash_image longer = *a->image;
	struct ota_layout layout;

	if (b->size > longer.size) {
		longer.data = b->data;
		longer.size = b->size;
	}
	ota_layout_cut(&layout, &longer, a->table);
	for (size_t i = 0; i < layout.count; i++) {
		const struct ota_piece *piece = &layout.pieces[i];
		size_t at = piece->span.addr - longer.base;
		const struct ota_diff_input in[2] = { clip(a->file, at, piece->span.size),
						      clip(b, at, piece->span.size) };

		*sectors += compare(piece->part ? piece->part->label : piece->name, piece->span, in,
				    list);
	}
}

static enum exit_code report(const struct dump *a, const struct file *b, json_t *list,
			     size_t sectors)
{
	enum exit_code code = EXIT_YES;

	if (list)
		code = command_print_json(json_pack("{s:s, s:s, s:b, s:I, s:O}", "a", a->file->name,
						    "b", b->name, "same", (int)!sectors, "sectors",
						    (json_int_t)sectors, "partitions", list));
	if (sectors)
		say_status("%zu sector%s differ%s", sectors, sectors == 1 ? "" : "s",
			   sectors == 1 ? "s" : "");
	return code ? code : sectors ? EXIT_NO : EXIT_YES;
}

static enum exit_code run(const char **args)
{
	struct dump a = { 0 };
	struct file b = { 0 };
	json_t *list = common.json ? json_array() : NULL;
	size_t sectors = 0;
	enum exit_code code = dump_read(args[0], &a);

	if (!code)
		code = file_read(args[1], &b);
	if (!code && input_choice.part)
		code = compare_part(&a, &b, list, &sectors);
	else if (!code)
		compare_dumps(&a, &b, list, &sectors);
	if (!code)
		code = report(&a, &b, list, sectors);
	json_decref(list);
	file_free(&b);
	dump_free(&a);
	return code;
}

const struct command cmd_flash_diff = { "flash diff", "A B",
					"say which sectors of two dumps differ, and how", options,
					run };
