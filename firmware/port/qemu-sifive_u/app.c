/* SPDX-License-Identifier: MIT */
#include "firmware/port/qemu-sifive_u/app.h"

#include "firmware/core/receiver.h"
#include "firmware/port/common/key_store.h"
#include "firmware/port/qemu-sifive_u/board.h"
#include "firmware/port/qemu-sifive_u/net.h"
#include "firmware/port/qemu-sifive_u/nor.h"
#include "firmware/port/qemu-sifive_u/server.h"
#include "lib/chip.h"

#define TRIAL_MS 600000u
#define STACK_BUDGET 4096u /* bytes, of everything: the receiver's share is 1536 */

static struct ota_key_store key_store = { .counts = true };
static struct ota_keys keys;
static struct ota_receiver receiver;
static struct ota_conn conns[SERVER_CONNS];
static struct ota_config config;
static bool serving, begun;

static const struct ota_flash flash = { .size = NOR_SIZE,
					.write_unit = 1,
					.erase_max = NOR_BLOCK,
					.table = BOARD_TABLE,
					.read = nor_read,
					.write = nor_write,
					.erase = nor_erase,
					.blank = nor_blank };

/* The board has no source of randomness. What is asked for is different at each call of each start,
 * and not to be foretold by who does not know the keys; that starts differ is the key store's. */
static void fill_random(void *ctx, void *buf, size_t len)
{
	static uint8_t pool[OTA_SHA256_SIZE];
	uint8_t *out = buf, key[OTA_KEY_SIZE] = { 0 };

	(void)ctx;
	if (!keys.get || !keys.get(keys.ctx, 0, key))
		key[0] = 1;
	while (len) {
		size_t n = len < sizeof(pool) ? len : sizeof(pool);
		uint64_t now = board_us();
		struct ota_sha256 sha;

		ota_sha256_begin(&sha);
		ota_sha256_feed(&sha, pool, sizeof(pool));
		ota_sha256_feed(&sha, key, sizeof(key));
		ota_sha256_feed(&sha, &now, sizeof(now));
		ota_sha256_finish(&sha, pool);
		for (size_t i = 0; i < n; i++)
			*out++ = pool[i];
		len -= n;
	}
}

static const struct ota_random random_source = { .fill = fill_random };

static const char *reset_reason(void *ctx)
{
	(void)ctx;
	return board_keep.reason;
}

static void log_line(void *ctx, const char *line)
{
	(void)ctx;
	board_print("ota: ");
	board_print(line);
	board_print("\n");
}

static void report_stack(void)
{
	uint32_t used = board_stack_used();
	uint32_t budget = board_keep.options.stack ? board_keep.options.stack : STACK_BUDGET;

	board_print("app: stack ");
	board_print_number(used);
	board_print(used <= budget ? " bytes\n" : " bytes, over budget\n");
}

static void restart(void *ctx)
{
	(void)ctx;
	if (serving) {
		net_end();
		server_end();
	}
	report_stack();
	board_restart("receiver");
}

static struct ota_device device = { .id = "020000000001",
				    .receiver = OTA_VERSION,
				    .chip = OTA_CHIP_ESP32C3,
				    .revision = BOARD_REVISION,
				    .block_revision = OTA_REVISION_NONE,
				    .reset_reason = reset_reason,
				    .log = log_line,
				    .restart = restart };

static const struct ota_port port = {
	.flash = &flash, .random = &random_source, .device = &device, .keys = &keys
};

void app_begin(bool listen)
{
	static const uint8_t mac[6] = { 0x02, 0, 0, 0, 0, 0x01 };

	board_stack_paint();
	device.running = board_keep.running;
	config.trial_ms = board_keep.options.trial ? board_keep.options.trial : TRIAL_MS;
	key_store.flash = &flash;
	key_store.addr = board_keep.keys;
	keys = ota_key_store_port(&key_store);
	if (nor_begin() || !board_keep.keys)
		board_print("app: there is no place for keys\n");
	begun = ota_receiver_begin(&receiver, &config, &port, conns, SERVER_CONNS) == OTA_OK;
	if (!begun)
		board_print("app: the receiver cannot begin\n");
	serving = begun && listen;
	if (!serving)
		return;
	net_begin(mac);
	server_begin(&receiver);
	board_print("app: listens\n");
}

void app_poll(void)
{
	bool busy = false;

	if (serving) {
		busy = net_poll() != 0;
		server_poll();
	}
	if (begun && ota_step(&receiver, board_ms()) == 0)
		busy = true;
	if (!busy)
		__asm__ volatile("wfi"); /* until the clock's tick, within a millisecond */
}
