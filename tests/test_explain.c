/* SPDX-License-Identifier: MIT */
#include "lib/host/boot_log.h"
#include "tests/rows.h"

static void every_code_and_name_is_found_and_only_once(void **state)
{
	const struct ota_error *const tables[] = { ota_esp_errors, ota_mbedtls_errors };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct ota_error *row = tables[i]; row->name; row++) {
			assert_ptr_equal(ota_error_by_code(row->code), row);
			assert_ptr_equal(ota_error_by_code((uint32_t)row->code), row);
			assert_ptr_equal(ota_error_by_name(row->name, strlen(row->name)), row);
			assert_non_null(row->meaning);
			assert_non_null(row->causes);
			assert_non_null(row->advice);
			assert_non_null(row->source);
		}
}

static const struct code_case {
	const char *name;
	int64_t code;
	const char *error;
} codes[] = {
	{ "the size", 0x104, "ESP_ERR_INVALID_SIZE" },
	{ "signed", -0x7200, "MBEDTLS_ERR_SSL_INVALID_RECORD" },
	{ "32 bits without sign", 0xffff8e00, "MBEDTLS_ERR_SSL_INVALID_RECORD" },
	{ "the sign left out", 0x7200, "MBEDTLS_ERR_SSL_INVALID_RECORD" },
	{ "ESP-IDF comes first", 0x7008, "ESP_ERR_HTTP_CONNECTION_CLOSED" },
	{ "failure", UINT32_MAX, "ESP_FAIL" },
	{ "a gap", 0x10E, NULL },
	{ "beyond 32 bits", 0x100000104, NULL },
	{ "a negative code of ESP-IDF is none", -0x104, NULL },
};

static void finds_code(void **state)
{
	const struct code_case *c = *state;
	const struct ota_error *error = ota_error_by_code(c->code);

	if (c->error)
		assert_string_equal(error ? error->name : "", c->error);
	else
		assert_null(error);
}

static const struct line_case {
	const char *name; /* the line */
	const char *error; /* the code in it */
	const char *rule; /* the row it matches */
} lines[] = {
	{ "E (2113) esp_https_ota: esp_ota_begin failed (ESP_ERR_INVALID_SIZE)",
	  "ESP_ERR_INVALID_SIZE", NULL },
	{ "E (9) app: esp_ota_begin failed, error=260", "ESP_ERR_INVALID_SIZE", NULL },
	{ "ESP_ERROR_CHECK failed: esp_err_t 0x1503 (ESP_ERR_OTA_VALIDATE_FAILED) at 0x400d",
	  "ESP_ERR_OTA_VALIDATE_FAILED", NULL },
	{ "E (1) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700",
	  "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED", NULL },
	{ "E (6) OTA: esp_tls_conn_read returned -29184", "MBEDTLS_ERR_SSL_INVALID_RECORD", NULL },
	{ "I (31) boot:  1 otadata          OTA data         01 00 0000d000 00002000", NULL, NULL },
	{ "I (260) wifi: state 0x104", NULL, NULL },
	{ "E (1) esp_image: invalid segment length 0xffffffff", NULL, "image-erased" },
	{ "E (1) esp_image: invalid segment length 0x7369", NULL, "image-segment-length" },
	{ "E (1) esp_image: Image length 1146800 doesn't fit in partition length 1048576", NULL,
	  "image-too-long" },
	{ "E (5) boot: ota data partition invalid and no factory, will try all partitions", NULL,
	  "otadata-invalid-all" },
	{ "rst:0xf (RTCWDT_BROWN_OUT_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)", NULL,
	  "reset-brownout" },
	{ "rst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)", NULL, "reset-watchdog" },
	{ "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)", NULL, NULL },
	{ "E (61) flash_parts: partition 3 invalid - offset 0x310000 size 0xcf0000 exceeds flash chip size "
	  "0x400000",
	  NULL, "table-beyond-flash" },
	{ "", NULL, NULL },
};

static void reads_line(void **state)
{
	const struct line_case *c = *state;
	size_t size = strlen(c->name);
	char *exact = test_malloc(size + 1); /* no byte behind the line, for the sanitizer */
	const struct ota_error *error;
	const struct ota_log_line *row;

	memcpy(exact, c->name, size);
	error = ota_error_in_line(exact, size);
	row = ota_log_match(exact, size);
	assert_string_equal(error ? error->name : "", c->error ? c->error : "");
	assert_string_equal(row ? row->id : "", c->rule ? c->rule : "");
	test_free(exact);
}

/* A pattern that an earlier one hides would never be reported. */
static void every_pattern_matches_itself_first(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct ota_log_line *row = ota_log_lines; row->id; row++, count++) {
		assert_ptr_equal(ota_log_match(row->pattern, strlen(row->pattern)), row);
		for (const struct ota_log_line *other = ota_log_lines; other < row; other++)
			assert_string_not_equal(other->id, row->id);
	}
	assert_true(count >= 25);
}

static void a_loop_makes_each_note_once(void **state)
{
	static const char *const loop[] = {
		"boot: No bootable app partitions in the partition table",
		"returned ESP_ERR_NO_MEM and 0x104", "other"
	};
	static struct ota_log_notes notes;

	(void)state;
	memset(&notes, 0, sizeof(notes));
	for (size_t i = 0; i < 300; i++) {
		const struct ota_log_note *mark =
			ota_log_read(&notes, loop[i % 3], strlen(loop[i % 3]));

		assert_ptr_equal(mark, i % 3 == 2 ? NULL : &notes.notes[i % 3]);
	}
	assert_int_equal(notes.lines, 300);
	assert_int_equal(notes.count, 2);
	assert_int_equal(notes.notes[0].count, 100);
	assert_int_equal(notes.notes[1].number, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_and_name_is_found_and_only_once),
		cmocka_unit_test(every_pattern_matches_itself_first),
		cmocka_unit_test(a_loop_makes_each_note_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) + RUN_ROWS(codes, finds_code) +
	       RUN_ROWS(lines, reads_line);
}
