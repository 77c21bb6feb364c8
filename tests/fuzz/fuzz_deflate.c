/* SPDX-License-Identifier: MIT */
/* A compressed part: the input is the stream. It is answered, and what does not fit is not written. */
#define RX_SLOT 0x10000u
#include "tests/rx.h"

static struct rx_world world;
static uint8_t image[20000];
static size_t image_size;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct app_recipe recipe = { "lamp", "1", OTA_CHIP_ESP32C3, 18000, 1, 0, false,
						  false,  0 };
	char head[400], digest[64];

	if (!size)
		return 0;
	rx_begin(&world, RX_TWO);
	image_size = rx_put_app(&world, RX_TWO, 0, &recipe);
	memcpy(image, world.flash + rx_addr(RX_TWO, 0), image_size);
	if (ota_emulator_power_on(&world.emulator) != OTA_OK ||
	    rx_put(&world, image, image_size, 0, 4096, "") != 200)
		abort();
	snprintf(head, sizeof(head),
		 RX_PUT "OTA-Digest: %s\r\nOTA-Length: %zu\r\nOTA-Offset: 4096\r\n"
			"Content-Encoding: deflate\r\nContent-Length: %zu\r\n\r\n",
		 rx_digest(image, image_size, digest), image_size, size);
	if (rx_ask(&world, head, data, size) == 0 || world.emulator.nor.misused)
		abort();
	for (size_t i = (image_size + 4095) / 4096 * 4096; i < RX_SLOT; i++)
		if (world.flash[rx_addr(RX_TWO, 1) + i] != 0xFF)
			abort();
	return 0;
}
