/* SPDX-License-Identifier: MIT */
/* Records, sequences and changes against known bytes and the reference's answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/otadata.h"
#include "tests/hex.h"

#define FF4 "ffffffff"
#define FF20 FF4 FF4 FF4 FF4 FF4

/* Computed with zlib, stored bytes as ESP-IDF writes them. */
static const struct {
	uint32_t seq, crc;
} crcs[] = {
	{ 0, 0xffffffff },          { 1, 0x4743989a },          { 2, 0x55f63774 },
	{ 3, 0xed4a5011 },          { 4, 0x709d68a8 },          { 5, 0xc8210fcd },
	{ 6, 0xda94a023 },          { 7, 0x6228c746 },          { 8, 0x3a4bd710 },
	{ 9, 0x82f7b075 },          { 10, 0x90421f9b },         { 16, 0xafe6a860 },
	{ 17, 0x175acf05 },         { 0x7fffffff, 0xccfc5c3c }, { 0x80000000, 0x12477cdf },
	{ 0xfffffffd, 0x8b4d1797 }, { 0xfffffffe, 0x99f8b879 }, { 0xffffffff, 0x2144df1c },
};

static void the_checksum_covers_the_sequence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(crcs); i++)
		assert_int_equal(ota_seq_crc(crcs[i].seq), crcs[i].crc);
}

static const struct entry {
	const char *name, *hex;
	uint32_t seq, state;
	bool rejected, usable;
} entries[] = {
	{ "seq 1 undefined", "01000000" FF20 FF4 "9a984347", 1, OTA_STATE_UNDEFINED, false, true },
	{ "seq 1 valid", "01000000" FF20 "020000009a984347", 1, OTA_STATE_VALID, false, true },
	{ "seq 2 new", "02000000" FF20 "000000007437f655", 2, OTA_STATE_NEW, false, true },
	{ "seq 2 pending", "02000000" FF20 "010000007437f655", 2, OTA_STATE_PENDING, false, true },
	{ "seq 2 invalid", "02000000" FF20 "030000007437f655", 2, OTA_STATE_INVALID, true, false },
	{ "seq 2 aborted", "02000000" FF20 "040000007437f655", 2, OTA_STATE_ABORTED, true, false },
	{ "another state is accepted", "02000000" FF20 "050000007437f655", 2, 5, false, true },
	{ "seq 0 of boot_app0", "00000000" FF20 FF4 FF4, 0, OTA_STATE_UNDEFINED, false, true },
	{ "blank", FF4 FF20 FF4 FF4, OTA_SEQ_NONE, OTA_STATE_UNDEFINED, true, false },
	{ "no seq, though its checksum is right", FF4 FF20 FF4 "1cdf4421", OTA_SEQ_NONE,
	  OTA_STATE_UNDEFINED, true, false },
	{ "a checksum of zeros", "01000000" FF20 FF4 "00000000", 1, OTA_STATE_UNDEFINED, false,
	  false },
};

static void decodes_and_encodes(void **state)
{
	const struct entry *row = *state;
	uint8_t raw[OTA_RECORD_SIZE], back[OTA_RECORD_SIZE];
	struct ota_record record;

	assert_int_equal(unhex(row->hex, raw, sizeof(raw)), sizeof(raw));
	ota_record_decode(raw, &record);
	assert_int_equal(record.seq, row->seq);
	assert_int_equal(record.state, row->state);
	assert_int_equal(ota_record_rejected(&record), row->rejected);
	assert_int_equal(ota_record_usable(&record), row->usable);
	ota_record_encode(&record, back);
	assert_memory_equal(back, raw, sizeof(raw));
}

static void labels_survive(void **state)
{
	uint8_t raw[OTA_RECORD_SIZE], back[OTA_RECORD_SIZE];
	struct ota_record record;

	(void)state;
	for (unsigned i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)(i * 7 + 1);
	ota_record_decode(raw, &record);
	ota_record_encode(&record, back);
	assert_memory_equal(back, raw, sizeof(raw));
}

static const struct next {
	uint32_t least;
	unsigned count, slot;
	uint32_t seq; /* 0: refused */
} nexts[] = {
	{ 0, 2, 0, 1 },
	{ 0, 2, 1, 2 },
	{ 1, 2, 0, 1 },
	{ 2, 2, 0, 3 },
	{ 5, 8, 7, 8 },
	{ 5, 8, 4, 5 },
	{ 5, 8, 0, 9 },
	{ 0, 3, 2, 3 }, /* the reference finds 0, which means slot 0 there */
	{ 4, 3, 2, 6 },
	{ 0xfffffffe, 2, 1, 0xfffffffe },
	{ 0xfffffffe, 2, 0, 0 },
	{ 0xffffffff, 1, 0, 0 },
	{ 0xfffffffd, 3, 1, 0xfffffffe },
	{ 0xfffffffd, 3, 2, 0 },
	{ 0xfffffff0, 16, 15, 0xfffffff0 },
	{ 0xfffffff1, 16, 15, 0 },
	{ 1, 2, 2, 0 },
	{ 1, 0, 0, 0 },
};

static void finds_the_next_sequence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nexts); i++) {
		uint32_t seq = 0;
		enum ota_status status =
			ota_seq_next(nexts[i].least, nexts[i].count, nexts[i].slot, &seq);

		assert_int_equal(status == OTA_OK, nexts[i].seq != 0);
		assert_int_equal(seq, nexts[i].seq);
		if (!status)
			assert_int_equal(ota_seq_slot(seq, nexts[i].count), nexts[i].slot);
	}
}

static void slots_wrap_as_32_bits_do(void **state)
{
	(void)state;
	assert_int_equal(ota_seq_slot(0, 2), 1);
	assert_int_equal(ota_seq_slot(0, 3), 0);
	assert_int_equal(ota_seq_slot(0, 4), 3);
	assert_int_equal(ota_seq_slot(UINT32_MAX - 1, 2), 1);
}

/* esp_ota_set_boot_partition, ESP-IDF v6. state -1: as written by ota_record_make(VALID). */
static const struct set_boot {
	uint32_t before[2]; /* 0xFFFFFFFF: blank */
	uint32_t state[2];
	unsigned count, slot;
	int sector; /* -1: refused */
	uint32_t seq;
} set_boots[] = {
	{ { UINT32_MAX, UINT32_MAX }, { UINT32_MAX, UINT32_MAX }, 2, 1, 0, 2 },
	{ { 1, UINT32_MAX }, { 2, UINT32_MAX }, 2, 1, 1, 2 },
	{ { 1, UINT32_MAX }, { 2, UINT32_MAX }, 2, 0, 0, 1 },
	{ { 1, 2 }, { 2, 2 }, 2, 0, 0, 3 },
	{ { 3, 2 }, { 2, 2 }, 2, 0, 0, 3 },
	{ { 3, 2 }, { 2, 2 }, 2, 1, 1, 4 },
	{ { 4, 5 }, { 2, 2 }, 8, 7, 0, 8 },
	{ { 4, 5 }, { 2, 2 }, 8, 4, 1, 5 },
	{ { 4, 5 }, { 2, 2 }, 8, 0, 0, 9 },
	{ { 1, UINT32_MAX }, { 2, UINT32_MAX }, 1, 0, 0, 1 },
	{ { 1, UINT32_MAX }, { 3, UINT32_MAX }, 2, 0, 0, 1 },
	{ { 2, 1 }, { 3, 2 }, 2, 1, 0, 2 },
	{ { 0xfffffffe, 0xfffffffd }, { 2, 2 }, 2, 0, -1, 0 },
	{ { 1, 2 }, { 2, 2 }, 2, 2, -1, 0 },
};

static void sets_the_boot_slot_as_the_reference_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(set_boots); i++) {
		const struct set_boot *row = &set_boots[i];
		struct ota_otadata data = { .count = row->count };
		struct ota_change change;
		struct ota_record record;
		enum ota_status status;

		for (int k = 0; k < 2; k++)
			ota_record_make(row->before[k], row->state[k], &data.pair[k]);
		status = ota_change_set_boot(&data, row->slot, OTA_STATE_UNDEFINED, &change);
		assert_int_equal(status == OTA_OK, row->sector >= 0);
		if (status)
			continue;
		assert_in_range(change.count, 2, OTA_CHANGE_MAX);
		assert_int_equal(change.ops[change.count - 2].kind, OTA_OP_ERASE);
		assert_int_equal(change.ops[change.count - 2].sector, row->sector);
		assert_int_equal(change.ops[change.count - 1].kind, OTA_OP_WRITE);
		assert_int_equal(change.ops[change.count - 1].sector, row->sector);
		ota_record_decode(change.ops[change.count - 1].raw, &record);
		assert_int_equal(record.seq, row->seq);
		assert_int_equal(record.state, OTA_STATE_UNDEFINED);
		assert_true(ota_record_crc_ok(&record));
	}
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(the_checksum_covers_the_sequence),
		cmocka_unit_test(labels_survive),
		cmocka_unit_test(finds_the_next_sequence),
		cmocka_unit_test(slots_wrap_as_32_bits_do),
		cmocka_unit_test(sets_the_boot_slot_as_the_reference_does),
	};
	struct CMUnitTest tests[ARRAY_LEN(entries) + ARRAY_LEN(fixed)];

	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		tests[i] = (struct CMUnitTest){
			.name = entries[i].name,
			.test_func = decodes_and_encodes,
			.initial_state = (void *)&entries[i],
		};
	memcpy(tests + ARRAY_LEN(entries), fixed, sizeof(fixed));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
