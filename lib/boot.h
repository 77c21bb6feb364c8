/* SPDX-License-Identifier: MIT */
/* boot.h - what the bootloader starts, as a list of steps
 *
 * The rules of ESP-IDF's second-stage bootloader (v5.5 to v6.1: bootloader_utility.c,
 * bootloader_start.c) and of ESP8266_RTOS_SDK v3.4. Images are judged by the caller; writes to
 * otadata go out as flash operations, so that power can fail at each of them. */
#ifndef OTA_BOOT_H
#define OTA_BOOT_H

#include "lib/otadata.h"

#define OTA_SLOTS_MAX 16u
#define OTA_NO_ROW 0xFFu

/* The rows of a partition table that the bootloader remembers, by row number; of several equal
 * ones the last. The bootloader, the app and Espressif's otatool.py count slots differently. */
struct ota_slots {
	unsigned count; /* rows app/ota_0..15: a duplicate counts twice, a gap not at all */
	uint8_t ota[OTA_SLOTS_MAX]; /* row, or OTA_NO_ROW */
	uint8_t factory, test, otadata, tee[2], tee_otadata;
	uint32_t otadata_size, tee_otadata_size; /* bytes */
	uint16_t numbered; /* bit k: a row of any type has subtype 0x10 + k */
};

void ota_slots_begin(struct ota_slots *slots);

/* Add the next row of the table; `size` in bytes; `row` < OTA_NO_ROW. */
void ota_slots_add(struct ota_slots *slots, unsigned type, unsigned subtype, uint32_t size,
		   uint8_t row);

/* As the app counts: consecutive slots from ota_0 on. 17: all sixteen and a test app, at which the
 * app stops by an assertion. */
unsigned ota_slots_count_app(const struct ota_slots *slots);

/* As otatool.py counts: consecutive subtypes 0x10, 0x11... of rows of any type. */
unsigned ota_slots_count_script(const struct ota_slots *slots);

/* The row that a choice means to the bootloader: OTA_NO_ROW for a gap, and for slots that it never
 * reaches because of gaps. */
unsigned ota_slots_row(const struct ota_slots *slots, int choice);

enum ota_boot_hold {
	OTA_HOLD_NONE,
	OTA_HOLD_FACTORY_RESET, /* the button that erases otadata (and data, which is not modelled) */
	OTA_HOLD_TEST_APP, /* the button that starts the test app */
};

struct ota_boot_config {
	bool rollback; /* CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE */
	bool anti_rollback; /* CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK */
	uint32_t secure_version; /* in eFuse; anti-rollback only */
	bool esp8266; /* no states, no writes */
	enum ota_boot_hold hold;
};

enum ota_boot_event {
	OTA_BOOT_NO_OTADATA, /* the table has none: factory first */
	OTA_BOOT_OTADATA_SMALL, /* value: its size, under 0x2000: reset for ever */
	OTA_BOOT_ABORTS, /* record: PENDING becomes ABORTED */
	OTA_BOOT_NO_SLOTS, /* the table has no OTA slot; choice: factory, or slot 0 which is not there */
	OTA_BOOT_NONE_CHOSEN, /* both records are blank or rejected; choice: factory, else slot 0 */
	OTA_BOOT_INITIAL, /* anti-rollback: both records are blank or damaged */
	OTA_BOOT_DAMAGED, /* no record is usable: factory, else every slot */
	OTA_BOOT_OUTDATED, /* record: its slot (choice) is older than the eFuse (or unreadable) */
	OTA_BOOT_DIVIDES, /* a record is usable and the slots are 0: division by zero */
	OTA_BOOT_SELECTS, /* record wins and means choice */
	OTA_BOOT_TRIAL, /* record: NEW becomes PENDING */
	OTA_BOOT_RAISES, /* eFuse raised to value */
	OTA_BOOT_FACTORY_RESET, /* the button was held: otadata is erased, then chosen anew */
	OTA_BOOT_TEST_APP, /* the button was held */
	OTA_BOOT_REFUSES, /* choice does not load */
	OTA_BOOT_TOO_OLD, /* choice is older than the eFuse: not loaded */
	OTA_BOOT_SETTLES, /* first boot: record 0 becomes {value, VALID} */
	OTA_BOOT_TEE_COPIES, /* lib/tee.h: the good record is copied over the other */
	OTA_BOOT_TEE_SETTLES, /* both are blank: tee_0 is written down as VALID */
	OTA_BOOT_TEE_TRIAL, /* NEW becomes PENDING, and choice is loaded */
	OTA_BOOT_TEE_FALLS_BACK, /* it was PENDING: the other one is loaded, and marked INVALID */
	OTA_BOOT_TEE_DEAD, /* the records are damaged or INVALID: reset for ever */
	OTA_BOOT_TEE_STARTS, /* choice loads as trusted app */
	OTA_BOOT_TEE_REFUSES, /* choice does not: reset, without any fallback */
	OTA_BOOT_STARTS, /* choice loads */
	OTA_BOOT_RESETS, /* nothing does */
};

struct ota_boot_step {
	enum ota_boot_event event;
	int choice; /* slot, OTA_CHOICE_FACTORY, OTA_CHOICE_TEST; OTA_CHOICE_NONE: not concerned */
	int record; /* 0, 1; -1: not concerned */
	uint32_t value;
};

/* What the bootloader meets. */
struct ota_boot {
	const struct ota_slots *slots;
	struct ota_boot_config config;

	void *ctx; /* handed back to every function */
	/* Does the image of `choice` load? Its row exists. */
	bool (*verify)(void *ctx, int choice);
	/* Its secure version; false: it has no description. May be NULL without anti-rollback. */
	bool (*secure_version)(void *ctx, int choice, uint32_t *version);
	/* Do one flash operation; nonzero: the power fails. NULL: nothing to write to. */
	int (*apply)(void *ctx, const struct ota_op *op);
	/* What is loaded between choice and app (the trusted app); false: reset. NULL: nothing. */
	bool (*before_load)(void *ctx);
	/* Told each step; may be NULL. */
	void (*report)(void *ctx, const struct ota_boot_step *step);
};

struct ota_boot_result {
	int start; /* what the records select: choice, or OTA_CHOICE_NONE */
	int choice; /* what starts; OTA_CHOICE_NONE: the chip resets */
	uint32_t secure_version; /* in eFuse afterwards */
};

/* One boot from `pair`, which holds what otadata holds afterwards. OTA_E_DEVICE: the power failed;
 * *result and `pair` are then unspecified. */
OTA_MUST_CHECK enum ota_status ota_boot(const struct ota_boot *boot,
					struct ota_record pair[static 2],
					struct ota_boot_result *result);

#endif
