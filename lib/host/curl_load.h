/* SPDX-License-Identifier: MIT */
/* curl_load.h - libcurl on first use: a struct of functions
 *
 * `make CURL=link` links it instead, for static builds and distributions. */
#ifndef OTA_HOST_CURL_LOAD_H
#define OTA_HOST_CURL_LOAD_H

#define CURL_DISABLE_TYPECHECK /* its macros are in the way of members of these names */
#include <curl/curl.h>

#include "lib/host/dynlib.h"

/* clang-format off */
#define OTA_CURL_FUNCTIONS(X) \
	X(curl_global_init) X(curl_easy_init) X(curl_easy_setopt) X(curl_easy_perform) \
	X(curl_easy_getinfo) X(curl_easy_reset) X(curl_easy_cleanup) X(curl_slist_append) \
	X(curl_slist_free_all) X(curl_version)
/* clang-format on */

struct ota_curl {
	OTA_CURL_FUNCTIONS(OTA_DYNLIB_MEMBER)
};

/* The functions, loaded and initialised on the first call; NULL: there is no libcurl. */
const struct ota_curl *ota_curl(void);

#endif
