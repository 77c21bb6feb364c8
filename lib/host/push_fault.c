/* SPDX-License-Identifier: MIT */
/* push_fault.c - every way in which a push ends short, in words */
#include <stdio.h>
#include <string.h>

#include "lib/host/push_steps.h"

/* clang-format off */
#define FAULT(variable, number, ...) \
	const struct ota_push_fault ota_fault_##variable = { __VA_ARGS__, OTA_CLASS_##number }

FAULT(image, IMAGE, { "push-image", OTA_ERROR,
	OTA_TEXT("{name}"),
	OTA_TEXT("only an image that verifies is sent"),
	OTA_TEXT("`otatool image verify` tells more") });
FAULT(misfit, REFUSED, { "push-misfit", OTA_ERROR,
	OTA_TEXT("{name}"),
	OTA_TEXT("the device would refuse this image, so it is not sent"), NULL });
FAULT(network, NETWORK, { "push-network", OTA_ERROR,
	OTA_TEXT("{name}"),
	OTA_TEXT("the device has to answer"), NULL });
FAULT(untrusted, NETWORK, { "push-untrusted", OTA_ERROR,
	OTA_TEXT("{name}"),
	OTA_TEXT("what answers has to prove by its certificate that it is the device"),
	OTA_TEXT("--cacert names who may certify it, --pin its key; nothing is sent to it") });
FAULT(library, SYSTEM, { "push-library", OTA_ERROR,
	OTA_TEXT("libcurl is not installed"),
	OTA_TEXT("what speaks to devices needs it, and nothing else does"),
	OTA_TEXT("Debian and Ubuntu: apt install libcurl4") });
FAULT(memory, MEMORY, { "push-memory", OTA_ERROR,
	OTA_TEXT("out of memory"), OTA_TEXT("there is too little"), NULL });
FAULT(stopped, STOPPED, { "push-stopped", OTA_ERROR,
	OTA_TEXT("interrupted"), OTA_TEXT("the user wanted it"), NULL });
FAULT(no_receiver, NETWORK, { "push-no-receiver", OTA_ERROR,
	OTA_TEXT("{name}"),
	OTA_TEXT("GET /ota/v1/device is answered by a receiver"),
	OTA_TEXT("are http or https, address and port (8032) right? does the app run the receiver?") });
FAULT(redirect, NETWORK, { "push-redirect", OTA_ERROR,
	OTA_TEXT("it redirects to {name}"),
	OTA_TEXT("redirects are not followed: they could lead anywhere"),
	OTA_TEXT("give the address of the device itself") });
FAULT(key, REFUSED, { "push-key", OTA_ERROR,
	OTA_TEXT("the device wants signed requests ({name})"),
	OTA_TEXT("without its key nothing can be changed"), NULL });
FAULT(refused, REFUSED, { "push-refused", OTA_ERROR,
	OTA_TEXT("the device refused: {name}"),
	OTA_TEXT("what it refuses is not tried again"), NULL });
FAULT(expected_id, REFUSED, { "push-expected-id", OTA_ERROR,
	OTA_TEXT("this is device {name}"),
	OTA_TEXT("--expect-id, or the file of known devices, names another"),
	OTA_TEXT("if it was replaced, take its line out of ~/.config/otatool/known_devices") });
FAULT(no_slot, REFUSED, { "push-no-slot", OTA_ERROR,
	OTA_TEXT("the device has no slot to write to"),
	OTA_TEXT("what runs is never overwritten"),
	OTA_TEXT("give it a table with two OTA slots, or with factory and one") });
FAULT(slot, REFUSED, { "push-slot", OTA_ERROR,
	OTA_TEXT("the next slot is {name}"),
	OTA_TEXT("--slot names another, which cannot be written now"), NULL });
FAULT(trial, REFUSED, { "push-trial", OTA_ERROR,
	OTA_TEXT("the app that runs is on trial"),
	OTA_TEXT("it is confirmed or rolled back before another comes"),
	OTA_TEXT("otatool device confirm, or otatool device rollback") });
FAULT(no_rollback, REFUSED, { "push-rollback", OTA_ERROR,
	OTA_TEXT("whether this bootloader rolls back: {name}"),
	OTA_TEXT("--require-rollback wants a device that does"), NULL });
FAULT(factory, NOT_RUNNING, { "push-factory", OTA_ERROR,
	OTA_TEXT("the device did not come back in its factory app, but in {name}"),
	OTA_TEXT("only factory can write the slot that the app runs from"), NULL });
FAULT(never_back, NETWORK, { "push-never-back", OTA_ERROR,
	OTA_TEXT("the device restarted and did not come back ({name})"),
	OTA_TEXT("it has to answer again within --timeout"),
	OTA_TEXT("the new app may not reach the network, or the address changed; an unconfirmed app "
		 "is rolled back at the next reset") });
FAULT(not_restarted, NOT_RUNNING, { "push-not-restarted", OTA_ERROR,
	OTA_TEXT("the device did not restart"),
	OTA_TEXT("its boot id changes at each start"), NULL });
FAULT(other_device, NETWORK, { "push-other-device", OTA_ERROR,
	OTA_TEXT("another device answers there now: {name}"),
	OTA_TEXT("the device that was pushed to has to answer"), NULL });
FAULT(came_back_old, NOT_RUNNING, { "push-came-back-old", OTA_ERROR,
	OTA_TEXT("the device came back with the old app{name}"),
	OTA_TEXT("the pushed image has to run"),
	OTA_TEXT("the serial console says why; `otatool explain` reads its log") });
FAULT(rolled_back, NOT_RUNNING, { "push-rolled-back", OTA_ERROR,
	OTA_TEXT("the new app did not hold: the device rolled back to the old one{name}"),
	OTA_TEXT("an app that restarts before it is confirmed is not started again"),
	OTA_TEXT("the serial console says why; `otatool explain` reads its log") });
FAULT(other_image, NOT_RUNNING, { "push-other-image", OTA_ERROR,
	OTA_TEXT("the device came back with another image: {name}"),
	OTA_TEXT("the pushed image has to run"), NULL });
FAULT(other_slot, NOT_RUNNING, { "push-other-slot", OTA_ERROR,
	OTA_TEXT("the image runs, but from {name}"),
	OTA_TEXT("it has to run from the slot that it was written to"), NULL });
FAULT(not_ready, NOT_RUNNING, { "push-not-ready", OTA_ERROR,
	OTA_TEXT("the new app runs, but does not get ready"),
	OTA_TEXT("--confirm=ready waits for that, for --timeout"),
	OTA_TEXT("unconfirmed it is rolled back at the next reset") });
FAULT(not_confirmed, NOT_RUNNING, { "push-not-confirmed", OTA_ERROR,
	OTA_TEXT("the new app runs, but is not confirmed{name}"),
	OTA_TEXT("a confirmed app's state is valid, and it starts next"),
	OTA_TEXT("unconfirmed it is rolled back at the next reset") });

const struct ota_push_fault *const ota_push_faults[] = {
	&ota_fault_image, &ota_fault_misfit, &ota_fault_network,
	&ota_fault_untrusted, &ota_fault_library,
	&ota_fault_memory, &ota_fault_stopped, &ota_fault_no_receiver, &ota_fault_redirect,
	&ota_fault_key, &ota_fault_refused, &ota_fault_expected_id, &ota_fault_no_slot,
	&ota_fault_slot, &ota_fault_trial, &ota_fault_no_rollback, &ota_fault_factory,
	&ota_fault_never_back, &ota_fault_not_restarted, &ota_fault_other_device,
	&ota_fault_came_back_old, &ota_fault_rolled_back, &ota_fault_other_image,
	&ota_fault_other_slot, &ota_fault_not_ready, &ota_fault_not_confirmed, NULL
};
/* clang-format on */

const char *ota_push_stage_name(enum ota_push_stage stage)
{
	switch (stage) {
	case OTA_PUSH_PROBE: return "probe";
	case OTA_PUSH_CHECK: return "check";
	case OTA_PUSH_FACTORY: return "factory";
	case OTA_PUSH_UPLOAD: return "upload";
	case OTA_PUSH_SWITCH: return "switch";
	case OTA_PUSH_RESTART: return "restart";
	case OTA_PUSH_PROVE: return "prove";
	case OTA_PUSH_CONFIRM: return "confirm";
	case OTA_PUSH_DONE: return "done";
	}
	return "";
}

const char *ota_push_left(const struct ota_push *push)
{
	if (push->fault == &ota_fault_rolled_back || push->fault == &ota_fault_came_back_old)
		return "the device runs the old app";
	if (push->fault == &ota_fault_not_restarted)
		return "the device runs the old app, and the new one starts at its next reset";
	if (push->fault == &ota_fault_other_image || push->fault == &ota_fault_other_slot)
		return "the device runs what it says; `otatool device info` tells";
	switch (push->stage) {
	case OTA_PUSH_PROBE:
	case OTA_PUSH_CHECK: return "nothing was changed on the device";
	case OTA_PUSH_FACTORY:
		return "the device may have restarted into its factory app; its slot is unchanged, "
		       "and the same command goes on";
	case OTA_PUSH_UPLOAD:
		return "the device still runs the old app; the slot holds an unfinished image that "
		       "cannot boot, and the same command goes on from there";
	case OTA_PUSH_SWITCH:
		return "the device runs the old app and may have switched to the new one for its "
		       "next start; `otatool device info` tells";
	case OTA_PUSH_RESTART:
	case OTA_PUSH_PROVE:
		return "the device has switched to the new image and restarts; unconfirmed it is "
		       "rolled back at the next reset, if the bootloader does that";
	case OTA_PUSH_CONFIRM:
		return "the new image runs and may be unconfirmed; `otatool device confirm` "
		       "confirms it";
	case OTA_PUSH_DONE: return "the push was over";
	}
	return "";
}

static const struct ota_push_fault *net_fault(enum ota_net net)
{
	switch (net) {
	case OTA_NET_LIBRARY: return &ota_fault_library;
	case OTA_NET_MEMORY: return &ota_fault_memory;
	case OTA_NET_STOPPED: return &ota_fault_stopped;
	case OTA_NET_NO_HTTP: return &ota_fault_no_receiver;
	case OTA_NET_UNTRUSTED: return &ota_fault_untrusted;
	default: return &ota_fault_network;
	}
}

/* "OTA_CHIP (image-chip), HTTP 422". */
static void put_refusal(const struct ota_refusal *refusal, char why[static OTA_WHY_SIZE])
{
	snprintf(why, OTA_WHY_SIZE, "%s%s%s%s%sHTTP %u", refusal->error,
		 refusal->detail[0] ? " (" : "", refusal->detail, refusal->detail[0] ? ")" : "",
		 refusal->error[0] ? ", " : "", refusal->status);
}

const struct ota_push_fault *ota_answer_fault(enum ota_net net, const struct ota_answer *answer,
					      struct ota_refusal *refusal,
					      char why[static OTA_WHY_SIZE])
{
	memset(refusal, 0, sizeof(*refusal));
	if (net) {
		snprintf(why, OTA_WHY_SIZE, "%s%s%.200s%s", ota_net_text(net),
			 answer->why[0] ? " (" : "", answer->why, answer->why[0] ? ")" : "");
		return net_fault(net);
	}
	if (answer->status >= 200 && answer->status < 300)
		return NULL;
	if (answer->status >= 300 && answer->status < 400) {
		snprintf(why, OTA_WHY_SIZE, "%s",
			 answer->location[0] ? answer->location : "nowhere");
		return &ota_fault_redirect;
	}
	ota_answer_refusal(answer, refusal);
	put_refusal(refusal, why);
	return answer->status == 401 ? &ota_fault_key : &ota_fault_refused;
}

const struct ota_push_fault *ota_device_ask(struct ota_client *client,
					    struct ota_device_info *device,
					    struct ota_refusal *refusal,
					    char why[static OTA_WHY_SIZE])
{
	struct ota_request request;
	struct ota_answer answer;
	struct ota_device_info found;
	const struct ota_push_fault *fault;
	enum ota_status status = OTA_OK;

	ota_client_request(&request, "GET", "/device");
	fault = ota_answer_fault(ota_client_send(client, &request, &answer), &answer, refusal, why);
	if (!fault) {
		status = ota_device_info_parse(answer.content ? answer.content : "", answer.size,
					       &found);
		if (!status) {
			ota_device_info_free(device);
			*device = found;
		} else {
			ota_device_info_free(&found);
		}
	}
	ota_answer_free(&answer);
	if (fault == &ota_fault_refused && !refusal->error[0]) {
		snprintf(why, OTA_WHY_SIZE, "what answers is no receiver (HTTP %u)",
			 refusal->status);
		return &ota_fault_no_receiver;
	}
	if (fault || !status)
		return fault;
	snprintf(why, OTA_WHY_SIZE, "%s",
		 status == OTA_E_MAGIC
			 ? "what answers is no receiver"
			 : "its description of itself lacks what every receiver says");
	return &ota_fault_no_receiver;
}
