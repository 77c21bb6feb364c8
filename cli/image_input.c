/* SPDX-License-Identifier: MIT */
#include "cli/image_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/say.h"
#include "lib/host/crypto_load.h"

static struct {
	char *key;
} opt;

struct poptOption image_options[] = {
	{ "part", 0, POPT_ARG_STRING, &input_choice.part, 0,
	  "Look at this partition of a dump: a name, @bootloader, @0xADDR+SIZE", "NAME" },
	{ "pub-key", 0, POPT_ARG_STRING, &opt.key, 0, "Verify signatures with this key", "FILE" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, dump_options, 0, "How dumps are read:", NULL },
	POPT_TABLEEND
};

enum exit_code image_need_crypto(void)
{
	if (ota_crypto())
		return EXIT_YES;
	return say_error(EXIT_SYSTEM, NULL,
			 "OpenSSL's " OTA_CRYPTO_LIBRARY " is needed here and cannot be loaded");
}

static enum ota_image_role role_of(const struct ota_part *part)
{
	return !part                             ? OTA_ROLE_ANY
	     : part->type == OTA_TYPE_APP        ? OTA_ROLE_APP
	     : part->type == OTA_TYPE_BOOTLOADER ? OTA_ROLE_BOOTLOADER
						 : OTA_ROLE_ANY;
}

static enum exit_code open_part(const char *name, struct image_input *input)
{
	struct ota_span span;
	size_t size;
	enum exit_code code = dump_read(name, &input->dump);

	if (!code)
		code = dump_find(&input->dump, input_choice.part, &span, &size);
	if (code)
		return code;
	if (!size)
		return say_error(EXIT_NO, name, "'%s' lies outside the dump", input_choice.part);
	input->name = input->dump.file->name;
	input->source.data = ota_flash_image_bytes(input->dump.image, &span, &size);
	input->source.size = (uint32_t)size;
	input->addr = span.addr;
	input->room = span.size;
	input->role = role_of(ota_table_find(input->dump.table, input_choice.part));
	return EXIT_YES;
}

/* A pipe cannot be read twice: keep what it gives. */
static enum exit_code open_whole(const char *name, struct image_input *input)
{
	struct file file;
	enum exit_code code = file_read(name, &file);

	if (code)
		return code;
	input->name = file.name;
	input->spooled = file.data;
	input->source.data = file.data;
	input->source.size = (uint32_t)file.size;
	return EXIT_YES;
}

enum exit_code image_input_open(const char *name, struct image_input *input)
{
	struct stat st;

	memset(input, 0, sizeof(*input));
	input->fd = -1;
	if (input_choice.part)
		return open_part(name, input);
	/* Not opened to find out: a FIFO's writer may be done before it is opened again. */
	if (strcmp(name, "-") != 0 && stat(name, &st) == 0 && S_ISREG(st.st_mode))
		input->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (input->fd < 0 || fstat(input->fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > (off_t)FILE_SIZE_MAX || st.st_size == 0)
		return open_whole(name, input);
	input->name = name;
	input->source.fd = input->fd;
	input->source.size = (uint32_t)st.st_size;
	return EXIT_YES;
}

void image_input_close(struct image_input *input)
{
	if (input->fd > STDERR_FILENO)
		close(input->fd);
	free(input->spooled);
	dump_free(&input->dump);
}

enum exit_code image_want(const struct image_input *input, struct ota_image_want *want)
{
	const char *chip = input_chip();

	*want = (struct ota_image_want){ .role = input->role,
					 .revision = OTA_REVISION_NONE,
					 .block_revision = OTA_REVISION_NONE,
					 .flash_addr = input->addr,
					 .room = input->room };
	if (chip)
		want->chip = ota_chip_by_name(chip);
	if (chip && !want->chip)
		return say_usage("--chip: there is no chip '%s'", chip);
	return EXIT_YES;
}

enum exit_code image_examine(const struct image_input *input, struct ota_image_want *want,
			     struct findings *findings, struct ota_image_file *file)
{
	char hint[OTA_HINT_SIZE];
	enum ota_status status;

	findings_begin(findings, input->name);
	if (!want->report) {
		want->report = findings_take;
		want->ctx = findings;
	}
	status = ota_image_examine(&input->source, want, file);
	if (status == OTA_E_SYSTEM)
		return say_system(input->name, "cannot read");
	if (status == OTA_E_MEMORY)
		return say_error(EXIT_BUG, input->name, "out of memory");
	if (status)
		return say_error(EXIT_SYSTEM, input->name, "it became shorter while it was read");
	if (ota_image_hint(&input->source, file, hint))
		say_note(input->name, "%s", hint);
	return EXIT_YES;
}

static enum exit_code refuse_key(enum ota_status status)
{
	switch (status) {
	case OTA_E_MEMORY: return say_error(EXIT_BUG, opt.key, "out of memory");
	case OTA_E_DEVICE:
		return say_error(EXIT_NO, opt.key,
				 "the key is encrypted (give the public key, or decrypt it first)");
	case OTA_E_VALUE:
		return say_error(EXIT_NO, opt.key,
				 "a key of another kind (RSA-3072, P-192, P-256 or P-384 sign "
				 "images)");
	default:
		return say_error(EXIT_NO, opt.key,
				 "no key (a PEM file, or the 64 bytes of a secure boot v1 key)");
	}
}

enum exit_code image_key(struct ota_key **key)
{
	struct file file;
	enum exit_code code;
	enum ota_status status;

	*key = NULL;
	if (!opt.key)
		return EXIT_YES;
	code = file_read(opt.key, &file);
	if (code)
		return code;
	status = ota_key_read(file.data, file.size, key);
	file_free(&file);
	if (!status)
		return EXIT_YES;
	ota_key_free(*key);
	*key = NULL;
	return refuse_key(status);
}
