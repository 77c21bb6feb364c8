/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/otadata.h"
#include "cli/say.h"
#include "lib/host/finding.h"

static struct poptOption options[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, input_options, 0, "What belongs to it:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

/* Why the bootloader takes a record or leaves it. */
static const char *why(const struct otadata_source *source, unsigned i, char text[static 64])
{
	const struct ota_record *record = &source->data.pair[i];
	uint8_t raw[OTA_RECORD_SIZE];

	otadata_raw(source, i, raw);
	if (source->size < i * (size_t)OTA_RECORD_STRIDE + OTA_RECORD_SIZE)
		return "cut off";
	if (ota_is_filled(raw, sizeof(raw), 0xFF))
		return "blank";
	if (ota_record_looks_encrypted(raw))
		return "looks encrypted";
	if (record->seq == OTA_SEQ_NONE)
		return "no sequence number";
	if (ota_record_rejected(record))
		snprintf(text, 64, "its state is %s", ota_state_name(record->state));
	else if (!ota_record_crc_ok(record))
		snprintf(text, 64, "its CRC is wrong, not %08x", ota_seq_crc(record->seq));
	else
		return "usable";
	return text;
}

static const char *state_text(uint32_t state, char text[static 16])
{
	const char *name = ota_state_name(state);

	if (name)
		return name;
	snprintf(text, 16, "0x%x", state);
	return text;
}

/* The slot that a record means; -1: none, or the number of slots is unknown. */
static int slot_of(const struct otadata_source *source, const struct ota_record *record)
{
	return ota_record_usable(record) && source->data.count
		     ? (int)ota_seq_slot(record->seq, source->data.count)
		     : -1;
}

static void show_record(const struct otadata_source *source, unsigned i, bool wins)
{
	const struct ota_record *record = &source->data.pair[i];
	int slot = slot_of(source, record);
	char reason[64], state[16], name[OTA_CHOICE_NAME_SIZE];

	printf("record %u  ", i);
	if (record->seq == OTA_SEQ_NONE) {
		printf("%-40s", "-");
	} else {
		printf("seq %-10u  %-9s  crc %08x", record->seq, state_text(record->state, state),
		       record->crc);
	}
	printf("  %s%s%s%s\n", why(source, i, reason), slot >= 0 ? ", selects " : "",
	       slot >= 0 ? ota_sim_name(&source->sim, slot, name) : "", wins ? "  <- wins" : "");
}

static void show_text(const struct otadata_source *source)
{
	int active = ota_records_active(source->data.pair), slot = -1;
	char name[OTA_CHOICE_NAME_SIZE];

	for (unsigned i = 0; i < 2; i++)
		show_record(source, i, (int)i == active);
	if (active >= 0)
		slot = slot_of(source, &source->data.pair[active]);
	if (active < 0 && source->has_table)
		printf("no record selects a slot: the bootloader begins with %s\n",
		       ota_slots_row(&source->sim.slots, OTA_CHOICE_FACTORY) != OTA_NO_ROW
			       ? "factory"
			       : ota_sim_name(&source->sim, 0, name));
	else if (active < 0)
		puts("no record selects a slot: the bootloader begins with factory, or without one "
		     "with ota_0");
	else if (slot >= 0)
		printf("the bootloader selects %s\n", ota_sim_name(&source->sim, slot, name));
	else
		printf("sequence %u selects a slot; which one depends on how many there are: give "
		       "--table or --slots\n",
		       source->data.pair[active].seq);
}

static json_t *record_json(const struct otadata_source *source, unsigned i)
{
	const struct ota_record *record = &source->data.pair[i];
	int slot = slot_of(source, record);
	char reason[64], label[2 * OTA_LABEL_BYTES + 1], name[OTA_CHOICE_NAME_SIZE];

	for (unsigned k = 0; k < OTA_LABEL_BYTES; k++)
		snprintf(label + 2 * (size_t)k, 3, "%02x", record->label[k]);
	return json_pack("{s:I, s:s, s:I, s:s?, s:I, s:b, s:b, s:s, s:o, s:o}", "seq",
			 (json_int_t)record->seq, "label", label, "state",
			 (json_int_t)record->state, "state_name", ota_state_name(record->state),
			 "crc", (json_int_t)record->crc, "crc_ok", ota_record_crc_ok(record),
			 "valid", ota_record_usable(record), "why", why(source, i, reason), "slot",
			 slot < 0 ? json_null() : json_integer(slot), "slot_name",
			 slot < 0 ? json_null()
				  : ota_json_text(ota_sim_name(&source->sim, slot, name)));
}

static enum exit_code show_json(const struct otadata_source *source)
{
	int active = ota_records_active(source->data.pair);
	int slot = active < 0 ? -1 : slot_of(source, &source->data.pair[active]);
	const struct ota_slots *slots = &source->sim.slots;
	char name[OTA_CHOICE_NAME_SIZE];
	json_t *counts = json_null();

	if (source->has_table)
		counts = json_pack("{s:i, s:i, s:i}", "bootloader", (int)slots->count, "app",
				   (int)ota_slots_count_app(slots), "otatool_py",
				   (int)ota_slots_count_script(slots));
	return command_print_json(json_pack(
		"{s:s, s:o, s:[o, o], s:o, s:o, s:o, s:o}", "file", source->file->name, "address",
		source->addr == OTA_NO_ADDR ? json_null() : json_integer(source->addr), "records",
		record_json(source, 0), record_json(source, 1), "active",
		active < 0 ? json_null() : json_integer(active), "slot",
		slot < 0 ? json_null() : json_integer(slot), "slot_name",
		slot < 0 ? json_null() : ota_json_text(ota_sim_name(&source->sim, slot, name)),
		"slots", counts));
}

static enum exit_code run(const char **args)
{
	static struct otadata_source source;
	enum exit_code code = otadata_read(args[0], &source);

	if (!code && common.json)
		code = show_json(&source);
	else if (!code)
		show_text(&source);
	otadata_free(&source);
	return code;
}

const struct command cmd_otadata_show = { "otadata show", "IN",
					  "show both records, and which slot wins and why", options,
					  run };
