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
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include "lib/host/dynlib.h"

/* clang-format off */
#define OTA_CRYPTO_FUNCTIONS(X) \
	X(SHA256_Init) X(SHA256_Update) X(SHA256_Final) \
	X(SHA384_Init) X(SHA384_Update) X(SHA384_Final)
/* clang-format on */

struct ota_crypto {
	OTA_CRYPTO_FUNCTIONS(OTA_DYNLIB_MEMBER)
};

#define OTA_CRYPTO_LIBRARY "libcrypto.so.3"

/* The functions, loaded on the first call; NULL: the library is not there. Callers of what needs it
 * (ota_sha256_begin and all on it) look here first and say so; without it those abort. */
const struct ota_crypto *ota_crypto(void);

#endif
