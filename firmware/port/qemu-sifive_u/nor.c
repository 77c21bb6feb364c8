/* SPDX-License-Identifier: MIT */
/* The controller is used byte for byte, without interrupts; source of its registers: SiFive
 * FU540-C000 manual, chapter SPI; of the commands: IS25WP256 data sheet. */
#include "firmware/port/qemu-sifive_u/nor.h"
#include "firmware/port/qemu-sifive_u/board.h"

#define SPI_CSMODE 0x18u
#define SPI_FMT 0x40u
#define SPI_TXDATA 0x48u
#define SPI_RXDATA 0x4Cu
#define SPI_TXMARK 0x50u
#define SPI_IP 0x74u
#define SPI_IP_TXWM 1u
#define SPI_FLAG 0x80000000u /* TXDATA: full; RXDATA: empty */
#define SPI_FIFO 8u /* bytes */
#define CSMODE_AUTO 0u
#define CSMODE_HOLD 2u
#define FMT_8_BITS 0x00080000u
#define FMT_SEND_ONLY 0x8u /* received bytes are thrown away */

#define NOR_ID 0x9D7019u
#define CMD_READ_ID 0x9Fu
#define CMD_READ_STATUS 0x05u
#define CMD_WRITE_ENABLE 0x06u
#define CMD_READ 0x13u /* these four with 4 bytes of address */
#define CMD_PROGRAM 0x12u
#define CMD_ERASE_SECTOR 0x21u
#define CMD_ERASE_BLOCK 0xDCu
#define STATUS_BUSY 1u

static void send(uint8_t byte)
{
	while (*board_reg(BOARD_SPI + SPI_TXDATA) & SPI_FLAG)
		;
	*board_reg(BOARD_SPI + SPI_TXDATA) = byte;
}

static uint8_t receive(void)
{
	uint32_t value;

	do
		value = *board_reg(BOARD_SPI + SPI_RXDATA);
	while (value & SPI_FLAG);
	return (uint8_t)value;
}

/* Fewer than one byte waits to be sent. */
static void wait_sent(void)
{
	*board_reg(BOARD_SPI + SPI_TXMARK) = 1;
	while (!(*board_reg(BOARD_SPI + SPI_IP) & SPI_IP_TXWM))
		;
}

static uint8_t swap(uint8_t byte)
{
	send(byte);
	return receive();
}

static void begin(uint8_t command)
{
	*board_reg(BOARD_SPI + SPI_FMT) = FMT_8_BITS;
	*board_reg(BOARD_SPI + SPI_CSMODE) = CSMODE_HOLD;
	swap(command);
}

static void end(void)
{
	*board_reg(BOARD_SPI + SPI_CSMODE) = CSMODE_AUTO;
}

static void begin_at(uint8_t command, uint32_t addr)
{
	begin(command);
	for (unsigned shift = 32; shift; shift -= 8)
		swap((uint8_t)(addr >> (shift - 8)));
}

static void enable_write(void)
{
	begin(CMD_WRITE_ENABLE);
	end();
}

static void wait_ready(void)
{
	begin(CMD_READ_STATUS);
	while (swap(0) & STATUS_BUSY)
		;
	end();
}

int nor_begin(void)
{
	uint32_t id;

	begin(CMD_READ_ID);
	id = (uint32_t)swap(0) << 16;
	id |= (uint32_t)swap(0) << 8;
	id |= swap(0);
	end();
	return id == NOR_ID ? 0 : NOR_E_ID;
}

void nor_chip_read(uint32_t addr, uint8_t *bytes, size_t len)
{
	begin_at(CMD_READ, addr);
	while (len) {
		size_t n = len < SPI_FIFO ? len : SPI_FIFO;

		for (size_t i = 0; i < n; i++)
			*board_reg(BOARD_SPI + SPI_TXDATA) = 0;
		for (size_t i = 0; i < n; i++)
			*bytes++ = receive();
		len -= n;
	}
	end();
}

void nor_chip_program(uint32_t addr, const uint8_t *bytes, size_t len)
{
	enable_write();
	begin_at(CMD_PROGRAM, addr);
	*board_reg(BOARD_SPI + SPI_FMT) = FMT_8_BITS | FMT_SEND_ONLY;
	for (size_t i = 0; i < len; i++) {
		if (i % SPI_FIFO == 0)
			wait_sent();
		*board_reg(BOARD_SPI + SPI_TXDATA) = bytes[i];
	}
	wait_sent();
	end();
	wait_ready();
}

void nor_chip_erase(uint32_t addr, uint32_t len)
{
	enable_write();
	begin_at(len == NOR_BLOCK ? CMD_ERASE_BLOCK : CMD_ERASE_SECTOR, addr);
	end();
	wait_ready();
}

static bool in_range(uint32_t addr, size_t len)
{
	return addr <= NOR_SIZE && len <= NOR_SIZE - addr;
}

int nor_read(void *ctx, uint32_t addr, void *buf, size_t len)
{
	(void)ctx;
	if (!in_range(addr, len))
		return NOR_E_RANGE;
	nor_chip_read(addr, buf, len);
	nor_faults_read(addr, buf, len);
	return 0;
}

int nor_write(void *ctx, uint32_t addr, const void *buf, size_t len)
{
	const uint8_t *bytes = buf;

	(void)ctx;
	if (!in_range(addr, len))
		return NOR_E_RANGE;
	while (len) {
		size_t n = NOR_PAGE - addr % NOR_PAGE;

		if (n > len)
			n = len;
		if (!nor_faults_operation(addr, bytes, n))
			return NOR_E_FAILED;
		nor_chip_program(addr, bytes, n);
		addr += (uint32_t)n;
		bytes += n;
		len -= n;
	}
	return 0;
}

int nor_erase(void *ctx, uint32_t addr, uint32_t len)
{
	(void)ctx;
	if ((len != NOR_SECTOR && len != NOR_BLOCK) || addr % len || !in_range(addr, len))
		return NOR_E_RANGE;
	if (!nor_faults_operation(addr, NULL, len))
		return NOR_E_FAILED;
	nor_chip_erase(addr, len);
	return 0;
}

int nor_blank(void *ctx, uint32_t addr, uint32_t len, bool *blank)
{
	uint32_t words[64];

	*blank = false;
	while (len) {
		uint32_t n = len < sizeof(words) ? len : (uint32_t)sizeof(words);
		int error = nor_read(ctx, addr, words, n);

		if (error)
			return error;
		for (uint32_t i = 0; i < n; i++)
			if (((const uint8_t *)words)[i] != 0xFF)
				return 0;
		addr += n;
		len -= n;
	}
	*blank = true;
	return 0;
}
