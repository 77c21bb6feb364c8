/* SPDX-License-Identifier: MIT */
/* port.c - a port that compiles and does nothing yet: fill in each function as its comment says
 *
 * Copy the folder, keep the calls in ota_port_run(), and write what is left to your system: flash,
 * random bytes, restart, sockets and time. SHA-256 is linked: port/common/sha256.c, or your chip's. */
#include "firmware/core/receiver.h"

#define CONNS 1 /* 1.25 KiB of RAM each */

/* Read `len` bytes of flash at `addr`, decrypted where flash is encrypted. 0, or your error. */
static int flash_read(void *ctx, uint32_t addr, void *buf, size_t len)
{
	(void)ctx;
	(void)addr;
	(void)buf;
	(void)len;
	return -1;
}

/* Program bytes; `addr` and `len` are multiples of write_unit. Come back when they are in flash. */
static int flash_write(void *ctx, uint32_t addr, const void *buf, size_t len)
{
	(void)ctx;
	(void)addr;
	(void)buf;
	(void)len;
	return -1;
}

/* Erase `len` bytes, 4096 or erase_max. Come back when it is done. */
static int flash_erase(void *ctx, uint32_t addr, uint32_t len)
{
	(void)ctx;
	(void)addr;
	(void)len;
	return -1;
}

/* Is every byte erased, seen below flash encryption? */
static int flash_blank(void *ctx, uint32_t addr, uint32_t len, bool *blank)
{
	(void)ctx;
	(void)addr;
	(void)len;
	*blank = false;
	return -1;
}

/* Bytes of the hardware's generator. */
static void random_fill(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	(void)buf;
	(void)len;
}

/* Reset the chip. */
static void device_restart(void *ctx)
{
	(void)ctx;
}

/* Milliseconds since any moment; it may wrap around. */
static uint32_t now_ms(void)
{
	return 0;
}

/* Wait up to `ms` for the sockets; move bytes between them and the connections; accept newcomers, as
 * the comment in receiver.h says. false: end. */
static bool serve(struct ota_receiver *rx, uint32_t ms)
{
	(void)rx;
	(void)ms;
	return false;
}

static const struct ota_flash flash = {
	.size = 4u << 20,
	.write_unit = 4,
	.erase_max = 65536,
	.table = 0x8000,
	.read = flash_read,
	.write = flash_write,
	.erase = flash_erase,
	.blank = flash_blank,
};

static const struct ota_random random_bytes = { .fill = random_fill };

/* `running` is what executes, from where the code is: never from otadata. */
static struct ota_device device = {
	.id = "000000000000",
	.receiver = "1.0.0",
	.chip = OTA_CHIP_ESP32C3,
	.block_revision = OTA_REVISION_NONE,
	.running = 0,
	.restart = device_restart,
};

static const struct ota_port port = { .flash = &flash, .random = &random_bytes, .device = &device };

/* Without keys nothing can be changed; `insecure` is for the bench. */
static const struct ota_config config = { .insecure = false, .trial_ms = 600000 };

static struct ota_receiver receiver;
static struct ota_conn conns[CONNS];

int ota_port_run(void);

int ota_port_run(void)
{
	if (ota_receiver_begin(&receiver, &config, &port, conns, CONNS))
		return -1;
	while (serve(&receiver, ota_step(&receiver, now_ms())))
		;
	return 0;
}
