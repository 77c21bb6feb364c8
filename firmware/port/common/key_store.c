/* SPDX-License-Identifier: MIT */
#include "firmware/port/common/key_store.h"

#include <string.h>

#include "lib/crc32.h"
#include "lib/cursor.h"

#define SECTOR 4096u
#define MAGIC 0x59454B4Fu
#define SUM_AT 84u
#define RECORD_SIZE 96u /* whole write units */

struct record {
	uint32_t seq;
	uint64_t starts;
	uint32_t held;
	uint8_t keys[OTA_KEY_SLOTS][OTA_KEY_SIZE];
};

static bool decode(const uint8_t raw[static RECORD_SIZE], struct record *record)
{
	struct ota_reader r = ota_reader(raw, RECORD_SIZE);
	uint32_t magic = ota_get_u32(&r);

	record->seq = ota_get_u32(&r);
	record->starts = ota_get_u32(&r);
	record->starts |= (uint64_t)ota_get_u32(&r) << 32;
	record->held = ota_get_u32(&r);
	ota_get_bytes(&r, record->keys, sizeof(record->keys));
	return magic == MAGIC && ota_get_u32(&r) == ota_crc32(0, raw, SUM_AT);
}

static void encode(const struct record *record, uint8_t raw[static RECORD_SIZE])
{
	struct ota_writer w = ota_writer(raw, RECORD_SIZE);

	ota_put_u32(&w, MAGIC);
	ota_put_u32(&w, record->seq);
	ota_put_u32(&w, (uint32_t)record->starts);
	ota_put_u32(&w, (uint32_t)(record->starts >> 32));
	ota_put_u32(&w, record->held);
	ota_put_bytes(&w, record->keys, sizeof(record->keys));
	ota_put_u32(&w, ota_crc32(0, raw, SUM_AT));
	ota_put_fill(&w, 0xFF, RECORD_SIZE - w.pos);
}

/* The record that counts, and the sector it is in; -1: there is none, and it is empty. After an
 * error of flash there may be one all the same, in the sector that could not be read. */
static int load(const struct ota_key_store *store, struct record *newest, int *found)
{
	const struct ota_flash *flash = store->flash;
	struct record record;
	uint8_t raw[RECORD_SIZE];
	int error = 0;

	memset(newest, 0, sizeof(*newest));
	*found = -1;
	for (int i = 0; i < 2; i++) {
		int failed = flash->read(flash->ctx, store->addr + (uint32_t)i * SECTOR, raw,
					 sizeof(raw));

		error = failed ? failed : error;
		if (failed || !decode(raw, &record) || (*found >= 0 && record.seq <= newest->seq))
			continue;
		*newest = record;
		*found = i;
	}
	ota_wipe(&record, sizeof(record));
	ota_wipe(raw, sizeof(raw));
	return error;
}

/* Into the sector that does not count; read back. Only then the old record goes, with its keys. */
static int save(const struct ota_key_store *store, struct record *record, int now)
{
	const struct ota_flash *flash = store->flash;
	uint32_t addr = store->addr + (now == 0 ? SECTOR : 0);
	uint8_t raw[RECORD_SIZE], back[RECORD_SIZE];
	int error;

	record->seq++;
	encode(record, raw);
	error = flash->erase(flash->ctx, addr, SECTOR);
	if (!error)
		error = flash->write(flash->ctx, addr, raw, sizeof(raw));
	if (!error)
		error = flash->read(flash->ctx, addr, back, sizeof(back));
	if (!error && memcmp(raw, back, sizeof(raw)) != 0)
		error = -1;
	if (!error && now >= 0)
		error = flash->erase(flash->ctx, store->addr + (uint32_t)now * SECTOR, SECTOR);
	ota_wipe(raw, sizeof(raw));
	ota_wipe(back, sizeof(back));
	return error;
}

static bool get(void *ctx, unsigned slot, uint8_t key[static OTA_KEY_SIZE])
{
	struct record record;
	int now;
	bool held;

	(void)load(ctx, &record, &now);
	held = record.held >> slot & 1;
	if (held)
		memcpy(key, record.keys[slot], OTA_KEY_SIZE);
	ota_wipe(&record, sizeof(record));
	return held;
}

static int set(void *ctx, unsigned slot, const uint8_t *key)
{
	struct record record;
	int now, error = load(ctx, &record, &now);

	memset(record.keys[slot], 0, OTA_KEY_SIZE);
	record.held &= ~(1u << slot);
	if (key) {
		memcpy(record.keys[slot], key, OTA_KEY_SIZE);
		record.held |= 1u << slot;
	}
	if (!error)
		error = save(ctx, &record, now);
	ota_wipe(&record, sizeof(record));
	return error;
}

static bool count(void *ctx, uint64_t *starts)
{
	struct record record;
	int now;
	bool saved = load(ctx, &record, &now) == 0;

	*starts = ++record.starts;
	saved = saved && save(ctx, &record, now) == 0;
	ota_wipe(&record, sizeof(record));
	return saved;
}

struct ota_keys ota_key_store_port(struct ota_key_store *store)
{
	return (struct ota_keys){ store, get, set, store->counts ? count : NULL };
}
