/* SPDX-License-Identifier: MIT */
/* image_desc.h - what an app and a bootloader say of themselves
 *
 * App, 256 bytes, at the start of the first segment's data (file offset 0x20); on ESP8266 at the
 * start of a segment that is mapped from flash:
 *
 *   off  size  field
 *     0     4  magic           0xABCD5432
 *     4     4  secure_version
 *     8     8  reserved
 *    16    32  version         text, padded with NUL; none where it fills the field
 *    48    32  project_name
 *    80    16  time            hh:mm:ss
 *    96    16  date            Mmm dd yyyy
 *   112    32  idf_ver
 *   144    32  app_elf_sha256  zeros if the build did not fill it in
 *   176     2  min_efuse_blk_rev_full   major * 100 + minor, ESP-IDF 5.4 and later
 *   178     2  max_efuse_blk_rev_full   0 and 65535: not set
 *   180     1  mmu_page_size   log2; 0: not said
 *   181     1  spi_flash_mode  ESP-IDF 6.1 and later
 *   182    74  reserved
 *
 * Bootloader, 80 bytes, at the same place, ESP-IDF 5.2 and later:
 *
 *     0     1  magic           0x50
 *     1     2  reserved
 *     3     1  secure_version
 *     4     4  version
 *     8    32  idf_ver
 *    40    24  date_time
 *    64    16  reserved
 *
 * Source: ESP-IDF v5.5 to v6.2-dev, esp_app_desc.h, esp_bootloader_desc.h; ESP8266_RTOS_SDK v3.4. */
#ifndef OTA_IMAGE_DESC_H
#define OTA_IMAGE_DESC_H

#include "lib/status.h"

#define OTA_APP_DESC_SIZE 256u
#define OTA_APP_DESC_MAGIC 0xABCD5432u
#define OTA_BOOTLOADER_DESC_SIZE 80u
#define OTA_BOOTLOADER_DESC_MAGIC 0x50u
#define OTA_PROJECT_SIZE 32u
#define OTA_REVISION_NONE UINT16_MAX

/* Strings end in NUL. */
struct ota_app_desc {
	uint32_t secure_version;
	char version[33], project[33], time[17], date[17], idf[33];
	uint8_t elf_sha256[32];
	uint16_t min_block_revision, max_block_revision;
	uint8_t mmu_page, flash_mode; /* log2 or 0; 0: not known */
};

struct ota_bootloader_desc {
	uint8_t secure_version;
	uint32_t version;
	char idf[33], date_time[25];
};

/* OTA_E_SHORT; OTA_E_MAGIC: it is none. */
OTA_MUST_CHECK enum ota_status ota_app_desc_decode(const void *data, size_t size,
						   struct ota_app_desc *desc);

/* As above; its magic is a single byte, so a version text is asked for as well. */
OTA_MUST_CHECK enum ota_status ota_bootloader_desc_decode(const void *data, size_t size,
							  struct ota_bootloader_desc *desc);

/* The project that an image has to be of where an app of project `running` is asked; NULL: any. The
 * ready-made factory app, whose project is OTA_FACTORY_PROJECT, takes whatever its owner signs. */
#define OTA_FACTORY_PROJECT "otatool_factory"
const char *ota_project_wanted(const char *running);

/* The OTA_APP_DESC_SIZE bytes of a description; longer strings are cut. */
void ota_app_desc_encode(const struct ota_app_desc *desc, uint8_t out[static OTA_APP_DESC_SIZE]);

#endif
