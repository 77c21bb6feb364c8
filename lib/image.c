/* SPDX-License-Identifier: MIT */
#include "lib/image.h"

#include <string.h>

#include "lib/crc32.h"
#include "lib/image_judge.h"

#define ESP8266_FIRST 16u /* bytes that tell an ESP8266's image from another */
#define CHECKSUM_SEED 0xEFu

#ifndef OTA_NO_TEXT
static const char *const where[] = { "the header",   "a segment's header", "a segment",
				     "the checksum", "the SHA-256",        "the CRC" };
#endif

/* The size without the 0xff at its end. */
static size_t skip_blank_back(const uint8_t *p, size_t size)
{
	while (size && p[size - 1] == 0xFF)
		size--;
	return size;
}

/* Four words at once, so that hosts can use wide registers. */
static uint8_t xor_bytes(uint8_t sum, const uint8_t *p, size_t size)
{
	uintptr_t a = 0, b = 0, c = 0, d = 0, words[4];

	for (; size >= sizeof(words); p += sizeof(words), size -= sizeof(words)) {
		memcpy(words, p, sizeof(words));
		a ^= words[0];
		b ^= words[1];
		c ^= words[2];
		d ^= words[3];
	}
	a ^= b ^ c ^ d;
	for (unsigned i = 0; i < 8 * sizeof(a); i += 8)
		sum ^= (uint8_t)(a >> i);
	while (size--)
		sum ^= *p++;
	return sum;
}

void ota_image_begin(struct ota_image *image, const struct ota_image_want *want)
{
	memset(image, 0, sizeof(*image));
	image->want = *want;
	image->chip = want->chip;
	image->page = 16;
	image->linked_for = OTA_NOT_LINKED;
	image->checksum = CHECKSUM_SEED;
	image->diag.offset = OTA_NO_OFFSET;
	image->left = ESP8266_FIRST;
	ota_sha256_begin(&image->sha);
}

static void begin_phase(struct ota_image *image, enum ota_image_phase phase, uint32_t left)
{
	image->phase = (uint8_t)phase;
	image->left = left;
	image->have = 0;
}

static void begin_tail(struct ota_image *image)
{
	image->end = image->taken;
	image->tail_first = UINT32_MAX;
	begin_phase(image, OTA_PHASE_TAIL, UINT32_MAX);
}

/* Behind the last segment come 1 to 16 bytes. */
static void begin_segment(struct ota_image *image)
{
	if (image->at.index < image->header.segment_count)
		begin_phase(image, OTA_PHASE_SEGMENT, OTA_SEGMENT_HEADER_SIZE);
	else
		begin_phase(image, OTA_PHASE_CHECKSUM, 16 - (image->taken & 15));
}

/* The header's first part is there: which layout is it? */
static void end_header(struct ota_image *image)
{
	bool esp8266 = image->want.chip
			     ? image->want.chip->id == OTA_CHIP_ESP8266
			     : image->buf[0] != OTA_IMAGE_MAGIC || ota_esp8266_begins(image->buf);

	if (OTA_HAS_ESP8266 && esp8266) {
		ota_esp8266_header(image);
		return;
	}
	if (image->have < OTA_IMAGE_HEADER_SIZE) {
		image->left = OTA_IMAGE_HEADER_SIZE - image->have;
		return;
	}
	image->form = OTA_FORM_ESP32;
	ota_image_judge_header(image);
	if (image->phase != OTA_PHASE_DEAD)
		begin_segment(image);
}

static void end_segment_header(struct ota_image *image)
{
	if (OTA_HAS_ESP8266 && image->have == ESP8266_FIRST) {
		ota_esp8266_header(image);
		return;
	}
	image->at.load_addr = ota_image_u32(image->buf);
	image->at.size = ota_image_u32(image->buf + 4);
	image->at.offset = image->taken;
	ota_image_judge_segment(image);
	if (image->phase != OTA_PHASE_DEAD)
		begin_phase(image, OTA_PHASE_DATA, image->at.size);
}

static void end_data(struct ota_image *image)
{
	if (!image->described)
		ota_image_judge_desc(image);
	if (OTA_HAS_ESP8266 && image->form == OTA_FORM_ESP8266_V2 && !image->second) {
		image->second = true;
		image->checksum = CHECKSUM_SEED;
		begin_phase(image, OTA_PHASE_SEGMENT, ESP8266_FIRST);
		return;
	}
	image->at.index++;
	begin_segment(image);
}

static void end_checksum(struct ota_image *image)
{
	image->checksum_stored = image->buf[0];
	ota_sha256_finish(&image->sha, image->sha256);
	if (image->checksum != image->checksum_stored)
		ota_image_find(image, OTA_IMAGE_CHECKSUM, image->taken - 1,
			       OTA_MADE_OF(.value = image->checksum_stored, .low = image->checksum,
					   .high = image->checksum));
	if (image->form == OTA_FORM_ESP8266_V2)
		begin_phase(image, OTA_PHASE_CRC, 4);
	else if (image->form == OTA_FORM_ESP8266_V1 || image->header.hash_appended)
		begin_phase(image, OTA_PHASE_HASH, OTA_IMAGE_HASH_SIZE);
	else
		begin_tail(image);
}

static void end_hash(struct ota_image *image)
{
	if (OTA_HAS_ESP8266 && image->form == OTA_FORM_ESP8266_V1) {
		begin_tail(image);
		ota_esp8266_settle(image, false);
		return;
	}
	if (memcmp(image->buf, image->sha256, sizeof(image->sha256)) != 0)
		ota_image_find(image, OTA_IMAGE_HASH, image->taken - OTA_IMAGE_HASH_SIZE, NULL);
	begin_tail(image);
}

static void end_crc(struct ota_image *image)
{
	uint32_t stored = ota_image_u32(image->buf), expected = ota_esp8266_crc(image->crc);

	if (stored != expected)
		ota_image_find(image, OTA_IMAGE_CRC, image->taken - 4,
			       OTA_MADE_OF(.value = stored, .low = expected, .high = expected));
	begin_tail(image);
}

/* All bytes of the phase are there. */
static void end_phase(struct ota_image *image)
{
	switch (image->phase) {
	case OTA_PHASE_HEADER: end_header(image); break;
	case OTA_PHASE_SEGMENT: end_segment_header(image); break;
	case OTA_PHASE_DATA: end_data(image); break;
	case OTA_PHASE_CHECKSUM: end_checksum(image); break;
	case OTA_PHASE_HASH: end_hash(image); break;
	case OTA_PHASE_CRC: end_crc(image); break;
	case OTA_PHASE_TAIL:
	case OTA_PHASE_DEAD: break;
	}
}

/* What arrives of a segment: `size` bytes from its byte `at` on. */
struct piece {
	const uint8_t *data;
	uint32_t at, size;
};

/* Copy what of the piece belongs to the segment's bytes from `from` to `from + size`. */
static void keep(uint8_t *out, uint32_t from, uint32_t size, const struct piece *piece)
{
	uint32_t first = from > piece->at ? from - piece->at : 0;
	uint32_t end = from + size > piece->at ? from + size - piece->at : 0;

	if (end > piece->size)
		end = piece->size;
	if (first < end)
		memcpy(out + (piece->at + first - from), piece->data + first, end - first);
}

static void take_data(struct ota_image *image, const uint8_t *p, uint32_t n)
{
	const struct piece piece = { p, image->at.size - image->left, n };

	image->checksum = xor_bytes(image->checksum, p, n);
	if (image->described || piece.at >= OTA_APP_DESC_SIZE)
		return;
	keep(image->desc_head, 0, sizeof(image->desc_head), &piece);
	keep(image->desc_project, 48, sizeof(image->desc_project), &piece);
	keep(image->desc_page, 176, sizeof(image->desc_page), &piece);
#ifndef OTA_NO_TEXT
	if (image->want.desc)
		keep(image->want.desc, 0, OTA_APP_DESC_SIZE, &piece);
#endif
	if (piece.at + n >= OTA_APP_DESC_SIZE)
		ota_image_judge_desc(image);
}

void ota_image_tail(struct ota_image *image, const uint8_t *data, size_t size, uint32_t offset)
{
	size_t i = 0;

	if (image->tail_first != UINT32_MAX)
		return;
	while (i < size && data[i] == 0xFF)
		i++;
	if (i < size) {
		image->tail_first = offset + (uint32_t)i;
		image->tail_byte = data[i];
	}
}

/* Take n bytes of the running phase, at most image->left. */
static void take(struct ota_image *image, const uint8_t *p, uint32_t n)
{
	if (image->phase <= OTA_PHASE_CHECKSUM) {
		ota_sha256_feed(&image->sha, p, n);
		if (OTA_HAS_ESP8266 && (image->form == OTA_FORM_ESP8266_V2 || !image->form))
			image->crc = ota_crc32(image->crc, p, n);
	}
	switch (image->phase) {
	case OTA_PHASE_DATA: take_data(image, p, n); break;
	case OTA_PHASE_CHECKSUM: image->buf[0] = p[n - 1]; break;
	case OTA_PHASE_TAIL: ota_image_tail(image, p, n, image->taken); break;
	case OTA_PHASE_DEAD: break;
	default: memcpy(image->buf + image->have, p, n); image->have += (uint8_t)n;
	}
}

static void check_magic(struct ota_image *image, uint8_t magic)
{
	bool esp8266 = OTA_HAS_ESP8266 && magic == 0xEA &&
		       (!image->want.chip || image->want.chip->id == OTA_CHIP_ESP8266);

	if (magic == OTA_IMAGE_MAGIC || esp8266)
		return;
	ota_image_stop(image, magic == 0xFF ? OTA_IMAGE_ERASED : OTA_IMAGE_BAD_MAGIC, 0,
		       OTA_MADE_OF(.value = magic, .low = OTA_IMAGE_MAGIC, .high = OTA_IMAGE_MAGIC,
				   .name = where[0]));
}

enum ota_status ota_image_feed(struct ota_image *image, const void *data, size_t size)
{
	const uint8_t *p = data;
	size_t used;

	if (size > UINT32_MAX - image->taken)
		size = UINT32_MAX - image->taken;
	used = skip_blank_back(p, size);
	if (used)
		image->data_end = image->taken + (uint32_t)used;
	if (size && !image->taken)
		check_magic(image, *p);
	while (size) {
		bool endless = image->phase >= OTA_PHASE_TAIL;
		uint32_t n = endless || size < image->left ? (uint32_t)size : image->left;

		take(image, p, n);
		p += n;
		size -= n;
		image->taken += n;
		if (!endless)
			image->left -= n;
		while (!image->left && image->phase < OTA_PHASE_TAIL)
			end_phase(image);
	}
	return image->status;
}

/* How many bytes it has at the least, as far as is known. */
static inline uint64_t least_size(const struct ota_image *image)
{
	uint64_t least = (uint64_t)image->taken + image->left;

	if (image->phase > OTA_PHASE_CHECKSUM || !image->header.hash_appended ||
	    image->form != OTA_FORM_ESP32)
		return least;
	return ((least + 16) & ~UINT64_C(15)) + OTA_IMAGE_HASH_SIZE;
}

/* The data ended before the image did. */
static void end_early(struct ota_image *image)
{
	uint32_t taken = image->taken;

	if (taken)
		ota_image_stop(image, OTA_IMAGE_SHORT, taken,
			       OTA_MADE_OF(.value = taken, .high = least_size(image),
					   .name = where[image->phase]));
	else
		ota_image_stop(image, OTA_IMAGE_EMPTY, 0, NULL);
}

enum ota_status ota_image_finish(struct ota_image *image)
{
	if (OTA_HAS_ESP8266 && image->form == OTA_FORM_ESP8266_V1 &&
	    (image->phase == OTA_PHASE_HASH || image->phase == OTA_PHASE_TAIL))
		ota_esp8266_settle(image, true);
	if (image->phase == OTA_PHASE_CRC && !image->have) {
		ota_image_find(image, OTA_IMAGE_NO_CRC, image->taken, NULL);
		begin_tail(image);
	}
	if (image->phase < OTA_PHASE_TAIL)
		end_early(image);
	else if (image->phase == OTA_PHASE_TAIL)
		ota_image_judge_whole(image);
	return image->status;
}
