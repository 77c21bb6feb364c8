/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>

#include "lib/host/flash_lint.h"
#include "lib/host/manifest.h"
#include "tests/flash_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *ctx, const struct ota_diag *diag)
{
	assert(diag->rule && diag->rule->id && diag->rule->what);
	++*(size_t *)ctx;
}

static void ignore(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	(void)diag;
}

/* The input patches a flash that is in order: u24 address, u8 count, so many bytes; after it, where
 * the dump ends. */
static void patch(struct fixture *f, const uint8_t *data, size_t size)
{
	while (size > 4) {
		uint32_t addr = (uint32_t)(data[0] | data[1] << 8 | data[2] << 16) % FIXTURE_SIZE;
		size_t n = data[3] < size - 4 ? data[3] : size - 4;

		if (n > FIXTURE_SIZE - addr)
			n = FIXTURE_SIZE - addr;
		memcpy(f->flash + addr, data + 4, n);
		data += 4 + n;
		size -= 4 + n;
	}
	if (size == 3)
		f->size = (uint32_t)(data[0] | data[1] << 8 | data[2] << 16) % (FIXTURE_SIZE + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fixture good, f;
	static struct ota_layout layout;
	struct ota_flash_image image;
	size_t count = 0, raw_size;
	uint64_t end = 0;
	const uint8_t *raw;

	if (!good.size)
		fixture_begin(&good);
	memcpy(&f, &good, sizeof(f));
	patch(&f, data, size);
	fixture_image(&f, &image);
	if (image.kind != OTA_KIND_DUMP)
		return 0;
	raw = ota_flash_image_table(&image, &raw_size);
	ota_table_decode(raw, raw_size, &fixture_options, &f.table, ignore, NULL);
	ota_layout_cut(&layout, &image, &f.table);
	for (size_t i = 0; i < layout.count; i++) {
		assert(layout.pieces[i].span.addr == end && layout.pieces[i].span.size);
		end += layout.pieces[i].span.size;
	}
	assert(end == image.size);
	ota_flash_lint(&(struct ota_lint_input){ &image, &f.table, false }, take, &count);
	return 0;
}
