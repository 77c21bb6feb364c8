/* SPDX-License-Identifier: MIT */
/* ESP-IDF v5.5 and v6.x, components/partition_table/gen_esp32part.py: the same words, bytes on stdout
 * and exit statuses. --chip is ours: with esp8266 it is the generator of ESP8266_RTOS_SDK. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/compat.h"
#include "cli/say.h"
#include "lib/host/table_csv.h"

static struct {
	const char *flash_size, *offset, *primary, *recovery, *secure, *chip;
	struct compat_list extra;
	int no_md5, no_verify, verify, quiet;
} opt;

static struct poptOption options[] = {
	{ "flash-size", 0, POPT_ARG_STRING | POPT_ARGFLAG_OPTIONAL, &opt.flash_size, 0,
	  "How much flash there is: 1MB to 128MB", "SIZE" },
	{ "disable-md5sum", 0, POPT_ARG_NONE, &opt.no_md5, 0, "Write no MD5 row, expect none",
	  NULL },
	{ "no-verify", 0, POPT_ARG_NONE, &opt.no_verify, 0, "Leave the rules on tables out", NULL },
	{ "verify", 'v', POPT_ARG_NONE, &opt.verify, 0, "Does nothing: tables are verified", NULL },
	{ "quiet", 'q', POPT_ARG_NONE, &opt.quiet, 0, "Do not say what is being done", NULL },
	{ "offset", 'o', POPT_ARG_STRING, &opt.offset, 0, "Where the table lies in flash (0x8000)",
	  "ADDR" },
	{ "primary-bootloader-offset", 0, POPT_ARG_STRING, &opt.primary, 0,
	  "Where the bootloader lies", "ADDR" },
	{ "recovery-bootloader-offset", 0, POPT_ARG_STRING, &opt.recovery, 0,
	  "Where the recovery bootloader lies", "ADDR" },
	{ "secure", 0, POPT_ARG_STRING | POPT_ARGFLAG_OPTIONAL, &opt.secure, 0,
	  "Secure boot's rule on app sizes: v1 (if left out) or v2", "VERSION" },
	{ "extra-partition-subtypes", 0, POPT_ARG_ARGV | POPT_ARGFLAG_OPTIONAL, &opt.extra, 0,
	  "Further subtypes, up to the next option; VALUE is hexadecimal", "TYPE,NAME,VALUE" },
	{ "chip", 0, POPT_ARG_STRING, &opt.chip, 0, "esp8266: as the generator of ESP8266_RTOS_SDK",
	  "CHIP" },
	POPT_TABLEEND
};

static enum exit_code set_flash_size(uint64_t *size)
{
	static const char *const sizes[] = { "1MB",  "2MB",  "4MB",  "8MB",
					     "16MB", "32MB", "64MB", "128MB" };

	if (!opt.flash_size || !*opt.flash_size)
		return EXIT_YES;
	for (unsigned i = 0; i < ARRAY_LEN(sizes); i++)
		if (strcmp(opt.flash_size, sizes[i]) == 0)
			*size = UINT64_C(1) << (20 + i);
	return *size ? EXIT_YES : say_usage("--flash-size: invalid choice: '%s'", opt.flash_size);
}

static enum exit_code set_secure(enum ota_secure *secure)
{
	if (!opt.secure)
		return EXIT_YES;
	if (!*opt.secure || strcmp(opt.secure, "v1") == 0)
		*secure = OTA_SECURE_V1;
	else if (strcmp(opt.secure, "v2") == 0)
		*secure = OTA_SECURE_V2;
	else
		return say_usage("--secure: invalid choice: '%s'", opt.secure);
	return EXIT_YES;
}

static enum exit_code set_addresses(struct ota_table_options *how)
{
	enum exit_code code = compat_number("--offset", opt.offset, &how->offset);

	if (!code)
		code = compat_number("--primary-bootloader-offset", opt.primary,
				     &how->primary_bootloader);
	if (!code && opt.primary && how->primary_bootloader >= how->offset)
		code = say_usage("the primary bootloader at 0x%x is not below the table at 0x%x",
				 how->primary_bootloader, how->offset);
	if (!code)
		code = compat_number("--recovery-bootloader-offset", opt.recovery,
				     &how->recovery_bootloader);
	return code;
}

static enum exit_code set_options(struct ota_table_options *how)
{
	bool esp8266 = opt.chip && strcmp(opt.chip, "esp8266") == 0;
	enum exit_code code;

	how->dialect = esp8266 ? &ota_dialect_esp8266 : &ota_dialect_esp32;
	how->names = how->dialect->names;
	code = set_flash_size(&how->flash_size);
	if (!code)
		code = set_secure(&how->secure);
	if (!code)
		code = set_addresses(how);
	if (!code)
		code = compat_extra_names(&opt.extra, how);
	return code;
}

/* What is no table: an argument error where it cannot be opened, an error on line 1 where it reads
 * as text, else an exception of the text decoder. */
static enum exit_code open_input(const char *name, const struct ota_table_options *how,
				 struct table_source *source)
{
	enum exit_code code = table_source_open(name, how, source);
	bool text = source->image.kind == OTA_KIND_HTML || source->image.kind == OTA_KIND_ZEROS;

	return code == EXIT_SYSTEM || (code && text) ? EXIT_USAGE : code;
}

static enum exit_code write_output(const char *name, const void *data, size_t size,
				   enum file_kind kind)
{
	return file_write(name, data, size, kind) ? EXIT_NO : EXIT_YES;
}

static enum exit_code write_csv(const struct table_source *source, const char *name)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	enum exit_code code;

	if (!out)
		return say_system(name, "cannot write");
	ota_csv_print(out, &source->table, &source->options);
	fclose(out);
	code = write_output(name, text, size, FILE_TEXT);
	free(text);
	return code;
}

static enum exit_code convert(struct table_source *source, const char *name)
{
	bool binary = source->image.kind == OTA_KIND_TABLE;
	uint8_t table[OTA_TABLE_SIZE];

	if (source->image.kind == OTA_KIND_DUMP)
		return say_error(EXIT_NO, source->file.name,
				 "a flash dump: `otatool table build` finds the table in it");
	if (!opt.quiet)
		say_status("Parsing %s input...", binary ? "binary partition" : "CSV");
	if (!source->findings.errors && !opt.quiet && !opt.no_verify)
		say_status("Verifying table...");
	if (compat_verdict(source) != EXIT_USAGE)
		table_source_check(source);
	if (source->findings.errors)
		return compat_verdict(source);
	if (binary)
		return write_csv(source, name);
	return table_source_encode(source, table)
		     ? EXIT_USAGE
		     : write_output(name, table, sizeof(table), FILE_BINARY);
}

static enum exit_code run(const char **words)
{
	struct compat_call call = { .words = words, .most = 2 };
	struct ota_table_options how = { .offset = OTA_TABLE_OFFSET,
					 .primary_bootloader = OTA_NO_ADDR,
					 .recovery_bootloader = OTA_NO_ADDR };
	struct table_source source = { 0 };
	enum exit_code code = compat_parse(&call, options);

	if (!code && !call.count)
		code = say_usage("the following arguments are required: input");
	how.no_md5 = opt.no_md5;
	how.no_verify = opt.no_verify;
	if (!code)
		code = set_options(&how);
	if (code)
		return code;
	code = open_input(call.operands[0], &how, &source);
	if (!code)
		code = convert(&source, call.count > 1 ? call.operands[1] : "-");
	table_source_free(&source);
	return code;
}

const struct command cmd_gen_esp32part = {
	.name = "gen_esp32part",
	.args = "INPUT [OUTPUT]",
	.summary = "stand in for ESP-IDF's gen_esp32part.py",
	.options = options,
	.run = run,
	.own_grammar = true,
};
