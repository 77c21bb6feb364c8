/* SPDX-License-Identifier: MIT */
/* contents.h - what each partition of a dump holds, and which app runs */
#ifndef OTA_HOST_CONTENTS_H
#define OTA_HOST_CONTENTS_H

#include "lib/host/boot_sim.h"

enum ota_content_kind {
	OTA_CONTENT_OUTSIDE, /* the dump ends before it */
	OTA_CONTENT_BLANK, /* all 0xff */
	OTA_CONTENT_APP, /* an app partition that is not blank */
	OTA_CONTENT_OTADATA,
	OTA_CONTENT_DATA,
};

struct ota_content {
	enum ota_content_kind kind;
	uint32_t
		used; /* bytes up to the last that is not 0xff; an app's: the size of its image if known */
	struct ota_slot_image image; /* APP */
	bool running; /* what the bootloader starts from this dump */
	bool next; /* where the next update goes, as the app that runs would choose */
	bool broken; /* an app that would not start */
};

struct ota_contents {
	struct ota_sim sim; /* as the bootloader without rollback leaves it */
	struct ota_record pair[2]; /* before that boot; blank where there is no otadata */
	int active; /* the record that wins; -1: none */
	struct ota_content parts[OTA_TABLE_MAX];
};

/* Look through the partitions of a dump. Both arguments must outlive the result. */
void ota_contents_read(struct ota_contents *contents, const struct ota_table *table,
		       const struct ota_flash_image *flash, bool esp8266);

#endif
