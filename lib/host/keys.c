/* SPDX-License-Identifier: MIT */
#include "lib/host/keys.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base64.h"

static const struct ota_rule rule_form = {
	"key-form", OTA_ERROR, "not a push key",
	"a key file is one line: otatool-key ID BASE64, and DEVICE if it is one device's",
	"make one with: otatool keygen push"
};
static const struct ota_rule rule_id = { "key-id", OTA_ERROR, "the key does not match its id",
					 "ID is the first 16 hex digits of the key's SHA-256",
					 NULL };

bool ota_device_id_good(const char *id)
{
	size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

	return n && n <= OTA_DEVICE_ID_MAX && !id[n];
}

enum ota_status ota_random(void *out, size_t size)
{
	return getrandom(out, size, 0) == (ssize_t)size ? OTA_OK : OTA_E_SYSTEM;
}

enum ota_status ota_push_key_make(struct ota_push_key *key)
{
	memset(key, 0, sizeof(*key));
	if (ota_random(key->key, sizeof(key->key)))
		return OTA_E_SYSTEM;
	ota_key_id(key->key, key->id);
	return OTA_OK;
}

void ota_push_key_derive(const struct ota_push_key *fleet, const char *id, struct ota_push_key *key)
{
	ota_key_derive(fleet->key, id, key->key);
	ota_key_id(key->key, key->id);
	snprintf(key->device, sizeof(key->device), "%s", id);
}

static enum ota_status refuse(enum ota_status status, const struct ota_rule *rule, unsigned line,
			      struct ota_diag *diag)
{
	*diag = (struct ota_diag){ .rule = rule, .line = line, .offset = OTA_NO_OFFSET };
	return status;
}

/* One line, without its end. */
static enum ota_status parse_line(const char *line, struct ota_push_key *key)
{
	char word[16], id[OTA_KEY_ID_SIZE + 1], base64[45], device[OTA_DEVICE_ID_MAX + 1] = "";
	enum ota_status status = OTA_E_VALUE;
	int end = 0, more = 0, n;

	n = sscanf(line, "%15s %16s %44s %n%64s %n", word, id, base64, &end, device, &more);
	memset(key, 0, sizeof(*key));
	if (n >= 3 && strcmp(word, "otatool-key") == 0 && !line[n == 4 ? more : end] &&
	    (n == 3 || ota_device_id_good(device)) && strlen(base64) == 44 &&
	    ota_base64_parse(base64, key->key, sizeof(key->key))) {
		memcpy(key->device, device, sizeof(device));
		ota_key_id(key->key, key->id);
		status = strcmp(key->id, id) == 0 ? OTA_OK : OTA_E_CHECKSUM;
	}
	ota_wipe(base64, sizeof(base64));
	return status;
}

enum ota_status ota_push_key_parse(const char *text, size_t size, struct ota_push_key *key,
				   struct ota_diag *diag)
{
	unsigned number = 0;
	bool found = false;

	for (size_t at = 0, n; at < size; at += n + 1) {
		char line[OTA_KEY_LINE_MAX];
		const char *end = memchr(text + at, '\n', size - at);
		enum ota_status status;

		n = end ? (size_t)(end - text) - at : size - at;
		number++;
		if (n == 0 || text[at] == '#' || (n == 1 && text[at] == '\r'))
			continue;
		if (found || n >= sizeof(line) || memchr(text + at, '\0', n))
			return refuse(OTA_E_VALUE, &rule_form, number, diag);
		snprintf(line, sizeof(line), "%.*s", (int)n, text + at);
		status = parse_line(line, key);
		ota_wipe(line, sizeof(line));
		if (status)
			return refuse(status, status == OTA_E_VALUE ? &rule_form : &rule_id, number,
				      diag);
		found = true;
	}
	return found ? OTA_OK : refuse(OTA_E_MAGIC, &rule_form, number, diag);
}

void ota_push_key_print(const struct ota_push_key *key, char line[static OTA_KEY_LINE_MAX])
{
	char base64[45];

	ota_base64_print(key->key, sizeof(key->key), base64);
	base64[44] = '\0';
	snprintf(line, OTA_KEY_LINE_MAX, "otatool-key %s %s%s%s\n", key->id, base64,
		 key->device[0] ? " " : "", key->device);
	ota_wipe(base64, sizeof(base64));
}
