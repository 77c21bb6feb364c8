/* SPDX-License-Identifier: MIT */
/* tool_make_image PROJECT VERSION SIZE SEED [no-marker|no-hash|chip=ID|secure=N|min=N...] >IMAGE
 * An app image for tests on stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/make_image.h"

static void take_word(const char *word, struct app_recipe *recipe)
{
	if (strcmp(word, "no-marker") == 0)
		recipe->no_marker = true;
	else if (strcmp(word, "no-hash") == 0)
		recipe->no_hash = true;
	else if (strncmp(word, "chip=", 5) == 0)
		recipe->chip = (uint32_t)strtoul(word + 5, NULL, 0);
	else if (strncmp(word, "secure=", 7) == 0)
		recipe->secure_version = (uint32_t)strtoul(word + 7, NULL, 0);
	else if (strncmp(word, "min=", 4) == 0)
		recipe->min_revision = (uint16_t)strtoul(word + 4, NULL, 0);
}

int main(int argc, char **argv)
{
	struct app_recipe recipe = { .chip = OTA_CHIP_ESP32C3 };
	uint8_t *image;
	size_t size;

	if (argc < 5)
		return 2;
	recipe.project = argv[1];
	recipe.version = argv[2];
	recipe.size = (uint32_t)strtoul(argv[3], NULL, 0);
	recipe.seed = (uint32_t)strtoul(argv[4], NULL, 0);
	for (int i = 5; i < argc; i++)
		take_word(argv[i], &recipe);
	image = malloc(recipe.size + 4096);
	if (!image)
		return 1;
	size = make_app(&recipe, image);
	fwrite(image, 1, size, stdout);
	free(image);
	return fflush(stdout) != 0;
}
