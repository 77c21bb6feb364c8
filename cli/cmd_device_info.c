/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/device.h"

static struct poptOption options[] = { { NULL, 0, POPT_ARG_INCLUDE_TABLE, device_options, 0,
					 "How devices are reached:", NULL },
				       POPT_TABLEEND };

static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

static void put(const char *what, const char *text)
{
	printf("%-13s %s\n", what, or_dash(text));
}

static void show_slots(const struct ota_device_info *info)
{
	printf("\n%-10s %10s  %-10s %-20s %-16s %s\n", "SLOT", "SIZE", "STATE", "PROJECT",
	       "VERSION", "IMAGE");
	for (size_t i = 0; i < info->slot_count; i++) {
		const struct ota_slot_info *slot = &info->slots[i];

		printf("%-10s %10u  %-10s %-20s %-16s %.16s\n", slot->name, slot->size,
		       or_dash(slot->state), or_dash(slot->project), or_dash(slot->version),
		       or_dash(slot->image));
	}
}

static void show_text(const struct ota_device_info *info)
{
	char text[OTA_WHY_SIZE];

	put("id", info->id);
	snprintf(text, sizeof(text), "%s, revision %u.%u", info->chip, info->revision / 100,
		 info->revision % 100);
	put("chip", text);
	snprintf(text, sizeof(text), "%s %s", or_dash(info->project), info->version);
	put("app", text);
	snprintf(text, sizeof(text), "%s%s%s", info->running, info->state[0] ? ", " : "",
		 info->state);
	put("runs from", text);
	put("starts next", info->selected);
	put("writes to", info->next[0] ? info->next : info->via[0] ? "its slot, via factory" : "");
	put("ready", info->ready ? "yes" : "no");
	put("rolls back", info->rollback);
	if (info->last_trial.known) {
		snprintf(text, sizeof(text), "%s%s%s (image %.16s)", info->last_trial.how,
			 info->last_trial.reason[0] ? ", reset by " : "", info->last_trial.reason,
			 or_dash(info->last_trial.image));
		put("last trial", text);
	}
	if (info->last.known)
		put("last upload", info->last.how[0] ? info->last.how : "well");
	put("takes images", info->insecure ? "from anybody (insecure)" : "signed with its key");
	put("receiver", info->receiver);
	show_slots(info);
}

static enum exit_code run(const char **args)
{
	struct device device;
	struct ota_device_info info = { 0 };
	enum exit_code code = device_open(args[0], &device);

	if (!code)
		code = device_ask(&device, &info);
	if (!code && common.json) {
		json_object_set_new(info.json, "url", json_string(device.url));
		json_object_set_new(info.json, "authenticated",
				    json_boolean(device.client.authenticated));
		code = command_print_json(json_incref(info.json));
	} else if (!code) {
		show_text(&info);
	}
	ota_device_info_free(&info);
	device_close(&device);
	return code;
}

const struct command cmd_device_info = { "device info", "DEVICE",
					 "show what a device is, runs and holds", options, run };
