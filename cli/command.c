/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/say.h"

/* popt (1.19), what its manual does not say loudly:
 * - POPT_AUTOHELP prints and exits inside the library: --help is our own row.
 * - poptGetArgs() memory belongs to the context: the operands are copied.
 * - POPT_ARG_STRING stores a heap copy, and a repetition leaks the first one: every row gets a
 *   number, so that each occurrence is seen; what may repeat is POPT_ARG_ARGV.
 * - "-5" is an option to it: a negative number gets a blank in front, which numbers may have.
 * - POPT_ARG_INT reads "010" as octal and refuses "4K": numbers are strings for number.c. */

#define OPTIONS_MAX 64

struct common common;

struct poptOption common_options[] = {
	{ "json", 0, POPT_ARG_NONE, &common.json, 0, "Print facts as one JSON document", NULL },
	{ "strict", 0, POPT_ARG_NONE, &common.strict, 0, "Take warnings for errors", NULL },
	{ "quiet", 'q', POPT_ARG_NONE, &common.quiet, 0, "Say nothing but errors", NULL },
	{ "color", 0, POPT_ARG_STRING, &common.color, 0, "Colour output: auto, always or never",
	  "WHEN" },
	{ "help", 'h', POPT_ARG_NONE, &common.help, 0, "Show this help", NULL },
	POPT_TABLEEND
};

/* The rows that were parsed, by number, and what is to be released. */
static struct {
	struct poptOption *rows[OPTIONS_MAX];
	size_t count;
} parsed;

static void number_rows(struct poptOption *row)
{
	for (; row->longName || row->shortName || row->arg; row++) {
		if ((row->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE) {
			number_rows(row->arg);
			continue;
		}
		if (parsed.count == OPTIONS_MAX)
			abort();
		parsed.rows[parsed.count++] = row;
		row->val = (int)parsed.count;
	}
}

static bool is_string(const struct poptOption *row)
{
	return (row->argInfo & POPT_ARG_MASK) == POPT_ARG_STRING;
}

/* One pass of popt; `held` are the strings already stored, by row. */
static enum exit_code take_options(poptContext context)
{
	char *held[OPTIONS_MAX] = { NULL };
	int value;

	for (size_t i = 0; i < parsed.count; i++)
		if (is_string(parsed.rows[i]))
			held[i] = *(char **)parsed.rows[i]->arg;
	while ((value = poptGetNextOpt(context)) > 0) {
		const struct poptOption *row = parsed.rows[value - 1];

		if (!is_string(row))
			continue;
		if (held[value - 1]) {
			free(held[value - 1]);
			return say_usage("--%s is given twice", row->longName);
		}
		held[value - 1] = *(char **)row->arg;
	}
	if (value < -1)
		return say_usage("%s: %s", poptBadOption(context, POPT_BADOPTION_NOALIAS),
				 poptStrerror(value));
	return EXIT_YES;
}

/* `argv` with a blank before each negative number, in one block. */
static const char **shield_numbers(const char **argv, int *argc)
{
	size_t size = 0, n;
	const char **copy;
	char *text;

	for (*argc = 0; argv[*argc]; ++*argc)
		size += strlen(argv[*argc]) + 2;
	copy = malloc(((size_t)*argc + 1) * sizeof(*copy) + size);
	if (!copy)
		return NULL;
	text = (char *)(copy + *argc + 1);
	for (int i = 0; i < *argc; i++, text += n) {
		bool number = argv[i][0] == '-' && argv[i][1] >= '0' && argv[i][1] <= '9';

		copy[i] = text;
		n = (size_t)sprintf(text, "%s%s", number ? " " : "", argv[i]) + 1;
	}
	copy[*argc] = NULL;
	return copy;
}

/* A copy of popt's list in one block, the shields taken off. */
static const char **copy_operands(const char **args)
{
	size_t count = 0, size = 0;
	const char **copy;
	char *text;

	for (; args && args[count]; count++)
		size += strlen(args[count]) + 1;
	copy = malloc((count + 1) * sizeof(*copy) + size);
	if (!copy)
		return NULL;
	text = (char *)(copy + count + 1);
	for (size_t i = 0; i < count; i++) {
		const char *word = args[i] + (strncmp(args[i], " -", 2) == 0);
		size_t n = strlen(word) + 1;

		copy[i] = memcpy(text, word, n);
		text += n;
	}
	copy[count] = NULL;
	return copy;
}

enum exit_code command_parse(const char **argv, struct poptOption *options, bool stop,
			     const char ***rest)
{
	int argc;
	const char **shielded = shield_numbers(argv, &argc);
	poptContext context;
	enum exit_code code;

	if (!shielded)
		return say_error(EXIT_BUG, NULL, "out of memory");
	parsed.count = 0;
	number_rows(options);
	context = poptGetContext("otatool", argc, shielded, options,
				 stop ? POPT_CONTEXT_POSIXMEHARDER : 0);
	code = take_options(context);
	*rest = code ? NULL : copy_operands(poptGetArgs(context));
	poptFreeContext(context);
	free(shielded);
	if (!code && !*rest)
		return say_error(EXIT_BUG, NULL, "out of memory");
	return code;
}

static void release_row(const struct poptOption *row)
{
	if (is_string(row)) {
		free(*(char **)row->arg);
		*(char **)row->arg = NULL;
	} else if ((row->argInfo & POPT_ARG_MASK) == POPT_ARG_ARGV) {
		char ***list = row->arg;

		for (size_t i = 0; *list && (*list)[i]; i++)
			free((*list)[i]);
		free(*list);
		*list = NULL;
	}
}

void command_release(void)
{
	for (size_t i = 0; i < parsed.count; i++)
		release_row(parsed.rows[i]);
	parsed.count = 0;
}

/* How many of `words` spell out `name`, blank by blank; 0: not this one. */
static size_t match_name(const char *name, const char **words)
{
	size_t used = 0;

	while (*name) {
		size_t n = strcspn(name, " ");

		if (!words[used] || strlen(words[used]) != n || memcmp(name, words[used], n) != 0)
			return 0;
		used++;
		name += n + (name[n] == ' ');
	}
	return used;
}

const struct command *command_find(const char **words, size_t *used)
{
	for (size_t i = 0; commands[i]; i++) {
		*used = match_name(commands[i]->name, words);
		if (*used)
			return commands[i];
	}
	return NULL;
}

enum exit_code command_print_json(json_t *document)
{
	json_t *whole = json_object();
	int failed;

	if (!document || json_object_set_new(whole, "schema", json_string(command_schema())) < 0 ||
	    json_object_update(whole, document) < 0) {
		json_decref(document);
		json_decref(whole);
		return say_error(EXIT_BUG, NULL, "out of memory");
	}
	failed = json_dumpf(whole, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(document);
	json_decref(whole);
	return failed && !ferror(stdout) ? say_error(EXIT_BUG, NULL, "out of memory") : EXIT_YES;
}
