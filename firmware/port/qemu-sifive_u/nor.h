/* SPDX-License-Identifier: MIT */
/* nor.h - the is25wp256 on SPI0: 32 MiB of NOR flash, 256-byte pages, 4 KiB and 64 KiB erases
 *
 * The functions have the form of struct ota_flash (firmware/core/ota_port.h); `ctx` is not used.
 * They return 0 or a NOR_E_ number. */
#ifndef BOARD_NOR_H
#define BOARD_NOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOR_SIZE 0x2000000u
#define NOR_PAGE 256u
#define NOR_SECTOR 4096u
#define NOR_BLOCK 65536u

enum {
	NOR_E_ID = 1, /* another chip, or none */
	NOR_E_RANGE = 2,
	NOR_E_FAILED = 3, /* the chip reports it (by options.fail here) */
};

int nor_begin(void);
int nor_read(void *ctx, uint32_t addr, void *buf, size_t len);
int nor_write(void *ctx, uint32_t addr, const void *buf, size_t len);
int nor_erase(void *ctx, uint32_t addr, uint32_t len);
int nor_blank(void *ctx, uint32_t addr, uint32_t len, bool *blank);

/* For nor_faults.c: one operation of the chip, whatever the options say. */
void nor_chip_program(uint32_t addr, const uint8_t *bytes, size_t len);
void nor_chip_erase(uint32_t addr, uint32_t len);
void nor_chip_read(uint32_t addr, uint8_t *bytes, size_t len);

/* nor_faults.c: count the operation; false: it fails. At options.cut it is torn, and the emulator
 * stops. `bytes` NULL: an erase. */
bool nor_faults_operation(uint32_t addr, const uint8_t *bytes, size_t len);

/* Let the stuck bit show. */
void nor_faults_read(uint32_t addr, uint8_t *bytes, size_t len);

#endif
