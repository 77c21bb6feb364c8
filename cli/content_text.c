/* SPDX-License-Identifier: MIT */
#include "cli/content_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/host/finding.h"
#include "lib/host/part_text.h"

static void print_app(const struct ota_slot_image *image)
{
	char *why;

	if (image->described) {
		ota_text_put(stdout, image->project, sizeof(image->project));
		putchar(' ');
		ota_text_put(stdout, image->version, sizeof(image->version));
	} else {
		fputs("app", stdout);
	}
	if (image->verdict == OTA_SLOT_GOOD)
		return;
	why = image->diag.rule ? ota_finding_text(image->diag.rule->what, &image->diag) : NULL;
	printf(", %s", why ? why : ota_slot_verdict_text(image->verdict));
	free(why);
}

/* The slot that the records select, as the bootloader counts. */
static void print_otadata(const struct ota_contents *contents)
{
	unsigned count = contents->sim.slots.count;
	char name[OTA_CHOICE_NAME_SIZE];

	if (contents->active < 0 || !count)
		fputs("selects nothing", stdout);
	else
		printf("selects %s",
		       ota_sim_name(&contents->sim,
				    (int)ota_seq_slot(contents->pair[contents->active].seq, count),
				    name));
}

void content_print(const struct ota_contents *contents, unsigned row)
{
	const struct ota_content *content = &contents->parts[row];

	switch (content->kind) {
	case OTA_CONTENT_OUTSIDE: fputs("beyond the dump", stdout); break;
	case OTA_CONTENT_BLANK: fputs("blank", stdout); break;
	case OTA_CONTENT_APP: print_app(&content->image); break;
	case OTA_CONTENT_OTADATA: print_otadata(contents); break;
	case OTA_CONTENT_DATA: fputs("data", stdout); break;
	}
	fputs(content->running ? ", running" : "", stdout);
	fputs(content->next ? ", next" : "", stdout);
	fputs(content->broken ? ", broken" : "", stdout);
}

static const char *const kinds[] = {
	[OTA_CONTENT_OUTSIDE] = "outside", [OTA_CONTENT_BLANK] = "blank", [OTA_CONTENT_APP] = "app",
	[OTA_CONTENT_OTADATA] = "otadata", [OTA_CONTENT_DATA] = "data",
};

json_t *content_json(const struct ota_contents *contents, unsigned row)
{
	const struct ota_content *content = &contents->parts[row];
	bool described = content->kind == OTA_CONTENT_APP && content->image.described;
	const char *state = content->kind == OTA_CONTENT_OTADATA && contents->active >= 0
				  ? ota_state_name(contents->pair[contents->active].state)
				  : NULL;

	return json_pack(
		"{s:s, s:o, s:o, s:s?, s:b, s:I, s:b, s:b, s:b}", "kind", kinds[content->kind],
		"project", ota_json_text(described ? content->image.project : NULL), "version",
		ota_json_text(described ? content->image.version : NULL), "state", state, "blank",
		content->kind == OTA_CONTENT_BLANK, "used", (json_int_t)content->used, "running",
		(int)content->running, "next", (int)content->next, "broken", (int)content->broken);
}
