/* SPDX-License-Identifier: MIT */
/* Secure boot signatures by the keys whose private number is 1, over the bytes 00 01 ... ff repeated,
 * as espsecure 5.3.1 makes them with RFC 6979. */
#include "tests/rows.h"

#include "lib/crc32.h"
#include "lib/cursor.h"
#include "lib/host/crypto_load.h"
#include "lib/host/sign.h"

#define CONTENT 4096u
#define SECTOR 4096u

static const char generator[] = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
				"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

static const char p256[] =
	"e7030000c8f5d0341d54d951a71b136e6e2afcb14d11ed8489a7ae126a8fee0df6ecf193"
	"0296c298d84539a1f4a033eb2d817d0377f240a463e5e6bcf847422ce1f2d1176b"
	"f551bf376840b6cbce5e316b5733ce2b169e0f7c4aebe78e9b7f1afee242e34f"
	"ea1948d8cbd03285a84548bf3158c4e03c24872ed426594450002954a0541dea"
	"fa9b9c4b1579d87bf24a69c81297ba5f41dfed9183fefe80e6402a360312946c";

static void make_content(uint8_t *out)
{
	for (unsigned i = 0; i < CONTENT; i++)
		out[i] = (uint8_t)i;
	memset(out + CONTENT, 0xFF, SECTOR);
}

static void put_crc(uint8_t *block)
{
	struct ota_writer w = ota_writer(block + 1196, 4);

	ota_put_u32(&w, ota_crc32(0, block, 1196));
}

static void put_block(uint8_t *block)
{
	memset(block, 0, OTA_SIGBLOCK_SIZE);
	from_hex(p256, block, OTA_SIGBLOCK_SIZE);
	put_crc(block);
}

static struct ota_key *read_generator(void)
{
	uint8_t raw[64];
	struct ota_key *key;

	assert_int_equal(from_hex(generator, raw, sizeof(raw)), 64);
	assert_int_equal(ota_key_read(raw, sizeof(raw), &key), OTA_OK);
	assert_int_equal(ota_key_scheme(key), OTA_SCHEME_P256);
	return key;
}

static const struct spoiled {
	const char *name;
	unsigned block; /* where it stands */
	uint32_t at; /* a byte of content or block that is changed; UINT32_MAX: none */
	bool crc; /* made right again */
	enum ota_status status;
	bool verifies;
} rows[] = {
	{ "a block in the first place", 0, UINT32_MAX, false, OTA_OK, true },
	{ "a block in the second place", 1, UINT32_MAX, false, OTA_OK, true },
	{ "a block in the third place", 2, UINT32_MAX, false, OTA_OK, true },
	{ "another content", 0, 7, false, OTA_OK, false },
	{ "another magic", 0, CONTENT, true, OTA_E_MAGIC, false },
	{ "another version", 0, CONTENT + 1, true, OTA_E_VALUE, false },
	{ "another digest", 0, CONTENT + 2, true, OTA_E_VALUE, false },
	{ "another stored digest", 0, CONTENT + 4, true, OTA_OK, false },
	{ "another curve", 0, CONTENT + 36, true, OTA_E_VALUE, false },
	{ "another r", 0, CONTENT + 101, true, OTA_OK, false },
	{ "another s", 0, CONTENT + 164, true, OTA_OK, false },
	{ "a wrong CRC", 0, CONTENT + 1196, false, OTA_E_CHECKSUM, false },
	{ "a changed byte that only the CRC covers", 0, CONTENT + 500, false, OTA_E_CHECKSUM,
	  false },
};

static void is_judged(void **state)
{
	const struct spoiled *row = *state;
	static uint8_t file[CONTENT + SECTOR];
	static struct ota_signatures signatures;
	const struct ota_source source = { .data = file, .size = sizeof(file) };
	struct ota_key *key = read_generator();
	uint8_t *block = file + CONTENT + (size_t)row->block * OTA_SIGBLOCK_SIZE;

	make_content(file);
	put_block(block);
	if (row->at != UINT32_MAX)
		file[row->at] ^= 0x55;
	if (row->crc)
		put_crc(block);
	assert_int_equal(ota_signatures_read(&source, 2, CONTENT, &signatures), OTA_OK);
	assert_int_equal(signatures.status[row->block], row->status);
	assert_int_equal(ota_signatures_verify(&signatures, key),
			 row->verifies ? (int)row->block : -1);
	ota_key_free(key);
}

static void a_key_digest_is_espsecures(void **state)
{
	uint8_t block[OTA_SIGBLOCK_SIZE], digest[OTA_SHA256_SIZE], expected[OTA_SHA256_SIZE];
	struct ota_sigblock decoded;

	(void)state;
	put_block(block);
	from_hex("5908ff09f652723954169b269890241b0405fc45b6087f0db026debac4934a8d", expected,
		 sizeof(expected));
	assert_int_equal(ota_sigblock_decode(block, &decoded), OTA_OK);
	ota_sigblock_key_digest(&decoded, digest);
	assert_memory_equal(digest, expected, sizeof(digest));
	assert_int_equal(block[1196], 0x7e);
	assert_int_equal(block[1199], 0x25);
}

static void version_1_is_verified(void **state)
{
	static uint8_t file[3 + 68];
	static struct ota_signatures signatures;
	const struct ota_source source = { .data = file, .size = sizeof(file) };
	struct ota_key *key = read_generator();

	(void)state;
	from_hex("61626300000000deeb0097a6b273eda8182351e37e192a89fe85295b46293c7f2ece0bf368964f7f"
		 "800c6926419d244ce222f3129825d4eb190f2dcda7c5221a34da3cfe22a16e",
		 file, sizeof(file));
	for (size_t i = 0; i <= sizeof(file); i++) {
		if (i < sizeof(file))
			file[i] ^= 1;
		assert_int_equal(ota_signatures_read(&source, 1, 3, &signatures), OTA_OK);
		assert_int_equal(ota_signatures_verify(&signatures, key),
				 i < sizeof(file) ? -1 : 0);
		if (i < sizeof(file))
			file[i] ^= 1;
	}
	ota_key_free(key);
}

static const struct no_key {
	const char *name, *text;
	enum ota_status status;
} no_keys[] = {
	{ "no PEM", "hello", OTA_E_MAGIC },
	{ "nothing", "", OTA_E_MAGIC },
	{ "a damaged PEM", "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n",
	  OTA_E_MAGIC },
	{ "an encrypted PEM",
	  "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
	  "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n"
	  "AAAAAAAAAAAAAAAAAAAAAA==\n-----END EC PRIVATE KEY-----\n",
	  OTA_E_DEVICE },
	{ "a key of another kind",
	  "-----BEGIN PUBLIC KEY-----\n"
	  "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
	  "-----END PUBLIC KEY-----\n",
	  OTA_E_VALUE },
};

static void is_refused(void **state)
{
	const struct no_key *row = *state;
	struct ota_key *key;

	assert_int_equal(ota_key_read(row->text, strlen(row->text), &key), row->status);
	ota_key_free(key);
}

static void a_point_off_the_curve_is_no_key(void **state)
{
	uint8_t raw[64] = { 0 };
	struct ota_key *key;

	(void)state;
	from_hex(generator, raw, sizeof(raw));
	raw[63] ^= 1;
	assert_int_equal(ota_key_read(raw, sizeof(raw), &key), OTA_E_MAGIC);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_key_digest_is_espsecures),
		cmocka_unit_test(version_1_is_verified),
		cmocka_unit_test(a_point_off_the_curve_is_no_key),
	};

	if (!ota_crypto())
		return 1;
	return RUN_ROWS(rows, is_judged) + RUN_ROWS(no_keys, is_refused) +
	       cmocka_run_group_tests(others, NULL, NULL);
}
