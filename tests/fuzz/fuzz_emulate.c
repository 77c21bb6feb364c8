/* SPDX-License-Identifier: MIT */
/* A flash that holds anything: the input patches one that is right (3 bytes of address, a size, that many
 * bytes). Whatever boots then is asked for all that a receiver tells, and is updated. It answers each
 * time, whatever the table leads to. */
#define RX_SLOT 0x10000u
#include "tests/rx.h"

static struct rx_world world;
static uint8_t image[8192];
static size_t image_size;

static const char *const requests[] = {
	RX_GET("device"),   RX_GET("image/blocks?size=4096"),
	RX_GET("otadata"),  RX_GET("table"),
	RX_POST("confirm"), RX_POST("rollback"),
	RX_GET("device"),
};

static void make_flash(void)
{
	static const struct app_recipe old = { "lamp", "1", OTA_CHIP_ESP32C3, 2000, 1, 0, false,
					       false,  0 };
	static const struct app_recipe new = { "lamp", "2", OTA_CHIP_ESP32C3, 5000, 2, 0, false,
					       false,  0 };

	rx_begin(&world, RX_TWO);
	rx_put_app(&world, RX_TWO, 0, &old);
	rx_put_app(&world, RX_TWO, 1, &old);
	rx_put_record(&world, 0, 1, OTA_STATE_VALID);
	image_size = make_app(&new, image);
}

static void patch(const uint8_t *data, size_t size)
{
	while (size >= 4) {
		uint32_t addr = data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16;
		size_t n = data[3] < size - 4 ? data[3] : size - 4;

		addr %= RX_FLASH;
		if (n > RX_FLASH - addr)
			n = RX_FLASH - addr;
		memcpy(world.flash + addr, data + 4, n);
		data += 4 + n;
		size -= 4 + n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ota_emulator *emulator = &world.emulator;

	if (!size)
		return 0;
	make_flash();
	patch(data + 1, size - 1);
	emulator->boot.rollback = data[0] & 1;
	emulator->boot.anti_rollback = data[0] & 2;
	emulator->confirms = data[0] & 4;
	if (ota_emulator_power_on(emulator) != OTA_OK || !emulator->answers)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		if (!rx_ask(&world, requests[i], "", 0))
			abort();
	if (!rx_put(&world, image, image_size, 0, image_size, "OTA-Commit: switch\r\n"))
		abort();
	(void)!ota_emulator_power_on(emulator);
	return 0;
}
