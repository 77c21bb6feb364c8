/* SPDX-License-Identifier: MIT */
/* tool_flash_fixture: a flash that is in order on stdout (flash_fixture.h) */
#include <stdio.h>

#include "tests/flash_fixture.h"

int main(void)
{
	static struct fixture f;

	fixture_begin(&f);
	return fwrite(f.flash, 1, f.size, stdout) == f.size && fflush(stdout) == 0 ? 0 : 1;
}
