/* SPDX-License-Identifier: MIT */
/* known_devices.h - which device answered at an address before: a line "HOST ID" for each, as ssh
 * keeps one for host keys
 *
 * Lines that begin with # are comment. A line that is neither is left alone. */
#ifndef OTA_HOST_KNOWN_DEVICES_H
#define OTA_HOST_KNOWN_DEVICES_H

#include "lib/host/keys.h"
#include "lib/status.h"

/* The id that `host` had, the last line counts; "" if it is not there, or there is no such file. */
void ota_known_device(const char *file, const char *host, char id[static OTA_DEVICE_ID_MAX + 1]);

/* Add a line; the file and its folder are made where they are missing. OTA_E_SYSTEM. */
OTA_MUST_CHECK enum ota_status ota_known_device_add(const char *file, const char *host,
						    const char *id);

#endif
