/* SPDX-License-Identifier: MIT */
/* Binary tables: decoded, checked, encoded; what was whole comes back the same. */
#include <stdlib.h>
#include <string.h>

#include "lib/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *ctx, const struct ota_diag *diag)
{
	*(size_t *)ctx += diag->rule->id[0] != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ota_table_options options = { .dialect = &ota_dialect_esp32,
					     .names = &ota_names_esp32,
					     .offset = 0x8000,
					     .flash_size = 1 << 22 };
	static struct ota_table table, again;
	uint8_t out[OTA_TABLE_SIZE];
	size_t seen = 0;

	(void)!ota_table_decode(data, size, &options, &table, ignore, &seen);
	(void)!ota_table_check(&table, &options, ignore, &seen);
	if (ota_table_encode(&table, &options, out))
		return 0;
	if (ota_table_decode(out, sizeof(out), &options, &again, ignore, &seen) == OTA_E_MAGIC ||
	    again.count != table.count)
		abort();
	for (size_t i = 0; i < table.count; i++)
		if (strcmp(table.parts[i].label, again.parts[i].label) != 0 ||
		    table.parts[i].offset != again.parts[i].offset ||
		    table.parts[i].size != again.parts[i].size)
			abort();
	return 0;
}
