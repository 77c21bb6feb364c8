/* SPDX-License-Identifier: MIT */
/* change.c - lib/otadata.h decides which operations change otadata; here they are done, in order */
#include <string.h>

#include "firmware/core/core.h"

/* One operation; a record is read back. 0, or the error. */
int ota_change_apply(struct ota_receiver *rx, const struct ota_op *op)
{
	const struct ota_flash *flash = rx->port->flash;
	uint32_t addr = rx->layout.otadata.addr + op->sector * OTA_RECORD_STRIDE;
	uint8_t raw[OTA_RECORD_SIZE];
	int error;

	if (op->kind == OTA_OP_ERASE)
		return flash->erase(flash->ctx, addr, OTA_SECTOR);
	if (op->over && flash->zero)
		return flash->zero(flash->ctx, addr, sizeof(op->raw));
	error = flash->write(flash->ctx, addr, op->raw, sizeof(op->raw));
	if (!error)
		error = flash->read(flash->ctx, addr, raw, sizeof(raw));
	if (error)
		return error;
	return memcmp(raw, op->raw, sizeof(raw)) == 0 ? 0 : -1;
}

static void step_change(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	struct ota_change *change = &rx->u.change;

	if (change->count) {
		if (ota_change_apply(rx, &change->ops[0])) {
			ota_answer_error(conn, OTA_ERR_FLASH, "otadata",
					 rx->layout.otadata.addr +
						 change->ops[0].sector * OTA_RECORD_STRIDE);
			return;
		}
		change->count--;
		memmove(change->ops, change->ops + 1, change->count * sizeof(change->ops[0]));
	}
	if (!change->count)
		conn->step = conn->then;
}

void ota_change_begin(struct ota_conn *conn, ota_step_fn *then)
{
	conn->then = then;
	conn->step = step_change;
}

enum ota_error ota_change_error(enum ota_status status)
{
	switch (status) {
	case OTA_OK: return OTA_ERR_NONE;
	case OTA_E_FULL: return OTA_ERR_SEQUENCE;
	case OTA_E_MISSING: return OTA_ERR_NO_ROLLBACK;
	case OTA_E_DEVICE: return OTA_ERR_FLASH;
	default: return OTA_ERR_NO_OTADATA;
	}
}
