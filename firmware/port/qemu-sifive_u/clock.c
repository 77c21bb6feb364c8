/* SPDX-License-Identifier: MIT */
#include "firmware/port/qemu-sifive_u/board.h"

#define CLINT_MTIME 0xbff8u /* 1 MHz, two halves */

uint64_t board_us(void)
{
	uint32_t high, low;

	do {
		high = *board_reg(BOARD_CLINT + CLINT_MTIME + 4);
		low = *board_reg(BOARD_CLINT + CLINT_MTIME);
	} while (high != *board_reg(BOARD_CLINT + CLINT_MTIME + 4));
	return (uint64_t)high << 32 | low;
}

uint32_t board_ms(void)
{
	return (uint32_t)(board_us() / 1000) + board_keep.options.clock;
}
