/* SPDX-License-Identifier: MIT */
#include "cli/input.h"

#include <stdlib.h>
#include <string.h>

#include "cli/device.h"
#include "cli/say.h"
#include "lib/host/finding.h"
#include "lib/host/number.h"
#include "lib/host/table_csv.h"

static struct {
	char *offset, *chip, *flash_size, *secure, *primary, *recovery, *preset;
	char **extra;
	int no_md5, no_verify, no_env;
} opt;

struct input_choice input_choice;

struct poptOption table_options[] = {
	{ "offset", 0, POPT_ARG_STRING, &opt.offset, 0, "Where the table lies in flash (0x8000)",
	  "ADDR" },
	{ "chip", 0, POPT_ARG_STRING, &opt.chip, 0, "Follow the generator of CHIP's SDK", "CHIP" },
	{ "flash-size", 0, POPT_ARG_STRING, &opt.flash_size, 0, "How much flash there is, as 4MB",
	  "SIZE" },
	{ "secure", 0, POPT_ARG_STRING, &opt.secure, 0, "Secure boot's rule on app sizes: v1 or v2",
	  "VERSION" },
	{ "no-md5", 0, POPT_ARG_NONE, &opt.no_md5, 0, "Write no MD5 row, expect none", NULL },
	{ "no-verify", 0, POPT_ARG_NONE, &opt.no_verify, 0, "Leave the rules on tables out", NULL },
	{ "primary-bootloader-offset", 0, POPT_ARG_STRING, &opt.primary, 0,
	  "Where the bootloader lies", "ADDR" },
	{ "recovery-bootloader-offset", 0, POPT_ARG_STRING, &opt.recovery, 0,
	  "Where the recovery bootloader lies", "ADDR" },
	{ "extra-partition-subtypes", 0, POPT_ARG_ARGV, &opt.extra, 0,
	  "A further subtype; VALUE is hexadecimal", "TYPE,NAME,VALUE" },
	{ "no-env", 0, POPT_ARG_NONE, &opt.no_env, 0, "Leave $VARIABLES in a CSV as they are",
	  NULL },
	POPT_TABLEEND
};

struct poptOption input_options[] = {
	{ "table", 0, POPT_ARG_STRING, &input_choice.table, 0,
	  "The partition table (a dump has its own)", "FILE" },
	{ "slots", 0, POPT_ARG_STRING, &input_choice.slots, 0,
	  "How many OTA slots there are, where there is no table", "N" },
	{ "otadata", 0, POPT_ARG_STRING, &input_choice.otadata, 0, "The otadata to go with it",
	  "FILE" },
	{ "base", 0, POPT_ARG_STRING, &input_choice.base, 0,
	  "Flash address of the dump's first byte", "ADDR" },
	{ "part", 0, POPT_ARG_STRING, &input_choice.part, 0,
	  "The partition meant: a name, @bootloader, @table, @0xADDR+SIZE", "NAME" },
	POPT_TABLEEND
};

struct poptOption preset_options[] = { { "preset", 0, POPT_ARG_STRING, &opt.preset, 0,
					 "Take a ready-made table instead of IN", "PRESET" },
				       POPT_TABLEEND };

enum exit_code input_preset(const char *name, struct ota_preset *preset)
{
	if (ota_preset_find(name, preset))
		return EXIT_YES;
	return say_usage("there is no preset '%s'; `otatool table presets` lists them", name);
}

const char *input_chip(void)
{
	return opt.chip;
}

static enum exit_code parse(const char *option, const char *text, size_t n, uint64_t most,
			    uint64_t *value)
{
	if (ota_number_parse(text, n, value))
		return say_usage("%s: '%s' is no number", option, text);
	if (*value > most)
		return say_usage("%s: %s is more than 0x%llx", option, text,
				 (unsigned long long)most);
	return EXIT_YES;
}

enum exit_code input_number(const char *option, const char *text, uint64_t most, uint64_t *value)
{
	return text ? parse(option, text, strlen(text), most, value) : EXIT_YES;
}

enum exit_code input_size(const char *option, const char *text, uint64_t most, uint64_t *value)
{
	size_t n = text ? strlen(text) : 0;

	if (n > 2 && text[n - 1] == 'B' && (text[n - 2] == 'K' || text[n - 2] == 'M'))
		n--;
	return text ? parse(option, text, n, most, value) : EXIT_YES;
}

/* "4MB", "4M", or a number of bytes. */
static enum exit_code flash_size(uint64_t *value)
{
	size_t n = opt.flash_size ? strlen(opt.flash_size) : 0;

	if (!n)
		return EXIT_YES;
	n -= opt.flash_size[n - 1] == 'B';
	if (ota_number_parse(opt.flash_size, n, value) || *value > UINT64_C(1) << 32 || !*value)
		return say_usage("--flash-size: '%s' is no size such as 4MB", opt.flash_size);
	return EXIT_YES;
}

static enum exit_code secure(enum ota_secure *value)
{
	if (!opt.secure)
		return EXIT_YES;
	*value = strcmp(opt.secure, "v1") == 0 ? OTA_SECURE_V1
	       : strcmp(opt.secure, "v2") == 0 ? OTA_SECURE_V2
					       : OTA_SECURE_NONE;
	return *value ? EXIT_YES : say_usage("--secure: '%s' is neither v1 nor v2", opt.secure);
}

static enum exit_code addresses(struct ota_table_options *options)
{
	uint64_t offset = options->offset, primary = OTA_NO_ADDR, recovery = OTA_NO_ADDR;

	if (input_number("--offset", opt.offset, UINT32_MAX - OTA_SECTOR_SIZE, &offset) ||
	    input_number("--primary-bootloader-offset", opt.primary, UINT32_MAX, &primary) ||
	    input_number("--recovery-bootloader-offset", opt.recovery, UINT32_MAX, &recovery))
		return EXIT_USAGE;
	if (opt.primary && primary >= offset)
		return say_usage(
			"the primary bootloader at 0x%llx is not below the table at 0x%llx",
			(unsigned long long)primary, (unsigned long long)offset);
	options->offset = (uint32_t)offset;
	options->primary_bootloader = (uint32_t)primary;
	options->recovery_bootloader = (uint32_t)recovery;
	return EXIT_YES;
}

static enum exit_code extra_names(struct ota_table_options *options)
{
	static struct ota_extra_names extra;

	if (!opt.extra)
		return EXIT_YES;
	ota_extra_begin(&extra, options->names);
	for (size_t i = 0; opt.extra[i]; i++)
		if (ota_extra_add(&extra, opt.extra[i]))
			return say_usage("--extra-partition-subtypes: '%s' is not TYPE,NAME,VALUE "
					 "with a hexadecimal VALUE of its own",
					 opt.extra[i]);
	options->names = &extra.names;
	return EXIT_YES;
}

const struct ota_table_options *input_table_options(void)
{
	static struct ota_table_options options;
	bool esp8266 = opt.chip && strcmp(opt.chip, "esp8266") == 0;

	options = (struct ota_table_options){ .offset = OTA_TABLE_OFFSET,
					      .no_md5 = opt.no_md5,
					      .no_verify = opt.no_verify };
	options.dialect = esp8266 ? &ota_dialect_esp8266 : &ota_dialect_esp32;
	options.names = options.dialect->names;
	if (opt.chip && strncmp(opt.chip, "esp", 3) != 0) {
		say_usage("--chip: there is no chip '%s'", opt.chip);
		return NULL;
	}
	if (addresses(&options) || flash_size(&options.flash_size) || secure(&options.secure) ||
	    extra_names(&options))
		return NULL;
	return &options;
}

void findings_begin(struct findings *findings, const char *file)
{
	*findings = (struct findings){ .file = file, .list = common.json ? json_array() : NULL };
}

void findings_take(void *ctx, const struct ota_diag *found)
{
	struct findings *findings = ctx;
	bool error = found->rule->severity == OTA_ERROR ||
		     (common.strict && found->rule->severity == OTA_WARNING);
	struct ota_diag diag = *found;

	if (!diag.line && diag.offset != OTA_NO_OFFSET)
		diag.offset += findings->shift;

	if (error && !findings->first)
		findings->first = found->rule;
	findings->errors += error;
	findings->warnings += !error && diag.rule->severity == OTA_WARNING;
	if (findings->list)
		json_array_append_new(findings->list, ota_finding_json(&diag, common.strict));
	say_finding(findings->file, &diag);
}

void findings_free(struct findings *findings)
{
	json_decref(findings->list);
	findings->list = NULL;
}

static const char *environment(void *ctx, const char *name)
{
	(void)ctx;
	return getenv(name);
}

static enum exit_code decode_csv(struct table_source *s)
{
	struct ota_csv_reader reader = { &s->options, opt.no_env ? NULL : environment,
					 findings_take, &s->findings };
	enum ota_status status =
		ota_csv_parse(s->file.data, s->file.size, &reader, &s->table, &s->unjudged);

	if (status == OTA_E_MEMORY)
		return say_error(EXIT_BUG, s->file.name, "out of memory");
	if (s->unjudged)
		say_note(s->file.name, "%zu row%s not judged, because an earlier one is wrong",
			 s->unjudged, s->unjudged == 1 ? " was" : "s were");
	return EXIT_YES;
}

static void decode_binary(struct table_source *s)
{
	size_t size;
	const uint8_t *data = ota_flash_image_table(&s->image, &size);

	s->findings.shift = (uint32_t)(data - s->file.data);
	ota_table_decode(data, size, &s->options, &s->table, findings_take, &s->findings);
}

enum exit_code table_source_decode(struct table_source *s)
{
	switch (s->image.kind) {
	case OTA_KIND_CSV:
	case OTA_KIND_EMPTY: return decode_csv(s);
	case OTA_KIND_TABLE: decode_binary(s); return EXIT_YES;
	case OTA_KIND_DUMP:
		if (s->image.table_offset != s->options.offset)
			say_note(s->file.name, "the table is at 0x%x, not at 0x%x",
				 s->image.table_offset, s->options.offset);
		s->options.offset = s->image.table_offset;
		decode_binary(s);
		return EXIT_YES;
	case OTA_KIND_TABLE_SHIFTED:
		return say_error(EXIT_NO, s->file.name, "a table shifted by 0x%x",
				 s->image.table_offset);
	default:
		return say_error(EXIT_NO, s->file.name, "%s, not a partition table",
				 ota_kind_text(s->image.kind));
	}
}

/* Sniff s->file, which was read. */
static enum exit_code take_file(const struct ota_table_options *options, struct table_source *s)
{
	uint64_t base = 0;

	if (!options || input_number("--base", input_choice.base, UINT32_MAX, &base))
		return EXIT_USAGE;
	s->options = *options;
	findings_begin(&s->findings, s->file.name);
	ota_flash_image_sniff(&s->image, s->file.data, s->file.size, 0, s->options.offset);
	/* --base is the dump's, not that of a table given with it. */
	if (base && s->image.kind != OTA_KIND_CSV &&
	    (s->image.kind != OTA_KIND_TABLE || s->file.size > OTA_SECTOR_SIZE))
		ota_flash_image_sniff(&s->image, s->file.data, s->file.size, (uint32_t)base,
				      s->options.offset);
	return EXIT_YES;
}

enum exit_code table_source_sniff(const char *name, const struct ota_table_options *options,
				  struct table_source *s)
{
	enum exit_code code;

	memset(s, 0, sizeof(*s));
	if (!options)
		return EXIT_USAGE;
	code = device_is_url(name) ? device_fetch_table(name, &s->file) : file_read(name, &s->file);
	return code ? code : take_file(options, s);
}

enum exit_code table_source_open(const char *name, const struct ota_table_options *options,
				 struct table_source *s)
{
	enum exit_code code = table_source_sniff(name, options, s);

	return code ? code : table_source_decode(s);
}

enum exit_code table_source_read(const char *name, struct table_source *s)
{
	return table_source_open(name, input_table_options(), s);
}

static enum exit_code read_preset(struct table_source *s)
{
	struct ota_preset preset;
	enum exit_code code = input_preset(opt.preset, &preset);

	memset(s, 0, sizeof(*s));
	if (code)
		return code;
	s->file = (struct file){ preset.name, (uint8_t *)strdup(preset.text), preset.size };
	if (!s->file.data)
		return say_error(EXIT_BUG, NULL, "out of memory");
	code = take_file(input_table_options(), s);
	return code ? code : table_source_decode(s);
}

enum exit_code table_source_choose(const char *name, struct table_source *s)
{
	*s = (struct table_source){ 0 };
	if (!name == !opt.preset)
		return say_usage(name ? "give a file or --preset, not both"
				      : "give a file or --preset NAME");
	return name ? table_source_read(name, s) : read_preset(s);
}

void table_source_check(struct table_source *s)
{
	ota_table_check(&s->table, &s->options, findings_take, &s->findings);
}

void table_source_free(struct table_source *s)
{
	if (s->table.text)
		ota_csv_free(&s->table);
	findings_free(&s->findings);
	file_free(&s->file);
}

enum exit_code table_source_encode(struct table_source *s, uint8_t out[static OTA_TABLE_SIZE])
{
	if (ota_table_encode(&s->table, &s->options, out))
		return say_error(EXIT_NO, s->file.name,
				 "%zu rows%s do not fit (a table has 0xc00 bytes)", s->table.count,
				 s->options.no_md5 ? "" : " and the MD5 row");
	return EXIT_YES;
}

json_t *table_part_json(const struct ota_part *part, const struct ota_table_options *options)
{
	const struct ota_names *names = options->names;
	json_t *flags = json_array();

	if (part->flags & OTA_PART_ENCRYPTED)
		json_array_append_new(flags, json_string("encrypted"));
	if (part->flags & OTA_PART_READONLY & options->dialect->flags)
		json_array_append_new(flags, json_string("readonly"));
	return json_pack(
		"{s:o, s:i, s:i, s:s?, s:s?, s:I, s:I, s:o}", "name",
		ota_json_text(ota_part_name(part)), "type", part->type, "subtype", part->subtype,
		"type_name", ota_keyword_name(names->types, part->type), "subtype_name",
		ota_keyword_name(ota_subtypes_of(names, part->type), part->subtype), "offset",
		(json_int_t)part->offset, "size", (json_int_t)part->size, "flags", flags);
}
