/* SPDX-License-Identifier: MIT */
#include "lib/http_sig.h"

#include <string.h>

#include "lib/status.h"
#include "lib/text.h"

/* Where canonical text goes: into a MAC, into memory, or beside a text that must be the same. */
struct sink {
	struct ota_hmac *hmac;
	char *out;
	size_t room; /* in `out` */
	const char *beside; /* what is left of that text */
	bool failed; /* no room, or it is not the same */
};

static void put(struct sink *sink, const char *text, size_t size)
{
	if (sink->hmac) {
		ota_hmac_feed(sink->hmac, text, size);
		return;
	}
	for (; size && !sink->failed; size--, text++) {
		if (sink->out && sink->room) {
			*sink->out++ = *text;
			sink->room--;
		} else if (!sink->out && *sink->beside == *text) {
			sink->beside++;
		} else {
			sink->failed = true;
		}
	}
}

static void put_text(struct sink *sink, const char *text)
{
	put(sink, text, ota_text_size(text));
}

/* "name", and what says that it is the request's. */
static void put_name(struct sink *sink, const struct ota_sig_message *message,
		     const struct ota_sig_part *part)
{
	put_text(sink, "\"");
	put_text(sink, part->name);
	put_text(sink, "\"");
	if (message->answer && ota_text_same(part->name, "signature"))
		put_text(sink, ";req");
}

static void put_list(struct sink *sink, const struct ota_sig_message *message)
{
	for (unsigned i = 0; i < message->count; i++) {
		put_text(sink, i ? " " : "(");
		put_name(sink, message, &message->parts[i]);
	}
	put_text(sink, message->answer ? ");keyid=\"" : ");nonce=\"");
}

static void put_end(struct sink *sink, const struct ota_sig_message *message)
{
	put_text(sink, message->answer ? "\";alg=\"hmac-sha256\";tag=\"otatool-answer\""
				       : "\";alg=\"hmac-sha256\";tag=\"otatool-request\"");
}

static const char between[] = "\";keyid=\"";

static void put_params(struct sink *sink, const struct ota_sig_message *message,
		       const struct ota_sig_params *params)
{
	put_list(sink, message);
	if (!message->answer) {
		put_text(sink, params->nonce);
		put_text(sink, between);
	}
	put_text(sink, params->keyid);
	put_end(sink, message);
}

static void add(struct ota_sig_message *message, const char *name, const char *value, size_t size)
{
	if (message->count == OTA_SIG_PARTS_MAX)
		message->full = true;
	else
		message->parts[message->count++] =
			(struct ota_sig_part){ name, value, (uint16_t)size };
}

void ota_sig_request(struct ota_sig_message *message, const char *method, const char *target)
{
	size_t path = 0;

	memset(message, 0, sizeof(*message));
	while (target[path] && target[path] != '?')
		path++;
	add(message, "@method", method, ota_text_size(method));
	add(message, "@path", target, path);
	if (target[path])
		add(message, "@query", target + path, ota_text_size(target + path));
	else
		add(message, "@query", "?", 1);
}

/* The place of a field among those covered; 0: it is not. */
static unsigned rank(const char *name)
{
	static const char *const first[] = { "@method",         "@path",          "@query",
					     "ota-challenge",   "content-length", "content-digest",
					     "content-encoding" };

	for (unsigned i = 0; i < ARRAY_LEN(first); i++)
		if (ota_text_same(name, first[i]))
			return i + 1;
	for (unsigned i = 0; i < 4; i++)
		if (name[i] != "ota-"[i])
			return 0;
	return ARRAY_LEN(first) + 1;
}

static bool goes_before(const char *a, const char *b)
{
	if (rank(a) != rank(b))
		return rank(a) < rank(b);
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (uint8_t)*a < (uint8_t)*b;
}

void ota_sig_field(struct ota_sig_message *message, const char *name, const char *value)
{
	struct ota_sig_part part;
	unsigned i = message->count;

	if (!rank(name))
		return;
	add(message, name, value, ota_text_size(value));
	if (message->full)
		return;
	for (part = message->parts[i]; i && goes_before(name, message->parts[i - 1].name); i--)
		message->parts[i] = message->parts[i - 1];
	message->parts[i] = part;
}

void ota_sig_answer(struct ota_sig_message *message, const char *status, const char *state,
		    const char *digest, const char *signature)
{
	memset(message, 0, sizeof(*message));
	message->answer = true;
	add(message, "@status", status, ota_text_size(status));
	add(message, "ota-state", state, ota_text_size(state));
	if (digest)
		add(message, "content-digest", digest, ota_text_size(digest));
	add(message, "signature", signature, ota_text_size(signature));
}

size_t ota_sig_print_input(const struct ota_sig_message *message,
			   const struct ota_sig_params *params, char *out, size_t room)
{
	struct sink sink = { .out = out, .room = room };

	put_text(&sink, "ota=");
	put_params(&sink, message, params);
	put(&sink, "", 1);
	return !sink.failed && !message->full ? (size_t)(sink.out - out) - 1 : 0;
}

/* Take `most` characters at the most, up to a quotation mark. */
static void take_value(struct sink *sink, char *out, size_t most)
{
	size_t n = 0;

	while (n < most && *sink->beside && *sink->beside != '"')
		out[n++] = *sink->beside++;
	out[n] = '\0';
}

bool ota_sig_parse_input(const struct ota_sig_message *message, const char *text,
			 struct ota_sig_params *params)
{
	struct sink sink = { .beside = text };

	memset(params, 0, sizeof(*params));
	put_text(&sink, "ota=");
	put_list(&sink, message);
	if (!message->answer) {
		take_value(&sink, params->nonce, OTA_SIG_NONCE_SIZE);
		put_text(&sink, between);
	}
	take_value(&sink, params->keyid, OTA_KEY_ID_SIZE);
	put_end(&sink, message);
	return !sink.failed && !*sink.beside && !message->full;
}

void ota_sig_mac(const struct ota_sig_message *message, const struct ota_sig_params *params,
		 const uint8_t key[static OTA_KEY_SIZE], uint8_t mac[static OTA_MAC_SIZE])
{
	struct ota_hmac hmac;
	struct sink sink = { .hmac = &hmac };

	ota_hmac_begin(&hmac, key);
	for (unsigned i = 0; i < message->count; i++) {
		put_name(&sink, message, &message->parts[i]);
		put_text(&sink, ": ");
		put(&sink, message->parts[i].value, message->parts[i].size);
		put_text(&sink, "\n");
	}
	put_text(&sink, "\"@signature-params\": ");
	put_params(&sink, message, params);
	ota_hmac_finish(&hmac, mac);
}

static const char label[] = "ota=:";

void ota_sig_print(const uint8_t mac[static OTA_MAC_SIZE], char out[static OTA_SIG_TEXT_SIZE])
{
	size_t n = sizeof(label) - 1;

	memcpy(out, label, n);
	ota_base64_print(mac, OTA_MAC_SIZE, out + n);
	memcpy(out + n + OTA_BASE64_SIZE(OTA_MAC_SIZE), ":", 2);
}

bool ota_sig_parse(const char *text, uint8_t mac[static OTA_MAC_SIZE])
{
	size_t n = sizeof(label) - 1;

	return ota_text_size(text) == OTA_SIG_TEXT_SIZE - 1 && memcmp(text, label, n) == 0 &&
	       text[OTA_SIG_TEXT_SIZE - 2] == ':' && ota_base64_parse(text + n, mac, OTA_MAC_SIZE);
}
