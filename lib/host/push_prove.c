/* SPDX-License-Identifier: MIT */
/* push_prove.c - after the switch: is the device back, does it run the image, does it keep it? */
#include <stdio.h>
#include <string.h>

#include "lib/host/push_steps.h"

#define ASK_MS 3000u /* for which a device that may be restarting may be silent */
#define POLL_MS 250u
#define SOAK_POLL_MS 1000u

/* `fault` with push->why as it is; false. */
static bool fail(struct ota_push *push, const struct ota_push_fault *fault)
{
	push->fault = fault;
	return false;
}

static bool pause_ms(struct ota_push *push, unsigned ms)
{
	const struct ota_transport *transport = push->client.transport;

	transport->sleep_ms(transport->ctx, ms);
	if (transport->stopped(transport->ctx))
		return fail(push, &ota_fault_stopped);
	return true;
}

/* GET device of one that may be away. OTA_STEP_AGAIN: it is. */
static enum ota_step_result ask_briefly(struct ota_push *push)
{
	unsigned silence = push->client.silence_ms;
	enum ota_step_result result;

	if (silence > ASK_MS)
		push->client.silence_ms = ASK_MS;
	result = ota_push_probe(push);
	push->client.silence_ms = silence;
	/* Whatever a proxy or a half-started server says: it may still come. */
	if (result == OTA_STEP_FAILED && push->fault->class != OTA_CLASS_STOPPED &&
	    push->fault->class != OTA_CLASS_MEMORY) {
		push->fault = NULL;
		return OTA_STEP_AGAIN;
	}
	return result;
}

bool ota_push_wait_restart(struct ota_push *push)
{
	const struct ota_transport *transport = push->client.transport;
	uint64_t began = ota_push_now(push), past;
	bool answered = false;

	if (strcmp(push->device.boot, push->old_boot) != 0)
		return true; /* seen already, while a lost answer was settled */
	if (push->stage != OTA_PUSH_FACTORY && push->stage != OTA_PUSH_RESTART)
		ota_push_enter(push, OTA_PUSH_RESTART);
	while ((past = ota_push_now(push) - began) < push->options->timeout_ms) {
		enum ota_step_result result = ask_briefly(push);

		if (result == OTA_STEP_FAILED)
			return false;
		answered = result == OTA_STEP_DONE;
		if (answered && strcmp(push->device.id, push->id) != 0) {
			ota_push_fail(push, &ota_fault_other_device, "%s", push->device.id);
			return false;
		}
		if (answered && strcmp(push->device.boot, push->old_boot) != 0)
			return true;
		transport->forget(transport->ctx);
		if (!pause_ms(push, past / 20 + 10 < POLL_MS ? (unsigned)past / 20 + 10 : POLL_MS))
			return false;
	}
	return fail(push, answered ? &ota_fault_not_restarted : &ota_fault_never_back);
}

/* What runs is not the image: what happened? */
static bool tell_why(struct ota_push *push)
{
	const struct ota_device_info *device = &push->device;
	const struct ota_ending_info *trial = &device->last_trial;
	const char *running = ota_device_info_running_image(device);

	if (trial->known && push->image->image[0] &&
	    strcmp(trial->image, push->image->image) == 0) {
		ota_push_fail(push, &ota_fault_rolled_back, "%s%s%s%s%s", trial->how[0] ? " (" : "",
			      trial->how, trial->reason[0] ? ", " : "", trial->reason,
			      trial->how[0] ? ")" : "");
		return false;
	}
	if (running[0] && strcmp(running, push->old_image) == 0)
		ota_push_fail(push, &ota_fault_came_back_old, "%s%s%s",
			      device->version[0] ? ", version " : "", device->version, "");
	else
		ota_push_fail(push, &ota_fault_other_image, "%s",
			      running[0] ? running : device->running);
	return false;
}

bool ota_push_prove(struct ota_push *push)
{
	if (push->stage != OTA_PUSH_PROVE && push->stage != OTA_PUSH_CONFIRM)
		ota_push_enter(push, OTA_PUSH_PROVE);
	push->running = false;
	if (strcmp(push->device.id, push->id) != 0) {
		ota_push_fail(push, &ota_fault_other_device, "%s", push->device.id);
		return false;
	}
	if (!ota_push_runs_image(push))
		return tell_why(push);
	if (strcmp(push->device.running, push->slot) != 0) {
		ota_push_fail(push, &ota_fault_other_slot, "%s", push->device.running);
		return false;
	}
	push->running = true;
	return true;
}

static bool is_state(const struct ota_push *push, const char *state)
{
	return strcmp(push->device.state, state) == 0;
}

/* Ask again after `ms`, patient with a device that does not answer at once, and prove anew: it may
 * have restarted into the old app meanwhile. */
static bool look_again(struct ota_push *push, unsigned ms)
{
	uint64_t end = ota_push_now(push) + ms + push->options->timeout_ms;
	enum ota_step_result result;

	do {
		if (!pause_ms(push, ms))
			return false;
		result = ask_briefly(push);
		if (result == OTA_STEP_FAILED)
			return false;
		ms = POLL_MS;
	} while (result && ota_push_now(push) < end);
	return result ? fail(push, &ota_fault_never_back) : ota_push_prove(push);
}

static bool soak(struct ota_push *push)
{
	uint64_t end = ota_push_now(push) + push->options->soak_ms, now;
	char boot[sizeof(push->device.boot)];

	memcpy(boot, push->device.boot, sizeof(boot));
	while ((now = ota_push_now(push)) < end) {
		if (!look_again(push,
				end - now < SOAK_POLL_MS ? (unsigned)(end - now) : SOAK_POLL_MS))
			return false;
		if (strcmp(boot, push->device.boot) != 0)
			return ota_push_fail(push, &ota_fault_not_confirmed,
					     ": it restarted within --soak") == OTA_STEP_DONE;
	}
	return true;
}

/* Until the app is ready, or has confirmed itself. */
static bool wait_for_app(struct ota_push *push)
{
	uint64_t end = ota_push_now(push) + push->options->timeout_ms;
	bool app = push->options->confirm == OTA_CONFIRM_APP;

	while (is_state(push, "pending") && (app || !push->device.ready)) {
		if (ota_push_now(push) >= end) {
			push->why[0] = '\0';
			return fail(push, app ? &ota_fault_not_confirmed : &ota_fault_not_ready);
		}
		if (!look_again(push, POLL_MS))
			return false;
	}
	return true;
}

static bool send_confirm(struct ota_push *push)
{
	struct ota_request request;
	struct ota_answer answer;
	char path[128];
	enum ota_step_result result;

	snprintf(path, sizeof(path), "/confirm?image=%s", push->image->image);
	do {
		ota_client_request(&request, "POST", path);
		result = ota_push_send(push, &request, &answer);
		ota_answer_free(&answer);
		if (result == OTA_STEP_FAILED && push->fault == &ota_fault_refused) {
			char why[OTA_WHY_SIZE];

			snprintf(why, sizeof(why), ": %.200s", push->why);
			ota_push_fail(push, &ota_fault_not_confirmed, "%s", why);
		}
		if (result == OTA_STEP_FAILED ||
		    (result == OTA_STEP_AGAIN && !ota_push_wait(push)) || !look_again(push, 0))
			return false;
	} while (result && is_state(push, "pending"));
	return true;
}

static bool end_trial(struct ota_push *push)
{
	bool patient = push->options->confirm != OTA_CONFIRM_ANSWER;

	if (!soak(push) || (is_state(push, "pending") && patient && !wait_for_app(push)))
		return false;
	if (!is_state(push, "pending")) {
		push->confirmed =
			is_state(push, "valid") ? OTA_CONFIRMED_APP : OTA_CONFIRMED_NEEDLESS;
		return true;
	}
	if (!send_confirm(push))
		return false;
	if (!is_state(push, "valid")) {
		ota_push_fail(push, &ota_fault_not_confirmed, ": its state is %s",
			      push->device.state);
		return false;
	}
	push->confirmed = OTA_CONFIRMED_YES;
	return true;
}

/* Will the next start find it as well? Its record may be lost. */
static bool stays(struct ota_push *push)
{
	const struct ota_device_info *device = &push->device;

	if (!device->selected[0] || strcmp(device->selected, device->running) == 0)
		return true;
	push->confirmed = OTA_CONFIRMED_NO;
	ota_push_fail(push, &ota_fault_not_confirmed, ": %s starts next", device->selected);
	return false;
}

bool ota_push_confirm(struct ota_push *push)
{
	if (push->options->confirm == OTA_CONFIRM_NONE && !is_state(push, "valid"))
		return true;
	if (push->already && is_state(push, "valid")) {
		push->confirmed = OTA_CONFIRMED_YES;
		return stays(push);
	}
	ota_push_enter(push, OTA_PUSH_CONFIRM);
	push->failures = 0;
	return end_trial(push) && stays(push);
}
