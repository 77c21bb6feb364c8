/* SPDX-License-Identifier: MIT */
#include "lib/host/sign.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host/crypto_load.h"

#define V1_SIZE 68u

struct ota_key {
	EVP_PKEY *pkey;
	enum ota_scheme scheme;
};

/* Keys come from files only: nobody is asked for a passphrase. */
static int no_passphrase(char *buf, int size, int writing, void *asked)
{
	(void)buf;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

static enum ota_scheme scheme_of(const struct ota_crypto *crypto, const EVP_PKEY *pkey)
{
	static const struct {
		const char *name;
		enum ota_scheme scheme;
	} groups[] = { { "prime192v1", OTA_SCHEME_P192 },
		       { "prime256v1", OTA_SCHEME_P256 },
		       { "secp384r1", OTA_SCHEME_P384 } };
	char group[32] = "";

	if (crypto->EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA)
		return crypto->EVP_PKEY_get_bits(pkey) == 3072 ? OTA_SCHEME_RSA
							       : (enum ota_scheme)0;
	if (crypto->EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC &&
	    crypto->EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group,
						   sizeof(group), NULL))
		for (size_t i = 0; i < ARRAY_LEN(groups); i++)
			if (strcmp(group, groups[i].name) == 0)
				return groups[i].scheme;
	return (enum ota_scheme)0;
}

static EVP_PKEY *read_pem(const struct ota_crypto *crypto, const void *data, size_t size,
			  bool *encrypted)
{
	EVP_PKEY *pkey = NULL;

	for (int private = 0; private < 2 && !pkey; private ++) {
		BIO *bio = crypto->BIO_new_mem_buf(data, (int)size);

		if (bio && private)
			pkey = crypto->PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, encrypted);
		else if (bio)
			pkey = crypto->PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, encrypted);
		crypto->BIO_free(bio);
	}
	return pkey;
}

/* X, Y of a P-256 point. */
static EVP_PKEY *read_raw(const struct ota_crypto *crypto, const uint8_t *data)
{
	EVP_PKEY_CTX *context = crypto->EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	char group[] = "prime256v1";
	uint8_t point[65] = { 0x04 };
	EVP_PKEY *pkey = NULL;
	OSSL_PARAM params[3] = { { OSSL_PKEY_PARAM_GROUP_NAME, OSSL_PARAM_UTF8_STRING, group,
				   sizeof(group) - 1, OSSL_PARAM_UNMODIFIED },
				 { OSSL_PKEY_PARAM_PUB_KEY, OSSL_PARAM_OCTET_STRING, point,
				   sizeof(point), OSSL_PARAM_UNMODIFIED },
				 { NULL, 0, NULL, 0, 0 } };

	memcpy(point + 1, data, 64);
	if (context && crypto->EVP_PKEY_fromdata_init(context) > 0 &&
	    crypto->EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		pkey = NULL;
	crypto->EVP_PKEY_CTX_free(context);
	return pkey;
}

enum ota_status ota_key_read(const void *data, size_t size, struct ota_key **key)
{
	const struct ota_crypto *crypto = ota_crypto();
	bool encrypted = false;
	EVP_PKEY *pkey;

	*key = NULL;
	if (!crypto || size > 65536)
		return OTA_E_MAGIC;
	pkey = size == 64 ? read_raw(crypto, data) : read_pem(crypto, data, size, &encrypted);
	crypto->ERR_clear_error();
	if (!pkey)
		return encrypted ? OTA_E_DEVICE : OTA_E_MAGIC;
	*key = malloc(sizeof(**key));
	if (!*key) {
		crypto->EVP_PKEY_free(pkey);
		return OTA_E_MEMORY;
	}
	(*key)->pkey = pkey;
	(*key)->scheme = scheme_of(crypto, pkey);
	return (*key)->scheme ? OTA_OK : OTA_E_VALUE;
}

void ota_key_free(struct ota_key *key)
{
	if (key)
		ota_crypto()->EVP_PKEY_free(key->pkey);
	free(key);
}

enum ota_scheme ota_key_scheme(const struct ota_key *key)
{
	return key->scheme;
}

struct digests {
	struct ota_sha256 sha256;
	SHA512_CTX sha384;
	bool both; /* P-384 is in use */
};

static void take_digests(void *ctx, const void *data, size_t size)
{
	struct digests *digests = ctx;

	ota_sha256_feed(&digests->sha256, data, size);
	if (digests->both)
		ota_crypto()->SHA384_Update(&digests->sha384, data, size);
}

static enum ota_status digest_content(const struct ota_source *source,
				      struct ota_signatures *signatures, bool both)
{
	const uint32_t span[2] = { 0, signatures->content };
	struct digests digests = { .both = both };
	enum ota_status status;

	ota_sha256_begin(&digests.sha256);
	if (both)
		ota_crypto()->SHA384_Init(&digests.sha384);
	status = ota_source_feed(source, span, take_digests, &digests);
	if (status)
		return status;
	ota_sha256_finish(&digests.sha256, signatures->sha256);
	if (both)
		ota_crypto()->SHA384_Final(signatures->sha384, &digests.sha384);
	return OTA_OK;
}

static void decode_blocks(struct ota_signatures *signatures, bool *both)
{
	for (size_t i = 0; i < OTA_SIGBLOCKS_MAX; i++) {
		signatures->status[i] = ota_sigblock_decode(signatures->raw + i * OTA_SIGBLOCK_SIZE,
							    &signatures->blocks[i]);
		*both = *both ||
			(!signatures->status[i] && signatures->blocks[i].scheme == OTA_SCHEME_P384);
	}
}

enum ota_status ota_signatures_read(const struct ota_source *source, unsigned version,
				    uint32_t content, struct ota_signatures *signatures)
{
	bool both = false;
	enum ota_status status;

	memset(signatures, 0, sizeof(*signatures));
	signatures->version = version;
	signatures->content = content;
	status = ota_source_read(source, content, signatures->raw,
				 version == 1 ? V1_SIZE : (uint32_t)sizeof(signatures->raw));
	if (!status && version == 2)
		decode_blocks(signatures, &both);
	if (!status)
		status = digest_content(source, signatures, both);
	if (status || version != 2)
		return status;
	for (size_t i = 0; i < OTA_SIGBLOCKS_MAX; i++) {
		const struct ota_sigblock *block = &signatures->blocks[i];
		bool sha384 = block->scheme == OTA_SCHEME_P384;

		signatures->digest_ok[i] =
			!signatures->status[i] &&
			memcmp(block->digest, sha384 ? signatures->sha384 : signatures->sha256,
			       block->digest_size) == 0;
	}
	return OTA_OK;
}

static void reverse(uint8_t *out, const uint8_t *in, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = in[size - 1 - i];
}

/* One signature, as OpenSSL takes it: RSA big-endian, ECDSA as DER. */
struct signature {
	uint8_t bytes[384];
	size_t size;
	const uint8_t *digest;
	size_t digest_size;
};

static bool put_der(struct signature *signature, const uint8_t *r, const uint8_t *s, int size)
{
	const struct ota_crypto *crypto = ota_crypto();
	ECDSA_SIG *pair = crypto->ECDSA_SIG_new();
	BIGNUM *numbers[2] = { crypto->BN_bin2bn(r, size, NULL), crypto->BN_bin2bn(s, size, NULL) };
	uint8_t *out = signature->bytes;
	int written = 0;

	if (pair && numbers[0] && numbers[1] &&
	    crypto->ECDSA_SIG_set0(pair, numbers[0], numbers[1])) {
		numbers[0] = numbers[1] = NULL;
		written = crypto->i2d_ECDSA_SIG(pair, &out);
	}
	crypto->BN_free(numbers[0]);
	crypto->BN_free(numbers[1]);
	crypto->ECDSA_SIG_free(pair);
	signature->size = written > 0 ? (size_t)written : 0;
	return written > 0;
}

static bool verify(const struct ota_key *key, const struct signature *signature)
{
	const struct ota_crypto *crypto = ota_crypto();
	EVP_PKEY_CTX *context = crypto->EVP_PKEY_CTX_new(key->pkey, NULL);
	bool ok = context && crypto->EVP_PKEY_verify_init(context) > 0;

	if (ok && key->scheme == OTA_SCHEME_RSA)
		ok = crypto->EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
		     crypto->EVP_PKEY_CTX_set_signature_md(context, crypto->EVP_sha256()) > 0 &&
		     crypto->EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 32) > 0;
	ok = ok && crypto->EVP_PKEY_verify(context, signature->bytes, signature->size,
					   signature->digest, signature->digest_size) == 1;
	crypto->EVP_PKEY_CTX_free(context);
	crypto->ERR_clear_error();
	return ok;
}

static bool verify_v1(const struct ota_signatures *signatures, const struct ota_key *key)
{
	static const uint8_t version[4];
	const uint8_t *raw = signatures->raw;
	struct signature signature = { .digest = signatures->sha256, .digest_size = 32 };

	return key->scheme == OTA_SCHEME_P256 && memcmp(raw, version, sizeof(version)) == 0 &&
	       put_der(&signature, raw + 4, raw + 36, 32) && verify(key, &signature);
}

static bool verify_block(const struct ota_signatures *signatures, size_t i,
			 const struct ota_key *key)
{
	const struct ota_sigblock *block = &signatures->blocks[i];
	struct signature signature = { .digest = block->scheme == OTA_SCHEME_P384
						       ? signatures->sha384
						       : signatures->sha256,
				       .digest_size = block->digest_size };
	uint8_t r[48], s[48];

	if (signatures->status[i] || !signatures->digest_ok[i] || block->scheme != key->scheme)
		return false;
	if (block->scheme == OTA_SCHEME_RSA) {
		reverse(signature.bytes, block->signature, block->number_size);
		signature.size = block->number_size;
		return verify(key, &signature);
	}
	reverse(r, block->signature, block->number_size);
	reverse(s, block->signature + block->number_size, block->number_size);
	return put_der(&signature, r, s, (int)block->number_size) && verify(key, &signature);
}

int ota_signatures_verify(const struct ota_signatures *signatures, const struct ota_key *key)
{
	if (signatures->version == 1)
		return verify_v1(signatures, key) ? 0 : -1;
	for (int i = 0; i < (int)OTA_SIGBLOCKS_MAX; i++)
		if (verify_block(signatures, (size_t)i, key))
			return i;
	return -1;
}

void ota_sigblock_key_digest(const struct ota_sigblock *block,
			     uint8_t digest[static OTA_SHA256_SIZE])
{
	struct ota_sha256 sha;

	ota_sha256_begin(&sha);
	ota_sha256_feed(&sha, block->key, block->key_size);
	ota_sha256_finish(&sha, digest);
}
