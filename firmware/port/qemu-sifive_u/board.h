/* SPDX-License-Identifier: MIT */
/* board.h - the board: where things are, and what its few files offer each other
 *
 * QEMU's sifive_u plays an ESP32-C3: hart 1 runs alone, RAM windows stand at the C3's addresses
 * (map.h), SPI NOR on SPI0, Ethernet on the Cadence GEM, UART0 as console. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOARD_TABLE 0x8000u /* flash address of the partition table */
#define BOARD_KEYS_TYPE 0x40u /* partition type of the key store, subtype 0 */
#define BOARD_REVISION 4u /* of the chip: 0.4 */

#define BOARD_CLINT 0x02000000u
#define BOARD_UART 0x10010000u
#define BOARD_SPI 0x10040000u
#define BOARD_GPIO 0x10060000u
#define BOARD_GEM 0x10090000u

static inline volatile uint32_t *board_reg(uint32_t addr)
{
	return (volatile uint32_t *)(uintptr_t)addr;
}

/* What the one who starts the emulator asks for, as words `name=number` in its semihosting
 * arguments: faults for the tests, and what the demo apps differ in at run time. */
struct board_options {
	uint32_t cut; /* the NOR operation at which power fails, counted from 1; 0: never */
	uint32_t tear; /* enum board_tear: what is left of that operation */
	uint32_t seed; /* of everything random here */
	uint32_t fail; /* the NOR operation from which on all report failure; 0: none does */
	uint32_t stuck; /* flash address of a byte whose bit 0 always reads as 0; 0: none */
	uint32_t drop, twice, late; /* per cent of Ethernet frames dropped, doubled, reordered */
	uint32_t unplug; /* the NOR operation after which the link goes down; 0: never */
	uint32_t plug; /* ms after which it comes up again */
	uint32_t clock; /* ms that the clock starts from */
	uint32_t trial; /* ms: the receiver's trial timer */
	uint32_t stack; /* bytes: the apps' stack budget; 0: the one that they are held to */
	uint32_t norollback; /* 1: the boot stage is one without rollback */
};

enum board_tear {
	BOARD_TEAR_BEFORE, /* nothing was done */
	BOARD_TEAR_AFTER, /* all was */
	BOARD_TEAR_PREFIX, /* the first part of it, at a byte that `seed` chooses */
	BOARD_TEAR_RANDOM, /* any part of it: bits of a page, words of a sector */
};

/* RAM that a restart keeps: the boot stage fills it in for the app. Zero at power-on. */
struct board_keep {
	uint32_t magic;
	struct board_options options;
	uint32_t operations; /* on NOR since power-on, programs and erases */
	uint32_t restarts; /* since power-on */
	int32_t running; /* slot or OTA_CHOICE_FACTORY: what the boot stage started */
	uint32_t keys; /* flash address of the key store; 0: the table has none */
	char reason[24]; /* of the last restart */
};

extern struct board_keep board_keep; /* placed by the linker script */

/* console.c */
void board_print(const char *text);
void board_print_number(uint32_t value);
void board_print_hex(uint32_t value);

/* host.c: the emulator's host, by semihosting */
void board_options_read(struct board_options *options);
_Noreturn void board_exit(uint32_t status);

/* clock.c */
uint64_t board_us(void); /* since power-on */
uint32_t board_ms(void); /* the same from options.clock on; wraps around */

/* restart.c */
_Noreturn void board_restart(const char *reason);

/* stack.c: paint the free stack, and find out how much of it was ever used */
void board_stack_paint(void);
uint32_t board_stack_used(void); /* bytes */

/* random.c: xorshift32 from a seed, for tests only */
uint32_t board_draw(uint32_t *state);

#endif
