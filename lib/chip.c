/* SPDX-License-Identifier: MIT */
#include "lib/chip.h"

#if defined(OTA_ONE_CHIP)
#define ONLY(id) (OTA_ONE_CHIP == (id))
#else
#define ONLY(id) 1
#endif

#define V2_CURVES (OTA_SCHEME_P192 | OTA_SCHEME_P256)

/* A range with high 1 ends 256 pages after its start, whatever the page size. */
#define PAGES_256 1u

const struct ota_chip ota_chips[] = {
#if ONLY(OTA_CHIP_ESP32)
	{ .id = OTA_CHIP_ESP32,
	  .name = "esp32",
	  .title = "ESP32",
	  .mapped = { { 0x3F400000, 0x3F800000 }, { 0x400D0000, 0x40400000 } },
	  .ram = { { 0x3FFAE000, 0x40000000 },
		   { 0x40080000, 0x400AA000 },
		   { 0x400C0000, 0x400C2000 },
		   { 0x3FF80000, 0x3FF82000 },
		   { 0x50000000, 0x50002000 } },
	  .page_min = 16,
	  .page_max = 16,
	  .secure_versions = 32,
	  .schemes = OTA_SCHEME_V1 | OTA_SCHEME_RSA,
	  .bootloader_offset = 0x1000 },
#endif
#if ONLY(OTA_CHIP_ESP32S2)
	{ .id = OTA_CHIP_ESP32S2,
	  .name = "esp32s2",
	  .title = "ESP32-S2",
	  .mapped = { { 0x3F000000, 0x3FF80000 }, { 0x40080000, 0x40800000 } },
	  .ram = { { 0x3FFB0000, 0x40000000 },
		   { 0x40020000, 0x40070000 },
		   { 0x40070000, 0x40072000 },
		   { 0x3FF9E000, 0x3FFA0000 },
		   { 0x50000000, 0x50002000 } },
	  .page_min = 16,
	  .page_max = 16,
	  .secure_versions = 16,
	  .schemes = OTA_SCHEME_RSA,
	  .bootloader_offset = 0x1000 },
#endif
#if ONLY(OTA_CHIP_ESP32S3)
	{ .id = OTA_CHIP_ESP32S3,
	  .name = "esp32s3",
	  .title = "ESP32-S3",
	  .mapped = { { 0x3C000000, 0x3E000000 }, { 0x42000000, 0x44000000 } },
	  .ram = { { 0x3FC88000, 0x3FD00000 },
		   { 0x40370000, 0x403E0000 },
		   { 0x600FE000, 0x60100000 },
		   { 0x50000000, 0x50002000 } },
	  .page_min = 16,
	  .page_max = 16,
	  .large = true,
	  .secure_versions = 16,
	  .schemes = OTA_SCHEME_RSA },
#endif
#if ONLY(OTA_CHIP_ESP32C3)
	{ .id = OTA_CHIP_ESP32C3,
	  .name = "esp32c3",
	  .title = "ESP32-C3",
	  .mapped = { { 0x3C000000, 0x3C800000 }, { 0x42000000, 0x42800000 } },
	  .ram = { { 0x3FC80000, 0x3FCE0000 },
		   { 0x4037C000, 0x403E0000 },
		   { 0x50000000, 0x50002000 } },
	  .page_min = 16,
	  .page_max = 16,
	  .secure_versions = 16,
	  .schemes = OTA_SCHEME_RSA },
#endif
#if ONLY(OTA_CHIP_ESP32C2)
	{ .id = OTA_CHIP_ESP32C2,
	  .name = "esp32c2",
	  .title = "ESP32-C2",
	  .mapped = { { 0x3C000000, 0x3C400000 }, { 0x42000000, 0x42400000 } },
	  .ram = { { 0x3FCA0000, 0x3FCE0000 }, { 0x4037C000, 0x403C0000 } },
	  .page_min = 14,
	  .page_max = 16,
	  .secure_versions = 4,
	  .schemes = V2_CURVES },
#endif
#if ONLY(OTA_CHIP_ESP32C6)
	{ .id = OTA_CHIP_ESP32C6,
	  .name = "esp32c6",
	  .title = "ESP32-C6",
	  .mapped = { { 0x42000000, PAGES_256 } },
	  .ram = { { 0x40800000, 0x40880000 }, { 0x50000000, 0x50004000 } },
	  .page_min = 13,
	  .page_max = 16,
	  .shared_bus = true,
	  .secure_versions = 16,
	  .schemes = OTA_SCHEME_RSA | V2_CURVES },
#endif
#if ONLY(OTA_CHIP_ESP32H2)
	{ .id = OTA_CHIP_ESP32H2,
	  .name = "esp32h2",
	  .title = "ESP32-H2",
	  .mapped = { { 0x42000000, PAGES_256 } },
	  .ram = { { 0x40800000, 0x40850000 }, { 0x50000000, 0x50001000 } },
	  .page_min = 13,
	  .page_max = 16,
	  .shared_bus = true,
	  .secure_versions = 16,
	  .schemes = OTA_SCHEME_RSA | V2_CURVES },
#endif
#if ONLY(OTA_CHIP_ESP32P4)
	{ .id = OTA_CHIP_ESP32P4,
	  .name = "esp32p4",
	  .title = "ESP32-P4",
	  .mapped = { { 0x40000000, 0x44000000 }, { 0x48000000, 0x4C000000 } },
	  .ram = { { 0x4FF00000, 0x4FFC0000 },
		   { 0x50108000, 0x50110000 },
		   { 0x30100000, 0x30102000 } },
	  .page_min = 16,
	  .page_max = 16,
	  .shared_bus = true,
	  .psram_mapped = true,
	  .large = true,
	  .secure_versions = 16,
	  .schemes = OTA_SCHEME_RSA | V2_CURVES | OTA_SCHEME_P384,
	  .bootloader_offset = 0x2000 },
#endif
#if ONLY(OTA_CHIP_ESP32C61)
	{ .id = OTA_CHIP_ESP32C61,
	  .name = "esp32c61",
	  .title = "ESP32-C61",
	  .mapped = { { 0x42000000, 0x44000000 } },
	  .ram = { { 0x40800000, 0x40850000 } },
	  .page_min = 13,
	  .page_max = 16,
	  .shared_bus = true,
	  .large = true,
	  .secure_versions = 16,
	  .schemes = V2_CURVES | OTA_SCHEME_P384 },
#endif
#if ONLY(OTA_CHIP_ESP32C5)
	{ .id = OTA_CHIP_ESP32C5,
	  .name = "esp32c5",
	  .title = "ESP32-C5",
	  .mapped = { { 0x42000000, 0x44000000 } },
	  .ram = { { 0x40800000, 0x40860000 }, { 0x50000000, 0x50004000 } },
	  .page_min = 16,
	  .page_max = 16,
	  .shared_bus = true,
	  .large = true,
	  .secure_versions = 9,
	  .schemes = OTA_SCHEME_RSA | V2_CURVES | OTA_SCHEME_P384,
	  .bootloader_offset = 0x2000 },
#endif
#if ONLY(OTA_CHIP_ESP32H21)
	{ .id = OTA_CHIP_ESP32H21,
	  .name = "esp32h21",
	  .title = "ESP32-H21",
	  .mapped = { { 0x42000000, 0x43000000 } },
	  .ram = { { 0x40800000, 0x40850000 }, { 0x50000000, 0x50001000 } },
	  .page_min = 13,
	  .page_max = 16,
	  .shared_bus = true,
	  .secure_versions = 16,
	  .schemes = OTA_SCHEME_RSA },
#endif
#if ONLY(OTA_CHIP_ESP32H4)
	{ .id = OTA_CHIP_ESP32H4,
	  .name = "esp32h4",
	  .title = "ESP32-H4",
	  .mapped = { { 0x42000000, 0x44000000 } },
	  .ram = { { 0x40810000, 0x40860000 }, { 0x50000000, 0x50004000 } },
	  .page_min = 13,
	  .page_max = 16,
	  .shared_bus = true,
	  .large = true,
	  .secure_versions = 16,
	  .bootloader_offset = 0x2000 },
#endif
#if ONLY(OTA_CHIP_ESP32E22)
	{ .id = OTA_CHIP_ESP32E22,
	  .name = "esp32e22",
	  .title = "ESP32-E22",
	  .mapped = { { 0x3C000000, 0x40000000 } },
	  .page_min = 16,
	  .page_max = 16,
	  .secure_versions = 16 },
#endif
#if ONLY(OTA_CHIP_ESP32S31)
	{ .id = OTA_CHIP_ESP32S31,
	  .name = "esp32s31",
	  .title = "ESP32-S31",
	  .mapped = { { 0x40000000, 0x44000000 }, { 0x50000000, 0x54000000 } },
	  .page_min = 14,
	  .page_max = 18,
	  .shared_bus = true,
	  .psram_mapped = true,
	  .large = true,
	  .secure_versions = 16,
	  .schemes = OTA_SCHEME_RSA,
	  .bootloader_offset = 0x2000 },
#endif
#if ONLY(OTA_CHIP_ESP8266)
	{ .id = OTA_CHIP_ESP8266,
	  .name = "esp8266",
	  .title = "ESP8266",
	  .mapped = { { 0x40200000, 0x40300000 } },
	  .ram = { { 0x3FFE8000, 0x40000000 }, { 0x40100000, 0x40110000 } } },
#endif
};

const size_t ota_chip_count = ARRAY_LEN(ota_chips);

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Does `text`, in any case and with or without hyphens, mean `name`? */
static bool means(const char *text, const char *name)
{
	for (; *text; text++) {
		if (*text == '-')
			continue;
		if (lower(*text) != *name)
			return false;
		name++;
	}
	return !*name;
}

const struct ota_chip *ota_chip_by_id(uint32_t id)
{
	for (size_t i = 0; i < ota_chip_count; i++)
		if (ota_chips[i].id == id)
			return &ota_chips[i];
	return NULL;
}

const struct ota_chip *ota_chip_by_name(const char *name)
{
	for (size_t i = 0; i < ota_chip_count; i++)
		if (means(name, ota_chips[i].name))
			return &ota_chips[i];
	return NULL;
}

const char *ota_chip_retired(uint32_t id)
{
	switch (id) {
	case 4: return OTA_TEXT("ESP32-S3 beta 2");
	case 6: return OTA_TEXT("ESP32-H4 beta");
	case 7: return OTA_TEXT("ESP32-C6 beta");
	case 10: return OTA_TEXT("ESP32-H2 beta 1");
	case 14: return OTA_TEXT("ESP32-H2 beta 2");
	case 17: return OTA_TEXT("ESP32-C5 beta 3");
	default: return NULL;
	}
}

uint32_t ota_chip_image_limit(const struct ota_chip *chip)
{
	return chip->large ? UINT32_MAX : UINT32_C(16) << 20;
}

bool ota_chip_is_mapped(const struct ota_chip *chip, uint32_t addr, unsigned page)
{
	for (size_t i = 0; i < ARRAY_LEN(chip->mapped); i++) {
		struct ota_range r = chip->mapped[i];

		if (r.high == PAGES_256)
			r.high = r.low + (UINT32_C(256) << page);
		if (addr >= r.low && addr < r.high)
			return true;
	}
	return false;
}
