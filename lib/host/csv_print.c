/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/table_csv.h"

void ota_csv_print_size(FILE *out, uint32_t size)
{
	if (size % (1u << 20) == 0)
		fprintf(out, "%" PRIu32 "M", size >> 20);
	else if (size % (1u << 10) == 0)
		fprintf(out, "%" PRIu32 "K", size >> 10);
	else
		fprintf(out, "0x%" PRIx32, size);
}

static void print_word(FILE *out, const struct ota_keyword *keywords, unsigned value)
{
	const char *name = ota_keyword_name(keywords, value);

	if (name)
		fprintf(out, "%s,", name);
	else
		fprintf(out, "%u,", value);
}

void ota_csv_print(FILE *out, const struct ota_table *table,
		   const struct ota_table_options *options)
{
	const struct ota_names *names = options->names;

	fprintf(out, "%s\n# Name, Type, SubType, Offset, Size, Flags\n",
		options->dialect->csv_title);
	for (size_t i = 0; i < table->count; i++) {
		const struct ota_part *part = &table->parts[i];
		uint32_t flags = part->flags & options->dialect->flags;

		fprintf(out, "%s,", ota_part_name(part));
		print_word(out, names->types, part->type);
		print_word(out, ota_subtypes_of(names, part->type), part->subtype);
		fprintf(out, "0x%" PRIx32 ",", part->offset);
		ota_csv_print_size(out, part->size);
		fprintf(out, ",%s%s%s\n", flags & OTA_PART_ENCRYPTED ? "encrypted" : "",
			flags == (OTA_PART_ENCRYPTED | OTA_PART_READONLY) ? ":" : "",
			flags & OTA_PART_READONLY ? "readonly" : "");
	}
}

void ota_extra_begin(struct ota_extra_names *extra, const struct ota_names *names)
{
	*extra = (struct ota_extra_names){ .names = *names };
	for (size_t type = 0; type < ARRAY_LEN(extra->lists); type++) {
		const struct ota_keyword *list = names->subtypes[type];

		for (size_t i = 0; list && list[i].name; i++)
			extra->lists[type][i] = list[i];
		if (list)
			extra->names.subtypes[type] = extra->lists[type];
	}
}

/* A hexadecimal byte, with or without 0x. */
static bool parse_hex(const char *text, uint8_t *value)
{
	char *end;
	unsigned long number = strtoul(text, &end, 16);

	*value = (uint8_t)number;
	return end != text && *end == '\0' && number <= UINT8_MAX && *text != '-';
}

/* The piece up to the next comma, blanks taken off, as a terminated word. */
static bool cut_word(const char **item, char *word, size_t room)
{
	const char *begin = *item + strspn(*item, " \t"), *end = strchrnul(begin, ',');
	size_t n = (size_t)(end - begin);

	while (n && (begin[n - 1] == ' ' || begin[n - 1] == '\t'))
		n--;
	*item = *end ? end + 1 : end;
	if (!n || n >= room)
		return false;
	memcpy(word, begin, n);
	word[n] = '\0';
	return true;
}

enum ota_status ota_extra_add(struct ota_extra_names *extra, const char *item)
{
	char type_word[20], value_word[12], *name;
	struct ota_keyword *list, *row;
	uint8_t value;
	int type;

	if (extra->count == ARRAY_LEN(extra->words))
		return OTA_E_FULL;
	name = extra->words[extra->count];
	if (!cut_word(&item, type_word, sizeof(type_word)) ||
	    !cut_word(&item, name, sizeof(extra->words[0])) ||
	    !cut_word(&item, value_word, sizeof(value_word)) || *item ||
	    !parse_hex(value_word, &value))
		return OTA_E_VALUE;
	type = ota_keyword_value(extra->names.types, type_word, strlen(type_word));
	if (type < 0 || type >= (int)ARRAY_LEN(extra->lists) ||
	    ota_keyword_name(ota_subtypes_of(&extra->names, (unsigned)type), value))
		return OTA_E_VALUE;
	list = extra->lists[type];
	for (row = list; row->name && strcmp(row->name, name) != 0;)
		row++;
	if (row == list + ARRAY_LEN(extra->lists[0]) - 1)
		return OTA_E_FULL;
	*row = (struct ota_keyword){ name, value };
	extra->names.subtypes[type] = list;
	extra->count++;
	return OTA_OK;
}
