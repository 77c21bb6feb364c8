/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/say.h"
#include "lib/host/finding.h"
#include "lib/host/part_text.h"
#include "lib/host/table_diff.h"

#define NAME_COLUMNS 64

static struct poptOption options[] = { { NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0,
					 "How tables are read:", NULL },
				       POPT_TABLEEND };

/* Both inputs, and what became of them. */
struct comparison {
	struct table_source from, to;
	struct ota_diff diff;
};

static const char *verdict(const struct ota_diff *diff)
{
	return diff->same ? "same" : ota_diff_keeps(diff) ? "keeps" : "loses";
}

static json_t *row_json(const struct ota_diff_row *row, const struct comparison *c)
{
	const char *change = !row->from ? "added" : !row->to ? "removed" : "changed";

	return json_pack("{s:s, s:b, s:b, s:b, s:b, s:b, s:s?, s:o, s:o}", "change", change,
			 "moved", (int)row->moved, "resized", (int)row->resized, "retyped",
			 (int)row->retyped, "renamed", (int)row->renamed, "reflagged",
			 (int)row->reflagged, "fate", ota_fate_name(row->fate), "from",
			 row->from ? table_part_json(row->from, &c->from.options) : json_null(),
			 "to", row->to ? table_part_json(row->to, &c->to.options) : json_null());
}

static json_t *slot_json(const struct ota_diff_row *row)
{
	return json_pack("{s:o, s:s, s:b}", "name", ota_json_text(ota_part_name(row->from)), "fate",
			 ota_fate_name(row->fate), "survives",
			 (int)(row->fate == OTA_FATE_STAYS || row->fate == OTA_FATE_GROWS));
}

static enum exit_code print_json(const struct comparison *c)
{
	const struct ota_diff *diff = &c->diff;
	json_t *changes = json_array(), *slots = json_array();

	for (size_t i = 0; i < diff->count; i++) {
		const struct ota_diff_row *row = &diff->rows[i];

		if (ota_diff_row_changed(row))
			json_array_append_new(changes, row_json(row, c));
		if (row->from && row->from->type == OTA_TYPE_APP)
			json_array_append_new(slots, slot_json(row));
	}
	return command_print_json(json_pack(
		"{s:[{s:o, s:O}, {s:o, s:O}], s:b, s:s, s:o, s:I, s:b, s:o, s:[ii]}", "inputs",
		"file", ota_json_text(c->from.file.name), "findings", c->from.findings.list, "file",
		ota_json_text(c->to.file.name), "findings", c->to.findings.list, "same",
		(int)diff->same, "verdict", verdict(diff), "changes", changes, "lost_bytes",
		(json_int_t)diff->lost, "otadata_lost", (int)diff->otadata_lost, "slots", slots,
		"slot_counts", (int)diff->slots_from, (int)diff->slots_to));
}

static void put_name(const struct ota_part *part)
{
	ota_text_put(stdout, ota_part_name(part), NAME_COLUMNS);
}

static void print_whole(const struct ota_part *part, const struct ota_table_options *how)
{
	char type[OTA_TYPE_TEXT_SIZE], size[OTA_SIZE_TEXT_SIZE];

	put_name(part);
	printf(": %s at 0x%x, %s\n", ota_type_text(part, how->names, type), part->offset,
	       ota_size_text(part->size, size));
}

/* "encrypted", "readonly", both, "none" */
static const char *flags_text(const struct ota_part *part)
{
	static const char *const texts[] = { "none", "encrypted", "readonly",
					     "encrypted and readonly" };

	return texts[part->flags & (OTA_PART_ENCRYPTED | OTA_PART_READONLY)];
}

/* What stands before the next of several remarks on one row. */
static const char *join(bool *first)
{
	const char *text = *first ? ":" : ",";

	*first = false;
	return text;
}

static void print_change(const struct ota_diff_row *row, const struct comparison *c)
{
	char a[OTA_TYPE_TEXT_SIZE], b[OTA_TYPE_TEXT_SIZE];
	bool first = true;

	put_name(row->from);
	if (row->renamed) {
		printf("%s renamed ", join(&first));
		put_name(row->to);
	}
	if (row->retyped)
		printf("%s retyped %s -> %s", join(&first),
		       ota_type_text(row->from, c->from.options.names, a),
		       ota_type_text(row->to, c->to.options.names, b));
	if (row->moved)
		printf("%s moved 0x%x -> 0x%x", join(&first), row->from->offset, row->to->offset);
	if (row->resized)
		printf("%s resized %s -> %s", join(&first), ota_size_text(row->from->size, a),
		       ota_size_text(row->to->size, b));
	if (row->reflagged)
		printf("%s flags %s -> %s", join(&first), flags_text(row->from),
		       flags_text(row->to));
	putchar('\n');
}

static void print_row(const struct ota_diff_row *row, const struct comparison *c)
{
	if (!ota_diff_row_changed(row))
		return;
	if (!row->from) {
		fputs("+ ", stdout);
		print_whole(row->to, &c->to.options);
	} else if (!row->to) {
		fputs("- ", stdout);
		print_whole(row->from, &c->from.options);
	} else {
		fputs("~ ", stdout);
		print_change(row, c);
	}
}

static void print_changes(const struct comparison *c)
{
	bool any = false;

	for (size_t i = 0; i < c->diff.count; i++) {
		print_row(&c->diff.rows[i], c);
		any |= ota_diff_row_changed(&c->diff.rows[i]);
	}
	if (!any)
		puts("The same rows in another order");
}

/* The names of the partitions of `type` with that fate, after `label`; nothing if there are none. */
static void print_fate(const struct ota_diff *diff, unsigned type, enum ota_fate fate,
		       const char *label)
{
	bool any = false;

	for (size_t i = 0; i < diff->count; i++) {
		const struct ota_part *part = diff->rows[i].from;

		if (!part || part->type != type || diff->rows[i].fate != fate)
			continue;
		fputs(any ? ", " : label, stdout);
		put_name(part);
		any = true;
	}
	if (any)
		putchar('\n');
}

static void print_verdict(const struct ota_diff *diff)
{
	char size[OTA_SIZE_TEXT_SIZE], lost[64];

	puts("\nA device that is given the second table");
	snprintf(lost, sizeof(lost), "  loses %s of data: ", ota_size_text(diff->lost, size));
	print_fate(diff, OTA_TYPE_DATA, OTA_FATE_LOST, lost);
	if (!diff->lost)
		puts("  loses no data");
	print_fate(diff, OTA_TYPE_DATA, OTA_FATE_RECODED,
		   "  cannot read these, where flash encryption is on: ");
	print_fate(diff, OTA_TYPE_APP, OTA_FATE_STAYS, "  keeps these apps: ");
	print_fate(diff, OTA_TYPE_APP, OTA_FATE_GROWS, "  keeps these, with more room: ");
	print_fate(diff, OTA_TYPE_APP, OTA_FATE_SHRINKS, "  keeps these if they still fit: ");
	print_fate(diff, OTA_TYPE_APP, OTA_FATE_LOST, "  loses these apps: ");
	if (diff->otadata_lost)
		puts("  forgets its boot choice, and starts as a new device does");
	else if (diff->slots_from && diff->slots_to != diff->slots_from)
		printf("  may start another slot: its boot choice was one of %u, now it is one of "
		       "%u\n",
		       diff->slots_from, diff->slots_to);
	puts("  has no table if power fails while its sector is written");
}

static enum exit_code report(const struct comparison *c)
{
	const struct ota_diff *diff = &c->diff;
	bool same = diff->same && !c->from.findings.errors && !c->to.findings.errors;
	enum exit_code code = EXIT_YES;

	if (common.json) {
		code = print_json(c);
	} else if (!diff->same) {
		print_changes(c);
		print_verdict(diff);
	}
	return code || same ? code : EXIT_NO;
}

static enum exit_code run(const char **args)
{
	struct comparison c = { 0 };
	enum exit_code code = table_source_read(args[0], &c.from);

	if (!code)
		code = table_source_read(args[1], &c.to);
	if (!code) {
		ota_table_diff(&c.from.table, &c.to.table, &c.diff);
		code = report(&c);
	}
	table_source_free(&c.from);
	table_source_free(&c.to);
	return code;
}

const struct command cmd_table_diff = { "table diff", "A B",
					"compare two tables, and say what devices would lose",
					options, run };
