/* SPDX-License-Identifier: MIT */
/* input.h - the options that say how inputs are read, and reading them */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli/command.h"
#include "cli/file.h"
#include "lib/host/flash_image.h"
#include "lib/host/presets.h"
#include "lib/table.h"

/* Included by every command that reads a table. */
extern struct poptOption table_options[];

/* Included by every command that reads flash contents: --table --slots --otadata --base --part. */
extern struct poptOption input_options[];

/* Included by every command whose table may be a ready-made one: --preset. */
extern struct poptOption preset_options[];

struct input_choice {
	char *table, *slots, *otadata, *base, *part; /* as given; NULL: not given */
};
extern struct input_choice input_choice;

/* The table options as given, worked out once. On failure the reason was said and NULL returned. */
const struct ota_table_options *input_table_options(void);

/* What --chip says; NULL: not given. */
const char *input_chip(void);

/* A number that an option holds (NULL: `fallback`), at most `most`; what is wrong is said. */
enum exit_code input_number(const char *option, const char *text, uint64_t most, uint64_t *value);

/* The same for a size, which people write as 4MB too. */
enum exit_code input_size(const char *option, const char *text, uint64_t most, uint64_t *value);

/* The ready-made table of that name; EXIT_USAGE: there is none, which was said. */
enum exit_code input_preset(const char *name, struct ota_preset *preset);

/* Findings as they are made: said on stderr, and kept for --json. */
struct findings {
	const char *file;
	uint32_t shift; /* of offsets: where the data that is judged begins in the file */
	size_t errors, warnings;
	const struct ota_rule *first; /* the rule of the first error; NULL: there is none */
	json_t *list; /* with --json, else NULL */
};
void findings_begin(struct findings *findings, const char *file);
void findings_take(void *findings, const struct ota_diag *diag); /* an ota_report_fn */
void findings_free(struct findings *findings);

/* A file that holds a table, and the table. */
struct table_source {
	struct file file;
	struct ota_flash_image image;
	struct ota_table_options options; /* with the offset at which the table was found */
	struct ota_table table;
	size_t unjudged; /* rows that could not be judged, because of the errors */
	struct findings findings;
};

/* Read `name` (CSV, binary table, dump) and decode its table; what is wrong with it was said and is
 * counted in findings. Fails where there is no table at all. Release with table_source_free(), which
 * may be called on a zeroed struct. */
enum exit_code table_source_read(const char *name, struct table_source *source);

/* The same for commands with preset_options: the preset where `name` is NULL. */
enum exit_code table_source_choose(const char *name, struct table_source *source);

/* The same by `options` and not by those of the command line. */
enum exit_code table_source_open(const char *name, const struct ota_table_options *options,
				 struct table_source *source);

/* In two steps, for files that may hold something else: read and sniff; decode. */
enum exit_code table_source_sniff(const char *name, const struct ota_table_options *options,
				  struct table_source *source);
enum exit_code table_source_decode(struct table_source *source);

/* Apply the rules. */
void table_source_check(struct table_source *source);
void table_source_free(struct table_source *source);

/* Its binary form. */
enum exit_code table_source_encode(struct table_source *source, uint8_t out[static OTA_TABLE_SIZE]);

/* One partition as JSON: name type subtype type_name subtype_name offset size flags. */
json_t *table_part_json(const struct ota_part *part, const struct ota_table_options *options);

#endif
