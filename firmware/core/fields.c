/* SPDX-License-Identifier: MIT */
/* fields.c - the fields of an upload's head */
#include "firmware/core/fields.h"

#include <string.h>

#include "lib/base64.h"
#include "lib/text.h"

bool ota_parse_digest(const char *text, uint8_t digest[static OTA_SHA256_SIZE])
{
	static const char before[] = "sha-256=:";
	size_t n = sizeof(before) - 1;

	return ota_text_size(text) == n + 45 && memcmp(text, before, n) == 0 &&
	       text[n + 44] == ':' && ota_base64_parse(text + n, digest, OTA_SHA256_SIZE);
}

static bool parse_force(const char *text, uint8_t *force)
{
	static const char *const words[] = { "project", "downgrade", "receiver", "failed" };

	while (*text) {
		unsigned i = 0;
		size_t n = 0;

		while (*text == ' ' || *text == ',')
			text++;
		while (text[n] && text[n] != ',' && text[n] != ' ')
			n++;
		while (i < ARRAY_LEN(words) &&
		       (ota_text_size(words[i]) != n || memcmp(words[i], text, n) != 0))
			i++;
		if (i == ARRAY_LEN(words))
			return false;
		*force |= (uint8_t)(1u << i);
		text += n;
	}
	return true;
}

/* What follows the part: OTA-Commit, OTA-Restart, OTA-Force; returns the field that is wrong. */
static const char *parse_wishes(const struct ota_http_head *head, struct ota_part_fields *part)
{
	const char *commit = ota_http_field(head, "ota-commit");
	const char *restart = ota_http_field(head, "ota-restart");
	const char *force = ota_http_field(head, "ota-force");

	part->finish = part->bare || commit;
	part->commit = commit ? ota_text_same(commit, "switch") : part->bare;
	part->restart = restart ? ota_text_same(restart, "1") : part->bare && part->commit;
	if (commit && !part->commit && !ota_text_same(commit, "none"))
		return "ota-commit";
	if (restart && !part->restart && !ota_text_same(restart, "0"))
		return "ota-restart";
	return force && !parse_force(force, &part->force) ? "ota-force" : NULL;
}

/* UINT32_MAX stands for what was not said, and for too much. */
static bool is_number(const char *text, uint32_t *value)
{
	return ota_text_number(text, value) && *value != UINT32_MAX;
}

/* Absent numbers keep what they are. */
static bool parse_optional(const struct ota_http_head *head, const char *name, uint32_t *value)
{
	const char *text = ota_http_field(head, name);

	return !text || is_number(text, value);
}

static const char *parse_pair(const struct ota_http_head *head, struct ota_part_fields *part,
			      struct ota_upload *asked)
{
	const char *digest = ota_http_field(head, "ota-digest");
	const char *length = ota_http_field(head, "ota-length");

	part->bare = !digest;
	asked->has_digest = digest != NULL;
	asked->length = head->length;
	if (!digest)
		return length ? "ota-digest" : NULL;
	if (!ota_parse_digest(digest, asked->digest))
		return "ota-digest";
	return length && is_number(length, &asked->length) && asked->length ? NULL : "ota-length";
}

/* Content-Digest: of the part, or of the image where nothing else names it. */
static const char *parse_content(const struct ota_http_head *head, struct ota_part_fields *part,
				 struct ota_upload *asked)
{
	const char *digest = ota_http_field(head, "content-digest");
	uint8_t value[OTA_SHA256_SIZE];

	if (!digest)
		return NULL;
	if (!ota_parse_digest(digest, value))
		return "content-digest";
	part->check = !part->bare;
	if (part->bare)
		memcpy(asked->digest, value, sizeof(value));
	asked->has_digest = true;
	return NULL;
}

const char *ota_parse_upload(const struct ota_http_head *head, struct ota_part_fields *part,
			     struct ota_upload *asked)
{
	const char *wrong;

	memset(part, 0, sizeof(*part));
	memset(asked, 0, sizeof(*asked));
	part->end = UINT32_MAX;
	wrong = parse_pair(head, part, asked);
	if (!wrong)
		wrong = parse_content(head, part, asked);
	if (!wrong)
		wrong = parse_wishes(head, part);
	if (wrong)
		return wrong;
	if (!parse_optional(head, "ota-offset", &part->at) || (part->bare && part->at))
		return "ota-offset";
	if (!parse_optional(head, "ota-part-length", &part->end))
		return "ota-part-length";
	return NULL;
}
