/* SPDX-License-Identifier: MIT */
/* table_rules.c - every rule that a table can break: a row here, a function each
 *
 * The errors are the reference's (ESP-IDF v5.5, gen_esp32part.py, verify()); the warnings are what
 * it passes in silence to somebody's harm. */
#include "lib/table.h"

#include "lib/otadata.h"
#include "lib/text.h"

#define NVS_SIZE_MIN 0x3000u /* read/write NVS, ESP-IDF v5.5 and later */

/* One run over a table. */
struct check {
	const struct ota_table *table;
	const struct ota_table_options *options;
	const struct ota_rule *rule; /* the one being applied */
	uint8_t order[OTA_TABLE_MAX]; /* rows by rising offset, equal ones as they stand */
	ota_report_fn *report;
	void *ctx;
	bool failed;
};

/* What a finding says beyond the rule and its row. */
struct detail {
	uint64_t value, low, high;
	const struct ota_part *other;
};

static void found(struct check *c, const struct ota_part *part, const struct detail *detail)
{
	struct ota_diag diag = {
		.rule = c->rule,
		.line = part && c->table->text ? part->place : 0,
		.offset = part && !c->table->text ? part->place : OTA_NO_OFFSET,
		.value = detail->value,
		.low = detail->low,
		.high = detail->high,
		.name = part ? ota_part_name(part) : NULL,
		.other = detail->other ? ota_part_name(detail->other) : NULL,
	};

	c->report(c->ctx, &diag);
	c->failed |= c->rule->severity == OTA_ERROR;
}

static uint64_t end_of(const struct ota_part *part)
{
	return (uint64_t)part->offset + part->size;
}

static uint64_t round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

static bool is(const struct ota_part *part, unsigned type, unsigned subtype)
{
	return part->type == type && part->subtype == subtype;
}

static bool is_slot(const struct ota_part *part)
{
	return part->type == OTA_TYPE_APP && part->subtype >= OTA_APP_OTA_0 &&
	       part->subtype <= OTA_APP_OTA_15;
}

/* Rows that have a place of their own and may lie below the table. */
static bool is_fixed(const struct check *c, const struct ota_part *part)
{
	return c->options->dialect->modern &&
	       (is(part, OTA_TYPE_BOOTLOADER, OTA_BOOT_PRIMARY) ||
		is(part, OTA_TYPE_PARTITION_TABLE, OTA_BOOT_PRIMARY));
}

/* Rules on one row. */

static void check_offset(struct check *c, const struct ota_part *part, uint32_t align)
{
	uint32_t down = part->offset / align * align;

	if (part->offset != down)
		found(c, part,
		      &(struct detail){ .value = part->offset,
					.low = down,
					.high = round_up(part->offset, align) });
}

static void app_align(struct check *c, const struct ota_part *part)
{
	if (part->type == OTA_TYPE_APP)
		check_offset(c, part, c->options->dialect->app_align);
}

static void data_align(struct check *c, const struct ota_part *part)
{
	if (part->type != OTA_TYPE_APP)
		check_offset(c, part, c->options->dialect->data_align);
}

static uint32_t size_unit(const struct check *c, const struct ota_part *part)
{
	const struct ota_dialect *dialect = c->options->dialect;
	bool app = part->type == OTA_TYPE_APP;

	if (!dialect->modern)
		return !c->options->secure ? 1 : app ? dialect->app_align : dialect->data_align;
	if (!app)
		return 1;
	return c->options->secure == OTA_SECURE_V1 ? 0x10000 : 0x1000;
}

static void size_align(struct check *c, const struct ota_part *part)
{
	uint32_t unit = size_unit(c, part);

	if (part->size % unit)
		found(c, part,
		      &(struct detail){ .value = part->size,
					.low = part->size / unit * unit,
					.high = round_up(part->size, unit) });
}

static void name_type(struct check *c, const struct ota_part *part)
{
	const char *name = ota_part_name(part);
	int type = ota_keyword_value(c->options->names->types, name, ota_text_size(name));

	if (type >= 0 && type != part->type)
		found(c, part, &(struct detail){ .value = part->type });
}

static void name_subtype(struct check *c, const struct ota_part *part)
{
	const char *name = ota_part_name(part);
	const struct ota_names *names = c->options->names;
	size_t size = ota_text_size(name);
	bool known = false;

	for (unsigned type = 0; type < ARRAY_LEN(names->subtypes); type++)
		known |= ota_keyword_value(names->subtypes[type], name, size) >= 0;
	if (known &&
	    ota_keyword_value(ota_subtypes_of(names, part->type), name, size) != part->subtype)
		found(c, part, &(struct detail){ .value = part->subtype });
}

static void always_writable(struct check *c, const struct ota_part *part)
{
	if (c->options->dialect->modern && (part->flags & OTA_PART_READONLY) &&
	    (is(part, OTA_TYPE_DATA, OTA_DATA_OTA) || is(part, OTA_TYPE_DATA, OTA_DATA_COREDUMP)))
		found(c, part, &(struct detail){ 0 });
}

static void nvs_size(struct check *c, const struct ota_part *part)
{
	if (c->options->dialect->modern && is(part, OTA_TYPE_DATA, OTA_DATA_NVS) &&
	    part->size < NVS_SIZE_MIN && !(part->flags & OTA_PART_READONLY))
		found(c, part,
		      &(struct detail){
			      .value = part->size, .low = NVS_SIZE_MIN, .high = UINT32_MAX });
}

static void otadata_size(struct check *c, const struct ota_part *part)
{
	if (c->options->dialect->modern && is(part, OTA_TYPE_DATA, OTA_DATA_OTA) &&
	    part->size != OTA_OTADATA_SIZE)
		found(c, part,
		      &(struct detail){ part->size, OTA_OTADATA_SIZE, OTA_OTADATA_SIZE, NULL });
}

static void tee_otadata_size(struct check *c, const struct ota_part *part)
{
	if (c->options->dialect->modern && is(part, OTA_TYPE_DATA, OTA_DATA_TEE_OTA) &&
	    part->size != OTA_OTADATA_SIZE)
		found(c, part,
		      &(struct detail){ part->size, OTA_OTADATA_SIZE, OTA_OTADATA_SIZE, NULL });
}

static void below_table(struct check *c, const struct ota_part *part)
{
	uint64_t first = (uint64_t)c->options->offset + OTA_SECTOR_SIZE;

	if (part->offset < first && !is_fixed(c, part))
		found(c, part, &(struct detail){ part->offset, first, UINT32_MAX, NULL });
}

static void name_cut(struct check *c, const struct ota_part *part)
{
	if (part->name)
		found(c, part,
		      &(struct detail){ ota_text_size(part->name), 0, OTA_LABEL_SIZE, NULL });
}

static void name_empty(struct check *c, const struct ota_part *part)
{
	if (!part->label[0])
		found(c, part, &(struct detail){ 0 });
}

static void name_text(struct check *c, const struct ota_part *part)
{
	bool bad = part->label[0] == '#' || part->label[0] == ' ';

	for (const char *p = part->label; *p; p++)
		bad |= *p == ',' || (uint8_t)*p < 0x20 || *p == 0x7f || (*p == ' ' && !p[1]);
	if (bad)
		found(c, part, &(struct detail){ 0 });
}

static void size_zero(struct check *c, const struct ota_part *part)
{
	if (!part->size)
		found(c, part, &(struct detail){ .low = 1, .high = UINT32_MAX });
}

static void end_range(struct check *c, const struct ota_part *part)
{
	if (end_of(part) > (uint64_t)UINT32_MAX + 1)
		found(c, part, &(struct detail){ end_of(part), 0, (uint64_t)UINT32_MAX + 1, NULL });
}

static void flag_bits(struct check *c, const struct ota_part *part)
{
	uint32_t unknown = part->flags & ~c->options->dialect->flags;

	if (unknown)
		found(c, part, &(struct detail){ .value = unknown });
}

/* Rules on rows together. */

/* Report each row that is a repetition of an earlier one. */
static void find_repeated(struct check *c,
			  bool (*same)(const struct ota_part *, const struct ota_part *))
{
	for (size_t i = 1; i < c->table->count; i++) {
		const struct ota_part *part = &c->table->parts[i], *other = c->table->parts;

		while (other < part && !same(part, other))
			other++;
		if (other < part)
			found(c, part, &(struct detail){ .other = other });
	}
}

static bool same_name(const struct ota_part *a, const struct ota_part *b)
{
	return ota_text_same(ota_part_name(a), ota_part_name(b));
}

static void name_duplicate(struct check *c)
{
	find_repeated(c, same_name);
}

static bool same_label_only(const struct ota_part *a, const struct ota_part *b)
{
	return ota_text_same(a->label, b->label) && !same_name(a, b);
}

static void name_collision(struct check *c)
{
	find_repeated(c, same_label_only);
}

static bool same_app(const struct ota_part *a, const struct ota_part *b)
{
	return a->type == OTA_TYPE_APP && is(a, b->type, b->subtype);
}

static void subtype_duplicate(struct check *c)
{
	find_repeated(c, same_app);
}

/* As the reference: each row against the one before it by offset, and only that one. */
static void overlap(struct check *c)
{
	for (size_t i = 1; i < c->table->count; i++) {
		const struct ota_part *last = &c->table->parts[c->order[i - 1]];
		const struct ota_part *part = &c->table->parts[c->order[i]];

		if (part->offset < end_of(last))
			found(c, part,
			      &(struct detail){ part->offset, end_of(last), UINT32_MAX, last });
	}
}

static void overlap_hidden(struct check *c)
{
	const struct ota_part *furthest = NULL;

	for (size_t i = 0; i < c->table->count; i++) {
		const struct ota_part *part = &c->table->parts[c->order[i]];
		const struct ota_part *last = i ? &c->table->parts[c->order[i - 1]] : NULL;

		if (furthest && furthest != last && part->size && part->offset < end_of(furthest) &&
		    part->offset >= end_of(last))
			found(c, part,
			      &(struct detail){ part->offset, end_of(furthest), UINT32_MAX,
						furthest });
		if (!furthest || end_of(part) > end_of(furthest))
			furthest = part;
	}
}

static bool both_otadata(const struct ota_part *a, const struct ota_part *b)
{
	return is(a, OTA_TYPE_DATA, OTA_DATA_OTA) && is(b, OTA_TYPE_DATA, OTA_DATA_OTA);
}

static void otadata_count(struct check *c)
{
	if (c->options->dialect->modern)
		find_repeated(c, both_otadata);
}

static bool both_tee_otadata(const struct ota_part *a, const struct ota_part *b)
{
	return is(a, OTA_TYPE_DATA, OTA_DATA_TEE_OTA) && is(b, OTA_TYPE_DATA, OTA_DATA_TEE_OTA);
}

static void tee_otadata_count(struct check *c)
{
	if (c->options->dialect->modern)
		find_repeated(c, both_tee_otadata);
}

/* The row with the highest offset, the first of equal ones: all that the reference looks at. */
static const struct ota_part *highest(const struct check *c)
{
	const struct ota_part *part = NULL;

	for (size_t i = 0; i < c->table->count; i++)
		if (!part || c->table->parts[i].offset > part->offset)
			part = &c->table->parts[i];
	return part;
}

static void flash_size(struct check *c)
{
	const struct ota_part *part = highest(c);
	uint64_t size = c->options->flash_size;

	if (size && part && end_of(part) > size)
		found(c, part, &(struct detail){ end_of(part), 0, size, NULL });
}

static void flash_end(struct check *c)
{
	uint64_t size = c->options->flash_size;

	for (size_t i = 0; size && i < c->table->count; i++) {
		const struct ota_part *part = &c->table->parts[i];

		if (end_of(part) > size && part != highest(c))
			found(c, part, &(struct detail){ end_of(part), 0, size, NULL });
	}
}

static void no_app(struct check *c)
{
	for (size_t i = 0; i < c->table->count; i++)
		if (c->table->parts[i].type == OTA_TYPE_APP)
			return;
	found(c, NULL, &(struct detail){ 0 });
}

static const struct ota_part *first_slot(const struct check *c)
{
	for (size_t i = 0; i < c->table->count; i++)
		if (is_slot(&c->table->parts[i]))
			return &c->table->parts[i];
	return NULL;
}

static void otadata_missing(struct check *c)
{
	const struct ota_part *slot = first_slot(c);

	if (slot && !ota_table_find_type(c->table, OTA_TYPE_DATA, OTA_DATA_OTA))
		found(c, slot, &(struct detail){ 0 });
}

static void otadata_alone(struct check *c)
{
	const struct ota_part *part = ota_table_find_type(c->table, OTA_TYPE_DATA, OTA_DATA_OTA);

	if (part && !first_slot(c))
		found(c, part, &(struct detail){ 0 });
}

static void ota_gap(struct check *c)
{
	for (size_t i = 0; i < c->table->count; i++) {
		const struct ota_part *part = &c->table->parts[i];

		if (is_slot(part) && part->subtype > OTA_APP_OTA_0 &&
		    !ota_table_find_type(c->table, OTA_TYPE_APP, part->subtype - 1u))
			found(c, part,
			      &(struct detail){ .value = part->subtype - OTA_APP_OTA_0 - 1u });
	}
}

static void md5_absent(struct check *c)
{
	if (!c->table->text && c->table->md5 == OTA_TABLE_MD5_ABSENT && !c->options->no_md5)
		found(c, NULL, &(struct detail){ 0 });
}

static void md5_position(struct check *c)
{
	const struct ota_table *table = c->table;

	if (table->md5 != OTA_TABLE_MD5_ABSENT && table->md5_row < table->count)
		found(c, &table->parts[table->md5_row],
		      &(struct detail){ .value = table->count - table->md5_row });
}

/* The tables of them. */

/* Applied to each row. */
static const struct {
	struct ota_rule rule;
	void (*check)(struct check *c, const struct ota_part *part);
} row_rules[] = {
	{ { "app-align", OTA_ERROR,
	    OTA_SAID("'{name}' at {value} is not aligned",
		     "an app starts at a multiple of 0x10000, 0x1000 on ESP8266",
		     "the nearest legal addresses are {low} and {high}") },
	  app_align },
	{ { "data-align", OTA_ERROR,
	    OTA_SAID("'{name}' at {value} is not aligned",
		     "a partition starts at a multiple of 0x1000, 4 on ESP8266",
		     "the nearest legal addresses are {low} and {high}") },
	  data_align },
	{ { "size-align", OTA_ERROR,
	    OTA_SAID("'{name}' has size {value}",
		     "an app's size is a multiple of 0x1000, of 0x10000 with secure boot v1",
		     "the nearest legal sizes are {low} and {high}") },
	  size_align },
	{ { "name-type", OTA_WARNING,
	    OTA_SAID("'{name}' is the name of another type",
		     "a name that is a type's goes with that type, here it is {value}", NULL) },
	  name_type },
	{ { "name-subtype", OTA_WARNING,
	    OTA_SAID("'{name}' is the name of another subtype",
		     "a name that is a subtype's goes with that subtype, here it is {value}",
		     NULL) },
	  name_subtype },
	{ { "always-writable", OTA_ERROR,
	    OTA_SAID("'{name}' is flagged readonly",
		     "otadata and coredump are written by the device", "leave the flag out") },
	  always_writable },
	{ { "nvs-size", OTA_ERROR,
	    OTA_SAID("'{name}' has size {value}",
		     "an NVS that is written to has at least {low} bytes",
		     "make it {low} bytes, or flag it readonly") },
	  nvs_size },
	{ { "otadata-size", OTA_ERROR,
	    OTA_SAID("'{name}' has size {value}", "otadata is two sectors, {low} bytes",
		     "give it the size {low}") },
	  otadata_size },
	{ { "tee-otadata-size", OTA_ERROR,
	    OTA_SAID("'{name}' has size {value}", "TEE otadata is two sectors, {low} bytes",
		     "give it the size {low}") },
	  tee_otadata_size },
	{ { "below-table", OTA_ERROR,
	    OTA_SAID("'{name}' starts at {value}",
		     "the table is 0xc00 bytes long but occupies its whole sector of 0x1000, "
		     "up to {low}",
		     "the first free address is {low}; --offset tells where the table lies") },
	  below_table },
	{ { "name-cut", OTA_WARNING,
	    OTA_SAID("'{name}' is {value:d} bytes long and will be cut",
		     "a label has room for {high:d} bytes", "give it a shorter name") },
	  name_cut },
	{ { "name-empty", OTA_WARNING,
	    OTA_SAID("a partition has no name", "apps and tools find a partition by its name",
		     NULL) },
	  name_empty },
	{ { "name-text", OTA_WARNING,
	    OTA_SAID("the name '{name}' does not survive a CSV",
		     "a name has no comma, no control character, no blank or # at its edge",
		     NULL) },
	  name_text },
	{ { "size-zero", OTA_WARNING,
	    OTA_SAID("'{name}' has size 0", "a partition has room for something", NULL) },
	  size_zero },
	{ { "end-range", OTA_WARNING,
	    OTA_SAID("'{name}' ends at {value}", "flash addresses have 32 bits", NULL) },
	  end_range },
	{ { "flag-bits", OTA_WARNING,
	    OTA_SAID("'{name}' has the unknown flag bits {value}",
		     "flags are encrypted and readonly; others are dropped when it is rewritten",
		     NULL) },
	  flag_bits },
};

static const struct {
	struct ota_rule rule;
	void (*check)(struct check *c);
	enum {
		VERIFY, /* left out with --no-verify */
		MISSING, /* the same, and where rows were left out */
		ALWAYS,
	} when;
} table_rules[] = {
	{ { "name-duplicate", OTA_ERROR,
	    OTA_SAID("there are two partitions named '{name}'", "names are unique", NULL) },
	  name_duplicate,
	  VERIFY },
	{ { "overlap", OTA_ERROR,
	    OTA_SAID("'{name}' at {value} overlaps '{other}', which ends at {low}",
		     "partitions do not overlap", "move it to {low} or higher") },
	  overlap,
	  VERIFY },
	{ { "otadata-count", OTA_ERROR,
	    OTA_SAID("'{name}' is a second otadata beside '{other}'",
		     "a table has one partition of type data, subtype ota", NULL) },
	  otadata_count,
	  VERIFY },
	{ { "tee-otadata-count", OTA_ERROR,
	    OTA_SAID("'{name}' is a second TEE otadata beside '{other}'",
		     "a table has one partition of type data, subtype tee_ota", NULL) },
	  tee_otadata_count,
	  VERIFY },
	{ { "flash-size", OTA_ERROR,
	    OTA_SAID("'{name}' ends at {value}", "the flash ends at {high}",
		     "make it smaller, or the flash size larger") },
	  flash_size,
	  ALWAYS },
	{ { "flash-end", OTA_WARNING,
	    OTA_SAID("'{name}' ends at {value}",
		     "the flash ends at {high}, for every partition and not just the last", NULL) },
	  flash_end,
	  ALWAYS },
	{ { "name-collision", OTA_WARNING,
	    OTA_SAID("'{name}' and '{other}' become the same label",
		     "names differ within their first 16 bytes", NULL) },
	  name_collision,
	  VERIFY },
	{ { "overlap-hidden", OTA_WARNING,
	    OTA_SAID("'{name}' at {value} lies inside '{other}', which ends at {low}",
		     "partitions do not overlap, neighbours or not", NULL) },
	  overlap_hidden,
	  VERIFY },
	{ { "no-app", OTA_WARNING,
	    OTA_SAID("there is no app partition", "a device boots from a partition of type app",
		     NULL) },
	  no_app,
	  MISSING },
	{ { "subtype-duplicate", OTA_WARNING,
	    OTA_SAID("'{name}' has the type and subtype of '{other}'",
		     "each app slot exists once; the bootloader counts a second one as one more",
		     NULL) },
	  subtype_duplicate,
	  VERIFY },
	{ { "otadata-missing", OTA_WARNING,
	    OTA_SAID("there are OTA slots but no otadata",
		     "without data/ota the bootloader never starts a slot by choice",
		     "add a partition of type data, subtype ota, size 0x2000") },
	  otadata_missing,
	  MISSING },
	{ { "otadata-alone", OTA_WARNING,
	    OTA_SAID("'{name}' has no OTA slot to choose", "otadata chooses among ota_0 to ota_15",
		     NULL) },
	  otadata_alone,
	  MISSING },
	{ { "ota-gap", OTA_WARNING,
	    OTA_SAID(
		    "'{name}' is there but ota_{value:d} is not",
		    "slots are numbered from ota_0 without a gap; the bootloader cannot reach others",
		    NULL) },
	  ota_gap,
	  MISSING },
	{ { "md5-absent", OTA_WARNING,
	    OTA_SAID("the table has no MD5 row",
		     "apps built with the default configuration find no partitions without it",
		     "--no-md5 says that it is meant") },
	  md5_absent,
	  MISSING },
	{ { "md5-position", OTA_WARNING,
	    OTA_SAID(
		    "{value:d} rows follow the MD5 row",
		    "the MD5 row is the last: apps do not see what follows, the bootloader miscounts",
		    NULL) },
	  md5_position,
	  VERIFY },
};

static void sort_rows(struct check *c)
{
	for (size_t i = 0; i < c->table->count; i++) {
		size_t k = i;

		while (k && c->table->parts[c->order[k - 1]].offset > c->table->parts[i].offset) {
			c->order[k] = c->order[k - 1];
			k--;
		}
		c->order[k] = (uint8_t)i;
	}
}

enum ota_status ota_table_check(const struct ota_table *table,
				const struct ota_table_options *options, ota_report_fn *report,
				void *ctx)
{
	struct check c = { .table = table, .options = options, .report = report, .ctx = ctx };

	sort_rows(&c);
	for (size_t i = 0; !options->no_verify && i < table->count; i++) {
		for (size_t k = 0; k < ARRAY_LEN(row_rules); k++) {
			c.rule = &row_rules[k].rule;
			row_rules[k].check(&c, &table->parts[i]);
		}
	}
	for (size_t k = 0; k < ARRAY_LEN(table_rules); k++) {
		c.rule = &table_rules[k].rule;
		if (table_rules[k].when == ALWAYS ||
		    (!options->no_verify && !(table_rules[k].when == MISSING && table->partial)))
			table_rules[k].check(&c);
	}
	return c.failed ? OTA_E_VALUE : OTA_OK;
}
