/* SPDX-License-Identifier: MIT */
/* push.h - bring an image to a device, and do not call it done before it runs
 *
 * probe, check, (factory,) upload, switch, restart, prove, confirm: ota_push_run() goes through them,
 * and tells `report` of each step. Nothing here opens a socket, reads a clock or prints. */
#ifndef OTA_HOST_PUSH_H
#define OTA_HOST_PUSH_H

#include "lib/host/client.h"

#define OTA_PUSH_SECTOR 4096u

enum ota_push_stage {
	OTA_PUSH_PROBE, /* who is there? */
	OTA_PUSH_CHECK, /* would it take the image? */
	OTA_PUSH_FACTORY, /* restart it into its factory receiver, which alone may write the slot */
	OTA_PUSH_UPLOAD,
	OTA_PUSH_SWITCH, /* the device reads back, verifies and switches */
	OTA_PUSH_RESTART, /* wait until it is back */
	OTA_PUSH_PROVE, /* is it the image? */
	OTA_PUSH_CONFIRM,
	OTA_PUSH_DONE,
};
const char *ota_push_stage_name(enum ota_push_stage stage);

enum ota_push_confirm {
	OTA_CONFIRM_READY, /* confirm once the app says that it is ready */
	OTA_CONFIRM_ANSWER, /* confirm once it answers */
	OTA_CONFIRM_APP, /* wait until the app confirms itself */
	OTA_CONFIRM_NONE,
};

enum ota_push_confirmed {
	OTA_CONFIRMED_NO,
	OTA_CONFIRMED_YES,
	OTA_CONFIRMED_APP, /* by the app itself */
	OTA_CONFIRMED_NEEDLESS, /* there is no trial on this device */
};

struct ota_push_image {
	const uint8_t *data;
	uint32_t size; /* bytes */
	uint8_t digest[OTA_SHA256_SIZE]; /* of all of it */
	char image[OTA_INFO_HEX_SIZE]; /* the digest stored behind the image; "": none */
	char elf_sha256[OTA_INFO_HEX_SIZE]; /* "": no description */
};

struct ota_push_options {
	const char *slot; /* it has to be this one; NULL: the device's choice */
	const char *expect_id; /* NULL: whoever answers */
	const char *force; /* for OTA-Force; NULL */
	bool same; /* push even what runs */
	bool plain; /* do not deflate */
	bool no_restart, dry_run, require_rollback;
	enum ota_push_confirm confirm;
	unsigned soak_ms; /* how long it has to run before it is confirmed */
	unsigned timeout_ms; /* how long the device may be away */
	unsigned retries; /* of what the network broke, without any progress */
};

/* Whose no it was. */
enum ota_push_class {
	OTA_CLASS_IMAGE, /* the file is wrong */
	OTA_CLASS_SYSTEM,
	OTA_CLASS_NETWORK,
	OTA_CLASS_REFUSED,
	OTA_CLASS_NOT_RUNNING,
	OTA_CLASS_MEMORY,
	OTA_CLASS_STOPPED, /* by the user */
};

struct ota_push_fault {
	struct ota_rule rule; /* {name}: push->why; {other}: of the device or the network */
	enum ota_push_class class;
};

enum ota_push_event {
	OTA_PUSH_STAGE, /* push->stage has begun */
	OTA_PUSH_PROGRESS, /* push->done of push->total is there */
	OTA_PUSH_RETRY, /* push->why; again in push->wait_ms */
	OTA_PUSH_WARNING, /* push->why */
};

struct ota_push {
	struct ota_client client;
	const struct ota_push_options *options;
	/* The image for push->device. NULL: none fits; push->fault and push->why say why. */
	const struct ota_push_image *(*choose)(struct ota_push *push);
	void (*report)(struct ota_push *push, enum ota_push_event event);
	void *ctx; /* for both */

	enum ota_push_stage stage;
	const struct ota_push_image *image;
	struct ota_device_info device; /* as it answered last */
	uint32_t done, total; /* bytes of the image that the device has, and of all of it */
	uint32_t missing; /* of total, when the upload began */
	uint64_t bytes_sent, would_send; /* of content; in a dry run */
	unsigned wait_ms;
	char why[OTA_WHY_SIZE];

	/* The result. */
	const struct ota_push_fault *fault; /* NULL: all that was asked for is proved */
	struct ota_refusal refusal; /* of the device, where it refused */
	char id[65], slot[OTA_INFO_NAME_SIZE];
	bool switched, running, already; /* already: it ran before */
	enum ota_push_confirmed confirmed;
	bool authenticated; /* every proof was signed */
	uint64_t milliseconds;

	/* Of the machine itself. */
	char old_boot[OTA_INFO_NAME_SIZE], old_image[OTA_INFO_HEX_SIZE];
	struct ota_ending_info old_last;
	unsigned failures; /* of the network, since there was less to send than ever before */
	uint32_t least; /* the least that there was to send, bytes */
	bool plain;
	uint64_t began, pack_ms, send_ms; /* the last two: of the part before */
};

/* Push to the device that push->client reaches. Set client, options, choose, report and ctx, the rest
 * to zero; the result is in *push. Release with ota_push_free(). */
void ota_push_run(struct ota_push *push);
void ota_push_free(struct ota_push *push);

/* In what state the device is left where a push ends in this stage: a sentence. */
const char *ota_push_left(const struct ota_push *push);

/* POST /VERB of the image that runs, which makes the device restart, and wait until it is back. As
 * ota_push_run(), without an image. */
void ota_push_restart(struct ota_push *push, const char *verb, const char *field);

extern const struct ota_push_fault ota_fault_image, ota_fault_misfit, ota_fault_library,
	ota_fault_memory, ota_fault_expected_id;

/* The fault of an exchange that failed, and of an answer that is not the one asked for: for commands
 * that ask one thing. `why` and *refusal are filled in; NULL: the answer is a good one. */
const struct ota_push_fault *ota_answer_fault(enum ota_net net, const struct ota_answer *answer,
					      struct ota_refusal *refusal,
					      char why[static OTA_WHY_SIZE]);

/* GET device, once: fills in push->device. NULL: it is there. */
const struct ota_push_fault *ota_device_ask(struct ota_client *client,
					    struct ota_device_info *device,
					    struct ota_refusal *refusal,
					    char why[static OTA_WHY_SIZE]);

/* Every fault, NULL at the end. */
extern const struct ota_push_fault *const ota_push_faults[];

#endif
