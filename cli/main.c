/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/say.h"

/* clang-format off */
const struct command *const commands[] = {
	&cmd_table_build,
	&cmd_table_show,
	&cmd_table_check,
	&cmd_table_get,
	&cmd_table_map,
	&cmd_table_diff,
	&cmd_table_fits,
	&cmd_table_presets,
	&cmd_image_build,
	&cmd_image_info,
	&cmd_image_verify,
	&cmd_image_hash,
	&cmd_otadata_show,
	&cmd_otadata_set_boot,
	&cmd_otadata_set,
	&cmd_otadata_repair,
	&cmd_otadata_init,
	&cmd_otadata_erase,
	&cmd_boot,
	&cmd_flash_split,
	&cmd_flash_join,
	&cmd_flash_read,
	&cmd_flash_write,
	&cmd_flash_erase,
	&cmd_flash_check,
	&cmd_flash_diff,
	&cmd_push,
	&cmd_device_info,
	&cmd_device_set_boot,
	&cmd_device_confirm,
	&cmd_device_rollback,
	&cmd_device_restart,
	&cmd_device_keys,
	&cmd_emulate,
	&cmd_keygen_push,
	&cmd_explain,
	&cmd_gen_esp32part,
	&cmd_parttool,
	&cmd_check_sizes,
	&cmd_gen_empty_partition,
	NULL,
};
/* clang-format on */

static struct poptOption global_options[] = {
	{ "version", 'V', POPT_ARG_NONE, &common.version, 0, "Show the version", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, common_options, 0, NULL, NULL },
	POPT_TABLEEND
};

static const struct command *running;
static bool printed; /* a JSON document went out */

const char *command_schema(void)
{
	static char name[80];
	size_t n;

	printed = true;
	snprintf(name, sizeof(name), "otatool.%s/1", running ? running->name : "error");
	n = strcspn(name, " ");
	if (name[n])
		name[n] = '.';
	return name;
}

/* The commands of `noun`, or all (NULL). */
static void list_commands(FILE *out, const char *noun)
{
	size_t n = noun ? strlen(noun) : 0;

	fputs("Usage: otatool [OPTION...] COMMAND [OPTION...] [OPERAND...]\n\n", out);
	if (!noun)
		fputs("Flash layout and over-the-air updates of Espressif chips.\n"
		      "Not Espressif's otatool.py: another program with other verbs.\n\n",
		      out);
	for (size_t i = 0; commands[i]; i++)
		if (!noun || (strncmp(commands[i]->name, noun, n) == 0 &&
			      (!commands[i]->name[n] || commands[i]->name[n] == ' ')))
			fprintf(out, "  %-20s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n`otatool help COMMAND` shows the options of a command.\n", out);
}

static bool is_noun(const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; commands[i]; i++)
		if (n && strncmp(commands[i]->name, word, n) == 0 && commands[i]->name[n] == ' ')
			return true;
	return false;
}

static void wrap_options(const struct command *command, struct poptOption table[3])
{
	const struct poptOption rows[3] = { { NULL, 0, POPT_ARG_INCLUDE_TABLE, command->options, 0,
					      NULL, NULL },
					    { NULL, 0, POPT_ARG_INCLUDE_TABLE, common_options, 0,
					      "Options of every command:", NULL },
					    POPT_TABLEEND };

	memcpy(table, rows, sizeof(rows));
	if (command->own_grammar)
		table[1] = rows[2];
}

static enum exit_code show_help(const struct command *command)
{
	char name[64], operands[128];
	const char *argv[] = { name, NULL };
	struct poptOption options[3];
	poptContext context;

	snprintf(name, sizeof(name), "otatool %s", command->name);
	snprintf(operands, sizeof(operands), "[OPTION...] %s", command->args);
	wrap_options(command, options);
	context = poptGetContext("otatool", 1, argv, options, 0);
	poptSetOtherOptionHelp(context, operands);
	poptPrintHelp(context, stdout, 0);
	poptFreeContext(context);
	printf("\nTo %s.\n", command->summary);
	return EXIT_YES;
}

/* How many operands `args` ("IN [FIELD...]") allows. */
static void count_operands(const char *args, size_t *least, size_t *most)
{
	*least = *most = 0;
	while (*args) {
		size_t n = strcspn(args, " ");

		*least += *args != '[';
		*most += 1;
		if (memmem(args, n, "...", 3))
			*most = SIZE_MAX / 2;
		args += n + (args[n] == ' ');
	}
}

static enum exit_code check_operands(const struct command *command, const char **args)
{
	size_t least, most, given = 0;

	count_operands(command->args, &least, &most);
	while (args[given])
		given++;
	if (given < least)
		return say_usage("%s: an operand is missing (%s)", command->name, command->args);
	if (given > most)
		return say_usage("%s: one operand too many: %s", command->name, args[most]);
	return EXIT_YES;
}

static bool wants_help(const char **words)
{
	while (*words && strcmp(*words, "--") != 0 && strcmp(*words, "--help") != 0 &&
	       strcmp(*words, "-h") != 0)
		words++;
	return *words && strcmp(*words, "--") != 0;
}

static enum exit_code run_command(const struct command *command, const char **argv)
{
	struct poptOption options[3];
	const char **args = NULL;
	enum exit_code code;

	running = command;
	if (command->own_grammar)
		return wants_help(argv + 1) ? show_help(command) : command->run(argv + 1);
	wrap_options(command, options);
	code = command_parse(argv, options, false, &args);
	if (!code && common.help)
		code = show_help(command);
	else if (!code && !(code = check_operands(command, args)))
		code = command->run(args);
	free(args);
	return code;
}

static enum exit_code show_version(void)
{
	printf("otatool %s\n", OTA_VERSION);
	printf("popt %s, jansson %s, zlib %s\n", OTA_POPT_VERSION, jansson_version_str(),
	       zlibVersion());
	printf("%s\n", ota_http_version() ? ota_http_version() : "no libcurl");
	return EXIT_YES;
}

/* `help`, `help NOUN`, `help NOUN VERB`. */
static enum exit_code run_help(const char **words)
{
	size_t used;
	const struct command *command = words[0] ? command_find(words, &used) : NULL;

	if (command && !words[used])
		return show_help(command);
	if (words[0] && (words[1] || !is_noun(words[0])))
		return say_usage("there is no command '%s%s%s'", words[0],
				 words[1] && words[1][0] != '-' ? " " : "",
				 words[1] && words[1][0] != '-' ? words[1] : "");
	list_commands(stdout, words[0]);
	return EXIT_YES;
}

/* What is left after the global options. */
static enum exit_code dispatch(const char **words)
{
	const struct command *command;
	size_t used;

	if (common.version)
		return show_version();
	if (words[0] && strcmp(words[0], "help") == 0)
		return run_help(words + 1);
	if (!words[0] && common.help)
		return run_help(words);
	command = words[0] ? command_find(words, &used) : NULL;
	if (command)
		return run_command(command, words + used - 1);
	if (words[0] && (words[1] ? strcmp(words[1], "--help") != 0 && strcmp(words[1], "-h") != 0
				  : !common.help && !is_noun(words[0])))
		return say_usage("there is no command '%s%s%s'", words[0],
				 words[1] && words[1][0] != '-' ? " " : "",
				 words[1] && words[1][0] != '-' ? words[1] : "");
	if (words[0] && (words[1] || common.help))
		return run_help((const char *[]){ words[0], NULL });
	list_commands(stderr, words[0]);
	return EXIT_USAGE;
}

static enum exit_code finish(enum exit_code code)
{
	json_t *error = common.json ? say_first_error(code) : NULL;

	if (error && !printed)
		command_print_json(json_pack("{s:o}", "error", error));
	else
		json_decref(error);
	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno == EPIPE)
			return code ? code : EXIT_SYSTEM;
		return say_system("<stdout>", "cannot write");
	}
	return code;
}

int main(int argc, char **argv)
{
	const char **words = NULL;
	enum exit_code code;

	if (argc > 2 && strcmp(argv[1], "--complete") == 0 && strcmp(argv[2], "--") == 0)
		return (int)finish(command_complete((const char **)argv + 3));
	code = command_parse((const char **)argv, global_options, true, &words);
	if (!code)
		code = dispatch(words);
	code = finish(code);
	device_die_if_stopped();
	command_release();
	free(words);
	return (int)code;
}
