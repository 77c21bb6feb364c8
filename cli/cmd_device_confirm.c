/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/device.h"
#include "cli/say.h"

static struct poptOption options[] = { { NULL, 0, POPT_ARG_INCLUDE_TABLE, device_options, 0,
					 "How devices are reached:", NULL },
				       POPT_TABLEEND };

/* What runs now, and nothing that may run a moment later. */
static enum exit_code confirm(struct device *device, struct ota_device_info *info)
{
	char query[128];
	const char *image;
	enum exit_code code = device_ask(device, info);

	if (code)
		return code;
	image = ota_device_info_running_image(info);
	snprintf(query, sizeof(query), "image=%s", image);
	code = device_post(device, "confirm", image[0] ? query : "", NULL);
	if (!code)
		code = device_ask(device, info);
	return code ? code : device_show_state(device, info);
}

static enum exit_code run(const char **args)
{
	struct device device;
	struct ota_device_info info = { 0 };
	enum exit_code code = device_open(args[0], &device);

	if (!code)
		code = confirm(&device, &info);
	ota_device_info_free(&info);
	device_close(&device);
	return code;
}

const struct command cmd_device_confirm = { "device confirm", "DEVICE",
					    "keep the app that runs on trial", options, run };
