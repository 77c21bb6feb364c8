/* SPDX-License-Identifier: MIT */
/* push_steps.h - what the files of a push call in each other */
#ifndef OTA_HOST_PUSH_STEPS_H
#define OTA_HOST_PUSH_STEPS_H

#include "lib/host/push.h"

extern const struct ota_push_fault ota_fault_network, ota_fault_stopped, ota_fault_no_receiver,
	ota_fault_redirect, ota_fault_key, ota_fault_refused, ota_fault_no_slot, ota_fault_slot,
	ota_fault_trial, ota_fault_no_rollback, ota_fault_factory, ota_fault_never_back,
	ota_fault_not_restarted, ota_fault_other_device, ota_fault_came_back_old,
	ota_fault_rolled_back, ota_fault_other_image, ota_fault_other_slot, ota_fault_not_ready,
	ota_fault_not_confirmed;

/* What a step came to. */
enum ota_step_result {
	OTA_STEP_DONE,
	OTA_STEP_AGAIN, /* the network broke it; push->why */
	OTA_STEP_FAILED, /* push->fault */
};

/* Set the fault; `format` goes into push->why. OTA_STEP_FAILED. */
enum ota_step_result ota_push_fail(struct ota_push *push, const struct ota_push_fault *fault,
				   const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Send it, and sort what came: what may be tried again, and what not. */
enum ota_step_result ota_push_send(struct ota_push *push, const struct ota_request *request,
				   struct ota_answer *answer);

/* GET device, once. */
enum ota_step_result ota_push_probe(struct ota_push *push);

/* After OTA_STEP_AGAIN: go on at once, but wait longer each time that nothing comes of it. false: that was enough, the fault is set. */
bool ota_push_wait(struct ota_push *push);

/* GET device, as often as the retries allow. */
bool ota_push_ask(struct ota_push *push);

void ota_push_enter(struct ota_push *push, enum ota_push_stage stage);
uint64_t ota_push_now(const struct ota_push *push);
bool ota_push_runs_image(const struct ota_push *push);

/* push_upload.c: blocks, parts, switch. */
bool ota_push_upload(struct ota_push *push);

/* push_prove.c */
bool ota_push_wait_restart(struct ota_push *push);
bool ota_push_prove(struct ota_push *push);
bool ota_push_confirm(struct ota_push *push);

#endif
