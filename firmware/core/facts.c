/* SPDX-License-Identifier: MIT */
/* facts.c - what a slot says of itself, without hashing: description and stored digest */
#include <string.h>

#include "firmware/core/core.h"
#include "lib/cursor.h"

#define DESC_AT (OTA_IMAGE_HEADER_SIZE + OTA_SEGMENT_HEADER_SIZE)

static bool read_at(const struct ota_receiver *rx, uint32_t addr, void *buf, size_t size)
{
	const struct ota_flash *flash = rx->port->flash;

	return flash->read(flash->ctx, addr, buf, size) == 0;
}

static bool read_desc(const struct ota_receiver *rx, struct ota_place place,
		      struct ota_app_desc *desc)
{
	uint8_t raw[OTA_APP_DESC_SIZE];

	return place.size > DESC_AT + sizeof(raw) &&
	       read_at(rx, place.addr + DESC_AT, raw, sizeof(raw)) &&
	       ota_app_desc_decode(raw, sizeof(raw), desc) == OTA_OK;
}

/* From segment to segment to the digest behind the last one. */
static bool read_digest(const struct ota_receiver *rx, struct ota_place place,
			uint8_t digest[static OTA_SHA256_SIZE])
{
	uint8_t raw[OTA_IMAGE_HEADER_SIZE];
	uint32_t at = OTA_IMAGE_HEADER_SIZE;

	if (!place.size || !read_at(rx, place.addr, raw, sizeof(raw)) ||
	    raw[0] != OTA_IMAGE_MAGIC || raw[1] > OTA_SEGMENTS_MAX || raw[23] != 1)
		return false;
	for (unsigned left = raw[1]; left; left--) {
		uint8_t segment[OTA_SEGMENT_HEADER_SIZE];
		struct ota_reader r = ota_reader(segment, sizeof(segment));
		uint32_t size;

		if (place.size - at < sizeof(segment) ||
		    !read_at(rx, place.addr + at, segment, sizeof(segment)))
			return false;
		at += sizeof(segment);
		ota_get_u32(&r);
		size = ota_get_u32(&r);
		if (size > place.size - at)
			return false;
		at += size;
	}
	at += 16 - at % 16;
	return at <= place.size && place.size - at >= OTA_SHA256_SIZE &&
	       read_at(rx, place.addr + at, digest, OTA_SHA256_SIZE);
}

bool ota_slot_digest(const struct ota_receiver *rx, int choice,
		     uint8_t digest[static OTA_SHA256_SIZE])
{
	return read_digest(rx, ota_layout_place(rx, choice), digest);
}

bool ota_slot_is(const struct ota_receiver *rx, int choice,
		 const uint8_t digest[static OTA_SHA256_SIZE])
{
	uint8_t found[OTA_SHA256_SIZE];

	return ota_slot_digest(rx, choice, found) && memcmp(found, digest, sizeof(found)) == 0;
}

bool ota_slot_desc(const struct ota_receiver *rx, int choice, struct ota_app_desc *desc)
{
	struct ota_place place = ota_layout_place(rx, choice);
	uint8_t magic;

	return place.size && read_at(rx, place.addr, &magic, 1) && magic == OTA_IMAGE_MAGIC &&
	       read_desc(rx, place, desc);
}

bool ota_running_desc(const struct ota_receiver *rx, struct ota_app_desc *desc)
{
	return ota_slot_desc(rx, rx->port->device->running, desc);
}
