/* SPDX-License-Identifier: MIT */
#include "lib/host/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/finding.h"

#define SCHEMA "otatool.flash.manifest/1"

static const struct ota_rule rule_json = { "manifest-json", OTA_ERROR, "this is no JSON",
					   "a manifest is one JSON document", NULL };
static const struct ota_rule rule_schema = { "manifest-schema", OTA_ERROR, "this is no manifest",
					     "its member schema is \"" SCHEMA "\"", NULL };
static const struct ota_rule rule_size = { "manifest-size", OTA_ERROR,
					   "base, size and pieces do not describe a dump",
					   "a dump has {low:d} to {high:d} bytes, below 4 GiB",
					   NULL };
static const struct ota_rule rule_piece = { "manifest-piece", OTA_ERROR,
					    "piece {value:d} is not complete",
					    "a piece has name, offset, size and file", NULL };
static const struct ota_rule rule_file = { "manifest-file", OTA_ERROR,
					   "the file of '{name}' is no plain file name",
					   "files lie in the manifest's folder",
					   "put it there, or give {name}=FILE" };
static const struct ota_rule rule_range = { "manifest-range", OTA_ERROR,
					    "'{name}' at {value} is not inside the dump",
					    "the dump has {low} to {high}", NULL };
static const struct ota_rule rule_overlap = { "manifest-overlap", OTA_ERROR,
					      "'{name}' at {value} begins in '{other}'",
					      "'{other}' ends at {low}", NULL };

json_t *ota_manifest_json(const struct ota_layout *layout, const struct ota_flash_image *image)
{
	json_t *pieces = json_array();

	for (size_t i = 0; i < layout->count; i++) {
		const struct ota_piece *piece = &layout->pieces[i];
		char file[OTA_PIECE_NAME_SIZE + 4];
		json_t *one;

		snprintf(file, sizeof(file), "%s.bin", piece->name);
		one = json_pack("{s:o, s:s, s:I, s:I, s:s?}", "name",
				ota_json_text(piece->part ? piece->part->label : piece->name),
				"kind", ota_piece_kind_text(piece->kind), "offset",
				(json_int_t)piece->span.addr, "size", (json_int_t)piece->span.size,
				"file", piece->used ? file : NULL);
		json_array_append_new(pieces, one);
	}
	return json_pack("{s:s, s:I, s:I, s:o}", "schema", SCHEMA, "base", (json_int_t)image->base,
			 "size", (json_int_t)image->size, "pieces", pieces);
}

/* A plain name: what a manifest says must not lead out of its folder. */
static bool is_plain(const char *file)
{
	return *file && !strchr(file, '/') && !strchr(file, '\\') && strcmp(file, ".") != 0 &&
	       strcmp(file, "..") != 0;
}

static enum ota_status refuse(struct ota_diag *diag, const struct ota_rule *rule, const char *name,
			      uint64_t value)
{
	diag->rule = rule;
	diag->name = name;
	diag->value = value;
	return OTA_E_VALUE;
}

static bool get_number(const json_t *object, const char *key, json_int_t most, json_int_t *value)
{
	const json_t *member = json_object_get(object, key);

	*value = json_integer_value(member);
	return json_is_integer(member) && *value >= 0 && *value <= most;
}

static enum ota_status get_piece(const json_t *object, const struct ota_manifest *manifest,
				 struct ota_manifest_piece *piece, struct ota_diag *diag)
{
	const json_t *file = json_object_get(object, "file");
	uint64_t end = (uint64_t)manifest->base + manifest->size;
	json_int_t offset, size;

	piece->name = json_string_value(json_object_get(object, "name"));
	if (!piece->name || !(json_is_null(file) || json_is_string(file)) ||
	    !json_is_integer(json_object_get(object, "offset")) ||
	    !json_is_integer(json_object_get(object, "size")))
		return refuse(diag, &rule_piece, NULL, diag->value);
	piece->file = json_string_value(file);
	if (piece->file && !is_plain(piece->file))
		return refuse(diag, &rule_file, piece->name, 0);
	if (!get_number(object, "offset", UINT32_MAX, &offset) ||
	    !get_number(object, "size", UINT32_MAX, &size) || (uint64_t)offset < manifest->base ||
	    (uint64_t)(offset + size) > end) {
		diag->low = manifest->base;
		diag->high = end;
		return refuse(diag, &rule_range, piece->name,
			      (uint64_t)json_integer_value(json_object_get(object, "offset")));
	}
	piece->span = (struct ota_span){ (uint32_t)offset, (uint32_t)size };
	return OTA_OK;
}

static int compare(const void *a, const void *b)
{
	const struct ota_manifest_piece *p = a, *q = b;

	return (p->span.addr > q->span.addr) - (p->span.addr < q->span.addr);
}

static enum ota_status check_order(struct ota_manifest *manifest, struct ota_diag *diag)
{
	qsort(manifest->pieces, manifest->count, sizeof(*manifest->pieces), compare);
	for (size_t i = 1; i < manifest->count; i++) {
		const struct ota_manifest_piece *piece = &manifest->pieces[i], *before = piece - 1;
		uint64_t end = (uint64_t)before->span.addr + before->span.size;

		if (piece->span.addr >= end)
			continue;
		diag->other = before->name;
		diag->low = end;
		return refuse(diag, &rule_overlap, piece->name, piece->span.addr);
	}
	return OTA_OK;
}

static enum ota_status get_pieces(const json_t *list, struct ota_manifest *manifest,
				  struct ota_diag *diag)
{
	size_t count = json_array_size(list);

	manifest->pieces = calloc(count ? count : 1, sizeof(*manifest->pieces));
	if (!manifest->pieces)
		return OTA_E_MEMORY;
	for (; manifest->count < count; manifest->count++) {
		enum ota_status status;

		diag->value = manifest->count;
		status = get_piece(json_array_get(list, manifest->count), manifest,
				   &manifest->pieces[manifest->count], diag);
		if (status)
			return status;
	}
	return check_order(manifest, diag);
}

enum ota_status ota_manifest_parse(const void *text, size_t size, struct ota_manifest *manifest,
				   struct ota_diag *diag)
{
	json_error_t error;
	json_int_t base, bytes;
	const char *schema;

	*manifest = (struct ota_manifest){ 0 };
	*diag = (struct ota_diag){ .offset = OTA_NO_OFFSET };
	manifest->document = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (!manifest->document) {
		diag->line = error.line > 0 ? (unsigned)error.line : 1;
		return refuse(diag, &rule_json, NULL, 0);
	}
	schema = json_string_value(json_object_get(manifest->document, "schema"));
	if (!schema || strcmp(schema, SCHEMA) != 0)
		return refuse(diag, &rule_schema, NULL, 0);
	diag->low = 1;
	diag->high = OTA_MANIFEST_SIZE_MAX;
	if (!get_number(manifest->document, "base", UINT32_MAX, &base) ||
	    !get_number(manifest->document, "size", OTA_MANIFEST_SIZE_MAX, &bytes) || !bytes ||
	    base + bytes > (json_int_t)1 << 32 ||
	    !json_is_array(json_object_get(manifest->document, "pieces")))
		return refuse(diag, &rule_size, NULL, 0);
	diag->low = diag->high = 0;
	manifest->base = (uint32_t)base;
	manifest->size = (uint32_t)bytes;
	return get_pieces(json_object_get(manifest->document, "pieces"), manifest, diag);
}

void ota_manifest_free(struct ota_manifest *manifest)
{
	free(manifest->pieces);
	json_decref(manifest->document);
	*manifest = (struct ota_manifest){ 0 };
}
