/* SPDX-License-Identifier: MIT */
/* image_input.h - images as commands are given them: files, stdin, partitions of a dump */
#ifndef CLI_IMAGE_INPUT_H
#define CLI_IMAGE_INPUT_H

#include "cli/dump.h"
#include "lib/host/image_file.h"

/* Included by every command that reads images: --part --chip --pub-key, and how dumps are read. */
extern struct poptOption image_options[];

struct image_input {
	const char *name; /* as messages show it */
	struct ota_source source;
	uint32_t addr, room; /* of --part in flash, bytes; else 0 */
	enum ota_image_role role; /* by the type of --part */
	struct dump dump; /* with --part */
	uint8_t *spooled; /* what came from a pipe */
	int fd; /* -1: none */
};

/* Open `name`; on failure the reason was said. Release with image_input_close(), which may be called
 * on a zeroed struct. */
enum exit_code image_input_open(const char *name, struct image_input *input);
void image_input_close(struct image_input *input);

/* libcrypto is there, or it was said that it is not (EXIT_SYSTEM). */
enum exit_code image_need_crypto(void);

/* What --chip asks for (want->chip), and what the place in the dump gives. */
enum exit_code image_want(const struct image_input *input, struct ota_image_want *want);

/* Judge an input; its findings are said and counted, unless want->report is set: then they go there, to
 * be handed on to findings_take. Fails where nothing could be read. */
enum exit_code image_examine(const struct image_input *input, struct ota_image_want *want,
			     struct findings *findings, struct ota_image_file *file);

/* The key of --pub-key; NULL: not given. On failure the reason was said. */
enum exit_code image_key(struct ota_key **key);

#endif
