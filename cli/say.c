/* SPDX-License-Identifier: MIT */
#include "cli/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/host/finding.h"

/* What --json repeats: the first error of the run. */
static struct {
	bool set;
	char *rule, *file, *message;
	unsigned line;
	uint32_t offset;
} first = { .offset = OTA_NO_OFFSET };

struct place {
	const char *file;
	unsigned line;
	uint32_t offset;
};

static char *format_text(const char *format, va_list args)
{
	char *text = NULL;

	return vasprintf(&text, format, args) < 0 ? NULL : text;
}

static void remember(const struct place *at, const char *rule, const char *message)
{
	if (first.set)
		return;
	first.set = true;
	first.rule = rule ? strdup(rule) : NULL;
	first.file = at->file ? strdup(at->file) : NULL;
	first.message = message ? strdup(message) : NULL;
	first.line = at->line;
	first.offset = at->offset;
}

bool say_colored(int fd)
{
	const char *off = getenv("NO_COLOR");

	if (common.color && strcmp(common.color, "auto") != 0)
		return strcmp(common.color, "always") == 0;
	return isatty(fd) && !(off && *off);
}

/* "file:line: " or "file: 0xoffset: ", then the severity in its colour. */
static void begin_line(const struct place *at, const char *severity, const char *color)
{
	fflush(stdout);
	fputs(at->file ? at->file : "otatool", stderr);
	if (at->line)
		fprintf(stderr, ":%u", at->line);
	fputs(": ", stderr);
	if (at->offset != OTA_NO_OFFSET)
		fprintf(stderr, "0x%x: ", at->offset);
	if (say_colored(STDERR_FILENO))
		fprintf(stderr, "\033[1;%sm%s:\033[0m ", color, severity);
	else
		fprintf(stderr, "%s: ", severity);
}

/* Untrusted names must not steer the terminal. */
static void put_safe(const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		/* 0x80 to 0x9f, which terminals obey too, are 0xc2 and that in UTF-8. */
		if (c < 0x20 || c == 0x7f || (c == 0xC2 && (unsigned char)text[1] < 0xA0))
			fprintf(stderr, "\\x%02x", c);
		else
			putc(c, stderr);
	}
}

static void end_line(const char *text)
{
	put_safe(text ? text : "out of memory");
	putc('\n', stderr);
}

enum exit_code say_error(enum exit_code code, const char *file, const char *format, ...)
{
	struct place at = { file, 0, OTA_NO_OFFSET };
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	begin_line(&at, "error", "31");
	end_line(text);
	remember(&at, NULL, text);
	free(text);
	return code;
}

enum exit_code say_usage(const char *format, ...)
{
	struct place at = { NULL, 0, OTA_NO_OFFSET };
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	begin_line(&at, "error", "31");
	end_line(text);
	fputs("otatool: note: --help lists what can be given\n", stderr);
	remember(&at, "usage", text);
	free(text);
	return EXIT_USAGE;
}

enum exit_code say_system(const char *file, const char *doing)
{
	int reason = errno;

	return say_error(reason == ENOMEM ? EXIT_BUG : EXIT_SYSTEM, file, "%s: %s", doing,
			 strerror(reason));
}

static void say_fix(const struct place *at, const struct ota_diag *diag)
{
	char *fix = diag->rule->fix ? ota_finding_text(diag->rule->fix, diag) : NULL;

	if (!fix)
		return;
	begin_line(at, "note", "36");
	end_line(fix);
	free(fix);
}

void say_finding(const char *file, const struct ota_diag *diag)
{
	const struct ota_rule *rule = diag->rule;
	struct place at = { file, diag->line, diag->line ? OTA_NO_OFFSET : diag->offset };
	bool error =
		rule->severity == OTA_ERROR || (common.strict && rule->severity == OTA_WARNING);
	char *what, *text;

	if (!error && common.quiet)
		return;
	what = ota_finding_text(rule->what, diag);
	text = ota_finding_text(rule->text, diag);
	begin_line(&at,
		   error                        ? "error"
		   : rule->severity == OTA_INFO ? "note"
						: "warning",
		   error ? "31" : "35");
	put_safe(what ? what : "");
	fputs(" (", stderr);
	put_safe(text ? text : "");
	fprintf(stderr, ") [%s]\n", rule->id);
	say_fix(&at, diag);
	if (error)
		remember(&at, rule->id, what);
	free(what);
	free(text);
}

static enum exit_code code_of(enum ota_status status)
{
	switch (status) {
	case OTA_OK: return EXIT_YES;
	case OTA_E_SYSTEM: return EXIT_SYSTEM;
	case OTA_E_MEMORY: return EXIT_BUG;
	default: return EXIT_NO;
	}
}

enum exit_code say_failure(const char *file, enum ota_status status, const struct ota_diag *diag)
{
	if (status == OTA_E_SYSTEM)
		return say_system(file, ota_status_text(status));
	if (diag && diag->rule)
		say_finding(file, diag);
	else
		say_error(EXIT_NO, file, "%s", ota_status_text(status));
	return code_of(status);
}

static void talk(const struct place *at, const char *severity, const char *color,
		 const char *format, va_list args)
{
	char *text;

	if (common.quiet)
		return;
	text = format_text(format, args);
	if (severity)
		begin_line(at, severity, color);
	else
		fflush(stdout);
	end_line(text);
	free(text);
}

void say_warning(const char *file, const char *format, ...)
{
	struct place at = { file, 0, OTA_NO_OFFSET };
	va_list args;

	va_start(args, format);
	talk(&at, "warning", "35", format, args);
	va_end(args);
}

void say_note(const char *file, const char *format, ...)
{
	struct place at = { file, 0, OTA_NO_OFFSET };
	va_list args;

	va_start(args, format);
	talk(&at, "note", "36", format, args);
	va_end(args);
}

void say_status(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	talk(NULL, NULL, NULL, format, args);
	va_end(args);
}

void say_bar(const char *line)
{
	fputs("\r\033[K", stderr);
	if (line)
		put_safe(line);
	fflush(stderr);
}

json_t *say_first_error(enum exit_code code)
{
	json_t *error;

	if (!first.set)
		return NULL;
	error = json_pack("{s:s?, s:s?}", "rule", first.rule, "file", first.file);
	if (first.line)
		json_object_set_new(error, "line", json_integer(first.line));
	else if (first.offset != OTA_NO_OFFSET)
		json_object_set_new(error, "offset", json_integer(first.offset));
	json_object_set_new(error, "message", ota_json_text(first.message));
	json_object_set_new(error, "status", json_integer(code));
	free(first.rule);
	free(first.file);
	free(first.message);
	first.set = false;
	return error;
}
