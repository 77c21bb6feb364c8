/* SPDX-License-Identifier: MIT */
/* Images in random pieces: the verdict is that on the whole, and what is found lies in the data. */
#include <stdlib.h>
#include <string.h>

#include "tests/image_vectors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(void *ctx, const struct ota_diag *diag)
{
	const size_t *size = ctx;

	if (diag->offset != OTA_NO_OFFSET && diag->offset > *size + OTA_APP_DESC_SIZE)
		abort();
}

/* Pieces of 1 to 64 bytes, as the seed has it. */
static enum ota_status judge_pieces(struct ota_image *image, const struct ota_image_want *want,
				    const uint8_t *data, size_t size, uint32_t seed)
{
	ota_image_begin(image, want);
	for (size_t at = 0, n; at < size; at += n) {
		seed = seed * 1664525u + 1013904223u;
		n = 1 + (seed >> 26);
		n = n > size - at ? size - at : n;
		ota_image_feed(image, data + at, n);
	}
	return ota_image_finish(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t desc[OTA_APP_DESC_SIZE], again[OTA_APP_DESC_SIZE];
	struct ota_image_want want = { .revision = OTA_REVISION_NONE,
				       .block_revision = OTA_REVISION_NONE,
				       .desc = desc,
				       .report = look,
				       .ctx = &size };
	struct ota_image whole, pieces;

	if (size < 4)
		return 0;
	memset(desc, 0, sizeof(desc));
	memset(again, 0, sizeof(again));
	want.role = data[0] % 3;
	want.room = data[1] & 1 ? 4096 : 0;
	want.alone = data[1] & 2;
	want.hash = data[1] & 4;
	want.project = data[1] & 8 ? "demo" : NULL;
	want.flash_addr = data[1] & 16 ? 0x10000 : 0;
	want.chip = data[2] < ota_chip_count ? &ota_chips[data[2]] : NULL;
	size -= 4;
	judge(&whole, &want, data + 4, size, 0);
	want.desc = again;
	judge_pieces(&pieces, &want, data + 4, size, data[3]);
	if (whole.status != pieces.status || whole.diag.rule != pieces.diag.rule ||
	    whole.diag.offset != pieces.diag.offset || whole.length != pieces.length ||
	    whole.tail != pieces.tail || whole.form != pieces.form ||
	    whole.mapped != pieces.mapped || whole.data_end != pieces.data_end ||
	    whole.linked_for != pieces.linked_for || memcmp(desc, again, sizeof(desc)) != 0)
		abort();
	return 0;
}
