/* SPDX-License-Identifier: MIT */
/* emulator.h - a device around the receiver: flash, bootloader, and the app that "runs"
 *
 * At power-on lib/boot.h chooses, verifying the images that flash holds; what it chooses runs, which
 * means that the receiver reports its description. */
#ifndef OTA_POSIX_EMULATOR_H
#define OTA_POSIX_EMULATOR_H

#include "firmware/core/receiver.h"
#include "firmware/port/common/key_store.h"
#include "firmware/port/posix/nor.h"

#define OTA_EMULATOR_CONNS 16u /* there is room for */
#define OTA_EMULATOR_CONNS_DEFAULT 8u

struct ota_emulator {
	struct ota_nor nor;
	struct ota_slots slots; /* of the table in flash */
	struct ota_boot_config boot; /* how the bootloader was built */
	struct ota_device device; /* id, chip, revision: before the first power-on */
	struct ota_config config;
	const struct ota_inflate *inflate; /* NULL: none */
	const struct ota_verify_image *verify_image; /* NULL: none */
	int bad, mute; /* apps that crash at once, that never answer; OTA_CHOICE_NONE: none */
	bool confirms; /* apps end their trial as soon as they start */
	uint32_t random; /* of the boot ids */
	bool presence; /* somebody is at the device */
	struct ota_nor key_nor; /* where the keys are: not in the flash file */
	void (*log)(const char *line); /* NULL: nothing is told */

	bool restarted; /* the receiver asked for it, or the power failed */
	bool answers; /* something runs that has the receiver in it */
	struct ota_port port;
	uint8_t key_flash[OTA_KEY_STORE_SIZE];
	struct ota_key_store key_store;
	struct ota_keys keys;
	struct ota_random random_port;
	struct ota_receiver rx;
	struct ota_conn conns[OTA_EMULATOR_CONNS];
	uint8_t conn_count; /* of them in use, from the next power-on */
};

/* Prepare a device on `size` bytes of flash: the chip and revision of whatever image it holds, no
 * rollback, insecure. Set members afterwards. */
void ota_emulator_begin(struct ota_emulator *emulator, uint8_t *data, uint32_t size);

/* Power on, or restart: boot, then begin the receiver. OTA_E_MAGIC: no partition table; OTA_E_MISSING:
 * nothing boots; OTA_E_DEVICE: the power failed (again). */
OTA_MUST_CHECK enum ota_status ota_emulator_power_on(struct ota_emulator *emulator);

/* Does the bootloader load the image of `choice`? */
bool ota_emulator_loads(struct ota_emulator *emulator, int choice);

#endif
