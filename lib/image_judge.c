/* SPDX-License-Identifier: MIT */
#include "lib/image_judge.h"

#include <string.h>

#define LOADED_FROM 0x10000000u /* load addresses below are padding and other marks */

#ifdef OTA_NO_TEXT
#define SEGMENT_NAME(n) NULL
#define TITLE(chip) NULL
#define IS_BOOTLOADER NULL
#define IS_APP NULL
#define UNKNOWN_CHIP NULL
#else
#define SEGMENT_NAME(n) (segment_names[n])
#define TITLE(chip) ((chip)->title)
#define IS_BOOTLOADER "a bootloader"
#define IS_APP "an app"
#define UNKNOWN_CHIP "an unknown chip"
static const char segment_names[OTA_SEGMENTS_MAX][12] = {
	"segment 0",  "segment 1",  "segment 2",  "segment 3", "segment 4",  "segment 5",
	"segment 6",  "segment 7",  "segment 8",  "segment 9", "segment 10", "segment 11",
	"segment 12", "segment 13", "segment 14", "segment 15"
};
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
	const struct ota_chip *named = ota_chip_by_id(image->header.chip_id);
	const struct ota_chip *chip = image->want.chip;
	struct ota_diag diag = { .offset = 12, .value = image->header.chip_id };

	if (chip && chip->id == image->header.chip_id)
		return;
	diag.name = named ? TITLE(named) : ota_chip_retired(image->header.chip_id);
	if (chip) {
		diag.name = diag.name ? diag.name : UNKNOWN_CHIP;
		diag.other = TITLE(chip);
		diag.low = diag.high = chip->id;
		ota_image_find(image, OTA_IMAGE_CHIP, &diag);
	} else if (!named) {
		diag.name = diag.name ? diag.name : UNKNOWN_CHIP;
		ota_image_find(image, OTA_IMAGE_CHIP_UNKNOWN, &diag);
	}
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
	struct ota_diag diag = { .value = image->want.revision };

	if (image->want.revision == OTA_REVISION_NONE)
		return;
	diag.low = header->min_revision;
	diag.high = is_set(header->max_revision) ? header->max_revision : UINT16_MAX;
	diag.offset = 15;
	if (diag.value < diag.low)
		ota_image_find(image, OTA_IMAGE_REVISION_MIN, &diag);
	diag.offset = 17;
	/* Devices leave a bootloader's limit alone. */
	if (diag.value > diag.high && image->want.role != OTA_ROLE_BOOTLOADER)
		ota_image_find(image, OTA_IMAGE_REVISION_MAX, &diag);
}

void ota_image_judge_header(struct ota_image *image)
{
	struct ota_image_header *header = &image->header;

	get_header(image->buf, header);
	judge_chip(image);
	judge_revision(image);
	if (header->hash_appended > 1)
		ota_image_find(image, OTA_IMAGE_HASH_FLAG,
			       &(struct ota_diag){
				       .offset = 23, .value = header->hash_appended, .high = 1 });
	if (!header->hash_appended && image->want.hash)
		ota_image_find(image, OTA_IMAGE_NO_HASH, &(struct ota_diag){ .offset = 23 });
	if (header->segment_count > OTA_SEGMENTS_MAX)
		ota_image_stop(image, OTA_IMAGE_SEGMENT_COUNT,
			       &(struct ota_diag){ .offset = 1,
						   .value = header->segment_count,
						   .high = OTA_SEGMENTS_MAX });
	else if (!header->segment_count)
		ota_image_find(
			image, OTA_IMAGE_NO_SEGMENTS,
			&(struct ota_diag){ .offset = 1, .low = 1, .high = OTA_SEGMENTS_MAX });
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

/* Equal modulo the page? An image that does not name its page size fixes it by where it lies. */
static bool placed_on_page(struct ota_image *image, uint32_t flash)
{
	uint32_t differ = flash ^ image->at.load_addr;
	unsigned page = image->page;
	struct ota_diag diag = { .offset = image->at.offset - OTA_SEGMENT_HEADER_SIZE };

	while (image->page_open && page > image->chip->page_min &&
	       differ & ((UINT32_C(1) << page) - 1))
		page--;
	if (differ & ((UINT32_C(1) << page) - 1))
		return false;
	if (page != image->page) {
		diag.value = UINT32_C(1) << page;
		diag.high = UINT32_C(1) << image->page;
		ota_image_find(image, OTA_IMAGE_PAGE_OPEN, &diag);
		image->page = page;
	}
	return true;
}

static void judge_mapped(struct ota_image *image)
{
	const struct ota_segment *at = &image->at;
	uint32_t flash = image->want.flash_addr + at->offset;
	struct ota_diag diag = { .offset = at->offset - OTA_SEGMENT_HEADER_SIZE,
				 .name = SEGMENT_NAME(at->index) };

	if (image->form == OTA_FORM_ESP32 && !placed_on_page(image, flash)) {
		diag.value = flash;
		diag.low = at->load_addr;
		diag.high = UINT32_C(1) << image->page;
		ota_image_find(image, OTA_IMAGE_MAPPING, &diag);
	}
	if (at->size &&
	    !ota_chip_is_mapped(image->chip, at->load_addr + at->size - 1, image->page)) {
		diag.value = (uint64_t)at->load_addr + at->size;
		diag.low = diag.high = 0;
		ota_image_find(image, OTA_IMAGE_MAPPING_END, &diag);
	}
}

/* Where the segment goes. Of the first one this is known once the page size is. */
static void judge_place(struct ota_image *image)
{
	struct ota_segment *at = &image->at;

	if (!image->chip || at->load_addr < LOADED_FROM) {
		at->mapped = false;
	} else if (ota_chip_is_mapped(image->chip, at->load_addr, image->page)) {
		at->mapped = true;
		image->mapped +=
			!image->chip->psram_mapped || at->load_addr < image->chip->mapped[1].low;
		judge_mapped(image);
		if (OTA_HAS_ESP8266 && image->form != OTA_FORM_ESP32)
			ota_esp8266_link(image);
	} else {
		at->mapped = false;
		if (image->chip->ram[0].high && taken_for_app(image) &&
		    image->form == OTA_FORM_ESP32 && !in_one_region(image->chip, at))
			ota_image_find(
				image, OTA_IMAGE_LOAD_ADDR,
				&(struct ota_diag){ .offset = at->offset - OTA_SEGMENT_HEADER_SIZE,
						    .value = at->load_addr,
						    .high = at->size,
						    .name = SEGMENT_NAME(at->index) });
	}
	if (image->want.segment)
		image->want.segment(image->want.ctx, at);
}

static bool segment_fits(struct ota_image *image, struct ota_diag *diag)
{
	const struct ota_segment *at = &image->at;
	uint32_t limit = image->chip ? ota_chip_image_limit(image->chip) : UINT32_MAX;

	diag->value = at->size;
	diag->high = limit;
	if (at->load_addr == UINT32_MAX && at->size == UINT32_MAX) {
		ota_image_stop(image, OTA_IMAGE_ERASED, diag);
	} else if (at->size % 4 || at->size >= limit || at->size > UINT32_MAX - 64 - at->offset) {
		ota_image_stop(image, OTA_IMAGE_SEGMENT_SIZE, diag);
	} else if (image->want.room && !image->too_large &&
		   at->offset + at->size > image->want.room) {
		image->too_large = true;
		diag->value = at->offset + at->size;
		diag->high = image->want.room;
		ota_image_find(image, OTA_IMAGE_ROOM, diag);
	}
	return image->phase != OTA_PHASE_DEAD;
}

void ota_image_judge_segment(struct ota_image *image)
{
	struct ota_diag diag = { .offset = image->at.offset - OTA_SEGMENT_HEADER_SIZE,
				 .name = SEGMENT_NAME(image->at.index) };
	bool may_describe = image->form == OTA_FORM_ESP32 ? image->at.index == 0 : !image->is_app;

	if (!segment_fits(image, &diag))
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
static unsigned default_page(const struct ota_image *image)
{
	unsigned page = 14u + (image->header.flash >> 4);

	page = page > 16 ? 16 : page;
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
		ota_image_find(image, OTA_IMAGE_PAGE_SIZE,
			       &(struct ota_diag){ .offset = image->at.offset + 180,
						   .value = page,
						   .low = chip->page_min,
						   .high = chip->page_max });
}

static void judge_block_revision(struct ota_image *image)
{
	uint16_t least = ota_image_u16(image->desc_page),
		 most = ota_image_u16(image->desc_page + 2);
	struct ota_diag diag = { .offset = image->at.offset + 176,
				 .value = image->want.block_revision,
				 .low = is_set(least) ? least : 0,
				 .high = is_set(most) ? most : UINT16_MAX };

	if (image->want.block_revision == OTA_REVISION_NONE || !image->chip ||
	    image->chip->id == OTA_CHIP_ESP32)
		return;
	if (diag.value < diag.low || diag.value > diag.high)
		ota_image_find(image, OTA_IMAGE_BLOCK_REVISION, &diag);
}

static void judge_identity(struct ota_image *image)
{
	const char *project = image->want.project;
	struct ota_diag diag = { .offset = image->at.offset + 4,
				 .value = image->secure_version,
				 .low = image->want.secure_version,
				 .high = UINT32_MAX };
	bool same = true;

	if (image->secure_version < image->want.secure_version)
		ota_image_find(image, OTA_IMAGE_SECURE_VERSION, &diag);
	for (size_t i = 0; project && same && i < OTA_PROJECT_SIZE; i++) {
		same = image->desc_project[i] == (uint8_t)project[i];
		if (!project[i])
			break;
	}
	if (project && !same)
		ota_image_find(
			image, OTA_IMAGE_PROJECT,
			&(struct ota_diag){ .offset = image->at.offset + 48, .other = project });
}

static void judge_app(struct ota_image *image)
{
	if (image->at.size < OTA_APP_DESC_SIZE)
		ota_image_find(image, OTA_IMAGE_SMALL_DESC,
			       &(struct ota_diag){ .offset = image->at.offset,
						   .value = image->at.size,
						   .low = OTA_APP_DESC_SIZE,
						   .high = UINT32_MAX });
	judge_identity(image);
	if (image->form != OTA_FORM_ESP32)
		return;
	judge_block_revision(image);
	judge_page(image);
	if (image->want.role == OTA_ROLE_BOOTLOADER)
		ota_image_find(image, OTA_IMAGE_ROLE,
			       &(struct ota_diag){ .offset = image->at.offset,
						   .name = IS_APP,
						   .other = IS_BOOTLOADER });
}

/* Neither an app's description nor a bootloader's. */
static void judge_nameless(struct ota_image *image)
{
	const struct ota_chip *chip = image->chip;
	bool needed = chip && chip->page_min != chip->page_max && taken_for_app(image);

	if (image->want.role != OTA_ROLE_BOOTLOADER &&
	    (needed || image->want.project || image->want.secure_version))
		ota_image_find(image, OTA_IMAGE_NO_DESC,
			       &(struct ota_diag){ .offset = image->at.offset });
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
			ota_image_find(image, OTA_IMAGE_ROLE,
				       &(struct ota_diag){ .offset = image->at.offset,
							   .name = IS_BOOTLOADER,
							   .other = IS_APP });
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
		ota_image_find(image, OTA_IMAGE_MAPPED_COUNT,
			       &(struct ota_diag){
				       .offset = 1, .value = image->mapped, .low = 2, .high = 2 });
	if (image->want.role == OTA_ROLE_APP && !image->is_app && !image->is_bootloader &&
	    !image->mapped && image->form == OTA_FORM_ESP32)
		ota_image_find(
			image, OTA_IMAGE_ROLE,
			&(struct ota_diag){ .offset = 0, .name = IS_BOOTLOADER, .other = IS_APP });
}

void ota_image_judge_whole(struct ota_image *image)
{
	uint32_t size;

	image->length = image->end;
	image->tail = tail_of(image);
	size = ota_image_size_signed(image);
	judge_mapped_count(image);
	if (image->want.room && size > image->want.room && !image->too_large)
		ota_image_find(image, OTA_IMAGE_ROOM,
			       &(struct ota_diag){ .offset = OTA_NO_OFFSET,
						   .value = size,
						   .high = image->want.room });
	if (image->want.alone && image->tail == OTA_TAIL_OTHER)
		ota_image_find(image, OTA_IMAGE_TAIL,
			       &(struct ota_diag){ .offset = image->end,
						   .value = image->taken - image->end });
}
