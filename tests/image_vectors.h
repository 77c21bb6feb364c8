/* SPDX-License-Identifier: MIT */
/* image_vectors.h - small images with known bytes, and the verdict on bytes fed in one go or in pieces */
#ifndef TESTS_IMAGE_VECTORS_H
#define TESTS_IMAGE_VECTORS_H

#include "lib/image.h"

/* Judge `size` bytes fed `piece` at a time (0: whole). `want` NULL: anything goes. */
static inline enum ota_status judge(struct ota_image *image, const struct ota_image_want *want,
				    const void *data, size_t size, size_t piece)
{
	static const struct ota_image_want any = { .revision = OTA_REVISION_NONE,
						   .block_revision = OTA_REVISION_NONE };

	ota_image_begin(image, want ? want : &any);
	piece = piece ? piece : size + 1;
	for (size_t at = 0; at < size; at += piece)
		ota_image_feed(image, (const uint8_t *)data + at,
			       size - at < piece ? size - at : piece);
	return ota_image_finish(image);
}

/* The vectors of esptool 5.3.1's writers, and one of ESP8266_RTOS_SDK's: hex text. */
#define IMAGE_EMPTY "e900022f00000d40ee00000000000000008f01000000000000000000000000ef"
#define IMAGE_ESP32                                                        \
	"e903022f00000840ee00000000000000008f0100000000012000403f00010000" \
	"3254cdab030000000000000000000000312e322e330000000000000000000000" \
	"0000000000000000000000000000000064656d6f000000000000000000000000" \
	"0000000000000000000000000000000031323a33343a35360000000000000000" \
	"4a616e2020312032303235000000000076352e352e3500000000000000000000" \
	"00000000000000000000000000000000000102030405060708090a0b0c0d0e0f" \
	"101112131415161718191a1b1c1d1e1f0000c700100000000000000000000000" \
	"0000000000000000000000000000000000000000000000000000000000000000" \
	"0000000000000000000000000000000000000000000000000000000000000000" \
	"0000fb3f04000000010203040000084008000000360061001df00000000000a3" \
	"9cc3186bcd06d6858aee27a92cbba4728e40cf4a57910cb8c66c80540dd78a78"
#define IMAGE_C3                                                           \
	"e901022000003c40ee0000000500000000c70000000000010000c83f04000000" \
	"aabbccdd0000000000000000000000efa68e8b8e2c62acf70c0d970758e182a1" \
	"1e93bf5610d4dc6b7b63e88df99a7614"
#define IMAGE_8266_V2                                                      \
	"ea0402400400104000000000100000000102030405060708090a000000000000" \
	"e9020240040010400000104004000000123456780080fe3f08000000deadbeef" \
	"010000000000000000000000000000c4af590a24"
#define IMAGE_8266_V1                                                      \
	"e9020240040010400000104004000000123456780080fe3f08000000deadbeef" \
	"010000000000000000000000000000c4"
#define IMAGE_8266_RTOS                                                    \
	"e903024004002140100021400400000001020304000022400400000005060708" \
	"0080fe3f04000000090a0b0c000000e3273fde99628a9d76331c0246cc8dddea" \
	"7cef98ba909f1a5b457ddb48ed06224b"

#endif
