/* SPDX-License-Identifier: MIT */
/* otadata.h - the two records that choose the boot slot, and the flash operations that change them
 *
 * Partition data/ota, at least 0x2000 bytes. One record at 0x0000 and one at 0x1000, whatever the
 * partition's size; 32 bytes each, little-endian:
 *
 *   off  size  field
 *     0     4  seq    0xFFFFFFFF: none
 *     4    20  label  never read, 0xFF as a rule
 *    24     4  state  enum ota_state
 *    28     4  crc    CRC-32 of the four bytes of seq alone, as zlib's crc32(0xFFFFFFFF, ...)
 *
 * ESP8266_RTOS_SDK has no state: its four bytes belong to the label and say nothing.
 * Source: ESP-IDF v5.5 to v6.1, esp_flash_partitions.h, bootloader_common*.c, esp_ota_ops.c.
 *
 * A change is a list of flash operations which host and receiver both apply, in this order, and
 * which leaves the old choice or the new one bootable wherever the power fails. */
#ifndef OTA_OTADATA_H
#define OTA_OTADATA_H

#include "lib/status.h"

#define OTA_RECORD_SIZE 32u /* bytes */
#define OTA_RECORD_STRIDE 0x1000u /* bytes from one record to the other: an erase sector */
#define OTA_OTADATA_SIZE 0x2000u /* bytes, the least that the bootloader takes */
#define OTA_LABEL_BYTES 20u
#define OTA_SEQ_NONE UINT32_MAX

/* What a choice is besides an OTA slot 0..15. */
#define OTA_CHOICE_FACTORY (-1)
#define OTA_CHOICE_TEST (-2)
#define OTA_CHOICE_TEE(k) (-16 - (int)(k)) /* trusted app 0, 1 */
#define OTA_CHOICE_NONE (-99)

enum ota_state {
	OTA_STATE_NEW = 0, /* to be tried: the bootloader makes it PENDING */
	OTA_STATE_PENDING = 1, /* on trial: the next boot makes it ABORTED */
	OTA_STATE_VALID = 2, /* confirmed by the app */
	OTA_STATE_INVALID = 3, /* rejected by the app */
	OTA_STATE_ABORTED = 4, /* the trial ended without an answer */
};
#define OTA_STATE_UNDEFINED UINT32_MAX /* accepted, as any other number is */

struct ota_record {
	uint32_t seq;
	uint8_t label[OTA_LABEL_BYTES];
	uint32_t state;
	uint32_t crc;
};

void ota_record_decode(const uint8_t raw[static OTA_RECORD_SIZE], struct ota_record *record);
void ota_record_encode(const struct ota_record *record, uint8_t raw[static OTA_RECORD_SIZE]);

/* A record as it is written: `seq` with its CRC, the label 0xFF. */
void ota_record_make(uint32_t seq, uint32_t state, struct ota_record *record);

uint32_t ota_seq_crc(uint32_t seq);
bool ota_record_crc_ok(const struct ota_record *record);

/* No sequence, or state INVALID or ABORTED. The CRC is not looked at. */
bool ota_record_rejected(const struct ota_record *record);

/* Not rejected, and the CRC is right: the bootloader may select it. */
bool ota_record_usable(const struct ota_record *record);

/* "new" ... "undefined"; NULL: another number. */
const char *ota_state_name(uint32_t state);

/* The record that wins: the usable one with the higher seq, 0 on a tie; -1: none is usable. */
int ota_records_active(const struct ota_record pair[static 2]);

/* The slot that `seq` selects among `count` > 0 slots. 32-bit arithmetic: seq 0 is 0xFFFFFFFF. */
unsigned ota_seq_slot(uint32_t seq, unsigned count);

/* The smallest sequence >= `least`, and >= 1, that selects `slot` < `count`.
 * OTA_E_FULL: 0xFFFFFFFF would be reached. */
OTA_MUST_CHECK enum ota_status ota_seq_next(uint32_t least, unsigned count, unsigned slot,
					    uint32_t *seq);

enum ota_op_kind {
	OTA_OP_ERASE, /* all of `sector` to 0xFF, 4096 bytes */
	OTA_OP_WRITE, /* program `raw` at the start of `sector`: bits go from 1 to 0 only; whoever
		       * applies it on a device reads it back and fails if it differs */
};

struct ota_op {
	enum ota_op_kind kind;
	uint8_t sector; /* 0 or 1 */
	uint8_t raw[OTA_RECORD_SIZE]; /* OTA_OP_WRITE only */
	bool over; /* it spoils the record that is there: whatever makes its CRC wrong will do */
};

#define OTA_CHANGE_MAX 4
struct ota_change {
	uint8_t count; /* 0: nothing to do */
	struct ota_op ops[OTA_CHANGE_MAX];
};

/* What a change starts from. */
struct ota_otadata {
	struct ota_record pair[2];
	bool blank[2]; /* the whole sector is erased, seen raw (below flash encryption) */
	unsigned count; /* OTA slots as the bootloader counts them (lib/boot.h) */
};

/* Let the bootloader come back to what runs, before another slot is touched: afterwards one record
 * exists and means `running`, or none does, which means factory (OTA_CHOICE_FACTORY).
 * OTA_E_VALUE: no such slot; OTA_E_FULL: no sequence is left. */
OTA_MUST_CHECK enum ota_status ota_change_anchor(const struct ota_otadata *data, int running,
						 struct ota_change *change);

/* After an anchor for `running`: boot `target` next, on trial. OTA_E_VALUE: `target` runs, is no
 * slot, or there is no anchor; OTA_E_FULL. */
OTA_MUST_CHECK enum ota_status ota_change_commit(const struct ota_otadata *data, int running,
						 unsigned target, struct ota_change *change);

/* The slot that the record beside the one of `running` means, if usable and another slot;
 * OTA_CHOICE_NONE otherwise. */
int ota_records_other(const struct ota_otadata *data, int running);

/* End the trial of `running`: its record becomes VALID, in place where the other record is worth
 * keeping, else as a new record in the other sector. `other_boots`: the image of
 * ota_records_other() verifies. Nothing to do if VALID already. OTA_E_MISSING: no record means it. */
OTA_MUST_CHECK enum ota_status ota_change_confirm(const struct ota_otadata *data, int running,
						  bool other_boots, struct ota_change *change);

/* Where a rollback of `running` leads: a slot, factory (if there is one) or OTA_CHOICE_NONE.
 * Whether that image verifies is for the caller to find out first. */
int ota_rollback_target(const struct ota_otadata *data, int running, bool factory);

/* Reject `running`: its record becomes INVALID. OTA_E_MISSING: ota_rollback_target() is none. */
OTA_MUST_CHECK enum ota_status ota_change_rollback(const struct ota_otadata *data, int running,
						   bool factory, struct ota_change *change);

/* Boot factory next: erase both sectors, the losing one first (in ascending order, as the reference
 * does it, a cut can boot a third app). */
void ota_change_factory(const struct ota_otadata *data, struct ota_change *change);

/* What esp_ota_set_boot_partition of ESP-IDF v6 does: record of `slot` with `state` in the sector
 * that does not win (or wins but is on trial, which a cut would end), or in place where the winner
 * means `slot` already; labels are kept.
 * OTA_E_VALUE: no such slot; OTA_E_FULL. */
OTA_MUST_CHECK enum ota_status ota_change_set_boot(const struct ota_otadata *data, unsigned slot,
						   uint32_t state, struct ota_change *change);

/* A record to a sector, whatever is there. */
void ota_change_write(uint8_t sector, const struct ota_record *record, struct ota_change *change);

#endif
