/* SPDX-License-Identifier: MIT */
/* boot_config.h - --config: which bootloader, which buttons, which apps */
#ifndef CLI_BOOT_CONFIG_H
#define CLI_BOOT_CONFIG_H

#include "cli/command.h"
#include "lib/boot.h"

/* Included by commands that simulate the bootloader: --config. */
extern struct poptOption boot_options[];

struct boot_setup {
	struct ota_boot_config boot;
	bool confirm; /* an app that starts marks itself valid */
	char dies[24]; /* but not this one: it starts and dies; "": none */
};

/* What --config says, and with --chip esp8266 that bootloader. */
enum exit_code boot_setup_parse(struct boot_setup *setup);

#endif
