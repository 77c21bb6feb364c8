/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/commands.h"
#include "cli/edit.h"
#include "cli/otadata.h"
#include "cli/say.h"
#include "lib/host/number.h"

static struct {
	char *record, *seq, *state, *label;
} opt;

static struct poptOption options[] = {
	{ "record", 0, POPT_ARG_STRING, &opt.record, 0, "Which record: 0 or 1", "RECORD" },
	{ "seq", 0, POPT_ARG_STRING, &opt.seq, 0, "Its sequence number", "N" },
	{ "state", 0, POPT_ARG_STRING, &opt.state, 0,
	  "Its state: new, pending, valid, invalid, aborted, undefined or a number", "STATE" },
	{ "label", 0, POPT_ARG_STRING, &opt.label, 0,
	  "Its label, at most 20 bytes; what is left is 0xff", "TEXT" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, edit_options, 0, "Where the result goes:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, input_options, 0, "What belongs to it:", NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, table_options, 0, "How tables are read:", NULL },
	POPT_TABLEEND
};

static enum exit_code parse_state(uint32_t *state)
{
	uint64_t number = *state;

	for (uint32_t i = OTA_STATE_NEW; opt.state && i <= OTA_STATE_ABORTED; i++) {
		if (strcmp(opt.state, ota_state_name(i)) != 0)
			continue;
		*state = i;
		return EXIT_YES;
	}
	if (opt.state && strcmp(opt.state, ota_state_name(OTA_STATE_UNDEFINED)) == 0)
		number = OTA_STATE_UNDEFINED;
	else if (input_number("--state", opt.state, UINT32_MAX, &number))
		return EXIT_USAGE;
	*state = (uint32_t)number;
	return EXIT_YES;
}

/* The record as the options want it. */
static enum exit_code parse_record(struct ota_record *record)
{
	uint64_t seq = record->seq;

	if (input_number("--seq", opt.seq, UINT32_MAX, &seq) || parse_state(&record->state))
		return EXIT_USAGE;
	if (opt.label && strlen(opt.label) > OTA_LABEL_BYTES)
		return say_usage("--label: more than %u bytes", OTA_LABEL_BYTES);
	if (opt.label) {
		memset(record->label, 0xFF, sizeof(record->label));
		memcpy(record->label, opt.label, strlen(opt.label));
	}
	record->seq = (uint32_t)seq;
	record->crc = ota_seq_crc(record->seq);
	return EXIT_YES;
}

static enum exit_code set(const struct otadata_source *source, unsigned i, const struct edit *edit)
{
	struct ota_record record = source->data.pair[i];
	struct ota_change change;
	uint8_t raw[OTA_RECORD_SIZE];
	enum exit_code code;

	otadata_raw(source, i, raw);
	ota_record_decode(raw, &record);
	code = parse_record(&record);
	if (code)
		return code;
	if (record.seq == OTA_SEQ_NONE)
		say_warning(source->file->name, "sequence 0xffffffff means that there is none");
	ota_change_write((uint8_t)i, &record, &change);
	code = otadata_change(source, &change, edit, NULL);
	if (!code)
		say_status("record %u: seq %u, crc %08x%s", i, record.seq, record.crc,
			   edit_is_dry() ? " (not written)" : "");
	return code;
}

static enum exit_code check_call(uint64_t *record)
{
	if (!opt.record)
		return say_usage("--record 0 or --record 1 is missing");
	if (!opt.seq && !opt.state && !opt.label)
		return say_usage("nothing to set: give --seq, --state or --label");
	return input_number("--record", opt.record, 1, record);
}

static enum exit_code run(const char **args)
{
	static struct otadata_source source;
	struct edit edit = { .lock = -1 };
	uint64_t record = 0;
	enum exit_code code = check_call(&record);

	if (!code)
		code = otadata_read_to_edit(args[0], &source, &edit);
	if (!code)
		code = set(&source, (unsigned)record, &edit);
	otadata_free(&source);
	edit_end(&edit);
	return code;
}

const struct command cmd_otadata_set = { "otadata set", "IN",
					 "set fields of one record, the CRC follows", options,
					 run };
