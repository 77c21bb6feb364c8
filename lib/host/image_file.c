/* SPDX-License-Identifier: MIT */
#include "lib/host/image_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cursor.h"
#include "lib/image_esp8266.h"

struct examination {
	const struct ota_image_want *want;
	struct ota_image_file *file;
};

static void forward(void *ctx, const struct ota_diag *diag)
{
	const struct examination *e = ctx;

	if (e->want->report)
		e->want->report(e->want->ctx, diag);
}

static void keep_segment(void *ctx, const struct ota_segment *segment)
{
	struct ota_image_file *file = ((const struct examination *)ctx)->file;

	if (file->segment_count == ARRAY_LEN(file->segments))
		return;
	file->segments[file->segment_count] = *segment;
	file->segments[file->segment_count].index = (uint8_t)file->segment_count;
	file->segment_count++;
}

static void feed_image(void *ctx, const void *data, size_t size)
{
	ota_image_feed(ctx, data, size);
}

static enum ota_status read_signatures(const struct ota_source *source, struct ota_image_file *file)
{
	uint32_t size = ota_image_size_signed(&file->image);

	if (file->image.tail == OTA_TAIL_SIGNED_V1)
		return ota_signatures_read(source, 1, size - OTA_SIGNATURE_V1_SIZE,
					   &file->signatures);
	if (file->image.tail == OTA_TAIL_SIGNED_V2)
		return ota_signatures_read(source, 2, size - OTA_SIGNATURE_SECTOR,
					   &file->signatures);
	return OTA_OK;
}

struct arduino {
	uint32_t at, crc;
};

/* The CRC over the file, in which its own words count as zeros. */
static void feed_arduino(void *ctx, const void *data, size_t size)
{
	static const uint8_t zero;
	struct arduino *a = ctx;
	const uint8_t *p = data;

	for (size_t i = 0; i < size; i++, a->at++)
		a->crc =
			ota_arduino_crc(a->crc, a->at - OTA_ARDUINO_SIZE_AT < 8 ? &zero : p + i, 1);
}

/* eboot, 0xAA, and the sketch at 0x1000. */
static bool is_arduino(const struct ota_source *source, const struct ota_image *image)
{
	uint8_t fill[16], magic;

	return image->form == OTA_FORM_ESP8266_V1 && image->length &&
	       image->length + sizeof(fill) <= OTA_ARDUINO_SKETCH &&
	       source->size > OTA_ARDUINO_CRC_AT + 4 &&
	       !ota_source_read(source, OTA_ARDUINO_SKETCH - sizeof(fill), fill, sizeof(fill)) &&
	       fill[0] == 0xAA && memcmp(fill, fill + 1, sizeof(fill) - 1) == 0 &&
	       !ota_source_read(source, OTA_ARDUINO_SKETCH, &magic, 1) && magic == OTA_IMAGE_MAGIC;
}

static void find(struct ota_image_file *file, const struct ota_image_want *want,
		 const struct ota_diag *diag)
{
	if (!file->image.status) {
		file->image.status = OTA_E_CHECKSUM;
		file->image.diag = *diag;
	}
	if (want->report)
		want->report(want->ctx, diag);
}

static enum ota_status judge_arduino(const struct ota_source *source,
				     const struct ota_image_want *want, struct ota_image_file *file)
{
	uint8_t words[8];
	struct ota_reader r = ota_reader(words, sizeof(words));
	struct arduino a = { 0, UINT32_MAX };
	uint32_t span[2] = { 0, source->size }, size, stored;
	enum ota_status status = ota_source_read(source, OTA_ARDUINO_SIZE_AT, words, sizeof(words));

	if (status)
		return status;
	file->arduino = true;
	size = ota_get_u32(&r);
	stored = ota_get_u32(&r);
	file->image.length = size;
	if (size != source->size) {
		find(file, want,
		     &(struct ota_diag){ .rule = &ota_image_rules[OTA_IMAGE_SHORT],
					 .offset = source->size,
					 .value = source->size,
					 .low = size,
					 .high = size,
					 .name = "the sketch" });
		return OTA_OK;
	}
	status = ota_source_feed(source, span, feed_arduino, &a);
	if (!status && a.crc != stored)
		find(file, want,
		     &(struct ota_diag){ .rule = &ota_image_rules[OTA_IMAGE_CRC],
					 .offset = OTA_ARDUINO_CRC_AT,
					 .value = stored,
					 .low = a.crc,
					 .high = a.crc });
	return status;
}

enum ota_status ota_image_examine(const struct ota_source *source,
				  const struct ota_image_want *want, struct ota_image_file *file)
{
	struct examination e = { want, file };
	struct ota_image_want mine = *want;
	const uint32_t span[2] = { 0, source->size };
	enum ota_status status;

	memset(file, 0, sizeof(*file));
	mine.ctx = &e;
	mine.report = forward;
	mine.segment = keep_segment;
	mine.desc = file->desc;
	ota_image_begin(&file->image, &mine);
	status = ota_source_feed(source, span, feed_image, &file->image);
	if (status)
		return status;
	(void)!ota_image_finish(&file->image);
	if (file->image.is_app)
		(void)!ota_app_desc_decode(file->desc, sizeof(file->desc), &file->app);
	file->has_bootloader =
		file->image.is_bootloader &&
		!ota_bootloader_desc_decode(file->desc, sizeof(file->desc), &file->bootloader);
	if (is_arduino(source, &file->image))
		return judge_arduino(source, want, file);
	return read_signatures(source, file);
}
