/* SPDX-License-Identifier: MIT */
#include "firmware/port/qemu-sifive_u/board.h"

#define UART_TXDATA 0x00u
#define UART_TXCTRL 0x08u
#define UART_FULL 0x80000000u
#define UART_ENABLE 1u

static void put(char c)
{
	while (*board_reg(BOARD_UART + UART_TXDATA) & UART_FULL)
		;
	*board_reg(BOARD_UART + UART_TXDATA) = (uint8_t)c;
}

void board_print(const char *text)
{
	*board_reg(BOARD_UART + UART_TXCTRL) = UART_ENABLE;
	for (; *text; text++)
		put(*text);
}

void board_print_number(uint32_t value)
{
	char digits[11];
	char *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	board_print(p);
}

void board_print_hex(uint32_t value)
{
	char digits[] = "0x00000000";

	for (unsigned i = 9; i > 1; i--, value >>= 4)
		digits[i] = "0123456789abcdef"[value & 15];
	board_print(digits);
}
