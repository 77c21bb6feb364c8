/* SPDX-License-Identifier: MIT */
/* boot_log.h - lines of boot and update logs in words
 *
 * The formats are those of ESP-IDF v3.3 to v6.1 and of the chips' ROMs; a row names the file. */
#ifndef OTA_HOST_BOOT_LOG_H
#define OTA_HOST_BOOT_LOG_H

#include "lib/host/esp_err.h"

struct ota_log_line {
	const char *id; /* kebab-case, stable for ever */
	enum ota_severity severity; /* OTA_INFO: where the boot got to, nothing wrong */
	const char *pattern; /* found anywhere in a line; '*' stands for any bytes */
	const char *meaning, *causes, *advice; /* full sentences */
	const char *source; /* the upstream file that prints it */
};

/* Ends with a row without an id (boot_log_table.c). The first that matches wins. */
extern const struct ota_log_line ota_log_lines[];

/* What a log says, each thing once. */
struct ota_log_note {
	const struct ota_log_line *line; /* the row, or NULL: */
	const struct ota_error *error; /* an error code that stands in the log */
	const char *text; /* the first line it stands in; leads into the log */
	size_t text_size; /* bytes */
	size_t number, count; /* of that line, counted from 1; how many lines hold it */
};

/* Zero it to begin. Each row makes one note at most, so that no log fills it. */
#define OTA_LOG_NOTES_MAX 256u
struct ota_log_notes {
	struct ota_log_note notes[OTA_LOG_NOTES_MAX];
	size_t count, lines;
};

/* Read the next line, without its end. The note that it is marked with, or NULL: nothing known. */
const struct ota_log_note *ota_log_read(struct ota_log_notes *notes, const char *line, size_t size);

/* The row whose pattern is in the line of `size` bytes; NULL: none. */
const struct ota_log_line *ota_log_match(const char *line, size_t size);

#endif
