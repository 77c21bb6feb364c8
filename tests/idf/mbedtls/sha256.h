/* SPDX-License-Identifier: MIT */
#pragma once
#include <stddef.h>
typedef struct {
	int engine; /* of the fake's hardware; 0: none */
} mbedtls_sha256_context;
void mbedtls_sha256_init(mbedtls_sha256_context *context);
int mbedtls_sha256_starts(mbedtls_sha256_context *context, int is224);
int mbedtls_sha256_update(mbedtls_sha256_context *context, const unsigned char *data, size_t size);
int mbedtls_sha256_finish(mbedtls_sha256_context *context, unsigned char *digest);
void mbedtls_sha256_free(mbedtls_sha256_context *context);
