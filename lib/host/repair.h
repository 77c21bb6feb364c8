/* SPDX-License-Identifier: MIT */
/* repair.h - mend otadata without losing the choice: one fault, one finding, one edit
 *
 * What starts now keeps starting, but directly instead of by fallback; where nothing starts, the
 * best that would. The other record becomes blank unless it is a usable older one. */
#ifndef OTA_HOST_REPAIR_H
#define OTA_HOST_REPAIR_H

#include "lib/host/boot_sim.h"

struct ota_repair {
	struct ota_sim *sim;
	bool prefer_newest; /* trust a record with a bad CRC if its slot's image verifies */
	uint32_t addr; /* of otadata, for the findings: flash address or offset in the file */
	ota_report_fn *report;
	void *ctx;

	/* Filled in: */
	int choice; /* what starts afterwards */
	bool edited[2]; /* this sector is to be erased, and written unless the record is blank */
};

/* Does a record look like ciphertext? With flash encryption nothing can be told from outside. */
bool ota_record_looks_encrypted(const uint8_t raw[static OTA_RECORD_SIZE]);

/* Mend `pair`. OTA_E_MISSING: nothing starts and nothing would; `pair` is as it was. */
OTA_MUST_CHECK enum ota_status ota_repair_otadata(struct ota_repair *repair,
						  struct ota_record pair[static 2]);

#endif
