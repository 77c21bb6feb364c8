/* SPDX-License-Identifier: MIT */
/* push_image.h - an image as a push needs it: its digests, and whether a device would take it */
#ifndef OTA_HOST_PUSH_IMAGE_H
#define OTA_HOST_PUSH_IMAGE_H

#include "lib/host/push.h"
#include "lib/image.h"

struct ota_push_file {
	struct ota_push_image push;
	struct ota_app_desc desc;
	bool described; /* desc is set */
};

/* Judge `size` bytes, which stay the caller's, as an app for whatever device. The first error, as
 * ota_image_finish(); *diag says which. */
OTA_MUST_CHECK enum ota_status ota_push_file_read(const uint8_t *data, uint32_t size,
						  struct ota_push_file *file,
						  struct ota_diag *diag);

/* Would this device take it? As the device itself judges, by what it says of itself; what only it can
 * tell is left to it. `force` as of OTA-Force, NULL: nothing is forced. As ota_push_file_read(). */
OTA_MUST_CHECK enum ota_status ota_push_file_fit(const struct ota_push_file *file,
						 const struct ota_device_info *device,
						 const char *force, struct ota_diag *diag);

#endif
