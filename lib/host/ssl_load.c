/* SPDX-License-Identifier: MIT */
#include "lib/host/ssl_load.h"

#include "lib/status.h"

#ifdef OTA_LINK_CRYPTO

const struct ota_ssl *ota_ssl(void)
{
	static const struct ota_ssl functions = { OTA_SSL_FUNCTIONS(OTA_DYNLIB_LINKED) };

	return &functions;
}

#else

const struct ota_ssl *ota_ssl(void)
{
	static const char *const names[] = { OTA_SSL_FUNCTIONS(OTA_DYNLIB_NAME) };
	static struct ota_ssl functions;
	static enum { NOT_TRIED, LOADED, FAILED } state;

	if (state == NOT_TRIED)
		state = ota_dynlib_load(OTA_SSL_LIBRARY, names, ARRAY_LEN(names), &functions)
			      ? LOADED
			      : FAILED;
	return state == LOADED ? &functions : NULL;
}

#endif
