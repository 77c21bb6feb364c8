/* SPDX-License-Identifier: MIT */
#include "lib/host/crypto_load.h"

#include "lib/status.h"

#ifdef OTA_LINK_CRYPTO

const struct ota_crypto *ota_crypto(void)
{
	static const struct ota_crypto functions = { OTA_CRYPTO_FUNCTIONS(OTA_DYNLIB_LINKED) };

	return &functions;
}

#else

const struct ota_crypto *ota_crypto(void)
{
	static const char *const names[] = { OTA_CRYPTO_FUNCTIONS(OTA_DYNLIB_NAME) };
	static struct ota_crypto functions;
	static enum { NOT_TRIED, LOADED, FAILED } state;

	if (state == NOT_TRIED)
		state = ota_dynlib_load(OTA_CRYPTO_LIBRARY, names, ARRAY_LEN(names), &functions)
			      ? LOADED
			      : FAILED;
	return state == LOADED ? &functions : NULL;
}

#endif
