/* SPDX-License-Identifier: MIT */
/* tool_dump OUT SIZE ADDR=WHAT...: make flash contents. WHAT is a file's name, or a minimal ESP32 app
 * image: app:VERSION, app:VERSION:SECURE_VERSION; bad:... the same with a wrong checksum. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cursor.h"
#include "lib/status.h"

#define LOAD_ADDR \
	0x3F400020u /* flash mapped for data: its place in the file is a multiple of 64 KiB */
#define SEGMENT_SIZE 288u
#define IMAGE_SIZE (24u + 8u + SEGMENT_SIZE + 16u)

static uint8_t *flash;
static size_t flash_size;

static void put_text(struct ota_writer *w, const char *text, size_t size)
{
	size_t n = strnlen(text, size);

	ota_put_bytes(w, text, n);
	ota_put_fill(w, 0, size - n);
}

/* Header, one segment that begins with the app description, padding, checksum. */
static void put_image(uint8_t image[static IMAGE_SIZE], const char *version, uint32_t secure)
{
	struct ota_writer w = ota_writer(image, IMAGE_SIZE);
	uint8_t sum = 0xEF;

	ota_put_bytes(&w, "\xE9\x01\x02\x20", 4);
	ota_put_u32(&w, 0x40080000); /* entry */
	ota_put_bytes(&w, "\xEE\0\0\0\0\0\0\0\0\0\0\0\xFF\xFF\0\0", 15);
	ota_put_u8(&w, 0); /* no digest behind it */
	ota_put_u32(&w, LOAD_ADDR);
	ota_put_u32(&w, SEGMENT_SIZE);
	ota_put_u32(&w, 0xABCD5432);
	ota_put_u32(&w, secure);
	ota_put_fill(&w, 0, 8);
	put_text(&w, version, 32);
	put_text(&w, "lamp", 32);
	put_text(&w, "12:00:00", 16);
	put_text(&w, "Jan  1 2026", 16);
	put_text(&w, "v5.5", 32);
	ota_put_fill(&w, 0x11, 32);
	ota_put_fill(&w, 0, 32 + SEGMENT_SIZE - 208);
	for (size_t i = 32; i < 32 + SEGMENT_SIZE; i++)
		sum ^= image[i];
	memset(image + 32 + SEGMENT_SIZE, 0, 15);
	image[IMAGE_SIZE - 1] = sum;
}

static int place_image(size_t addr, const char *what)
{
	uint8_t image[IMAGE_SIZE];
	char version[33];
	const char *colon = strchr(what + 4, ':');

	snprintf(version, sizeof(version), "%.*s", (int)strcspn(what + 4, ":"), what + 4);
	put_image(image, version, colon ? (uint32_t)strtoul(colon + 1, NULL, 0) : 0);
	if (what[0] == 'b')
		image[100] ^= 1;
	if (addr > flash_size || flash_size - addr < sizeof(image))
		return 1;
	memcpy(flash + addr, image, sizeof(image));
	return 0;
}

static int place_file(size_t addr, const char *name)
{
	FILE *file = fopen(name, "rb");
	size_t room = addr < flash_size ? flash_size - addr : 0;

	if (!file)
		return 1;
	(void)!fread(flash + addr, 1, room, file);
	return fclose(file);
}

static int place(const char *arg)
{
	const char *equals = strchr(arg, '=');
	size_t addr = strtoul(arg, NULL, 0);

	if (!equals)
		return 1;
	if (strncmp(equals + 1, "app:", 4) == 0 || strncmp(equals + 1, "bad:", 4) == 0)
		return place_image(addr, equals + 1);
	return place_file(addr, equals + 1);
}

int main(int argc, char **argv)
{
	FILE *out;
	int bad = argc < 3;

	flash_size = bad ? 0 : strtoul(argv[2], NULL, 0);
	flash = malloc(flash_size + 1);
	if (bad || !flash)
		return 2;
	memset(flash, 0xFF, flash_size);
	for (int i = 3; i < argc; i++)
		bad |= place(argv[i]);
	out = fopen(argv[1], "wb");
	bad |= !out || fwrite(flash, 1, flash_size, out) != flash_size || fclose(out) != 0;
	free(flash);
	if (bad)
		fputs("tool_dump: cannot make it\n", stderr);
	return bad;
}
