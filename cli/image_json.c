/* SPDX-License-Identifier: MIT */
#include "cli/image_json.h"

#include <string.h>

#include "lib/host/chip_info.h"
#include "lib/host/finding.h"

const char *image_kind(const struct ota_image_file *file)
{
	if (file->arduino)
		return "arduino";
	return file->image.is_app                   ? "app"
	     : file->image.is_bootloader            ? "bootloader"
	     : file->image.form == OTA_FORM_UNKNOWN ? "unknown"
						    : "image";
}

json_t *image_hex(const uint8_t *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * 64];

	for (size_t i = 0; i < size && i < sizeof(text) / 2; i++) {
		text[2 * i] = digits[data[i] >> 4];
		text[2 * i + 1] = digits[data[i] & 15];
	}
	return json_stringn(text, 2 * size);
}

bool image_has_hash(const struct ota_image *image)
{
	return image->length && (image->form == OTA_FORM_ESP8266_RTOS ||
				 (image->form == OTA_FORM_ESP32 && image->header.hash_appended));
}

bool image_hash_ok(const struct ota_image *image)
{
	return image_has_hash(image) &&
	       memcmp(image->sha256, image->buf, sizeof(image->sha256)) == 0;
}

static json_t *segments_json(const struct ota_image_file *file)
{
	json_t *list = json_array();
	uint32_t chip = file->image.header.chip_id;
	char regions[OTA_REGIONS_SIZE];

	for (size_t i = 0; i < file->segment_count; i++) {
		const struct ota_segment *s = &file->segments[i];

		json_array_append_new(
			list,
			json_pack("{s:i, s:I, s:I, s:I, s:s, s:b}", "index", (int)s->index,
				  "load_addr", (json_int_t)s->load_addr, "size",
				  (json_int_t)s->size, "file_offset", (json_int_t)s->offset,
				  "region",
				  ota_chip_regions(chip, s->load_addr, regions, sizeof(regions)),
				  "mapped", (int)s->mapped));
	}
	return list;
}

static json_t *header_json(const struct ota_image *image)
{
	const struct ota_image_header *h = &image->header;
	const uint8_t *d = h->drive;

	return json_pack(
		"{s:i, s:I, s:i, s:s?, s:i, s:s?, s:s?, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, "
		"s:i, s:i, s:b}",
		"segment_count", h->segment_count, "entry", (json_int_t)h->entry, "spi_mode",
		h->spi_mode, "flash_mode", ota_flash_mode(h->spi_mode), "flash_byte", h->flash,
		"flash_size", ota_flash_size(h->chip_id, h->flash), "flash_freq",
		ota_flash_freq(h->chip_id, h->flash), "wp_pin", h->wp_pin, "clk_drv", d[0] & 15,
		"q_drv", d[0] >> 4, "d_drv", d[1] & 15, "cs_drv", d[1] >> 4, "hd_drv", d[2] & 15,
		"wp_drv", d[2] >> 4, "min_revision_legacy", h->min_revision_legacy, "min_revision",
		h->min_revision, "max_revision", h->max_revision, "hash_appended",
		h->hash_appended != 0);
}

static json_t *app_json(const struct ota_image_file *file)
{
	const struct ota_app_desc *app = &file->app;

	if (!file->image.is_app)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:i, s:i, s:i, s:i}", "project",
			 ota_json_text(app->project), "version", ota_json_text(app->version), "idf",
			 ota_json_text(app->idf), "date", ota_json_text(app->date), "time",
			 ota_json_text(app->time), "elf_sha256",
			 image_hex(app->elf_sha256, sizeof(app->elf_sha256)), "secure_version",
			 (json_int_t)app->secure_version, "min_block_revision",
			 app->min_block_revision, "max_block_revision", app->max_block_revision,
			 "mmu_page_size",
			 app->mmu_page && app->mmu_page < 31 ? 1 << app->mmu_page : 0,
			 "spi_flash_mode", app->flash_mode);
}

static json_t *bootloader_json(const struct ota_image_file *file)
{
	const struct ota_bootloader_desc *desc = &file->bootloader;

	if (!file->has_bootloader)
		return json_null();
	return json_pack("{s:I, s:o, s:o, s:i}", "version", (json_int_t)desc->version, "idf",
			 ota_json_text(desc->idf), "date_time", ota_json_text(desc->date_time),
			 "secure_version", desc->secure_version);
}

static json_t *block_json(const struct ota_signatures *all, size_t i, int verified)
{
	const struct ota_sigblock *block = &all->blocks[i];
	bool crc_ok = all->status[i] == OTA_OK;
	uint8_t digest[OTA_SHA256_SIZE] = { 0 };

	if (crc_ok)
		ota_sigblock_key_digest(block, digest);
	return json_pack("{s:i, s:s?, s:b, s:o, s:b, s:o}", "block", (int)i, "scheme", block->name,
			 "crc_ok", (int)crc_ok, "key_digest",
			 crc_ok ? image_hex(digest, sizeof(digest)) : json_null(), "digest_ok",
			 (int)all->digest_ok[i], "verified",
			 verified == IMAGE_NO_KEY ? json_null() : json_boolean(verified == (int)i));
}

static json_t *signatures_json(const struct ota_image_file *file, int verified)
{
	const struct ota_signatures *all = &file->signatures;
	json_t *list = json_array();

	if (all->version == 1)
		json_array_append_new(list, json_pack("{s:i, s:s, s:n, s:n, s:n, s:o}", "block", 0,
						      "scheme", "ECDSA-P256 v1", "crc_ok",
						      "key_digest", "digest_ok", "verified",
						      verified == IMAGE_NO_KEY
							      ? json_null()
							      : json_boolean(verified == 0)));
	for (size_t i = 0; all->version == 2 && i < OTA_SIGBLOCKS_MAX; i++)
		if (all->status[i] != OTA_E_MAGIC)
			json_array_append_new(list, block_json(all, i, verified));
	return list;
}

json_t *image_json(const struct image_input *input, const struct ota_image_file *file, int verified)
{
	static const char *const layouts[] = { NULL, "esp32", "esp8266-v1", "esp8266-v2",
					       "esp8266-rtos" };
	const struct ota_image *image = &file->image;
	bool hashed = image_has_hash(image);
	json_t *all =
		json_pack("{s:s, s:b, s:s, s:s?, s:s?, s:i, s:I, s:I}", "file", input->name, "ok",
			  image->status == OTA_OK, "kind", image_kind(file), "chip",
			  image->chip ? image->chip->name : NULL, "layout", layouts[image->form],
			  "chip_id", (int)image->header.chip_id, "size", (json_int_t)image->length,
			  "file_size", (json_int_t)input->source.size);

	json_object_set_new(all, "signed_size",
			    json_integer((json_int_t)ota_image_size_signed(image)));
	json_object_set_new(all, "header", image->form ? header_json(image) : json_null());
	json_object_set_new(all, "segments", segments_json(file));
	json_object_set_new(all, "checksum",
			    image->end
				    ? json_pack("{s:i, s:i, s:b}", "stored", image->checksum_stored,
						"calculated", image->checksum, "ok",
						image->checksum == image->checksum_stored)
				    : json_null());
	json_object_set_new(all, "sha256",
			    hashed ? json_pack("{s:o, s:o, s:b}", "stored",
					       image_hex(image->buf, OTA_SHA256_SIZE), "calculated",
					       image_hex(image->sha256, OTA_SHA256_SIZE), "ok",
					       (int)image_hash_ok(image))
				   : json_null());
	json_object_set_new(all, "linked_for",
			    image->linked_for == OTA_NOT_LINKED
				    ? json_null()
				    : json_integer((json_int_t)image->linked_for));
	json_object_set_new(all, "app", app_json(file));
	json_object_set_new(all, "bootloader", bootloader_json(file));
	json_object_set_new(all, "signatures", signatures_json(file, verified));
	return all;
}
