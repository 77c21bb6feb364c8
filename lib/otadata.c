/* SPDX-License-Identifier: MIT */
#include "lib/otadata.h"

#include <string.h>

#include "lib/crc32.h"
#include "lib/cursor.h"

void ota_record_decode(const uint8_t raw[static OTA_RECORD_SIZE], struct ota_record *record)
{
	struct ota_reader r = ota_reader(raw, OTA_RECORD_SIZE);

	record->seq = ota_get_u32(&r);
	ota_get_bytes(&r, record->label, sizeof(record->label));
	record->state = ota_get_u32(&r);
	record->crc = ota_get_u32(&r);
}

void ota_record_encode(const struct ota_record *record, uint8_t raw[static OTA_RECORD_SIZE])
{
	struct ota_writer w = ota_writer(raw, OTA_RECORD_SIZE);

	ota_put_u32(&w, record->seq);
	ota_put_bytes(&w, record->label, sizeof(record->label));
	ota_put_u32(&w, record->state);
	ota_put_u32(&w, record->crc);
}

void ota_record_make(uint32_t seq, uint32_t state, struct ota_record *record)
{
	record->seq = seq;
	memset(record->label, 0xFF, sizeof(record->label));
	record->state = state;
	record->crc = ota_seq_crc(seq);
}

uint32_t ota_seq_crc(uint32_t seq)
{
	uint8_t raw[4];
	struct ota_writer w = ota_writer(raw, sizeof(raw));

	ota_put_u32(&w, seq);
	return ota_crc32(UINT32_MAX, raw, sizeof(raw));
}

bool ota_record_crc_ok(const struct ota_record *record)
{
	return record->crc == ota_seq_crc(record->seq);
}

bool ota_record_rejected(const struct ota_record *record)
{
	return record->seq == OTA_SEQ_NONE || record->state == OTA_STATE_INVALID ||
	       record->state == OTA_STATE_ABORTED;
}

bool ota_record_usable(const struct ota_record *record)
{
	return !ota_record_rejected(record) && ota_record_crc_ok(record);
}

const char *ota_state_name(uint32_t state)
{
	static const char *const names[] = { "new", "pending", "valid", "invalid", "aborted" };

	if (state == OTA_STATE_UNDEFINED)
		return "undefined";
	return state < ARRAY_LEN(names) ? names[state] : NULL;
}

int ota_records_active(const struct ota_record pair[static 2])
{
	bool first = ota_record_usable(&pair[0]), second = ota_record_usable(&pair[1]);

	if (first && second)
		return pair[0].seq >= pair[1].seq ? 0 : 1;
	return first ? 0 : second ? 1 : -1;
}

unsigned ota_seq_slot(uint32_t seq, unsigned count)
{
	return (seq - 1) % count;
}

enum ota_status ota_seq_next(uint32_t least, unsigned count, unsigned slot, uint32_t *seq)
{
	uint32_t first = slot + 1, ahead;

	if (slot >= count)
		return OTA_E_VALUE;
	if (least < first)
		least = first;
	ahead = (count - (least - first) % count) % count;
	if (ahead >= OTA_SEQ_NONE - least)
		return OTA_E_FULL;
	*seq = least + ahead;
	return OTA_OK;
}
