/* SPDX-License-Identifier: MIT */
/* complete.c - what the completion scripts of bash, zsh and fish ask for */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complete.h"

static void offer(const char *begun, const char *word, const char *summary)
{
	if (strncmp(word, begun, strlen(begun)) == 0)
		printf("%s\t%s\n", word, summary ? summary : "");
}

/* The words that may follow `words` in a command's name; the first of them only once. */
static void offer_commands(const char **words, size_t count, const char *begun)
{
	const char *last = "";
	size_t last_size = 0;

	for (size_t i = 0; commands[i]; i++) {
		const char *name = commands[i]->name;
		size_t k = 0, n = strcspn(name, " ");
		char word[64];

		while (k < count && strlen(words[k]) == n && memcmp(words[k], name, n) == 0) {
			name += n + (name[n] == ' ');
			n = strcspn(name, " ");
			k++;
		}
		if (k < count || !n || (n == last_size && memcmp(last, name, n) == 0))
			continue;
		last = name;
		last_size = n;
		snprintf(word, sizeof(word), "%.*s", (int)n, name);
		offer(begun, word, name[n] ? "" : commands[i]->summary);
	}
}

static void offer_options(const struct poptOption *row, const char *begun)
{
	for (; row->longName || row->shortName || row->arg; row++) {
		char word[64];

		if ((row->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE) {
			offer_options(row->arg, begun);
			continue;
		}
		snprintf(word, sizeof(word), "--%s", row->longName);
		offer(begun, word, row->descrip);
	}
}

/* The row that `word` ("--chip", "-o") names, if it takes an argument. */
static const struct poptOption *find_option(const struct poptOption *row, const char *word)
{
	for (; row->longName || row->shortName || row->arg; row++) {
		const struct poptOption *found = row;

		if ((row->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE)
			found = find_option(row->arg, word);
		else if (!row->argDescrip || !row->longName ||
			 (strncmp(word, "--", 2) == 0
				  ? strcmp(word + 2, row->longName) != 0
				  : word[0] != '-' || !word[1] || word[1] != row->shortName ||
					    word[2]))
			found = NULL;
		if (found)
			return found;
	}
	return NULL;
}

/* Candidates for a value that help texts call `what` ("CHIP"). */
static void offer_values(const char *what, const char *begun, const char **words)
{
	for (const struct completion *c = completions; c->what; c++) {
		if (strcmp(c->what, what) != 0)
			continue;
		for (const char *const *value = c->values; value && *value; value++)
			offer(begun, *value, "");
		if (c->offer)
			c->offer(begun, words, offer);
	}
}

/* What the operands are called: "IN [FIELD...]" offers for the last name too. */
static void offer_operands(const struct command *command, const char **words, const char *begun)
{
	const char *args = command->args;

	while (*args) {
		char what[32];
		size_t n = strcspn(args, " "), skip = strspn(args, "[");

		snprintf(what, sizeof(what), "%.*s", (int)strcspn(args + skip, " .]"), args + skip);
		offer_values(what, begun, words);
		args += n + (args[n] == ' ');
	}
}

enum exit_code command_complete(const char **words)
{
	size_t count = 0, used = 0;
	const struct command *command;
	const struct poptOption *row = NULL;
	const char *begun;

	while (words[count])
		count++;
	begun = count ? words[--count] : "";
	words[count] = NULL;
	command = command_find(words, &used);
	if (!command) {
		if (begun[0] == '-')
			offer_options(common_options, begun);
		else
			offer_commands(words, count, begun);
		return EXIT_YES;
	}
	if (count > used) {
		row = find_option(command->options, words[count - 1]);
		row = row ? row : find_option(common_options, words[count - 1]);
	}
	if (row) {
		offer_values(row->argDescrip, begun, words);
	} else if (begun[0] == '-') {
		offer_options(command->options, begun);
		if (!command->own_grammar)
			offer_options(common_options, begun);
	} else {
		offer_operands(command, words, begun);
	}
	return EXIT_YES;
}
