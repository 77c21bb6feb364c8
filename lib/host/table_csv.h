/* SPDX-License-Identifier: MIT */
/* table_csv.h - the partition table as CSV, both directions
 *
 *   name, type, subtype, offset, size, flags
 *
 * A line each; blank lines and lines that begin with # are skipped; $NAME and ${NAME} are replaced in
 * every line first. Offsets may be left out, a negative size is the address where the partition ends.
 * Source: ESP-IDF v5.5, components/partition_table/gen_esp32part.py. */
#ifndef OTA_HOST_TABLE_CSV_H
#define OTA_HOST_TABLE_CSV_H

#include <stdio.h>

#include "lib/table.h"

/* The value of a variable, NULL: there is none. It need live until the next call only. */
typedef const char *ota_lookup_fn(void *ctx, const char *name);

struct ota_csv_reader {
	const struct ota_table_options *options;
	ota_lookup_fn *lookup; /* NULL: nothing is replaced */
	ota_report_fn *report;
	void *ctx; /* handed to both */
};

/* Parse `size` bytes of CSV, reporting each finding. The table holds the rows that could be parsed
 * and placed; *unjudged counts those left out because an earlier row was wrong. Whatever is
 * returned, release the table with ota_csv_free(). OTA_E_VALUE: errors were reported; OTA_E_FULL
 * more rows than fit; OTA_E_MEMORY. */
enum ota_status ota_csv_parse(const uint8_t *data, size_t size, const struct ota_csv_reader *reader,
			      struct ota_table *table, size_t *unjudged);
void ota_csv_free(struct ota_table *table);

/* The text that the reference prints for a table: title, header, a row a line. */
void ota_csv_print(FILE *out, const struct ota_table *table,
		   const struct ota_table_options *options);

/* A size as the reference prints it: 1M, 12K, 0x1234. */
void ota_csv_print_size(FILE *out, uint32_t size);

/* The options' names and the subtype "TYPE,NAME,VALUE" (VALUE hexadecimal) added to them.
 * OTA_E_VALUE: not of this form, no such type, or a value that is taken; OTA_E_FULL. */
struct ota_extra_names {
	struct ota_names names;
	struct ota_keyword lists[4][64];
	char words[64][24];
	size_t count;
};
void ota_extra_begin(struct ota_extra_names *extra, const struct ota_names *names);
OTA_MUST_CHECK enum ota_status ota_extra_add(struct ota_extra_names *extra, const char *item);

#endif
