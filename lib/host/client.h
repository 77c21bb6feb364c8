/* SPDX-License-Identifier: MIT */
/* client.h - one request to a receiver and its answer
 *
 * How bytes travel, what time it is and whether the user wants to stop is the transport's, a struct
 * of functions: http_curl.c over a network, a table in tests. What makes a request believed, and an
 * answer, is the signer's. */
#ifndef OTA_HOST_CLIENT_H
#define OTA_HOST_CLIENT_H

#include "lib/host/device_info.h"
#include "lib/status.h"

#define OTA_PATH "/ota/v1"
#define OTA_ANSWER_MAX (1u << 17) /* bytes of content; no receiver sends so much */
#define OTA_FIELDS_MAX 16u
#define OTA_FIELD_SIZE 560u /* Signature-Input is the longest */
#define OTA_WHY_SIZE 256u

/* How an exchange ended. */
enum ota_net {
	OTA_NET_OK, /* an answer is there, whatever it says */
	OTA_NET_RESOLVE, /* the name has no address */
	OTA_NET_CONNECT, /* refused, or no route */
	OTA_NET_TIMEOUT,
	OTA_NET_CUT, /* the connection ended before the answer did */
	OTA_NET_TLS, /* the handshake came to nothing */
	OTA_NET_UNTRUSTED, /* its certificate or its key is not the one that is wanted */
	OTA_NET_NO_HTTP, /* what answers does not speak HTTP */
	OTA_NET_TOO_LARGE, /* more content than OTA_ANSWER_MAX */
	OTA_NET_URL,
	OTA_NET_LIBRARY, /* there is no HTTP client here */
	OTA_NET_MEMORY,
	OTA_NET_STOPPED, /* the user wants to */
};

struct ota_request {
	const char *method;
	char target[192]; /* path and query */
	char fields[OTA_FIELDS_MAX][OTA_FIELD_SIZE]; /* "Name: value" */
	size_t field_count;
	const void *content;
	size_t size; /* bytes of content */
	unsigned silence_ms; /* for which nothing may move */
};

struct ota_answer {
	unsigned status;
	char *content; /* ends in NUL; the client frees it */
	size_t size; /* bytes */
	size_t sent; /* bytes of the request's content that went out */
	char location[128]; /* of a redirect; "" */
	char nonce[128], state[256], digest[96]; /* OTA-Nonce, OTA-State, Content-Digest */
	char signature_input[256], signature[128];
	unsigned retry_after_s; /* 0: not said */
	char why[OTA_WHY_SIZE]; /* in words, unless OTA_NET_OK */
};

struct ota_transport {
	void *ctx;
	/* One request to the device, redirects not followed. *answer is zeroed before. */
	enum ota_net (*exchange)(void *ctx, const struct ota_request *request,
				 struct ota_answer *answer);
	/* Connections and addresses are stale: the device restarts. */
	void (*forget)(void *ctx);
	uint64_t (*now_ms)(void *ctx);
	/* Until then, or until the user wants to stop. */
	void (*sleep_ms)(void *ctx, unsigned ms);
	bool (*stopped)(void *ctx);
};

/* Signs requests and verifies answers. None: requests go out as they are, answers are believed. */
struct ota_signer {
	void *ctx;
	/* Add OTA-Challenge, Signature-Input and Signature; `nonce` is the last one of the device,
	 * "" at first. */
	enum ota_status (*sign)(void *ctx, struct ota_request *request, const char *nonce);
	/* OTA_E_CHECKSUM: not the device's answer to this request. A 401 is not verified. */
	enum ota_status (*verify)(void *ctx, const struct ota_request *request,
				  const struct ota_answer *answer);
};

struct ota_client {
	const struct ota_transport *transport;
	const struct ota_signer *signer; /* NULL: no key */
	char nonce[128]; /* the device's last */
	unsigned silence_ms; /* default of requests */
	bool authenticated; /* the last answer was verified */
	enum ota_net net; /* how the last exchange ended */
};

/* "GET", "/device": a request without content. */
void ota_client_request(struct ota_request *request, const char *method, const char *path);

/* Add "name: value"; too many or too long is a bug and aborts. */
void ota_request_field(struct ota_request *request, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Send it, signed where there is a signer, a 401 once more with the nonce it brought. An answer that
 * the signer does not take for the device's counts as OTA_NET_CUT. Free with ota_answer_free(). */
enum ota_net ota_client_send(struct ota_client *client, const struct ota_request *request,
			     struct ota_answer *answer);
void ota_answer_free(struct ota_answer *answer);

/* The receiver's error in the answer: "OTA_BUSY" and its detail; "": it is none of a receiver. */
struct ota_refusal {
	unsigned status; /* of HTTP; 0: nothing was refused */
	char error[OTA_INFO_NAME_SIZE], detail[128];
	long code; /* an esp_err_t; 0: none */
};
void ota_answer_refusal(const struct ota_answer *answer, struct ota_refusal *refusal);

/* What the network did, a sentence's subject-less part: "the name has no address". */
const char *ota_net_text(enum ota_net net);

#endif
