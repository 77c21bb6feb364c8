/* SPDX-License-Identifier: MIT */
#include "cli/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/input.h"
#include "cli/say.h"
#include "lib/base64.h"
#include "lib/host/finding.h"
#include "lib/otadata.h"

#define ANSWER_MS 20000u /* for which a device may be silent, if --timeout is not shorter */
#define CONNECT_MS 10000u
#define PIN "sha256//"
#define PIN_SIZE OTA_BASE64_SIZE(OTA_SHA256_SIZE)

static struct {
	char *timeout, *retries, *expect_id, *cacert, *pin;
} opt;

struct poptOption device_options[] = {
	{ "timeout", 0, POPT_ARG_STRING, &opt.timeout, 0,
	  "How long the device may be away or silent (60)", "SECONDS" },
	{ "retries", 0, POPT_ARG_STRING, &opt.retries, 0,
	  "How often what the network broke is tried again without progress (5)", "N" },
	{ "expect-id", 0, POPT_ARG_STRING, &opt.expect_id, 0, "Only the device of this id", "ID" },
	{ "cacert", 0, POPT_ARG_STRING, &opt.cacert, 0,
	  "For https: trust these certificates instead of the system's", "FILE" },
	{ "pin", 0, POPT_ARG_STRING, &opt.pin, 0,
	  "For https: the device's public key has this digest", "sha256//BASE64" },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, device_key_options, 0, NULL, NULL },
	POPT_TABLEEND
};

static volatile sig_atomic_t stop;

static void on_interrupt(int number)
{
	stop = number;
}

void device_die_if_stopped(void)
{
	if (!stop)
		return;
	fflush(stdout);
	signal(stop, SIG_DFL);
	raise(stop);
}

bool device_stopped(void)
{
	return stop != 0;
}

static enum exit_code read_seconds(unsigned *ms)
{
	uint64_t seconds = 60;
	enum exit_code code = input_number("--timeout", opt.timeout, 86400, &seconds);

	*ms = (unsigned)seconds * 1000;
	return !code && !seconds ? say_usage("--timeout: it needs at least a second") : code;
}

enum exit_code device_limits(struct ota_push_options *options)
{
	uint64_t retries = 5;
	enum exit_code code = read_seconds(&options->timeout_ms);

	if (!code)
		code = input_number("--retries", opt.retries, 1000000, &retries);
	options->retries = (unsigned)retries;
	return code;
}

static void watch_interrupts(void)
{
	static const int signals[] = { SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = on_interrupt }, old;

	/* What is ignored, by nohup(1) for example, stays so. */
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

/* "sha256//" and the BASE64 of 32 bytes, once or more, ';' between them. */
static bool is_pin(const char *text)
{
	uint8_t digest[OTA_SHA256_SIZE];

	while (strncmp(text, PIN, sizeof(PIN) - 1) == 0) {
		text += sizeof(PIN) - 1;
		if (strlen(text) < PIN_SIZE || !ota_base64_parse(text, digest, sizeof(digest)))
			return false;
		text += PIN_SIZE;
		if (!*text)
			return true;
		text += *text == ';';
	}
	return false;
}

/* Who says how a device proves itself by TLS means https. */
static enum exit_code find_url(const char *name, char url[static OTA_URL_SIZE])
{
	bool secure = opt.cacert || opt.pin;
	char text[OTA_URL_SIZE];

	if (opt.pin && !is_pin(opt.pin))
		return say_usage("--pin: '%s' is not sha256//BASE64 of a digest", opt.pin);
	if (opt.cacert && access(opt.cacert, R_OK) < 0)
		return say_system(opt.cacert, "cannot read");
	snprintf(text, sizeof(text), "%s%s", secure && !device_is_url(name) ? "https://" : "",
		 name);
	if (strlen(name) + sizeof("https://") > sizeof(text) || !ota_device_url(text, url))
		return say_usage(
			"'%s' is no device: give HOST, HOST:PORT or an http(s) URL of both", name);
	if (secure && strncmp(url, "https:", 6) != 0)
		return say_usage("--cacert and --pin are for https, and '%s' is not", name);
	return EXIT_YES;
}

enum exit_code device_open(const char *name, struct device *device)
{
	unsigned ms;
	enum exit_code code = read_seconds(&ms);
	enum ota_net net;

	memset(device, 0, sizeof(*device));
	if (code)
		return code;
	device->name = name;
	code = find_url(name, device->url);
	if (code)
		return code;
	device->http_options = (struct ota_http_options){
		.cacert = opt.cacert,
		.pin = opt.pin,
		.connect_ms = ms < CONNECT_MS ? ms : CONNECT_MS,
		.stop = &stop,
	};
	net = ota_http_open(device->url, &device->http_options, &device->http, &device->transport);
	if (net)
		return device_say(device,
				  net == OTA_NET_LIBRARY ? &ota_fault_library : &ota_fault_memory,
				  "");
	device->client.transport = &device->transport;
	device->client.silence_ms = ms < ANSWER_MS ? ms : ANSWER_MS;
	watch_interrupts();
	return device_sign(device, opt.expect_id);
}

void device_close(struct device *device)
{
	ota_http_close(device->http);
	device->http = NULL;
	ota_wipe(&device->signer, sizeof(device->signer));
}

static enum exit_code class_code(enum ota_push_class class)
{
	switch (class) {
	case OTA_CLASS_IMAGE: return EXIT_NO;
	case OTA_CLASS_SYSTEM: return EXIT_SYSTEM;
	case OTA_CLASS_NETWORK: return EXIT_NETWORK;
	case OTA_CLASS_REFUSED: return EXIT_REFUSED;
	case OTA_CLASS_NOT_RUNNING: return EXIT_NOT_RUNNING;
	case OTA_CLASS_MEMORY: return EXIT_BUG;
	case OTA_CLASS_STOPPED: return EXIT_NETWORK;
	}
	return EXIT_BUG;
}

enum exit_code device_say(const struct device *device, const struct ota_push_fault *fault,
			  const char *why)
{
	struct ota_diag diag = { .rule = &fault->rule, .offset = OTA_NO_OFFSET, .name = why };

	say_finding(device->name, &diag);
	return class_code(fault->class);
}

enum exit_code device_ask(struct device *device, struct ota_device_info *info)
{
	struct ota_refusal refusal;
	char why[OTA_WHY_SIZE];
	const struct ota_push_fault *fault = ota_device_ask(&device->client, info, &refusal, why);

	if (!fault && device->expect_id[0] && strcmp(device->expect_id, info->id) != 0) {
		fault = &ota_fault_expected_id;
		snprintf(why, sizeof(why), "%s", info->id);
	}
	return fault ? device_say(device, fault, why) : EXIT_YES;
}

enum exit_code device_send(struct device *device, const struct ota_request *request,
			   struct ota_answer *answer)
{
	struct ota_refusal refusal;
	char why[OTA_WHY_SIZE];
	enum ota_net net = ota_client_send(&device->client, request, answer);
	const struct ota_push_fault *fault = ota_answer_fault(net, answer, &refusal, why);

	return fault ? device_say(device, fault, why) : EXIT_YES;
}

enum exit_code device_post(struct device *device, const char *verb, const char *query,
			   const char *field)
{
	struct ota_request request;
	struct ota_answer answer;
	char path[192];
	enum exit_code code;

	snprintf(path, sizeof(path), "/%s%s%s", verb, query[0] ? "?" : "", query);
	ota_client_request(&request, "POST", path);
	if (field)
		ota_request_field(&request, "%s", field);
	code = device_send(device, &request, &answer);
	ota_answer_free(&answer);
	return code;
}

static void report_restart(struct ota_push *push, enum ota_push_event event)
{
	(void)push;
	(void)event;
}

enum exit_code device_restart(struct device *device, const char *verb, const char *field)
{
	struct ota_push_options options = { 0 };
	struct ota_push push = { .client = device->client,
				 .options = &options,
				 .report = report_restart };
	enum exit_code code = device_limits(&options);

	if (code)
		return code;
	ota_push_restart(&push, verb, field);
	code = push.fault ? device_say(device, push.fault, push.why)
			  : device_show_state(device, &push.device);
	ota_push_free(&push);
	return code;
}

enum exit_code device_show_state(const struct device *device, const struct ota_device_info *info)
{
	const char *image = ota_device_info_running_image(info);

	if (common.json)
		return command_print_json(
			json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s, s:s?, s:b}", "url", device->url,
				  "id", info->id, "boot", info->boot, "running", info->running,
				  "image", image[0] ? image : NULL, "selected", info->selected,
				  "state", info->state[0] ? info->state : NULL, "authenticated",
				  device->client.authenticated));
	say_status("%s (%s): %s %s runs from %s%s%s; %s starts next", device->name, info->id,
		   info->project[0] ? info->project : "an app without a name", info->version,
		   info->running, info->state[0] ? ", state " : "", info->state, info->selected);
	return EXIT_YES;
}

bool device_is_url(const char *name)
{
	return strncasecmp(name, "http://", 7) == 0 || strncasecmp(name, "https://", 8) == 0;
}

/* `size` bytes of `path` exactly. */
static enum exit_code fetch(const char *url, const char *path, size_t size, struct file *file)
{
	struct device device;
	struct ota_request request;
	struct ota_answer answer = { 0 };
	enum exit_code code = device_open(url, &device);

	*file = (struct file){ .name = url };
	ota_client_request(&request, "GET", path);
	if (!code)
		code = device_send(&device, &request, &answer);
	if (!code && answer.size != size)
		code = say_error(EXIT_NETWORK, url, "%zu bytes instead of %zu came for %s",
				 answer.size, size, path);
	if (!code) {
		file->data = (uint8_t *)answer.content;
		file->size = size;
		answer.content = NULL;
	}
	ota_answer_free(&answer);
	device_close(&device);
	return code;
}

enum exit_code device_fetch_table(const char *url, struct file *file)
{
	return fetch(url, "/table", OTA_TABLE_SIZE, file);
}

enum exit_code device_fetch_otadata(const char *url, struct file *file)
{
	enum exit_code code = fetch(url, "/otadata", 2 * (size_t)OTA_RECORD_SIZE, file);
	uint8_t *sectors = code ? NULL : malloc(OTA_OTADATA_SIZE);

	if (code)
		return code;
	if (!sectors) {
		file_free(file);
		return say_error(EXIT_BUG, NULL, "out of memory");
	}
	memset(sectors, 0xFF, OTA_OTADATA_SIZE);
	memcpy(sectors, file->data, OTA_RECORD_SIZE);
	memcpy(sectors + OTA_RECORD_STRIDE, file->data + OTA_RECORD_SIZE, OTA_RECORD_SIZE);
	free(file->data);
	file->data = sectors;
	file->size = OTA_OTADATA_SIZE;
	return EXIT_YES;
}
