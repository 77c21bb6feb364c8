/* SPDX-License-Identifier: MIT */
#include "lib/image_judge.h"

#include <string.h>

#define LOADED_FROM 0x10000000u /* load addresses below are padding and other marks */

#ifndef OTA_NO_TEXT
#define IS_BOOTLOADER "a bootloader"
#define IS_APP "an app"
static const char segment_names[OTA_SEGMENTS_MAX][12] = {
	"segment 0",  "segment 1",  "segment 2",  "segment 3", "segment 4",  "segment 5",
	"segment 6",  "segment 7",  "segment 8",  "segment 9", "segment 10", "segment 11",
	"segment 12", "segment 13", "segment 14", "segment 15"
};
static const char *chip_title(uint32_t id)
{
	const struct ota_chip *chip = ota_chip_by_id(id);
	const char *title = chip ? chip->title : ota_chip_retired(id);

	return title ? title : "an unknown chip";
}
#endif

uint16_t ota_image_u16(const uint8_t raw[static 2])
{
	return (uint16_t)(raw[0] | raw[1] << 8);
}

uint32_t ota_image_u32(const uint8_t raw[static 4])
{
	return ota_image_u16(raw) | (uint32_t)ota_image_u16(raw + 2) << 16;
}

static void get_header(const uint8_t raw[static OTA_IMAGE_HEADER_SIZE],
		       struct ota_image_header *header)
{
	header->segment_count = raw[1];
	header->spi_mode = raw[2];
	header->flash = raw[3];
	header->entry = ota_image_u32(raw + 4);
	header->wp_pin = raw[8];
	memcpy(header->drive, raw + 9, sizeof(header->drive));
	header->chip_id = ota_image_u16(raw + 12);
	header->min_revision_legacy = raw[14];
	header->min_revision = ota_image_u16(raw + 15);
	header->max_revision = ota_image_u16(raw + 17);
	header->hash_appended = raw[23];
}

static void judge_chip(struct ota_image *image)
{
	uint32_t id = image->header.chip_id;
	const struct ota_chip *named = ota_chip_by_id(id), *chip = image->want.chip;

	if (chip && chip->id == id)
		return;
	if (chip)
		ota_image_find(image, OTA_IMAGE_CHIP, 12,
			       OTA_MADE_OF(.value = id, .low = chip->id, .high = chip->id,
					   .name = chip_title(id), .other = chip->title));
	else if (!named)
		ota_image_find(image, OTA_IMAGE_CHIP_UNKNOWN, 12,
			       OTA_MADE_OF(.value = id, .name = chip_title(id)));
	/* The rest is judged as what the image says it is. */
	image->chip = named ? named : chip;
}

static bool is_set(uint16_t revision)
{
	return revision != 0 && revision != OTA_REVISION_NONE;
}

static void judge_revision(struct ota_image *image)
{
	const struct ota_image_header *header = &image->header;
	uint16_t revision = image->want.revision, least = header->min_revision;
	uint16_t most = is_set(header->max_revision) ? header->max_revision : UINT16_MAX;

	if (revision == OTA_REVISION_NONE)
		return;
	if (revision < least)
		ota_image_find(image, OTA_IMAGE_REVISION_MIN, 15,
			       OTA_MADE_OF(.value = revision, .low = least, .high = most));
	/* Devices leave a bootloader's limit alone. */
	if (revision > most && image->want.role != OTA_ROLE_BOOTLOADER)
		ota_image_find(image, OTA_IMAGE_REVISION_MAX, 17,
			       OTA_MADE_OF(.value = revision, .low = least, .high = most));
}

void ota_image_judge_header(struct ota_image *image)
{
	struct ota_image_header *header = &image->header;

	get_header(image->buf, header);
	judge_chip(image);
	judge_revision(image);
	if (header->hash_appended > 1)
		ota_image_find(image, OTA_IMAGE_HASH_FLAG, 23,
			       OTA_MADE_OF(.value = header->hash_appended, .high = 1));
	if (!header->hash_appended && image->want.hash)
		ota_image_find(image, OTA_IMAGE_NO_HASH, 23, NULL);
	if (header->segment_count > OTA_SEGMENTS_MAX)
		ota_image_stop(
			image, OTA_IMAGE_SEGMENT_COUNT, 1,
			OTA_MADE_OF(.value = header->segment_count, .high = OTA_SEGMENTS_MAX));
	else if (!header->segment_count)
		ota_image_find(image, OTA_IMAGE_NO_SEGMENTS, 1,
			       OTA_MADE_OF(.low = 1, .high = OTA_SEGMENTS_MAX));
}

/* Is it an app, for all that is known so far? */
static bool taken_for_app(const struct ota_image *image)
{
	return image->is_app || image->want.role == OTA_ROLE_APP;
}

static bool in_one_region(const struct ota_chip *chip, const struct ota_segment *at)
{
	for (size_t i = 0; i < ARRAY_LEN(chip->ram); i++)
		if (at->load_addr >= chip->ram[i].low && at->load_addr < chip->ram[i].high &&
		    at->size <= chip->ram[i].high - at->load_addr)
			return true;
	return !at->size;
}

/* Where the header of image->at is. */
static uint32_t header_at(const struct ota_image *image)
{
	return image->at.offset - OTA_SEGMENT_HEADER_SIZE;
}

/* Equal modulo the page? An image that does not name its page size fixes it by where it lies. */
static bool placed_on_page(struct ota_image *image, uint32_t flash)
{
	uint32_t differ = flash ^ image->at.load_addr;
	uint8_t page = image->page;

	while (image->page_open && page > image->chip->page_min &&
	       differ & ((UINT32_C(1) << page) - 1))
		page--;
	if (differ & ((UINT32_C(1) << page) - 1))
		return false;
	if (page != image->page) {
		ota_image_find(image, OTA_IMAGE_PAGE_OPEN, header_at(image),
			       OTA_MADE_OF(.value = UINT32_C(1) << page, .high = UINT32_C(1)
									      << image->page));
		image->page = page;
	}
	return true;
}

static void judge_mapped(struct ota_image *image)
{
	const struct ota_segment *at = &image->at;
	uint32_t flash = image->want.flash_addr + at->offset;

	if (image->form == OTA_FORM_ESP32 && !placed_on_page(image, flash))
		ota_image_find(image, OTA_IMAGE_MAPPING, header_at(image),
			       OTA_MADE_OF(.value = flash, .low = at->load_addr,
					   .high = UINT32_C(1) << image->page,
					   .name = segment_names[at->index]));
	if (at->size && !ota_chip_is_mapped(image->chip, at->load_addr + at->size - 1, image->page))
		ota_image_find(image, OTA_IMAGE_MAPPING_END, header_at(image),
			       OTA_MADE_OF(.value = (uint64_t)at->load_addr + at->size,
					   .name = segment_names[at->index]));
}

/* Where the segment goes. Of the first one this is known once the page size is. */
static void judge_place(struct ota_image *image)
{
	struct ota_segment *at = &image->at;

	if (!image->chip || at->load_addr < LOADED_FROM) {
		at->mapped = false;
	} else if (ota_chip_is_mapped(image->chip, at->load_addr, image->page)) {
		at->mapped = true;
		if (!image->chip->psram_mapped || at->load_addr < image->chip->mapped[1].low)
			image->mapped++;
		judge_mapped(image);
		if (OTA_HAS_ESP8266 && image->form != OTA_FORM_ESP32)
			ota_esp8266_link(image);
	} else {
		at->mapped = false;
		if (image->chip->ram[0].high && taken_for_app(image) &&
		    image->form == OTA_FORM_ESP32 && !in_one_region(image->chip, at))
			ota_image_find(image, OTA_IMAGE_LOAD_ADDR, header_at(image),
				       OTA_MADE_OF(.value = at->load_addr, .high = at->size,
						   .name = segment_names[at->index]));
	}
#ifndef OTA_NO_TEXT
	if (image->want.segment)
		image->want.segment(image->want.ctx, at);
#endif
}

static bool segment_fits(struct ota_image *image)
{
	const struct ota_segment *at = &image->at;
	uint32_t limit = image->chip ? ota_chip_image_limit(image->chip) : UINT32_MAX;
	uint32_t end = at->offset + at->size;

	if (at->load_addr == UINT32_MAX && at->size == UINT32_MAX) {
		ota_image_stop(image, OTA_IMAGE_ERASED, header_at(image),
			       OTA_MADE_OF(.name = segment_names[at->index]));
	} else if (at->size % 4 || at->size >= limit || at->size > UINT32_MAX - 64 - at->offset) {
		ota_image_stop(image, OTA_IMAGE_SEGMENT_SIZE, header_at(image),
			       OTA_MADE_OF(.value = at->size, .high = limit,
					   .name = segment_names[at->index]));
	} else if (image->want.room && !image->too_large && end > image->want.room) {
		image->too_large = true;
		ota_image_find(image, OTA_IMAGE_ROOM, header_at(image),
			       OTA_MADE_OF(.value = end, .high = image->want.room,
					   .name = segment_names[at->index]));
	}
	return image->phase != OTA_PHASE_DEAD;
}

void ota_image_judge_segment(struct ota_image *image)
{
	bool may_describe = image->form == OTA_FORM_ESP32 ? image->at.index == 0 : !image->is_app;

	if (!segment_fits(image))
		return;
	image->described = !may_describe;
	if (may_describe) {
		memset(image->desc_head, 0, sizeof(image->desc_head));
		memset(image->desc_project, 0, sizeof(image->desc_project));
		memset(image->desc_page, 0, sizeof(image->desc_page));
	} else {
		judge_place(image);
	}
}

/* The default of ESP-IDF's configuration: by flash size. */
static uint8_t default_page(const struct ota_image *image)
{
	uint8_t flash = image->header.flash >> 4, page = flash > 2 ? 16 : (uint8_t)(14 + flash);

	return page < image->chip->page_min ? image->chip->page_min : page;
}

static void judge_page(struct ota_image *image)
{
	uint8_t page = image->desc_page[4];
	const struct ota_chip *chip = image->chip;

	if (!chip || chip->page_min == chip->page_max)
		return;
	image->page_open = !page;
	if (!page)
		image->page = default_page(image);
	else if (page >= chip->page_min && page <= chip->page_max)
		image->page = page;
	else
		ota_image_find(
			image, OTA_IMAGE_PAGE_SIZE, image->at.offset + 180,
			OTA_MADE_OF(.value = page, .low = chip->page_min, .high = chip->page_max));
}

static void judge_block_revision(struct ota_image *image)
{
	uint16_t least = ota_image_u16(image->desc_page),
		 most = ota_image_u16(image->desc_page + 2), revision = image->want.block_revision;

	least = is_set(least) ? least : 0;
	most = is_set(most) ? most : UINT16_MAX;
	if (revision == OTA_REVISION_NONE || !image->chip || image->chip->id == OTA_CHIP_ESP32)
		return;
	if (revision < least || revision > most)
		ota_image_find(image, OTA_IMAGE_BLOCK_REVISION, image->at.offset + 176,
			       OTA_MADE_OF(.value = revision, .low = least, .high = most));
}

static void judge_identity(struct ota_image *image)
{
	const char *project = image->want.project;
	bool same = true;

	if (image->secure_version < image->want.secure_version)
		ota_image_find(image, OTA_IMAGE_SECURE_VERSION, image->at.offset + 4,
			       OTA_MADE_OF(.value = image->secure_version,
					   .low = image->want.secure_version, .high = UINT32_MAX));
	for (size_t i = 0; project && same && i < OTA_PROJECT_SIZE; i++) {
		same = image->desc_project[i] == (uint8_t)project[i];
		if (!project[i])
			break;
	}
	if (project && !same)
		ota_image_find(image, OTA_IMAGE_PROJECT, image->at.offset + 48,
			       OTA_MADE_OF(.other = project));
}

static void judge_app(struct ota_image *image)
{
	if (image->at.size < OTA_APP_DESC_SIZE)
		ota_image_find(image, OTA_IMAGE_SMALL_DESC, image->at.offset,
			       OTA_MADE_OF(.value = image->at.size, .low = OTA_APP_DESC_SIZE,
					   .high = UINT32_MAX));
	judge_identity(image);
	if (image->form != OTA_FORM_ESP32)
		return;
	judge_block_revision(image);
	judge_page(image);
	if (image->want.role == OTA_ROLE_BOOTLOADER)
		ota_image_find(image, OTA_IMAGE_ROLE, image->at.offset,
			       OTA_MADE_OF(.name = IS_APP, .other = IS_BOOTLOADER));
}

/* Neither an app's description nor a bootloader's. */
static void judge_nameless(struct ota_image *image)
{
	const struct ota_chip *chip = image->chip;
	bool needed = chip && chip->page_min != chip->page_max && taken_for_app(image);

	if (image->want.role != OTA_ROLE_BOOTLOADER &&
	    (needed || image->want.project || image->want.secure_version))
		ota_image_find(image, OTA_IMAGE_NO_DESC, image->at.offset, NULL);
}

void ota_image_judge_desc(struct ota_image *image)
{
	uint32_t magic = ota_image_u32(image->desc_head);
	uint8_t first = image->desc_head[8];

	image->described = true;
	if (magic == OTA_APP_DESC_MAGIC) {
		image->is_app = true;
		image->secure_version = ota_image_u32(image->desc_head + 4);
		judge_app(image);
	} else if (image->form == OTA_FORM_ESP32) {
		image->is_bootloader = (magic & 0xFFFFFF) == OTA_BOOTLOADER_DESC_MAGIC &&
				       first >= ' ' && first <= '~';
		if (image->is_bootloader && image->want.role == OTA_ROLE_APP)
			ota_image_find(image, OTA_IMAGE_ROLE, image->at.offset,
				       OTA_MADE_OF(.name = IS_BOOTLOADER, .other = IS_APP));
		else if (!image->is_bootloader)
			judge_nameless(image);
	}
	judge_place(image);
}

static enum ota_image_tail tail_of(const struct ota_image *image)
{
	uint32_t edge = (image->end + OTA_SIGNATURE_SECTOR - 1) & ~(OTA_SIGNATURE_SECTOR - 1);

	if (image->taken == image->end)
		return OTA_TAIL_NONE;
	if (image->tail_first == UINT32_MAX)
		return OTA_TAIL_BLANK;
	if (image->form != OTA_FORM_ESP32)
		return OTA_TAIL_OTHER;
	if (image->tail_first == edge && image->tail_byte == 0xE7 &&
	    image->taken - edge >= OTA_SIGNATURE_SECTOR &&
	    image->data_end - edge <= OTA_SIGNATURE_SECTOR)
		return OTA_TAIL_SIGNED_V2;
	if (image->tail_first == image->end && image->tail_byte == 0 &&
	    image->taken - image->end >= OTA_SIGNATURE_V1_SIZE &&
	    image->data_end - image->end <= OTA_SIGNATURE_V1_SIZE)
		return OTA_TAIL_SIGNED_V1;
	return OTA_TAIL_OTHER;
}

uint32_t ota_image_size_signed(const struct ota_image *image)
{
	if (image->tail == OTA_TAIL_SIGNED_V1)
		return image->length + OTA_SIGNATURE_V1_SIZE;
	if (image->tail == OTA_TAIL_SIGNED_V2)
		return ((image->length + OTA_SIGNATURE_SECTOR - 1) & ~(OTA_SIGNATURE_SECTOR - 1)) +
		       OTA_SIGNATURE_SECTOR;
	return image->length;
}

static void judge_mapped_count(struct ota_image *image)
{
	if (image->chip && image->chip->shared_bus && image->mapped != 2 && taken_for_app(image))
		ota_image_find(image, OTA_IMAGE_MAPPED_COUNT, 1,
			       OTA_MADE_OF(.value = image->mapped, .low = 2, .high = 2));
	if (image->want.role == OTA_ROLE_APP && !image->is_app && !image->is_bootloader &&
	    !image->mapped && image->form == OTA_FORM_ESP32)
		ota_image_find(image, OTA_IMAGE_ROLE, 0,
			       OTA_MADE_OF(.name = IS_BOOTLOADER, .other = IS_APP));
}

void ota_image_judge_whole(struct ota_image *image)
{
	uint32_t size;

	image->length = image->end;
	image->tail = (uint8_t)tail_of(image);
	size = ota_image_size_signed(image);
	judge_mapped_count(image);
	if (image->want.room && size > image->want.room && !image->too_large)
		ota_image_find(image, OTA_IMAGE_ROOM, OTA_NO_OFFSET,
			       OTA_MADE_OF(.value = size, .high = image->want.room));
	if (image->want.alone && image->tail == OTA_TAIL_OTHER)
		ota_image_find(image, OTA_IMAGE_TAIL, image->end,
			       OTA_MADE_OF(.value = image->taken - image->end));
}
