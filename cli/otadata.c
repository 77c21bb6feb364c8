/* SPDX-License-Identifier: MIT */
#include "cli/otadata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/boot_config.h"
#include "cli/device.h"
#include "cli/edit.h"
#include "cli/say.h"
#include "lib/host/number.h"

#define BLOB_MAX (2 * OTA_OTADATA_SIZE) /* bytes; more is flash contents */

static const struct ota_rule rule_size = {
	"otadata-file-size", OTA_ERROR, OTA_TEXT("{value:d} bytes of otadata"),
	OTA_TEXT("otadata is two sectors of 0x1000 bytes, {low} together"),
	OTA_TEXT("was it cut off? read it from the device again")
};
static const struct ota_rule rule_large = {
	"otadata-file-large", OTA_WARNING, OTA_TEXT("{value:d} bytes of otadata"),
	OTA_TEXT("only the records at 0 and 0x1000 count, {low} bytes are enough"), NULL
};
static const struct ota_rule rule_encrypted = {
	"otadata-encrypted", OTA_ERROR, OTA_TEXT("the record looks encrypted"),
	OTA_TEXT("with flash encryption otadata cannot be read or changed from outside"),
	OTA_TEXT("only erasing it is possible, which boots factory or ota_0")
};
static const struct ota_rule rule_counts = {
	"slot-count", OTA_WARNING,
	OTA_TEXT("the bootloader counts {value:d} OTA slots, the app {low:d}, otatool.py {high:d}"),
	OTA_TEXT("slots are ota_0, ota_1 ... without gap or repetition"),
	OTA_TEXT("the same record means different slots to them; mend the table")
};
static const struct ota_rule rule_rows = {
	"otadata-count", OTA_WARNING, OTA_TEXT("'{name}' is a second otadata beside '{other}'"),
	OTA_TEXT("one partition chooses the slot; the bootloader takes the last row"), NULL
};

static void find(const char *file, const struct ota_rule *rule, struct ota_diag diag)
{
	diag.rule = rule;
	say_finding(file, &diag);
}

/* The table: --table before the one in the file itself. */
static enum exit_code read_table(struct otadata_source *s)
{
	enum exit_code code = EXIT_YES;

	if (input_choice.table && input_choice.slots)
		return say_usage("--table and --slots: one of them is enough");
	if (input_choice.table) {
		code = table_source_read(input_choice.table, &s->table);
		s->sim.table = &s->table.table;
	} else if (s->in.image.kind == OTA_KIND_DUMP || s->in.image.kind == OTA_KIND_TABLE ||
		   (s->in.image.kind == OTA_KIND_CSV && input_choice.otadata)) {
		code = table_source_decode(&s->in);
		s->sim.table = &s->in.table;
	}
	if (!code && s->sim.table && !s->sim.table->count)
		return say_error(EXIT_NO, s->in.file.name, "the table has no rows");
	s->has_table = s->sim.table != NULL;
	return code;
}

static void note_rows(const struct otadata_source *s)
{
	const struct ota_table *table = s->sim.table;
	const struct ota_part *first = ota_table_find_type(table, OTA_TYPE_DATA, OTA_DATA_OTA);
	unsigned last = s->sim.slots.otadata, app = ota_slots_count_app(&s->sim.slots);
	unsigned script = ota_slots_count_script(&s->sim.slots);

	if (first && first != &table->parts[last])
		find(s->in.file.name, &rule_rows,
		     (struct ota_diag){ .offset = OTA_NO_OFFSET,
					.name = table->parts[last].label,
					.other = first->label });
	if (app != s->sim.slots.count || script != s->sim.slots.count)
		find(s->in.file.name, &rule_counts,
		     (struct ota_diag){ .offset = OTA_NO_OFFSET,
					.value = s->sim.slots.count,
					.low = app,
					.high = script });
}

/* What the slots are; `flash` NULL: their images are not at hand. */
static enum exit_code begin_sim(struct otadata_source *s, const struct ota_flash_image *flash)
{
	struct boot_setup setup;
	uint64_t slots = 0;

	if (boot_setup_parse(&setup))
		return EXIT_USAGE;
	if (s->has_table) {
		ota_sim_begin(&s->sim, s->sim.table, flash);
		note_rows(s);
	} else if (input_number("--slots", input_choice.slots, OTA_SLOTS_MAX, &slots)) {
		return EXIT_USAGE;
	} else {
		ota_sim_begin_counted(&s->sim, (unsigned)slots);
	}
	s->counted = s->has_table || input_choice.slots;
	s->sim.config = setup.boot;
	if (setup.dies[0] && ota_sim_kill(&s->sim, setup.dies))
		return say_usage("--config: there is no app partition '%s' to die", setup.dies);
	return EXIT_YES;
}

/* A file that is otadata and nothing else. */
static enum exit_code take_blob(struct otadata_source *s, const struct file *file,
				enum ota_kind kind)
{
	switch (kind) {
	case OTA_KIND_TABLE:
	case OTA_KIND_TABLE_SHIFTED:
	case OTA_KIND_DUMP:
	case OTA_KIND_CSV:
	case OTA_KIND_IMAGE:
	case OTA_KIND_ELF:
	case OTA_KIND_GZIP:
	case OTA_KIND_HTML:
	case OTA_KIND_EMPTY:
		return say_error(EXIT_NO, file->name, "%s, not otadata", ota_kind_text(kind));
	default: break;
	}
	if (file->size > BLOB_MAX)
		return say_error(
			EXIT_NO, file->name,
			"too large for otadata, and no partition table in it: give --table");
	s->file = file;
	s->size = file->size;
	s->part = "otadata";
	s->addr = OTA_NO_ADDR;
	if (s->has_table && s->sim.slots.otadata != OTA_NO_ROW) {
		s->addr = s->sim.table->parts[s->sim.slots.otadata].offset;
		s->part = s->sim.table->parts[s->sim.slots.otadata].label;
	}
	if (s->size > OTA_OTADATA_SIZE)
		find(file->name, &rule_large,
		     (struct ota_diag){
			     .offset = OTA_NO_OFFSET, .value = s->size, .low = OTA_OTADATA_SIZE });
	return EXIT_YES;
}

/* The partition that --part names, or the last row data/ota. */
static enum exit_code find_span(struct otadata_source *s, struct ota_span *span)
{
	const struct ota_flash_image *flash = &s->in.image;

	if (input_choice.part) {
		s->part = input_choice.part;
		if (ota_flash_image_find(flash, s->sim.table, input_choice.part, span))
			return say_error(EXIT_NO, s->in.file.name, "there is no partition '%s'",
					 input_choice.part);
		s->sim.slots.otadata_size = span->size;
		return EXIT_YES;
	}
	if (s->sim.slots.otadata == OTA_NO_ROW)
		return say_error(EXIT_NO, s->in.file.name,
				 "there is no otadata in the partition table");
	s->part = s->sim.table->parts[s->sim.slots.otadata].label;
	span->addr = s->sim.table->parts[s->sim.slots.otadata].offset;
	span->size = s->sim.slots.otadata_size;
	return EXIT_YES;
}

static enum exit_code take_from_dump(struct otadata_source *s)
{
	struct ota_span span = { 0, 0 };
	const uint8_t *data;
	enum exit_code code = find_span(s, &span);

	if (code)
		return code;
	data = ota_flash_image_bytes(&s->in.image, &span, &s->size);
	if (!data)
		return say_error(EXIT_NO, s->in.file.name,
				 "%s at 0x%x is not in this dump (0x%x to 0x%zx)", s->part,
				 span.addr, s->in.image.base, s->in.image.base + s->in.file.size);
	s->file = &s->in.file;
	s->at = (size_t)(data - s->in.file.data);
	s->addr = span.addr;
	return EXIT_YES;
}

/* Flash contents rather than a blob? Those without a table of their own are known by their size. */
static bool is_dump(const struct otadata_source *s)
{
	return s->in.image.kind == OTA_KIND_DUMP ||
	       (s->has_table && input_choice.table && s->in.image.kind != OTA_KIND_OTADATA &&
		s->in.file.size > BLOB_MAX);
}

static enum exit_code find_otadata(struct otadata_source *s)
{
	struct ota_flash_image image;
	enum exit_code code;

	if (!input_choice.otadata && is_dump(s))
		return take_from_dump(s);
	if (input_choice.part)
		return say_error(EXIT_NO, s->in.file.name, "no dump, so there is no partition '%s'",
				 input_choice.part);
	if (!input_choice.otadata && !device_is_url(s->in.file.name))
		return take_blob(s, &s->in.file, s->in.image.kind);
	code = input_choice.otadata ? file_read(input_choice.otadata, &s->separate)
				    : device_fetch_otadata(s->in.file.name, &s->separate);
	if (code)
		return code;
	ota_flash_image_sniff(&image, s->separate.data, s->separate.size, 0, OTA_TABLE_OFFSET);
	return take_blob(s, &s->separate, image.kind);
}

void otadata_raw(const struct otadata_source *s, unsigned record,
		 uint8_t raw[static OTA_RECORD_SIZE])
{
	size_t from = record * (size_t)OTA_RECORD_STRIDE;
	size_t left = s->size > from ? s->size - from : 0;

	memset(raw, 0xFF, OTA_RECORD_SIZE);
	memcpy(raw, s->file->data + s->at + (left ? from : 0),
	       left < OTA_RECORD_SIZE ? left : OTA_RECORD_SIZE);
}

static void decode_records(struct otadata_source *s)
{
	for (unsigned i = 0; i < 2; i++) {
		size_t from = i * (size_t)OTA_RECORD_STRIDE;
		uint8_t raw[OTA_RECORD_SIZE];

		otadata_raw(s, i, raw);
		ota_record_decode(raw, &s->data.pair[i]);
		if (s->sim.config.esp8266)
			s->data.pair[i].state = OTA_STATE_UNDEFINED;
		if (s->size >= from + OTA_RECORD_STRIDE)
			s->data.blank[i] = ota_is_filled(s->file->data + s->at + from,
							 OTA_RECORD_STRIDE, 0xFF);
	}
	s->data.count = s->sim.slots.count;
}

/* Table, slots and the file itself. */
static enum exit_code open_source(const char *name, struct otadata_source *s)
{
	enum exit_code code;

	*s = (struct otadata_source){ 0 };
	code = table_source_sniff(name, input_table_options(), &s->in);
	if (!code)
		code = read_table(s);
	return code ? code : begin_sim(s, is_dump(s) ? &s->in.image : NULL);
}

static enum exit_code take_otadata(struct otadata_source *s)
{
	enum exit_code code = find_otadata(s);

	if (code)
		return code;
	decode_records(s);
	if (s->size < OTA_OTADATA_SIZE)
		find(s->file->name, &rule_size,
		     (struct ota_diag){
			     .offset = OTA_NO_OFFSET, .value = s->size, .low = OTA_OTADATA_SIZE });
	return EXIT_YES;
}

enum exit_code otadata_read(const char *name, struct otadata_source *s)
{
	enum exit_code code = open_source(name, s);

	return code ? code : take_otadata(s);
}

enum exit_code otadata_read_to_boot(const char *name, struct otadata_source *s)
{
	enum exit_code code = open_source(name, s);

	if (code || s->sim.slots.otadata != OTA_NO_ROW || input_choice.part || input_choice.otadata)
		return code ? code : take_otadata(s);
	memset(s->data.pair, 0xFF, sizeof(s->data.pair));
	s->data.count = s->sim.slots.count;
	s->file = &s->in.file;
	return EXIT_YES;
}

void otadata_free(struct otadata_source *s)
{
	table_source_free(&s->in);
	table_source_free(&s->table);
	file_free(&s->separate);
}

static enum exit_code check_encryption(const struct otadata_source *s)
{
	uint8_t raw[OTA_RECORD_SIZE];

	for (unsigned i = 0; i < 2; i++) {
		otadata_raw(s, i, raw);
		if (!ota_record_looks_encrypted(raw))
			continue;
		find(s->file->name, &rule_encrypted,
		     (struct ota_diag){ .offset = (uint32_t)(s->at + i * OTA_RECORD_STRIDE) });
		return EXIT_NO;
	}
	return EXIT_YES;
}

enum exit_code otadata_read_to_erase(const char *name, struct otadata_source *s, struct edit *edit)
{
	enum exit_code code = edit_begin(name, edit);

	*s = (struct otadata_source){ 0 };
	if (!code && input_choice.otadata)
		code = say_usage("--otadata: name the file to change as IN");
	if (!code)
		code = otadata_read(name, s);
	if (!code && s->size < OTA_OTADATA_SIZE)
		return EXIT_NO; /* said when it was read */
	return code;
}

enum exit_code otadata_read_to_edit(const char *name, struct otadata_source *s, struct edit *edit)
{
	enum exit_code code = otadata_read_to_erase(name, s, edit);

	return code ? code : check_encryption(s);
}

enum exit_code otadata_need_slots(const struct otadata_source *s)
{
	if (s->counted)
		return EXIT_YES;
	return say_usage("%s alone does not tell how many slots there are: give --table or --slots",
			 s->file ? s->file->name : "this");
}

json_t *otadata_record_json(const uint8_t raw[static OTA_RECORD_SIZE])
{
	char hex[2 * OTA_RECORD_SIZE + 1];

	for (size_t i = 0; i < OTA_RECORD_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", raw[i]);
	return json_string(hex);
}

static enum exit_code print_result(const struct otadata_source *s, const uint8_t *otadata,
				   json_t *facts)
{
	bool changed = memcmp(otadata, s->file->data + s->at, s->size) != 0;
	json_t *document = json_pack("{s:s, s:b, s:b, s:[o, o]}", "file", s->file->name, "changed",
				     (int)changed, "dry_run", (int)edit_is_dry(), "otadata_after",
				     otadata_record_json(otadata),
				     otadata_record_json(otadata + OTA_RECORD_STRIDE));

	if (facts)
		json_object_update(document, facts);
	return command_print_json(document);
}

enum exit_code otadata_write(const struct otadata_source *s, const uint8_t *otadata,
			     const struct edit *edit, json_t *facts)
{
	uint8_t *data = malloc(s->file->size);
	struct edit_change result = { .old = s->file,
				      .data = data,
				      .size = s->file->size,
				      .at = s->at,
				      .span = s->size,
				      .addr = s->addr,
				      .part = s->part };
	enum exit_code code;

	if (!data) {
		json_decref(facts);
		return say_error(EXIT_BUG, NULL, "out of memory");
	}
	memcpy(data, s->file->data, s->file->size);
	memcpy(data + s->at, otadata, s->size);
	code = edit_store(edit, &result);
	if (!code && common.json)
		code = print_result(s, otadata, facts);
	json_decref(facts);
	free(data);
	return code;
}

enum exit_code otadata_change(const struct otadata_source *s, const struct ota_change *change,
			      const struct edit *edit, json_t *facts)
{
	uint8_t *otadata = malloc(s->size);
	enum exit_code code;

	if (!otadata) {
		json_decref(facts);
		return say_error(EXIT_BUG, NULL, "out of memory");
	}
	memcpy(otadata, s->file->data + s->at, s->size);
	for (unsigned i = 0; i < change->count; i++) {
		const struct ota_op *op = &change->ops[i];
		uint8_t *sector = otadata + op->sector * (size_t)OTA_RECORD_STRIDE;

		if (op->kind == OTA_OP_ERASE)
			memset(sector, 0xFF, OTA_RECORD_STRIDE);
		for (size_t k = 0; op->kind == OTA_OP_WRITE && k < OTA_RECORD_SIZE; k++)
			sector[k] &= op->raw[k];
	}
	code = otadata_write(s, otadata, edit, facts);
	free(otadata);
	return code;
}
