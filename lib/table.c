/* SPDX-License-Identifier: MIT */
#include "lib/table.h"

#include <string.h>

#include "lib/cursor.h"
#include "lib/text.h"

static const struct ota_rule rule_row = { "table-row", OTA_ERROR,
					  OTA_SAID("the last row is cut off after {value:d} bytes",
						   "a table is rows of 32 bytes", NULL) };
static const struct ota_rule rule_end = {
	"table-end", OTA_ERROR,
	OTA_SAID("no end marker", "a row of 32 bytes 0xff ends a table",
		 "a table is 0xc00 bytes long: was it cut off?")
};
static const struct ota_rule rule_magic = {
	"entry-magic", OTA_ERROR,
	OTA_SAID("a row starts with the bytes {value}",
		 "a row starts with the bytes AA 50, the digest row with EB EB", NULL)
};
static const struct ota_rule rule_md5 = {
	"table-md5", OTA_ERROR,
	OTA_SAID("the MD5 of the rows does not match",
		 "the digest row holds the MD5 of the rows before it",
		 "devices refuse such a table: build it again from its CSV")
};
static const struct ota_rule rule_utf8 = {
	"label-utf8", OTA_ERROR,
	OTA_SAID("the label is no UTF-8", "a label is UTF-8 text, at most 16 bytes", NULL)
};
static const struct ota_rule rule_full = { "table-full", OTA_ERROR,
					   OTA_SAID("{value:d} rows",
						    "a table holds at most {high:d} rows", NULL) };

const struct ota_dialect ota_dialect_esp32 = {
	.names = &ota_names_esp32,
	.app_align = 0x10000,
	.data_align = 0x1000,
	.auto_align = 0x1000,
	.flags = OTA_PART_ENCRYPTED | OTA_PART_READONLY,
	.default_subtype = OTA_DATA_UNDEFINED,
	.modern = true,
	.csv_title = "# ESP-IDF Partition Table",
};

const struct ota_dialect ota_dialect_esp8266 = {
	.names = &ota_names_esp8266,
	.app_align = 0x1000,
	.data_align = 4,
	.auto_align = 4,
	.flags = OTA_PART_ENCRYPTED,
	.default_subtype = 0,
	.csv_title = "# Espressif ESP32 Partition Table",
};

enum ota_status ota_part_decode(const uint8_t raw[static OTA_ENTRY_SIZE], struct ota_part *part)
{
	struct ota_reader r = ota_reader(raw, OTA_ENTRY_SIZE);
	unsigned magic = ota_get_u16(&r);

	part->type = ota_get_u8(&r);
	part->subtype = ota_get_u8(&r);
	part->offset = ota_get_u32(&r);
	part->size = ota_get_u32(&r);
	ota_get_bytes(&r, part->label, OTA_LABEL_SIZE);
	part->label[OTA_LABEL_SIZE] = '\0';
	part->flags = ota_get_u32(&r);
	part->place = 0;
	part->name = NULL;
	return magic == OTA_ENTRY_MAGIC ? OTA_OK : OTA_E_MAGIC;
}

static void encode_part(struct ota_writer *w, const struct ota_part *part, uint32_t flags)
{
	size_t n = 0;

	while (n < OTA_LABEL_SIZE && part->label[n])
		n++;
	ota_put_u16(w, OTA_ENTRY_MAGIC);
	ota_put_u8(w, part->type);
	ota_put_u8(w, part->subtype);
	ota_put_u32(w, part->offset);
	ota_put_u32(w, part->size);
	ota_put_bytes(w, part->label, n);
	ota_put_fill(w, 0, OTA_LABEL_SIZE - n);
	ota_put_u32(w, part->flags & flags);
}

/* Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
static bool is_utf8(const char *text)
{
	const uint8_t *p = (const uint8_t *)text;

	while (*p) {
		unsigned more = *p < 0x80 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
		uint32_t code = more ? *p & (0x3Fu >> more) : *p;
		static const uint32_t least[4] = { 0, 0x80, 0x800, 0x10000 };

		if ((*p >= 0x80 && *p < 0xC2) || *p > 0xF4)
			return false;
		for (unsigned i = 1; i <= more; i++) {
			if ((p[i] & 0xC0) != 0x80)
				return false;
			code = code << 6 | (p[i] & 0x3F);
		}
		if (code < least[more] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
			return false;
		p += more + 1;
	}
	return true;
}

static bool is_filled(const uint8_t *p, uint8_t byte, size_t size)
{
	while (size && *p == byte) {
		p++;
		size--;
	}
	return size == 0;
}

/* The state of one decoding. */
struct decode {
	const uint8_t *data;
	size_t size;
	struct ota_table *table;
	ota_report_fn *report;
	void *ctx;
	enum ota_status status; /* the first that went wrong */
};

static void refuse(struct decode *d, enum ota_status status, const struct ota_diag *diag)
{
	d->report(d->ctx, diag);
	d->table->partial = true;
	if (!d->status)
		d->status = status;
}

static void take_md5(struct decode *d, size_t pos)
{
	struct ota_table *table = d->table;
	uint8_t digest[OTA_MD5_SIZE];
	uint8_t rows[OTA_TABLE_MAX * OTA_ENTRY_SIZE];
	size_t n = 0;

	/* Earlier digest rows are not part of what is digested. */
	for (size_t at = 0; at < pos; at += OTA_ENTRY_SIZE) {
		if (d->data[at] == 0xEB && d->data[at + 1] == 0xEB)
			continue;
		memcpy(rows + n, d->data + at, OTA_ENTRY_SIZE);
		n += OTA_ENTRY_SIZE;
	}
	ota_md5(rows, n, digest);
	table->md5_row = table->count;
	if (memcmp(digest, d->data + pos + 16, sizeof(digest)) == 0) {
		if (table->md5 != OTA_TABLE_MD5_BAD)
			table->md5 = OTA_TABLE_MD5_OK;
		return;
	}
	table->md5 = OTA_TABLE_MD5_BAD;
	refuse(d, OTA_E_CHECKSUM,
	       &(struct ota_diag){ .rule = &rule_md5, .offset = (uint32_t)pos + 16 });
}

/* One row; false: decoding ends here. */
static bool take_row(struct decode *d, size_t pos)
{
	struct ota_table *table = d->table;
	struct ota_part *part = &table->parts[table->count];
	const uint8_t *raw = d->data + pos;

	if (table->count == OTA_TABLE_MAX) {
		refuse(d, OTA_E_FULL,
		       &(struct ota_diag){ .rule = &rule_full,
					   .offset = (uint32_t)pos,
					   .value = OTA_TABLE_MAX + 1,
					   .high = OTA_TABLE_MAX });
		return false;
	}
	if (ota_part_decode(raw, part)) {
		refuse(d, OTA_E_MAGIC,
		       &(struct ota_diag){ .rule = &rule_magic,
					   .offset = (uint32_t)pos,
					   .value = (uint64_t)raw[0] << 8 | raw[1] });
		return false;
	}
	part->place = (uint32_t)pos;
	if (!is_utf8(part->label))
		refuse(d, OTA_E_VALUE,
		       &(struct ota_diag){ .rule = &rule_utf8, .offset = (uint32_t)pos + 12 });
	table->count++;
	return true;
}

enum ota_status ota_table_decode(const void *data, size_t size,
				 const struct ota_table_options *options, struct ota_table *table,
				 ota_report_fn *report, void *ctx)
{
	struct decode d = {
		.data = data, .size = size, .table = table, .report = report, .ctx = ctx
	};
	size_t pos;

	table->count = 0;
	table->md5 = OTA_TABLE_MD5_ABSENT;
	table->md5_row = 0;
	table->text = false;
	table->partial = false;
	for (pos = 0; size - pos >= OTA_ENTRY_SIZE; pos += OTA_ENTRY_SIZE) {
		const uint8_t *row = d.data + pos;

		if (is_filled(row, 0xFF, OTA_ENTRY_SIZE))
			return d.status;
		if (!options->no_md5 && row[0] == 0xEB && row[1] == 0xEB) {
			if (pos > OTA_TABLE_SIZE)
				break;
			take_md5(&d, pos);
		} else if (!take_row(&d, pos)) {
			return d.status;
		}
	}
	refuse(&d, OTA_E_SHORT,
	       &(struct ota_diag){ .rule = pos < size && size - pos < OTA_ENTRY_SIZE ? &rule_row
										     : &rule_end,
				   .offset = (uint32_t)pos,
				   .value = size - pos });
	return d.status;
}

enum ota_status ota_table_encode(const struct ota_table *table,
				 const struct ota_table_options *options,
				 uint8_t out[static OTA_TABLE_SIZE])
{
	struct ota_writer w = ota_writer(out, OTA_TABLE_SIZE);
	size_t rows = table->count * OTA_ENTRY_SIZE;

	/* One row is always left for the end marker. */
	if (rows + (options->no_md5 ? 0 : OTA_ENTRY_SIZE) >= OTA_TABLE_SIZE)
		return OTA_E_FULL;
	for (size_t i = 0; i < table->count; i++)
		encode_part(&w, &table->parts[i], options->dialect->flags);
	if (!options->no_md5) {
		ota_put_u16(&w, OTA_MD5_MAGIC);
		ota_put_fill(&w, 0xFF, 14);
		ota_md5(out, rows, out + w.pos);
		w.pos += OTA_MD5_SIZE;
	}
	ota_put_fill(&w, 0xFF, OTA_TABLE_SIZE - w.pos);
	return OTA_OK;
}

const char *ota_part_name(const struct ota_part *part)
{
	return part->name ? part->name : part->label;
}

const struct ota_part *ota_table_find(const struct ota_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (ota_text_same(ota_part_name(&table->parts[i]), name))
			return &table->parts[i];
	return NULL;
}

const struct ota_part *ota_table_find_type(const struct ota_table *table, unsigned type,
					   unsigned subtype)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->parts[i].type == type && table->parts[i].subtype == subtype)
			return &table->parts[i];
	return NULL;
}

const struct ota_part *ota_table_boot_default(const struct ota_table *table)
{
	const struct ota_part *part = ota_table_find_type(table, OTA_TYPE_APP, OTA_APP_FACTORY);

	for (unsigned slot = OTA_APP_OTA_0; !part && slot <= OTA_APP_OTA_15; slot++)
		part = ota_table_find_type(table, OTA_TYPE_APP, slot);
	return part;
}
