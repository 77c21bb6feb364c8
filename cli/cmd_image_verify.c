/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/image_json.h"
#include "cli/say.h"
#include "lib/host/number.h"

static struct {
	char *revision, *secure_version, *slot, *project;
	int signature_only;
} opt;

static struct poptOption options[] = { { "revision", 0, POPT_ARG_STRING, &opt.revision, 0,
					 "The chip's revision, as 3.1", "REVISION" },
				       { "secure-version", 0, POPT_ARG_STRING, &opt.secure_version,
					 0, "The secure version in the chip's eFuse", "N" },
				       { "project", 0, POPT_ARG_STRING, &opt.project, 0,
					 "The project that it has to be of", "PROJECT" },
				       { "for-slot", 0, POPT_ARG_STRING, &opt.slot, 0,
					 "Where it is to go: a partition of --table", "NAME" },
				       { "signature-only", 0, POPT_ARG_NONE, &opt.signature_only, 0,
					 "Judge the signature alone, of whatever file", NULL },
				       { NULL, 0, POPT_ARG_INCLUDE_TABLE, image_options, 0, NULL,
					 NULL },
				       POPT_TABLEEND };

/* What is said of each step, in this order; a step is over the faults from the one before's last. */
static const struct step {
	const char *name;
	enum ota_image_fault last;
} steps[] = {
	{ "magic", OTA_IMAGE_BAD_MAGIC },
	{ "complete", OTA_IMAGE_SHORT },
	{ "chip", OTA_IMAGE_CHIP_UNKNOWN },
	{ "hash-flag", OTA_IMAGE_NO_HASH },
	{ "revision", OTA_IMAGE_REVISION_MAX },
	{ "segments", OTA_IMAGE_SEGMENT_SIZE },
	{ "room", OTA_IMAGE_ROOM },
	{ "description", OTA_IMAGE_ROLE },
	{ "project", OTA_IMAGE_PROJECT },
	{ "secure-version", OTA_IMAGE_SECURE_VERSION },
	{ "block-revision", OTA_IMAGE_BLOCK_REVISION },
	{ "mapping", OTA_IMAGE_MAPPING_END },
	{ "load-addresses", OTA_IMAGE_LOAD_ADDR },
	{ "mapped-count", OTA_IMAGE_MAPPED_COUNT },
	{ "slot", OTA_IMAGE_SLOT },
	{ "checksum", OTA_IMAGE_CHECKSUM },
	{ "sha256", OTA_IMAGE_HASH },
	{ "crc", OTA_IMAGE_NO_CRC },
};

/* One image's verdict. */
struct verdict {
	struct image_input input;
	struct ota_image_file file;
	struct findings findings;
	struct ota_image_want want;
	unsigned broken, doubtful; /* steps, a bit each */
	int verified;
	bool ok;
};

static void take(void *ctx, const struct ota_diag *diag)
{
	struct verdict *v = ctx;
	enum ota_image_fault fault = ota_image_fault(diag->rule);
	unsigned i = 0;

	while (i + 1 < ARRAY_LEN(steps) && fault > steps[i].last)
		i++;
	if (diag->rule->severity == OTA_ERROR || common.strict)
		v->broken |= 1u << i;
	else
		v->doubtful |= 1u << i;
	findings_take(&v->findings, diag);
}

/* A step that this kind of image, or this call, does not have. */
static bool is_left_out(const struct verdict *v, size_t i)
{
	const struct ota_image *image = &v->file.image;

	switch (steps[i].last) {
	case OTA_IMAGE_CRC:
	case OTA_IMAGE_NO_CRC: return image->form != OTA_FORM_ESP8266_V2 && !v->file.arduino;
	case OTA_IMAGE_HASH: return !image_has_hash(image);
	case OTA_IMAGE_SLOT: return image->linked_for == OTA_NOT_LINKED;
	case OTA_IMAGE_REVISION_MAX: return v->want.revision == OTA_REVISION_NONE;
	case OTA_IMAGE_BLOCK_REVISION: return v->want.block_revision == OTA_REVISION_NONE;
	case OTA_IMAGE_SECURE_VERSION: return !v->want.secure_version;
	case OTA_IMAGE_PROJECT: return !v->want.project;
	case OTA_IMAGE_ROOM: return !v->want.room;
	case OTA_IMAGE_LOAD_ADDR:
	case OTA_IMAGE_MAPPED_COUNT: return !image->is_app || image->form != OTA_FORM_ESP32;
	default: return false;
	}
}

/* Judged only where the whole image was there. */
static bool is_reached(const struct verdict *v, size_t i)
{
	return v->file.image.length || (v->broken & 1u << i) ||
	       (v->file.image.form && steps[i].last <= OTA_IMAGE_REVISION_MAX &&
		steps[i].last != OTA_IMAGE_SHORT) ||
	       (i == 0 && v->file.image.form);
}

static void add_step(json_t *checks, const char *name, int ok, const char *word)
{
	if (checks)
		json_array_append_new(checks, json_pack("{s:s, s:o, s:s}", "name", name, "ok",
							ok < 0 ? json_null() : json_boolean(ok),
							"detail", word));
	else if (!common.quiet)
		printf("  %-16s %s\n", name, word);
}

static void list_steps(const struct verdict *v, json_t *checks)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		bool broken = v->broken & 1u << i, doubtful = v->doubtful & 1u << i;

		if (is_left_out(v, i) && !broken && !doubtful)
			continue;
		if (!is_reached(v, i))
			add_step(checks, steps[i].name, -1, "not reached");
		else
			add_step(checks, steps[i].name, !broken,
				 broken     ? "no"
				 : doubtful ? "ok, with a warning"
					    : "ok");
	}
	if (v->verified != IMAGE_NO_KEY)
		add_step(checks, "signature", v->verified >= 0,
			 v->verified >= 0 ? "ok" : "not by this key");
}

/* "3.1" */
static enum exit_code parse_revision(uint16_t *revision)
{
	const char *dot = opt.revision ? strchr(opt.revision, '.') : NULL;
	uint64_t major, minor;

	if (!opt.revision)
		return EXIT_YES;
	if (!dot || ota_number_parse(opt.revision, (size_t)(dot - opt.revision), &major) ||
	    ota_number_parse(dot + 1, strlen(dot + 1), &minor) || major > 600 || minor > 99)
		return say_usage("--revision: '%s' is not MAJOR.MINOR", opt.revision);
	*revision = (uint16_t)(major * 100 + minor);
	return EXIT_YES;
}

/* Room and place of --for-slot. */
static enum exit_code want_slot(const struct table_source *table, struct ota_image_want *want)
{
	const struct ota_part *part;

	if (!opt.slot)
		return EXIT_YES;
	part = ota_table_find(&table->table, opt.slot);
	if (!part)
		return say_error(EXIT_NO, table->file.name, "there is no partition '%s'", opt.slot);
	want->flash_addr = part->offset;
	want->room = part->size;
	if (part->type == OTA_TYPE_APP)
		want->role = OTA_ROLE_APP;
	else if (part->type == OTA_TYPE_BOOTLOADER)
		want->role = OTA_ROLE_BOOTLOADER;
	return EXIT_YES;
}

/* Every app slot of the table has room. */
static bool fits_all(const struct table_source *table, struct verdict *v, json_t *checks)
{
	uint32_t size = ota_image_size_signed(&v->file.image);
	bool all = true;

	for (size_t i = 0; i < table->table.count; i++) {
		const struct ota_part *part = &table->table.parts[i];
		char name[64];

		if (part->type != OTA_TYPE_APP)
			continue;
		snprintf(name, sizeof(name), "fits %s", part->label);
		add_step(checks, name, size <= part->size, size <= part->size ? "ok" : "no");
		if (size > part->size)
			say_error(EXIT_NO, v->input.name, "%u bytes do not fit '%s', which has %u",
				  size, part->label, part->size);
		all = all && size <= part->size;
	}
	return all;
}

static void report(struct verdict *v, const struct table_source *table, json_t *inputs)
{
	json_t *checks = inputs ? json_array() : NULL;

	if (!inputs && !common.quiet)
		printf("%s: %s %s\n", v->input.name,
		       v->file.image.chip ? v->file.image.chip->title : "unknown",
		       image_kind(&v->file));
	list_steps(v, checks);
	v->ok = !v->findings.errors && v->verified != -1 && v->file.image.form;
	if (table->file.name && !opt.slot && v->file.image.length)
		v->ok = fits_all(table, v, checks) && v->ok;
	if (!inputs)
		return;
	{
		json_t *all = image_json(&v->input, &v->file, v->verified);

		json_object_set_new(all, "ok", json_boolean(v->ok));
		json_object_set_new(all, "checks", checks);
		json_object_set(all, "findings", v->findings.list);
		json_array_append_new(inputs, all);
	}
}

static enum exit_code verify(struct verdict *v, const struct table_source *table,
			     const struct ota_key *key, json_t *inputs)
{
	uint64_t secure_version = 0;
	enum exit_code code = image_want(&v->input, &v->want);

	if (!code)
		code = parse_revision(&v->want.revision);
	if (!code)
		code = input_number("--secure-version", opt.secure_version, UINT32_MAX,
				    &secure_version);
	if (!code && table->file.name)
		code = want_slot(table, &v->want);
	v->want.secure_version = (uint32_t)secure_version;
	v->want.project = opt.project;
	v->want.report = take;
	v->want.ctx = v;
	if (!code)
		code = image_examine(&v->input, &v->want, &v->findings, &v->file);
	if (code)
		return code;
	v->verified = key ? ota_signatures_verify(&v->file.signatures, key) : IMAGE_NO_KEY;
	if (v->verified == -1)
		say_error(EXIT_NO, v->input.name,
			  v->file.signatures.version ? "no signature by this key"
						     : "there is no signature");
	report(v, table, inputs);
	return v->ok ? EXIT_YES : EXIT_NO;
}

/* As espsecure judges: the last 4096 bytes are the signature sector, else the last 68 a v1 block. */
static enum exit_code verify_signature(const struct image_input *input, const struct ota_key *key)
{
	static struct ota_signatures signatures;
	uint32_t size = input->source.size;
	enum ota_status status = OTA_E_SHORT;
	int block = -1;

	if (size >= OTA_SIGNATURE_SECTOR)
		status = ota_signatures_read(&input->source, 2, size - OTA_SIGNATURE_SECTOR,
					     &signatures);
	if (!status)
		block = ota_signatures_verify(&signatures, key);
	if (block < 0 && size >= OTA_SIGNATURE_V1_SIZE && status != OTA_E_SYSTEM) {
		status = ota_signatures_read(&input->source, 1, size - OTA_SIGNATURE_V1_SIZE,
					     &signatures);
		if (!status)
			block = ota_signatures_verify(&signatures, key);
	}
	if (status == OTA_E_SYSTEM)
		return say_system(input->name, "cannot read");
	if (block < 0)
		return say_error(EXIT_NO, input->name, "no signature by this key");
	say_status("%s: secure boot v%u, block %d: verified", input->name, signatures.version,
		   block);
	return EXIT_YES;
}

static enum exit_code verify_one(const char *name, const struct table_source *table,
				 const struct ota_key *key, json_t *inputs)
{
	static struct verdict v;
	enum exit_code code;

	memset(&v, 0, sizeof(v));
	code = image_input_open(name, &v.input);
	if (!code && opt.signature_only)
		code = verify_signature(&v.input, key);
	else if (!code)
		code = verify(&v, table, key, inputs);
	findings_free(&v.findings);
	image_input_close(&v.input);
	return code;
}

static enum exit_code prepare(struct table_source *table, struct ota_key **key)
{
	enum exit_code code = image_need_crypto();

	if (!code && opt.slot && !input_choice.table)
		code = say_usage("--for-slot needs --table");
	if (!code && input_choice.table && !input_choice.part)
		code = table_source_read(input_choice.table, table);
	if (!code)
		code = image_key(key);
	if (!code && opt.signature_only && !*key)
		code = say_usage("--signature-only needs --pub-key");
	return code;
}

static enum exit_code run(const char **args)
{
	struct table_source table = { 0 };
	struct ota_key *key = NULL;
	enum exit_code worst = prepare(&table, &key);
	json_t *inputs = common.json && !worst && !opt.signature_only ? json_array() : NULL;

	for (bool go = !worst; go && *args; args++) {
		enum exit_code code = verify_one(*args, &table, key, inputs);

		go = code != EXIT_USAGE;
		worst = code > worst ? code : worst;
	}
	ota_key_free(key);
	table_source_free(&table);
	if (inputs && worst != EXIT_USAGE && json_array_size(inputs))
		command_print_json(json_pack("{s:b, s:o}", "ok", !worst, "inputs", inputs));
	else
		json_decref(inputs);
	return worst;
}

const struct command cmd_image_verify = { "image verify", "IMG...",
					  "judge images as the bootloader will, step by step",
					  options, run };
