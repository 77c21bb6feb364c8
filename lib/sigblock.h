/* SPDX-License-Identifier: MIT */
/* sigblock.h - secure boot signatures: where their fields are
 *
 * Version 1, 68 bytes behind the image (or partition table): u32 0, then r and s, 32 bytes each,
 * big-endian. ECDSA P-256 over SHA-256 of all before it.
 *
 * Version 2, a sector of 4096 bytes behind the image, which is padded with 0xff to a multiple of 4096:
 * up to three blocks of 1216 bytes, then 0xff. Numbers in a block are little-endian.
 *
 *     off  size  RSA-3072             off  size  P-192, P-256        off  size  P-384
 *       0     1  E7                     0     1  E7                    0     1  E7
 *       1     1  02                     1     1  03                    1     1  03
 *       2     2  0                      2     2  0 (SHA-256)           2     2  1 (SHA-384)
 *       4    32  SHA-256                4    32  SHA-256               4    48  SHA-384
 *      36   384  n                     36     1  curve 1, 2           52     1  curve 3
 *     420     4  e                     37    64  X, Y packed          53    96  X, Y
 *     424   384  R^2 mod n            101    64  r, s packed         149    96  r, s
 *     808     4  -1/n mod 2^32
 *     812   384  RSASSA-PSS, salt of 32 bytes
 *    1196     4  CRC-32 of bytes 0..1195, as zlib's
 *    1200    16  0
 *
 * The digest is that of all before the sector. A key's digest, which devices compare, is the SHA-256
 * of bytes 36..811 (RSA), 36..100 (P-192, P-256), 52..148 (P-384).
 *
 * Source: ESP-IDF v5.5 to v6.1, components/bootloader_support/src/secure_boot_v1 and secure_boot_v2;
 * esptool 5.3.1, espsecure/__init__.py. */
#ifndef OTA_SIGBLOCK_H
#define OTA_SIGBLOCK_H

#include "lib/chip.h"

#define OTA_SIGBLOCK_SIZE 1216u
#define OTA_SIGBLOCKS_MAX 3u
#define OTA_SIGBLOCK_MAGIC 0xE7u

struct ota_sigblock {
	enum ota_scheme scheme;
	const char *name; /* "RSA-3072" */
	const uint8_t *digest; /* of the content, as stored */
	size_t digest_size; /* bytes: 32, or 48 for P-384 */
	const uint8_t *key; /* what a key's digest covers */
	size_t key_size;
	const uint8_t *point, *signature; /* numbers: n or X, Y; s or r, s */
	size_t number_size; /* bytes of each */
};

/* Find the fields of a block; pointers lead into `raw`. OTA_E_MAGIC: there is none; OTA_E_VALUE:
 * unknown version, digest or curve; OTA_E_CHECKSUM: the CRC is wrong. */
OTA_MUST_CHECK enum ota_status ota_sigblock_decode(const uint8_t raw[static OTA_SIGBLOCK_SIZE],
						   struct ota_sigblock *block);

#endif
