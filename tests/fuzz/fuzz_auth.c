/* SPDX-License-Identifier: MIT */
/* Strangers at a device that has a key: whatever arrives on a connection, time passing, no flash
 * operation happens and no key changes. The first byte chooses between requests that are nearly
 * right and nothing, so that what follows meets the signature, Host, Origin and key requests. */
#define RX_SLOT 0x10000u
#include "tests/rx.h"

static const char *const beginnings[] = {
	"",
	"PUT /ota/v1/image HTTP/1.1\r\nHost: localhost\r\n",
	"PUT /ota/v1/keys/0 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 32\r\n",
	"DELETE /ota/v1/keys/1 HTTP/1.1\r\nHost: localhost\r\n",
	"POST /ota/v1/restart HTTP/1.1\r\nHost: ",
	"POST /ota/v1/confirm HTTP/1.1\r\nHost: 10.0.0.1\r\nOrigin: ",
	"POST /ota/v1/confirm HTTP/1.1\r\nHost: localhost\r\n"
	"OTA-Challenge: :AAAAAAAAAAAAAAAAAAAAAA==:\r\nSignature-Input: ",
	"POST /ota/v1/rollback HTTP/1.1\r\nHost: localhost\r\n"
	"OTA-Challenge: :AAAAAAAAAAAAAAAAAAAAAA==:\r\nSignature-Input: "
	"ota=(\"@method\" \"@path\" \"@query\" \"ota-challenge\");nonce=\""
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\";keyid=\"page\";alg=\"hmac-sha256\";"
	"tag=\"otatool-request\"\r\nSignature: ",
};

static struct rx_world world, start;
static const uint8_t owner[OTA_KEY_SIZE] = { 1 }, page[OTA_KEY_SIZE] = { 2 };

static void prepare(void)
{
	static const struct app_recipe recipe = { "lamp", "1", OTA_CHIP_ESP32C3, 2000, 1, 0, false,
						  false,  0 };

	rx_begin(&start, RX_TWO);
	rx_put_app(&start, RX_TWO, 0, &recipe);
	rx_put_record(&start, 0, 1, OTA_STATE_VALID);
}

/* Pointers within the world lead into it again. */
static void power_on(void)
{
	struct ota_emulator *emulator = &world.emulator;

	rx_begin(&world, RX_TWO);
	memcpy(world.flash, start.flash, sizeof(world.flash));
	emulator->config.insecure = false;
	emulator->presence = true;
	if (emulator->keys.set(emulator->keys.ctx, 0, owner) ||
	    emulator->keys.set(emulator->keys.ctx, 1, page) || ota_emulator_power_on(emulator))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ota_conn *conn;
	const char *begun;
	uint64_t key_ops;

	if (!start.now)
		prepare();
	if (!size)
		return 0;
	power_on();
	key_ops = world.emulator.key_nor.ops;
	conn = rx_open(&world);
	begun = beginnings[data[0] % ARRAY_LEN(beginnings)];
	rx_send(&world, conn, begun, strlen(begun), 4096);
	rx_send(&world, conn, data + 1, size - 1, data[0] + 1u);
	for (unsigned i = 0; i < 20 && !ota_conn_done(conn); i++) {
		world.now += 1500;
		rx_run(&world, conn);
	}
	ota_conn_close(conn);
	if (world.emulator.nor.ops || world.emulator.key_nor.ops != key_ops ||
	    world.emulator.restarted)
		abort();
	return 0;
}
