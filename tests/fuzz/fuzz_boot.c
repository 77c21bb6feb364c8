/* SPDX-License-Identifier: MIT */
/* Configuration, images, 64 bytes of otadata, then a table's rows: boots until nothing changes, which
 * takes few boots; a change to any slot that loads then makes that slot start; repair keeps the choice. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/repair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	if (!diag->rule->id[0])
		abort();
}

static void begin(struct ota_sim *sim, const uint8_t head[static 6], struct ota_table *table)
{
	ota_sim_begin(sim, table, NULL);
	sim->config = (struct ota_boot_config){ .rollback = head[0] & 1,
						.anti_rollback = head[0] >> 1 & 1,
						.esp8266 = head[0] >> 2 & 1,
						.secure_version = head[1] };
	for (unsigned i = 0; i < ARRAY_LEN(sim->images); i++) {
		static const int others[4] = { OTA_CHOICE_FACTORY, OTA_CHOICE_TEST,
					       OTA_CHOICE_TEE(0), OTA_CHOICE_TEE(1) };
		int choice = i < OTA_SLOTS_MAX ? (int)i : others[i - OTA_SLOTS_MAX];

		if (ota_slots_row(&sim->slots, choice) == OTA_NO_ROW)
			continue;
		sim->images[i].verdict =
			head[2 + i / 8] >> i % 8 & 1 ? OTA_SLOT_GOOD : OTA_SLOT_BAD;
		sim->images[i].described = head[5] & 1;
		sim->images[i].secure_version = i;
	}
}

static void boot_until_stable(struct ota_sim *sim, struct ota_record pair[static 2])
{
	struct ota_boot_result result;
	struct ota_record before[2];
	unsigned boots = 0;

	do {
		memcpy(before, pair, sizeof(before));
		ota_sim_boot(sim, pair, &result);
		assert(sim->step_count > 0 && sim->step_count < OTA_SIM_STEPS);
		assert(result.choice == OTA_CHOICE_NONE ||
		       ota_slots_row(&sim->slots, result.choice) != OTA_NO_ROW);
		boots++;
		assert(boots <= 8);
	} while (memcmp(before, pair, sizeof(before)) != 0);
}

static void change(const struct ota_sim *sim, const struct ota_record pair[static 2])
{
	struct ota_otadata data = { { pair[0], pair[1] }, { false, false }, sim->slots.count };

	for (int slot = -1; slot < 17; slot++) {
		struct ota_change list;

		if (!ota_change_anchor(&data, slot, &list))
			assert(list.count <= OTA_CHANGE_MAX);
		if (!ota_change_confirm(&data, slot, true, &list))
			assert(list.count <= OTA_CHANGE_MAX);
		if (!ota_change_rollback(&data, slot, true, &list))
			assert(list.count > 0 && list.count <= OTA_CHANGE_MAX);
		if (slot >= 0 && !ota_change_set_boot(&data, (unsigned)slot, 0, &list))
			assert(list.count <= OTA_CHANGE_MAX);
		if (slot >= 0 && !ota_change_commit(&data, -1, (unsigned)slot, &list))
			assert(list.count > 0 && list.count <= OTA_CHANGE_MAX);
	}
}

static void mend(struct ota_sim *sim, struct ota_record pair[static 2])
{
	struct ota_repair repair = { .sim = sim, .report = ignore };
	int choice;

	if (ota_repair_otadata(&repair, pair))
		return;
	choice = repair.choice;
	assert(ota_repair_otadata(&repair, pair) == OTA_OK && repair.choice == choice);
	if (!sim->config.anti_rollback)
		assert(!repair.edited[0] && !repair.edited[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ota_table_options options = { .dialect = &ota_dialect_esp32,
						   .names = &ota_names_esp32,
						   .offset = OTA_TABLE_OFFSET };
	static struct ota_table table;
	static struct ota_sim sim;
	struct ota_record pair[2], first[2];

	if (size < 6 + 2 * OTA_RECORD_SIZE)
		return 0;
	ota_table_decode(data + 6 + 2 * OTA_RECORD_SIZE, size - 6 - 2 * OTA_RECORD_SIZE, &options,
			 &table, ignore, NULL);
	begin(&sim, data, &table);
	for (unsigned i = 0; i < 2; i++)
		ota_record_decode(data + 6 + i * OTA_RECORD_SIZE, &first[i]);
	if (sim.config.esp8266)
		first[0].state = first[1].state = OTA_STATE_UNDEFINED;
	memcpy(pair, first, sizeof(pair));
	boot_until_stable(&sim, pair);
	change(&sim, first);
	mend(&sim, first);
	return 0;
}
