/* SPDX-License-Identifier: MIT */
#include "lib/host/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ota_client_request(struct ota_request *request, const char *method, const char *path)
{
	memset(request, 0, sizeof(*request));
	request->method = method;
	if ((size_t)snprintf(request->target, sizeof(request->target), "%s%s", OTA_PATH, path) >=
	    sizeof(request->target))
		abort();
	if (strcmp(method, "GET") != 0)
		ota_request_field(request, "Content-Type: application/octet-stream");
}

void ota_request_field(struct ota_request *request, const char *format, ...)
{
	va_list args;
	int n;

	if (request->field_count == OTA_FIELDS_MAX)
		abort();
	va_start(args, format);
	n = vsnprintf(request->fields[request->field_count++], OTA_FIELD_SIZE, format, args);
	va_end(args);
	if (n < 0 || n >= (int)OTA_FIELD_SIZE)
		abort();
}

void ota_answer_free(struct ota_answer *answer)
{
	free(answer->content);
	memset(answer, 0, sizeof(*answer));
}

/* Once, with the nonce that is known. */
static enum ota_net send_once(struct ota_client *client, const struct ota_request *request,
			      struct ota_answer *answer)
{
	struct ota_request copy = *request;
	struct ota_refusal refusal;
	const struct ota_signer *signer = client->signer;
	enum ota_net net;

	memset(answer, 0, sizeof(*answer));
	if (!copy.silence_ms)
		copy.silence_ms = client->silence_ms;
	if (signer && signer->sign(signer->ctx, &copy, client->nonce) != OTA_OK)
		return OTA_NET_MEMORY;
	net = client->transport->exchange(client->transport->ctx, &copy, answer);
	if (net)
		return net;
	if (answer->nonce[0])
		memcpy(client->nonce, answer->nonce, sizeof(client->nonce));
	if (!signer || answer->status == 401)
		return OTA_NET_OK;
	client->authenticated = signer->verify(signer->ctx, &copy, answer) == OTA_OK;
	if (client->authenticated)
		return OTA_NET_OK;
	ota_answer_refusal(answer, &refusal);
	snprintf(answer->why, sizeof(answer->why),
		 "the answer, HTTP %u%s%.20s, is not signed with this device's key", answer->status,
		 refusal.error[0] ? " " : "", refusal.error);
	return OTA_NET_CUT;
}

enum ota_net ota_client_send(struct ota_client *client, const struct ota_request *request,
			     struct ota_answer *answer)
{
	client->net = send_once(client, request, answer);
	if (client->net || answer->status != 401 || !client->signer)
		return client->net;
	ota_answer_free(answer);
	client->net = send_once(client, request, answer);
	return client->net;
}

static void copy_text(const json_t *member, char *out, size_t room)
{
	snprintf(out, room, "%s", json_is_string(member) ? json_string_value(member) : "");
}

void ota_answer_refusal(const struct ota_answer *answer, struct ota_refusal *refusal)
{
	json_t *root;
	json_error_t error;

	memset(refusal, 0, sizeof(*refusal));
	if (answer->status >= 200 && answer->status < 300)
		return;
	refusal->status = answer->status;
	root = json_loadb(answer->content ? answer->content : "", answer->size, 0, &error);
	copy_text(json_object_get(root, "error"), refusal->error, sizeof(refusal->error));
	copy_text(json_object_get(root, "detail"), refusal->detail, sizeof(refusal->detail));
	refusal->code = (long)json_integer_value(json_object_get(root, "code"));
	json_decref(root);
}

const char *ota_net_text(enum ota_net net)
{
	switch (net) {
	case OTA_NET_OK: return "it answered";
	case OTA_NET_RESOLVE: return "the name has no address";
	case OTA_NET_CONNECT: return "no connection";
	case OTA_NET_TIMEOUT: return "no answer in time";
	case OTA_NET_CUT: return "the connection was cut";
	case OTA_NET_TLS: return "no TLS connection";
	case OTA_NET_UNTRUSTED: return "the certificate is not trusted";
	case OTA_NET_NO_HTTP: return "what answers does not speak HTTP";
	case OTA_NET_TOO_LARGE: return "the answer is too large for a receiver's";
	case OTA_NET_URL: return "not the URL of a device";
	case OTA_NET_LIBRARY: return "libcurl is not installed, and this needs it";
	case OTA_NET_MEMORY: return "out of memory";
	case OTA_NET_STOPPED: return "interrupted";
	}
	return "";
}
