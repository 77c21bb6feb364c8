/* SPDX-License-Identifier: MIT */
#include "lib/marker.h"

#include <string.h>

const uint8_t ota_marker[OTA_MARKER_SIZE] = OTA_MARKER_BYTES;

bool ota_marker_found(const uint8_t *data, size_t size)
{
	if (size > OTA_MARKER_SPAN)
		size = OTA_MARKER_SPAN;
	for (size_t i = 0; i + OTA_MARKER_SIZE <= size; i += 4)
		if (memcmp(data + i, ota_marker, OTA_MARKER_SIZE) == 0)
			return true;
	return false;
}
