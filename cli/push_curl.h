/* SPDX-License-Identifier: MIT */
/* push_curl.h - push --print-curl: the upload as one command for curl, signed and ready */
#ifndef CLI_PUSH_CURL_H
#define CLI_PUSH_CURL_H

#include "cli/device.h"

/* Print the command that uploads `image`, the file called `name`, to the device and switches to it;
 * good for 120 seconds, once. */
enum exit_code push_print_curl(struct device *device, const char *name,
			       const struct ota_push_image *image,
			       const struct ota_push_options *options);

#endif
