/* SPDX-License-Identifier: MIT */
/* complete_values.c - the enumerations that completion offers: a row each */
#include <stddef.h>

#include "cli/complete.h"

static const char *const when[] = { "auto", "always", "never", NULL };

const struct completion completions[] = {
	{ "WHEN", when, NULL },
	{ NULL, NULL, NULL },
};
