/* SPDX-License-Identifier: MIT */
#include "firmware/port/qemu-sifive_u/board.h"

#define PAINT 0xA5C35A3Cu
#define MARGIN 64u /* words above the current stack pointer's that are left alone */

extern uint32_t stack_bottom[], stack_top[];

void board_stack_paint(void)
{
	uint32_t *here = __builtin_frame_address(0);

	for (uint32_t *p = stack_bottom; p < here - MARGIN; p++)
		*p = PAINT;
}

uint32_t board_stack_used(void)
{
	const uint32_t *p = stack_bottom;

	while (p < stack_top && *p == PAINT)
		p++;
	return (uint32_t)((uintptr_t)stack_top - (uintptr_t)p);
}
