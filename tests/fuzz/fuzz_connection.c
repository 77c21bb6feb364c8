/* SPDX-License-Identifier: MIT */
/* Whole connections on a device in memory: the input is what arrives, how it is split, how time goes
 * and which flash operations fail. Whatever happens, the running app stays whole, NOR flash is not
 * misused, and every connection comes to an end in bounded time. */
#define RX_SLOT 0x10000u
#include "tests/rx.h"

static struct rx_world world, start;
static uint8_t app[RX_SLOT];
static size_t app_size;

static void prepare(void)
{
	static const struct app_recipe recipe = { "lamp", "1", OTA_CHIP_ESP32C3, 2000, 1, 0, false,
						  false,  0 };

	rx_begin(&start, RX_TWO);
	app_size = rx_put_app(&start, RX_TWO, 0, &recipe);
	memcpy(app, start.flash + rx_addr(RX_TWO, 0), app_size);
	rx_put_record(&start, 0, 1, OTA_STATE_VALID);
}

/* Two connections; a byte says what happens next. */
static void play(const uint8_t *data, size_t size)
{
	struct ota_receiver *rx = &world.emulator.rx;
	struct ota_conn *conns[2] = { NULL, NULL };
	uint8_t out[256];

	while (size >= 2) {
		struct ota_conn **conn = &conns[data[0] & 1];
		size_t n = data[1] < size - 2 ? data[1] : size - 2;

		if (!*conn)
			*conn = ota_conn_open(rx);
		if (data[0] & 2)
			world.now += data[1] * 40u;
		if (data[0] & 4)
			world.emulator.nor.failing = data[1] & 3;
		if ((data[0] & 0xF8) == 0xF8) {
			ota_conn_close(*conn);
			*conn = NULL;
		} else {
			n = ota_conn_input(*conn, data + 2, n);
		}
		for (unsigned i = 0; i < (data[0] >> 3) && ota_step(rx, world.now) == 0; i++)
			;
		for (unsigned i = 0; i < 2; i++) {
			if (conns[i])
				ota_conn_output(conns[i], out, sizeof(out));
			if (conns[i] && ota_conn_done(conns[i])) {
				ota_conn_close(conns[i]);
				conns[i] = NULL;
			}
		}
		data += 2 + n;
		size -= 2 + n;
	}
}

/* With nothing more arriving, all comes to rest. */
static void come_to_rest(void)
{
	struct ota_receiver *rx = &world.emulator.rx;
	uint8_t out[256];

	for (unsigned i = 0; i < 3000; i++) {
		uint32_t wait = ota_step(rx, world.now);

		world.now += wait < 40000 ? wait : 40000;
		for (unsigned k = 0; k < world.emulator.conn_count; k++) {
			struct ota_conn *conn = &world.emulator.conns[k];

			ota_conn_output(conn, out, sizeof(out));
			if (ota_conn_done(conn))
				ota_conn_close(conn);
		}
	}
	for (unsigned k = 0; k < world.emulator.conn_count; k++)
		if (world.emulator.conns[k].state != OTA_CONN_FREE)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!app_size)
		prepare();
	world = start;
	world.emulator.nor = start.emulator.nor;
	world.emulator.device.ctx = &world.emulator;
	world.emulator.random_port.ctx = &world.emulator;
	world.emulator.nor.data = world.flash;
	world.emulator.nor.flash.ctx = &world.emulator.nor;
	if (ota_emulator_power_on(&world.emulator) != OTA_OK)
		abort();
	play(data, size);
	come_to_rest();
	if (world.emulator.nor.misused ||
	    memcmp(world.flash + rx_addr(RX_TWO, 0), app, app_size) != 0)
		abort();
	if (ota_emulator_power_on(&world.emulator) != OTA_OK)
		abort();
	return 0;
}
