/* SPDX-License-Identifier: MIT */
/* check.c - is this image for this device: by its first sector, and whole
 *
 * The judgement is lib/image.h's; here are what it is held against, and what its findings are
 * called on the wire. */
#include <string.h>

#include "firmware/core/core.h"
#include "firmware/core/fields.h"
#include "lib/marker.h"

/* What an image at `place` is held against. */
static struct ota_image_want want_of(const struct ota_receiver *rx, struct ota_place place)
{
	const struct ota_device *device = rx->port->device;

	return (struct ota_image_want){
		.chip = ota_chip_by_id(device->chip),
		.role = OTA_ROLE_APP,
		.revision = device->revision,
		.block_revision = device->block_revision,
		.secure_version = device->secure_version,
		.flash_addr = place.addr,
		.room = place.size,
		.hash = true,
		.alone = true,
	};
}

static enum ota_error error_of(const struct ota_image *image)
{
	if (!image->diag.rule)
		return OTA_ERR_IMAGE;
	switch (ota_image_fault(image->diag.rule)) {
	case OTA_IMAGE_EMPTY:
	case OTA_IMAGE_BAD_MAGIC:
	case OTA_IMAGE_ERASED:
	case OTA_IMAGE_ROLE: return OTA_ERR_MAGIC;
	case OTA_IMAGE_CHIP:
	case OTA_IMAGE_CHIP_UNKNOWN: return OTA_ERR_CHIP;
	case OTA_IMAGE_REVISION_MIN:
	case OTA_IMAGE_REVISION_MAX:
	case OTA_IMAGE_BLOCK_REVISION: return OTA_ERR_REVISION;
	case OTA_IMAGE_PROJECT: return OTA_ERR_PROJECT;
	case OTA_IMAGE_SECURE_VERSION: return OTA_ERR_SECURE_VERSION;
	case OTA_IMAGE_NO_HASH: return OTA_ERR_NO_HASH;
	case OTA_IMAGE_ROOM: return OTA_ERR_TOO_LARGE;
	case OTA_IMAGE_TAIL: return OTA_ERR_TRAILING;
	default: return OTA_ERR_IMAGE;
	}
}

/* Say what is wrong with rx->u.check.image. */
static void refuse(struct ota_conn *conn)
{
	const struct ota_image *image = &conn->rx->u.check.image;
	const struct ota_rule *rule = image->diag.rule;

	ota_answer_error(conn, error_of(image), rule ? rule->id : NULL,
			 rule && image->diag.offset != OTA_NO_OFFSET ? image->diag.offset
								     : OTA_NO_PLACE);
}

/* What only a look at the running app can tell. */
static bool judge_against_running(struct ota_conn *conn, const struct ota_app_desc *old,
				  uint8_t force)
{
	const struct ota_image *image = &conn->rx->u.check.image;

	if (!(force & OTA_FORCE_DOWNGRADE) && image->secure_version < old->secure_version) {
		ota_answer_error(conn, OTA_ERR_DOWNGRADE, "secure_version", OTA_NO_PLACE);
		return false;
	}
	return true;
}

/* An image is not followed any further: its digest may hold the chip's hardware until it is finished. */
static void end_digest(struct ota_receiver *rx)
{
	uint8_t unused[OTA_SHA256_SIZE];

	ota_sha256_finish(&rx->u.check.image.sha, unused);
}

bool ota_judge(struct ota_conn *conn, const uint8_t *data, size_t size, uint8_t force)
{
	struct ota_receiver *rx = conn->rx;
	enum ota_error none;
	struct ota_image_want want = want_of(rx, ota_layout_place(rx, ota_layout_next(rx, &none)));
	struct ota_app_desc old;
	bool known = ota_running_desc(rx, &old), bad;

	want.project =
		known && !(force & OTA_FORCE_PROJECT) ? ota_project_wanted(old.project) : NULL;
	ota_image_begin(&rx->u.check.image, &want);
	bad = ota_image_feed(&rx->u.check.image, data, size) != OTA_OK;
	end_digest(rx);
	if (bad) {
		refuse(conn);
		return false;
	}
	if (known && !judge_against_running(conn, &old, force))
		return false;
	if (!(force & OTA_FORCE_RECEIVER) && !ota_marker_found(data, size)) {
		ota_answer_error(conn, OTA_ERR_NO_RECEIVER, NULL, OTA_NO_PLACE);
		return false;
	}
	return true;
}

void ota_check_begin(struct ota_receiver *rx, int choice, uint32_t length)
{
	struct ota_image_want want = want_of(rx, ota_layout_place(rx, choice));

	want.alone = length != 0;
	rx->u.check.length = length ? length : want.room;
	ota_image_begin(&rx->u.check.image, &want);
}

void ota_check_feed(struct ota_receiver *rx, const uint8_t *data, size_t size)
{
	rx->hashed += (uint32_t)size;
	(void)ota_image_feed(&rx->u.check.image, data, size);
}

bool ota_check_finish(struct ota_conn *conn)
{
	if (ota_image_finish(&conn->rx->u.check.image) == OTA_OK)
		return true;
	refuse(conn);
	return false;
}

/* 4 KiB of a slot; its image ends where it says so itself. */
static void step_verify(struct ota_conn *conn)
{
	struct ota_receiver *rx = conn->rx;
	const struct ota_verify_image *port = rx->port->verify_image;
	const struct ota_flash *flash = rx->port->flash;
	struct ota_check *check = &rx->u.check;
	uint32_t at = check->image.taken, n = check->length - at;
	bool over;

	if (n > OTA_SECTOR)
		n = OTA_SECTOR;
	if (flash->read(flash->ctx, check->addr + at, rx->sector, n)) {
		ota_answer_error(conn, OTA_ERR_FLASH, "read", check->addr + at);
		return;
	}
	ota_check_feed(rx, rx->sector, n);
	over = check->image.status || check->image.phase == OTA_PHASE_TAIL ||
	       check->image.taken == check->length;
	if (!over)
		return;
	end_digest(rx);
	conn->step = ota_image_finish(&check->image) == OTA_OK &&
				     (!port ||
				      !port->verify(port->ctx, check->addr, check->length, NULL))
			   ? conn->then
			   : conn->otherwise;
}

void ota_verify_begin(struct ota_conn *conn, int choice, ota_step_fn *then, ota_step_fn *otherwise)
{
	struct ota_receiver *rx = conn->rx;

	ota_check_begin(rx, choice, 0);
	rx->u.check.addr = ota_layout_place(rx, choice).addr;
	conn->then = then;
	conn->otherwise = otherwise;
	conn->step = step_verify;
}
