/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/file.h"
#include "cli/image_input.h"
#include "cli/say.h"
#include "lib/host/chip_info.h"
#include "lib/host/image_build.h"
#include "lib/host/number.h"

#define FILES_MAX OTA_PARTS_MAX

static struct {
	char *output, *chip, *layout, *entry, *mode, *freq, *size, *min_revision, *max_revision;
	char *page, *secure_pad, *pad_to, *project, *version, *idf, *date, *time, *elf_sha256;
	char *secure_version, *min_block, *max_block;
	char **segments;
	int no_hash;
} opt;

static struct poptOption options[] = {
	{ "output", 'o', POPT_ARG_STRING, &opt.output, 0, "Write to FILE", "FILE" },
	{ "chip", 0, POPT_ARG_STRING, &opt.chip, 0, "The chip that it is for", "CHIP" },
	{ "layout", 0, POPT_ARG_STRING, &opt.layout, 0, "Of the ESP8266: v1, v2 or rtos (default)",
	  "LAYOUT" },
	{ "segment", 0, POPT_ARG_ARGV, &opt.segments, 0, "Load FILE to ADDR; may be repeated",
	  "ADDR=FILE" },
	{ "entry", 0, POPT_ARG_STRING, &opt.entry, 0, "Where it starts", "ADDR" },
	{ "flash-mode", 0, POPT_ARG_STRING, &opt.mode, 0, "dio (default), qio, dout, qout",
	  "MODE" },
	{ "flash-freq", 0, POPT_ARG_STRING, &opt.freq, 0, "Such as 40m, 80m", "FREQ" },
	{ "flash-size", 0, POPT_ARG_STRING, &opt.size, 0, "Such as 4MB", "SIZE" },
	{ "min-revision", 0, POPT_ARG_STRING, &opt.min_revision, 0,
	  "The least chip revision, major * 100 + minor", "N" },
	{ "max-revision", 0, POPT_ARG_STRING, &opt.max_revision, 0,
	  "The greatest, major * 100 + minor", "N" },
	{ "page-size", 0, POPT_ARG_STRING, &opt.page, 0, "The MMU's page, such as 32K (64K)",
	  "BYTES" },
	{ "no-hash", 0, POPT_ARG_NONE, &opt.no_hash, 0, "Append no SHA-256", NULL },
	{ "secure-pad", 0, POPT_ARG_STRING, &opt.secure_pad, 0,
	  "Pad for a signature: v1 or v2 of secure boot", "VERSION" },
	{ "pad-to", 0, POPT_ARG_STRING, &opt.pad_to, 0, "0xff up to a multiple of this many bytes",
	  "BYTES" },
	{ "project", 0, POPT_ARG_STRING, &opt.project, 0, "Put a description of an app in front",
	  "PROJECT" },
	{ "app-version", 0, POPT_ARG_STRING, &opt.version, 0, "For the description", "TEXT" },
	{ "idf", 0, POPT_ARG_STRING, &opt.idf, 0, "For the description", "TEXT" },
	{ "date", 0, POPT_ARG_STRING, &opt.date, 0, "For the description", "TEXT" },
	{ "time", 0, POPT_ARG_STRING, &opt.time, 0, "For the description", "TEXT" },
	{ "elf-sha256", 0, POPT_ARG_STRING, &opt.elf_sha256, 0, "For the description", "HEX" },
	{ "secure-version", 0, POPT_ARG_STRING, &opt.secure_version, 0, "For the description",
	  "N" },
	{ "min-block-revision", 0, POPT_ARG_STRING, &opt.min_block, 0, "For the description", "N" },
	{ "max-block-revision", 0, POPT_ARG_STRING, &opt.max_block, 0, "For the description", "N" },
	POPT_TABLEEND
};

/* All that has to live until the image is written. */
static struct {
	struct ota_image_recipe recipe;
	struct file files[FILES_MAX], elf;
	uint8_t *described; /* the description, and what follows it */
	size_t file_count;
} work;

static enum exit_code parse_numbers(void)
{
	struct ota_image_header *h = &work.recipe.header;
	uint64_t entry = h->entry, min = 0, max = UINT16_MAX, page = 0, pad = 0;

	if (input_number("--entry", opt.entry, UINT32_MAX, &entry) ||
	    input_number("--min-revision", opt.min_revision, UINT16_MAX, &min) ||
	    input_number("--max-revision", opt.max_revision, UINT16_MAX, &max) ||
	    input_number("--page-size", opt.page, 1 << 18, &page) ||
	    input_number("--pad-to", opt.pad_to, FILE_SIZE_MAX, &pad))
		return EXIT_USAGE;
	h->entry = (uint32_t)entry;
	h->min_revision = (uint16_t)min;
	h->max_revision = (uint16_t)max;
	work.recipe.page = work.recipe.chip->page_max < 16 ? work.recipe.chip->page_max : 16;
	for (unsigned i = 13; opt.page && i <= 18; i++)
		if (page == 1u << i)
			work.recipe.page = i;
	if (opt.page && page != 1u << work.recipe.page)
		return say_usage("--page-size: %s is no power of two from 8K to 256K", opt.page);
	work.recipe.pad_to = (uint32_t)pad;
	return EXIT_YES;
}

/* The byte whose meaning is `text`: bits `shift` and up of it. */
static enum exit_code find_byte(const char *option, const char *text,
				const char *(*name)(uint32_t, uint8_t), unsigned shift)
{
	for (unsigned i = 0; text && i < 16; i++) {
		const char *found = name(work.recipe.chip->id, (uint8_t)(i << shift));

		if (found && strcmp(found, text) == 0) {
			work.recipe.header.flash &= (uint8_t) ~(15u << shift);
			work.recipe.header.flash |= (uint8_t)(i << shift);
			return EXIT_YES;
		}
	}
	return text ? say_usage("%s: '%s' is nothing that %s has", option, text,
				work.recipe.chip->title)
		    : EXIT_YES;
}

static enum exit_code parse_flash(void)
{
	struct ota_image_header *h = &work.recipe.header;
	const char *mode = opt.mode ? opt.mode : "dio";

	h->spi_mode = UINT8_MAX;
	for (uint8_t i = 0; ota_flash_mode(i); i++)
		if (strcmp(mode, ota_flash_mode(i)) == 0)
			h->spi_mode = i;
	if (h->spi_mode == UINT8_MAX)
		return say_usage("--flash-mode: '%s' is no mode such as dio", mode);
	if (find_byte("--flash-size", opt.size, ota_flash_size, 4))
		return EXIT_USAGE;
	return find_byte("--flash-freq", opt.freq, ota_flash_freq, 0);
}

static enum exit_code parse_form(void)
{
	static const struct {
		const char *name;
		enum ota_image_form form;
	} layouts[] = { { "v1", OTA_FORM_ESP8266_V1 },
			{ "v2", OTA_FORM_ESP8266_V2 },
			{ "rtos", OTA_FORM_ESP8266_RTOS } };

	if (!opt.chip)
		return say_usage("--chip says what the image is for");
	work.recipe.chip = ota_chip_by_name(opt.chip);
	if (!work.recipe.chip)
		return say_usage("--chip: there is no chip '%s'", opt.chip);
	work.recipe.form = OTA_FORM_ESP32;
	if (work.recipe.chip->id == OTA_CHIP_ESP8266)
		work.recipe.form = OTA_FORM_ESP8266_RTOS;
	for (size_t i = 0; opt.layout && i < ARRAY_LEN(layouts); i++)
		if (strcmp(opt.layout, layouts[i].name) == 0 &&
		    work.recipe.form != OTA_FORM_ESP32) {
			work.recipe.form = layouts[i].form;
			return EXIT_YES;
		}
	return opt.layout ? say_usage("--layout: '%s' is no layout of %s", opt.layout,
				      work.recipe.chip->title)
			  : EXIT_YES;
}

static enum exit_code parse_all(void)
{
	enum exit_code code = parse_form();

	if (!code)
		code = parse_flash();
	if (!code)
		code = parse_numbers();
	if (opt.secure_pad)
		work.recipe.secure_pad = strcmp(opt.secure_pad, "v1") == 0 ? 1
				       : strcmp(opt.secure_pad, "v2") == 0 ? 2
									   : 0;
	if (!code && opt.secure_pad && (!work.recipe.secure_pad || opt.no_hash))
		code = say_usage("--secure-pad is v1 or v2, and not together with --no-hash");
	work.recipe.header.wp_pin = 0xEE;
	work.recipe.header.hash_appended = !opt.no_hash;
	return code;
}

/* "ADDR=FILE" */
static enum exit_code add_segment(const char *text)
{
	const char *file = strchr(text, '=');
	struct file *read = &work.files[work.file_count];
	uint64_t addr;
	enum exit_code code;

	if (!file || ota_number_parse(text, (size_t)(file - text), &addr) || addr > UINT32_MAX)
		return say_usage("--segment: '%s' is not ADDR=FILE", text);
	if (work.file_count == FILES_MAX - 1)
		return say_usage("--segment: more than %u", FILES_MAX - 1);
	code = file_read(file + 1, read);
	if (code)
		return code;
	work.file_count++;
	work.recipe.parts[work.recipe.count++] =
		(struct ota_image_part){ (uint32_t)addr, read->data, (uint32_t)read->size };
	return EXIT_YES;
}

static enum exit_code read_elf(const char *name)
{
	enum exit_code code = file_read(name, &work.elf);

	if (code)
		return code;
	switch (ota_elf_read(work.elf.data, work.elf.size, &work.recipe)) {
	case OTA_OK: return EXIT_YES;
	case OTA_E_SHORT: return say_error(EXIT_NO, work.elf.name, "the ELF file is cut off");
	case OTA_E_MISSING: return say_error(EXIT_NO, work.elf.name, "the ELF file loads nothing");
	case OTA_E_FULL: return say_error(EXIT_NO, work.elf.name, "more than %u parts", FILES_MAX);
	default: return say_error(EXIT_NO, work.elf.name, "no ELF file of 32 bits, little-endian");
	}
}

static enum exit_code parse_digest(uint8_t *digest)
{
	if (opt.elf_sha256 && strlen(opt.elf_sha256) != 2 * OTA_SHA256_SIZE)
		return say_usage("--elf-sha256: 64 hexadecimal digits");
	for (size_t i = 0; opt.elf_sha256 && i < OTA_SHA256_SIZE; i++) {
		char pair[3] = { opt.elf_sha256[2 * i], opt.elf_sha256[2 * i + 1], '\0' }, *end;

		digest[i] = (uint8_t)strtoul(pair, &end, 16);
		if (*end || pair[0] == '+' || pair[0] == '-' || pair[0] == ' ')
			return say_usage("--elf-sha256: 64 hexadecimal digits");
	}
	return EXIT_YES;
}

static void set_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
}

/* The part that begins right behind the description, if there is one; they become one. */
static struct ota_image_part *part_behind(uint32_t addr)
{
	for (size_t i = 0; i < work.recipe.count; i++)
		if (work.recipe.parts[i].addr == addr + OTA_APP_DESC_SIZE)
			return &work.recipe.parts[i];
	work.recipe.parts[work.recipe.count] =
		(struct ota_image_part){ addr + OTA_APP_DESC_SIZE, NULL, 0 };
	return &work.recipe.parts[work.recipe.count++];
}

static enum exit_code add_description(void)
{
	uint32_t addr = work.recipe.chip->mapped[0].low +
			(work.recipe.form == OTA_FORM_ESP32 ? 0x20 : 0x10);
	struct ota_app_desc desc = { .mmu_page = (uint8_t)work.recipe.page };
	struct ota_image_part *part;
	uint64_t secure_version = 0, min_block = 0, max_block = UINT16_MAX;

	if (input_number("--secure-version", opt.secure_version, UINT32_MAX, &secure_version) ||
	    input_number("--min-block-revision", opt.min_block, UINT16_MAX, &min_block) ||
	    input_number("--max-block-revision", opt.max_block, UINT16_MAX, &max_block) ||
	    parse_digest(desc.elf_sha256))
		return EXIT_USAGE;
	desc.secure_version = (uint32_t)secure_version;
	desc.min_block_revision = (uint16_t)min_block;
	desc.max_block_revision = (uint16_t)max_block;
	set_text(desc.project, sizeof(desc.project), opt.project);
	set_text(desc.version, sizeof(desc.version), opt.version);
	set_text(desc.idf, sizeof(desc.idf), opt.idf);
	set_text(desc.date, sizeof(desc.date), opt.date);
	set_text(desc.time, sizeof(desc.time), opt.time);
	part = part_behind(addr);
	work.described = malloc(OTA_APP_DESC_SIZE + part->size);
	if (!work.described)
		return say_error(EXIT_BUG, NULL, "out of memory");
	ota_app_desc_encode(&desc, work.described);
	if (part->size)
		memcpy(work.described + OTA_APP_DESC_SIZE, part->data, part->size);
	*part = (struct ota_image_part){ addr, work.described, part->size + OTA_APP_DESC_SIZE };
	return EXIT_YES;
}

static enum exit_code build(void)
{
	struct ota_diag diag;
	uint8_t *image = NULL;
	size_t size;
	enum exit_code code;
	enum ota_status status = ota_image_build(&work.recipe, &image, &size, &diag);

	if (status)
		return say_failure(work.elf.name, status, &diag);
	code = file_write(opt.output ? opt.output : "-", image, size, FILE_BINARY);
	if (!code && opt.output)
		say_status("%s: %s image, %zu bytes", opt.output, work.recipe.chip->title, size);
	free(image);
	return code;
}

static enum exit_code collect(const char *elf)
{
	enum exit_code code = elf ? read_elf(elf) : EXIT_YES;

	for (size_t i = 0; !code && opt.segments && opt.segments[i]; i++)
		code = add_segment(opt.segments[i]);
	if (!code && work.recipe.count > FILES_MAX - 1)
		code = say_error(EXIT_NO, NULL, "more than %u parts", FILES_MAX - 1);
	if (!code)
		code = parse_all();
	if (!code && opt.project)
		code = add_description();
	return code;
}

static enum exit_code run(const char **args)
{
	enum exit_code code = image_need_crypto();

	if (!code && opt.output)
		code = file_check_output(opt.output);
	if (!code)
		code = collect(args[0]);
	if (!code)
		code = build();
	for (size_t i = 0; i < work.file_count; i++)
		file_free(&work.files[i]);
	file_free(&work.elf);
	free(work.described);
	return code;
}

const struct command cmd_image_build = { "image build", "[ELF]",
					 "make an image of segments or of an ELF file", options,
					 run };
