/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/device.h"

static struct {
	int end_trial;
} opt;

static struct poptOption options[] = { { "end-trial", 0, POPT_ARG_NONE, &opt.end_trial, 0,
					 "Even if that rolls back the app that runs", NULL },
				       { NULL, 0, POPT_ARG_INCLUDE_TABLE, device_options, 0,
					 "How devices are reached:", NULL },
				       POPT_TABLEEND };

static enum exit_code run(const char **args)
{
	struct device device;
	enum exit_code code = device_open(args[0], &device);

	if (!code)
		code = device_restart(&device, "restart",
				      opt.end_trial ? "OTA-Confirm: rollback" : NULL);
	device_close(&device);
	return code;
}

const struct command cmd_device_restart = { "device restart", "DEVICE",
					    "restart a device, and wait until it is back", options,
					    run };
