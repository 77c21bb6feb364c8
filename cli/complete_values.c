/* SPDX-License-Identifier: MIT */
/* complete_values.c - the values that completion offers: a row for each name that help texts use */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/complete.h"
#include "lib/chip.h"
#include "lib/host/esp_err.h"
#include "lib/host/flash_image.h"
#include "lib/host/presets.h"
#include "lib/host/table_csv.h"

static const char *const when[] = { "auto", "always", "never", NULL };
static const char *const key_actions[] = { "list", "claim", "set", "rotate", "delete", NULL };
static const char *const versions[] = { "v1", "v2", NULL };
static const char *const fields[] = { "name", "offset",    "size",     "type", "subtype",
				      "end",  "encrypted", "readonly", NULL };
static const char *const flash_sizes[] = { "1MB",  "2MB",  "4MB",   "8MB", "16MB",
					   "32MB", "64MB", "128MB", NULL };
static const char *const records[] = { "0", "1", NULL };
static const char *const states[] = { "new",     "pending",   "valid", "invalid",
				      "aborted", "undefined", NULL };
static const char *const preferences[] = { "newest", NULL };
static const char *const confirms[] = { "ready", "answer", "app", "none", NULL };
static const char *const forces[] = { "same", "project", "downgrade", "receiver", "failed", NULL };
static const char *const codings[] = { "auto", "none", NULL };
static const char *const slot_names[] = { "ota_0", "ota_1", "factory", NULL };
static const char *const configs[] = {
	"rollback", "anti-rollback=", "hold=factory-reset", "hold=test-app", "confirm", "dies=",
	NULL
};

static void offer_presets(const char *begun, const char **words, complete_offer_fn *offer)
{
	struct ota_preset preset = { 0 };

	(void)words;
	while (ota_preset_next(&preset)) {
		char summary[128];
		size_t size;
		const char *text = ota_preset_summary(&preset, &size);

		snprintf(summary, sizeof(summary), "%.*s", (int)size, text);
		offer(begun, preset.name, summary);
	}
}

static const char *const hash_kinds[] = { "image", "file", "key-digest", NULL };

static void offer_chips(const char *begun, const char **words, complete_offer_fn *offer)
{
	(void)words;
	for (size_t i = 0; i < ota_chip_count; i++)
		offer(begun, ota_chips[i].name, ota_chips[i].title);
}

static void ignore(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	(void)diag;
}

/* The table of a file of moderate size, read without a word. */
static bool read_table(const char *name, struct ota_table *table)
{
	static uint8_t data[1u << 20];
	static const struct ota_table_options options = { .dialect = &ota_dialect_esp32,
							  .names = &ota_names_esp32,
							  .offset = OTA_TABLE_OFFSET,
							  .primary_bootloader = 0,
							  .recovery_bootloader = 0 };
	const struct ota_csv_reader reader = { &options, NULL, ignore, NULL };
	struct ota_flash_image image;
	struct stat st;
	size_t size, unjudged;
	FILE *file;

	if (stat(name, &st) < 0 || !S_ISREG(st.st_mode) || !(file = fopen(name, "rb")))
		return false;
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	ota_flash_image_sniff(&image, data, size, 0, OTA_TABLE_OFFSET);
	if (image.kind == OTA_KIND_CSV) {
		ota_csv_parse(data, size, &reader, table, &unjudged);
	} else if (image.kind == OTA_KIND_TABLE || image.kind == OTA_KIND_DUMP) {
		const uint8_t *raw = ota_flash_image_table(&image, &size);

		ota_table_decode(raw, size, &options, table, ignore, NULL);
	} else {
		return false;
	}
	return true;
}

/* The partitions of the first file on the line that holds a table. */
static void offer_parts(const char *begun, const char **words, complete_offer_fn *offer)
{
	struct ota_table table;

	for (; *words; words++) {
		if (!read_table(*words, &table))
			continue;
		for (size_t i = 0; i < table.count; i++)
			offer(begun, ota_part_name(&table.parts[i]), "");
		if (table.text)
			ota_csv_free(&table);
		return;
	}
}

static void offer_errors(const char *begun, const char **words, complete_offer_fn *offer)
{
	(void)words;
	for (const struct ota_error *row = ota_esp_errors; row->name; row++)
		offer(begun, row->name, row->meaning);
	for (const struct ota_error *row = ota_mbedtls_errors; row->name; row++)
		offer(begun, row->name, row->meaning);
}

/* clang-format off */
const struct completion completions[] = {
	{ "WHEN", when, NULL },
	{ "KEY_ACTION", key_actions, NULL },
	{ "VERSION", versions, NULL },
	{ "FIELD", fields, NULL },
	{ "SIZE", flash_sizes, NULL },
	{ "KIND", hash_kinds, NULL },
	{ "CHIP", NULL, offer_chips },
	{ "NAME", NULL, offer_parts },
	{ "PRESET", NULL, offer_presets },
	{ "RECORD", records, NULL },
	{ "STATE", states, NULL },
	{ "WHICH", preferences, NULL },
	{ "CONFIG", configs, NULL },
	{ "SLOT", NULL, offer_parts },
	{ "CONFIRM", confirms, NULL },
	{ "WHAT", forces, NULL },
	{ "HOW", codings, NULL },
	{ "SLOT_NAME", slot_names, NULL },
	{ "CODE|LOG", NULL, offer_errors },
	{ NULL, NULL, NULL },
};
/* clang-format on */
