/* SPDX-License-Identifier: MIT */
#include "lib/host/chip_info.h"

#include <stdio.h>
#include <string.h>

struct region {
	uint32_t low, high;
	const char *name;
};

/* clang-format off */
static const struct region esp32[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x3f400000, 0x3f800000, "DROM" },
	{ 0x3f800000, 0x3fc00000, "EXTRAM_DATA" }, { 0x3ff80000, 0x3ff82000, "RTC_DRAM" },
	{ 0x3ff90000, 0x40000000, "BYTE_ACCESSIBLE" }, { 0x3ffae000, 0x40000000, "DRAM" },
	{ 0x3ffe0000, 0x3ffffffc, "DIRAM_DRAM" }, { 0x40000000, 0x40070000, "IROM" },
	{ 0x40070000, 0x40078000, "CACHE_PRO" }, { 0x40078000, 0x40080000, "CACHE_APP" },
	{ 0x40080000, 0x400a0000, "IRAM" }, { 0x400a0000, 0x400bfffc, "DIRAM_IRAM" },
	{ 0x400c0000, 0x400c2000, "RTC_IRAM" }, { 0x400d0000, 0x40400000, "IROM" },
	{ 0x50000000, 0x50002000, "RTC_DATA" },
	{ 0, 0, NULL }
};
static const struct region esp32s2[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x3f000000, 0x3ff80000, "DROM" },
	{ 0x3f500000, 0x3ff80000, "EXTRAM_DATA" }, { 0x3ff9e000, 0x3ffa0000, "RTC_DRAM" },
	{ 0x3ff9e000, 0x40000000, "BYTE_ACCESSIBLE" }, { 0x3ff9e000, 0x40072000, "MEM_INTERNAL" },
	{ 0x3ffb0000, 0x40000000, "DRAM" }, { 0x40000000, 0x4001a100, "IROM_MASK" },
	{ 0x40020000, 0x40070000, "IRAM" }, { 0x40070000, 0x40072000, "RTC_IRAM" },
	{ 0x40080000, 0x40800000, "IROM" }, { 0x50000000, 0x50002000, "RTC_DATA" },
	{ 0, 0, NULL }
};
static const struct region esp32s3[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x3c000000, 0x3d000000, "DROM" },
	{ 0x3d000000, 0x3e000000, "EXTRAM_DATA" }, { 0x600fe000, 0x60100000, "RTC_DRAM" },
	{ 0x3fc88000, 0x3fd00000, "BYTE_ACCESSIBLE" }, { 0x3fc88000, 0x403e2000, "MEM_INTERNAL" },
	{ 0x3fc88000, 0x3fd00000, "DRAM" }, { 0x40000000, 0x4001a100, "IROM_MASK" },
	{ 0x40370000, 0x403e0000, "IRAM" }, { 0x600fe000, 0x60100000, "RTC_IRAM" },
	{ 0x42000000, 0x42800000, "IROM" }, { 0x50000000, 0x50002000, "RTC_DATA" },
	{ 0, 0, NULL }
};
static const struct region esp32c3[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x3c000000, 0x3c800000, "DROM" },
	{ 0x3fc80000, 0x3fce0000, "DRAM" }, { 0x3fc88000, 0x3fd00000, "BYTE_ACCESSIBLE" },
	{ 0x3ff00000, 0x3ff20000, "DROM_MASK" }, { 0x40000000, 0x40060000, "IROM_MASK" },
	{ 0x42000000, 0x42800000, "IROM" }, { 0x4037c000, 0x403e0000, "IRAM" },
	{ 0x50000000, 0x50002000, "RTC_IRAM" }, { 0x50000000, 0x50002000, "RTC_DRAM" },
	{ 0x600fe000, 0x60100000, "MEM_INTERNAL2" },
	{ 0, 0, NULL }
};
static const struct region esp32c2[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x3c000000, 0x3c400000, "DROM" },
	{ 0x3fca0000, 0x3fce0000, "DRAM" }, { 0x3fc88000, 0x3fd00000, "BYTE_ACCESSIBLE" },
	{ 0x3ff00000, 0x3ff50000, "DROM_MASK" }, { 0x40000000, 0x40090000, "IROM_MASK" },
	{ 0x42000000, 0x42400000, "IROM" }, { 0x4037c000, 0x403c0000, "IRAM" },
	{ 0, 0, NULL }
};
static const struct region esp32c6[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x42000000, 0x43000000, "DROM" },
	{ 0x40800000, 0x40880000, "DRAM" }, { 0x40800000, 0x40880000, "BYTE_ACCESSIBLE" },
	{ 0x4004ac00, 0x40050000, "DROM_MASK" }, { 0x40000000, 0x4004ac00, "IROM_MASK" },
	{ 0x42000000, 0x43000000, "IROM" }, { 0x40800000, 0x40880000, "IRAM" },
	{ 0x50000000, 0x50004000, "RTC_IRAM" }, { 0x50000000, 0x50004000, "RTC_DRAM" },
	{ 0x600fe000, 0x60100000, "MEM_INTERNAL2" },
	{ 0, 0, NULL }
};
static const struct region esp32c61[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x42000000, 0x44000000, "DROM" },
	{ 0x40800000, 0x40860000, "DRAM" }, { 0x40800000, 0x40860000, "BYTE_ACCESSIBLE" },
	{ 0x4004ac00, 0x40050000, "DROM_MASK" }, { 0x40000000, 0x4004ac00, "IROM_MASK" },
	{ 0x42000000, 0x44000000, "IROM" }, { 0x40800000, 0x40860000, "IRAM" },
	{ 0x50000000, 0x50004000, "RTC_IRAM" }, { 0x50000000, 0x50004000, "RTC_DRAM" },
	{ 0x600fe000, 0x60100000, "MEM_INTERNAL2" },
	{ 0, 0, NULL }
};
static const struct region esp32c5[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x42000000, 0x44000000, "DROM" },
	{ 0x40800000, 0x40860000, "DRAM" }, { 0x40800000, 0x40860000, "BYTE_ACCESSIBLE" },
	{ 0x4003a000, 0x40040000, "DROM_MASK" }, { 0x40000000, 0x4003a000, "IROM_MASK" },
	{ 0x42000000, 0x44000000, "IROM" }, { 0x40800000, 0x40860000, "IRAM" },
	{ 0x50000000, 0x50004000, "RTC_IRAM" }, { 0x50000000, 0x50004000, "RTC_DRAM" },
	{ 0x600fe000, 0x60100000, "MEM_INTERNAL2" },
	{ 0, 0, NULL }
};
static const struct region esp32h4[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x42000000, 0x44000000, "DROM" },
	{ 0x40810000, 0x40860000, "DRAM" }, { 0x40810000, 0x40860000, "BYTE_ACCESSIBLE" },
	{ 0x40000000, 0x40050000, "DROM_MASK" }, { 0x40000000, 0x40050000, "IROM_MASK" },
	{ 0x42000000, 0x44000000, "IROM" }, { 0x40810000, 0x40860000, "IRAM" },
	{ 0x50000000, 0x50004000, "RTC_IRAM" }, { 0x50000000, 0x50004000, "RTC_DRAM" },
	{ 0x60000000, 0x60100000, "MEM_INTERNAL2" },
	{ 0, 0, NULL }
};
static const struct region esp32p4[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x40000000, 0x4c000000, "DROM" },
	{ 0x4ff00000, 0x4ffa0000, "DRAM" }, { 0x4ff00000, 0x4ffa0000, "BYTE_ACCESSIBLE" },
	{ 0x4fc00000, 0x4fc20000, "DROM_MASK" }, { 0x4fc00000, 0x4fc20000, "IROM_MASK" },
	{ 0x40000000, 0x4c000000, "IROM" }, { 0x4ff00000, 0x4ffa0000, "IRAM" },
	{ 0x50108000, 0x50110000, "RTC_IRAM" }, { 0x50108000, 0x50110000, "RTC_DRAM" },
	{ 0x600fe000, 0x60100000, "MEM_INTERNAL2" },
	{ 0, 0, NULL }
};
static const struct region esp32s31[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x40000000, 0x54000000, "DROM" },
	{ 0x2f000000, 0x2f080000, "DRAM" }, { 0x2f000000, 0x2f080000, "BYTE_ACCESSIBLE" },
	{ 0x2f800000, 0x2f850000, "DROM_MASK" }, { 0x2f800000, 0x2f850000, "IROM_MASK" },
	{ 0x40000000, 0x54000000, "IROM" }, { 0x2f000000, 0x2f080000, "IRAM" },
	{ 0x2e000000, 0x2e008000, "RTC_IRAM" }, { 0x2e000000, 0x2e008000, "RTC_DRAM" },
	{ 0, 0, NULL }
};
static const struct region esp32e22[] = {
	{ 0x0, 0x10000, "PADDING" }, { 0x3c000000, 0x40000000, "DROM" },
	{ 0x31000000, 0x31200000, "DRAM" }, { 0x31000000, 0x31200000, "BYTE_ACCESSIBLE" },
	{ 0x30000000, 0x30120000, "DROM_MASK" }, { 0x30000000, 0x30120000, "IROM_MASK" },
	{ 0x3c000000, 0x40000000, "IROM" }, { 0x30fe0000, 0x31200000, "IRAM" },
	{ 0xc0000000, 0xc0008000, "RTC_IRAM" }, { 0xc0000000, 0xc0008000, "RTC_DRAM" },
	{ 0, 0, NULL }
};
static const struct region esp8266[] = {
	{ 0x3ff00000, 0x3ff00010, "DPORT" }, { 0x3ffe8000, 0x40000000, "DRAM" },
	{ 0x40100000, 0x40108000, "IRAM" }, { 0x40201010, 0x402e1010, "IROM" },
	{ 0, 0, NULL }
};

static const struct {
	uint32_t chip;
	const struct region *regions;
} maps[] = {
	{ OTA_CHIP_ESP32, esp32 },
	{ OTA_CHIP_ESP32S2, esp32s2 },
	{ OTA_CHIP_ESP32S3, esp32s3 },
	{ OTA_CHIP_ESP32C3, esp32c3 },
	{ OTA_CHIP_ESP32C2, esp32c2 },
	{ OTA_CHIP_ESP32C6, esp32c6 },
	{ OTA_CHIP_ESP32H2, esp32c6 },
	{ OTA_CHIP_ESP32H21, esp32c6 },
	{ OTA_CHIP_ESP32C61, esp32c61 },
	{ OTA_CHIP_ESP32C5, esp32c5 },
	{ OTA_CHIP_ESP32H4, esp32h4 },
	{ OTA_CHIP_ESP32P4, esp32p4 },
	{ OTA_CHIP_ESP32S31, esp32s31 },
	{ OTA_CHIP_ESP32E22, esp32e22 },
	{ OTA_CHIP_ESP8266, esp8266 },
};

/* The nibble's meaning; of equal ones the first. */
struct speed {
	uint8_t nibble;
	const char *name;
};
static const struct speed common[] = { { 0xF, "80m" }, { 0, "40m" }, { 1, "26m" }, { 2, "20m" }, { 0, NULL } };
static const struct speed c2[] = { { 0xF, "60m" }, { 0, "30m" }, { 1, "20m" }, { 2, "15m" }, { 0, NULL } };
static const struct speed c6[] = { { 0, "80m" }, { 2, "20m" }, { 0, NULL } };
static const struct speed c5[] = { { 0xF, "80m" }, { 0, "40m" }, { 2, "20m" }, { 0, NULL } };
static const struct speed h2[] = { { 0xF, "48m" }, { 0, "24m" }, { 1, "16m" }, { 2, "12m" }, { 0, NULL } };
/* clang-format on */

static const struct speed *speeds_of(uint32_t chip)
{
	switch (chip) {
	case OTA_CHIP_ESP32C2: return c2;
	case OTA_CHIP_ESP32C6: return c6;
	case OTA_CHIP_ESP32C5:
	case OTA_CHIP_ESP32C61:
	case OTA_CHIP_ESP32S31: return c5;
	case OTA_CHIP_ESP32H2:
	case OTA_CHIP_ESP32H21:
	case OTA_CHIP_ESP32H4: return h2;
	default: return common;
	}
}

const char *ota_flash_freq(uint32_t chip, uint8_t flash)
{
	for (const struct speed *row = speeds_of(chip); row->name; row++)
		if (row->nibble == (flash & 0x0F))
			return row->name;
	return NULL;
}

const char *ota_flash_size(uint32_t chip, uint8_t flash)
{
	static const char *const sizes[16] = { "1MB",  "2MB",  "4MB",  "8MB",
					       "16MB", "32MB", "64MB", "128MB" };
	static const char *const old_sizes[16] = { "512KB",  "256KB",  "1MB", "2MB", "4MB",
						   "2MB-c1", "4MB-c1", NULL,  "8MB", "16MB" };

	return chip == OTA_CHIP_ESP8266 ? old_sizes[flash >> 4] : sizes[flash >> 4];
}

const char *ota_flash_mode(uint8_t mode)
{
	static const char *const names[] = {
		"qio", "qout", "dio", "dout", "fast_read", "slow_read"
	};

	return mode < ARRAY_LEN(names) ? names[mode] : NULL;
}

char *ota_chip_regions(uint32_t chip, uint32_t addr, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(maps); i++) {
		if (maps[i].chip != chip)
			continue;
		for (const struct region *r = maps[i].regions; r->name; r++)
			if (addr >= r->low && addr < r->high && used < size)
				used += (size_t)snprintf(out + used, size - used, "%s%s",
							 used ? "," : "", r->name);
	}
	return out;
}
