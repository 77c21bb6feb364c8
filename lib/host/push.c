/* SPDX-License-Identifier: MIT */
#include "lib/host/push.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/host/push_steps.h"

#define WAIT_FIRST_MS 500u
#define WAIT_MOST_MS 5000u

enum ota_step_result ota_push_fail(struct ota_push *push, const struct ota_push_fault *fault,
				   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(push->why, sizeof(push->why), format, args);
	va_end(args);
	push->fault = fault;
	return OTA_STEP_FAILED;
}

uint64_t ota_push_now(const struct ota_push *push)
{
	return push->client.transport->now_ms(push->client.transport->ctx);
}

static bool is_stopped(const struct ota_push *push)
{
	return push->client.transport->stopped(push->client.transport->ctx);
}

void ota_push_enter(struct ota_push *push, enum ota_push_stage stage)
{
	push->stage = stage;
	push->report(push, OTA_PUSH_STAGE);
}

/* An error of the device that goes away by itself. */
static bool is_passing(const struct ota_refusal *refusal)
{
	return refusal->status == 503 || strcmp(refusal->error, "OTA_BUSY") == 0 ||
	       strcmp(refusal->error, "OTA_STREAM") == 0 ||
	       strcmp(refusal->error, "OTA_CONTENT_DIGEST") == 0 ||
	       strcmp(refusal->error, "OTA_FIRST_SECTOR") == 0;
}

/* A fault that the network may have made. Before anything has answered, a name without address or
 * what does not speak HTTP is taken for a wrong address. */
static bool is_passing_fault(const struct ota_push *push, const struct ota_push_fault *fault)
{
	enum ota_net net = push->client.net;

	if (fault == &ota_fault_refused)
		return is_passing(&push->refusal);
	if (fault != &ota_fault_network)
		return false;
	return push->id[0] || (net != OTA_NET_RESOLVE && net != OTA_NET_TLS && net != OTA_NET_URL);
}

enum ota_step_result ota_push_send(struct ota_push *push, const struct ota_request *request,
				   struct ota_answer *answer)
{
	enum ota_net net = ota_client_send(&push->client, request, answer);
	const struct ota_push_fault *fault =
		ota_answer_fault(net, answer, &push->refusal, push->why);

	push->bytes_sent += answer->sent;
	push->authenticated = push->client.authenticated;
	if (!fault)
		return OTA_STEP_DONE;
	push->wait_ms = answer->retry_after_s > 60 ? 60000 : answer->retry_after_s * 1000;
	if (is_passing_fault(push, fault))
		return OTA_STEP_AGAIN;
	push->fault = fault;
	return OTA_STEP_FAILED;
}

enum ota_step_result ota_push_probe(struct ota_push *push)
{
	const struct ota_push_fault *fault =
		ota_device_ask(&push->client, &push->device, &push->refusal, push->why);

	push->authenticated = push->client.authenticated;
	push->wait_ms = 0;
	if (!fault)
		return OTA_STEP_DONE;
	if (is_passing_fault(push, fault))
		return OTA_STEP_AGAIN;
	push->fault = fault;
	return OTA_STEP_FAILED;
}

bool ota_push_wait(struct ota_push *push)
{
	const struct ota_transport *transport = push->client.transport;
	unsigned ms =
		push->failures ? WAIT_FIRST_MS << (push->failures < 8 ? push->failures - 1 : 7) : 0;

	if (push->failures++ >= push->options->retries) {
		push->fault = push->refusal.status ? &ota_fault_refused : &ota_fault_network;
		return false;
	}
	ms = ms > WAIT_MOST_MS ? WAIT_MOST_MS : ms;
	push->wait_ms = push->wait_ms > ms ? push->wait_ms : ms;
	push->report(push, OTA_PUSH_RETRY);
	transport->forget(transport->ctx);
	transport->sleep_ms(transport->ctx, push->wait_ms);
	if (is_stopped(push))
		ota_push_fail(push, &ota_fault_stopped, "%s", "");
	return !push->fault;
}

bool ota_push_ask(struct ota_push *push)
{
	enum ota_step_result result;

	while ((result = ota_push_probe(push)) == OTA_STEP_AGAIN)
		if (!ota_push_wait(push))
			return false;
	return result == OTA_STEP_DONE;
}

bool ota_push_runs_image(const struct ota_push *push)
{
	const char *running = ota_device_info_running_image(&push->device);

	if (push->image->image[0] && running[0])
		return strcmp(running, push->image->image) == 0;
	return push->image->elf_sha256[0] && push->device.elf_sha256[0] &&
	       strcmp(push->image->elf_sha256, push->device.elf_sha256) == 0;
}

static void remember(struct ota_push *push)
{
	const struct ota_device_info *device = &push->device;

	memcpy(push->id, device->id, sizeof(push->id));
	memcpy(push->old_boot, device->boot, sizeof(push->old_boot));
	snprintf(push->old_image, sizeof(push->old_image), "%s",
		 ota_device_info_running_image(device));
	push->old_last = device->last;
}

static bool probe(struct ota_push *push)
{
	const char *expected = push->options->expect_id;

	ota_push_enter(push, OTA_PUSH_PROBE);
	if (!ota_push_ask(push))
		return false;
	remember(push);
	push->failures = 0;
	if (expected && strcmp(expected, push->id) != 0)
		ota_push_fail(push, &ota_fault_expected_id, "%s", push->id);
	return !push->fault;
}

static void warn(struct ota_push *push, const char *text)
{
	snprintf(push->why, sizeof(push->why), "%s", text);
	push->report(push, OTA_PUSH_WARNING);
}

static bool is_state(const struct ota_push *push, const char *state)
{
	return strcmp(push->device.state, state) == 0;
}

/* Would the device take anything now? */
static bool check_device(struct ota_push *push)
{
	const struct ota_push_options *options = push->options;
	const char *rollback = push->device.rollback;

	if (is_state(push, "pending"))
		return ota_push_fail(push, &ota_fault_trial, "%s", "") == OTA_STEP_DONE;
	if (strcmp(rollback, "yes") != 0 && options->require_rollback)
		return ota_push_fail(push, &ota_fault_no_rollback, "%s",
				     rollback[0] ? rollback : "unknown") == OTA_STEP_DONE;
	if (strcmp(rollback, "yes") != 0)
		warn(push,
		     strcmp(rollback, "no") == 0
			     ? "this bootloader does not roll back: an app that fails stays"
			     : "whether this bootloader rolls back is not known before it did");
	if (push->device.insecure)
		warn(push, "this receiver takes images from anybody (it was built so)");
	return true;
}

/* What it would refuse is not sent; what runs is not sent again. */
static bool check(struct ota_push *push)
{
	ota_push_enter(push, OTA_PUSH_CHECK);
	push->image = push->choose(push);
	if (!push->image)
		return false;
	if (ota_push_runs_image(push) && !push->options->same) {
		push->already = push->running = push->switched = true;
		memcpy(push->slot, push->device.running, sizeof(push->slot));
		return true;
	}
	return check_device(push);
}

/* POST: a refusal is final, and so is what the network breaks; the caller asks how things are. */
static bool post(struct ota_push *push, const char *verb, const char *query, const char *field)
{
	struct ota_request request;
	struct ota_answer answer;
	char path[160];
	enum ota_step_result result;

	snprintf(path, sizeof(path), "/%s%s%s", verb, query[0] ? "?" : "", query);
	ota_client_request(&request, "POST", path);
	if (field)
		ota_request_field(&request, "%s", field);
	result = ota_push_send(push, &request, &answer);
	ota_answer_free(&answer);
	return result != OTA_STEP_FAILED;
}

/* The slot that is written runs: restart into factory first. */
static bool go_to_factory(struct ota_push *push)
{
	const struct ota_slot_info *factory = ota_device_info_slot(&push->device, "factory");
	char query[128];

	ota_push_enter(push, OTA_PUSH_FACTORY);
	snprintf(query, sizeof(query), "slot=factory&image=%s", factory ? factory->image : "");
	if (!post(push, "boot", query, NULL))
		return false;
	snprintf(query, sizeof(query), "image=%s", push->old_image);
	if (!post(push, "restart", query, NULL) || !ota_push_wait_restart(push))
		return false;
	if (strcmp(push->device.running, "factory") != 0)
		ota_push_fail(push, &ota_fault_factory, "%s", push->device.running);
	remember(push);
	return !push->fault;
}

/* Where it goes to. */
static bool find_slot(struct ota_push *push)
{
	const struct ota_device_info *device = &push->device;
	const char *wanted = push->options->slot;

	bool via_factory = !device->next[0] && strcmp(device->via, "factory") == 0;

	if (via_factory && !push->options->dry_run && !go_to_factory(push))
		return false;
	if (!device->next[0] && !(via_factory && push->options->dry_run))
		ota_push_fail(push, &ota_fault_no_slot, "%s", "");
	else if (wanted && device->next[0] && strcmp(wanted, device->next) != 0)
		ota_push_fail(push, &ota_fault_slot, "%s", device->next);
	memcpy(push->slot, device->next, sizeof(push->slot));
	return !push->fault;
}

static bool bring(struct ota_push *push)
{
	const struct ota_push_options *options = push->options;

	if (!find_slot(push) || !ota_push_upload(push))
		return false;
	if (options->dry_run || options->no_restart)
		return true;
	return ota_push_wait_restart(push) && ota_push_prove(push);
}

void ota_push_run(struct ota_push *push)
{
	push->began = ota_push_now(push);
	push->plain = push->options->plain;
	if (probe(push) && check(push) && (push->already || bring(push)) && push->running)
		(void)!ota_push_confirm(push);
	if (!push->fault)
		ota_push_enter(push, OTA_PUSH_DONE);
	push->milliseconds = ota_push_now(push) - push->began;
}

void ota_push_restart(struct ota_push *push, const char *verb, const char *field)
{
	char query[128];

	push->began = ota_push_now(push);
	if (!probe(push))
		return;
	ota_push_enter(push, OTA_PUSH_RESTART);
	snprintf(query, sizeof(query), "image=%s", push->old_image);
	if (post(push, verb, push->old_image[0] ? query : "", field))
		(void)!ota_push_wait_restart(push);
}

void ota_push_free(struct ota_push *push)
{
	ota_device_info_free(&push->device);
}
