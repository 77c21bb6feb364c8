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

extern const uint8_t ota_marker[OTA_MARKER_SIZE];

/* Is it in the `size` first bytes of an image? */
bool ota_marker_found(const uint8_t *data, size_t size);

#endif
