/* SPDX-License-Identifier: MIT */
/* Signature sectors behind any content, of version 1 and 2, with a key of each kind that fits. */
#include <stdlib.h>
#include <string.h>

#include "lib/crc32.h"
#include "lib/cursor.h"
#include "lib/host/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The generator of P-256 as secure boot v1's raw key. */
static struct ota_key *raw_key(void)
{
	static const uint8_t point[64] = {
		0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63,
		0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1,
		0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f,
		0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57,
		0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5
	};
	struct ota_key *key;

	if (ota_key_read(point, sizeof(point), &key))
		abort();
	return key;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ota_key *key;
	static struct ota_signatures signatures;
	static uint8_t sector[4096];
	const struct ota_source source = { .data = sector, .size = sizeof(sector) };
	struct ota_writer crc = ota_writer(sector + 1196, 4);
	struct ota_key *other;

	key = key ? key : raw_key();
	if (!size)
		return 0;
	memset(sector, 0xFF, sizeof(sector));
	memcpy(sector, data + 1, size - 1 < sizeof(sector) ? size - 1 : sizeof(sector));
	if (data[0] & 1)
		ota_put_u32(&crc, ota_crc32(0, sector, 1196));
	if (ota_signatures_read(&source, data[0] & 2 ? 1 : 2, data[0] & 4 ? 4000 : 0,
				&signatures) == OTA_OK &&
	    ota_signatures_verify(&signatures, key) >= 0 && size < 64)
		abort();
	if (ota_key_read(data, size, &other) == OTA_OK)
		(void)ota_signatures_verify(&signatures, other);
	ota_key_free(other);
	return 0;
}
