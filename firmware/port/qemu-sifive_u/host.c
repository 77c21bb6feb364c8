/* SPDX-License-Identifier: MIT */
/* Semihosting: the operation's number in a0, its argument in a1, between two marked no-ops. */
#include <string.h>

#include "firmware/port/qemu-sifive_u/board.h"

#define SYS_GET_CMDLINE 0x15u
#define SYS_EXIT_EXTENDED 0x20u
#define STOPPED_BY_APPLICATION 0x20026u

static const struct option {
	const char *name;
	size_t offset; /* in struct board_options */
} options_known[] = {
	{ "cut", offsetof(struct board_options, cut) },
	{ "tear", offsetof(struct board_options, tear) },
	{ "seed", offsetof(struct board_options, seed) },
	{ "fail", offsetof(struct board_options, fail) },
	{ "stuck", offsetof(struct board_options, stuck) },
	{ "drop", offsetof(struct board_options, drop) },
	{ "twice", offsetof(struct board_options, twice) },
	{ "late", offsetof(struct board_options, late) },
	{ "unplug", offsetof(struct board_options, unplug) },
	{ "plug", offsetof(struct board_options, plug) },
	{ "clock", offsetof(struct board_options, clock) },
	{ "trial", offsetof(struct board_options, trial) },
	{ "stack", offsetof(struct board_options, stack) },
	{ "norollback", offsetof(struct board_options, norollback) },
};

/* The emulator looks for these three instructions, uncompressed and on one page. */
__attribute__((noinline, aligned(16))) static int32_t call_host(uint32_t operation, void *argument)
{
	register uint32_t a0 __asm__("a0") = operation;
	register void *a1 __asm__("a1") = argument;

	__asm__ volatile(".balign 16\n"
			 ".option push\n"
			 ".option norvc\n"
			 "slli x0, x0, 0x1f\n"
			 "ebreak\n"
			 "srai x0, x0, 7\n"
			 ".option pop\n"
			 : "+r"(a0)
			 : "r"(a1)
			 : "memory");
	return (int32_t)a0;
}

/* A misspelt fault would make a test pass. */
static _Noreturn void refuse(const char *what, const char *text)
{
	board_print("board: ");
	board_print(what);
	board_print(text);
	board_print("\n");
	board_exit(2);
}

/* Decimal digits up to a space or the end, that fit 32 bits. */
static const char *parse_number(const char *text, uint32_t *number)
{
	const char *start = text;
	uint64_t value = 0;

	for (; *text >= '0' && *text <= '9' && value <= UINT32_MAX; text++)
		value = value * 10 + (uint32_t)(*text - '0');
	if (text == start || value > UINT32_MAX || (*text && *text != ' '))
		refuse("not a number: ", start);
	*number = (uint32_t)value;
	return text;
}

static const char *parse_word(const char *text, struct board_options *options)
{
	uint32_t value;

	for (size_t i = 0; i < sizeof(options_known) / sizeof(options_known[0]); i++) {
		size_t size = strlen(options_known[i].name);

		if (strncmp(text, options_known[i].name, size) != 0 || text[size] != '=')
			continue;
		text = parse_number(text + size + 1, &value);
		memcpy((char *)options + options_known[i].offset, &value, sizeof(value));
		return text;
	}
	refuse("unknown option: ", text);
}

void board_options_read(struct board_options *options)
{
	static char line[512];
	struct {
		char *text;
		uint32_t size;
	} argument = { line, sizeof(line) - 1 };
	const char *p = line;

	memset(options, 0, sizeof(*options));
	if (call_host(SYS_GET_CMDLINE, &argument) != 0)
		refuse("too many options", "");
	while (*p) {
		if (*p == ' ')
			p++;
		else
			p = parse_word(p, options);
	}
	if (options->tear > BOARD_TEAR_RANDOM)
		refuse("no such tear", "");
}

_Noreturn void board_exit(uint32_t status)
{
	uint32_t argument[2] = { STOPPED_BY_APPLICATION, status };

	for (;;)
		call_host(SYS_EXIT_EXTENDED, argument);
}
