/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/image_json.h"
#include "cli/say.h"
#include "lib/host/chip_info.h"

static struct {
	char **fields;
} opt;

static struct poptOption options[] = {
	{ "field", 0, POPT_ARG_ARGV, &opt.fields, 0,
	  "Print this member alone, such as app.version; may be repeated", "MEMBER" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, image_options, 0, NULL, NULL },
	POPT_TABLEEND
};

/* Follow "app.version" or "segments.0.size"; borrowed, NULL: no such member. */
static json_t *find_member(json_t *from, const char *path)
{
	while (from && *path) {
		char key[48];
		size_t n = strcspn(path, ".");

		if (n >= sizeof(key))
			return NULL;
		memcpy(key, path, n);
		key[n] = '\0';
		from = json_is_array(from) ? json_array_get(from, strtoul(key, NULL, 10))
					   : json_object_get(from, key);
		path += n + (path[n] == '.');
	}
	return from;
}

/* Text from an image must not steer the terminal. */
static void put_text(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			printf("\\x%02x", (unsigned char)*text);
		else
			putchar(*text);
}

static enum exit_code print_fields(json_t *all)
{
	enum exit_code code = EXIT_YES;

	for (size_t i = 0; opt.fields[i]; i++) {
		json_t *member = find_member(all, opt.fields[i]);
		char *text = member && !json_is_string(member)
				   ? json_dumps(member, JSON_ENCODE_ANY | JSON_COMPACT)
				   : NULL;

		if (!member)
			return say_usage("--field: there is no member '%s'", opt.fields[i]);
		if (json_is_null(member))
			code = EXIT_NO;
		else
			put_text(text ? text : json_string_value(member));
		putchar('\n');
		free(text);
	}
	return code;
}

static void row(const char *name, const char *value)
{
	if (!*value)
		return;
	printf("  %-14s ", name);
	put_text(value);
	putchar('\n');
}

static void print_revisions(const struct ota_image_header *h)
{
	printf("  %-14s v%u.%u", "revisions", h->min_revision / 100u, h->min_revision % 100u);
	if (h->max_revision && h->max_revision != OTA_REVISION_NONE)
		printf(" to v%u.%u", h->max_revision / 100u, h->max_revision % 100u);
	else
		printf(" and later");
	printf(" (legacy minimum %u)\n", h->min_revision_legacy);
}

static const char *or_number(const char *name, unsigned value, char text[static 16])
{
	if (name)
		return name;
	snprintf(text, 16, "0x%x?", value);
	return text;
}

static void print_header(const struct ota_image *image)
{
	const struct ota_image_header *h = &image->header;
	const uint8_t *d = h->drive;
	char mode[16], size[16], freq[16];

	if (h->entry)
		printf("  %-14s 0x%08x\n", "entry", h->entry);
	else
		row("entry", "not set");
	printf("  %-14s %s, %s, %s\n", "flash",
	       or_number(ota_flash_size(h->chip_id, h->flash), h->flash >> 4, size),
	       or_number(ota_flash_freq(h->chip_id, h->flash), h->flash & 15, freq),
	       or_number(ota_flash_mode(h->spi_mode), h->spi_mode, mode));
	if (image->form != OTA_FORM_ESP32)
		return;
	printf("  %-14s wp 0x%02x%s, drive clk %d q %d d %d cs %d hd %d wp %d\n", "pins", h->wp_pin,
	       h->wp_pin == 0xEE ? " (disabled)" : "", d[0] & 15, d[0] >> 4, d[1] & 15, d[1] >> 4,
	       d[2] & 15, d[2] >> 4);
	print_revisions(h);
}

static void print_segments(const struct ota_image_file *file)
{
	char regions[OTA_REGIONS_SIZE];

	for (size_t i = 0; i < file->segment_count; i++) {
		const struct ota_segment *s = &file->segments[i];

		printf("  segment %-6u 0x%08x  0x%06x bytes at 0x%06x  %s%s\n", s->index,
		       s->load_addr, s->size, s->offset,
		       ota_chip_regions(file->image.header.chip_id, s->load_addr, regions,
					sizeof(regions)),
		       s->mapped ? " (mapped)" : "");
	}
}

static void print_hex(const char *name, const uint8_t *data, const char *remark)
{
	printf("  %-14s ", name);
	for (size_t i = 0; i < OTA_SHA256_SIZE; i++)
		printf("%02x", data[i]);
	printf("%s\n", remark);
}

static void print_app(const struct ota_app_desc *app)
{
	static const uint8_t none[32];

	row("project", app->project);
	row("version", app->version);
	row("ESP-IDF", app->idf);
	if (app->date[0] || app->time[0])
		printf("  %-14s %s %s\n", "compiled", app->date, app->time);
	if (memcmp(app->elf_sha256, none, sizeof(none)) != 0)
		print_hex("ELF SHA-256", app->elf_sha256, "");
	printf("  %-14s %u\n", "secure version", app->secure_version);
	if (app->min_block_revision ||
	    (app->max_block_revision && app->max_block_revision != OTA_REVISION_NONE))
		printf("  %-14s v%u.%u to v%u.%u\n", "eFuse block", app->min_block_revision / 100u,
		       app->min_block_revision % 100u, app->max_block_revision / 100u,
		       app->max_block_revision % 100u);
	if (app->mmu_page && app->mmu_page < 31)
		printf("  %-14s %u KB\n", "MMU page", (1u << app->mmu_page) / 1024);
}

static void print_signatures(const struct ota_signatures *all, int verified)
{
	const char *by_key = verified >= 0 ? ", verified" : ", not by this key";

	if (all->version == 1)
		printf("  %-14s secure boot v1, ECDSA-P256%s\n", "signature",
		       verified == IMAGE_NO_KEY ? "" : by_key);
	for (size_t i = 0; all->version == 2 && i < OTA_SIGBLOCKS_MAX; i++) {
		uint8_t digest[OTA_SHA256_SIZE];

		if (all->status[i] == OTA_E_MAGIC)
			continue;
		printf("  signature %-4zu ", i);
		if (all->status[i]) {
			printf("damaged (%s)\n", all->status[i] == OTA_E_CHECKSUM
							 ? "its CRC is wrong"
							 : "unknown version or curve");
			continue;
		}
		printf("secure boot v2, %s%s%s\n", all->blocks[i].name,
		       all->digest_ok[i] ? "" : ", of another content",
		       verified == IMAGE_NO_KEY ? ""
		       : verified == (int)i     ? ", verified"
						: ", not verified");
		ota_sigblock_key_digest(&all->blocks[i], digest);
		print_hex("key digest", digest, "");
	}
}

static void print_text(const struct image_input *input, const struct ota_image_file *file,
		       int verified)
{
	const struct ota_image *image = &file->image;
	const char *chip = image->chip ? image->chip->title : "unknown chip";

	printf("%s: %s %s, %u bytes", input->name, chip, image_kind(file),
	       image->length ? ota_image_size_signed(image) : input->source.size);
	if (image->length && input->source.size > ota_image_size_signed(image))
		printf(" of %u in the file", input->source.size);
	putchar('\n');
	print_header(image);
	print_segments(file);
	if (image->end)
		printf("  %-14s 0x%02x %s\n", "checksum", image->checksum_stored,
		       image->checksum == image->checksum_stored ? "ok" : "WRONG");
	if (image_has_hash(image))
		print_hex("SHA-256", image->buf, image_hash_ok(image) ? " ok" : " WRONG");
	else if (image->end && image->form == OTA_FORM_ESP32)
		row("SHA-256", "none appended");
	if (image->linked_for != OTA_NOT_LINKED)
		printf("  %-14s flash offset 0x%x (modulo 1 MiB)\n", "linked for",
		       image->linked_for);
	if (image->is_app)
		print_app(&file->app);
	if (file->has_bootloader) {
		printf("  %-14s %u\n", "version", file->bootloader.version);
		row("ESP-IDF", file->bootloader.idf);
		row("compiled", file->bootloader.date_time);
	}
	print_signatures(&file->signatures, verified);
}

static enum exit_code show(const struct image_input *input, const struct ota_key *key,
			   json_t *inputs)
{
	static struct ota_image_file file;
	struct ota_image_want want;
	struct findings findings = { 0 };
	enum exit_code code = image_want(input, &want);
	int verified = IMAGE_NO_KEY;

	if (!code)
		code = image_examine(input, &want, &findings, &file);
	if (!code && key)
		verified = ota_signatures_verify(&file.signatures, key);
	if (!code && (inputs || opt.fields)) {
		json_t *all = image_json(input, &file, verified);

		if (findings.list)
			json_object_set(all, "findings", findings.list);
		if (opt.fields)
			code = print_fields(all);
		else
			json_array_append(inputs, all);
		json_decref(all);
	} else if (!code && file.image.form) {
		print_text(input, &file, verified);
	}
	if (!code && !file.image.form)
		code = EXIT_NO;
	if (!code && key && verified < 0)
		code = say_error(EXIT_NO, input->name, "no signature by this key");
	findings_free(&findings);
	return code;
}

static enum exit_code run(const char **args)
{
	struct ota_key *key = NULL;
	enum exit_code worst = image_need_crypto();
	json_t *inputs = common.json && !opt.fields ? json_array() : NULL;

	if (!worst)
		worst = image_key(&key);
	for (bool go = !worst; go && *args; args++) {
		struct image_input input = { .fd = -1 };
		enum exit_code code = image_input_open(*args, &input);

		if (!code)
			code = show(&input, key, inputs);
		image_input_close(&input);
		if (code == EXIT_USAGE) {
			worst = code;
			break;
		}
		worst = code > worst ? code : worst;
	}
	ota_key_free(key);
	if (!inputs)
		return worst;
	if (worst == EXIT_USAGE || !json_array_size(inputs)) {
		json_decref(inputs);
		return worst;
	}
	command_print_json(json_pack("{s:o}", "inputs", inputs));
	return worst;
}

const struct command cmd_image_info = { "image info", "IMG...",
					"show what is in app and bootloader images", options, run };
