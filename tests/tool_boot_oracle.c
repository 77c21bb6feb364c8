/* SPDX-License-Identifier: MIT */
/* tool_boot_oracle.c - compare lib/boot with a table of what the reference's own code chose
 *
 * stdin: tab-separated seq0 state0 crc0 seq1 state1 crc1 slots factory, then without rollback
 * choice, initial, then with rollback choice, initial, state0, state1; # lines and a heading. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/boot.h"

struct row {
	struct ota_record pair[2];
	uint32_t slots, factory;
	struct expected {
		uint32_t choice, initial; /* choice: signed */
		uint32_t state[2];
	} expected[2]; /* rollback off, on */
};

/* The next number of a line; false: there is none. */
static bool take(const char **text, int base, uint32_t *value)
{
	char *end;

	*value = (uint32_t)strtol(*text, &end, base);
	if (end == *text)
		return false;
	*text = end;
	return true;
}

static bool read_row(const char *line, struct row *row)
{
	struct ota_record *p = row->pair;
	struct expected *off = &row->expected[0], *on = &row->expected[1];

	memset(row, 0xFF, sizeof(*row));
	return take(&line, 16, &p[0].seq) && take(&line, 16, &p[0].state) &&
	       take(&line, 16, &p[0].crc) && take(&line, 16, &p[1].seq) &&
	       take(&line, 16, &p[1].state) && take(&line, 16, &p[1].crc) &&
	       take(&line, 10, &row->slots) && take(&line, 10, &row->factory) &&
	       take(&line, 10, &off->choice) && take(&line, 10, &off->initial) &&
	       take(&line, 10, &on->choice) && take(&line, 10, &on->initial) &&
	       take(&line, 16, &on->state[0]) && take(&line, 16, &on->state[1]);
}

static bool loads(void *ctx, int choice)
{
	(void)ctx;
	(void)choice;
	return true;
}

static void watch(void *ctx, const struct ota_boot_step *step)
{
	unsigned *initial = ctx;

	*initial |= step->event == OTA_BOOT_SETTLES;
}

/* Every image loads: the choice is the start, and an initial write shows as a step. */
static bool agrees(const struct row *row, bool rollback)
{
	const struct expected *want = &row->expected[rollback];
	struct ota_record pair[2] = { row->pair[0], row->pair[1] };
	struct ota_slots slots;
	unsigned initial = 0;
	const struct ota_boot boot = {
		.slots = &slots,
		.config = { .rollback = rollback },
		.ctx = &initial,
		.verify = loads,
		.report = watch,
	};
	struct ota_boot_result result;

	ota_slots_begin(&slots);
	ota_slots_add(&slots, 1, 0, OTA_OTADATA_SIZE, 0);
	if (row->factory)
		ota_slots_add(&slots, 0, 0, 1, 1);
	for (unsigned i = 0; i < row->slots; i++)
		ota_slots_add(&slots, 0, 0x10 + i, 1, (uint8_t)(2 + i));
	if (ota_boot(&boot, pair, &result) != OTA_OK || result.start != (int)want->choice)
		return false;
	/* Where a slot 0 that is not there was meant to be settled, nothing is written. */
	if (row->slots && initial != want->initial)
		return false;
	return !rollback || initial ||
	       (pair[0].state == want->state[0] && pair[1].state == want->state[1]);
}

int main(void)
{
	char line[512];
	unsigned rows = 0, bad = 0;

	while (fgets(line, sizeof(line), stdin)) {
		struct row row;

		if (!read_row(line, &row))
			continue;
		rows++;
		for (int rollback = 0; rollback < 2; rollback++) {
			if (agrees(&row, rollback))
				continue;
			printf("rollback %d: %s", rollback, line);
			bad++;
		}
	}
	printf("boot choices: %u rows, %u differ\n", rows, bad);
	return bad || !rows;
}
