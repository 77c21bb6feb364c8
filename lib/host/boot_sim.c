/* SPDX-License-Identifier: MIT */
#include "lib/host/boot_sim.h"

#include <stdio.h>
#include <string.h>

#include "lib/tee.h"

void ota_sim_begin(struct ota_sim *sim, const struct ota_table *table,
		   const struct ota_flash_image *flash)
{
	*sim = (struct ota_sim){ .table = table, .flash = flash };
	memset(sim->tee, 0xFF, sizeof(sim->tee));
	ota_slots_begin(&sim->slots);
	for (size_t i = 0; i < table->count; i++) {
		const struct ota_part *part = &table->parts[i];

		ota_slots_add(&sim->slots, part->type, part->subtype, part->size, (uint8_t)i);
	}
	for (uint32_t i = 0; i < 2 && flash && sim->slots.tee_otadata != OTA_NO_ROW; i++) {
		const struct ota_span span = { table->parts[sim->slots.tee_otadata].offset +
						       i * OTA_RECORD_STRIDE,
					       OTA_RECORD_SIZE };
		size_t size;
		const uint8_t *raw = ota_flash_image_bytes(flash, &span, &size);

		if (raw)
			memcpy(sim->tee[i], raw, size);
	}
}

void ota_sim_records(const struct ota_sim *sim, struct ota_record pair[static 2])
{
	for (uint32_t i = 0; i < 2; i++) {
		uint8_t raw[OTA_RECORD_SIZE];
		const uint8_t *data = NULL;
		size_t size = 0;

		memset(raw, 0xFF, sizeof(raw));
		if (sim->flash && sim->slots.otadata != OTA_NO_ROW) {
			const struct ota_part *part = &sim->table->parts[sim->slots.otadata];
			struct ota_span span = { part->offset + i * OTA_RECORD_STRIDE,
						 OTA_RECORD_SIZE };

			data = ota_flash_image_bytes(sim->flash, &span, &size);
		}
		if (data)
			memcpy(raw, data, size);
		ota_record_decode(raw, &pair[i]);
	}
}

void ota_sim_begin_counted(struct ota_sim *sim, unsigned count)
{
	*sim = (struct ota_sim){ 0 };
	ota_slots_begin(&sim->slots);
	ota_slots_add(&sim->slots, OTA_TYPE_DATA, OTA_DATA_OTA, OTA_OTADATA_SIZE, 0);
	for (unsigned i = 0; i < count; i++)
		ota_slots_add(&sim->slots, OTA_TYPE_APP, OTA_APP_OTA_0 + i, 1, (uint8_t)i);
}

/* Slots first, then factory, test and the two trusted apps. */
static unsigned index_of(int choice)
{
	switch (choice) {
	case OTA_CHOICE_FACTORY: return OTA_SLOTS_MAX;
	case OTA_CHOICE_TEST: return OTA_SLOTS_MAX + 1;
	case OTA_CHOICE_TEE(0): return OTA_SLOTS_MAX + 2;
	case OTA_CHOICE_TEE(1): return OTA_SLOTS_MAX + 3;
	default: return (unsigned)choice;
	}
}

/* The chip that the bootloader is for: it starts no app of another. */
static const struct ota_chip *chip_of(const struct ota_sim *sim)
{
	return sim->config.esp8266 ? ota_chip_by_id(OTA_CHIP_ESP8266) : ota_flash_chip(sim->flash);
}

const struct ota_slot_image *ota_sim_image(struct ota_sim *sim, int choice)
{
	static const struct ota_slot_image absent = { .verdict = OTA_SLOT_ABSENT };
	unsigned row = ota_slots_row(&sim->slots, choice);
	struct ota_slot_image *image;

	/* Repeated rows let records select slots beyond the sixteenth. */
	if (row == OTA_NO_ROW)
		return &absent;
	image = &sim->images[index_of(choice)];
	if (image->verdict != OTA_SLOT_UNSEEN)
		return image;
	if (!sim->flash || !sim->table)
		image->verdict = OTA_SLOT_ASSUMED;
	else
		ota_slot_image_judge(image, sim->flash, &sim->table->parts[row], chip_of(sim));
	return image;
}

bool ota_sim_works(struct ota_sim *sim, int choice)
{
	enum ota_slot_verdict verdict = ota_sim_image(sim, choice)->verdict;

	return verdict == OTA_SLOT_ASSUMED || verdict == OTA_SLOT_GOOD;
}

enum ota_status ota_sim_kill(struct ota_sim *sim, const char *name)
{
	char text[OTA_CHOICE_NAME_SIZE];

	for (int choice = OTA_CHOICE_TEST; choice < (int)OTA_SLOTS_MAX; choice++) {
		if (ota_slots_row(&sim->slots, choice) == OTA_NO_ROW ||
		    strcmp(ota_sim_name(sim, choice, text), name) != 0)
			continue;
		sim->images[index_of(choice)] = (struct ota_slot_image){ .verdict = OTA_SLOT_DIES };
		return OTA_OK;
	}
	return OTA_E_MISSING;
}

static bool verify(void *ctx, int choice)
{
	return ota_sim_works(ctx, choice) || ota_sim_image(ctx, choice)->verdict == OTA_SLOT_DIES;
}

static bool secure_version(void *ctx, int choice, uint32_t *version)
{
	const struct ota_slot_image *image = ota_sim_image(ctx, choice);

	*version = image->secure_version;
	return image->verdict == OTA_SLOT_ASSUMED || image->described;
}

static void keep_step(void *ctx, const struct ota_boot_step *step)
{
	struct ota_sim *sim = ctx;

	if (sim->step_count < OTA_SIM_STEPS)
		sim->steps[sim->step_count++] = *step;
}

/* The trusted app, where the table has one, is loaded before any app. */
static bool load_tee(void *ctx)
{
	struct ota_sim *sim = ctx;
	const struct ota_boot boot = { .slots = &sim->slots, .ctx = sim, .report = keep_step };
	struct ota_boot_step step = { OTA_BOOT_TEE_REFUSES, OTA_CHOICE_NONE, -1, 0 };
	int slot;

	if (sim->slots.tee[0] == OTA_NO_ROW && sim->slots.tee[1] == OTA_NO_ROW)
		return true;
	if (ota_tee_boot(&boot, sim->tee, &slot) || slot == OTA_CHOICE_NONE)
		return false;
	step.choice = OTA_CHOICE_TEE(slot);
	if (ota_sim_works(sim, step.choice))
		step.event = OTA_BOOT_TEE_STARTS;
	keep_step(sim, &step);
	return step.event == OTA_BOOT_TEE_STARTS;
}

void ota_sim_boot(struct ota_sim *sim, struct ota_record pair[static 2],
		  struct ota_boot_result *result)
{
	const struct ota_boot boot = { .slots = &sim->slots,
				       .config = sim->config,
				       .ctx = sim,
				       .verify = verify,
				       .secure_version = secure_version,
				       .before_load = load_tee,
				       .report = keep_step };

	sim->step_count = 0;
	/* Nothing is written to, so nothing can fail. */
	(void)!ota_boot(&boot, pair, result);
	sim->config.secure_version = result->secure_version;
}

const char *ota_sim_name(const struct ota_sim *sim, int choice,
			 char text[static OTA_CHOICE_NAME_SIZE])
{
	unsigned row = ota_slots_row(&sim->slots, choice);

	if (sim->table && row != OTA_NO_ROW)
		snprintf(text, OTA_CHOICE_NAME_SIZE, "%s", sim->table->parts[row].label);
	else if (choice == OTA_CHOICE_FACTORY || choice == OTA_CHOICE_TEST)
		snprintf(text, OTA_CHOICE_NAME_SIZE,
			 choice == OTA_CHOICE_TEST ? "test" : "factory");
	else if (choice == OTA_CHOICE_TEE(0) || choice == OTA_CHOICE_TEE(1))
		snprintf(text, OTA_CHOICE_NAME_SIZE, "tee_%d", OTA_CHOICE_TEE(0) - choice);
	else
		snprintf(text, OTA_CHOICE_NAME_SIZE, "ota_%d", choice);
	return text;
}
