/* SPDX-License-Identifier: MIT */
/* The boot stage: the partition table, the choice by lib/boot.c, the app into RAM. It decides
 * nothing itself, so that `otatool boot` predicts it from the flash file. */
#include <string.h>

#include "firmware/port/qemu-sifive_u/board.h"
#include "firmware/port/qemu-sifive_u/load.h"
#include "firmware/port/qemu-sifive_u/nor.h"
#include "lib/boot.h"
#include "lib/table.h"

#define KEEP_MAGIC 0x6B656570u
#define WAIT_US 200000u /* before a start that found nothing is tried again */

_Noreturn void board_trap(uint32_t cause, uint32_t pc, uint32_t value);
int main(void);

static struct ota_table table;
static struct ota_slots slots;
static struct load load;

_Noreturn void board_trap(uint32_t cause, uint32_t pc, uint32_t value)
{
	board_print("panic: cause ");
	board_print_hex(cause);
	board_print(" at ");
	board_print_hex(pc);
	board_print(", value ");
	board_print_hex(value);
	board_print("\n");
	board_restart("panic");
}

static _Noreturn void give_up(const char *why)
{
	uint64_t start = board_us();

	board_print("boot: ");
	board_print(why);
	board_print("\n");
	while (board_us() - start < WAIT_US)
		;
	board_restart("nothing to boot");
}

static void begin_keep(void)
{
	if (board_keep.magic != KEEP_MAGIC)
		memset(&board_keep, 0, sizeof(board_keep));
	else
		board_keep.restarts++;
	board_keep.magic = KEEP_MAGIC;
	board_options_read(&board_keep.options);
}

static void say_finding(void *ctx, const struct ota_diag *diag)
{
	(void)ctx;
	board_print("boot: table: ");
	board_print(diag->rule->text);
	board_print("\n");
}

static void read_table(void)
{
	static uint8_t raw[OTA_TABLE_SIZE];
	const struct ota_table_options options = { .dialect = &ota_dialect_esp32,
						   .names = ota_dialect_esp32.names,
						   .offset = BOARD_TABLE,
						   .flash_size = NOR_SIZE };

	if (nor_read(NULL, BOARD_TABLE, raw, sizeof(raw)))
		give_up("flash cannot be read");
	if (ota_table_decode(raw, sizeof(raw), &options, &table, say_finding, NULL) || !table.count)
		give_up("there is no valid partition table at 0x8000");
	ota_slots_begin(&slots);
	board_keep.keys = 0;
	for (size_t i = 0; i < table.count; i++) {
		const struct ota_part *part = &table.parts[i];

		if (part->type == BOARD_KEYS_TYPE)
			board_keep.keys = part->offset;
		ota_slots_add(&slots, part->type, part->subtype, part->size, (uint8_t)i);
	}
}

static void print_choice(int choice)
{
	unsigned row = ota_slots_row(&slots, choice);

	board_print(row == OTA_NO_ROW ? "nothing" : table.parts[row].label);
}

static bool verify(void *ctx, int choice)
{
	const struct ota_part *part = &table.parts[ota_slots_row(&slots, choice)];

	(void)ctx;
	board_print("boot: ");
	print_choice(choice);
	board_print("\n");
	return part->offset < NOR_SIZE && part->size <= NOR_SIZE - part->offset &&
	       load_verify(&load, part->offset, part->size);
}

static int apply(void *ctx, const struct ota_op *op)
{
	uint32_t addr = table.parts[slots.otadata].offset + op->sector * OTA_RECORD_STRIDE;
	uint8_t back[OTA_RECORD_SIZE];

	(void)ctx;
	if (op->kind == OTA_OP_ERASE)
		return nor_erase(NULL, addr, NOR_SECTOR);
	return nor_write(NULL, addr, op->raw, sizeof(op->raw)) ||
	       nor_read(NULL, addr, back, sizeof(back)) || memcmp(back, op->raw, sizeof(back)) != 0;
}

static void read_records(struct ota_record pair[static 2])
{
	uint8_t raw[OTA_RECORD_SIZE];

	for (uint32_t i = 0; i < 2; i++) {
		memset(raw, 0xFF, sizeof(raw));
		if (slots.otadata != OTA_NO_ROW &&
		    nor_read(NULL, table.parts[slots.otadata].offset + i * OTA_RECORD_STRIDE, raw,
			     sizeof(raw)))
			give_up("otadata cannot be read");
		ota_record_decode(raw, &pair[i]);
	}
}

int main(void)
{
	struct ota_boot boot = { .slots = &slots, .verify = verify, .apply = apply };
	struct ota_boot_result result;
	struct ota_record pair[2];

	begin_keep();
	if (nor_begin())
		give_up("no flash chip answers");
	read_table();
	read_records(pair);
	boot.config.rollback = !board_keep.options.norollback;
	if (ota_boot(&boot, pair, &result))
		give_up("otadata cannot be written");
	if (result.choice == OTA_CHOICE_NONE)
		give_up("no app is bootable");
	if (!load_copy(&load, table.parts[ota_slots_row(&slots, result.choice)].offset))
		give_up("the app does not fit this board");
	board_print("boot: starts ");
	print_choice(result.choice);
	board_print("\n");
	board_keep.running = result.choice;
	load_start(&load);
}
