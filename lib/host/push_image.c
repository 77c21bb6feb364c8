/* SPDX-License-Identifier: MIT */
#include "lib/host/push_image.h"

#include <stdio.h>
#include <string.h>

#include "lib/marker.h"

static void put_hex(const uint8_t digest[static OTA_SHA256_SIZE],
		    char hex[static OTA_INFO_HEX_SIZE])
{
	for (size_t i = 0; i < OTA_SHA256_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static enum ota_status judge(const struct ota_push_image *push, const struct ota_image_want *want,
			     struct ota_image *image, struct ota_diag *diag)
{
	enum ota_status status;

	ota_image_begin(image, want);
	(void)ota_image_feed(image, push->data, push->size);
	status = ota_image_finish(image);
	*diag = image->diag;
	return status;
}

enum ota_status ota_push_file_read(const uint8_t *data, uint32_t size, struct ota_push_file *file,
				   struct ota_diag *diag)
{
	uint8_t desc[OTA_APP_DESC_SIZE] = { 0 };
	const struct ota_image_want want = { .role = OTA_ROLE_APP,
					     .revision = OTA_REVISION_NONE,
					     .block_revision = OTA_REVISION_NONE,
					     .hash = true,
					     .alone = true,
					     .desc = desc };
	struct ota_image image;
	struct ota_sha256 sha;
	enum ota_status status;

	memset(file, 0, sizeof(*file));
	file->push.data = data;
	file->push.size = size;
	status = judge(&file->push, &want, &image, diag);
	if (status)
		return status;
	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, data, size);
	ota_sha256_finish(&sha, file->push.digest);
	if (image.form == OTA_FORM_ESP8266_RTOS || image.header.hash_appended)
		put_hex(image.buf, file->push.image);
	file->described = ota_app_desc_decode(desc, sizeof(desc), &file->desc) == OTA_OK;
	if (file->described)
		put_hex(file->desc.elf_sha256, file->push.elf_sha256);
	return OTA_OK;
}

/* clang-format off */
static const struct ota_rule no_receiver = { "image-no-receiver", OTA_ERROR,
	OTA_TEXT("it holds no receiver, so it would be the last push (--force=receiver takes that)"),
	OTA_TEXT("the receiver's marker stands in the first 4 KiB"), NULL };
static const struct ota_rule failed_before = { "image-failed-before", OTA_ERROR,
	OTA_TEXT("it failed its trial before, {name} still holds it (--force=failed tries again)"),
	OTA_TEXT("what was rolled back is not started again"), NULL };
/* clang-format on */

static enum ota_status refuse(struct ota_diag *diag, const struct ota_rule *rule, const char *name)
{
	*diag = (struct ota_diag){ .rule = rule, .offset = OTA_NO_OFFSET, .name = name };
	return OTA_E_VALUE;
}

/* Is `word` in the list? None of the words is a part of another. */
static bool is_forced(const char *force, const char *word)
{
	return force && strstr(force, word);
}

/* The slot in which this very image failed; NULL: none, or it runs all the same. */
static const struct ota_slot_info *find_failed(const struct ota_push_file *file,
					       const struct ota_device_info *device)
{
	if (strcmp(ota_device_info_running_image(device), file->push.image) == 0)
		return NULL;
	for (size_t i = 0; i < device->slot_count; i++) {
		const struct ota_slot_info *slot = &device->slots[i];

		if (slot->image[0] && strcmp(slot->image, file->push.image) == 0 &&
		    (strcmp(slot->state, "aborted") == 0 || strcmp(slot->state, "invalid") == 0))
			return slot;
	}
	return NULL;
}

enum ota_status ota_push_file_fit(const struct ota_push_file *file,
				  const struct ota_device_info *device, const char *force,
				  struct ota_diag *diag)
{
	const struct ota_slot_info *failed = find_failed(file, device);
	struct ota_image_want want = {
		.chip = ota_chip_by_name(device->chip),
		.role = OTA_ROLE_APP,
		.revision = (uint16_t)device->revision,
		.block_revision = OTA_REVISION_NONE,
		.secure_version = device->secure_version,
		.project = device->project[0] && !is_forced(force, "project")
				 ? ota_project_wanted(device->project)
				 : NULL,
		.room = device->max_image,
		.hash = true,
		.alone = true,
	};
	struct ota_image image;
	enum ota_status status = judge(&file->push, &want, &image, diag);

	if (status)
		return status;
	if (!is_forced(force, "receiver") && !ota_marker_found(file->push.data, file->push.size))
		return refuse(diag, &no_receiver, NULL);
	if (failed && !is_forced(force, "failed"))
		return refuse(diag, &failed_before, failed->name);
	return OTA_OK;
}
