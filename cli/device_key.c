/* SPDX-License-Identifier: MIT */
/* device_key.c - the key for a device, and who it has to be */
#include <stdio.h>
#include <string.h>

#include "cli/device.h"
#include "cli/key.h"
#include "cli/say.h"
#include "lib/host/known_devices.h"

#define KNOWN_DEVICES "known_devices"

static int insecure;

struct poptOption device_key_options[] = {
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, key_options, 0, NULL, NULL },
	{ "insecure", 0, POPT_ARG_NONE, &insecure, 0,
	  "Sign nothing and believe unsigned answers, even if there is a key", NULL },
	POPT_TABLEEND
};

/* "dev:8032" of the URL. */
static const char *host_of(const struct device *device)
{
	return strstr(device->url, "://") + 3;
}

static void take_id(struct device *device, const char *id)
{
	snprintf(device->expect_id, sizeof(device->expect_id), "%s", id);
}

/* GET device; the id of who answers becomes the one that is expected. */
static enum exit_code ask_id(struct device *device)
{
	struct ota_device_info info = { 0 };
	enum exit_code code = device_ask(device, &info);

	if (!code && !ota_device_id_good(info.id))
		code = say_error(EXIT_NETWORK, device->name, "its id is of no possible form");
	if (!code)
		take_id(device, info.id);
	ota_device_info_free(&info);
	return code;
}

static void begin_signing(struct device *device, const struct ota_push_key *key)
{
	struct ota_push_key own = *key;

	if (!key->device[0])
		ota_push_key_derive(key, device->expect_id, &own);
	ota_key_signer_begin(&device->signer, &own);
	device->client.signer = &device->signer.signer;
	ota_wipe(&own, sizeof(own));
}

/* The first time: whoever answers, if it proves to be one of the key's devices. */
static enum exit_code learn(struct device *device, const struct ota_push_key *key, const char *file)
{
	enum exit_code code = ask_id(device);

	if (code)
		return code;
	begin_signing(device, key);
	code = ask_id(device);
	if (code)
		return code;
	say_note(device->name, "known from now on as device %s", device->expect_id);
	if (file[0] && ota_known_device_add(file, host_of(device), device->expect_id))
		say_warning(file, "cannot be written: the device is not remembered");
	return EXIT_YES;
}

static enum exit_code sign_with(struct device *device, const struct ota_push_key *key,
				const char *expect_id)
{
	char file[4096];

	if (!key_config_path(KNOWN_DEVICES, file, sizeof(file)))
		file[0] = '\0';
	if (expect_id && key->device[0] && strcmp(expect_id, key->device) != 0)
		return say_usage("--expect-id is %s, but this is the key of %s", expect_id,
				 key->device);
	if (expect_id)
		take_id(device, expect_id);
	else if (key->device[0])
		take_id(device, key->device);
	else if (file[0])
		ota_known_device(file, host_of(device), device->expect_id);
	if (!device->expect_id[0])
		return learn(device, key, file);
	begin_signing(device, key);
	return EXIT_YES;
}

enum exit_code device_sign(struct device *device, const char *expect_id)
{
	struct ota_push_key key;
	bool found = false;
	enum exit_code code = EXIT_YES;

	if (expect_id && !ota_device_id_good(expect_id))
		return say_usage("--expect-id: '%s' is no device id", expect_id);
	if (!insecure)
		code = key_find(&key, &found);
	if (!code && found)
		code = sign_with(device, &key, expect_id);
	else if (!code && expect_id)
		take_id(device, expect_id);
	ota_wipe(&key, sizeof(key));
	return code;
}
