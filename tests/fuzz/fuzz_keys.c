/* SPDX-License-Identifier: MIT */
/* Key requests of everybody at once: the owner's, the page's and a stranger's, claims, content that comes
 * late, bytes of the head changed. A key changes only by who had the one in slot 0, or by a claim while
 * somebody is there and nobody owns the device; slot 0 is never emptied.
 *
 * The input is a list of events of 6 bytes: what, slot and signer, how much of the content comes now, where
 * in the head (2 bytes) which byte is changed. */
#define RX_SLOT 0x10000u
#include "tests/owner.h"

enum { PUT_KEY, DELETE_KEY, CLAIM, REST, PRESENCE, TIME, RESTART, GET_KEYS };

/* Requests whose content is on its way. */
static struct late {
	struct ota_conn *conn;
	const uint8_t *signer; /* NULL: a claim */
	uint8_t content[32];
	size_t sent;
} lates[2];

static const uint8_t *const keys[] = { owner, page, stranger, fresh };

static void get_keys(uint8_t held[2][33])
{
	memset(held, 0, 66);
	for (unsigned slot = 0; slot < 2; slot++)
		held[slot][32] = world.emulator.keys.get(world.emulator.keys.ctx, slot, held[slot]);
}

static void begin_device(void)
{
	static const struct app_recipe recipe = { "lamp", "1", OTA_CHIP_ESP32C3, 2000, 1, 0, false,
						  false,  0 };

	rx_begin(&world, RX_TWO);
	rx_put_app(&world, RX_TWO, 0, &recipe);
	rx_put_record(&world, 0, 1, OTA_STATE_VALID);
	world.emulator.config.insecure = false;
	memset(lates, 0, sizeof(lates));
	if (ota_emulator_power_on(&world.emulator))
		abort();
}

static void send_late(struct late *late, size_t n)
{
	n = n < 32 - late->sent ? n : 32 - late->sent;
	if (!late->conn)
		return;
	rx_send(&world, late->conn, late->content + late->sent, n, 32);
	late->sent += n;
	rx_run(&world, late->conn);
	if (late->sent < 32 && !ota_conn_done(late->conn))
		return;
	ota_conn_close(late->conn);
	late->conn = NULL;
}

/* `head` with a byte changed, and `n` bytes of its content. */
static void begin_late(struct late *late, char *head, const uint8_t *event)
{
	size_t at = (size_t)(event[3] << 8 | event[4]);

	if (late->conn)
		ota_conn_close(late->conn);
	if (at < strlen(head) && event[5])
		head[at] = (char)event[5];
	late->conn = rx_open(&world);
	late->sent = 0;
	rx_send(&world, late->conn, head, strlen(head), 4096);
	send_late(late, event[2] % 40);
}

static void play(struct late *late, const uint8_t *event)
{
	const uint8_t *signer = keys[event[1] >> 1 & 3], *new = keys[event[1] >> 3 & 3];
	struct ask ask = { "DELETE",
			   event[1] & 1 ? "/ota/v1/keys/1" : "/ota/v1/keys/0",
			   "content-length: 0\n",
			   signer,
			   NULL,
			   NULL };
	static char head[2048];

	switch (event[0] & 7) {
	case PUT_KEY:
		begin_late(late, sign_key(event[1] & 1, new, signer, late->content), event);
		break;
	case DELETE_KEY: begin_late(late, sign(&ask), event); break;
	case CLAIM:
		snprintf(head, sizeof(head), "%s", claim_head(new));
		memcpy(late->content, new, 32);
		begin_late(late, head, event);
		break;
	case REST: send_late(late, 32); break;
	case PRESENCE: world.emulator.presence = event[1] & 1; break;
	case TIME: world.now += event[1] * 1000u; break;
	case RESTART:
		lates[0].conn = lates[1].conn = NULL;
		if (ota_emulator_power_on(&world.emulator))
			abort();
		break;
	default: send(&(struct ask){ "GET", "/ota/v1/keys", "", signer, NULL, NULL }, "", 0);
	}
}

/* May what is in the slots have become so? */
static bool is_lawful(uint8_t before[2][33], uint8_t after[2][33], const uint8_t *signer)
{
	if (memcmp(before, after, 66) == 0)
		return true;
	if (!after[0][32])
		return false;
	if (!before[0][32])
		return world.emulator.presence && !before[1][32] && !after[1][32];
	return signer && memcmp(before[0], signer, 32) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t before[2][33], after[2][33];

	begin_device();
	for (unsigned i = 0; size >= 6 && i < 24; i++, data += 6, size -= 6) {
		struct late *late = &lates[data[0] >> 3 & 1];

		get_keys(before);
		if ((data[0] & 7) <= CLAIM)
			late->signer = (data[0] & 7) == CLAIM ? NULL : keys[data[1] >> 1 & 3];
		play(late, data);
		get_keys(after);
		if (!is_lawful(before, after, late->signer))
			abort();
	}
	if (world.emulator.nor.ops || world.emulator.key_nor.misused)
		abort();
	return 0;
}
