/* SPDX-License-Identifier: MIT */
/* CSV: parsed, checked, encoded, decoded, printed, parsed again: the bytes stay the same. */
#include <stdlib.h>
#include <string.h>

#include "lib/host/table_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t unsafe; /* findings that say: this does not survive a CSV */

static void note(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	unsafe += strcmp(diag->rule->id, "name-text") == 0 ||
		  strcmp(diag->rule->id, "label-utf8") == 0 ||
		  strcmp(diag->rule->id, "name-cut") == 0 || diag->rule->severity == OTA_ERROR;
}

static const char *lookup(void *ctx, const char *name)
{
	(void)ctx;
	return name[0] == 'A' ? "$A,data" : name[0] == 'B' ? "" : NULL;
}

static void check_round_trip(const struct ota_table *table, const struct ota_table_options *options)
{
	static struct ota_table decoded, again;
	const struct ota_csv_reader reader = { options, NULL, note, NULL };
	uint8_t first[OTA_TABLE_SIZE], second[OTA_TABLE_SIZE];
	char *text = NULL;
	size_t size, unjudged;
	FILE *file;

	if (ota_table_encode(table, options, first) ||
	    ota_table_decode(first, sizeof(first), options, &decoded, note, NULL) || unsafe)
		return;
	file = open_memstream(&text, &size);
	ota_csv_print(file, &decoded, options);
	fclose(file);
	if (ota_csv_parse((const uint8_t *)text, size, &reader, &again, &unjudged) == OTA_OK &&
	    (ota_table_encode(&again, options, second) ||
	     memcmp(first, second, sizeof(first)) != 0))
		abort();
	ota_csv_free(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ota_table_options options = { .dialect = &ota_dialect_esp32,
					     .names = &ota_names_esp32,
					     .offset = 0x8000,
					     .primary_bootloader = 0x1000,
					     .recovery_bootloader = 0x200000 };
	const struct ota_csv_reader reader = { &options, lookup, note, NULL };
	static struct ota_table table;
	size_t unjudged;
	enum ota_status status;

	unsafe = 0;
	if (size && data[0] == 'e') {
		options.dialect = &ota_dialect_esp8266;
		options.names = &ota_names_esp8266;
	}
	status = ota_csv_parse(data, size, &reader, &table, &unjudged);
	(void)!ota_table_check(&table, &options, note, NULL);
	if (!status)
		check_round_trip(&table, &options);
	ota_csv_free(&table);
	return 0;
}
