/* SPDX-License-Identifier: MIT */
#include "lib/http_sig.h"
#include "tests/rows.h"

/* One worked example; tests/http_sig_vector.py checks the file itself. */
static char vector[8192];

static void load_vector(void)
{
	FILE *file = fopen("tests/http_sig.vector", "r");
	size_t n;

	assert_non_null(file);
	n = fread(vector, 1, sizeof(vector) - 1, file);
	fclose(file);
	vector[n] = '\0';
}

/* The value of `name`, its first line. */
static const char *get(const char *name)
{
	static char values[4][600];
	static unsigned turn;
	char *value = values[turn++ % 4], key[40];
	const char *line;

	snprintf(key, sizeof(key), "\n%s ", name);
	line = strstr(vector, key);
	assert_non_null(line);
	line += strlen(key);
	snprintf(value, sizeof(values[0]), "%.*s", (int)strcspn(line, "\n"), line);
	return value;
}

static void get_bytes(const char *name, void *out, size_t size)
{
	const char *text = get(name);

	assert_int_equal(strlen(text), OTA_BASE64_SIZE(size));
	assert_true(ota_base64_parse(text, out, size));
}

static void derives_names_and_wraps_keys(void **state)
{
	uint8_t fleet[32], key[32], expected[32], challenge[16];
	char id[OTA_KEY_ID_SIZE + 1];

	(void)state;
	get_bytes("fleet-key", fleet, 32);
	get_bytes("device-key", expected, 32);
	ota_key_derive(fleet, get("device"), key);
	assert_memory_equal(key, expected, 32);
	ota_key_id(key, id);
	assert_string_equal(id, get("keyid"));
	get_bytes("challenge", challenge, 16);
	get_bytes("new-key", fleet, 32);
	get_bytes("wrapped-key", expected, 32);
	ota_key_wrap(key, challenge, fleet);
	assert_memory_equal(fleet, expected, 32);
}

/* The example's request, its fields in another order than they are signed in. */
static void build_request(struct ota_sig_message *message)
{
	static char challenge[27];

	snprintf(challenge, sizeof(challenge), ":%s:", get("challenge"));
	ota_sig_request(message, "PUT", "/ota/v1/image");
	ota_sig_field(message, "host", "192.168.4.1");
	ota_sig_field(message, "ota-offset", "0");
	ota_sig_field(message, "ota-length", "9");
	ota_sig_field(message, "content-encoding", "deflate");
	ota_sig_field(message, "ota-digest",
		      "sha-256=:l+nXoWAh5tB/vijM45j1hH/ADFdJkfv/Zdlf1eAy04k=:");
	ota_sig_field(message, "content-length", "4096");
	ota_sig_field(message, "ota-challenge", challenge);
	ota_sig_field(message, "ota-commit", "switch");
	ota_sig_field(message, "signature", "x");
}

static void signs_the_example(void **state)
{
	struct ota_sig_message message;
	struct ota_sig_params params = { 0 }, found;
	char input[OTA_SIG_INPUT_MAX], signature[OTA_SIG_TEXT_SIZE];
	uint8_t key[32], mac[32];

	(void)state;
	get_bytes("device-key", key, 32);
	memcpy(params.nonce, get("nonce"), sizeof(params.nonce));
	memcpy(params.keyid, get("keyid"), sizeof(params.keyid));
	build_request(&message);
	assert_int_equal(ota_sig_print_input(&message, &params, input, sizeof(input)),
			 strlen(get("request-input")));
	assert_string_equal(input, get("request-input"));
	ota_sig_mac(&message, &params, key, mac);
	ota_sig_print(mac, signature);
	assert_string_equal(signature, get("request-signature"));
	assert_true(ota_sig_parse_input(&message, input, &found));
	assert_memory_equal(&found, &params, sizeof(found));
}

static void signs_the_answer(void **state)
{
	struct ota_sig_message message;
	struct ota_sig_params params = { 0 }, found;
	char input[OTA_SIG_INPUT_MAX], signature[OTA_SIG_TEXT_SIZE];
	uint8_t key[32], mac[32];

	(void)state;
	get_bytes("device-key", key, 32);
	memcpy(params.keyid, get("keyid"), sizeof(params.keyid));
	ota_sig_answer(&message, "200", get("state"), get("content-digest"),
		       get("request-signature"));
	assert_true(ota_sig_print_input(&message, &params, input, sizeof(input)));
	assert_string_equal(input, get("answer-input"));
	ota_sig_mac(&message, &params, key, mac);
	ota_sig_print(mac, signature);
	assert_string_equal(signature, get("answer-signature"));
	assert_true(ota_sig_parse_input(&message, input, &found));
	assert_string_equal(found.keyid, params.keyid);
}

/* Whatever one character of the parameters becomes, or where they end, they are refused, or mean
 * another nonce or key. */
static void takes_one_text_only(void **state)
{
	struct ota_sig_message message;
	struct ota_sig_params params, found;
	char input[OTA_SIG_INPUT_MAX];
	size_t size;

	(void)state;
	build_request(&message);
	snprintf(input, sizeof(input), "%s", get("request-input"));
	assert_true(ota_sig_parse_input(&message, input, &params));
	size = strlen(input);
	for (size_t i = 0; i <= size; i++) {
		for (unsigned c = i < size ? 0 : 1; c < 256; c += 3) {
			char was = input[i];

			if ((char)c == was)
				continue;
			input[i] = (char)c;
			if (i == size)
				input[i + 1] = '\0';
			if (ota_sig_parse_input(&message, input, &found))
				assert_memory_not_equal(&found, &params, sizeof(found));
			input[i] = was;
		}
	}
}

static const struct other {
	const char *name;
	const char *field, *value; /* added to the example's request */
} others[] = {
	{ "one more ota field", "ota-force", "downgrade" },
	{ "a field signed twice", "ota-length", "9" },
	{ "a digest of the content", "content-digest", "sha-256=:AAAA:" },
};

static void refuses_what_covers_another_message(void **state)
{
	const struct other *row = *state;
	struct ota_sig_message message;
	struct ota_sig_params found;

	build_request(&message);
	ota_sig_field(&message, row->field, row->value);
	assert_false(ota_sig_parse_input(&message, get("request-input"), &found));
}

static void refuses_more_parts_than_fit(void **state)
{
	struct ota_sig_message message;
	struct ota_sig_params params = { "n", "k" };
	char input[2048], names[OTA_SIG_PARTS_MAX][8];
	size_t size;

	(void)state;
	ota_sig_request(&message, "GET", "/");
	for (unsigned i = 0; i + 3 < OTA_SIG_PARTS_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "ota-%02u", i);
		ota_sig_field(&message, names[i], "");
	}
	size = ota_sig_print_input(&message, &params, input, sizeof(input));
	assert_int_not_equal(size, 0);
	assert_int_equal(ota_sig_print_input(&message, &params, input, size), 0);
	assert_int_equal(ota_sig_print_input(&message, &params, input, size + 1), size);
	assert_true(ota_sig_parse_input(&message, input, &params));
	ota_sig_field(&message, "ota-x", "");
	assert_int_equal(ota_sig_print_input(&message, &params, input, sizeof(input)), 0);
	assert_false(ota_sig_parse_input(&message, input, &params));
}

static void keeps_path_and_query_apart(void **state)
{
	struct ota_sig_message message;

	(void)state;
	ota_sig_request(&message, "POST", "/a?b?c");
	assert_int_equal(message.parts[1].size, 2);
	assert_string_equal(message.parts[2].value, "?b?c");
	ota_sig_request(&message, "POST", "/a?");
	assert_string_equal(message.parts[2].value, "?");
	assert_int_equal(message.parts[2].size, 1);
}

static const struct signature {
	const char *name, *text;
	bool good;
} signatures[] = {
	{ "a signature", "ota=:JxC0jV92vlxTYJkg5U7n/9G0wxbh+ZgQ3o53GxsdbPk=:", true },
	{ "another label", "sig=:JxC0jV92vlxTYJkg5U7n/9G0wxbh+ZgQ3o53GxsdbPk=:", false },
	{ "truncated", "ota=:JxC0jV92vlxTYJkg5U7n/w==:", false },
	{ "nothing", "", false },
	{ "a bit left over", "ota=:JxC0jV92vlxTYJkg5U7n/9G0wxbh+ZgQ3o53GxsdbPl=:", false },
	{ "padding within", "ota=:JxC0jV92vlxTYJkg5U7n/9G0wxbh=ZgQ3o53GxsdbPk=:", false },
	{ "no end", "ota=:JxC0jV92vlxTYJkg5U7n/9G0wxbh+ZgQ3o53GxsdbPk=;", false },
	{ "a second one", "ota=:JxC0jV92vlxTYJkg5U7n/9G0wxbh+ZgQ3o53GxsdbPk=:, b=:AAAA:", false },
	{ "digits of base64url", "ota=:JxC0jV92vlxTYJkg5U7n_9G0wxbh-ZgQ3o53GxsdbPk=:", false },
};

static void reads_signatures(void **state)
{
	const struct signature *row = *state;
	uint8_t mac[32];

	assert_int_equal(ota_sig_parse(row->text, mac), row->good);
}

static void base64_comes_back(void **state)
{
	uint8_t data[48], back[48];
	char text[OTA_BASE64_SIZE(48) + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 89 + 200);
	for (size_t size = 0; size <= sizeof(data); size++) {
		ota_base64_print(data, size, text);
		text[OTA_BASE64_SIZE(size)] = '\0';
		assert_true(ota_base64_parse(text, back, size));
		assert_memory_equal(back, data, size);
	}
	ota_base64_print("fooba", 5, text);
	assert_memory_equal(text, "Zm9vYmE=", 8); /* RFC 4648, section 10 */
}

static struct ota_nonces begin_nonces(void)
{
	static const uint8_t key[32] = { 1, 2, 3 };
	struct ota_nonces nonces;

	ota_nonces_begin(&nonces, key);
	return nonces;
}

static void a_nonce_is_good_once_for_two_minutes(void **state)
{
	struct ota_nonces nonces = begin_nonces();
	uint8_t raw[OTA_NONCE_SIZE];

	(void)state;
	ota_nonce_issue(&nonces, 1000, raw);
	assert_true(ota_nonce_good(&nonces, 1000, raw));
	assert_true(ota_nonce_good(&nonces, 1000 + OTA_NONCE_MS - 1, raw));
	assert_false(ota_nonce_good(&nonces, 1000 + OTA_NONCE_MS, raw));
	assert_false(ota_nonce_good(&nonces, 999, raw));
	ota_nonce_use(&nonces, raw);
	assert_false(ota_nonce_good(&nonces, 1000, raw));
}

static void a_nonce_altered_is_not_good(void **state)
{
	struct ota_nonces nonces = begin_nonces();
	uint8_t raw[OTA_NONCE_SIZE];

	(void)state;
	ota_nonce_issue(&nonces, 1000, raw);
	for (unsigned bit = 0; bit < 8 * OTA_NONCE_SIZE; bit++) {
		raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(ota_nonce_good(&nonces, 1000, raw));
		raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(ota_nonce_good(&nonces, 1000, raw));
}

static void the_nonce_is_the_examples(void **state)
{
	struct ota_nonces nonces;
	uint8_t raw[OTA_NONCE_SIZE], expected[OTA_NONCE_SIZE], key[32];

	(void)state;
	get_bytes("boot-key", key, 32);
	get_bytes("nonce", expected, 32);
	ota_nonces_begin(&nonces, key);
	for (int i = 0; i < 5; i++)
		ota_nonce_issue(&nonces, 61000, raw);
	assert_memory_equal(raw, expected, sizeof(raw));
}

/* Used in any order each is good once, as long as it is among the newest 64. */
static void nonces_are_used_in_any_order(void **state)
{
	struct ota_nonces nonces = begin_nonces();
	uint8_t raw[200][OTA_NONCE_SIZE];

	(void)state;
	for (size_t i = 0; i < 200; i++)
		ota_nonce_issue(&nonces, 5, raw[i]);
	for (size_t k = 0; k < 64; k++) { /* 99, 62, 25, ... of the lower 100 */
		size_t i = 36 + (63 + k * 37) % 64;

		assert_true(ota_nonce_good(&nonces, 5, raw[i]));
		ota_nonce_use(&nonces, raw[i]);
		assert_false(ota_nonce_good(&nonces, 5, raw[i]));
	}
	for (size_t i = 0; i < 100; i++)
		assert_false(ota_nonce_good(&nonces, 5, raw[i]));
	ota_nonce_use(&nonces, raw[199]);
	for (size_t i = 100; i < 200; i++)
		assert_int_equal(ota_nonce_good(&nonces, 5, raw[i]), i >= 136 && i < 199);
}

static void compares_and_wipes(void **state)
{
	uint8_t a[3] = { 1, 2, 3 }, b[3] = { 1, 2, 3 };

	(void)state;
	assert_true(ota_secret_same(a, b, 3));
	for (size_t i = 0; i < 3; i++) {
		b[i] ^= 0x80;
		assert_false(ota_secret_same(a, b, 3));
		b[i] ^= 0x80;
	}
	ota_wipe(a, 2);
	assert_memory_equal(a, "\0\0\3", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derives_names_and_wraps_keys),
		cmocka_unit_test(signs_the_example),
		cmocka_unit_test(signs_the_answer),
		cmocka_unit_test(takes_one_text_only),
		cmocka_unit_test(refuses_more_parts_than_fit),
		cmocka_unit_test(keeps_path_and_query_apart),
		cmocka_unit_test(base64_comes_back),
		cmocka_unit_test(a_nonce_is_good_once_for_two_minutes),
		cmocka_unit_test(a_nonce_altered_is_not_good),
		cmocka_unit_test(the_nonce_is_the_examples),
		cmocka_unit_test(nonces_are_used_in_any_order),
		cmocka_unit_test(compares_and_wipes),
	};

	load_vector();
	return RUN_ROWS(others, refuses_what_covers_another_message) +
	       RUN_ROWS(signatures, reads_signatures) + cmocka_run_group_tests(tests, NULL, NULL);
}
