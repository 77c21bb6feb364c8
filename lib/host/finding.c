/* SPDX-License-Identifier: MIT */
#include "lib/host/finding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Print what `key` (without braces) stands for. */
static void put_value(FILE *out, const char *key, size_t size, const struct ota_diag *diag)
{
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = { { "value", diag->value }, { "low", diag->low }, { "high", diag->high } };
	bool decimal = size > 2 && memcmp(key + size - 2, ":d", 2) == 0;

	size -= decimal ? 2 : 0;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (strlen(numbers[i].key) == size && memcmp(numbers[i].key, key, size) == 0)
			fprintf(out, decimal ? "%" PRIu64 : "0x%" PRIx64, numbers[i].value);
	if (size == 4 && memcmp(key, "name", 4) == 0)
		fputs(diag->name ? diag->name : "", out);
	else if (size == 5 && memcmp(key, "other", 5) == 0)
		fputs(diag->other ? diag->other : "", out);
	else if (size == 4 && memcmp(key, "word", 4) == 0)
		fwrite(diag->word ? diag->word : "", 1, diag->word_size, out);
}

char *ota_finding_text(const char *pattern, const struct ota_diag *diag)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = pattern ? open_memstream(&text, &size) : NULL;

	if (!out)
		return NULL;
	while (*pattern) {
		const char *end = *pattern == '{' ? strchr(pattern, '}') : NULL;

		if (!end) {
			putc(*pattern++, out);
			continue;
		}
		put_value(out, pattern + 1, (size_t)(end - pattern - 1), diag);
		pattern = end + 1;
	}
	fclose(out);
	return text;
}

/* Length of the UTF-8 sequence at p, 0 if it is none. */
static size_t utf8_length(const unsigned char *p)
{
	static const struct {
		unsigned char mask, lead, low;
		size_t length;
	} forms[] = { { 0x80, 0x00, 0, 1 },
		      { 0xE0, 0xC0, 0, 2 },
		      { 0xF0, 0xE0, 0, 3 },
		      { 0xF8, 0xF0, 0, 4 } };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if ((p[0] & forms[i].mask) != forms[i].lead)
			continue;
		for (size_t k = 1; k < forms[i].length; k++)
			if ((p[k] & 0xC0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

json_t *ota_json_text(const char *text)
{
	json_t *whole = text ? json_string(text) : json_null();
	char *clean = NULL;
	size_t size = 0;
	FILE *out;

	if (whole || !text)
		return whole;
	out = open_memstream(&clean, &size);
	if (!out)
		return NULL;
	while (*text) {
		size_t n = utf8_length((const unsigned char *)text);
		json_t *one = n ? json_stringn(text, n) : NULL;

		/* jansson also refuses overlong forms and surrogates: let it be the judge. */
		if (one)
			fwrite(text, 1, n, out);
		else
			fputs("\xEF\xBF\xBD", out);
		text += one ? n : 1;
		json_decref(one);
	}
	fclose(out);
	whole = clean ? json_string(clean) : NULL;
	free(clean);
	return whole;
}

static json_t *text_json(const char *pattern, const struct ota_diag *diag)
{
	char *text = ota_finding_text(pattern, diag);
	json_t *value = ota_json_text(text);

	free(text);
	return value;
}

json_t *ota_finding_json(const struct ota_diag *diag, bool strict)
{
	static const char *const severities[] = { "error", "warning", "info" };
	const struct ota_rule *rule = diag->rule;
	enum ota_severity severity = rule->severity;
	bool ranged = diag->low <= diag->high && (diag->low || diag->high);
	json_t *finding = json_object();

	if (strict && severity == OTA_WARNING)
		severity = OTA_ERROR;
	json_object_set_new(finding, "rule", json_string(rule->id));
	json_object_set_new(finding, "severity", json_string(severities[severity]));
	if (diag->line)
		json_object_set_new(finding, "line", json_integer(diag->line));
	else
		json_object_set_new(finding, "offset",
				    diag->offset == OTA_NO_OFFSET ? json_null()
								  : json_integer(diag->offset));
	json_object_set_new(finding, "name", ota_json_text(diag->name));
	json_object_set_new(finding, "message", text_json(rule->what, diag));
	json_object_set_new(finding, "value", json_integer((json_int_t)diag->value));
	json_object_set_new(finding, "low",
			    ranged ? json_integer((json_int_t)diag->low) : json_null());
	json_object_set_new(finding, "high",
			    ranged ? json_integer((json_int_t)diag->high) : json_null());
	json_object_set_new(finding, "fix", text_json(rule->fix, diag));
	return finding;
}
