/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/image_json.h"
#include "cli/say.h"

static struct {
	char *kind;
} opt;

static struct poptOption options[] = {
	{ "kind", 0, POPT_ARG_STRING, &opt.kind, 0,
	  "What to hash: image (default, up to its own hash), file, key-digest", "KIND" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, image_options, 0, NULL, NULL },
	POPT_TABLEEND
};

enum kind { KIND_IMAGE, KIND_FILE, KIND_KEY };

static void put(json_t *inputs, const char *name, const uint8_t *digest)
{
	json_t *hex = image_hex(digest, OTA_SHA256_SIZE);

	if (inputs)
		json_array_append_new(inputs, json_pack("{s:s, s:O}", "file", name, "sha256", hex));
	else
		printf("%s  %s\n", json_string_value(hex), name);
	json_decref(hex);
}

static void feed(void *ctx, const void *data, size_t size)
{
	ota_sha256_feed(ctx, data, size);
}

static enum exit_code hash_file(const struct image_input *input, json_t *inputs)
{
	const uint32_t span[2] = { 0, input->source.size };
	uint8_t digest[OTA_SHA256_SIZE];
	struct ota_sha256 sha;

	ota_sha256_begin(&sha);
	if (ota_source_feed(&input->source, span, feed, &sha))
		return say_error(EXIT_SYSTEM, input->name, "cannot read");
	ota_sha256_finish(&sha, digest);
	put(inputs, input->name, digest);
	return EXIT_YES;
}

static enum exit_code hash_keys(const struct image_input *input, const struct ota_signatures *all,
				json_t *inputs)
{
	uint8_t digest[OTA_SHA256_SIZE];
	bool any = false;

	for (size_t i = 0; all->version == 2 && i < OTA_SIGBLOCKS_MAX; i++) {
		if (all->status[i])
			continue;
		ota_sigblock_key_digest(&all->blocks[i], digest);
		put(inputs, input->name, digest);
		any = true;
	}
	return any ? EXIT_YES
		   : say_error(EXIT_NO, input->name, "there is no secure boot v2 signature");
}

static enum exit_code hash(const struct image_input *input, enum kind kind, json_t *inputs)
{
	static struct ota_image_file file;
	struct findings findings = { 0 };
	struct ota_image_want want;
	enum exit_code code;

	if (kind == KIND_FILE)
		return hash_file(input, inputs);
	code = image_want(input, &want);
	if (!code)
		code = image_examine(input, &want, &findings, &file);
	if (!code && !file.image.length)
		code = EXIT_NO; /* why was said */
	else if (!code && kind == KIND_KEY)
		code = hash_keys(input, &file.signatures, inputs);
	else if (!code)
		put(inputs, input->name, file.image.sha256);
	findings_free(&findings);
	return code;
}

static enum exit_code parse_kind(enum kind *kind)
{
	static const char *const names[] = { "image", "file", "key-digest" };

	*kind = KIND_IMAGE;
	for (size_t i = 0; opt.kind && i < ARRAY_LEN(names); i++)
		if (strcmp(opt.kind, names[i]) == 0) {
			*kind = (enum kind)i;
			return EXIT_YES;
		}
	return opt.kind ? say_usage("--kind: '%s' is none of image, file, key-digest", opt.kind)
			: EXIT_YES;
}

static enum exit_code run(const char **args)
{
	enum kind kind;
	enum exit_code worst = parse_kind(&kind);
	json_t *inputs = common.json ? json_array() : NULL;

	if (!worst)
		worst = image_need_crypto();
	for (bool go = !worst; go && *args; args++) {
		struct image_input input = { .fd = -1 };
		enum exit_code code = image_input_open(*args, &input);

		if (!code)
			code = hash(&input, kind, inputs);
		image_input_close(&input);
		go = code != EXIT_USAGE;
		worst = code > worst ? code : worst;
	}
	if (inputs && worst != EXIT_USAGE && json_array_size(inputs))
		command_print_json(json_pack("{s:o}", "inputs", inputs));
	else
		json_decref(inputs);
	return worst;
}

const struct command cmd_image_hash = { "image hash", "IMG...",
					"print SHA-256 digests as sha256sum does", options, run };
