/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/file.h"
#include "cli/say.h"
#include "lib/host/boot_log.h"
#include "lib/host/finding.h"
#include "lib/host/number.h"

#define COLUMNS 88

static struct poptOption options[] = { POPT_TABLEEND };

/* What is said about a code, or about a line of a log. */
struct words {
	const char *meaning, *causes, *advice, *source;
};

/* `title`, then `text` broken at blanks, its lines below each other. */
static void print_wrapped(const char *title, const char *text)
{
	int indent = printf("%s", title), column = indent;

	while (*text) {
		int n = (int)strcspn(text, " ");

		if (column > indent && column + 1 + n > COLUMNS)
			column = printf("\n%*s", indent, "") - 1;
		else if (column > indent)
			column += printf(" ");
		column += printf("%.*s", n, text);
		text += n + (text[n] == ' ');
	}
	putchar('\n');
}

static void print_words(const struct words *words)
{
	print_wrapped("  causes  ", words->causes);
	print_wrapped("  do      ", words->advice);
	print_wrapped("  source  ", words->source);
}

static json_t *words_json(const struct words *words)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "meaning", words->meaning, "causes", words->causes,
			 "advice", words->advice, "source", words->source);
}

static struct words words_of(const struct ota_error *error)
{
	return (struct words){ error->meaning, error->causes, error->advice, error->source };
}

static struct words words_of_note(const struct ota_log_note *note)
{
	const struct ota_log_line *line = note->line;

	return line ? (struct words){ line->meaning, line->causes, line->advice, line->source }
		    : words_of(note->error);
}

/* "0x104", "-0x7200". */
static const char *print_code(int32_t code, char text[static 16])
{
	bool minus = code < 0;

	snprintf(text, 16, "%s0x%" PRIx32, minus ? "-" : "",
		 minus ? 0 - (uint32_t)code : (uint32_t)code);
	return text;
}

static enum exit_code explain_error(const struct ota_error *error)
{
	struct words words = words_of(error);
	char code[16];
	json_t *document;

	if (!common.json) {
		printf("%s (%s): %s\n", error->name, print_code(error->code, code), error->meaning);
		print_words(&words);
		return EXIT_YES;
	}
	document = json_pack("{s:i, s:s}", "code", (int)error->code, "name", error->name);
	json_object_update_new(document, words_json(&words));
	return command_print_json(document);
}

/* A byte of a log, made harmless; how many bytes were taken: an escape sequence (logs are coloured)
 * is dropped whole. */
static size_t put_clean(FILE *out, const char *text, size_t size)
{
	unsigned char c = (unsigned char)*text;
	size_t n = 2;

	if (c == '\033' && size > 1 && text[1] == '[') {
		while (n < size && ((unsigned char)text[n] < 0x40 || text[n] == 0x7f))
			n++;
		return n < size ? n + 1 : size;
	}
	if (c == '\t' || (c >= ' ' && c != 0x7f))
		putc(c, out);
	else if (c != '\r')
		fprintf(out, "\\x%02x", c);
	return 1;
}

static void put_line(FILE *out, const char *text, size_t size)
{
	while (size) {
		size_t n = put_clean(out, text, size);

		text += n;
		size -= n;
	}
}

static const char *note_id(const struct ota_log_note *note)
{
	return note->line ? note->line->id : note->error->name;
}

static enum ota_severity note_severity(const struct ota_log_note *note)
{
	return note->line ? note->line->severity : note->error->code ? OTA_ERROR : OTA_INFO;
}

/* Each line, those that matter with the number of their explanation. */
static void print_marked(const struct ota_log_notes *notes, const struct ota_log_note *mark,
			 const char *line, size_t size)
{
	if (common.json)
		return;
	if (!mark)
		printf("      ");
	else
		printf("%3zu%c  ", (size_t)(mark - notes->notes) + 1,
		       note_severity(mark) == OTA_INFO ? ' ' : '>');
	put_line(stdout, line, size);
	putchar('\n');
}

static void print_notes(const struct ota_log_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++) {
		const struct ota_log_note *note = &notes->notes[i];
		struct words words = words_of_note(note);
		char code[16];

		printf("\n[%zu] line %zu", i + 1, note->number);
		if (note->count > 1)
			printf(" and %zu more", note->count - 1);
		printf(", %s", note_id(note));
		if (!note->line)
			printf(" (%s)", print_code(note->error->code, code));
		printf(": %s\n", words.meaning);
		print_words(&words);
	}
}

static json_t *note_json(const struct ota_log_note *note)
{
	static const char *const severities[] = { "error", "warning", "info" };
	struct words words = words_of_note(note);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	json_t *json;

	if (!out)
		return NULL;
	put_line(out, note->text, note->text_size);
	fclose(out);
	json = json_pack("{s:s, s:s, s:I, s:I, s:o}", "rule", note_id(note), "severity",
			 severities[note_severity(note)], "line", (json_int_t)note->number, "count",
			 (json_int_t)note->count, "text", ota_json_text(text));
	json_object_set_new(json, "code",
			    note->line ? json_null() : json_integer(note->error->code));
	json_object_update_new(json, words_json(&words));
	free(text);
	return json;
}

static enum exit_code print_notes_json(const char *file, const struct ota_log_notes *notes)
{
	json_t *list = json_array();
	bool ok = true;

	for (size_t i = 0; i < notes->count; i++) {
		ok = ok && note_severity(&notes->notes[i]) == OTA_INFO;
		json_array_append_new(list, note_json(&notes->notes[i]));
	}
	return command_print_json(json_pack("{s:s, s:I, s:b, s:o}", "file", file, "lines",
					    (json_int_t)notes->lines, "ok", (int)ok, "notes",
					    list));
}

static enum exit_code show_log(const struct file *file, struct ota_log_notes *notes)
{
	for (size_t at = 0; at < file->size;) {
		const char *line = (const char *)file->data + at;
		const char *end = memchr(line, '\n', file->size - at);
		size_t size = end ? (size_t)(end - line) : file->size - at;

		print_marked(notes, ota_log_read(notes, line, size), line, size);
		at += size + (end != NULL);
	}
	if (!notes->count)
		say_note(file->name, "none of its %zu lines is known", notes->lines);
	if (common.json)
		return print_notes_json(file->name, notes);
	print_notes(notes);
	return EXIT_YES;
}

static enum exit_code explain_log(const char *name)
{
	struct file file;
	struct ota_log_notes *notes;
	enum exit_code code = file_read(name, &file);

	if (code)
		return code;
	notes = calloc(1, sizeof(*notes));
	code = notes ? show_log(&file, notes) : say_error(EXIT_BUG, NULL, "out of memory");
	free(notes);
	file_free(&file);
	return code;
}

static enum exit_code run(const char **args)
{
	size_t size = strlen(args[0]);
	const struct ota_error *error = ota_error_by_name(args[0], size);
	struct ota_number number = { 0 };
	const char *family;
	int64_t code;

	if (strcmp(args[0], "-") == 0)
		return explain_log("-");
	if (error)
		return explain_error(error);
	if (ota_number_read(args[0], size, &number) || number.magnitude > UINT32_MAX) {
		if (access(args[0], F_OK) == 0)
			return explain_log(args[0]);
		return say_error(EXIT_NO, NULL, "no error is called '%s', and no file", args[0]);
	}
	code = number.negative ? -(int64_t)number.magnitude : (int64_t)number.magnitude;
	error = ota_error_by_code(code);
	if (error)
		return explain_error(error);
	family = ota_error_family(code);
	return say_error(EXIT_NO, NULL, "the meaning of %s is not known%s%s", args[0],
			 family ? "; numbers like it belong to " : "", family ? family : "");
}

const struct command cmd_explain = {
	"explain", "CODE|LOG", "explain an error code, or the lines of a boot log that matter",
	options, run
};
