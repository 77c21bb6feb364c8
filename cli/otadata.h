/* SPDX-License-Identifier: MIT */
/* otadata.h - otadata as commands are given it: a blob, or in a dump, with what is known of the slots */
#ifndef CLI_OTADATA_H
#define CLI_OTADATA_H

#include "cli/input.h"
#include "lib/host/boot_sim.h"
#include "lib/host/repair.h"
#include "lib/otadata.h"

struct otadata_source {
	struct table_source in; /* the file named, and the table in it */
	struct table_source table; /* --table */
	struct file separate; /* --otadata */
	bool has_table; /* sim.table is set */
	bool counted; /* the number of slots is known */

	const struct file *file; /* the one that holds otadata */
	size_t at, size; /* where in it, bytes; size may be under OTA_OTADATA_SIZE */
	uint32_t addr; /* flash address; OTA_NO_ADDR: unknown */
	const char *part; /* the partition's name */
	struct ota_otadata data;
	struct ota_sim sim;
};

/* Read `name` and find otadata in it. Whatever is odd about it was said. It may be cut
 * short. Release with otadata_free(). */
enum exit_code otadata_read(const char *name, struct otadata_source *source);
void otadata_free(struct otadata_source *source);

/* The same, but a device without otadata will do: its records are blank. */
enum exit_code otadata_read_to_boot(const char *name, struct otadata_source *source);

/* The same for a command that changes it: edit_begin() first; otadata that must not be changed is
 * refused. Release both with otadata_free() and edit_end(), whatever is returned. */
struct edit;
enum exit_code otadata_read_to_edit(const char *name, struct otadata_source *source,
				    struct edit *edit);
/* And for one that throws its contents away. */
enum exit_code otadata_read_to_erase(const char *name, struct otadata_source *source,
				     struct edit *edit);

/* Refuse where neither --table nor --slots nor a dump's table tells the number of slots. */
enum exit_code otadata_need_slots(const struct otadata_source *source);

/* The 32 bytes of record 0 or 1 in `contents` of otadata; blank where they are cut off. */
void otadata_raw(const struct otadata_source *source, unsigned record,
		 uint8_t raw[static OTA_RECORD_SIZE]);

/* Write the file with `otadata` (source->size bytes) in the place of its otadata, as -i, -o and -n
 * say. With --json, print `facts` and what is left: file changed dry_run otadata_after. Takes the
 * reference of `facts`, which may be NULL. */
enum exit_code otadata_write(const struct otadata_source *source, const uint8_t *otadata,
			     const struct edit *edit, json_t *facts);

/* The same after carrying out a change. */
enum exit_code otadata_change(const struct otadata_source *source, const struct ota_change *change,
			      const struct edit *edit, json_t *facts);

/* A record's 32 bytes as hex. */
json_t *otadata_record_json(const uint8_t raw[static OTA_RECORD_SIZE]);

#endif
