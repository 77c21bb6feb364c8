/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/boot_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ota_log_notes notes;

	memset(&notes, 0, sizeof(notes));
	for (size_t at = 0; at < size;) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t n = end ? (size_t)(end - data) - at : size - at;
		const struct ota_log_note *note = ota_log_read(&notes, (const char *)data + at, n);

		assert(!note || (note->count && !note->line != !note->error));
		at += n + 1;
	}
	return 0;
}
