/* SPDX-License-Identifier: MIT */
#include "lib/host/csv_line.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host/text_decode.h"

static const struct ota_rule rule_variable = { "csv-variable", OTA_ERROR,
					       "the variable '{word}' has no value",
					       "a line that begins with a variable needs it",
					       "set it in the environment" };
static const struct ota_rule rule_line = { "csv-line", OTA_ERROR, "the line is too long",
					   "a line has at most {high:d} bytes with its variables "
					   "replaced",
					   NULL };

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static enum ota_status append(struct csv_expander *e, const char *text, size_t size)
{
	if (size > CSV_LINE_MAX - e->used)
		return OTA_E_VALUE;
	if (!e->text || size > e->room - e->used) {
		size_t room = (e->used + size) * 2 + 64;
		char *more = realloc(e->text, room);

		if (!more)
			return OTA_E_MEMORY;
		e->text = more;
		e->room = room;
	}
	memcpy(e->text + e->used, text, size);
	e->used += size;
	return OTA_OK;
}

/* Bytes of the variable at `text`, which is a '$', and its name; 0: none. */
static size_t variable(const char *text, size_t size, struct csv_field *name)
{
	size_t n = 1;

	if (size > 1 && text[1] == '{') {
		const char *end = memchr(text, '}', size);

		if (!end)
			return 0;
		*name = (struct csv_field){ text + 2, (size_t)(end - text) - 2 };
		return (size_t)(end - text) + 1;
	}
	while (n < size && is_word(text[n]))
		n++;
	*name = (struct csv_field){ text + 1, n - 1 };
	return n > 1 ? n : 0;
}

static const char *look_up(const struct csv_expander *e, const struct csv_field *name)
{
	char *word = strndup(name->text, name->size);
	const char *value = word && e->lookup ? e->lookup(e->ctx, word) : NULL;

	free(word);
	return value;
}

static enum ota_status replace_variables(struct csv_expander *e, const char *text, size_t size)
{
	enum ota_status status = OTA_OK;

	while (size && !status) {
		struct csv_field name;
		size_t n = *text == '$' ? variable(text, size, &name) : 0;
		const char *value = n ? look_up(e, &name) : NULL;
		const char *dollar = memchr(text + 1, '$', size - 1);

		if (!n)
			n = dollar ? (size_t)(dollar - text) : size;
		status = value ? append(e, value, strlen(value)) : append(e, text, n);
		text += n;
		size -= n;
	}
	return status;
}

enum ota_status csv_expand(struct csv_expander *e, struct csv_field *line, struct ota_diag *diag)
{
	enum ota_status status;
	size_t n = 1;

	*diag = (struct ota_diag){ .rule = &rule_line, .high = CSV_LINE_MAX };
	e->used = 0;
	if (memchr(line->text, '$', line->size)) {
		status = replace_variables(e, line->text, line->size);
		if (status)
			return status;
		*line = (struct csv_field){ e->text, e->used };
	} else if (line->size > CSV_LINE_MAX) {
		return OTA_E_VALUE;
	}
	while (n < line->size && is_word(line->text[n]))
		n++;
	if (n > 1 && line->text[0] == '$' && !(line->text[1] >= '0' && line->text[1] <= '9')) {
		*diag = (struct ota_diag){ .rule = &rule_variable,
					   .word = line->text + 1,
					   .word_size = n - 1 };
		return OTA_E_VALUE;
	}
	ota_text_strip(&line->text, &line->size);
	return OTA_OK;
}

void csv_expander_free(struct csv_expander *e)
{
	free(e->text);
	e->text = NULL;
}

void csv_cut(const char *text, size_t size, struct csv_field fields[static CSV_COLUMNS])
{
	for (size_t i = 0; i < CSV_COLUMNS; i++) {
		const char *comma = size ? memchr(text, ',', size) : NULL;
		size_t n = comma ? (size_t)(comma - text) : size;

		fields[i] = (struct csv_field){ text, n };
		ota_text_strip(&fields[i].text, &fields[i].size);
		text += n + (comma ? 1 : 0);
		size -= n + (comma ? 1 : 0);
	}
}
