/* SPDX-License-Identifier: MIT */
/* flash_diff.h - what became of flash contents, sector by sector */
#ifndef OTA_HOST_FLASH_DIFF_H
#define OTA_HOST_FLASH_DIFF_H

#include "lib/host/flash_image.h"

/* What happened to a sector (4096 bytes) on the way from A to B. */
enum ota_sector_change {
	OTA_SECTOR_ERASED, /* B is all 0xff, A is not */
	OTA_SECTOR_WRITTEN, /* A was all 0xff, B is not */
	OTA_SECTOR_CLEARED, /* bits went from 1 to 0 only: written without an erase, or worn */
	OTA_SECTOR_SHIFTED, /* B holds what A has `shift` bytes before: bytes were lost or added */
	OTA_SECTOR_REWRITTEN,
};

/* "erased", "written", "bits-cleared", "shifted", "rewritten". */
const char *ota_sector_change_text(enum ota_sector_change change);

/* Neighbouring sectors with the same change. */
struct ota_diff_run {
	enum ota_sector_change change;
	struct ota_span span; /* whole sectors, the last one cut where the data ends */
	int32_t shift; /* SHIFTED: bytes, positive where B's are further up */
	uint32_t first; /* flash address of the first byte that differs */
	uint32_t bytes; /* how many bytes differ */
	uint32_t bits; /* how many bits differ */
};

struct ota_diff_input {
	const uint8_t *data;
	size_t size; /* bytes; what lies beyond counts as 0xff */
};

typedef void ota_diff_fn(void *ctx, const struct ota_diff_run *run);

/* Compare A and B, whose first byte has flash address `addr`. Each run is handed to `take`, in order. */
void ota_flash_diff(const struct ota_diff_input *a, const struct ota_diff_input *b, uint32_t addr,
		    ota_diff_fn *take, void *ctx);

#endif
