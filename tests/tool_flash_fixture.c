/* SPDX-License-Identifier: MIT */
/* tool_flash_fixture [BYTES]: on stdout a flash that is in order (flash_fixture.h), or an app whose
 * first segment has so many bytes */
#include <stdio.h>
#include <stdlib.h>

#include "tests/flash_fixture.h"

int main(int argc, char **argv)
{
	static struct fixture f;
	size_t size;

	if (argc > 1) {
		uint32_t bytes = (uint32_t)strtoul(argv[1], NULL, 0);

		size = bytes < FIXTURE_SIZE - 4096
			     ? put_image(f.flash, OTA_CHIP_ESP32C3, 0x3C000020, bytes)
			     : 0;
	} else {
		fixture_begin(&f);
		size = f.size;
	}
	return size && fwrite(f.flash, 1, size, stdout) == size && fflush(stdout) == 0 ? 0 : 1;
}
