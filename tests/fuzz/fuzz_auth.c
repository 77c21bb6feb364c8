/* SPDX-License-Identifier: MIT */
/* Strangers at a device that has a key: whatever arrives on a connection, time passing, no flash
 * operation happens and no key changes. The first byte chooses a request that is nearly right, and the
 * rest stands in it where the row has its gap: in a signature's parts, Host, Origin, key requests. */
#define RX_SLOT 0x10000u
#include "tests/rx.h"

#define HEAD(method, path) method " /ota/v1/" path " HTTP/1.1\r\nHost: localhost\r\n"
#define CHALLENGE "OTA-Challenge: :AAAAAAAAAAAAAAAAAAAAAA==:\r\n"
#define COVERED "Signature-Input: ota=(\"@method\" \"@path\" \"@query\" \"ota-challenge\");nonce=\""
#define NONCE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define REST "alg=\"hmac-sha256\";tag=\"otatool-request\"\r\n"
#define MAC "Signature: ota=:" NONCE ":"
#define KEY_CONTENT                              \
	"Content-Length: 32\r\nContent-Digest: " \
	"sha-256=:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU=:\r\n" /* of 32 zero bytes */
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define TEXT(s) s, sizeof(s) - 1
#define END "\r\n\r\n"

static const struct gap {
	const char *before;
	size_t before_size;
	const char *after;
	size_t after_size;
} gaps[] = {
	{ TEXT(""), TEXT("") },
	{ TEXT(HEAD("PUT", "image")), TEXT(END) },
	{ TEXT(HEAD("POST", "confirm")), TEXT(END) },
	{ TEXT(HEAD("PUT", "keys/0") KEY_CONTENT), TEXT(END ZEROS) },
	{ TEXT(HEAD("PUT", "keys/1") KEY_CONTENT "\r\n"), TEXT(ZEROS) },
	{ TEXT(HEAD("DELETE", "keys/1")), TEXT(END) },
	{ TEXT("DELETE /ota/v1/keys/"), TEXT(" HTTP/1.1\r\nHost: localhost" END) },
	{ TEXT("POST /ota/v1/"), TEXT(" HTTP/1.1\r\nHost: localhost\r\nOTA-Request: 1" END) },
	{ TEXT("POST /ota/v1/restart HTTP/1.1\r\nOTA-Request: 1\r\nHost: "), TEXT(END) },
	{ TEXT(HEAD("POST", "confirm") "OTA-Request: 1\r\nOrigin: http://"), TEXT(END) },
	{ TEXT("POST /ota/v1/confirm HTTP/1.1\r\nOrigin: http://10.0.0.1\r\nHost: 10.0.0.1"),
	  TEXT(END) },
	{ TEXT(HEAD("POST", "confirm") MAC "\r\n" COVERED NONCE "\";keyid=\"page\";" REST
					   "OTA-Challenge: "),
	  TEXT(END) },
	{ TEXT(HEAD("POST", "confirm") CHALLENGE MAC "\r\nSignature-Input: "), TEXT(END) },
	{ TEXT(HEAD("POST", "confirm") CHALLENGE MAC "\r\n" COVERED),
	  TEXT("\";keyid=\"page\";" REST "\r\n") },
	{ TEXT(HEAD("POST", "confirm") CHALLENGE MAC "\r\n" COVERED NONCE "\";keyid=\""),
	  TEXT("\";" REST "\r\n") },
	{ TEXT(HEAD("POST", "rollback") CHALLENGE COVERED NONCE "\";keyid=\"page\";" REST
								"Signature: "),
	  TEXT(END) },
	{ TEXT(HEAD("POST", "rollback") CHALLENGE COVERED NONCE "\";keyid=\"page\";" REST
								"Signature: ota=:"),
	  TEXT(":" END) },
	{ TEXT(HEAD("POST", "restart") CHALLENGE COVERED NONCE "\";keyid=\"page\";" REST MAC
							       "\r\n"),
	  TEXT(END) },
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
	const struct gap *gap;
	uint64_t key_ops;

	if (!start.now)
		prepare();
	if (!size)
		return 0;
	power_on();
	key_ops = world.emulator.key_nor.ops;
	conn = rx_open(&world);
	gap = &gaps[data[0] % ARRAY_LEN(gaps)];
	rx_send(&world, conn, gap->before, gap->before_size, 4096);
	rx_send(&world, conn, data + 1, size - 1, data[0] + 1u);
	rx_send(&world, conn, gap->after, gap->after_size, 4096);
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
