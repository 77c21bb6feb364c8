/* SPDX-License-Identifier: MIT */
#include "firmware/port/qemu-sifive_u/load.h"
#include "firmware/port/qemu-sifive_u/board.h"
#include "firmware/port/qemu-sifive_u/map.h"
#include "firmware/port/qemu-sifive_u/nor.h"
#include "lib/chip.h"

#define ENTRY_LEAF \
	0xCFu /* of a page table: dirty, accessed, executable, writable, readable, valid */
#define SATP_SV32 0x80000000u
#define RAM_ONLY 0x10000000u /* segments below are not loaded: padding */

_Noreturn void enter(uint32_t entry, uint32_t satp);

static uint32_t page_table[1024] __attribute__((aligned(4096)));

static void keep_segment(void *ctx, const struct ota_segment *segment)
{
	struct load *load = ctx;

	if (load->count < OTA_SEGMENTS_MAX)
		load->segments[load->count++] = *segment;
}

static void say_refusal(const struct ota_image *image)
{
	board_print("boot: refused: ");
	board_print(image->diag.rule ? image->diag.rule->text : "flash does not answer");
	board_print("\n");
}

bool load_verify(struct load *load, uint32_t addr, uint32_t room)
{
	static struct ota_image image;
	static uint8_t bytes[NOR_SECTOR];
	const struct ota_image_want want = { .chip = ota_chip_by_id(OTA_CHIP_ESP32C3),
					     .role = OTA_ROLE_APP,
					     .revision = BOARD_REVISION,
					     .block_revision = OTA_REVISION_NONE,
					     .flash_addr = addr,
					     .room = room,
					     .ctx = load,
					     .segment = keep_segment };
	enum ota_status status = OTA_OK;

	load->count = 0;
	ota_image_begin(&image, &want);
	for (uint32_t done = 0; done < room && !status; done += NOR_SECTOR) {
		uint32_t size = room - done < NOR_SECTOR ? room - done : NOR_SECTOR;

		if (image.phase == OTA_PHASE_TAIL)
			break;
		if (nor_read(NULL, addr + done, bytes, size))
			return false;
		status = ota_image_feed(&image, bytes, size);
	}
	if (!status)
		status = ota_image_finish(&image);
	if (status)
		say_refusal(&image);
	load->entry = image.header.entry;
	return !status;
}

/* Where the loader finds what an app sees at `at`; NULL: not `size` bytes of one window. */
static void *find_ram(uint32_t at, uint32_t size)
{
	for (size_t i = 0; i < sizeof(map_windows) / sizeof(map_windows[0]); i++) {
		const struct map_window *window = &map_windows[i];

		if (at >= window->low && at < window->high && size <= window->high - at)
			return (void *)(uintptr_t)(at - window->at + window->ram);
	}
	return NULL;
}

bool load_copy(const struct load *load, uint32_t addr)
{
	for (unsigned i = 0; i < load->count; i++) {
		const struct ota_segment *segment = &load->segments[i];
		void *ram = find_ram(segment->load_addr, segment->size);

		if (segment->load_addr < RAM_ONLY || !segment->size)
			continue;
		if (!ram || nor_read(NULL, addr + segment->offset, ram, segment->size))
			return false;
	}
	return true;
}

_Noreturn void load_start(const struct load *load)
{
	for (size_t i = 0; i < sizeof(map_windows) / sizeof(map_windows[0]); i++) {
		const struct map_window *window = &map_windows[i];

		for (uint32_t at = 0; at < window->size; at += MAP_PAGE)
			page_table[(window->at + at) / MAP_PAGE] =
				(window->ram + at) >> 2 | ENTRY_LEAF;
	}
	enter(load->entry, SATP_SV32 | (uint32_t)(uintptr_t)page_table >> 12);
}
