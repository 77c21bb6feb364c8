/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/dump.h"
#include "cli/edit.h"
#include "cli/say.h"

static struct poptOption options[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, edit_options, 0, NULL, NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, dump_options, 0, "How the dump is read:", NULL },
	POPT_TABLEEND
};

/* What is to stand at `name`: the bytes of a file, then blank; nothing but blank without one. */
struct target {
	const char *name;
	struct ota_span span;
	const struct file *content; /* NULL: erase */
};

static enum exit_code check_target(const struct dump *dump, const struct target *target)
{
	const struct ota_part *part = ota_table_find(dump->table, target->name);
	const struct ota_span *span = &target->span;
	const char *file = dump->file->name;
	uint64_t content = target->content ? target->content->size : 0;

	if (content > span->size)
		return say_error(EXIT_NO, target->content->name,
				 "%llu bytes do not fit '%s', which has %u: nothing was changed",
				 (unsigned long long)content, target->name, span->size);
	if (span->addr < dump->image->base)
		return say_error(EXIT_NO, file,
				 "'%s' at 0x%x lies before the dump, which begins at 0x%x",
				 target->name, span->addr, dump->image->base);
	if (span->addr - dump->image->base + content > FILE_SIZE_MAX)
		return say_error(EXIT_NO, file, "'%s' at 0x%x is beyond what a dump may hold",
				 target->name, span->addr);
	if (part && target->content && part->flags & OTA_PART_ENCRYPTED)
		say_warning(file,
			    "'%s' is encrypted on a chip with flash encryption: what is written"
			    " here is plain",
			    target->name);
	return EXIT_YES;
}

/* The dump with the target's bytes; it grows where a partition lies beyond its end. */
static uint8_t *change_bytes(const struct dump *dump, const struct target *target, size_t *size)
{
	size_t at = target->span.addr - dump->image->base, old = dump->file->size;
	size_t content = target->content ? target->content->size : 0;
	size_t erased = target->span.size;
	uint8_t *data;

	*size = content && at + content > old ? at + content : old;
	data = malloc(*size ? *size : 1);
	if (!data)
		return NULL;
	memcpy(data, dump->file->data, old);
	memset(data + old, 0xFF, *size - old);
	if (at < *size)
		memset(data + at, 0xFF, erased < *size - at ? erased : *size - at);
	if (content)
		memcpy(data + at, target->content->data, content);
	return data;
}

static enum exit_code store(const struct dump *dump, const struct target *target,
			    const struct edit *edit)
{
	struct edit_change change = { .old = dump->file,
				      .at = target->span.addr - dump->image->base,
				      .addr = target->span.addr,
				      .part = target->name };
	uint8_t *data = change_bytes(dump, target, &change.size);
	enum exit_code code;

	if (!data)
		return say_error(EXIT_BUG, NULL, "out of memory");
	change.data = data;
	change.at = change.at < change.size ? change.at : change.size;
	change.span = target->span.size < change.size - change.at ? target->span.size
								  : change.size - change.at;
	if (change.size > dump->file->size)
		say_note(dump->file->name, "it grows to 0x%zx bytes", change.size);
	say_status("%s: '%s', 0x%x bytes at 0x%x, %s%s", dump->file->name, target->name,
		   target->span.size, target->span.addr, edit_is_dry() ? "would be " : "",
		   target->content ? "erased and written" : "erased");
	code = edit_store(edit, &change);
	if (!code && common.json)
		code = command_print_json(
			json_pack("{s:s, s:s, s:I, s:I, s:I, s:b}", "file", dump->file->name,
				  "name", target->name, "offset", (json_int_t)target->span.addr,
				  "size", (json_int_t)target->span.size, "written",
				  (json_int_t)(target->content ? target->content->size : 0),
				  "dry_run", (int)edit_is_dry()));
	free(data);
	return code;
}

/* `input` NULL: erase. */
static enum exit_code change(const char *name, const char *part, const char *input)
{
	struct dump dump = { 0 };
	struct file content = { 0 };
	struct target target = { .name = part, .content = input ? &content : NULL };
	struct edit edit;
	size_t size;
	enum exit_code code = edit_begin(name, &edit);

	if (!code && input)
		code = file_read(input, &content);
	if (!code)
		code = dump_read(name, &dump);
	if (!code)
		code = dump_find(&dump, part, &target.span, &size);
	if (!code)
		code = check_target(&dump, &target);
	if (!code)
		code = store(&dump, &target, &edit);
	edit_end(&edit);
	dump_free(&dump);
	file_free(&content);
	return code;
}

static enum exit_code run_write(const char **args)
{
	return change(args[0], args[1], args[2]);
}

static enum exit_code run_erase(const char **args)
{
	return change(args[0], args[1], NULL);
}

const struct command cmd_flash_write = { "flash write", "DUMP NAME FILE",
					 "erase one partition of a dump and write a file to it",
					 options, run_write };

const struct command cmd_flash_erase = { "flash erase", "DUMP NAME",
					 "erase one partition of a dump", options, run_erase };
