/* SPDX-License-Identifier: MIT */
#include "lib/image_desc.h"

#include "lib/cursor.h"
#include "lib/text.h"

/* A field of `size` bytes, to which a NUL is added. */
static void get_text(struct ota_reader *r, char *out, size_t size)
{
	ota_get_bytes(r, out, size);
	out[size] = '\0';
}

static void put_text(struct ota_writer *w, const char *text, size_t size)
{
	size_t n = ota_text_size(text);

	n = n < size ? n : size;
	ota_put_bytes(w, text, n);
	ota_put_fill(w, 0, size - n);
}

enum ota_status ota_app_desc_decode(const void *data, size_t size, struct ota_app_desc *desc)
{
	struct ota_reader r = ota_reader(data, size);
	uint32_t magic = ota_get_u32(&r);

	desc->secure_version = ota_get_u32(&r);
	ota_get_span(&r, 8);
	get_text(&r, desc->version, 32);
	get_text(&r, desc->project, OTA_PROJECT_SIZE);
	get_text(&r, desc->time, 16);
	get_text(&r, desc->date, 16);
	get_text(&r, desc->idf, 32);
	ota_get_bytes(&r, desc->elf_sha256, sizeof(desc->elf_sha256));
	desc->min_block_revision = ota_get_u16(&r);
	desc->max_block_revision = ota_get_u16(&r);
	desc->mmu_page = ota_get_u8(&r);
	desc->flash_mode = ota_get_u8(&r);
	ota_get_span(&r, 74);
	if (r.failed)
		return OTA_E_SHORT;
	return magic == OTA_APP_DESC_MAGIC ? OTA_OK : OTA_E_MAGIC;
}

enum ota_status ota_bootloader_desc_decode(const void *data, size_t size,
					   struct ota_bootloader_desc *desc)
{
	struct ota_reader r = ota_reader(data, size);
	uint8_t magic = ota_get_u8(&r);

	ota_get_span(&r, 2);
	desc->secure_version = ota_get_u8(&r);
	desc->version = ota_get_u32(&r);
	get_text(&r, desc->idf, 32);
	get_text(&r, desc->date_time, 24);
	ota_get_span(&r, 16);
	if (r.failed)
		return OTA_E_SHORT;
	return magic == OTA_BOOTLOADER_DESC_MAGIC && desc->idf[0] >= ' ' && desc->idf[0] <= '~'
		     ? OTA_OK
		     : OTA_E_MAGIC;
}

const char *ota_project_wanted(const char *running)
{
	return ota_text_same(running, OTA_FACTORY_PROJECT) ? NULL : running;
}

void ota_app_desc_encode(const struct ota_app_desc *desc, uint8_t out[static OTA_APP_DESC_SIZE])
{
	struct ota_writer w = ota_writer(out, OTA_APP_DESC_SIZE);

	ota_put_u32(&w, OTA_APP_DESC_MAGIC);
	ota_put_u32(&w, desc->secure_version);
	ota_put_fill(&w, 0, 8);
	put_text(&w, desc->version, 32);
	put_text(&w, desc->project, OTA_PROJECT_SIZE);
	put_text(&w, desc->time, 16);
	put_text(&w, desc->date, 16);
	put_text(&w, desc->idf, 32);
	ota_put_bytes(&w, desc->elf_sha256, sizeof(desc->elf_sha256));
	ota_put_u16(&w, desc->min_block_revision);
	ota_put_u16(&w, desc->max_block_revision);
	ota_put_u8(&w, desc->mmu_page);
	ota_put_u8(&w, desc->flash_mode);
	ota_put_fill(&w, 0, 74);
}
