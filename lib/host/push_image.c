/* SPDX-License-Identifier: MIT */
#include "lib/host/push_image.h"

#include <stdio.h>
#include <string.h>

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

enum ota_status ota_push_file_fit(const struct ota_push_file *file,
				  const struct ota_device_info *device, bool other_project,
				  struct ota_diag *diag)
{
	struct ota_image_want want = {
		.chip = ota_chip_by_name(device->chip),
		.role = OTA_ROLE_APP,
		.revision = (uint16_t)device->revision,
		.block_revision = OTA_REVISION_NONE,
		.secure_version = device->secure_version,
		.project = device->project[0] && !other_project
				 ? ota_project_wanted(device->project)
				 : NULL,
		.room = device->max_image,
		.hash = true,
		.alone = true,
	};
	struct ota_image image;

	return judge(&file->push, &want, &image, diag);
}
