/* SPDX-License-Identifier: MIT */
/* compat.h - command lines in the grammar of Espressif's scripts, which is that of Python's argparse
 *
 * Options are abbreviated, "--" ends them, and some take none, one or many of the words that follow.
 * The rows are popt's, so that help and completion read the same tables:
 *
 *   POPT_ARG_NONE                          int, becomes 1
 *   POPT_ARG_STRING                        const char *, the next word
 *   POPT_ARG_STRING | ARGFLAG_OPTIONAL     const char *, "" where no word follows (nargs ?)
 *   POPT_ARG_ARGV                          struct compat_list, one word or more (nargs +)
 *   POPT_ARG_ARGV | ARGFLAG_OPTIONAL       struct compat_list, any number of words (nargs *)
 *
 * Source: CPython 3.11, argparse; ESP-IDF v5.5 and v6.0 for how it is used. */
#ifndef CLI_COMPAT_H
#define CLI_COMPAT_H

#include "cli/command.h"
#include "cli/input.h"

#define COMPAT_OPERANDS_MAX 4

/* Words that one option took: a stretch of the command line, which it points into. */
struct compat_list {
	const char *const *words;
	size_t count;
	const char *attached; /* the only one, where it was joined by =; NULL: it was not */
};
const char *compat_list_word(const struct compat_list *list, size_t i);

struct compat_call {
	const char *const *words; /* in: the command line, NULL at its end; out: what is left */
	bool sub; /* in: the first operand names a sub-command, reading ends behind it */
	size_t most; /* in: how many operands there may be, up to COMPAT_OPERANDS_MAX */
	const char *operands[COMPAT_OPERANDS_MAX]; /* out, as `count` of them */
	size_t count;
};

/* Read the words; what is wrong was said (EXIT_USAGE, as argparse). A repetition replaces what an
 * option had before. */
enum exit_code compat_parse(struct compat_call *call, const struct poptOption *options);

/* An option's value as Python's int(text, 0) reads it, within 32 bits; NULL leaves *value as it is.
 * EXIT_NO, as of an exception that nobody catches. */
enum exit_code compat_number(const char *option, const char *text, uint32_t *value);

/* Add the words of --extra-partition-subtypes to the options' names: 1 or 2 as the generator fails. */
enum exit_code compat_extra_names(const struct compat_list *items,
				  struct ota_table_options *options);

/* How the generator ends that meets the errors of `source` first: EXIT_USAGE where it says what is
 * wrong, EXIT_NO where it dies of an exception. Nothing wrong: EXIT_YES. */
enum exit_code compat_verdict(const struct table_source *source);

#endif
