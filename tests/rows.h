/* SPDX-License-Identifier: MIT */
/* rows.h - one row of a table, one cmocka test, named by its first member */
#ifndef TESTS_ROWS_H
#define TESTS_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/status.h"

/* Run `function` once for each row; a row begins with `const char *name`. */
#define RUN_ROWS(rows, function) \
	run_rows((rows), sizeof((rows)[0]), sizeof(rows) / sizeof((rows)[0]), (function), #rows)

static inline int run_rows(const void *rows, size_t size, size_t count, CMUnitTestFunction function,
			   const char *group)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	int failed;

	if (!tests)
		return 1;
	for (size_t i = 0; i < count; i++) {
		const char *row = (const char *)rows + i * size;

		memcpy(&tests[i].name, row, sizeof(tests[i].name));
		tests[i].test_func = function;
		tests[i].initial_state = (void *)(uintptr_t)row;
	}
	failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
	free(tests);
	return failed;
}

/* Hex text, blanks allowed, to bytes; how many. */
static inline size_t from_hex(const char *text, uint8_t *out, size_t room)
{
	size_t n = 0;

	while (*text && n < room) {
		unsigned value;

		if (*text == ' ' || *text == '\n') {
			text++;
			continue;
		}
		if (sscanf(text, "%2x", &value) != 1)
			break;
		out[n++] = (uint8_t)value;
		text += 2;
	}
	return n;
}

#endif
