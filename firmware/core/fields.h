/* SPDX-License-Identifier: MIT */
/* fields.h - the fields of an upload's head
 *
 *	OTA-Digest: sha-256=:BASE64:	of the whole image, decoded
 *	OTA-Length: BYTES		of the whole image, decoded
 *	OTA-Offset: BYTES		where this part begins in it, a multiple of 4096; 0 if absent
 *	OTA-Part-Length: BYTES		of this part, decoded; tells the device how far it may erase
 *	OTA-Commit: switch|none		this was the last part: read back, arm, and switch or not
 *	OTA-Restart: 0|1		after the answer
 *	OTA-Force: project,downgrade,receiver,failed
 *	Content-Digest: sha-256=:BASE64:	of the content as sent (RFC 9530)
 *
 * Without OTA-Digest and OTA-Length the content is the whole image, plain. */
#ifndef OTA_CORE_FIELDS_H
#define OTA_CORE_FIELDS_H

#include "firmware/core/receiver.h"

enum ota_force {
	OTA_FORCE_PROJECT = 1,
	OTA_FORCE_DOWNGRADE = 2,
	OTA_FORCE_RECEIVER = 4,
	OTA_FORCE_FAILED = 8,
};

/* Read the head into `part` and the pair of `asked`. Returns the name of the field that is not of
 * its form; NULL: all are. */
const char *ota_parse_upload(const struct ota_http_head *head, struct ota_part_fields *part,
			     struct ota_upload *asked);

bool ota_parse_digest(const char *text, uint8_t digest[static OTA_SHA256_SIZE]);

#endif
