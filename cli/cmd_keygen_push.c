/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/file.h"
#include "cli/input.h"
#include "cli/key.h"
#include "cli/say.h"
#include "lib/host/crypto_load.h"

#define NVS_SIZE_DEFAULT 0x6000u

static struct {
	char *device, *nvs, *nvs_size, *output;
	char **strings, **secrets;
} opt;

static struct poptOption options[] = {
	{ "for", 0, POPT_ARG_STRING, &opt.device, 0,
	  "The key of device ID alone, derived from the fleet's", "ID" },
	{ "nvs", 0, POPT_ARG_STRING, &opt.nvs, 0,
	  "Also write an image of ESP-IDF's NVS with the key of --for in it", "FILE" },
	{ "nvs-size", 0, POPT_ARG_STRING, &opt.nvs_size, 0,
	  "Bytes of the nvs partition (default 0x6000)", "N" },
	{ "nvs-string", 0, POPT_ARG_ARGV, &opt.strings, 0, "Also put a string into that image",
	  "NAMESPACE:KEY=VALUE" },
	{ "nvs-secret", 0, POPT_ARG_ARGV, &opt.secrets, 0,
	  "The same with the first line of FILE as its value", "NAMESPACE:KEY=FILE" },
	{ "output", 'o', POPT_ARG_STRING, &opt.output, 0,
	  "Where to write the key; by default a fleet key goes where other commands look for it",
	  "FILE" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, key_options, 0, "The fleet key for --for:", NULL },
	POPT_TABLEEND
};

/* What else goes into the image. */
struct entries {
	struct ota_nvs_string strings[OTA_NVS_STRINGS_MAX];
	size_t count;
	char secrets[OTA_NVS_PAGE_SIZE]; /* values that files held, each with its NUL */
	size_t used;
};

static enum exit_code check_options(uint64_t *nvs_size)
{
	if (opt.device && !ota_device_id_good(opt.device))
		return say_usage("--for: '%s' is no device id (letters, digits, - _ ., at most 64)",
				 opt.device);
	if (opt.nvs && !opt.device)
		return say_usage(
			"--nvs needs --for: a device holds its own key, never the fleet's");
	*nvs_size = NVS_SIZE_DEFAULT;
	if (opt.nvs_size && input_number("--nvs-size", opt.nvs_size, 1 << 24, nvs_size))
		return EXIT_USAGE;
	if (*nvs_size < OTA_NVS_SIZE_MIN || *nvs_size % OTA_NVS_PAGE_SIZE)
		return say_usage("--nvs-size: 0x%llx is no multiple of 0x1000 from 0x3000 up",
				 (unsigned long long)*nvs_size);
	if (!ota_crypto())
		return say_error(EXIT_SYSTEM, NULL,
				 "keys need OpenSSL's libcrypto, which is not installed");
	return EXIT_YES;
}

/* A new key; with --for the fleet's, derived. */
static enum exit_code make_key(struct ota_push_key *key)
{
	struct ota_push_key fleet;
	enum exit_code code;
	bool found;

	if (!opt.device)
		return ota_push_key_make(key) ? say_system(NULL, "no random numbers") : EXIT_YES;
	code = key_find(&fleet, &found);
	if (!code && !found)
		code = say_error(EXIT_USAGE, NULL,
				 "no fleet key to derive from (make one: otatool keygen push)");
	if (!code && fleet.device[0])
		code = say_error(EXIT_NO, NULL, "this is the key of %s, not of a fleet",
				 fleet.device);
	if (!code)
		ota_push_key_derive(&fleet, opt.device, key);
	ota_wipe(&fleet, sizeof(fleet));
	return code;
}

static enum exit_code refuse_size(void)
{
	return say_error(EXIT_NO, opt.nvs,
			 "the strings do not fit (one page of NVS, less than 4000 bytes)");
}

/* Cut a name that ends in `end` off *text; false: it is empty, or longer than NVS has them. */
static bool cut_name(const char **text, char end, char name[static OTA_NVS_NAME_MAX + 1])
{
	const char *stop = strchr(*text, end);
	size_t size = stop ? (size_t)(stop - *text) : 0;

	if (size == 0 || size > OTA_NVS_NAME_MAX)
		return false;
	memcpy(name, *text, size);
	name[size] = '\0';
	*text = stop + 1;
	return true;
}

static enum exit_code add_string(struct entries *entries, const char *option, const char *text)
{
	struct ota_nvs_string *new = &entries->strings[entries->count];
	const char *rest = text;

	if (entries->count == OTA_NVS_STRINGS_MAX)
		return say_usage("%s: more than %u strings", option, OTA_NVS_STRINGS_MAX);
	if (!cut_name(&rest, ':', new->space) || !cut_name(&rest, '=', new->key))
		return say_usage(
			"%s: '%s' is no NAMESPACE:KEY=… with names of at most %u characters",
			option, text, OTA_NVS_NAME_MAX);
	if (strcmp(new->space, "otatool") == 0)
		return say_usage("%s: the namespace otatool is the receiver's", option);
	for (size_t i = 0; i < entries->count; i++)
		if (strcmp(entries->strings[i].space, new->space) == 0 &&
		    strcmp(entries->strings[i].key, new->key) == 0)
			return say_usage("%s: %s:%s is given twice", option, new->space, new->key);
	new->value = rest;
	entries->count++;
	return EXIT_YES;
}

/* The first line of a file is the value of the string added last. */
static enum exit_code read_secret(struct entries *entries)
{
	struct ota_nvs_string *last = &entries->strings[entries->count - 1];
	char *value = entries->secrets + entries->used;
	struct file file = { 0 };
	enum exit_code code = file_read(last->value, &file);
	const uint8_t *end = code ? NULL : memchr(file.data, '\n', file.size);
	size_t size = end ? (size_t)(end - file.data) : file.size;

	if (!code && (!size || memchr(file.data, '\0', size)))
		code = say_error(EXIT_NO, file.name, "no line of text");
	if (!code && size >= sizeof(entries->secrets) - entries->used)
		code = refuse_size();
	if (!code) {
		memcpy(value, file.data, size);
		value[size] = '\0';
		last->value = value;
		entries->used += size + 1;
	}
	if (file.data)
		ota_wipe(file.data, file.size);
	file_free(&file);
	return code;
}

static enum exit_code find_entries(struct entries *entries)
{
	enum exit_code code = EXIT_YES;

	if ((opt.strings || opt.secrets) && !opt.nvs)
		return say_usage("--nvs-string and --nvs-secret go into the image of --nvs");
	for (char **text = opt.strings; !code && text && *text; text++)
		code = add_string(entries, "--nvs-string", *text);
	for (char **text = opt.secrets; !code && text && *text; text++) {
		code = add_string(entries, "--nvs-secret", *text);
		if (!code)
			code = read_secret(entries);
	}
	return code;
}

/* Everything that can be refused is, before the first byte is written. */
static enum exit_code make_nvs(const struct ota_push_key *key, const struct entries *entries,
			       size_t size, uint8_t **image)
{
	if (!opt.nvs)
		return EXIT_YES;
	*image = malloc(size ? size : 1);
	if (!*image)
		return say_system(opt.nvs, "cannot write");
	if (ota_nvs_build(key->key, entries->strings, entries->count, *image, size))
		return refuse_size();
	return EXIT_YES;
}

static enum exit_code write_nvs(const uint8_t *image, size_t size)
{
	enum exit_code code = file_write(opt.nvs, image, size, FILE_SECRET);

	if (!code)
		say_note(opt.nvs, "flash it over the nvs partition; what was in there is lost");
	return code;
}

/* "-": the line goes to standard output. */
static enum exit_code write_key(const struct ota_push_key *key, const char *name)
{
	char line[OTA_KEY_LINE_MAX];

	if (strcmp(name, "-") != 0)
		return key_write(name, key);
	ota_push_key_print(key, line);
	fputs(line, stdout);
	ota_wipe(line, sizeof(line));
	return EXIT_YES;
}

static enum exit_code report(const struct ota_push_key *key, const char *name)
{
	const char *device = key->device[0] ? key->device : NULL;

	if (common.json)
		return command_print_json(json_pack("{s:s, s:s?, s:s?, s:s?}", "id", key->id,
						    "device", device, "key_file", name, "nvs_file",
						    opt.nvs));
	if (name && strcmp(name, "-") != 0)
		say_status("%s: key %s%s%s", name, key->id, device ? " of device " : " of a fleet",
			   device ? device : "");
	return EXIT_YES;
}

static enum exit_code run(const char **args)
{
	struct entries entries = { 0 };
	struct ota_push_key key;
	uint64_t nvs_size = 0;
	uint8_t *image = NULL;
	char path[4096];
	const char *name = opt.output;
	enum exit_code code = check_options(&nvs_size);

	(void)args;
	if (!code && !name && !opt.device) {
		if (!key_config_path("key", path, sizeof(path)))
			return say_usage("neither XDG_CONFIG_HOME nor HOME is set: give -o FILE");
		name = path;
	}
	if (!code && !name && !opt.nvs)
		name = "-";
	if (!code && name && common.json && strcmp(name, "-") == 0)
		code = say_usage("--json and the key both want standard output: give -o FILE");
	if (!code && name && strcmp(name, "-") != 0)
		code = file_check_output(name);
	if (!code)
		code = find_entries(&entries);
	if (!code)
		code = make_key(&key);
	if (!code)
		code = make_nvs(&key, &entries, (size_t)nvs_size, &image);
	if (!code && name)
		code = write_key(&key, name);
	if (!code && opt.nvs)
		code = write_nvs(image, (size_t)nvs_size);
	if (!code)
		code = report(&key, name);
	if (image)
		ota_wipe(image, (size_t)nvs_size);
	free(image);
	ota_wipe(&key, sizeof(key));
	ota_wipe(&entries, sizeof(entries));
	return code;
}

const struct command cmd_keygen_push = { "keygen push", "",
					 "make a key that updates are signed with", options, run };
