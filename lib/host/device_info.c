/* SPDX-License-Identifier: MIT */
#include "lib/host/device_info.h"

#include <string.h>

/* What comes from a device is shown to people: control characters, also those that UTF-8 writes as two
 * bytes, must not steer their terminal. */
static void clean(char *text)
{
	for (unsigned char *c = (unsigned char *)text; *c; c++) {
		if (*c < 0x20 || *c == 0x7F)
			*c = '?';
		else if (*c == 0xC2 && c[1] < 0xA0)
			c[0] = c[1] = '?';
	}
}

/* A member's text; false: it is there and no text, or too long. */
static bool get_text(const json_t *object, const char *key, char *out, size_t room)
{
	const json_t *member = json_object_get(object, key);

	out[0] = '\0';
	if (!member || json_is_null(member))
		return true;
	if (!json_is_string(member) || json_string_length(member) >= room ||
	    strlen(json_string_value(member)) != json_string_length(member))
		return false;
	memcpy(out, json_string_value(member), json_string_length(member) + 1);
	clean(out);
	return true;
}

static bool get_number(const json_t *object, const char *key, uint32_t *out)
{
	const json_t *member = json_object_get(object, key);

	*out = 0;
	if (!member || json_is_null(member))
		return true;
	if (!json_is_integer(member) || json_integer_value(member) < 0 ||
	    json_integer_value(member) > UINT32_MAX)
		return false;
	*out = (uint32_t)json_integer_value(member);
	return true;
}

static bool get_flag(const json_t *object, const char *key, bool *out)
{
	const json_t *member = json_object_get(object, key);

	*out = json_is_true(member);
	return !member || json_is_null(member) || json_is_boolean(member);
}

/* A word that may stand in a query: letters and digits. */
static bool get_word(const json_t *object, const char *key, char *out, size_t room)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyz_"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return get_text(object, key, out, room) && !out[strspn(out, allowed)];
}

#define GET_WORD(object, key, field) get_word((object), (key), (field), sizeof(field))
#define GET_TEXT(object, key, field) get_text((object), (key), (field), sizeof(field))

static bool get_slot(const json_t *object, struct ota_slot_info *slot)
{
	return json_is_object(object) && GET_WORD(object, "name", slot->name) && slot->name[0] &&
	       GET_TEXT(object, "state", slot->state) &&
	       GET_TEXT(object, "project", slot->project) &&
	       GET_TEXT(object, "version", slot->version) &&
	       GET_WORD(object, "image", slot->image) && get_number(object, "size", &slot->size);
}

static bool get_slots(const json_t *root, struct ota_device_info *info)
{
	const json_t *slots = json_object_get(root, "slots");

	if (!json_is_array(slots) || json_array_size(slots) > OTA_INFO_SLOTS_MAX)
		return false;
	for (size_t i = 0; i < json_array_size(slots); i++)
		if (!get_slot(json_array_get(slots, i), &info->slots[i]))
			return false;
	info->slot_count = json_array_size(slots);
	return true;
}

static const char trial[] = "last_trial";

/* `last` has the digest of what was sent and an error, `last_trial` an image and a state. */
static bool get_ending(const json_t *root, const char *key, struct ota_ending_info *ending)
{
	const json_t *object = json_object_get(root, key);
	char state[OTA_INFO_NAME_SIZE];

	if (!object || json_is_null(object))
		return true;
	ending->known = true;
	if (!json_is_object(object) || !GET_TEXT(object, "error", ending->how) ||
	    !GET_TEXT(object, "state", state) || !GET_TEXT(object, "reset", ending->reason) ||
	    !GET_TEXT(object, key == trial ? "image" : "digest", ending->image))
		return false;
	if (state[0])
		memcpy(ending->how, state, sizeof(state));
	return true;
}

static bool get_features(const json_t *root, struct ota_device_info *info)
{
	const json_t *list = json_object_get(root, "features");
	size_t i;
	json_t *word;

	if (list && !json_is_array(list))
		return false;
	json_array_foreach(list, i, word)
	{
		const char *text = json_string_value(word);

		info->deflate |= text && strcmp(text, "deflate") == 0;
		info->blocks |= text && strcmp(text, "blocks") == 0;
	}
	return true;
}

static bool get_facts(const json_t *root, struct ota_device_info *info)
{
	return GET_TEXT(root, "id", info->id) && GET_TEXT(root, "chip", info->chip) &&
	       GET_TEXT(root, "receiver", info->receiver) &&
	       GET_TEXT(root, "project", info->project) &&
	       GET_TEXT(root, "version", info->version) &&
	       GET_TEXT(root, "elf_sha256", info->elf_sha256) &&
	       GET_TEXT(root, "boot", info->boot) && GET_WORD(root, "running", info->running) &&
	       GET_WORD(root, "selected", info->selected) && GET_WORD(root, "next", info->next) &&
	       GET_WORD(root, "via", info->via) && GET_TEXT(root, "state", info->state) &&
	       GET_TEXT(root, "rollback", info->rollback) &&
	       get_number(root, "revision", &info->revision) &&
	       get_number(root, "secure_version", &info->secure_version) &&
	       get_number(root, "max_image", &info->max_image) &&
	       get_number(root, "window", &info->window) && get_flag(root, "ready", &info->ready) &&
	       get_flag(root, "insecure", &info->insecure);
}

enum ota_status ota_device_info_parse(const char *text, size_t size, struct ota_device_info *info)
{
	json_error_t error;

	memset(info, 0, sizeof(*info));
	info->json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(info->json) || !get_number(info->json, "api", &info->api) || !info->api)
		return OTA_E_MAGIC;
	if (!get_facts(info->json, info) || !get_features(info->json, info) ||
	    !get_slots(info->json, info) || !get_ending(info->json, "last", &info->last) ||
	    !get_ending(info->json, trial, &info->last_trial))
		return OTA_E_VALUE;
	return info->id[0] && info->boot[0] && info->running[0] && info->chip[0] ? OTA_OK
										 : OTA_E_VALUE;
}

void ota_device_info_free(struct ota_device_info *info)
{
	json_decref(info->json);
	memset(info, 0, sizeof(*info));
}

const struct ota_slot_info *ota_device_info_slot(const struct ota_device_info *info,
						 const char *name)
{
	for (size_t i = 0; i < info->slot_count; i++)
		if (strcmp(info->slots[i].name, name) == 0)
			return &info->slots[i];
	return NULL;
}

const char *ota_device_info_running_image(const struct ota_device_info *info)
{
	const struct ota_slot_info *slot = ota_device_info_slot(info, info->running);

	return slot ? slot->image : "";
}
