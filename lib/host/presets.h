/* SPDX-License-Identifier: MIT */
/* presets.h - the ready-made partition tables of csv/, embedded in the program
 *
 * The first line of each is a comment that says when to use it. */
#ifndef OTA_HOST_PRESETS_H
#define OTA_HOST_PRESETS_H

#include <stdbool.h>
#include <stddef.h>

struct ota_preset {
	const char *name;
	const char *text; /* CSV, with a NUL behind its end */
	size_t size; /* bytes of text */
};

/* Step to the next preset, from a zeroed struct to the first; false: there are no more. */
bool ota_preset_next(struct ota_preset *preset);

/* The preset of that name; false: there is none. */
bool ota_preset_find(const char *name, struct ota_preset *preset);

/* When to use it: the first line without its "# "; *size in bytes. */
const char *ota_preset_summary(const struct ota_preset *preset, size_t *size);

#endif
