/* SPDX-License-Identifier: MIT */
/* What can go wrong with flash, at a place that the one who starts the emulator chose. */
#include <string.h>

#include "firmware/port/qemu-sifive_u/board.h"
#include "firmware/port/qemu-sifive_u/nor.h"

static uint32_t seed;

/* Is this part of the operation done before power goes? */
static bool reached(size_t place, size_t size)
{
	if (board_keep.options.tear == BOARD_TEAR_PREFIX)
		return place < board_keep.options.seed % size;
	return board_draw(&seed) & 1;
}

/* In the byte that power goes at, some of the bits are cleared already. */
static void tear_program(uint32_t addr, const uint8_t *bytes, size_t len)
{
	uint8_t torn[NOR_PAGE];
	bool before = true;

	for (size_t i = 0; i < len; i++) {
		bool done = reached(i, len);

		torn[i] = done ? bytes[i] : 0xFF;
		if (before && !done)
			torn[i] = (uint8_t)(bytes[i] | board_draw(&seed));
		before = done;
	}
	nor_chip_program(addr, torn, len);
}

/* Words that are not reached keep what they held. */
static void tear_erase(uint32_t addr, uint32_t len)
{
	static uint8_t old[NOR_SECTOR];
	uint32_t end = addr + len;

	for (uint32_t start = addr; addr < end; addr += NOR_SECTOR) {
		nor_chip_read(addr, old, NOR_SECTOR);
		for (size_t i = 0; i < NOR_SECTOR; i += 4)
			if (reached(addr - start + i, len))
				memset(old + i, 0xFF, 4);
		nor_chip_erase(addr, NOR_SECTOR);
		for (size_t i = 0; i < NOR_SECTOR; i += NOR_PAGE)
			nor_chip_program(addr + (uint32_t)i, old + i, NOR_PAGE);
	}
}

static void tear(uint32_t addr, const uint8_t *bytes, size_t len)
{
	uint32_t how = board_keep.options.tear;

	seed = board_keep.options.seed;
	if (how == BOARD_TEAR_BEFORE)
		return;
	if (how != BOARD_TEAR_AFTER && bytes)
		tear_program(addr, bytes, len);
	else if (how != BOARD_TEAR_AFTER)
		tear_erase(addr, (uint32_t)len);
	else if (bytes)
		nor_chip_program(addr, bytes, len);
	else
		nor_chip_erase(addr, (uint32_t)len);
}

bool nor_faults_operation(uint32_t addr, const uint8_t *bytes, size_t len)
{
	const struct board_options *options = &board_keep.options;
	uint32_t number = ++board_keep.operations;

	if (options->cut && number == options->cut) {
		tear(addr, bytes, len);
		board_print(bytes ? "board: power fails in a program at "
				  : "board: power fails in an erase at ");
		board_print_hex(addr);
		board_print("\n");
		board_exit(0);
	}
	return !options->fail || number < options->fail;
}

void nor_faults_read(uint32_t addr, uint8_t *bytes, size_t len)
{
	uint32_t stuck = board_keep.options.stuck;

	if (stuck && stuck >= addr && stuck - addr < len)
		bytes[stuck - addr] &= 0xFE;
}
