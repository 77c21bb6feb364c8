/* SPDX-License-Identifier: MIT */
/* image_json.h - images as JSON */
#ifndef CLI_IMAGE_JSON_H
#define CLI_IMAGE_JSON_H

#include "cli/image_input.h"

/* "esp32c3 app", "bootloader", "image": what it is. */
const char *image_kind(const struct ota_image_file *file);

/* Bytes as lower-case hex; NULL data: null. */
json_t *image_hex(const uint8_t *data, size_t size);

/* Is the appended SHA-256 there, and right? */
bool image_has_hash(const struct ota_image *image);
bool image_hash_ok(const struct ota_image *image);

/* The number of the block that the key signed, -1: none; -2: no key was given. */
#define IMAGE_NO_KEY (-2)

/* All of it: file ok kind chip size ... signatures. */
json_t *image_json(const struct image_input *input, const struct ota_image_file *file,
		   int verified);

#endif
