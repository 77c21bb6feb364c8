/* SPDX-License-Identifier: MIT */
#include "lib/host/http_curl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "lib/host/curl_load.h"

struct ota_http {
	const struct ota_curl *curl;
	CURL *handle;
	char url[OTA_URL_SIZE];
	char host[80]; /* "Host: ADDRESS", after the device refused the name; "" */
	const struct ota_http_options *options;

	struct ota_answer *answer; /* of the exchange that goes on */
	unsigned silence_ms;
	uint64_t began, moved_at; /* ms: the exchange; when a byte moved last */
	curl_off_t moved; /* bytes, both ways */
	bool silent, stopped, too_large;
	char error[CURL_ERROR_SIZE];
};

static uint64_t now_ms(void *ctx)
{
	struct timespec t;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool stopped(void *ctx)
{
	const struct ota_http *http = ctx;

	return http->options->stop && *http->options->stop;
}

/* A signal ends nanosleep(); one that comes just before it costs a slice. */
static void sleep_ms(void *ctx, unsigned ms)
{
	uint64_t end = now_ms(NULL) + ms;

	while (!stopped(ctx) && now_ms(NULL) < end) {
		unsigned slice = end - now_ms(NULL) < 100 ? (unsigned)(end - now_ms(NULL)) : 100;
		struct timespec t = { 0, (long)slice * 1000000 };

		nanosleep(&t, NULL);
	}
}

static int on_progress(void *ctx, curl_off_t to_come, curl_off_t come, curl_off_t to_go,
		       curl_off_t gone)
{
	struct ota_http *http = ctx;
	uint64_t now = now_ms(NULL);

	(void)to_come;
	(void)to_go;
	if (come + gone != http->moved) {
		http->moved = come + gone;
		http->moved_at = now;
		if (http->options->moved)
			http->options->moved(http->options->moved_ctx, (uint64_t)gone);
	}
	http->stopped = stopped(http);
	/* Who moves a byte now and then is too slow as well: 1000 a second are the least. */
	http->silent = now - http->moved_at > http->silence_ms ||
		       now - http->began > http->silence_ms + (uint64_t)http->moved;
	return http->stopped || http->silent;
}

static size_t on_content(char *data, size_t unit, size_t count, void *ctx)
{
	struct ota_http *http = ctx;
	struct ota_answer *answer = http->answer;
	size_t size = unit * count;
	char *more;

	http->too_large = size > OTA_ANSWER_MAX - answer->size;
	more = http->too_large ? NULL : realloc(answer->content, answer->size + size + 1);
	if (!more)
		return 0;
	answer->content = more;
	memcpy(more + answer->size, data, size);
	answer->size += size;
	more[answer->size] = '\0';
	return size;
}

/* The value of the header line if it is `name`'s; too long a value counts as none. */
static void take_field(const char *line, size_t size, const char *name, char *out, size_t room)
{
	size_t n = strlen(name);

	if (size <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
		return;
	line += n + 1;
	size -= n + 1;
	while (size && (*line == ' ' || *line == '\t')) {
		line++;
		size--;
	}
	while (size && (line[size - 1] == '\r' || line[size - 1] == '\n' || line[size - 1] == ' '))
		size--;
	if (size >= room)
		return;
	memcpy(out, line, size);
	out[size] = '\0';
}

static size_t on_header(char *data, size_t unit, size_t count, void *ctx)
{
	struct ota_http *http = ctx;
	struct ota_answer *answer = http->answer;
	size_t size = unit * count;
	char after[12] = "";

#define TAKE(name, field) take_field(data, size, name, answer->field, sizeof(answer->field))
	TAKE("Location", location);
	TAKE("OTA-Nonce", nonce);
	TAKE("OTA-State", state);
	TAKE("Content-Digest", digest);
	TAKE("Signature-Input", signature_input);
	TAKE("Signature", signature);
#undef TAKE
	take_field(data, size, "Retry-After", after, sizeof(after));
	if (after[0])
		answer->retry_after_s = (unsigned)strtoul(after, NULL, 10);
	return size;
}

static bool append(const struct ota_curl *curl, struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl->curl_slist_append(*list, line);

	if (longer)
		*list = longer;
	return longer != NULL;
}

/* NULL: out of memory. No "Expect: 100-continue": it costs a round trip. */
static struct curl_slist *make_fields(const struct ota_http *http,
				      const struct ota_request *request)
{
	struct curl_slist *list = NULL;
	bool good = append(http->curl, &list, "Expect:");

	for (size_t i = 0; good && i < request->field_count; i++)
		good = append(http->curl, &list, request->fields[i]);
	if (good && http->host[0])
		good = append(http->curl, &list, http->host);
	if (good)
		return list;
	http->curl->curl_slist_free_all(list);
	return NULL;
}

static void set_security(const struct ota_http *http)
{
	const struct ota_http_options *options = http->options;
	const struct ota_curl *curl = http->curl;

	curl->curl_easy_setopt(http->handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (options->cacert) {
		curl->curl_easy_setopt(http->handle, CURLOPT_CAINFO, options->cacert);
		curl->curl_easy_setopt(http->handle, CURLOPT_CAPATH, NULL); /* the system's */
	}
	if (!options->pin)
		return;
	curl->curl_easy_setopt(http->handle, CURLOPT_PINNEDPUBLICKEY, options->pin);
	if (!options->cacert) {
		curl->curl_easy_setopt(http->handle, CURLOPT_SSL_VERIFYPEER, 0L);
		curl->curl_easy_setopt(http->handle, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static void set_limits(struct ota_http *http)
{
	const struct ota_curl *curl = http->curl;
	CURL *handle = http->handle;

	curl->curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
	curl->curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl->curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)http->options->connect_ms);
	curl->curl_easy_setopt(handle, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl->curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, http->error);
	curl->curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
	curl->curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl->curl_easy_setopt(handle, CURLOPT_XFERINFODATA, http);
	curl->curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_content);
	curl->curl_easy_setopt(handle, CURLOPT_WRITEDATA, http);
	curl->curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
	curl->curl_easy_setopt(handle, CURLOPT_HEADERDATA, http);
	curl->curl_easy_setopt(handle, CURLOPT_USERAGENT, "otatool/" OTA_VERSION);
}

static void set_request(struct ota_http *http, const struct ota_request *request, const char *url)
{
	const struct ota_curl *curl = http->curl;
	CURL *handle = http->handle;

	curl->curl_easy_reset(handle);
	set_limits(http);
	set_security(http);
	curl->curl_easy_setopt(handle, CURLOPT_URL, url);
	if (strcmp(request->method, "GET") != 0) {
		curl->curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
		curl->curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
				       (curl_off_t)request->size);
		curl->curl_easy_setopt(handle, CURLOPT_POSTFIELDS,
				       request->content ? request->content : "");
	}
}

static enum ota_net judge(const struct ota_http *http, CURLcode code)
{
	if (http->stopped)
		return OTA_NET_STOPPED;
	if (http->silent)
		return OTA_NET_TIMEOUT;
	if (http->too_large)
		return OTA_NET_TOO_LARGE;
	switch (code) {
	case CURLE_OK: return OTA_NET_OK;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY: return OTA_NET_RESOLVE;
	case CURLE_COULDNT_CONNECT: return OTA_NET_CONNECT;
	case CURLE_OPERATION_TIMEDOUT: return OTA_NET_TIMEOUT;
	case CURLE_OUT_OF_MEMORY:
	case CURLE_WRITE_ERROR: return OTA_NET_MEMORY;
	case CURLE_URL_MALFORMAT: return OTA_NET_URL;
	case CURLE_SSL_CONNECT_ERROR: return OTA_NET_TLS;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_ISSUER_ERROR: return OTA_NET_UNTRUSTED;
	case CURLE_UNSUPPORTED_PROTOCOL: /* "HTTP/0.9 when not allowed" */
	case CURLE_WEIRD_SERVER_REPLY: return OTA_NET_NO_HTTP;
	default: return OTA_NET_CUT;
	}
}

static enum ota_net perform(struct ota_http *http, const struct ota_request *request)
{
	struct curl_slist *fields = make_fields(http, request);
	char url[OTA_URL_SIZE + sizeof(request->target)];
	CURLcode code;
	long status = 0;

	if (!fields)
		return OTA_NET_MEMORY;
	snprintf(url, sizeof(url), "%s%s", http->url, request->target);
	set_request(http, request, url);
	http->curl->curl_easy_setopt(http->handle, CURLOPT_HTTPHEADER, fields);
	http->began = http->moved_at = now_ms(NULL);
	http->moved = 0;
	http->silent = http->stopped = http->too_large = false;
	http->error[0] = '\0';
	code = http->curl->curl_easy_perform(http->handle);
	http->curl->curl_easy_getinfo(http->handle, CURLINFO_RESPONSE_CODE, &status);
	http->answer->status = (unsigned)status;
	http->curl->curl_slist_free_all(fields);
	return judge(http, code);
}

/* A receiver answers 421 to names that it does not know to be its own, so that web pages cannot be
 * pointed at it; its address is always right. */
static bool use_address(struct ota_http *http)
{
	char *address = NULL;
	const char *port = strrchr(http->url, ':');
	bool v6;

	if (http->host[0] ||
	    http->curl->curl_easy_getinfo(http->handle, CURLINFO_PRIMARY_IP, &address) !=
		    CURLE_OK ||
	    !address || !*address)
		return false;
	v6 = strchr(address, ':') != NULL;
	snprintf(http->host, sizeof(http->host), "Host: %s%s%s%s", v6 ? "[" : "", address,
		 v6 ? "]" : "", port);
	return true;
}

static enum ota_net exchange(void *ctx, const struct ota_request *request,
			     struct ota_answer *answer)
{
	struct ota_http *http = ctx;
	enum ota_net net;
	curl_off_t sent = 0;

	http->answer = answer;
	http->silence_ms = request->silence_ms;
	net = perform(http, request);
	if (net == OTA_NET_OK && answer->status == 421 && use_address(http)) {
		ota_answer_free(answer);
		net = perform(http, request);
	}
	http->curl->curl_easy_getinfo(http->handle, CURLINFO_SIZE_UPLOAD_T, &sent);
	answer->sent = (size_t)sent;
	if (net)
		snprintf(answer->why, sizeof(answer->why), "%s",
			 http->error[0] && !http->silent && !http->stopped ? http->error : "");
	return net;
}

static void forget(void *ctx)
{
	struct ota_http *http = ctx;

	/* A handle takes its connections and addresses with it. */
	http->curl->curl_easy_cleanup(http->handle);
	http->handle = http->curl->curl_easy_init();
	if (!http->handle)
		abort();
}

enum ota_net ota_http_open(const char *url, const struct ota_http_options *options,
			   struct ota_http **result, struct ota_transport *transport)
{
	const struct ota_curl *curl = ota_curl();
	struct ota_http *http;

	*result = NULL;
	if (!curl)
		return OTA_NET_LIBRARY;
	http = calloc(1, sizeof(*http));
	if (!http)
		return OTA_NET_MEMORY;
	http->curl = curl;
	http->options = options;
	snprintf(http->url, sizeof(http->url), "%s", url);
	http->handle = curl->curl_easy_init();
	if (!http->handle) {
		free(http);
		return OTA_NET_MEMORY;
	}
	*transport = (struct ota_transport){ http, exchange, forget, now_ms, sleep_ms, stopped };
	*result = http;
	return OTA_NET_OK;
}

void ota_http_close(struct ota_http *http)
{
	if (!http)
		return;
	http->curl->curl_easy_cleanup(http->handle);
	free(http);
}

const char *ota_http_version(void)
{
	const struct ota_curl *curl = ota_curl();

	return curl ? curl->curl_version() : NULL;
}

/* The end of a host: of "[...]", or the first ':' or '/'. */
static size_t host_size(const char *text)
{
	const char *end = text[0] == '[' ? strchr(text, ']') : NULL;

	if (text[0] == '[')
		return end && end > text + 1 ? (size_t)(end - text) + 1 : 0;
	return strcspn(text, ":/");
}

bool ota_device_url(const char *text, char url[static OTA_URL_SIZE])
{
	const char *scheme = "http";
	size_t host, digits = 0;
	unsigned long port = 8032;

	if (strncasecmp(text, "https://", 8) == 0) {
		scheme = "https";
		text += 8;
	} else if (strncasecmp(text, "http://", 7) == 0) {
		text += 7;
	}
	host = host_size(text);
	if (!host || host > 255 ||
	    strcspn(text, text[0] == '[' ? " \t\r\n@?#\\" : " \t\r\n@?#\\%") < host)
		return false;
	if (text[host] == ':') {
		digits = strspn(text + host + 1, "0123456789");
		port = strtoul(text + host + 1, NULL, 10);
		if (!digits || digits > 5 || !port || port > 65535)
			return false;
		digits++;
	}
	if (strcmp(text + host + digits, "") != 0 && strcmp(text + host + digits, "/") != 0)
		return false;
	snprintf(url, OTA_URL_SIZE, "%s://%.*s:%lu", scheme, (int)host, text, port);
	return true;
}
