/* SPDX-License-Identifier: MIT */
/* http_curl.h - the transport of client.h over libcurl: HTTP, HTTPS, IPv6, proxies by environment */
#ifndef OTA_HOST_HTTP_CURL_H
#define OTA_HOST_HTTP_CURL_H

#include <signal.h>

#include "lib/host/client.h"

#define OTA_URL_SIZE 300u

struct ota_http_options {
	const char *cacert; /* file of certificates to trust; NULL: the system's */
	const char
		*pin; /* "sha256//BASE64" of the public key; alone, it is all that is asked for */
	unsigned connect_ms;
	const volatile sig_atomic_t *stop; /* becomes not 0: the user wants to stop */
	/* As content goes out: bytes of this request so far. May be NULL. */
	void (*moved)(void *ctx, uint64_t sent);
	void *moved_ctx;
};

struct ota_http;

/* "http://dev", "dev", "dev:8032", "[::1]:8032", "https://dev.local/" to scheme, host and port; the
 * port is 8032 where none is named. false: not of these forms. */
bool ota_device_url(const char *text, char url[static OTA_URL_SIZE]);

/* A transport to `url` (of ota_device_url()). OTA_NET_LIBRARY: there is no libcurl; OTA_NET_MEMORY.
 * `options` stays the caller's and alive. */
enum ota_net ota_http_open(const char *url, const struct ota_http_options *options,
			   struct ota_http **http, struct ota_transport *transport);
void ota_http_close(struct ota_http *http);

/* "libcurl/7.88.1 ..."; NULL: there is none. */
const char *ota_http_version(void);

#endif
