/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/dump.h"
#include "cli/say.h"
#include "lib/host/manifest.h"

static struct {
	char *folder;
} opt;

static struct poptOption options[] = { { "directory", 'd', POPT_ARG_STRING, &opt.folder, 0,
					 "Folder for the pieces: new, or empty", "DIR" },
				       { NULL, 0, POPT_ARG_INCLUDE_TABLE, dump_options, 0,
					 "How the dump is read:", NULL },
				       POPT_TABLEEND };

/* The pieces are written to a new folder beside the one that is wanted; in the end it takes its place. */
struct folder {
	char name[PATH_MAX], temporary[PATH_MAX];
	bool made; /* the temporary one is there */
};

static bool is_empty(const char *name)
{
	DIR *folder = opendir(name);
	const struct dirent *entry;
	bool empty = folder != NULL;

	while (empty && (entry = readdir(folder)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (folder)
		closedir(folder);
	return empty;
}

static enum exit_code begin_folder(const char *wanted, struct folder *folder)
{
	size_t n = strlen(wanted);
	struct stat st;

	while (n > 1 && wanted[n - 1] == '/')
		n--;
	if (n + sizeof(".XXXXXX") > sizeof(folder->temporary)) {
		errno = ENAMETOOLONG;
		return say_system(wanted, "cannot create");
	}
	snprintf(folder->name, sizeof(folder->name), "%.*s", (int)n, wanted);
	snprintf(folder->temporary, sizeof(folder->temporary), "%.*s.XXXXXX", (int)n, wanted);
	if (stat(folder->name, &st) == 0 && !(S_ISDIR(st.st_mode) && is_empty(folder->name)))
		return say_error(EXIT_SYSTEM, folder->name,
				 "is there already, and is no empty folder");
	folder->made = file_make_folders(folder->name) && mkdtemp(folder->temporary);
	return folder->made ? EXIT_YES : say_system(folder->name, "cannot create");
}

static void remove_folder(const char *name)
{
	DIR *folder = opendir(name);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
	rmdir(name);
}

static enum exit_code end_folder(struct folder *folder, enum exit_code code)
{
	mode_t mask = umask(0);

	umask(mask);
	if (!code && (chmod(folder->temporary, 0777 & ~mask) < 0 ||
		      rename(folder->temporary, folder->name) < 0))
		code = say_system(folder->name, "cannot create");
	if (code && folder->made)
		remove_folder(folder->temporary);
	return code;
}

static enum exit_code write_into(struct folder *folder, const char *file, const void *data,
				 size_t size)
{
	char *path;
	enum exit_code code;

	if (asprintf(&path, "%s/%s", folder->temporary, file) < 0)
		return say_error(EXIT_BUG, NULL, "out of memory");
	code = file_write(path, data, size, FILE_BINARY);
	free(path);
	return code;
}

static enum exit_code write_manifest(struct folder *folder, const json_t *manifest)
{
	char *text = json_dumps(manifest, JSON_INDENT(1) | JSON_ENSURE_ASCII), *line = NULL;
	enum exit_code code;

	if (!text || asprintf(&line, "%s\n", text) < 0)
		line = NULL;
	code = line ? write_into(folder, "manifest.json", line, strlen(line))
		    : say_error(EXIT_BUG, NULL, "out of memory");
	free(line);
	free(text);
	return code;
}

static enum exit_code write_pieces(struct folder *folder, const struct ota_layout *layout,
				   size_t *bytes)
{
	enum exit_code code = EXIT_YES;

	for (size_t i = 0; !code && i < layout->count; i++) {
		const struct ota_piece *piece = &layout->pieces[i];
		char file[OTA_PIECE_NAME_SIZE + 4];

		snprintf(file, sizeof(file), "%s.bin", piece->name);
		if (piece->used)
			code = write_into(folder, file, piece->data, piece->used);
		*bytes += piece->used;
	}
	return code;
}

/* Say where the table and the dump do not agree. */
static void note_differences(const struct dump *dump, const struct ota_layout *layout)
{
	uint64_t end = (uint64_t)dump->image->base + dump->image->size, most = 0;

	for (size_t i = 0; i < dump->table->count; i++) {
		const struct ota_part *part = &dump->table->parts[i];
		uint64_t stop = (uint64_t)part->offset + part->size;

		most = stop > most ? stop : most;
	}
	if (most > end)
		say_note(dump->file->name, "the dump ends at 0x%llx, the table reaches to 0x%llx",
			 (unsigned long long)end, (unsigned long long)most);
	for (size_t i = 0; i < layout->count; i++) {
		const struct ota_piece *piece = &layout->pieces[i];
		const struct ota_part *part = piece->part;
		uint64_t stop = (uint64_t)piece->span.addr + piece->span.size;

		if (part && piece->span.size < part->size && stop < end)
			say_warning(
				dump->file->name,
				"'%s' overlaps another partition: it gets 0x%x of its 0x%x bytes",
				part->label, piece->span.size, part->size);
	}
}

static enum exit_code split(const struct dump *dump, const struct ota_layout *layout)
{
	struct folder folder = { 0 };
	size_t bytes = 0;
	json_t *manifest = ota_manifest_json(layout, dump->image);
	enum exit_code code = manifest ? begin_folder(opt.folder, &folder)
				       : say_error(EXIT_BUG, NULL, "out of memory");

	if (!code)
		code = write_pieces(&folder, layout, &bytes);
	if (!code)
		code = write_manifest(&folder, manifest);
	code = end_folder(&folder, code);
	if (!code)
		say_status("%s: %zu pieces, %zu of %zu bytes are not blank", opt.folder,
			   layout->count, bytes, dump->image->size);
	if (!code && common.json)
		code = command_print_json(json_pack("{s:s, s:s, s:O}", "file", dump->file->name,
						    "directory", opt.folder, "manifest", manifest));
	json_decref(manifest);
	return code;
}

static enum exit_code run(const char **args)
{
	struct dump dump;
	struct ota_layout layout;
	enum exit_code code;

	if (!opt.folder)
		return say_usage("say where the pieces go: -d DIR");
	code = dump_read(args[0], &dump);
	if (!code) {
		ota_layout_cut(&layout, dump.image, dump.table);
		note_differences(&dump, &layout);
		code = split(&dump, &layout);
	}
	dump_free(&dump);
	return code;
}

const struct command cmd_flash_split = { "flash split", "DUMP",
					 "cut a dump into its partitions, with a manifest", options,
					 run };
