/* SPDX-License-Identifier: MIT */
/* file.h - files in and out: whole, atomic, "-" for stdin and stdout */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "cli/command.h"

#define FILE_SIZE_MAX (256u << 20) /* bytes; larger input is refused by its size */

struct file {
	const char *name; /* as messages show it: "<stdin>" for "-" */
	uint8_t *data; /* NULL only before reading */
	size_t size;
};

/* Read all of `name`; on failure the reason was said. Release with file_free(), which may
 * be called on a zeroed struct. */
enum exit_code file_read(const char *name, struct file *file);
void file_free(struct file *file);

/* As file_read(), for a name that a file gave: no symbolic link is followed, nothing is waited for,
 * and "-" is a file. */
enum exit_code file_read_confined(const char *name, struct file *file);

enum file_kind {
	FILE_TEXT, /* may go to a terminal */
	FILE_BINARY, /* may not */
	FILE_EDIT, /* an edit in place: binary, and on the disk before the call returns */
	FILE_SECRET, /* as FILE_EDIT, with mode 0600 */
};

/* Replace `name` by `size` bytes, all or nothing: written beside it and renamed over it, missing
 * folders made. A target that is no regular file (/dev/null, a FIFO) is written to directly. */
enum exit_code file_write(const char *name, const void *data, size_t size, enum file_kind kind);

/* Make the folders that `name` lies in; false: errno says why not. */
bool file_make_folders(const char *name);

/* Refuse an output name that cannot be meant: one that reads as a number. */
enum exit_code file_check_output(const char *name);

#endif
