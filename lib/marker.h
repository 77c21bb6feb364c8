/* SPDX-License-Identifier: MIT */
/* marker.h - sixteen bytes by which an app image shows that it holds the receiver
 *
 * They stand, aligned to 4, within the first 4096 bytes of the image, which is where both ends look
 * before they replace an app that can be updated by one that might not. The receiver's component
 * places them behind the app description (section .rodata_custom_desc). */
#ifndef OTA_MARKER_H
#define OTA_MARKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OTA_MARKER_SIZE 16u
#define OTA_MARKER_SPAN 4096u /* bytes of the image in which it has to be */

/* The bytes, for whoever places them in an image. */
#define OTA_MARKER_BYTES                                                                       \
	{                                                                                      \
		0xC5, 'o', 't', 'a', 0x1F, 'r', 'x', 0x01, 0x9D, 0x62, 0xB8, 0x3E, 0x74, 0xA1, \
			0x0B, 0xE6                                                             \
	}

extern const uint8_t ota_marker[OTA_MARKER_SIZE];

/* Is it in the `size` first bytes of an image? */
bool ota_marker_found(const uint8_t *data, size_t size);

#endif
