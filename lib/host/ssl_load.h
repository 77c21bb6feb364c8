/* SPDX-License-Identifier: MIT */
/* ssl_load.h - OpenSSL's libssl on first use, as crypto_load.h does it with libcrypto
 *
 * `make CRYPTO=link` links both. */
#ifndef OTA_HOST_SSL_LOAD_H
#define OTA_HOST_SSL_LOAD_H

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "lib/host/dynlib.h"

/* The last line is libcrypto's, which comes with it. */
/* clang-format off */
#define OTA_SSL_FUNCTIONS(X) \
	X(TLS_server_method) X(SSL_CTX_new) X(SSL_CTX_free) X(SSL_CTX_ctrl) \
	X(SSL_CTX_use_certificate_chain_file) X(SSL_CTX_use_PrivateKey_file) \
	X(SSL_new) X(SSL_free) X(SSL_set_fd) X(SSL_set_accept_state) X(SSL_peek) X(SSL_read) \
	X(SSL_write) X(SSL_pending) X(SSL_want) X(SSL_get_error) X(SSL_shutdown) \
	X(SSL_is_init_finished) \
	X(ERR_clear_error) X(ERR_peek_error) X(ERR_reason_error_string)
/* clang-format on */

struct ota_ssl {
	OTA_SSL_FUNCTIONS(OTA_DYNLIB_MEMBER)
};

#define OTA_SSL_LIBRARY "libssl.so.3"

/* The functions, loaded on the first call; NULL: the library is not there. */
const struct ota_ssl *ota_ssl(void);

#endif
