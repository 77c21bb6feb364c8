/* SPDX-License-Identifier: MIT */
/* boot_model.h - the bootloader's choice a second time, as a table: shares no code with lib/boot.c
 *
 * Each record is in one of five classes, and the pair of classes decides. */
#ifndef TESTS_BOOT_MODEL_H
#define TESTS_BOOT_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum { MODEL_FACTORY = -1, MODEL_NOTHING = -99 };

struct model {
	unsigned slots;
	bool factory, rollback;
	uint32_t loads; /* bit k: the image of slot k is whole */
	bool factory_loads;
	uint8_t flash[2][32]; /* the records; what is behind them stays blank */
	int start; /* what the records selected */
};

static inline uint32_t model_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void model_put_u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static inline uint32_t model_crc(const uint8_t *record)
{
	return (uint32_t)crc32(0xFFFFFFFF, record, 4);
}

/* none, rejected by its state, rejected with a wrong CRC too, wrong CRC, good */
enum model_class { N, R, X, C, G };

static inline enum model_class model_classify(const uint8_t *record)
{
	uint32_t state = model_u32(record + 24);
	bool crc = model_u32(record + 28) == model_crc(record);

	if (model_u32(record) == 0xFFFFFFFF)
		return N;
	if (state == 3 || state == 4)
		return crc ? R : X;
	return crc ? G : C;
}

/* D: factory, or slot 0 and write it down; d: the same without writing; A: factory's turn, or all;
 * 0, 1: that record; M: the higher of both. */
static const char model_rules[5][6] = {
	/*      N R X C G */
	[N] = "DdDA1", [R] = "dddA1", [X] = "DdDA1", [C] = "AAAA1", [G] = "0000M",
};

static inline int model_pick(uint8_t flash[2][32], char rule)
{
	if (rule == 'M')
		return model_u32(flash[0]) >= model_u32(flash[1]) ? 0 : 1;
	return rule == '0' ? 0 : rule == '1' ? 1 : -1;
}

/* From `start` down to factory, then up. */
static inline int model_load(const struct model *m, int start)
{
	for (int i = start; i >= 0; i--)
		if (m->loads >> i & 1 && i < (int)m->slots)
			return i;
	if (m->factory && m->factory_loads)
		return MODEL_FACTORY;
	for (int i = start + 1; i < (int)m->slots; i++)
		if (m->loads >> i & 1)
			return i;
	return MODEL_NOTHING;
}

static inline int model_boot(struct model *m)
{
	char rule;
	int record, choice;

	for (int i = 0; i < 2 && m->rollback; i++)
		if (model_u32(m->flash[i] + 24) == 1)
			model_put_u32(m->flash[i] + 24, 4);
	rule = model_rules[model_classify(m->flash[0])][model_classify(m->flash[1])];
	if (m->slots == 0)
		rule = 'd';
	record = model_pick(m->flash, rule);
	m->start = rule == 'A' || m->factory ? MODEL_FACTORY : 0;
	if (record >= 0) {
		m->start = (int)((uint32_t)(model_u32(m->flash[record]) - 1) % m->slots);
		if (m->rollback && model_u32(m->flash[record] + 24) == 0)
			model_put_u32(m->flash[record] + 24, 1);
	}
	choice = model_load(m, m->start);
	if (rule == 'D' && !m->factory && choice >= 0) {
		memset(m->flash[0], 0xFF, 32);
		model_put_u32(m->flash[0], (uint32_t)choice + 1);
		model_put_u32(m->flash[0] + 24, 2);
		model_put_u32(m->flash[0] + 28, model_crc(m->flash[0]));
	}
	return choice;
}

#endif
