/* SPDX-License-Identifier: MIT */
#include "lib/status.h"

const char *ota_status_text(enum ota_status status)
{
	switch (status) {
	case OTA_OK: return "success";
	case OTA_E_SHORT: return "the data ends too early";
	case OTA_E_MAGIC: return "another kind of data";
	case OTA_E_CHECKSUM: return "a checksum does not match";
	case OTA_E_VALUE: return "a value is not allowed";
	case OTA_E_FULL: return "more than fits";
	case OTA_E_MISSING: return "not found";
	case OTA_E_MEMORY: return "out of memory";
	case OTA_E_SYSTEM: return "the system refused";
	case OTA_E_DEVICE: return "the flash failed";
	}
	return "unknown status";
}
