/* SPDX-License-Identifier: MIT */
/* manifest.h - what a split dump consists of, as JSON beside the pieces
 *
 *   schema  "otatool.flash.manifest/1"
 *   base    flash address of the dump's first byte
 *   size    bytes of the dump
 *   pieces  name, kind, offset (flash address), size (bytes), file (null: blank)
 *
 * A file may be shorter than its piece: the rest is 0xff, and so is what no piece covers. Files lie in
 * the manifest's folder and nowhere else. */
#ifndef OTA_HOST_MANIFEST_H
#define OTA_HOST_MANIFEST_H

#include <jansson.h>

#include "lib/host/flash_layout.h"

#define OTA_MANIFEST_SIZE_MAX (256u << 20) /* bytes of a dump */

struct ota_manifest_piece {
	const char *name;
	const char *file; /* a plain file name; NULL: blank */
	struct ota_span span;
};

struct ota_manifest {
	uint32_t base;
	uint32_t size; /* bytes */
	struct ota_manifest_piece *pieces; /* by address, none reaching into the next */
	size_t count;
	json_t *document; /* what the texts lead into */
};

/* The manifest of a layout. NULL when out of memory. */
json_t *ota_manifest_json(const struct ota_layout *layout, const struct ota_flash_image *image);

/* Read a manifest. On success release it with ota_manifest_free(). OTA_E_VALUE: diag says what is
 * wrong (its name leads into *manifest, which is to be freed all the same); OTA_E_MEMORY. */
OTA_MUST_CHECK enum ota_status ota_manifest_parse(const void *text, size_t size,
						  struct ota_manifest *manifest,
						  struct ota_diag *diag);
void ota_manifest_free(struct ota_manifest *manifest);

#endif
