/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/device.h"
#include "cli/input.h"
#include "cli/push_curl.h"
#include "cli/push_report.h"
#include "cli/say.h"
#include "lib/host/crypto_load.h"
#include "lib/host/finding.h"
#include "lib/host/push_image.h"

#define IMAGES_MAX 16u

static struct {
	char **image, **force;
	char *confirm, *soak, *slot, *compress;
	int no_restart, dry_run, require_rollback, print_curl;
} opt;

static struct poptOption options[] = {
	{ "image", 0, POPT_ARG_ARGV, &opt.image, 0,
	  "A further image; each device gets the first that it would take", "FILE" },
	{ "confirm", 0, POPT_ARG_STRING, &opt.confirm, 0,
	  "When the new app is confirmed: ready, answer, app or none (ready)", "CONFIRM" },
	{ "soak", 0, POPT_ARG_STRING, &opt.soak, 0, "How long it has to run before that (0)",
	  "SECONDS" },
	{ "no-restart", 0, POPT_ARG_NONE, &opt.no_restart, 0,
	  "Switch, but leave the restart to somebody else", NULL },
	{ "slot", 0, POPT_ARG_STRING, &opt.slot, 0, "Only if it goes to this slot", "SLOT_NAME" },
	{ "force", 0, POPT_ARG_ARGV, &opt.force, 0,
	  "Push despite: same, project, downgrade, receiver or failed", "WHAT" },
	{ "compress", 0, POPT_ARG_STRING, &opt.compress, 0,
	  "Deflate what is sent: auto or none (auto)", "HOW" },
	{ "require-rollback", 0, POPT_ARG_NONE, &opt.require_rollback, 0,
	  "Refuse a device whose bootloader may not roll back", NULL },
	{ "dry-run", 'n', POPT_ARG_NONE, &opt.dry_run, 0,
	  "Ask the device and say what would be sent, change nothing", NULL },
	{ "print-curl", 0, POPT_ARG_NONE, &opt.print_curl, 0,
	  "Print the upload as one command for curl, good for two minutes, and send nothing",
	  NULL },
	{ NULL, 0, POPT_ARG_INCLUDE_TABLE, device_options, 0, "How devices are reached:", NULL },
	POPT_TABLEEND
};

/* An image, and what it was when it was read. */
struct candidate {
	struct file file;
	struct stat st;
	struct ota_push_file push;
};

/* What is pushed; the device comes first, for push_report(). */
struct job {
	struct device device;
	char force[64];
	struct ota_push_options options;
};

static struct {
	struct candidate list[IMAGES_MAX];
	size_t count;
} images;

static enum exit_code read_image(const char *name)
{
	struct candidate *c = &images.list[images.count];
	struct ota_diag diag = { 0 };
	enum ota_status status;
	enum exit_code code;

	if (images.count == IMAGES_MAX)
		return say_usage("more than %u images", IMAGES_MAX);
	code = file_read(name, &c->file);
	if (code)
		return code;
	images.count++;
	if (stat(name, &c->st) < 0)
		c->st.st_size = -1;
	if (c->file.size > UINT32_MAX)
		return say_error(EXIT_NO, name, "too large for an image");
	status = ota_push_file_read(c->file.data, (uint32_t)c->file.size, &c->push, &diag);
	return status ? say_failure(c->file.name, status, &diag) : EXIT_YES;
}

static enum exit_code read_images(const char *first)
{
	enum exit_code code = EXIT_YES;

	if (!ota_crypto())
		return say_error(EXIT_SYSTEM, NULL,
				 "libcrypto (OpenSSL 3) is not installed, and images need it");
	code = read_image(first);
	for (char **name = opt.image; !code && name && *name; name++)
		code = read_image(*name);
	return code;
}

/* It was read whole, so what was pushed is one image; but perhaps not the one that is meant now. */
static void warn_of_changes(void)
{
	struct stat now;

	for (size_t i = 0; i < images.count; i++) {
		const struct candidate *c = &images.list[i];

		if (c->st.st_size < 0 || stat(c->file.name, &now) < 0)
			continue;
		if (now.st_size != c->st.st_size || now.st_mtim.tv_sec != c->st.st_mtim.tv_sec ||
		    now.st_mtim.tv_nsec != c->st.st_mtim.tv_nsec)
			say_warning(c->file.name,
				    "changed meanwhile: what was pushed is the image as it was "
				    "when the push began");
	}
}

/* The first image that the device would take; the reason against the first one, where none is. */
static const struct ota_push_image *choose(struct ota_push *push)
{
	const struct job *job = push->ctx;

	for (size_t i = 0; i < images.count; i++) {
		struct ota_diag diag = { 0 };
		char *text;

		if (ota_push_file_fit(&images.list[i].push, &push->device, job->options.force,
				      &diag) == OTA_OK) {
			push->fault = NULL;
			return &images.list[i].push.push;
		}
		if (push->fault)
			continue;
		text = diag.rule ? ota_finding_text(diag.rule->what, &diag) : NULL;
		snprintf(push->why, sizeof(push->why), "%s: %.150s [%s]", images.list[i].file.name,
			 text ? text : "does not fit", diag.rule ? diag.rule->id : "image");
		free(text);
		push->fault = &ota_fault_misfit;
	}
	return NULL;
}

static enum exit_code parse_confirm(enum ota_push_confirm *confirm)
{
	static const char *const words[] = { "ready", "answer", "app", "none" };

	for (size_t i = 0; opt.confirm && i < ARRAY_LEN(words); i++) {
		if (strcmp(opt.confirm, words[i]) == 0) {
			*confirm = (enum ota_push_confirm)i;
			return EXIT_YES;
		}
	}
	return opt.confirm
		     ? say_usage("--confirm: '%s' is none of ready, answer, app, none", opt.confirm)
		     : EXIT_YES;
}

static bool is_wire_word(const char *word, size_t n)
{
	static const char *const words[] = { "project", "downgrade", "receiver", "failed" };
	size_t i = 0;

	while (i < ARRAY_LEN(words) && (strlen(words[i]) != n || memcmp(words[i], word, n) != 0))
		i++;
	return i < ARRAY_LEN(words);
}

/* "project,same": `same` is for us, the others for the device. */
static enum exit_code parse_force_list(const char *list, struct job *job)
{
	size_t n, used;

	do {
		n = strcspn(list, ",");
		used = strlen(job->force);
		if (n == 4 && memcmp(list, "same", 4) == 0)
			job->options.same = true;
		else if (!is_wire_word(list, n))
			return say_usage("--force: '%.*s' is none of same, project, downgrade, "
					 "receiver, failed",
					 (int)n, list);
		else if (!memmem(job->force, used, list, n))
			snprintf(job->force + used, sizeof(job->force) - used, "%s%.*s",
				 used ? "," : "", (int)n, list);
		list += n;
	} while (*list++);
	return EXIT_YES;
}

static enum exit_code parse_options(struct job *job)
{
	uint64_t soak = 0;
	enum exit_code code = device_limits(&job->options);

	if (!code)
		code = parse_confirm(&job->options.confirm);
	if (!code)
		code = input_number("--soak", opt.soak, 86400, &soak);
	for (char **list = opt.force; !code && list && *list; list++)
		code = parse_force_list(*list, job);
	if (!code && opt.compress && strcmp(opt.compress, "auto") != 0 &&
	    strcmp(opt.compress, "none") != 0)
		code = say_usage("--compress: '%s' is neither auto nor none", opt.compress);
	job->options.soak_ms = (unsigned)soak * 1000;
	job->options.slot = opt.slot;
	job->options.force = job->force[0] ? job->force : NULL;
	job->options.plain = opt.compress && strcmp(opt.compress, "none") == 0;
	job->options.no_restart = opt.no_restart;
	job->options.dry_run = opt.dry_run;
	job->options.require_rollback = opt.require_rollback;
	return code;
}

static enum exit_code push_to(const char *name, struct job *job)
{
	struct ota_push push = {
		.options = &job->options, .choose = choose, .report = push_report, .ctx = job
	};
	enum exit_code code = device_open(name, &job->device);

	if (code)
		return push_report_unasked(name, code);
	push.client = job->device.client;
	job->options.expect_id = job->device.expect_id[0] ? job->device.expect_id : NULL;
	if (opt.print_curl) {
		code = push_print_curl(&job->device, images.list[0].file.name,
				       &images.list[0].push.push, &job->options);
		device_close(&job->device);
		return code;
	}
	ota_push_run(&push);
	code = push_report_result(&job->device, &push);
	ota_push_free(&push);
	device_close(&job->device);
	return code;
}

static enum exit_code run(const char **args)
{
	static struct job job;
	enum exit_code worst = parse_options(&job);

	if (!worst)
		worst = read_images(args[0]);
	if (!worst) {
		for (args++; *args && !device_stopped(); args++) {
			enum exit_code code = push_to(*args, &job);

			worst = code > worst ? code : worst;
		}
		warn_of_changes();
	}
	for (size_t i = 0; i < images.count; i++)
		file_free(&images.list[i].file);
	return worst;
}

const struct command cmd_push = { "push", "IMAGE DEVICE...",
				  "bring an image to devices, and prove that it runs", options,
				  run };
