/* SPDX-License-Identifier: MIT */
/* crypto_load.h - OpenSSL's libcrypto on first use: a struct of functions
 *
 * `make CRYPTO=link` links it instead (static builds). */
#ifndef OTA_HOST_CRYPTO_LOAD_H
#define OTA_HOST_CRYPTO_LOAD_H

/* The digest's low-level functions are deprecated and half as slow to start. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include "lib/host/dynlib.h"

/* clang-format off */
#define OTA_CRYPTO_FUNCTIONS(X) \
	X(SHA256_Init) X(SHA256_Update) X(SHA256_Final) \
	X(SHA384_Init) X(SHA384_Update) X(SHA384_Final) \
	X(BIO_new_mem_buf) X(BIO_free) X(PEM_read_bio_PUBKEY) X(PEM_read_bio_PrivateKey) \
	X(EVP_PKEY_free) X(EVP_PKEY_get_base_id) X(EVP_PKEY_get_bits) X(EVP_PKEY_get_utf8_string_param) \
	X(EVP_PKEY_CTX_new) X(EVP_PKEY_CTX_new_from_name) X(EVP_PKEY_CTX_free) \
	X(EVP_PKEY_fromdata_init) X(EVP_PKEY_fromdata) X(EVP_PKEY_verify_init) X(EVP_PKEY_verify) \
	X(EVP_PKEY_CTX_set_rsa_padding) X(EVP_PKEY_CTX_set_rsa_pss_saltlen) \
	X(EVP_PKEY_CTX_set_signature_md) X(EVP_sha256) \
	X(ECDSA_SIG_new) X(ECDSA_SIG_free) X(ECDSA_SIG_set0) X(i2d_ECDSA_SIG) \
	X(BN_bin2bn) X(BN_free) X(ERR_clear_error)
/* clang-format on */

struct ota_crypto {
	OTA_CRYPTO_FUNCTIONS(OTA_DYNLIB_MEMBER)
};

#define OTA_CRYPTO_LIBRARY "libcrypto.so.3"

/* The functions, loaded on the first call; NULL: the library is not there. Callers of what needs it
 * (ota_sha256_begin and all on it) look here first and say so; without it those abort. */
const struct ota_crypto *ota_crypto(void);

#endif
