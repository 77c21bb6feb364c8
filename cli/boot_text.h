/* SPDX-License-Identifier: MIT */
/* boot_text.h - the steps of a simulated boot as words */
#ifndef CLI_BOOT_TEXT_H
#define CLI_BOOT_TEXT_H

#include <jansson.h>

#include "lib/host/boot_sim.h"

#define BOOT_TEXT_SIZE 256u

/* What happened, in one sentence without a final stop. */
void boot_step_text(struct ota_sim *sim, const struct ota_boot_step *step,
		    char text[static BOOT_TEXT_SIZE]);

/* The rule behind it, for --explain. */
const char *boot_step_reason(enum ota_boot_event event);

/* {step, partition, result, why}; NULL when out of memory. */
json_t *boot_step_json(struct ota_sim *sim, const struct ota_boot_step *step);

#endif
