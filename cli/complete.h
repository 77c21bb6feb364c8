/* SPDX-License-Identifier: MIT */
/* complete.h - where candidates for option values and operands come from */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

typedef void complete_offer_fn(const char *begun, const char *word, const char *summary);

/* Candidates for what help texts call `what`: a list, or a function that offers them one by one.
 * `words` is the command line so far. Nothing here: the shell offers files. */
struct completion {
	const char *what;
	const char *const *values; /* NULL at the end; may be NULL */
	void (*offer)(const char *begun, const char **words, complete_offer_fn *offer);
};

/* NULL `what` at the end (complete_values.c). */
extern const struct completion completions[];

#endif
