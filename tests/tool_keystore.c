/* SPDX-License-Identifier: MIT */
/* tool_keystore DEVICE <KEYFILE >STORE: the 8 KiB of a key store that holds the key of DEVICE, derived
 * from the fleet's key in KEYFILE; what is flashed by wire where firmware/port/common/key_store.c is
 * used. */
#include <stdio.h>
#include <string.h>

#include "firmware/port/common/key_store.h"
#include "lib/host/keys.h"

static uint8_t store_bytes[OTA_KEY_STORE_SIZE];

static int read_store(void *ctx, uint32_t addr, void *buf, size_t len)
{
	(void)ctx;
	memcpy(buf, store_bytes + addr, len);
	return 0;
}

static int write_store(void *ctx, uint32_t addr, const void *buf, size_t len)
{
	(void)ctx;
	memcpy(store_bytes + addr, buf, len);
	return 0;
}

static int erase_store(void *ctx, uint32_t addr, uint32_t len)
{
	(void)ctx;
	memset(store_bytes + addr, 0xFF, len);
	return 0;
}

int main(int argc, char **argv)
{
	const struct ota_flash flash = { .size = OTA_KEY_STORE_SIZE,
					 .write_unit = 1,
					 .erase_max = 4096,
					 .read = read_store,
					 .write = write_store,
					 .erase = erase_store };
	struct ota_push_key fleet, device;
	struct ota_key_store store = { .flash = &flash };
	const struct ota_keys keys = ota_key_store_port(&store);
	struct ota_diag diag;
	char text[1024];
	size_t size = fread(text, 1, sizeof(text), stdin);

	memset(store_bytes, 0xFF, sizeof(store_bytes));
	if (argc != 2 || ota_push_key_parse(text, size, &fleet, &diag)) {
		fprintf(stderr, "usage: tool_keystore DEVICE <KEYFILE >STORE\n");
		return 2;
	}
	ota_push_key_derive(&fleet, argv[1], &device);
	if (keys.set(keys.ctx, 0, device.key))
		return 1;
	return fwrite(store_bytes, 1, sizeof(store_bytes), stdout) != sizeof(store_bytes);
}
