/* SPDX-License-Identifier: MIT */
/* edit.h - commands that change a file: exactly one of -i, -o FILE and -n, a backup, a lock
 *
 * edit_begin(), read the file, work out its new contents, edit_store(), edit_end(). */
#ifndef CLI_EDIT_H
#define CLI_EDIT_H

#include "cli/command.h"
#include "cli/file.h"

/* Included by every command that changes a file: -i -o -n --backup --part-only. */
extern struct poptOption edit_options[];

struct edit {
	const char *name; /* the file, as given */
	int lock; /* -1: none held */
};

/* Check the options; with -i, refuse what cannot be edited in place (stdin, devices, read-only
 * files), and hold the file against other programs until edit_end(). */
enum exit_code edit_begin(const char *name, struct edit *edit);
void edit_end(struct edit *edit);

/* New contents, and which stretch of them is meant. */
struct edit_change {
	const struct file *old; /* as it was read */
	const uint8_t *data; /* all of the new contents */
	size_t size; /* bytes */
	size_t at, span; /* bytes: the partition in them; everything if it is the whole file */
	uint32_t addr; /* its place in flash; OTA_NO_ADDR: unknown */
	const char *part; /* its name, for the note on what to flash */
};

/* Write as the options say, and name what to flash. Contents that stay as they are are not written
 * in place. */
enum exit_code edit_store(const struct edit *edit, const struct edit_change *change);

/* Is nothing to be written (-n)? */
bool edit_is_dry(void);

#endif
