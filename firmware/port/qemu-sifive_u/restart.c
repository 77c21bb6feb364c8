/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "firmware/port/qemu-sifive_u/board.h"

#define GPIO_OUTPUT_ENABLE 0x08u
#define GPIO_OUTPUT 0x0Cu
#define GPIO_RESTART (1u << 10) /* wired to the board's reset, falling edge */

_Noreturn void board_restart(const char *reason)
{
	strncpy(board_keep.reason, reason, sizeof(board_keep.reason) - 1);
	board_print("board: restart: ");
	board_print(reason);
	board_print(", after ms ");
	board_print_number((uint32_t)(board_us() / 1000));
	board_print(", operation ");
	board_print_number(board_keep.operations);
	board_print("\n");
	/* High before it is an output: enabled while low, it would restart twice. */
	*board_reg(BOARD_GPIO + GPIO_OUTPUT) = GPIO_RESTART;
	*board_reg(BOARD_GPIO + GPIO_OUTPUT_ENABLE) = GPIO_RESTART;
	*board_reg(BOARD_GPIO + GPIO_OUTPUT) = 0;
	for (;;)
		;
}
