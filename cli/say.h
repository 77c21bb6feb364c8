/* SPDX-License-Identifier: MIT */
/* say.h - the only place that writes to stderr
 *
 * Sentences read as compilers print them: "parts.csv:7: error: what (the rule) [rule-id]". */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <jansson.h>

#include "cli/command.h"
#include "lib/status.h"

#define SAY_FORMAT(n) __attribute__((format(printf, n, n + 1)))

/* An error without a rule; `file` NULL: the program itself. Returns `code`. */
enum exit_code say_error(enum exit_code code, const char *file, const char *format, ...)
	SAY_FORMAT(3);

/* The words of the call are wrong: the sentence, then where help is. EXIT_USAGE. */
enum exit_code say_usage(const char *format, ...) SAY_FORMAT(1);

/* `doing` ("cannot open") failed with errno. EXIT_SYSTEM, or EXIT_BUG when out of memory. */
enum exit_code say_system(const char *file, const char *doing);

/* A finding of the library, error or warning by its rule; --strict makes warnings errors. */
void say_finding(const char *file, const struct ota_diag *diag);

/* As say_finding, or the status's own words where diag->rule is NULL; the status's exit code. */
enum exit_code say_failure(const char *file, enum ota_status status, const struct ota_diag *diag);

/* Talk: silent with --quiet, all three. */
void say_warning(const char *file, const char *format, ...) SAY_FORMAT(2);
void say_note(const char *file, const char *format, ...) SAY_FORMAT(2);
void say_status(const char *format, ...) SAY_FORMAT(1);

/* A line on the terminal that the next one overwrites; NULL takes it away. */
void say_bar(const char *line);

/* The first error that was said, as the "error" member of a JSON document; NULL: none. */
json_t *say_first_error(enum exit_code code);

/* Is colour wanted on this stream (stdout: 1, stderr: 2)? --color, NO_COLOR, terminal. */
bool say_colored(int fd);

#endif
