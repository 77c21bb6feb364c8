/* SPDX-License-Identifier: MIT */
/* command.h - what a command is, the exit statuses, and the options that commands share */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <jansson.h>
#include <popt.h>

#include "lib/status.h"

enum exit_code {
	EXIT_YES = 0, /* yes, or done */
	EXIT_NO = 1, /* the answer is no, or a file that was read is wrong */
	EXIT_USAGE = 2, /* the words of the call are wrong */
	EXIT_SYSTEM = 3, /* the operating system's no */
	EXIT_NETWORK = 4, /* the network or the device did not answer */
	EXIT_REFUSED = 5, /* the device refused */
	EXIT_NOT_RUNNING = 6, /* the device came back without the pushed image running */
	EXIT_BUG = 70, /* out of memory, or a bug */
};

struct command {
	const char *name; /* as typed: "table check" */
	const char *args; /* operands: "IN", "IN [FIELD...]"; how many may be given follows */
	const char *summary; /* one line for `otatool --help` */
	struct poptOption *options;
	enum exit_code (*run)(const char **args); /* operands, NULL at the end */
	/* A front end with another program's grammar and exit statuses: run() is given all words that
	 * follow the name and reads them by `options` itself (cli/compat.h); the common options are
	 * not among them. */
	bool own_grammar;
};

/* Every command, NULL at the end (main.c). */
extern const struct command *const commands[];

/* The options that every command takes. */
struct common {
	int help, quiet, json, strict, version;
	char *color;
};
extern struct common common;
extern struct poptOption common_options[];

/* Parse `argv` (argv[0] is not looked at) with `options`. With `stop`, parsing ends at the first
 * operand. On success *rest lists the operands; the caller frees it, in one piece. */
enum exit_code command_parse(const char **argv, struct poptOption *options, bool stop,
			     const char ***rest);

/* Release the strings that the options of the last parse hold. */
void command_release(void);

/* The command that `words` begin with, and how many words name it; NULL: none. */
const struct command *command_find(const char **words, size_t *used);

/* Print a JSON document on stdout with "schema" first; takes the reference. */
enum exit_code command_print_json(json_t *document);

/* The schema name of the running command, "otatool.table.check/1". */
const char *command_schema(void);

/* `otatool --complete -- WORDS...`: candidates for the last word, one "word<TAB>summary" a line. */
enum exit_code command_complete(const char **words);

#endif
