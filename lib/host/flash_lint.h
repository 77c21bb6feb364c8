/* SPDX-License-Identifier: MIT */
/* flash_lint.h - what is wrong with flash contents: header, table and contents against each other
 *
 * Each fault is one finding; what merely follows from it is not reported again, but that no app starts. */
#ifndef OTA_HOST_FLASH_LINT_H
#define OTA_HOST_FLASH_LINT_H

#include "lib/host/flash_image.h"

struct ota_lint_input {
	const struct ota_flash_image *image; /* a DUMP */
	const struct ota_table *table;
	bool esp8266; /* its bootloader and images */
};

/* Report every finding, with offsets in the file. OTA_E_VALUE if any of it is an error. */
enum ota_status ota_flash_lint(const struct ota_lint_input *input, ota_report_fn *report,
			       void *ctx);

#endif
