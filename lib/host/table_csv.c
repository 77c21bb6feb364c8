/* SPDX-License-Identifier: MIT */
#include "lib/host/table_csv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/csv_line.h"
#include "lib/host/number.h"
#include "lib/host/text_decode.h"

static const struct ota_rule rule_type_empty = { "type-empty", OTA_ERROR, "the type is missing",
						 "every row has a type", NULL };
static const struct ota_rule rule_type = {
	"type-value", OTA_ERROR, "'{word}' is no type",
	"a type is bootloader, partition_table, app, data or a number", NULL
};
static const struct ota_rule rule_subtype_empty = {
	"subtype-empty", OTA_ERROR, "the subtype of an app is missing",
	"an app is factory, test, ota_0 to ota_15, tee_0 "
	"or tee_1",
	NULL
};
static const struct ota_rule rule_subtype = {
	"subtype-value", OTA_ERROR, "'{word}' is no subtype of this type",
	"a subtype is one of its type's names or a number",
	"--extra-partition-subtypes TYPE,NAME,VALUE adds a name"
};
static const struct ota_rule rule_offset = {
	"offset-value", OTA_ERROR, "'{word}' is no offset",
	"an offset is a number, or empty: the next free address", NULL
};
static const struct ota_rule rule_size_empty = { "size-empty", OTA_ERROR, "the size is missing",
						 "every row has a size", NULL };
static const struct ota_rule rule_size = { "size-value", OTA_ERROR, "'{word}' is no size",
					   "a size is a number, K and M allowed; negative: up to "
					   "that address",
					   NULL };
static const struct ota_rule rule_flag = { "flag-value", OTA_ERROR, "'{word}' is no flag",
					   "flags are encrypted and readonly, joined by a colon; a "
					   "comment has a line of its own",
					   NULL };
static const struct ota_rule rule_range = { "number-range", OTA_ERROR, "'{word}' is out of range",
					    "the value is between {low} and {high}", NULL };
static const struct ota_rule rule_bootloader = {
	"bootloader-offset", OTA_ERROR, "where the bootloader lies is not given",
	"bootloader rows need the primary bootloader's offset", "give --primary-bootloader-offset"
};
static const struct ota_rule rule_recovery = { "recovery-offset", OTA_ERROR,
					       "where the recovery bootloader lies is not given",
					       "its row needs the recovery bootloader's offset",
					       "give --recovery-bootloader-offset" };
static const struct ota_rule rule_ignored = {
	"column-ignored", OTA_WARNING, "'{word}' is not looked at",
	"offset and size of these rows come from the options: here {value}",
	"leave the column empty"
};
static const struct ota_rule rule_suffix = {
	"keyword-suffix", OTA_WARNING, "'{word}' is read as a name followed by K or M",
	"K and M are cut off before names are looked up: this is {value}", NULL
};
static const struct ota_rule rule_order = {
	"csv-order", OTA_ERROR, "'{name}' is put at {value}, before the previous partition's end",
	"rows stand in the order of their offsets and do not overlap",
	"the first free address is {low}"
};
static const struct ota_rule rule_sector = {
	"table-sector", OTA_ERROR,
	"'{name}' is put at {value}, into the table's own sector or below",
	"the table is 0xc00 bytes long but occupies its whole sector of 0x1000",
	"use {low} or higher; if the table is not at {other}, say --offset"
};
static const struct ota_rule rule_until = {
	"size-until", OTA_ERROR, "'{name}' ends at {low}, before its start at {value}",
	"a negative size is the address where the partition ends", NULL
};
static const struct ota_rule rule_place = { "place-range", OTA_ERROR,
					    "'{name}' would start at {value}",
					    "flash addresses have 32 bits", NULL };
static const struct ota_rule rule_full = { "csv-full", OTA_ERROR, "more rows than a table holds",
					   "a table holds at most {high:d} rows", NULL };

#define AUTO INT64_MIN /* an offset that is to be found */

/* One CSV being read. */
struct parse {
	const struct ota_csv_reader *reader;
	struct ota_table *table;
	unsigned line;
	int64_t last_end; /* first free address; meaningless while unsure */
	bool unsure; /* a row before this one is missing */
	bool placed; /* some row moved last_end */
	size_t unjudged;
	enum ota_status status;
};

/* One row being read: its columns, and what cannot be placed in a part yet. */
struct row {
	struct csv_field fields[CSV_COLUMNS];
	struct ota_part part;
	int64_t offset, size;
};

static bool refuse(struct parse *p, const struct ota_rule *rule, const struct csv_field *word,
		   struct ota_diag diag)
{
	diag.rule = rule;
	diag.line = p->line;
	if (word) {
		diag.word = word->text;
		diag.word_size = word->size;
	}
	p->reader->report(p->reader->ctx, &diag);
	if (rule->severity == OTA_ERROR)
		p->status = OTA_E_VALUE;
	return false;
}

#define NOTHING_ELSE ((struct ota_diag){ 0 })

/* The reference's parse_int(): K and M come off first, then numbers, then names. */
static enum ota_status read_value(const struct csv_field *field, const struct ota_keyword *keywords,
				  int64_t *value, bool *suffixed)
{
	size_t size = field->size;
	int64_t unit = 1;
	struct ota_number number;
	enum ota_status status;
	char word[32];

	for (; size && strchr("kKmM", field->text[size - 1]); size--) {
		int shift = (field->text[size - 1] | 0x20) == 'k' ? 10 : 20;

		if (unit > INT32_MAX)
			return OTA_E_FULL;
		unit <<= shift;
	}
	status = ota_number_read(field->text, size, &number);
	*suffixed = false;
	if (status == OTA_E_VALUE && size < sizeof(word)) {
		for (size_t i = 0; i < size; i++)
			word[i] = (char)tolower((unsigned char)field->text[i]);
		number.magnitude = (uint64_t)ota_keyword_value(keywords, word, size);
		number.negative = false;
		*suffixed = unit > 1;
		status = number.magnitude <= UINT8_MAX ? OTA_OK : OTA_E_VALUE;
	}
	if (status)
		return status;
	if (number.magnitude > (uint64_t)(INT64_MAX / unit))
		return OTA_E_FULL;
	*value = (int64_t)number.magnitude * unit * (number.negative ? -1 : 1);
	return OTA_OK;
}

struct range {
	int64_t low, high;
};

/* One column as a number within `range`; `rule` is broken where it is none. */
static bool take_value(struct parse *p, const struct csv_field *field, const struct ota_rule *rule,
		       const struct ota_keyword *keywords, struct range range, int64_t *value)
{
	bool suffixed;
	enum ota_status status = read_value(field, keywords, value, &suffixed);

	if (status == OTA_E_VALUE)
		return refuse(p, rule, field, NOTHING_ELSE);
	if (status || *value < range.low || *value > range.high)
		return refuse(p, &rule_range, field,
			      (struct ota_diag){ .low = (uint64_t)(range.low < 0 ? 0 : range.low),
						 .high = (uint64_t)range.high });
	if (suffixed)
		refuse(p, &rule_suffix, field, (struct ota_diag){ .value = (uint64_t)*value });
	return true;
}

static const struct range byte_range = { 0, UINT8_MAX }, addr_range = { 0, UINT32_MAX },
			  size_range = { -(int64_t)UINT32_MAX - 1, UINT32_MAX };

static bool take_name(struct row *row)
{
	const struct csv_field *field = &row->fields[CSV_NAME];
	size_t n = field->size < OTA_LABEL_SIZE ? field->size : OTA_LABEL_SIZE;

	memset(row->part.label, 0, sizeof(row->part.label));
	memcpy(row->part.label, field->text, n);
	row->part.name = field->size > n ? strndup(field->text, field->size) : NULL;
	return field->size <= n || row->part.name;
}

static bool take_type(struct parse *p, struct row *row)
{
	const struct csv_field *field = &row->fields[CSV_TYPE];
	int64_t value;

	if (!field->size)
		return refuse(p, &rule_type_empty, NULL, NOTHING_ELSE);
	if (!take_value(p, field, &rule_type, p->reader->options->names->types, byte_range, &value))
		return false;
	row->part.type = (uint8_t)value;
	return true;
}

static bool take_subtype(struct parse *p, struct row *row)
{
	const struct ota_table_options *options = p->reader->options;
	const struct csv_field *field = &row->fields[CSV_SUBTYPE];
	int64_t value = options->dialect->default_subtype;

	if (!field->size && options->dialect->modern && row->part.type == OTA_TYPE_APP)
		return refuse(p, &rule_subtype_empty, NULL, NOTHING_ELSE);
	if (field->size &&
	    !take_value(p, field, &rule_subtype, ota_subtypes_of(options->names, row->part.type),
			byte_range, &value))
		return false;
	row->part.subtype = (uint8_t)value;
	return true;
}

static bool is(const struct parse *p, const struct row *row, unsigned type, unsigned subtype)
{
	return p->reader->options->dialect->modern && row->part.type == type &&
	       row->part.subtype == subtype;
}

/* Offset or size of a row that the options decide; the column is not even parsed. */
static bool take_fixed(struct parse *p, const struct csv_field *field, uint32_t value, int64_t *out)
{
	int64_t written;
	bool suffixed;

	*out = value;
	if (field->size && (read_value(field, NULL, &written, &suffixed) || written != value))
		refuse(p, &rule_ignored, field, (struct ota_diag){ .value = value });
	return true;
}

static bool take_offset(struct parse *p, struct row *row)
{
	const struct ota_table_options *options = p->reader->options;
	const struct csv_field *field = &row->fields[CSV_OFFSET];

	if (is(p, row, OTA_TYPE_BOOTLOADER, OTA_BOOT_PRIMARY))
		return options->primary_bootloader == OTA_NO_ADDR
			     ? refuse(p, &rule_bootloader, NULL, NOTHING_ELSE)
			     : take_fixed(p, field, options->primary_bootloader, &row->offset);
	if (is(p, row, OTA_TYPE_BOOTLOADER, OTA_BOOT_RECOVERY))
		return options->recovery_bootloader == OTA_NO_ADDR
			     ? refuse(p, &rule_recovery, NULL, NOTHING_ELSE)
			     : take_fixed(p, field, options->recovery_bootloader, &row->offset);
	if (is(p, row, OTA_TYPE_PARTITION_TABLE, OTA_BOOT_PRIMARY))
		return take_fixed(p, field, options->offset, &row->offset);
	row->offset = AUTO;
	return !field->size || take_value(p, field, &rule_offset, NULL, addr_range, &row->offset);
}

static bool take_size(struct parse *p, struct row *row)
{
	const struct ota_table_options *options = p->reader->options;
	const struct csv_field *field = &row->fields[CSV_SIZE];

	if (options->dialect->modern && row->part.type == OTA_TYPE_BOOTLOADER)
		return options->primary_bootloader == OTA_NO_ADDR
			     ? refuse(p, &rule_bootloader, NULL, NOTHING_ELSE)
			     : take_fixed(p, field, options->offset - options->primary_bootloader,
					  &row->size);
	if (options->dialect->modern && row->part.type == OTA_TYPE_PARTITION_TABLE)
		return take_fixed(p, field, OTA_SECTOR_SIZE, &row->size);
	if (!field->size)
		return refuse(p, &rule_size_empty, NULL, NOTHING_ELSE);
	return take_value(p, field, &rule_size, NULL, size_range, &row->size);
}

static bool take_flags(struct parse *p, struct row *row)
{
	static const struct ota_keyword flags[] = { { "encrypted", OTA_PART_ENCRYPTED },
						    { "readonly", OTA_PART_READONLY },
						    { NULL, 0 } };
	const char *text = row->fields[CSV_FLAGS].text, *end = text + row->fields[CSV_FLAGS].size;

	row->part.flags = 0;
	while (text < end) {
		const char *colon = memchr(text, ':', (size_t)(end - text));
		struct csv_field word = { text, (size_t)((colon ? colon : end) - text) };
		int flag = ota_keyword_value(flags, word.text, word.size);

		if (word.size &&
		    (flag < 0 || !((uint32_t)flag & p->reader->options->dialect->flags)))
			return refuse(p, &rule_flag, &word, NOTHING_ELSE);
		row->part.flags |= word.size ? (uint32_t)flag : 0;
		text += word.size + 1;
	}
	return true;
}

/* Where the row comes to lie; false: it was reported, or cannot be known. */
static bool place(struct parse *p, struct row *row)
{
	const struct ota_dialect *dialect = p->reader->options->dialect;
	bool automatic = row->offset == AUTO;
	char sector[16];

	if (is(p, row, OTA_TYPE_BOOTLOADER, OTA_BOOT_PRIMARY) ||
	    is(p, row, OTA_TYPE_PARTITION_TABLE, OTA_BOOT_PRIMARY))
		return true; /* neither uses nor moves the first free address */
	if (automatic && p->unsure) {
		p->unjudged++;
		return false;
	}
	if (!automatic && !p->unsure && row->offset < p->last_end) {
		snprintf(sector, sizeof(sector), "0x%x", p->reader->options->offset);
		return refuse(p, p->placed ? &rule_order : &rule_sector, NULL,
			      (struct ota_diag){ .value = (uint64_t)row->offset,
						 .low = (uint64_t)p->last_end,
						 .high = UINT32_MAX,
						 .name = ota_part_name(&row->part),
						 .other = sector });
	}
	if (automatic) {
		int64_t align =
			row->part.type == OTA_TYPE_APP ? dialect->app_align : dialect->auto_align;

		row->offset = (p->last_end + align - 1) / align * align;
	}
	if (row->size < 0 && -row->size < row->offset)
		return refuse(p, &rule_until, NULL,
			      (struct ota_diag){ .value = (uint64_t)row->offset,
						 .low = (uint64_t)-row->size,
						 .high = 0,
						 .name = ota_part_name(&row->part) });
	if (row->size < 0)
		row->size = -row->size - row->offset;
	p->unsure = false;
	p->placed = true;
	p->last_end = row->offset + row->size;
	if (row->offset > UINT32_MAX)
		return refuse(p, &rule_place, NULL,
			      (struct ota_diag){ .value = (uint64_t)row->offset,
						 .high = UINT32_MAX,
						 .name = ota_part_name(&row->part) });
	return true;
}

static void take_row(struct parse *p, const char *text, size_t size)
{
	struct row row = { .part = { .place = p->line } };
	struct ota_table *table = p->table;

	csv_cut(text, size, row.fields);
	if (!take_name(&row)) {
		p->status = OTA_E_MEMORY;
		return;
	}
	if (!take_type(p, &row) || !take_subtype(p, &row) || !take_offset(p, &row) ||
	    !take_size(p, &row) || !take_flags(p, &row) || !place(p, &row)) {
		table->partial = true;
		p->unsure = true;
	} else if (table->count == OTA_TABLE_MAX) {
		refuse(p, &rule_full, NULL, (struct ota_diag){ .high = OTA_TABLE_MAX });
		p->status = OTA_E_FULL;
	} else {
		row.part.offset = (uint32_t)row.offset;
		row.part.size = (uint32_t)row.size;
		table->parts[table->count++] = row.part;
		return;
	}
	free((void *)(uintptr_t)row.part.name);
}

static void take_lines(struct parse *p, const char *text, size_t size)
{
	struct csv_expander expander = { .lookup = p->reader->lookup, .ctx = p->reader->ctx };

	for (size_t next; size && p->status < OTA_E_FULL; text += next, size -= next) {
		size_t n = ota_text_line(text, size, &next);
		struct csv_field line = { text, n };
		struct ota_diag diag;
		enum ota_status status = csv_expand(&expander, &line, &diag);

		p->line++;
		if (status == OTA_E_MEMORY) {
			p->status = status;
		} else if (status) {
			refuse(p, diag.rule, NULL, diag);
			p->unsure = p->table->partial = true;
		} else if (line.size && line.text[0] != '#') {
			take_row(p, line.text, line.size);
		}
	}
	csv_expander_free(&expander);
}

enum ota_status ota_csv_parse(const uint8_t *data, size_t size, const struct ota_csv_reader *reader,
			      struct ota_table *table, size_t *unjudged)
{
	struct parse p = { .reader = reader,
			   .table = table,
			   .last_end = (int64_t)reader->options->offset + OTA_SECTOR_SIZE };
	struct ota_diag diag;
	size_t text_size;
	char *text;
	enum ota_status status;

	*unjudged = 0;
	table->count = 0;
	table->md5 = OTA_TABLE_MD5_ABSENT;
	table->md5_row = 0;
	table->text = true;
	table->partial = false;
	status = ota_text_decode(data, size, &text, &text_size, &diag);
	if (status) {
		if (status == OTA_E_VALUE)
			reader->report(reader->ctx, &diag);
		table->partial = true;
		return status;
	}
	take_lines(&p, text, text_size);
	free(text);
	*unjudged = p.unjudged;
	return p.status;
}

void ota_csv_free(struct ota_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		free((void *)(uintptr_t)table->parts[i].name);
		table->parts[i].name = NULL;
	}
	table->count = 0;
}
