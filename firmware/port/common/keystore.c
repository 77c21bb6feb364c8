/* SPDX-License-Identifier: MIT */
#include "firmware/port/common/keystore.h"

#include <string.h>

#include "lib/crc32.h"
#include "lib/cursor.h"

#define SECTOR 4096u
#define RECORD 64u
#define RECORDS (SECTOR / RECORD)
#define COVERED 40u /* bytes that the CRC is of */
#define E_STORE 0x10001 /* what was written does not read back */

enum keystore_kind { KIND_SECTOR = 0x4B455953, KIND_STARTS = 1, KIND_KEY = 2 /* and 3 */ };

struct record {
	uint32_t kind, value;
	uint8_t key[OTA_KEY_SIZE];
};

static uint32_t place(const struct keystore *store, unsigned sector, unsigned record)
{
	return store->addr + sector * SECTOR + record * RECORD;
}

static void encode(const struct record *record, uint8_t raw[static RECORD])
{
	struct ota_writer w = ota_writer(raw, RECORD);

	memset(raw, 0xFF, RECORD);
	ota_put_u32(&w, record->kind);
	ota_put_u32(&w, record->value);
	ota_put_bytes(&w, record->key, OTA_KEY_SIZE);
	ota_put_u32(&w, ota_crc32(0, raw, COVERED));
}

/* False: free, or not whole. */
static bool decode(const uint8_t raw[static RECORD], struct record *record)
{
	struct ota_reader r = ota_reader(raw, RECORD);

	record->kind = ota_get_u32(&r);
	record->value = ota_get_u32(&r);
	ota_get_bytes(&r, record->key, OTA_KEY_SIZE);
	return ota_get_u32(&r) == ota_crc32(0, raw, COVERED);
}

static bool is_blank(const uint8_t raw[static RECORD])
{
	for (unsigned i = 0; i < RECORD; i++)
		if (raw[i] != 0xFF)
			return false;
	return true;
}

static int write_record(struct keystore *store, unsigned sector, unsigned place_in,
			const struct record *record)
{
	const struct ota_flash *flash = store->flash;
	uint32_t addr = place(store, sector, place_in);
	uint8_t raw[RECORD], back[RECORD];
	int error;

	encode(record, raw);
	error = flash->write(flash->ctx, addr, raw, RECORD);
	if (!error)
		error = flash->read(flash->ctx, addr, back, RECORD);
	if (!error && memcmp(raw, back, RECORD) != 0)
		error = E_STORE;
	return error;
}

/* Everything that counts to the other sector; its first record, written last, makes it count. */
static int move(struct keystore *store)
{
	const struct ota_flash *flash = store->flash;
	unsigned other = 1 - store->current, used = 1;
	struct record record = { KIND_STARTS, store->starts, { 0 } };
	int error = flash->erase(flash->ctx, place(store, other, 0), SECTOR);

	if (!error)
		error = write_record(store, other, used++, &record);
	for (unsigned i = 0; i < 2 && !error; i++) {
		record.kind = KIND_KEY + i;
		record.value = 1;
		memcpy(record.key, store->keys[i], OTA_KEY_SIZE);
		if (store->present[i])
			error = write_record(store, other, used++, &record);
	}
	memset(record.key, 0, sizeof(record.key));
	record.kind = KIND_SECTOR;
	record.value = store->generation + 1;
	if (!error)
		error = write_record(store, other, 0, &record);
	if (error)
		return error;
	store->generation++;
	store->current = other;
	store->used = used;
	return 0;
}

static int append(struct keystore *store, const struct record *record)
{
	if (store->used >= RECORDS) {
		int error = move(store);

		if (error)
			return error;
	}
	return write_record(store, store->current, store->used++, record);
}

static void take(struct keystore *store, const struct record *record)
{
	if (record->kind == KIND_STARTS) {
		store->starts = record->value;
	} else if (record->kind == KIND_KEY || record->kind == KIND_KEY + 1) {
		unsigned slot = record->kind - KIND_KEY;

		store->present[slot] = record->value != 0;
		memcpy(store->keys[slot], record->key, OTA_KEY_SIZE);
	}
}

static int read_sector(struct keystore *store)
{
	uint8_t raw[RECORD];
	struct record record;

	store->used = 1;
	for (unsigned i = 1; i < RECORDS; i++) {
		int error = store->flash->read(store->flash->ctx, place(store, store->current, i),
					       raw, RECORD);

		if (error)
			return error;
		if (!is_blank(raw))
			store->used = i + 1;
		if (decode(raw, &record))
			take(store, &record);
	}
	return 0;
}

int keystore_begin(struct keystore *store, const struct ota_flash *flash, uint32_t addr)
{
	struct record record;
	uint8_t raw[RECORD];
	bool found = false;
	int error = 0;

	memset(store, 0, sizeof(*store));
	store->flash = flash;
	store->addr = addr;
	for (unsigned i = 0; i < 2 && !error; i++) {
		error = flash->read(flash->ctx, place(store, i, 0), raw, RECORD);
		if (error || !decode(raw, &record) || record.kind != KIND_SECTOR ||
		    (found && record.value < store->generation))
			continue;
		found = true;
		store->current = i;
		store->generation = record.value;
	}
	if (!error)
		error = found ? read_sector(store) : move(store);
	if (error)
		return error;
	record = (struct record){ KIND_STARTS, ++store->starts, { 0 } };
	return append(store, &record);
}

bool keystore_get(void *ctx, unsigned slot, uint8_t key[static OTA_KEY_SIZE])
{
	const struct keystore *store = ctx;

	if (slot > 1 || !store->present[slot])
		return false;
	memcpy(key, store->keys[slot], OTA_KEY_SIZE);
	return true;
}

int keystore_set(void *ctx, unsigned slot, const uint8_t *key)
{
	struct keystore *store = ctx;
	struct record record = { KIND_KEY + slot, key != NULL, { 0 } };
	int error;

	if (slot > 1)
		return E_STORE;
	if (key)
		memcpy(record.key, key, OTA_KEY_SIZE);
	error = append(store, &record);
	if (!error)
		take(store, &record);
	return error;
}
