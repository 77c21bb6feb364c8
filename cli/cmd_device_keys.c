/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/device.h"
#include "cli/key.h"
#include "cli/say.h"
#include "lib/base64.h"
#include "lib/host/finding.h"

static char *new_file;

static struct poptOption options[] = {
	{ "new", 0, POPT_ARG_STRING, &new_file, 0,
	  "The key that set and rotate store: a fleet's or this device's", "FILE" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, device_options, 0, "How devices are reached:", NULL },
	POPT_TABLEEND
};

/* The two ids that an answer holds. */
static enum exit_code show(const struct device *device, const struct ota_answer *answer)
{
	json_t *root = json_loadb(answer->content ? answer->content : "", answer->size, 0, NULL);
	json_t *keys = json_object_get(root, "keys"), *key;
	size_t slot;

	if (json_array_size(keys) != 2) {
		json_decref(root);
		return say_error(EXIT_NETWORK, device->name, "its answer names no keys");
	}
	if (common.json) {
		json_incref(keys);
		json_decref(root);
		return command_print_json(json_pack("{s:s, s:s, s:o}", "url", device->url, "id",
						    device->expect_id, "keys", keys));
	}
	json_array_foreach(keys, slot, key)
	{
		const char *id = json_is_string(key) ? json_string_value(key) : "-";

		if (id[strspn(id, "0123456789abcdef")])
			id = "-";
		printf("slot %zu  %s%s\n", slot, id,
		       strcmp(id, device->signer.key.id) == 0 ? "  this key" : "");
	}
	json_decref(root);
	return EXIT_YES;
}

static enum exit_code ask(struct device *device, const struct ota_request *request)
{
	struct ota_answer answer;
	enum exit_code code = device_send(device, request, &answer);

	if (!code)
		code = show(device, &answer);
	ota_answer_free(&answer);
	return code;
}

static enum exit_code list(struct device *device)
{
	struct ota_request request;

	ota_client_request(&request, "GET", "/keys");
	return ask(device, &request);
}

/* The key of --new that this device is to have. */
static enum exit_code read_new(const struct device *device, struct ota_push_key *key)
{
	struct ota_push_key given;
	enum exit_code code;

	if (!new_file)
		return say_usage("device keys: --new FILE is missing: the key to store");
	code = key_read(new_file, &given);
	if (code)
		return code;
	if (given.device[0] && strcmp(given.device, device->expect_id) != 0)
		code = say_error(EXIT_NO, new_file, "this is the key of %s, not of %s",
				 given.device, device->expect_id);
	else if (given.device[0])
		*key = given;
	else
		ota_push_key_derive(&given, device->expect_id, key);
	ota_wipe(&given, sizeof(given));
	return code;
}

/* PUT keys/N: `content` is the key as it travels. */
static void make_put(struct ota_request *request, unsigned slot,
		     const uint8_t content[static OTA_KEY_SIZE])
{
	char path[16], digest[OTA_DIGEST_TEXT_SIZE];

	snprintf(path, sizeof(path), "/keys/%u", slot);
	ota_digest_print(content, OTA_KEY_SIZE, digest);
	ota_client_request(request, "PUT", path);
	ota_request_field(request, "Content-Digest: %s", digest);
	request->content = content;
	request->size = OTA_KEY_SIZE;
}

/* Store --new, wrapped; the answer has to be signed by it. */
static enum exit_code store(struct device *device, unsigned slot)
{
	struct ota_key_signer *signer = &device->signer;
	struct ota_request request;
	uint8_t challenge[OTA_CHALLENGE_SIZE], content[OTA_KEY_SIZE];
	char text[OTA_BASE64_SIZE(OTA_CHALLENGE_SIZE) + 1] = "";
	enum exit_code code = read_new(device, &signer->answer_key);

	if (code)
		return code;
	if (ota_random(challenge, sizeof(challenge)))
		return say_system(NULL, "no random numbers");
	memcpy(content, signer->answer_key.key, sizeof(content));
	ota_key_wrap(signer->key.key, challenge, content);
	make_put(&request, slot, content);
	ota_base64_print(challenge, sizeof(challenge), text);
	ota_request_field(&request, "OTA-Challenge: :%s:", text);
	signer->expects = true;
	code = ask(device, &request);
	signer->expects = false;
	if (!code && slot == 0)
		signer->key = signer->answer_key;
	if (code == EXIT_NETWORK)
		say_note(device->name,
			 "it holds the old key or the new one: try `device keys list` with both");
	return code;
}

static enum exit_code set(struct device *device)
{
	return store(device, 1);
}

static enum exit_code rotate(struct device *device)
{
	return store(device, 0);
}

static enum exit_code delete (struct device *device) {
	struct ota_request request;

	ota_client_request(&request, "DELETE", "/keys/1");
	return ask(device, &request);
}

/* The first key of all, as it is; a signed question then proves that it is there. */
static enum exit_code claim(struct device *device)
{
	struct ota_request request;
	struct ota_answer answer;
	enum exit_code code;

	make_put(&request, 0, device->signer.key.key);
	device->client.signer = NULL;
	code = device_send(device, &request, &answer);
	ota_answer_free(&answer);
	device->client.signer = &device->signer.signer;
	return code ? code : list(device);
}

static const struct action {
	const char *name;
	enum exit_code (*run)(struct device *device);
} actions[] = {
	{ "list", list },     { "claim", claim },   { "set", set },
	{ "rotate", rotate }, { "delete", delete },
};

static enum exit_code run(const char **args)
{
	struct device device;
	enum exit_code code;
	size_t i = 0;

	while (i < ARRAY_LEN(actions) && strcmp(actions[i].name, args[0]) != 0)
		i++;
	if (i == ARRAY_LEN(actions))
		return say_usage("device keys: '%s' is none of list, claim, set, rotate, delete",
				 args[0]);
	code = device_open(args[1], &device);
	if (!code && !device.client.signer)
		code = say_usage("device keys: a key is needed (--key FILE)");
	if (!code)
		code = actions[i].run(&device);
	device_close(&device);
	return code;
}

const struct command cmd_device_keys = { "device keys", "KEY_ACTION DEVICE",
					 "list and change the keys that a device takes", options,
					 run };
