/* SPDX-License-Identifier: MIT */
#include "lib/host/presets.h"

#include <string.h>

extern const char ota_presets_data[];

bool ota_preset_next(struct ota_preset *preset)
{
	preset->name = preset->name ? preset->text + preset->size + 1 : ota_presets_data;
	preset->text = preset->name + strlen(preset->name) + 1;
	preset->size = *preset->name ? strlen(preset->text) : 0;
	return *preset->name;
}

bool ota_preset_find(const char *name, struct ota_preset *preset)
{
	*preset = (struct ota_preset){ 0 };
	while (ota_preset_next(preset))
		if (strcmp(preset->name, name) == 0)
			return true;
	return false;
}

const char *ota_preset_summary(const struct ota_preset *preset, size_t *size)
{
	*size = strcspn(preset->text, "\n") - 2;
	return preset->text + 2;
}
