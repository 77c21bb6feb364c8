/* SPDX-License-Identifier: MIT */
#include "firmware/core/receiver.h"

#include <string.h>

#include "firmware/core/core.h"

#define HEAD_MS 5000u /* for a whole head */
#define ANSWER_MS 10000u /* without a byte taken by the other end */
#define DRAIN_MS 2000u
#define RATE_MS 30000u /* over which an upload has to bring RATE_BYTES */
#define RATE_BYTES (RATE_MS / 1000 * 1024)

static uint32_t sooner(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* ms until `allowed` have passed since `since`; 0: they have. */
static uint32_t left_of(const struct ota_receiver *rx, uint32_t since, uint32_t allowed)
{
	uint32_t passed = rx->now - since;

	return passed >= allowed ? 0 : allowed - passed;
}

static void close_now(struct ota_conn *conn)
{
	ota_upload_drop(conn, OTA_ERR_NONE);
	conn->step = NULL;
	conn->state = OTA_CONN_CLOSED;
}

/* What time does to a connection; ms until it matters again. */
static uint32_t watch_head(struct ota_conn *conn)
{
	uint32_t left = left_of(conn->rx, conn->since, HEAD_MS);

	if (left)
		return left;
	if (conn->head.size)
		ota_answer_error(conn, OTA_ERR_HEAD_SLOW, NULL, OTA_NO_PLACE);
	else
		close_now(conn);
	return 0;
}

static uint32_t watch_body(struct ota_conn *conn)
{
	uint32_t left = left_of(conn->rx, conn->since, RATE_MS);

	if (left)
		return left;
	if (conn->moved < RATE_BYTES) {
		close_now(conn);
		return 0;
	}
	conn->since = conn->rx->now;
	conn->moved = 0;
	return RATE_MS;
}

static uint32_t watch_limit(struct ota_conn *conn, uint32_t allowed)
{
	uint32_t left = left_of(conn->rx, conn->since, allowed);

	if (!left)
		close_now(conn);
	return left;
}

static uint32_t watch(struct ota_conn *conn)
{
	switch (conn->state) {
	case OTA_CONN_HEAD: return watch_head(conn);
	case OTA_CONN_BODY: return watch_body(conn);
	case OTA_CONN_ANSWER: return watch_limit(conn, ANSWER_MS);
	case OTA_CONN_DRAIN: return watch_limit(conn, DRAIN_MS);
	default: return OTA_STEP_IDLE;
	}
}

static bool has_work(const struct ota_conn *conn)
{
	return conn->step && (conn->state == OTA_CONN_WORK || conn->state == OTA_CONN_BODY ||
			      (conn->state == OTA_CONN_ANSWER && !conn->out_left));
}

/* One piece of work of the next connection that has some; is there more? */
static bool work(struct ota_receiver *rx)
{
	bool more = false;

	for (unsigned i = 0; i < rx->conn_count && !more; i++) {
		struct ota_conn *conn = &rx->conns[(rx->turn + i) % rx->conn_count];

		if (!has_work(conn))
			continue;
		rx->turn = (uint8_t)((rx->turn + i + 1) % rx->conn_count);
		conn->step(conn);
		more = true;
	}
	return more;
}

/* After the answer is out and every connection closed, or after RESTART_MS. */
static uint32_t watch_restart(struct ota_receiver *rx)
{
	const struct ota_device *device = rx->port->device;
	bool quiet = true;

	if (!rx->restarting)
		return OTA_STEP_IDLE;
	for (unsigned i = 0; i < rx->conn_count; i++)
		quiet &= rx->conns[i].state == OTA_CONN_FREE || rx->conns[i].state == OTA_CONN_HEAD;
	if (!quiet && (int32_t)(rx->restart_at - rx->now) > 0)
		return rx->restart_at - rx->now;
	rx->restarting = false;
	device->restart(device->ctx);
	return OTA_STEP_IDLE;
}

/* A new app that nobody confirms in time is restarted: the bootloader goes back. */
static uint32_t watch_trial(struct ota_receiver *rx)
{
	uint32_t left;

	if (!rx->trial || !rx->config->trial_ms)
		return OTA_STEP_IDLE;
	left = rx->config->trial_ms;
	if (rx->clock < left)
		return left - (uint32_t)rx->clock;
	rx->trial = false;
	if (ota_is_pending(rx))
		ota_restart_soon(rx);
	return 0;
}

uint32_t ota_step(struct ota_receiver *rx, uint32_t now_ms)
{
	uint32_t wait = OTA_STEP_IDLE;

	if (rx->clocked)
		rx->clock += now_ms - rx->now;
	rx->clocked = true;
	rx->now = now_ms;
	for (unsigned i = 0; i < rx->conn_count; i++)
		wait = sooner(wait, watch(&rx->conns[i]));
	wait = sooner(wait, watch_trial(rx));
	wait = sooner(wait, watch_restart(rx));
	return work(rx) ? 0 : wait;
}

/* Is there a PENDING record of a slot that does not run? The next boot would abort it, and might
 * then find nothing better than factory. */
static bool needs_anchor(const struct ota_receiver *rx, const struct ota_otadata *data)
{
	int running = rx->port->device->running;

	for (unsigned i = 0; i < 2; i++) {
		const struct ota_record *record = &data->pair[i];

		if (record->state == OTA_STATE_PENDING && ota_record_usable(record) &&
		    (int)ota_seq_slot(record->seq, data->count) != running)
			return true;
	}
	return false;
}

/* What the records tell of the bootloader and of the last trial. */
static void learn(struct ota_receiver *rx, const struct ota_otadata *data)
{
	int running = rx->port->device->running;

	rx->trial = ota_records_pending(data, running);
	for (unsigned i = 0; i < 2; i++) {
		const struct ota_record *record = &data->pair[i];
		int slot;

		if (record->seq == OTA_SEQ_NONE || !ota_record_crc_ok(record))
			continue;
		slot = (int)ota_seq_slot(record->seq, data->count);
		if (slot == running && record->state == OTA_STATE_NEW)
			rx->rollback = OTA_ROLLBACK_NO;
		if (record->state == OTA_STATE_PENDING || record->state == OTA_STATE_ABORTED)
			rx->rollback = OTA_ROLLBACK_YES;
		if (slot == running ||
		    (record->state != OTA_STATE_ABORTED && record->state != OTA_STATE_INVALID))
			continue;
		rx->last_trial.known = true;
		rx->last_trial.slot = (uint8_t)slot;
		rx->last_trial.state = (uint8_t)record->state;
		rx->last_trial.hashed = slot < (int)OTA_SLOTS_MAX &&
					ota_slot_digest(rx, slot, rx->last_trial.image);
	}
}

static enum ota_status settle_records(struct ota_receiver *rx)
{
	struct ota_otadata data;

	if (!rx->layout.otadata.size || !rx->layout.count)
		return OTA_OK;
	if (ota_records_read(rx, &data))
		return OTA_E_DEVICE;
	learn(rx, &data);
	if (!needs_anchor(rx, &data) ||
	    ota_change_anchor(&data, rx->port->device->running, &rx->u.change))
		return OTA_OK;
	for (unsigned i = 0; i < rx->u.change.count; i++)
		if (ota_change_apply(rx, &rx->u.change.ops[i]))
			return OTA_E_DEVICE;
	return OTA_OK;
}

enum ota_status ota_receiver_begin(struct ota_receiver *rx, const struct ota_config *config,
				   const struct ota_port *port, struct ota_conn *conns,
				   size_t count)
{
	enum ota_status status;

	memset(rx, 0, sizeof(*rx));
	memset(conns, 0, count * sizeof(*conns));
	rx->port = port;
	rx->config = config;
	rx->conns = conns;
	rx->conn_count = (uint8_t)(count > UINT8_MAX ? UINT8_MAX : count);
	ota_auth_begin(rx);
	status = ota_layout_read(rx);
	if (!status)
		status = settle_records(rx);
	return status;
}
