/* SPDX-License-Identifier: MIT */
/* switch.c - anchor; POST boot, confirm, rollback and restart */
#include <string.h>

#include "firmware/core/core.h"
#include "lib/text.h"

#define RESTART_MS 1000u /* for the answer to get out */

void ota_restart_soon(struct ota_receiver *rx)
{
	rx->restarting = true;
	rx->restart_at = rx->now + RESTART_MS;
}

static bool refuse_flash(struct ota_conn *conn)
{
	ota_answer_error(conn, OTA_ERR_FLASH, "otadata", conn->rx->layout.otadata.addr);
	return false;
}

/* Begin a change that lib/otadata.h has worked out, unless it could not. */
static bool begin(struct ota_conn *conn, enum ota_status status, ota_step_fn *then)
{
	enum ota_error error = ota_change_error(status);

	if (error)
		ota_answer_error(conn, error, NULL, OTA_NO_PLACE);
	else
		ota_change_begin(conn, then);
	return !error;
}

bool ota_anchor_begin(struct ota_conn *conn, ota_step_fn *then)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_otadata data;

	if (ota_records_read(rx, &data))
		return refuse_flash(conn);
	return begin(conn, ota_change_anchor(&data, rx->port->device->running, &rx->u.change),
		     then);
}

static void answer(struct ota_conn *conn, const char *what, bool restart)
{
	struct ota_line line = ota_answer_begin(conn);

	ota_line_print(&line, "{'done':true,'%s':true", what);
	ota_line_running(&line, conn->rx);
	ota_line_print(&line, ",'restart':%b}\n", restart);
	conn->rx->worker = NULL;
	if (restart) {
		conn->close = true;
		ota_restart_soon(conn->rx);
	}
	ota_answer_end(conn, &line);
}

/* What all four ask first; false: it was answered. The machine is this connection's afterwards. */
static bool may_change(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	uint8_t image[OTA_SHA256_SIZE];
	enum ota_error error = OTA_ERR_NONE;
	int asked = ota_query_image(conn, image);

	if (asked < 0)
		error = OTA_ERR_QUERY;
	else if (rx->restarting || rx->worker)
		error = OTA_ERR_BUSY;
	else if (asked && !ota_slot_is(rx, rx->port->device->running, image))
		error = OTA_ERR_OTHER_IMAGE;
	if (error) {
		ota_answer_error(conn, error, NULL, OTA_NO_PLACE);
		return false;
	}
	rx->worker = conn;
	conn->state = OTA_CONN_WORK;
	return true;
}

static bool read_records(struct ota_conn *conn, struct ota_otadata *data)
{
	if (!conn->rx->layout.otadata.size) {
		ota_answer_error(conn, OTA_ERR_NO_OTADATA, NULL, OTA_NO_PLACE);
		return false;
	}
	return ota_records_read(conn->rx, data) ? refuse_flash(conn) : true;
}

static void confirmed(struct ota_conn *conn)
{
	conn->rx->trial = false;
	answer(conn, "confirmed", false);
}

static void change_confirm(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_otadata data;

	if (read_records(conn, &data))
		begin(conn,
		      ota_change_confirm(&data, rx->port->device->running, conn->u.other_boots,
					 &rx->u.change),
		      confirmed);
}

static void other_boots(struct ota_conn *conn)
{
	conn->u.other_boots = true;
	change_confirm(conn);
}

/* The record of the other slot is kept if its image is whole. */
static void step_confirm(struct ota_conn *conn)
{
	int running = conn->rx->port->device->running, other;
	struct ota_otadata data;

	if (!read_records(conn, &data))
		return;
	other = ota_records_other(&data, running);
	conn->u.other_boots = false;
	if (other < 0)
		change_confirm(conn);
	else
		ota_verify_begin(conn, other, other_boots, change_confirm);
}

void ota_confirm_begin(struct ota_conn *conn)
{
	const struct ota_device *device = conn->rx->port->device;

	if (device->running < 0)
		ota_answer_error(conn, OTA_ERR_NO_TRIAL, "factory runs", OTA_NO_PLACE);
	else if (device->ready && !device->ready(device->ctx))
		ota_answer_error(conn, OTA_ERR_NOT_READY, NULL, OTA_NO_PLACE);
	else if (may_change(conn))
		conn->step = step_confirm;
}

static void rolled_back(struct ota_conn *conn)
{
	answer(conn, "rolled_back", true);
}

static void change_rollback(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_otadata data;

	if (read_records(conn, &data))
		begin(conn,
		      ota_change_rollback(&data, rx->port->device->running,
					  ota_layout_has(rx, OTA_CHOICE_FACTORY), &rx->u.change),
		      rolled_back);
}

static void no_rollback(struct ota_conn *conn)
{
	ota_answer_error(conn, OTA_ERR_NO_ROLLBACK, "the image there is damaged", OTA_NO_PLACE);
}

static void step_rollback(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_otadata data;
	int to;

	if (!read_records(conn, &data))
		return;
	to = ota_rollback_target(&data, rx->port->device->running,
				 ota_layout_has(rx, OTA_CHOICE_FACTORY));
	if (to == OTA_CHOICE_NONE)
		ota_answer_error(conn, OTA_ERR_NO_ROLLBACK, NULL, OTA_NO_PLACE);
	else
		ota_verify_begin(conn, to, change_rollback, no_rollback);
}

void ota_rollback_begin(struct ota_conn *conn)
{
	if (may_change(conn))
		conn->step = step_rollback;
}

void ota_restart_begin(struct ota_conn *conn)
{
	const char *confirm = ota_http_field(&conn->head, "ota-confirm");
	bool agreed = confirm && ota_text_same(confirm, "rollback");

	if (ota_is_pending(conn->rx) && !agreed)
		ota_answer_error(conn, OTA_ERR_UNCONFIRMED, "a restart ends the trial",
				 OTA_NO_PLACE);
	else if (may_change(conn))
		answer(conn, "restarted", true);
}

static void switched(struct ota_conn *conn)
{
	answer(conn, "switched", false);
}

/* The slot of the query; OTA_CHOICE_NONE: no such slot. */
static int parse_slot(const struct ota_conn *conn)
{
	size_t size;
	const char *name = ota_query_value(conn, "slot", &size);

	for (int choice = OTA_CHOICE_FACTORY; name && choice < (int)OTA_SLOTS_MAX; choice++) {
		char text[10]; /* with its quotation marks */
		struct ota_line line = { text, sizeof(text), 0 };

		ota_line_print(&line, "%c", choice);
		if (line.used == size + 2 && memcmp(text + 1, name, size) == 0 &&
		    ota_layout_has(conn->rx, choice))
			return choice;
	}
	return OTA_CHOICE_NONE;
}

static void commit(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_otadata data;

	if (read_records(conn, &data))
		begin(conn,
		      ota_change_commit(&data, rx->port->device->running, (unsigned)conn->u.target,
					&rx->u.change),
		      switched);
}

/* The image is whole. The running slot needs nothing but its anchor, factory no record. */
static void change_boot(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_otadata data;

	if (conn->u.target == rx->port->device->running) {
		ota_anchor_begin(conn, switched);
	} else if (conn->u.target >= 0) {
		ota_anchor_begin(conn, commit);
	} else if (read_records(conn, &data)) {
		ota_change_factory(&data, &rx->u.change);
		begin(conn, OTA_OK, switched);
	}
}

static void refuse_boot(struct ota_conn *conn)
{
	ota_answer_error(conn, OTA_ERR_IMAGE, "it does not verify", OTA_NO_PLACE);
}

static void step_boot(struct ota_conn *conn)
{
	ota_verify_begin(conn, conn->u.target, change_boot, refuse_boot);
}

void ota_boot_begin(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	uint8_t image[OTA_SHA256_SIZE];
	enum ota_error error = OTA_ERR_NONE;
	int choice = parse_slot(conn), asked = ota_query_image(conn, image);

	if (choice == OTA_CHOICE_NONE || asked != 1)
		error = OTA_ERR_QUERY;
	else if (!rx->layout.otadata.size)
		error = OTA_ERR_NO_OTADATA;
	else if (rx->restarting || rx->worker)
		error = OTA_ERR_BUSY;
	else if (ota_is_pending(rx))
		error = OTA_ERR_UNCONFIRMED;
	else if (!ota_slot_is(rx, choice, image))
		error = OTA_ERR_OTHER_IMAGE;
	if (error) {
		ota_answer_error(conn, error, NULL, OTA_NO_PLACE);
		return;
	}
	rx->worker = conn;
	conn->u.target = (int8_t)choice;
	conn->state = OTA_CONN_WORK;
	conn->step = step_boot;
}
