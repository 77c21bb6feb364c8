/* SPDX-License-Identifier: MIT */
#include "cli/push_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/progress.h"
#include "cli/say.h"
#include "lib/host/finding.h"

static const struct device *device_of(const struct ota_push *push)
{
	return push->ctx;
}

/* One object a line, out at once: somebody may be waiting for it. */
static void put_line(json_t *line)
{
	json_t *whole = json_pack("{s:s}", "schema", command_schema());

	json_object_update(whole, line);
	json_dumpf(whole, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	fflush(stdout);
	json_decref(whole);
	json_decref(line);
}

static json_t *text_or_null(const char *text)
{
	return text && text[0] ? ota_json_text(text) : json_null();
}

static void put_event(const struct ota_push *push, enum ota_push_event event)
{
	static const char *const names[] = { "stage", "progress", "retry", "warning" };
	const struct ota_transport *transport = push->client.transport;
	json_t *line =
		json_pack("{s:s, s:s, s:s, s:I}", "event", names[event], "device",
			  device_of(push)->name, "stage", ota_push_stage_name(push->stage), "ms",
			  (json_int_t)(transport->now_ms(transport->ctx) - push->began));

	if (event == OTA_PUSH_PROGRESS)
		json_object_update_new(line,
				       json_pack("{s:I, s:I, s:I}", "done", (json_int_t)push->done,
						 "total", (json_int_t)push->total, "bytes_sent",
						 (json_int_t)push->bytes_sent));
	if (event == OTA_PUSH_RETRY)
		json_object_set_new(line, "in_ms", json_integer(push->wait_ms));
	if (event == OTA_PUSH_RETRY || event == OTA_PUSH_WARNING)
		json_object_set_new(line, "message", ota_json_text(push->why));
	put_line(line);
}

static const char *stage_text(enum ota_push_stage stage)
{
	switch (stage) {
	case OTA_PUSH_FACTORY: return "restarting into factory, to write the slot";
	case OTA_PUSH_SWITCH: return "verifying and switching";
	case OTA_PUSH_RESTART: return "restarting";
	case OTA_PUSH_CONFIRM: return "the new app runs; confirming it";
	default: return NULL;
	}
}

void push_report(struct ota_push *push, enum ota_push_event event)
{
	const char *name = device_of(push)->name;

	if (common.json)
		put_event(push, event);
	if (event == OTA_PUSH_PROGRESS) {
		progress_show(ota_push_stage_name(push->stage), push->done, push->total,
			      push->client.transport->now_ms(push->client.transport->ctx));
		return;
	}
	progress_clear();
	if (event == OTA_PUSH_STAGE && stage_text(push->stage))
		say_status("%s: %s", name, stage_text(push->stage));
	else if (event == OTA_PUSH_RETRY && push->wait_ms)
		say_note(name, "%s; again in %.1f s", push->why, push->wait_ms / 1000.0);
	else if (event == OTA_PUSH_RETRY)
		say_note(name, "%s; again at once", push->why);
	else if (event == OTA_PUSH_WARNING)
		say_warning(name, "%s", push->why);
}

static json_t *confirmed_json(const struct ota_push *push)
{
	switch (push->confirmed) {
	case OTA_CONFIRMED_NO: return json_false();
	case OTA_CONFIRMED_YES: return json_true();
	case OTA_CONFIRMED_APP: return json_string("app");
	case OTA_CONFIRMED_NEEDLESS: break;
	}
	return json_null();
}

static json_t *error_json(const struct ota_push *push, enum exit_code code)
{
	struct ota_diag diag = { .name = push->why };
	char *message;
	json_t *error;

	if (!push->fault)
		return json_null();
	diag.rule = &push->fault->rule;
	message = ota_finding_text(push->fault->rule.what, &diag);
	error = json_pack("{s:s, s:o, s:i, s:o}", "rule", push->fault->rule.id, "message",
			  ota_json_text(message), "status", (int)code, "device",
			  text_or_null(push->refusal.error));
	free(message);
	return error;
}

static void put_result(const struct device *device, const struct ota_push *push,
		       enum exit_code code)
{
	const char *image = ota_device_info_running_image(&push->device);

	put_line(json_pack(
		"{s:s, s:s, s:b, s:s, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:b, s:b, s:I, s:I, s:f, "
		"s:o, s:o}",
		"event", "result", "device", device->name, "ok", push->fault == NULL, "stage",
		ota_push_stage_name(push->stage), "id", text_or_null(push->id), "slot",
		text_or_null(push->slot), "running_image", text_or_null(image),
		"running_elf_sha256", text_or_null(push->device.elf_sha256), "switched",
		push->switched, "running", push->running, "confirmed", confirmed_json(push),
		"already", push->already, "authenticated", push->authenticated, "bytes_sent",
		(json_int_t)push->bytes_sent, "bytes_to_send", (json_int_t)push->would_send,
		"seconds", (double)push->milliseconds / 1000, "left",
		push->fault ? json_string(ota_push_left(push)) : json_null(), "error",
		error_json(push, code)));
}

static void say_success(const struct device *device, const struct ota_push *push)
{
	static const char *const confirmed[] = { "not confirmed", "confirmed",
						 "confirmed by itself", "there is no trial here" };
	const struct ota_device_info *info = &push->device;

	if (push->options->dry_run && !push->already)
		say_status("%s (%s): %u of %u bytes differ in %s, %llu would be sent", device->name,
			   push->id, push->missing, push->total,
			   push->slot[0] ? push->slot : "the slot",
			   (unsigned long long)push->would_send);
	else if (!push->running)
		say_status("%s (%s): %s starts next; it was not restarted", device->name, push->id,
			   push->slot);
	else
		say_status("%s (%s): %s %s %s from %s, %s (%llu bytes sent, %.1f s)", device->name,
			   push->id, info->project[0] ? info->project : "the app", info->version,
			   push->already ? "already runs" : "runs", push->slot,
			   confirmed[push->confirmed], (unsigned long long)push->bytes_sent,
			   (double)push->milliseconds / 1000);
}

enum exit_code push_report_result(const struct device *device, const struct ota_push *push)
{
	enum exit_code code = EXIT_YES;

	progress_clear();
	if (push->fault) {
		code = device_say(device, push->fault, push->why);
		say_note(device->name, "%s", ota_push_left(push));
	} else {
		say_success(device, push);
	}
	if (common.json)
		put_result(device, push, code);
	return code;
}

enum exit_code push_report_unasked(const char *name, enum exit_code code)
{
	if (common.json)
		put_line(json_pack("{s:s, s:s, s:b, s:s, s:n, s:n, s:n, s:n, s:b, s:b, s:b, s:b, "
				   "s:b, s:i, s:i, s:f, s:n, s:o}",
				   "event", "result", "device", name, "ok", 0, "stage", "probe",
				   "id", "slot", "running_image", "running_elf_sha256", "switched",
				   0, "running", 0, "confirmed", 0, "already", 0, "authenticated",
				   0, "bytes_sent", 0, "bytes_to_send", 0, "seconds", 0.0, "left",
				   "error", say_first_error(code)));
	return code;
}
