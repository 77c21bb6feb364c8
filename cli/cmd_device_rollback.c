/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/device.h"

static struct poptOption options[] = { { NULL, 0, POPT_ARG_INCLUDE_TABLE, device_options, 0,
					 "How devices are reached:", NULL },
				       POPT_TABLEEND };

static enum exit_code run(const char **args)
{
	struct device device;
	enum exit_code code = device_open(args[0], &device);

	if (!code)
		code = device_restart(&device, "rollback", NULL);
	device_close(&device);
	return code;
}

const struct command cmd_device_rollback = { "device rollback", "DEVICE",
					     "go back to the app before, and wait until it runs",
					     options, run };
