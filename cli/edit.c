/* SPDX-License-Identifier: MIT */
#include "cli/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/say.h"
#include "lib/table.h"

static struct {
	int in_place, dry, part_only;
	char *output, *backup;
} opt;

struct poptOption edit_options[] = {
	{ "in-place", 'i', POPT_ARG_NONE, &opt.in_place, 0, "Change IN itself", NULL },
	{ "output", 'o', POPT_ARG_STRING, &opt.output, 0, "Write the result to FILE", "FILE" },
	{ "dry-run", 'n', POPT_ARG_NONE, &opt.dry, 0, "Say what would change, write nothing",
	  NULL },
	{ "backup", 0, POPT_ARG_STRING, &opt.backup, 0,
	  "With -i, keep what was as IN with SUFFIX added", "SUFFIX" },
	{ "part-only", 0, POPT_ARG_NONE, &opt.part_only, 0,
	  "With -o, write the partition alone, not the dump around it", NULL },
	POPT_TABLEEND
};

bool edit_is_dry(void)
{
	return opt.dry;
}

static enum exit_code check_options(const char *name)
{
	if (opt.in_place + opt.dry + (opt.output != NULL) != 1)
		return say_usage("give one of -i (in place), -o FILE and -n (dry run)");
	if (opt.backup && !opt.in_place)
		return say_usage("--backup goes with -i");
	if (opt.backup && !*opt.backup)
		return say_usage("--backup: the suffix is empty");
	if (opt.part_only && !opt.output)
		return say_usage("--part-only goes with -o FILE");
	if (opt.in_place && strcmp(name, "-") == 0)
		return say_usage("-i: stdin cannot be changed in place");
	return opt.output ? file_check_output(opt.output) : EXIT_YES;
}

/* Is `name` still the file that is open? Another program may have put a new one there. */
static bool is_current(const char *name, int fd)
{
	struct stat now, held;

	return stat(name, &now) == 0 && fstat(fd, &held) == 0 && now.st_ino == held.st_ino &&
	       now.st_dev == held.st_dev;
}

static enum exit_code check_file(const char *name, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return say_system(name, "cannot open");
	if (!S_ISREG(st.st_mode))
		return say_error(EXIT_SYSTEM, name,
				 "not a regular file: it cannot be changed in place");
	/* Renaming over it would succeed all the same. */
	if (!(st.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) || access(name, W_OK) < 0)
		return say_error(EXIT_SYSTEM, name, "is read-only: it is not changed in place");
	return EXIT_YES;
}

static enum exit_code hold(struct edit *edit)
{
	enum exit_code code;

	do {
		edit_end(edit);
		edit->lock = open(edit->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (edit->lock < 0)
			return say_system(edit->name, "cannot open");
		code = check_file(edit->name, edit->lock);
		if (code)
			return code;
		if (flock(edit->lock, LOCK_EX | LOCK_NB) < 0)
			return errno == EWOULDBLOCK
				     ? say_error(EXIT_SYSTEM, edit->name,
						 "another program holds it (an emulator?)")
				     : say_system(edit->name, "cannot lock");
	} while (!is_current(edit->name, edit->lock));
	return EXIT_YES;
}

enum exit_code edit_begin(const char *name, struct edit *edit)
{
	enum exit_code code = check_options(name);

	*edit = (struct edit){ .name = name, .lock = -1 };
	if (code || !opt.in_place)
		return code;
	code = hold(edit);
	if (code)
		edit_end(edit);
	return code;
}

void edit_end(struct edit *edit)
{
	if (edit->lock >= 0)
		close(edit->lock);
	edit->lock = -1;
}

static enum exit_code keep_backup(const struct edit *edit, const struct file *old)
{
	char *name = NULL;
	enum exit_code code;

	if (!opt.backup)
		return EXIT_YES;
	if (asprintf(&name, "%s%s", edit->name, opt.backup) < 0)
		return say_error(EXIT_BUG, NULL, "out of memory");
	code = file_write(name, old->data, old->size, FILE_EDIT);
	free(name);
	return code;
}

/* What to do with the file afterwards. */
static void note_flashing(const char *name, const struct edit_change *change, bool alone)
{
	if (change->addr == OTA_NO_ADDR)
		say_note(NULL, "flash it at the offset of the partition %s", change->part);
	else if (alone)
		say_note(NULL, "esptool write-flash 0x%x %s", change->addr, name);
	else
		say_note(NULL, "otatool flash read %s %s %s.bin && esptool write-flash 0x%x %s.bin",
			 name, change->part, change->part, change->addr, change->part);
}

enum exit_code edit_store(const struct edit *edit, const struct edit_change *change)
{
	const char *name = opt.in_place ? edit->name : opt.output;
	bool alone = opt.part_only || change->span == change->size;
	bool same = change->size == change->old->size &&
		    memcmp(change->data, change->old->data, change->size) == 0;
	enum exit_code code = EXIT_YES;

	if (opt.dry)
		return EXIT_YES;
	if (opt.in_place) {
		if (!same)
			code = keep_backup(edit, change->old);
		if (!same && !code)
			code = file_write(name, change->data, change->size, FILE_EDIT);
	} else if (opt.part_only) {
		code = file_write(name, change->data + change->at, change->span, FILE_BINARY);
	} else {
		code = file_write(name, change->data, change->size, FILE_BINARY);
	}
	if (!code && !same && strcmp(name, "-") != 0)
		note_flashing(name, change, alone);
	return code;
}
