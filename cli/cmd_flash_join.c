/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/boot_text.h"
#include "cli/commands.h"
#include "cli/dump.h"
#include "cli/say.h"
#include "lib/host/boot_sim.h"
#include "lib/host/finding.h"
#include "lib/host/manifest.h"
#include "lib/host/number.h"

static struct {
	char *output, *manifest, *size;
} opt;

static struct poptOption options[] = {
	{ "output", 'o', POPT_ARG_STRING, &opt.output, 0, "Write the dump to FILE", "FILE" },
	{ "manifest", 'm', POPT_ARG_STRING, &opt.manifest, 0, "Take the pieces that FILE lists",
	  "FILE" },
	{ "size", 0, POPT_ARG_STRING, &opt.size, 0,
	  "Bytes of the dump (up to the end of the last piece)", "SIZE" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, dump_options, 0, "How the dump is read:", NULL },
	POPT_TABLEEND
};

/* Something that has a place in the dump. */
struct piece {
	const char *name; /* as given, or the manifest's */
	char *path; /* NULL: no file */
	struct file file; /* what is there; the rest of the span is blank */
	struct ota_span span; /* size: bytes that it may have; UINT32_MAX: as many as there are */
	bool listed; /* by the manifest, and therefore in its folder: no link is followed */
};

struct join {
	struct ota_manifest manifest;
	struct file text; /* the manifest's */
	struct table_source table; /* --table */
	uint8_t table_raw[OTA_TABLE_SIZE];
	struct piece *pieces;
	size_t count;
	uint64_t base, size; /* flash address of the first byte, bytes */
	uint8_t *data;
};

static enum exit_code no_memory(void)
{
	return say_error(EXIT_BUG, NULL, "out of memory");
}

static struct piece *add_piece(struct join *join, const char *name, struct ota_span span)
{
	struct piece *piece = &join->pieces[join->count++];

	*piece = (struct piece){ .name = name, .span = span };
	return piece;
}

/* The pieces of the manifest; its files are taken from its own folder. */
static enum exit_code take_manifest(struct join *join)
{
	const char *slash = strrchr(opt.manifest, '/');
	int folder = slash ? (int)(slash - opt.manifest + 1) : 0;

	for (size_t i = 0; i < join->manifest.count; i++) {
		const struct ota_manifest_piece *listed = &join->manifest.pieces[i];
		struct piece *piece = add_piece(join, listed->name, listed->span);

		piece->listed = true;
		if (listed->file &&
		    asprintf(&piece->path, "%.*s%s", folder, opt.manifest, listed->file) < 0) {
			piece->path = NULL;
			return no_memory();
		}
	}
	join->base = join->manifest.base;
	join->size = join->manifest.size;
	return EXIT_YES;
}

static enum exit_code read_manifest(struct join *join)
{
	struct ota_diag diag;
	enum ota_status status;
	enum exit_code code = file_read(opt.manifest, &join->text);

	if (code)
		return code;
	status = ota_manifest_parse(join->text.data, join->text.size, &join->manifest, &diag);
	return status ? say_failure(join->text.name, status, &diag) : EXIT_YES;
}

static enum exit_code read_table(struct join *join)
{
	enum exit_code code = table_source_read(input_choice.table, &join->table);

	if (!code)
		table_source_check(&join->table);
	if (!code && join->table.findings.errors)
		code = EXIT_NO;
	return code ? code : table_source_encode(&join->table, join->table_raw);
}

/* A piece of the manifest, or one given before. */
static struct piece *find_piece(struct join *join, const char *name)
{
	if (strcmp(name, "@bootloader") == 0)
		name = ota_piece_kind_text(OTA_PIECE_BOOTLOADER);
	else if (strcmp(name, "@table") == 0)
		name = ota_piece_kind_text(OTA_PIECE_TABLE);
	for (size_t i = 0; i < join->count; i++)
		if (strcmp(join->pieces[i].name, name) == 0)
			return &join->pieces[i];
	return NULL;
}

/* Where `name` is: "0x10000", a piece of the manifest, a partition of the table, "@0xADDR+SIZE". */
static enum exit_code place(struct join *join, const char *name, struct ota_span *span)
{
	struct ota_flash_image none = { .kind = OTA_KIND_UNKNOWN };
	uint64_t addr;

	if (!ota_number_parse(name, strlen(name), &addr)) {
		if (addr > UINT32_MAX)
			return say_usage("%s: an address is below 4 GiB", name);
		*span = (struct ota_span){ (uint32_t)addr, UINT32_MAX };
		return EXIT_YES;
	}
	if (strcmp(name, "@table") == 0 && input_choice.table) {
		*span = (struct ota_span){ join->table.options.offset, OTA_SECTOR_SIZE };
		return EXIT_YES;
	}
	if (ota_flash_image_find(&none, &join->table.table, name, span))
		return say_error(EXIT_NO, NULL,
				 "'%s' is no partition%s, no address and no piece of a manifest",
				 name,
				 input_choice.table ? " of the table" : " (no --table is given)");
	return EXIT_YES;
}

/* Where a bootloader goes: its header names the chip. */
static enum exit_code place_bootloader(const char *path, struct ota_span *span)
{
	struct file file;
	enum exit_code code = file_read(path, &file);
	const struct ota_chip *chip = NULL;

	if (code)
		return code;
	if (file.size >= OTA_IMAGE_HEADER_SIZE && file.data[0] == OTA_IMAGE_MAGIC)
		chip = ota_chip_by_id((uint32_t)(file.data[12] | file.data[13] << 8));
	if (chip)
		*span = (struct ota_span){ chip->bootloader_offset, UINT32_MAX };
	else
		code = say_error(EXIT_NO, file.name,
				 "no bootloader that names its chip: give ADDR=FILE");
	file_free(&file);
	return code;
}

/* "NAME=FILE" or "ADDR=FILE". */
static enum exit_code take_operand(struct join *join, char *word)
{
	char *equals = strchr(word, '=');
	struct ota_span span;
	struct piece *piece;
	enum exit_code code;

	if (!equals || equals == word || !equals[1])
		return say_usage("'%s' is not NAME=FILE or ADDR=FILE", word);
	*equals = '\0';
	piece = find_piece(join, word);
	if (!piece) {
		code = strcmp(word, "@bootloader") == 0 ? place_bootloader(equals + 1, &span)
							: place(join, word, &span);
		if (code)
			return code;
		piece = add_piece(join, word, span);
	}
	free(piece->path);
	piece->listed = false;
	piece->path = strdup(equals + 1);
	return piece->path ? EXIT_YES : no_memory();
}

static enum exit_code load(struct piece *piece)
{
	enum exit_code code = EXIT_YES;

	if (piece->path)
		code = piece->listed ? file_read_confined(piece->path, &piece->file)
				     : file_read(piece->path, &piece->file);
	if (code)
		return code;
	if (piece->file.size > piece->span.size)
		return say_error(EXIT_NO, piece->path, "%zu bytes do not fit '%s', which has %u",
				 piece->file.size, piece->name, piece->span.size);
	if (piece->span.size == UINT32_MAX)
		piece->span.size = (uint32_t)piece->file.size;
	return EXIT_YES;
}

static int compare(const void *a, const void *b)
{
	const struct piece *p = a, *q = b;

	return (p->span.addr > q->span.addr) - (p->span.addr < q->span.addr);
}

/* No two in one place, none outside. Where only a file's end matters, its partition may be cut. */
static enum exit_code check_places(struct join *join, uint64_t least)
{
	uint64_t end = join->base, limit = least ? join->base + least : UINT64_C(1) << 32;
	const char *before = "the dump's start";

	qsort(join->pieces, join->count, sizeof(*join->pieces), compare);
	for (size_t i = 0; i < join->count; i++) {
		const struct piece *piece = &join->pieces[i];
		uint64_t stop = (uint64_t)piece->span.addr + piece->file.size;

		if (!piece->file.size)
			continue;
		if (piece->span.addr < end)
			return say_error(EXIT_NO, NULL,
					 "'%s' at 0x%x begins before the end of '%s' at 0x%llx",
					 piece->name, piece->span.addr, before,
					 (unsigned long long)end);
		if (stop > limit)
			return say_error(EXIT_NO, NULL, "'%s' ends at 0x%llx, the dump at 0x%llx",
					 piece->name, (unsigned long long)stop,
					 (unsigned long long)limit);
		end = stop;
		before = piece->name;
	}
	join->size = least ? least : end - join->base;
	if (join->size > FILE_SIZE_MAX || !join->size)
		return say_error(EXIT_NO, NULL,
				 "a dump of %llu bytes is not written (1 to 256 MiB)",
				 (unsigned long long)join->size);
	return EXIT_YES;
}

static enum exit_code fill(struct join *join)
{
	join->data = malloc(join->size ? join->size : 1);
	if (!join->data)
		return no_memory();
	memset(join->data, 0xFF, join->size);
	for (size_t i = 0; i < join->count; i++) {
		const struct piece *piece = &join->pieces[i];

		if (piece->file.size)
			memcpy(join->data + (piece->span.addr - join->base), piece->file.data,
			       piece->file.size);
	}
	return EXIT_YES;
}

/* Work out what stands where. */
static enum exit_code collect(struct join *join, char **operands)
{
	size_t count = 1;
	uint64_t size = 0;
	enum exit_code code = opt.manifest ? read_manifest(join) : EXIT_YES;

	if (!code && input_choice.table)
		code = read_table(join);
	if (code)
		return code;
	while (operands[count - 1])
		count++;
	join->pieces = calloc(count + join->manifest.count, sizeof(*join->pieces));
	if (!join->pieces)
		return no_memory();
	if (opt.manifest)
		code = take_manifest(join);
	if (!code)
		code = input_number("--base", input_choice.base, UINT32_MAX, &join->base);
	for (size_t i = 0; !code && operands[i]; i++)
		code = take_operand(join, operands[i]);
	if (!code && input_choice.table && !find_piece(join, "@table") &&
	    !find_piece(join, "partition-table"))
		add_piece(join, "@table",
			  (struct ota_span){ join->table.options.offset, OTA_SECTOR_SIZE })
			->file = (struct file){ .data = join->table_raw, .size = OTA_TABLE_SIZE };
	for (size_t i = 0; !code && i < join->count; i++)
		code = load(&join->pieces[i]);
	size = join->size;
	if (!code)
		code = input_size("--size", opt.size, FILE_SIZE_MAX, &size);
	return code ? code : check_places(join, size);
}

static void free_join(struct join *join)
{
	for (size_t i = 0; i < join->count; i++) {
		if (join->pieces[i].file.data != join->table_raw)
			file_free(&join->pieces[i].file);
		free(join->pieces[i].path);
	}
	free(join->pieces);
	free(join->data);
	table_source_free(&join->table);
	ota_manifest_free(&join->manifest);
	file_free(&join->text);
}

static void ignore(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	(void)diag;
}

/* What the bootloader will make of otadata. */
static void note_boot(const struct join *join)
{
	const struct ota_table_options *by = input_table_options();
	static struct ota_sim sim;
	struct ota_boot_result result;
	struct ota_flash_image image;
	struct ota_record pair[2];
	struct ota_table table;
	size_t size;
	const uint8_t *raw;

	ota_flash_image_sniff(&image, join->data, join->size, (uint32_t)join->base, by->offset);
	if (image.kind != OTA_KIND_DUMP)
		return;
	raw = ota_flash_image_table(&image, &size);
	ota_table_decode(raw, size, by, &table, ignore, NULL);
	ota_sim_begin(&sim, &table, &image);
	ota_sim_records(&sim, pair);
	ota_sim_boot(&sim, pair, &result);
	for (unsigned i = 0; i < sim.step_count; i++) {
		char text[BOOT_TEXT_SIZE];

		boot_step_text(&sim, &sim.steps[i], text);
		say_note(opt.output, "%s", text);
	}
}

static enum exit_code report(const struct join *join)
{
	json_t *list = json_array();

	say_status("%s: %zu pieces, %llu bytes", opt.output, join->count,
		   (unsigned long long)join->size);
	if (strcmp(opt.output, "-") != 0)
		say_note(NULL, "esptool write-flash 0x%llx %s", (unsigned long long)join->base,
			 opt.output);
	note_boot(join);
	for (size_t i = 0; i < join->count; i++)
		json_array_append_new(list, json_pack("{s:o, s:I, s:I, s:s?}", "name",
						      ota_json_text(join->pieces[i].name), "offset",
						      (json_int_t)join->pieces[i].span.addr, "size",
						      (json_int_t)join->pieces[i].file.size, "file",
						      join->pieces[i].path));
	if (common.json)
		return command_print_json(json_pack("{s:s, s:I, s:I, s:o}", "output", opt.output,
						    "base", (json_int_t)join->base, "size",
						    (json_int_t)join->size, "pieces", list));
	json_decref(list);
	return EXIT_YES;
}

static enum exit_code run(const char **args)
{
	struct join join = { 0 };
	enum exit_code code = opt.output ? file_check_output(opt.output)
					 : say_usage("say where the dump goes: -o FILE");

	if (!code && !opt.manifest && !args[0])
		code = say_usage(
			"there is nothing to join: give -m MANIFEST, NAME=FILE or ADDR=FILE");
	if (!code)
		code = collect(&join, (char **)args);
	if (!code)
		code = fill(&join);
	if (!code)
		code = file_write(opt.output, join.data, join.size, FILE_BINARY);
	if (!code)
		code = report(&join);
	free_join(&join);
	return code;
}

const struct command cmd_flash_join = { "flash join", "[NAME=FILE...]",
					"put a dump together from pieces, by name or address",
					options, run };
