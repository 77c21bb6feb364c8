/* SPDX-License-Identifier: MIT */
/* device.h - devices as commands are given them: the options that say how to reach one, and reaching it */
#ifndef CLI_DEVICE_H
#define CLI_DEVICE_H

#include "cli/command.h"
#include "cli/file.h"
#include "lib/host/http_curl.h"
#include "lib/host/push.h"
#include "lib/host/signer.h"

/* Included by every command that speaks to a device. */
extern struct poptOption device_options[];

struct device {
	const char *name; /* as given */
	char url[OTA_URL_SIZE];
	struct ota_http_options http_options;
	struct ota_http *http;
	struct ota_transport transport;
	struct ota_client client;
	struct ota_key_signer signer; /* of client, where there is a key */
	char expect_id[OTA_DEVICE_ID_MAX + 1]; /* "": whoever answers */
};

/* Reach `name`; nothing is sent yet. On failure the reason was said. Release with device_close(),
 * which may be called on a zeroed struct. From the first call on an interrupt is noticed, not
 * deadly. */
enum exit_code device_open(const char *name, struct device *device);
void device_close(struct device *device);

/* What --timeout and --retries say. */
enum exit_code device_limits(struct ota_push_options *options);

/* device_key.c: of device_open(): find the key and who the device has to be (`expect_id`, NULL: as the
 * file of known devices says); at first sight ask it, and remember. */
enum exit_code device_sign(struct device *device, const char *expect_id);
extern struct poptOption device_key_options[];

/* Say why; `why` fills in the fault's sentence. The exit status. */
enum exit_code device_say(const struct device *device, const struct ota_push_fault *fault,
			  const char *why);

/* GET device; it has to be the one that --expect-id names. */
enum exit_code device_ask(struct device *device, struct ota_device_info *info);

/* One request, once; a fault is said. *answer is freed by the caller, whatever is returned. */
enum exit_code device_send(struct device *device, const struct ota_request *request,
			   struct ota_answer *answer);

/* POST /VERB?QUERY, with a field if not NULL; once. */
enum exit_code device_post(struct device *device, const char *verb, const char *query,
			   const char *field);

/* The same for what makes the device restart: wait until it is back, and say what runs. */
enum exit_code device_restart(struct device *device, const char *verb, const char *field);

/* Print (--json) or say what the device is in now. */
enum exit_code device_show_state(const struct device *device, const struct ota_device_info *info);

/* Is `name` the URL of a device rather than a file's name? */
bool device_is_url(const char *name);

/* Its partition table, and its two records as 8 KiB of otadata, as files. */
enum exit_code device_fetch_table(const char *url, struct file *file);
enum exit_code device_fetch_otadata(const char *url, struct file *file);

/* Where an interrupt ended the command: die of it, as shells expect, after all output is out. */
void device_die_if_stopped(void);
bool device_stopped(void);

#endif
