/* SPDX-License-Identifier: MIT */
#include "lib/host/boot_log.h"

#include <string.h>

/* The pieces of a pattern, between the asterisks, in order: the leftmost place of each is as good
 * as any other. */
static bool has_pattern(const char *line, size_t size, const char *pattern)
{
	while (*pattern) {
		size_t n = strcspn(pattern, "*");
		const char *found = memmem(line, size, pattern, n);

		if (!found)
			return false;
		size -= (size_t)(found - line) + n;
		line = found + n;
		pattern += n + (pattern[n] == '*');
	}
	return true;
}

const struct ota_log_line *ota_log_match(const char *line, size_t size)
{
	for (const struct ota_log_line *row = ota_log_lines; row->id; row++)
		if (has_pattern(line, size, row->pattern))
			return row;
	return NULL;
}

static const struct ota_log_note *take(struct ota_log_notes *notes, const struct ota_log_note *note)
{
	struct ota_log_note *own;

	for (size_t i = 0; i < notes->count; i++) {
		own = &notes->notes[i];
		if (own->line == note->line && own->error == note->error) {
			own->count++;
			return own;
		}
	}
	if (notes->count == OTA_LOG_NOTES_MAX)
		return NULL;
	own = &notes->notes[notes->count++];
	*own = *note;
	own->count = 1;
	return own;
}

const struct ota_log_note *ota_log_read(struct ota_log_notes *notes, const char *line, size_t size)
{
	struct ota_log_note note = { .text = line, .text_size = size, .number = ++notes->lines };
	const struct ota_log_note *mark = NULL, *second = NULL;

	note.line = ota_log_match(line, size);
	if (note.line)
		mark = take(notes, &note);
	note.line = NULL;
	note.error = ota_error_in_line(line, size);
	if (note.error)
		second = take(notes, &note);
	return mark ? mark : second;
}
