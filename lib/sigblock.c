/* SPDX-License-Identifier: MIT */
#include "lib/sigblock.h"

#include "lib/crc32.h"
#include "lib/cursor.h"

#define CRC_AT 1196u

struct layout {
	uint8_t version, sha, curve; /* bytes 1 and 2, and the byte before the point */
	enum ota_scheme scheme;
	const char *name;
	uint16_t digest_size, key_at, key_size, point_at, signature_at, number_size;
};

static const struct layout layouts[] = {
	{ 2, 0, 0, OTA_SCHEME_RSA, "RSA-3072", 32, 36, 776, 36, 812, 384 },
	{ 3, 0, 1, OTA_SCHEME_P192, "ECDSA-P192", 32, 36, 65, 37, 101, 24 },
	{ 3, 0, 2, OTA_SCHEME_P256, "ECDSA-P256", 32, 36, 65, 37, 101, 32 },
	{ 3, 1, 3, OTA_SCHEME_P384, "ECDSA-P384", 48, 52, 97, 53, 149, 48 },
};

static bool is_of(const struct layout *layout, const uint8_t *raw)
{
	return raw[1] == layout->version &&
	       (layout->version == 2 ||
		(raw[2] == layout->sha && raw[layout->key_at] == layout->curve));
}

enum ota_status ota_sigblock_decode(const uint8_t raw[static OTA_SIGBLOCK_SIZE],
				    struct ota_sigblock *block)
{
	struct ota_reader r = ota_reader(raw + CRC_AT, 4);
	const struct layout *layout = NULL;

	*block = (struct ota_sigblock){ .name = NULL };
	if (raw[0] != OTA_SIGBLOCK_MAGIC)
		return OTA_E_MAGIC;
	for (size_t i = 0; i < ARRAY_LEN(layouts) && !layout; i++)
		layout = is_of(&layouts[i], raw) ? &layouts[i] : NULL;
	if (!layout)
		return OTA_E_VALUE;
	*block = (struct ota_sigblock){
		.scheme = layout->scheme,
		.name = layout->name,
		.digest = raw + 4,
		.digest_size = layout->digest_size,
		.key = raw + layout->key_at,
		.key_size = layout->key_size,
		.point = raw + layout->point_at,
		.signature = raw + layout->signature_at,
		.number_size = layout->number_size,
	};
	return ota_get_u32(&r) == ota_crc32(0, raw, CRC_AT) ? OTA_OK : OTA_E_CHECKSUM;
}
