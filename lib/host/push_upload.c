/* SPDX-License-Identifier: MIT */
/* push_upload.c - what differs is sent, in parts; then the device verifies and switches
 *
 * A part is a run of sectors that differ, up to 128 KiB and cut where a multiple of that is reached,
 * so that the device may erase 64 KiB at once. The first one is half as long: its content still fits
 * into what a receiver reads and throws away after a refusal. After a fault of the network all is
 * compared anew: what the device has is what its flash holds, not what was sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cursor.h"
#include "lib/crc32.h"
#include "lib/host/pack.h"
#include "lib/host/push_steps.h"

#define SECTOR OTA_PUSH_SECTOR
#define PART_SECTORS 32u
#define FIRST_SECTORS 16u
#define FINISH_MS 10000u /* for the answer after the last byte, and this per MiB: */
#define FINISH_MS_PER_MIB 3000u

struct plan {
	uint8_t *differs; /* a byte per sector of the image */
	uint32_t count; /* sectors */
};

static uint32_t sector_size(const struct ota_push *push, uint32_t sector)
{
	uint32_t left = push->image->size - sector * SECTOR;

	return left < SECTOR ? left : SECTOR;
}

/* Of the sector as flash holds it: 0xff behind the image's end. */
static uint32_t sector_crc(const struct ota_push *push, uint32_t sector)
{
	uint8_t whole[SECTOR];
	uint32_t n = sector_size(push, sector);

	memset(whole, 0xFF, sizeof(whole));
	memcpy(whole, push->image->data + (size_t)sector * SECTOR, n);
	return ota_crc32(0, whole, SECTOR);
}

/* The first sector goes along with any other: its first bytes may be gone from the slot. */
static void compare(const struct ota_push *push, struct plan *plan, const struct ota_answer *answer)
{
	bool any = false;

	for (uint32_t i = 0; i < plan->count; i++) {
		struct ota_reader r = ota_reader(answer->content + 4 * (size_t)i, 4);

		plan->differs[i] = ota_get_u32(&r) != sector_crc(push, i);
		any |= plan->differs[i];
	}
	plan->differs[0] = any;
}

static void count_left(struct ota_push *push, const struct plan *plan)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < plan->count; i++)
		left += plan->differs[i] ? sector_size(push, i) : 0;
	push->total = push->image->size;
	push->done = push->total - left;
	if (left < push->least) {
		push->least = left;
		push->failures = 0;
	}
	push->report(push, OTA_PUSH_PROGRESS);
}

/* What the slot holds already. A device that does not tell gets everything. */
static enum ota_step_result make_plan(struct ota_push *push, struct plan *plan)
{
	struct ota_request request;
	struct ota_answer answer = { 0 };
	enum ota_step_result result = OTA_STEP_DONE;

	memset(plan->differs, 1, plan->count);
	if (push->device.blocks && push->device.next[0]) {
		ota_client_request(&request, "GET", "/image/blocks?size=4096");
		result = ota_push_send(push, &request, &answer);
		if (!result && answer.size / 4 >= plan->count)
			compare(push, plan, &answer);
		if (result == OTA_STEP_FAILED && push->fault != &ota_fault_stopped) {
			push->fault = NULL;
			result = OTA_STEP_DONE;
		}
		ota_answer_free(&answer);
	}
	if (!result) {
		count_left(push, plan);
		push->missing = push->total - push->done;
	}
	return result;
}

static void put_digest(struct ota_request *request, const struct ota_push_image *image)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[45];
	size_t n = 0;

	for (size_t i = 0; i < OTA_SHA256_SIZE; i += 3) {
		bool last = i + 3 > OTA_SHA256_SIZE;
		uint32_t bits = (uint32_t)image->digest[i] << 16 |
				(uint32_t)image->digest[i + 1] << 8 |
				(last ? 0 : image->digest[i + 2]);

		text[n++] = digits[bits >> 18];
		text[n++] = digits[bits >> 12 & 63];
		text[n++] = digits[bits >> 6 & 63];
		text[n++] = last ? '=' : digits[bits & 63];
	}
	text[n] = '\0';
	ota_request_field(request, "OTA-Digest: sha-256=:%s:", text);
	ota_request_field(request, "OTA-Length: %u", image->size);
}

static void begin_put(const struct ota_push *push, struct ota_request *request)
{
	ota_client_request(request, "PUT", "/image");
	put_digest(request, push->image);
	if (push->options->force)
		ota_request_field(request, "OTA-Force: %s", push->options->force);
}

/* Deflated where that makes it smaller, as long as it pays: it saves about half of the time that sending
 * what was packed takes. */
static void fill_part(struct ota_push *push, struct ota_request *request, uint32_t at,
		      uint8_t *packed)
{
	const uint8_t *data = push->image->data + at;
	uint64_t before = ota_push_now(push);
	size_t size = 0;

	push->plain |= 2 * push->pack_ms > push->send_ms;
	if (!push->plain && push->device.deflate)
		size = ota_pack(data, request->size, push->device.window, packed);
	push->pack_ms = ota_push_now(push) - before;
	request->content = size ? packed : data;
	request->size = size ? size : request->size;
	if (size)
		ota_request_field(request, "Content-Encoding: deflate");
}

/* Sectors [at, end) of the image. */
static enum ota_step_result send_part(struct ota_push *push, uint32_t at, uint32_t end)
{
	struct ota_request request;
	struct ota_answer answer;
	uint8_t packed[PART_SECTORS * SECTOR];
	uint32_t last = end * SECTOR < push->image->size ? end * SECTOR : push->image->size;
	enum ota_step_result result;
	uint64_t before;

	begin_put(push, &request);
	ota_request_field(&request, "OTA-Offset: %u", at * SECTOR);
	ota_request_field(&request, "OTA-Part-Length: %u", last - at * SECTOR);
	request.size = last - at * SECTOR;
	fill_part(push, &request, at * SECTOR, packed);
	if (push->options->dry_run) {
		push->would_send += request.size;
		return OTA_STEP_DONE;
	}
	before = ota_push_now(push);
	result = ota_push_send(push, &request, &answer);
	push->send_ms = ota_push_now(push) - before;
	ota_answer_free(&answer);
	if (result == OTA_STEP_FAILED && push->refusal.status == 415 && !push->plain) {
		push->plain = true; /* it has no memory for a decoder now */
		push->fault = NULL;
		return send_part(push, at, end);
	}
	return result;
}

/* The run of sectors to send next, from `at`; false: there is none. */
static bool next_part(const struct plan *plan, uint32_t *at, uint32_t *end)
{
	uint32_t most;

	while (*at < plan->count && !plan->differs[*at])
		++*at;
	most = *at ? PART_SECTORS - *at % PART_SECTORS : FIRST_SECTORS;
	for (*end = *at; *end < plan->count && *end - *at < most && plan->differs[*end];)
		++*end;
	return *at < plan->count;
}

static enum ota_step_result send_parts(struct ota_push *push, struct plan *plan)
{
	uint32_t at = 0, end;

	for (; next_part(plan, &at, &end); at = end) {
		enum ota_step_result result = send_part(push, at, end);

		if (result)
			return result;
		memset(plan->differs + at, 0, end - at);
		count_left(push, plan);
	}
	return OTA_STEP_DONE;
}

/* The restart that proves the switch is the one after it: a device may have restarted in the middle
 * of the upload, and a client that just connects again does not notice. */
static enum ota_step_result note_boot(struct ota_push *push)
{
	enum ota_step_result result = ota_push_probe(push);

	if (!result && strcmp(push->device.id, push->id) != 0)
		return ota_push_fail(push, &ota_fault_other_device, "%s", push->device.id);
	if (!result)
		memcpy(push->old_boot, push->device.boot, sizeof(push->old_boot));
	return result;
}

/* Everything is there: read back, verify, switch. */
static enum ota_step_result finish(struct ota_push *push)
{
	struct ota_request request;
	struct ota_answer answer;
	enum ota_step_result result;

	ota_push_enter(push, OTA_PUSH_SWITCH);
	begin_put(push, &request);
	ota_request_field(&request, "OTA-Commit: switch");
	ota_request_field(&request, "OTA-Restart: %d", !push->options->no_restart);
	request.silence_ms = FINISH_MS + push->image->size / 1024 * FINISH_MS_PER_MIB / 1024;
	if (request.silence_ms < push->client.silence_ms)
		request.silence_ms = push->client.silence_ms;
	result = ota_push_send(push, &request, &answer);
	ota_answer_free(&answer);
	push->switched |= !result;
	return result;
}

static bool same_ending(const struct ota_ending_info *a, const struct ota_ending_info *b)
{
	return a->known == b->known && strcmp(a->image, b->image) == 0 &&
	       strcmp(a->how, b->how) == 0;
}

static void digest_hex(const struct ota_push *push, char hex[static OTA_INFO_HEX_SIZE])
{
	for (size_t i = 0; i < OTA_SHA256_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", push->image->digest[i]);
}

/* The answer was lost: what does the device say that came of it? */
static enum ota_step_result settle(struct ota_push *push)
{
	const struct ota_ending_info *last = &push->device.last;
	bool restarted = strcmp(push->device.boot, push->old_boot) != 0;
	char digest[OTA_INFO_HEX_SIZE];

	if (strcmp(push->device.id, push->id) != 0)
		return ota_push_fail(push, &ota_fault_other_device, "%s", push->device.id);
	digest_hex(push, digest);
	if (restarted && ota_push_runs_image(push)) {
		push->switched = true;
		return OTA_STEP_DONE;
	}
	if (!restarted && last->known && strcmp(last->image, digest) == 0 &&
	    !same_ending(last, &push->old_last)) {
		push->old_last = *last;
		push->switched = push->stage == OTA_PUSH_SWITCH && !last->how[0];
		if (push->switched)
			return OTA_STEP_DONE;
		if (last->how[0])
			return ota_push_fail(push, &ota_fault_refused, "%s", last->how);
	}
	if (strcmp(push->device.next, push->slot) != 0)
		return ota_push_fail(push, &ota_fault_other_slot, "%s", push->device.running);
	return OTA_STEP_AGAIN;
}

static enum ota_step_result try_once(struct ota_push *push, struct plan *plan)
{
	enum ota_step_result result;

	ota_push_enter(push, OTA_PUSH_UPLOAD);
	result = make_plan(push, plan);
	if (!result)
		result = send_parts(push, plan);
	if (result || push->options->dry_run)
		return result;
	result = note_boot(push);
	return result ? result : finish(push);
}

bool ota_push_upload(struct ota_push *push)
{
	struct plan plan = { .count = (push->image->size + SECTOR - 1) / SECTOR };
	enum ota_step_result result;

	push->least = UINT32_MAX;
	plan.differs = malloc(plan.count);
	if (!plan.differs)
		return ota_push_fail(push, &ota_fault_memory, "%s", "") == OTA_STEP_DONE;
	while ((result = try_once(push, &plan)) == OTA_STEP_AGAIN) {
		if (!ota_push_wait(push) || !ota_push_ask(push) ||
		    (result = settle(push)) != OTA_STEP_AGAIN)
			break;
	}
	free(plan.differs);
	return result == OTA_STEP_DONE && !push->fault;
}
