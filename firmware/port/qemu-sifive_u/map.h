/* SPDX-License-Identifier: MIT */
/* map.h - the memory of an ESP32-C3 on the board: one row a window of 4 MiB pages
 *
 * The C3 reads its flash through an MMU, and its loader copies the other segments to SRAM. Here the
 * boot stage copies every segment to RAM, and Sv32 page tables put that RAM at the C3's addresses:
 * apps are linked, and judged by lib/image.c, for a C3 and nothing else.
 * Source: ESP32-C3 memory map as in lib/chip.c; RAM from 0x80000000 on is the board's. */
#ifndef BOARD_MAP_H
#define BOARD_MAP_H

#include <stdint.h>

#define MAP_PAGE 0x400000u /* bytes that one first-level entry maps */

struct map_window {
	uint32_t at; /* as the app sees it, a multiple of MAP_PAGE */
	uint32_t size;
	uint32_t ram; /* as the boot stage and DMA see it */
	uint32_t low, high; /* where segments may be loaded; low == high: nowhere */
};

static const struct map_window map_windows[] = {
	{ 0x3C000000, 0x800000, 0x81000000, 0x3C000000, 0x3C800000 }, /* flash, read as data */
	{ 0x3FC00000, 0x400000, 0x81800000, 0x3FC80000, 0x3FCE0000 }, /* SRAM as data */
	{ 0x40000000, 0x400000, 0x81C00000, 0x4037C000, 0x403E0000 }, /* SRAM as code */
	{ 0x42000000, 0x800000, 0x82000000, 0x42000000, 0x42800000 }, /* flash, read as code */
	{ 0x50000000, 0x400000, 0x82800000, 0x50000000,
	  0x50000000 }, /* kept RAM: struct board_keep */
	{ 0x02000000, 0x400000, 0x02000000, 0, 0 }, /* clock */
	{ 0x10000000, 0x400000, 0x10000000, 0, 0 }, /* UART, SPI, GPIO, Ethernet */
};

#define MAP_SRAM_AT 0x3FC00000u
#define MAP_SRAM_RAM 0x81800000u

/* Where DMA finds what the app has in SRAM. */
static inline uint32_t map_dma(const void *pointer)
{
	return (uint32_t)(uintptr_t)pointer - MAP_SRAM_AT + MAP_SRAM_RAM;
}

#endif
