/* SPDX-License-Identifier: MIT */
#include "cli/compat.h"

#include <stdlib.h>
#include <string.h>

#include "cli/say.h"
#include "lib/host/number.h"
#include "lib/host/table_csv.h"

/* Rows whose name a word begins; an exact one counts alone. */
struct match {
	const struct poptOption *row;
	unsigned count;
	bool exact;
};

static void match_long(const struct poptOption *row, const char *name, size_t size,
		       struct match *match)
{
	for (; row->longName || row->shortName || row->arg; row++) {
		if ((row->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE) {
			match_long(row->arg, name, size, match);
		} else if (!match->exact && row->longName &&
			   strncmp(row->longName, name, size) == 0) {
			match->exact = !row->longName[size];
			match->count = match->exact ? 1 : match->count + 1;
			match->row = row;
		}
	}
}

static const struct poptOption *match_short(const struct poptOption *row, char name)
{
	const struct poptOption *found = NULL;

	for (; !found && (row->longName || row->shortName || row->arg); row++) {
		if ((row->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE)
			found = match_short(row->arg, name);
		else if (row->shortName == name)
			found = row;
	}
	return found;
}

/* -5 and -.5 are no options where no option looks like that, and none does. */
static bool is_negative_number(const char *word)
{
	size_t digits = strspn(word + 1, "0123456789");

	if (word[1 + digits] == '.')
		digits += 1 + strspn(word + 2 + digits, "0123456789");
	return !word[1 + digits] && digits && word[digits] != '.';
}

/* May `word` be the value of an option? "--" may not. */
static bool is_value(const struct poptOption *options, const char *word)
{
	struct match match = { 0 };

	if (word[0] != '-' || !word[1])
		return true;
	if (word[1] == '-' && word[2])
		match_long(options, word + 2, strcspn(word + 2, "="), &match);
	else if (word[1] != '-')
		match.row = match_short(options, word[1]);
	return !match.row && word[1] != '-' && (is_negative_number(word) || strchr(word, ' '));
}

const char *compat_list_word(const struct compat_list *list, size_t i)
{
	return list->attached ? list->attached : list->words[i];
}

static enum exit_code take_list(const struct poptOption *options, const struct poptOption *row,
				const char *attached, struct compat_call *call)
{
	struct compat_list *list = row->arg;

	*list = (struct compat_list){ call->words, attached ? 1 : 0, attached };
	while (!attached && *call->words && is_value(options, *call->words)) {
		call->words++;
		list->count++;
	}
	if (!list->count && !(row->argInfo & POPT_ARGFLAG_OPTIONAL))
		return say_usage("--%s: expected at least one argument", row->longName);
	return EXIT_YES;
}

/* The values of `row`: `attached` by = or without a blank (NULL: no), or the words that follow. */
static enum exit_code take_values(const struct poptOption *options, const struct poptOption *row,
				  const char *attached, struct compat_call *call)
{
	if ((row->argInfo & POPT_ARG_MASK) == POPT_ARG_ARGV)
		return take_list(options, row, attached, call);
	if (attached)
		*(const char **)row->arg = attached;
	else if (*call->words && is_value(options, *call->words))
		*(const char **)row->arg = *call->words++;
	else if (row->argInfo & POPT_ARGFLAG_OPTIONAL)
		*(const char **)row->arg = "";
	else
		return say_usage("--%s: expected one argument", row->longName);
	return EXIT_YES;
}

static enum exit_code take_long(const struct poptOption *options, const char *word,
				struct compat_call *call)
{
	size_t size = strcspn(word + 2, "=");
	const char *attached = word[2 + size] ? word + 2 + size + 1 : NULL;
	struct match match = { 0 };

	match_long(options, word + 2, size, &match);
	if (match.count > 1)
		return say_usage("ambiguous option: %s", word);
	if (!match.row)
		return say_usage("unrecognized arguments: %s", word);
	if ((match.row->argInfo & POPT_ARG_MASK) != POPT_ARG_NONE)
		return take_values(options, match.row, attached, call);
	if (attached)
		return say_usage("--%s: ignored explicit argument '%s'", match.row->longName,
				 attached);
	*(int *)match.row->arg = 1;
	return EXIT_YES;
}

/* -q, -qv, -o 0x8000, -o0x8000, -o=0x8000 */
static enum exit_code take_short(const struct poptOption *options, const char *word,
				 struct compat_call *call)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const struct poptOption *row = match_short(options, *letter);
		const char *attached = letter[1] ? letter + 1 + (letter[1] == '=') : NULL;

		if (!row)
			return say_usage("unrecognized arguments: %s", word);
		if ((row->argInfo & POPT_ARG_MASK) != POPT_ARG_NONE)
			return take_values(options, row, attached, call);
		*(int *)row->arg = 1;
	}
	return EXIT_YES;
}

enum exit_code compat_parse(struct compat_call *call, const struct poptOption *options)
{
	bool ended = false;
	enum exit_code code = EXIT_YES;

	while (!code && *call->words && !(call->sub && call->count)) {
		const char *word = *call->words++;

		if (!ended && strcmp(word, "--") == 0)
			ended = true;
		else if (!ended && !is_value(options, word))
			code = word[1] == '-' ? take_long(options, word, call)
					      : take_short(options, word, call);
		else if (call->count < call->most)
			call->operands[call->count++] = word;
		else
			code = say_usage("unrecognized arguments: %s", word);
	}
	return code;
}

enum exit_code compat_number(const char *option, const char *text, uint32_t *value)
{
	struct ota_number number;

	if (!text)
		return EXIT_YES;
	if (ota_number_read(text, strlen(text), &number) || number.magnitude > UINT32_MAX ||
	    (number.negative && number.magnitude))
		return say_error(EXIT_NO, NULL, "%s: '%s' is no number of 32 bits", option, text);
	*value = (uint32_t)number.magnitude;
	return EXIT_YES;
}

/* The generator looks at the value first: one that some type has makes an unknown type an error
 * that it reports; else that type is an exception. */
static enum exit_code extra_failure(const char *item, const struct ota_names *names)
{
	size_t n = strcspn(item, ",");
	const char *value = strrchr(item, ',');
	char *end;
	unsigned long number = value ? strtoul(value + 1, &end, 16) : 0;
	bool taken = false;

	for (unsigned type = 0; type < ARRAY_LEN(names->subtypes); type++)
		taken |= number <= UINT8_MAX &&
			 ota_keyword_name(names->subtypes[type], (unsigned)number);
	return ota_keyword_value(names->types, item, n) < 0 && value && taken ? EXIT_USAGE
									      : EXIT_NO;
}

enum exit_code compat_extra_names(const struct compat_list *items,
				  struct ota_table_options *options)
{
	static struct ota_extra_names extra;

	if (!items->count)
		return EXIT_YES;
	ota_extra_begin(&extra, options->names);
	for (size_t i = 0; i < items->count; i++) {
		const char *item = compat_list_word(items, i);

		if (ota_extra_add(&extra, item))
			return say_error(
				extra_failure(item, &extra.names), NULL,
				"--extra-partition-subtypes: '%s' is not TYPE,NAME,VALUE with a "
				"hexadecimal VALUE of its own",
				item);
	}
	options->names = &extra.names;
	return EXIT_YES;
}

enum exit_code compat_verdict(const struct table_source *source)
{
	/* The text decoder dies at once; numbers that do not fit when all else was found good. */
	static const struct {
		const char *rule;
		bool alone;
	} exceptions[] = { { "csv-encoding", false },
			   { "label-utf8", false },
			   { "number-range", true },
			   { "size-until", true } };
	const struct findings *findings = &source->findings;

	if (!findings->errors)
		return EXIT_YES;
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++)
		if (strcmp(findings->first->id, exceptions[i].rule) == 0 &&
		    (!exceptions[i].alone || findings->errors == 1))
			return EXIT_NO;
	return EXIT_USAGE;
}
