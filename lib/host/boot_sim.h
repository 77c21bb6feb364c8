/* SPDX-License-Identifier: MIT */
/* boot_sim.h - a device on the host: a table, perhaps its flash, and otadata, to be booted */
#ifndef OTA_HOST_BOOT_SIM_H
#define OTA_HOST_BOOT_SIM_H

#include "lib/boot.h"
#include "lib/host/flash_image.h"
#include "lib/host/slot_image.h"
#include "lib/table.h"

#define OTA_SIM_STEPS 64u
#define OTA_CHOICE_NAME_SIZE 24u

struct ota_sim {
	const struct ota_flash_image *flash; /* NULL: no images at hand, each is taken to load */
	const struct ota_table *table; /* NULL: slots are only counted */
	struct ota_boot_config config;
	struct ota_slots slots;
	uint8_t tee[2][OTA_RECORD_SIZE]; /* data/tee_ota, where the table has it */

	struct ota_slot_image images[OTA_SLOTS_MAX + 4]; /* by choice, judged once */
	struct ota_boot_step steps[OTA_SIM_STEPS]; /* of the last boot */
	unsigned step_count;
};

/* A device with `table`; its slots as the bootloader counts them. `flash` (may be NULL) and `table`
 * must outlive the simulation. */
void ota_sim_begin(struct ota_sim *sim, const struct ota_table *table,
		   const struct ota_flash_image *flash);

/* A device of which only the number of slots is known, and that it has no factory app. */
void ota_sim_begin_counted(struct ota_sim *sim, unsigned count);

/* The records in the flash of the device; blank where it has none. */
void ota_sim_records(const struct ota_sim *sim, struct ota_record pair[static 2]);

/* What the image of a choice is worth; it is read when first asked for. */
const struct ota_slot_image *ota_sim_image(struct ota_sim *sim, int choice);

/* Does it load, and live? The simulated bootloader also takes what loads and dies. */
bool ota_sim_works(struct ota_sim *sim, int choice);

/* From now on the app in the partition `name` starts and dies. OTA_E_MISSING. */
OTA_MUST_CHECK enum ota_status ota_sim_kill(struct ota_sim *sim, const char *name);

/* One boot; `pair` holds the records afterwards, sim->steps what happened. */
void ota_sim_boot(struct ota_sim *sim, struct ota_record pair[static 2],
		  struct ota_boot_result *result);

/* The partition's name, or "ota_2", "factory" ... where there is no table. */
const char *ota_sim_name(const struct ota_sim *sim, int choice,
			 char text[static OTA_CHOICE_NAME_SIZE]);

#endif
