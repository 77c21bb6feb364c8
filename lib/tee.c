/* SPDX-License-Identifier: MIT */
#include "lib/tee.h"

#include <string.h>

#include "lib/crc32.h"
#include "lib/cursor.h"
#include "lib/subtype.h"

#define MAGIC 0x4337E1E1u
#define COVERED 28u /* bytes before the CRC */
#define SLOT_AT 5
#define STATE_AT 6

static uint32_t u32_at(const uint8_t *raw, size_t offset)
{
	struct ota_reader r = ota_reader(raw + offset, 4);

	return ota_get_u32(&r);
}

static bool crc_ok(const uint8_t *raw)
{
	return u32_at(raw, COVERED) == ota_crc32(0, raw, COVERED);
}

void ota_tee_make(unsigned slot, enum ota_tee_state state, uint8_t raw[static OTA_RECORD_SIZE])
{
	struct ota_writer w = ota_writer(raw, OTA_RECORD_SIZE);

	ota_put_u32(&w, MAGIC);
	ota_put_u8(&w, 0);
	ota_put_u8(&w, (uint8_t)(OTA_APP_TEE_0 + slot));
	ota_put_u8(&w, (uint8_t)state);
	ota_put_fill(&w, 0, COVERED - w.pos);
	ota_put_u32(&w, ota_crc32(0, raw, COVERED));
}

static void tell(const struct ota_boot *boot, enum ota_boot_event event, int choice, int record)
{
	const struct ota_boot_step step = { event, choice, record, 0 };

	if (boot->report)
		boot->report(boot->ctx, &step);
}

static enum ota_status write_one(const struct ota_boot *boot, unsigned sector, const uint8_t *raw)
{
	struct ota_op ops[2] = { { .kind = OTA_OP_ERASE, .sector = (uint8_t)sector },
				 { .kind = OTA_OP_WRITE, .sector = (uint8_t)sector } };

	memcpy(ops[1].raw, raw, sizeof(ops[1].raw));
	if (boot->apply && (boot->apply(boot->ctx, &ops[0]) || boot->apply(boot->ctx, &ops[1])))
		return OTA_E_DEVICE;
	return OTA_OK;
}

static enum ota_status write_both(const struct ota_boot *boot, uint8_t raw[2][OTA_RECORD_SIZE],
				  unsigned slot, enum ota_tee_state state)
{
	enum ota_status status;

	ota_tee_make(slot, state, raw[0]);
	memcpy(raw[1], raw[0], OTA_RECORD_SIZE);
	status = write_one(boot, 0, raw[0]);
	return status ? status : write_one(boot, 1, raw[0]);
}

/* Make both records, which are not both blank, one; false: neither is to be trusted. */
static bool agree(const struct ota_boot *boot, uint8_t raw[2][OTA_RECORD_SIZE],
		  enum ota_status *status)
{
	unsigned good;

	if (memcmp(raw[0], raw[1], OTA_RECORD_SIZE) == 0)
		return u32_at(raw[0], 0) == MAGIC && crc_ok(raw[0]);
	if (!crc_ok(raw[0]) && !crc_ok(raw[1]))
		return false;
	good = crc_ok(raw[0]) ? 0 : 1;
	tell(boot, OTA_BOOT_TEE_COPIES, OTA_CHOICE_NONE, (int)good);
	memcpy(raw[1 - good], raw[good], OTA_RECORD_SIZE);
	*status = write_one(boot, 1 - good, raw[good]);
	return true;
}

/* What the state of a good record leads to; `named` by its boot_partition. */
static enum ota_status follow(const struct ota_boot *boot, uint8_t raw[2][OTA_RECORD_SIZE],
			      int *choice)
{
	unsigned named = raw[0][SLOT_AT] - (unsigned)OTA_APP_TEE_0, other = named == 0;

	switch (raw[0][STATE_AT]) {
	case OTA_TEE_VALID: *choice = named <= 1 ? (int)named : OTA_CHOICE_NONE; return OTA_OK;
	case OTA_TEE_NEW:
		*choice = named <= 1 ? (int)named : OTA_CHOICE_NONE;
		tell(boot, OTA_BOOT_TEE_TRIAL, OTA_CHOICE_TEE(named & 1), -1);
		return write_both(boot, raw, named, OTA_TEE_PENDING);
	case OTA_TEE_PENDING:
	case OTA_TEE_UNDEFINED:
		*choice = (int)other;
		tell(boot, OTA_BOOT_TEE_FALLS_BACK, OTA_CHOICE_TEE(other), -1);
		return write_both(boot, raw, other, OTA_TEE_INVALID);
	default: return OTA_OK;
	}
}

enum ota_status ota_tee_boot(const struct ota_boot *boot, uint8_t raw[2][OTA_RECORD_SIZE],
			     int *choice)
{
	bool blank = true;
	enum ota_status status = OTA_OK;

	*choice = OTA_CHOICE_NONE;
	for (unsigned i = 0; i < OTA_RECORD_SIZE; i++)
		blank = blank && raw[0][i] == 0xFF && raw[1][i] == 0xFF;
	if (boot->slots->tee_otadata == OTA_NO_ROW ||
	    boot->slots->tee_otadata_size < OTA_OTADATA_SIZE) {
		*choice = 0;
	} else if (blank) {
		*choice = 0;
		tell(boot, OTA_BOOT_TEE_SETTLES, OTA_CHOICE_TEE(0), -1);
		status = write_both(boot, raw, 0, OTA_TEE_VALID);
	} else if (agree(boot, raw, &status) && !status) {
		status = follow(boot, raw, choice);
	}
	if (*choice == OTA_CHOICE_NONE && !status)
		tell(boot, OTA_BOOT_TEE_DEAD, OTA_CHOICE_NONE, -1);
	return status;
}
