/* SPDX-License-Identifier: MIT */
#include "lib/http_head.h"
#include "tests/rows.h"

static const char *const fields[] = { "content-type", "ota-*", NULL };
static const struct ota_http_rules rules = { 300, fields };

#define GET "GET / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"
#define NAME_50 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx"
#define SPACES_50 "                                                  "

static const struct row {
	const char *name, *text;
	unsigned status;
	size_t taken; /* 0: all of it */
} rows[] = {
	{ "a whole head", GET HOST "\r\n", 200, 0 },
	{ "HTTP/1.0", "GET / HTTP/1.0\r\n" HOST "\r\n", 200, 0 },
	{ "what follows stays", GET HOST "\r\nabc", 200, 27 },
	{ "not at its end", GET HOST, 0, 0 },
	{ "not even a byte", "", 0, 0 },
	{ "HTTP/1.2", "GET / HTTP/1.2\r\n" HOST "\r\n", 400, 14 },
	{ "HTTP/2.0", "GET / HTTP/2.0\r\n" HOST "\r\n", 400, 12 },
	{ "HTTP/0.9", "GET /\r\n", 400, 6 },
	{ "lower case in the version", "GET / http/1.1\r\n", 400, 7 },
	{ "a digit too many in the version", "GET / HTTP/1.11\r\n", 400, 15 },
	{ "no method", " / HTTP/1.1\r\n", 400, 1 },
	{ "a method in lower case", "get / HTTP/1.1\r\n", 400, 1 },
	{ "a method too long", "ABCDEFGHI / HTTP/1.1\r\n", 400, 9 },
	{ "no target", "GET  HTTP/1.1\r\n", 400, 5 },
	{ "a target with a scheme", "GET http://a/ HTTP/1.1\r\n", 400, 5 },
	{ "an asterisk", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 200, 0 },
	{ "a blank in the target", "GET /a b HTTP/1.1\r\n", 400, 8 },
	{ "a control character in the target", "GET /\x01 HTTP/1.1\r\n", 400, 6 },
	{ "an umlaut in the target", "GET /\xc3\xa4 HTTP/1.1\r\n", 400, 6 },
	{ "bare LF after the request line", "GET / HTTP/1.1\n", 400, 15 },
	{ "bare CR after the request line", "GET / HTTP/1.1\rX", 400, 16 },
	{ "an empty line first", "\r\n" GET HOST "\r\n", 400, 1 },
	{ "no Host", GET "\r\n", 400, 18 },
	{ "two of them", GET HOST HOST "\r\n", 400, 30 },
	{ "Host in capitals counts", GET HOST "HOST: b\r\n\r\n", 400, 30 },
	{ "an empty Host is one", GET "Host:\r\n\r\n", 200, 0 },
	{ "a blank before the colon", GET "Host : a\r\n\r\n", 400, 21 },
	{ "obs-fold", GET HOST " b\r\n\r\n", 400, 26 },
	{ "obs-fold with a tab", GET HOST "\tb\r\n\r\n", 400, 26 },
	{ "no name", GET ": a\r\n", 400, 17 },
	{ "no colon", GET "Host\r\n", 400, 21 },
	{ "bare LF after a field", GET "Host: a\n", 400, 24 },
	{ "bare CR in a field", GET "Host: a\rb\r\n", 400, 25 },
	{ "a control character in a value", GET "X: a\x02\r\n", 400, 21 },
	{ "a tab and an umlaut in a value", GET HOST "X: a\tb\xc3\xa4\r\n\r\n", 200, 0 },
	{ "bare CR at the end", GET HOST "\r\r", 400, 27 },
	{ "chunked", GET HOST "Transfer-Encoding: chunked\r\n\r\n", 411, 0 },
	{ "both lengths", GET HOST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400,
	  0 },
	{ "a length", GET HOST "Content-Length: 1\r\n\r\n", 200, 0 },
	{ "the same length twice", GET HOST "Content-Length: 1\r\nContent-Length: 1\r\n", 400, 59 },
	{ "a list of lengths", GET HOST "Content-Length: 1, 1\r\n", 400, 46 },
	{ "a negative length", GET HOST "Content-Length: -1\r\n", 400, 44 },
	{ "a length with a sign", GET HOST "Content-Length: +1\r\n", 400, 44 },
	{ "a hexadecimal length", GET HOST "Content-Length: 0x1\r\n", 400, 45 },
	{ "an empty length", GET HOST "Content-Length: \r\n", 400, 42 },
	{ "a kept field twice", GET HOST "OTA-A: 1\r\nota-a: 1\r\n", 400, 41 },
	{ "another field twice", GET HOST "X: 1\r\nX: 1\r\n\r\n", 200, 0 },
	{ "a long name, kept", GET HOST "OTA-" NAME_50 ": 1\r\n\r\n", 200, 0 },
	{ "a long name, another", GET HOST "X" NAME_50 ": 1\r\n\r\n", 200, 0 },
	{ "a kept name without room", GET HOST "OTA-" NAME_50 NAME_50 NAME_50 ": 1\r\n", 431, 141 },
	{ "another name without room", GET HOST "X" NAME_50 NAME_50 NAME_50 ": 1\r\n", 431, 141 },
	{ "300 bytes",
	  GET HOST "X: " SPACES_50 SPACES_50 SPACES_50 SPACES_50 SPACES_50
		   "1234567890\r\n1: 123\r\n\r\n",
	  200, 0 },
	{ "301 bytes",
	  GET HOST "X: " SPACES_50 SPACES_50 SPACES_50 SPACES_50 SPACES_50
		   "1234567890\r\n1: 1234\r\n\r\n",
	  431, 301 },
};

static void takes(void **state)
{
	const struct row *row = *state;
	size_t size = strlen(row->text), want = row->taken ? row->taken : size;
	char kept[128];
	struct ota_http_head head;

	for (size_t piece = 1; piece <= size + 1; piece += size > 8 ? 7 : 1) {
		size_t at = 0;

		ota_http_head_begin(&head, &rules, kept, sizeof(kept));
		while (at < size && !head.status) {
			size_t n = size - at < piece ? size - at : piece;

			at += ota_http_head_feed(&head, row->text + at, n);
		}
		assert_int_equal(head.status, row->status);
		assert_int_equal(at, want);
	}
}

static void gives_fields(void **state)
{
	static const char text[] =
		"PUT /a?b=%20 HTTP/1.1\r\nhOsT: x:1\r\nX: y\r\n"
		"Content-Type:  a b \t \r\nOTA-Q:\r\nContent-Length: 0012\r\n\r\n";
	char kept[256];
	struct ota_http_head head;

	(void)state;
	ota_http_head_begin(&head, &rules, kept, sizeof(kept));
	assert_int_equal(ota_http_head_feed(&head, text, sizeof(text) - 1), sizeof(text) - 1);
	assert_int_equal(head.status, 200);
	assert_string_equal(ota_http_method(&head), "PUT");
	assert_string_equal(ota_http_target(&head), "/a?b=%20");
	assert_string_equal(ota_http_field(&head, "host"), "x:1");
	assert_string_equal(ota_http_field(&head, "content-type"), "a b");
	assert_string_equal(ota_http_field(&head, "ota-q"), "");
	assert_null(ota_http_field(&head, "x"));
	assert_int_equal(head.length, 12);
	assert_int_equal(head.minor, 1);
}

/* NUL cannot stand in the rows. */
static void refuses_nul(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n";
	char kept[64];
	struct ota_http_head head;

	(void)state;
	ota_http_head_begin(&head, &rules, kept, sizeof(kept));
	ota_http_head_feed(&head, text, sizeof(text) - 1);
	assert_int_equal(head.status, 400);
}

static void keeps_no_more_than_fits(void **state)
{
	static const char text[] = GET "Host: 0123456789\r\n\r\n";
	char kept[32];
	struct ota_http_head head;
	/* "GET" "/" "host" "0123456789" and a NUL after each */
	const uint16_t need = 4 + 2 + 5 + 11;

	(void)state;
	for (uint16_t room = 0; room <= need; room++) {
		ota_http_head_begin(&head, &rules, kept, room);
		memset(kept, 'x', sizeof(kept));
		ota_http_head_feed(&head, text, sizeof(text) - 1);
		assert_int_equal(head.status, room < need ? 431 : 200);
		for (size_t i = room; i < sizeof(kept); i++)
			assert_int_equal(kept[i], 'x');
	}
}

static void saturates_lengths(void **state)
{
	static const struct {
		const char *text;
		uint32_t length;
	} lengths[] = { { "4294967293", 4294967293u },
			{ "4294967294", 4294967294u },
			{ "4294967295", 4294967294u },
			{ "99999999999999999999999999999999", 4294967294u } };
	char kept[128], text[128];
	struct ota_http_head head;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		int n = snprintf(text, sizeof(text), GET HOST "Content-Length: %s\r\n\r\n",
				 lengths[i].text);

		ota_http_head_begin(&head, &rules, kept, sizeof(kept));
		ota_http_head_feed(&head, text, (size_t)n);
		assert_int_equal(head.status, 200);
		assert_int_equal(head.length, lengths[i].length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_fields),
		cmocka_unit_test(refuses_nul),
		cmocka_unit_test(keeps_no_more_than_fits),
		cmocka_unit_test(saturates_lengths),
	};
	int failed = RUN_ROWS(rows, takes);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
