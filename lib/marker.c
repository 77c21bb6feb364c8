/* SPDX-License-Identifier: MIT */
#include "lib/marker.h"

#include <string.h>

const uint8_t ota_marker[OTA_MARKER_SIZE] = { 0xC5, 'o',  't',  'a',  0x1F, 'r',  'x',  0x01,
					      0x9D, 0x62, 0xB8, 0x3E, 0x74, 0xA1, 0x0B, 0xE6 };

bool ota_marker_found(const uint8_t *data, size_t size)
{
	if (size > OTA_MARKER_SPAN)
		size = OTA_MARKER_SPAN;
	for (size_t i = 0; i + OTA_MARKER_SIZE <= size; i += 4)
		if (memcmp(data + i, ota_marker, OTA_MARKER_SIZE) == 0)
			return true;
	return false;
}
