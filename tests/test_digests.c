/* SPDX-License-Identifier: MIT */
#include <zlib.h>

#include "lib/crc32.h"
#include "lib/md5.h"
#include "tests/rows.h"

/* RFC 1321, appendix A.5, and lengths around the block's edges (md5sum of so many 'a'). */
static const struct vector {
	const char *name;
	const char *text;
	size_t repeat;
	const char *digest;
} vectors[] = {
	{ "nothing", "", 1, "d41d8cd98f00b204e9800998ecf8427e" },
	{ "one byte", "a", 1, "0cc175b9c0f1b6a831c399e269772661" },
	{ "abc", "abc", 1, "900150983cd24fb0d6963f7d28e17f72" },
	{ "the alphabet", "abcdefghijklmnopqrstuvwxyz", 1, "c3fcd3d76192e4007dfb496cca67e13b" },
	{ "80 digits", "1234567890", 8, "57edf4a22be3c955ac49da2e2107b67a" },
	{ "55 bytes", "a", 55, "ef1772b6dff9a122358552954ad0df65" },
	{ "56 bytes", "a", 56, "3b0c8ac703f828b04c6c197006d17218" },
	{ "63 bytes", "a", 63, "b06521f39153d618550606be297466d5" },
	{ "64 bytes", "a", 64, "014842d480b571495a4a0363793f7367" },
	{ "65 bytes", "a", 65, "c743a45e0d2e6a95cb859adae0248435" },
};

static void digests(void **state)
{
	const struct vector *row = *state;
	uint8_t expected[OTA_MD5_SIZE], digest[OTA_MD5_SIZE];
	size_t n = strlen(row->text);
	char text[256] = "";

	for (size_t i = 0; i < row->repeat; i++)
		memcpy(text + i * n, row->text, n);
	assert_int_equal(from_hex(row->digest, expected, sizeof(expected)), sizeof(expected));
	ota_md5(text, n * row->repeat, digest);
	assert_memory_equal(digest, expected, sizeof(digest));
}

static void crc_is_zlibs(void **state)
{
	uint8_t data[300];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + (i >> 3));
	for (size_t size = 0; size <= sizeof(data); size++)
		for (uint32_t start = 0; start < 3; start++)
			assert_int_equal(ota_crc32(start * 0x7fffffff, data, size),
					 crc32(start * 0x7fffffff, data, (uInt)size));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(crc_is_zlibs) };

	return RUN_ROWS(vectors, digests) + cmocka_run_group_tests(tests, NULL, NULL);
}
