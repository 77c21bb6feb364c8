/* SPDX-License-Identifier: MIT */
#include "lib/image_esp8266.h"

#include <string.h>

#include "lib/cursor.h"
#include "lib/image_judge.h"

static void get_header(struct ota_reader *r, struct ota_image_header *header)
{
	ota_get_u8(r);
	header->segment_count = ota_get_u8(r);
	header->spi_mode = ota_get_u8(r);
	header->flash = ota_get_u8(r);
	header->entry = ota_get_u32(r);
	header->chip_id = OTA_CHIP_ESP8266;
}

/* Where the ESP32 has pins and drive settings stands the first load address. */
bool ota_esp8266_begins(const uint8_t raw[static 16])
{
	struct ota_reader r = ota_reader(raw + 8, 8);
	uint32_t load = ota_get_u32(&r);

	return (load >= 0x3FFE8000 && load < 0x40000000) ||
	       (load >= 0x40100000 && load < 0x40110000) ||
	       (load >= OTA_ESP8266_FLASH && load < OTA_ESP8266_FLASH + 0x100000);
}

static void refuse_magic(struct ota_image *image)
{
	ota_image_stop(image, OTA_IMAGE_BAD_MAGIC, image->taken - 16,
		       OTA_MADE_OF(.value = image->buf[0], .low = OTA_IMAGE_MAGIC,
				   .high = OTA_IMAGE_MAGIC));
}

void ota_esp8266_header(struct ota_image *image)
{
	struct ota_reader r = ota_reader(image->buf, 16);
	bool second = image->form == OTA_FORM_ESP8266_V2;

	image->chip = ota_chip_by_id(OTA_CHIP_ESP8266);
	get_header(&r, &image->header);
	if (second ? image->buf[0] != OTA_IMAGE_MAGIC
		   : image->buf[0] == OTA_ESP8266_V2_MAGIC &&
			     image->buf[1] != OTA_ESP8266_V2_COUNT) {
		refuse_magic(image);
		return;
	}
	if (!second)
		image->form = image->buf[0] == OTA_IMAGE_MAGIC ? OTA_FORM_ESP8266_V1
							       : OTA_FORM_ESP8266_V2;
	if (image->header.segment_count > OTA_SEGMENTS_MAX || !image->header.segment_count) {
		ota_image_stop(image, OTA_IMAGE_SEGMENT_COUNT, image->taken - 15,
			       OTA_MADE_OF(.value = image->header.segment_count, .low = 1,
					   .high = OTA_SEGMENTS_MAX));
		return;
	}
	image->at.load_addr = ota_get_u32(&r);
	image->at.size = ota_get_u32(&r);
	image->at.offset = image->taken;
	ota_image_judge_segment(image);
	if (image->phase == OTA_PHASE_DEAD)
		return;
	image->phase = OTA_PHASE_DATA;
	image->left = image->at.size;
	image->have = 0;
}

void ota_esp8266_link(struct ota_image *image)
{
	const struct ota_segment *at = &image->at;
	uint32_t here = (image->want.flash_addr + at->offset) % OTA_ESP8266_FLASH_WINDOW;
	uint32_t there = (at->load_addr - OTA_ESP8266_FLASH) % OTA_ESP8266_FLASH_WINDOW;

	if (image->linked_for != OTA_NOT_LINKED)
		return;
	image->linked_for = (there - at->offset) % OTA_ESP8266_FLASH_WINDOW;
	if (image->want.flash_addr && here != there)
		ota_image_find(
			image, OTA_IMAGE_SLOT, at->offset - 8,
			OTA_MADE_OF(.value = image->linked_for, .high = image->want.flash_addr));
}

/* A hash behind the checksum makes it an RTOS image. */
void ota_esp8266_settle(struct ota_image *image, bool ended)
{
	/* Less than a hash follows code in flash: finish() says that it is cut off. */
	if (ended && image->phase == OTA_PHASE_HASH && image->have && image->mapped)
		return;
	if (ended && image->phase == OTA_PHASE_HASH) {
		image->end = image->taken - image->have;
		image->tail_first = UINT32_MAX;
		image->phase = OTA_PHASE_TAIL;
		ota_image_tail(image, image->buf, image->have, image->end);
		return;
	}
	if (!ended && memcmp(image->buf, image->sha256, sizeof(image->sha256)) == 0) {
		image->form = OTA_FORM_ESP8266_RTOS;
		return;
	}
	if (!ended) {
		image->end -= OTA_IMAGE_HASH_SIZE;
		ota_image_tail(image, image->buf, OTA_IMAGE_HASH_SIZE, image->end);
		return;
	}
	/* Exactly a hash's length follows, and there is code in flash: it should be one. */
	if (image->taken - image->end == OTA_IMAGE_HASH_SIZE && image->mapped) {
		image->form = OTA_FORM_ESP8266_RTOS;
		ota_image_find(image, OTA_IMAGE_HASH, image->end, NULL);
		image->end = image->taken;
		image->tail_first = UINT32_MAX;
	}
}

uint32_t ota_esp8266_crc(uint32_t crc)
{
	return crc & 0x80000000 ? crc ^ 0xFFFFFFFF : crc + 1;
}

uint32_t ota_arduino_crc(uint32_t crc, const void *data, size_t size)
{
	const uint8_t *p = data;

	while (size--) {
		crc ^= (uint32_t)*p++ << 24;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc & 0x80000000 ? crc << 1 ^ 0x04C11DB7 : crc << 1;
	}
	return crc;
}
