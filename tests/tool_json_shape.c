/* SPDX-License-Identifier: MIT */
/* tool_json_shape GOLDEN: does the JSON on stdin (one document, or one a line) have every member of
 * the golden file, each of the same type? New members are fine, lost or retyped ones are not. An
 * array's elements are held against the golden array's first; null stands for an absent fact. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static int bad;

static const char *type_name(const json_t *value)
{
	static const char *const names[] = { "object", "array", "string", "integer",
					     "real",   "true",  "false",  "null" };

	return names[json_typeof(value)];
}

static int same_type(const json_t *golden, const json_t *value)
{
	return json_typeof(golden) == json_typeof(value) || json_is_null(golden) ||
	       json_is_null(value) || (json_is_boolean(golden) && json_is_boolean(value)) ||
	       (json_is_number(golden) && json_is_number(value));
}

static void compare(const char *path, const json_t *golden, const json_t *value)
{
	const char *key;
	json_t *member, *element;
	size_t i;
	char below[512];

	if (!same_type(golden, value)) {
		printf("%s is %s, was %s\n", path, type_name(value), type_name(golden));
		bad = 1;
		return;
	}
	json_object_foreach((json_t *)golden, key, member)
	{
		const json_t *other = json_object_get(value, key);

		snprintf(below, sizeof(below), "%s.%s", path, key);
		if (other) {
			compare(below, member, other);
		} else if (json_is_object(value)) {
			printf("%s is lost\n", below);
			bad = 1;
		}
	}
	json_array_foreach((json_t *)value, i, element)
	{
		const json_t *first = json_array_get(golden, 0);

		snprintf(below, sizeof(below), "%s[%zu]", path, i);
		if (first)
			compare(below, first, element);
	}
}

int main(int argc, char **argv)
{
	json_error_t error;
	json_t *golden = argc == 2 ? json_load_file(argv[1], 0, &error) : NULL, *value;
	size_t documents = 0;

	if (!golden) {
		fprintf(stderr, "tool_json_shape: no golden file\n");
		return 2;
	}
	while ((value = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, &error))) {
		const char *want = json_string_value(json_object_get(golden, "schema"));
		const char *have = json_string_value(json_object_get(value, "schema"));

		if (want && (!have || strcmp(want, have) != 0)) {
			printf("schema is %s, was %s\n", have ? have : "missing", want);
			bad = 1;
		}
		compare("", golden, value);
		json_decref(value);
		documents++;
	}
	json_decref(golden);
	if (!documents) {
		printf("no JSON: %s\n", error.text);
		return 1;
	}
	return bad;
}
