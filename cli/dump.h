/* SPDX-License-Identifier: MIT */
/* dump.h - flash contents as commands are given them: a dump and its table */
#ifndef CLI_DUMP_H
#define CLI_DUMP_H

#include "cli/input.h"
#include "lib/host/flash_layout.h"

/* Included by every command that reads a dump: --table --base, and how tables are read. */
extern struct poptOption dump_options[];

struct dump {
	struct table_source in; /* the file, and the table in it */
	struct table_source given; /* --table */
	const struct file *file;
	const struct ota_table *table;
	struct ota_flash_image *image;
};

/* Read a dump with its table, or with --table. What is no dump is named. Release with dump_free(),
 * which may be called on a zeroed struct. */
enum exit_code dump_read(const char *name, struct dump *dump);
void dump_free(struct dump *dump);

/* The stretch that `name` means, and the bytes of it that the dump holds (*size 0: none). */
enum exit_code dump_find(const struct dump *dump, const char *name, struct ota_span *span,
			 size_t *size);

#endif
