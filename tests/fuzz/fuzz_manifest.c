/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What join relies on: files are plain names, pieces lie in the dump, none reaches into the next. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ota_manifest manifest;
	struct ota_diag diag;

	if (ota_manifest_parse(data, size, &manifest, &diag) == OTA_OK) {
		uint64_t end = manifest.base;

		for (size_t i = 0; i < manifest.count; i++) {
			const struct ota_manifest_piece *piece = &manifest.pieces[i];

			assert(piece->name && piece->span.addr >= end);
			end = (uint64_t)piece->span.addr + piece->span.size;
			assert(!piece->file || (*piece->file && !strchr(piece->file, '/') &&
						strcmp(piece->file, "..") != 0));
		}
		assert(end <= (uint64_t)manifest.base + manifest.size &&
		       manifest.size <= OTA_MANIFEST_SIZE_MAX);
	} else {
		assert(diag.rule);
	}
	ota_manifest_free(&manifest);
	return 0;
}
