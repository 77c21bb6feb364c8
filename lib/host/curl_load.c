/* SPDX-License-Identifier: MIT */
#include "lib/host/curl_load.h"

#include "lib/status.h"

#ifdef OTA_LINK_CURL

const struct ota_curl *ota_curl(void)
{
	static const struct ota_curl functions = { OTA_CURL_FUNCTIONS(OTA_DYNLIB_LINKED) };
	static CURLcode code = CURLE_AGAIN;

	if (code == CURLE_AGAIN)
		code = curl_global_init(CURL_GLOBAL_DEFAULT);
	return code == CURLE_OK ? &functions : NULL;
}

#else

/* The same functions, whichever TLS library a distribution builds it with. */
static bool load(struct ota_curl *functions)
{
	static const char *const names[] = { OTA_CURL_FUNCTIONS(OTA_DYNLIB_NAME) };
	static const char *const files[] = { "libcurl.so.4", "libcurl-gnutls.so.4",
					     "libcurl-nss.so.4" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (ota_dynlib_load(files[i], names, ARRAY_LEN(names), functions))
			return functions->curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	return false;
}

const struct ota_curl *ota_curl(void)
{
	static struct ota_curl functions;
	static enum { NOT_TRIED, LOADED, FAILED } state;

	if (state == NOT_TRIED)
		state = load(&functions) ? LOADED : FAILED;
	return state == LOADED ? &functions : NULL;
}

#endif
