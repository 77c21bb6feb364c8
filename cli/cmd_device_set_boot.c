/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/device.h"
#include "cli/say.h"

static struct poptOption options[] = { { NULL, 0, POPT_ARG_INCLUDE_TABLE, device_options, 0,
					 "How devices are reached:", NULL },
				       POPT_TABLEEND };

/* By the digest of what it holds: it may be overwritten between the question and the order. */
static enum exit_code set_boot(struct device *device, struct ota_device_info *info,
			       const char *name)
{
	const struct ota_slot_info *slot;
	char query[160];
	enum exit_code code = device_ask(device, info);

	if (code)
		return code;
	slot = ota_device_info_slot(info, name);
	if (!slot)
		return say_error(EXIT_NO, device->name, "there is no slot '%s'", name);
	if (!slot->image[0])
		return say_error(EXIT_NO, device->name, "%s holds no image with a digest", name);
	snprintf(query, sizeof(query), "slot=%s&image=%s", name, slot->image);
	code = device_post(device, "boot", query, NULL);
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
		code = set_boot(&device, &info, args[1]);
	ota_device_info_free(&info);
	device_close(&device);
	return code;
}

const struct command cmd_device_set_boot = { "device set-boot", "DEVICE SLOT_NAME",
					     "choose the slot that starts next", options, run };
