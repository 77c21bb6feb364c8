/* SPDX-License-Identifier: MIT */
#include "tests/rows.h"

#include "lib/host/crypto_load.h"
#include "tests/image_vectors.h"

#define NO_FAULT OTA_IMAGE_FAULTS

static const struct vector {
	const char *name, *hex;
	enum ota_image_form form;
	const char *chip;
	uint32_t length;
	bool app;
	unsigned mapped;
	unsigned whole_cuts; /* lengths at which what is left is an image of another kind */
} vectors[] = {
	{ "no segments, no hash", IMAGE_EMPTY, OTA_FORM_ESP32, "esp32", 32, false, 0 },
	{ "ESP32 with a description", IMAGE_ESP32, OTA_FORM_ESP32, "esp32", 352, true, 1 },
	{ "ESP32-C3", IMAGE_C3, OTA_FORM_ESP32, "esp32c3", 80, false, 0 },
	{ "ESP8266 v1", IMAGE_8266_V1, OTA_FORM_ESP8266_V1, "esp8266", 48, false, 0 },
	{ "ESP8266 v2", IMAGE_8266_V2, OTA_FORM_ESP8266_V2, "esp8266", 84, false, 0, 1 },
	{ "ESP8266 RTOS", IMAGE_8266_RTOS, OTA_FORM_ESP8266_RTOS, "esp8266", 80, false, 2, 1 },
};

static void is_whole_in_every_chunking(void **state)
{
	const struct vector *row = *state;
	uint8_t data[512];
	size_t size = from_hex(row->hex, data, sizeof(data));
	struct ota_image image;

	for (size_t piece = 0; piece <= size; piece++) {
		assert_int_equal(judge(&image, NULL, data, size, piece), OTA_OK);
		assert_null(image.diag.rule);
		assert_int_equal(image.form, row->form);
		assert_string_equal(image.chip->name, row->chip);
		assert_int_equal(image.length, row->length);
		assert_int_equal(image.is_app, row->app);
		assert_int_equal(image.mapped, row->mapped);
		assert_int_equal(image.tail, OTA_TAIL_NONE);
	}
}

/* What no check covers: hash_appended made 0, which turns the hash into a tail. */
static bool is_covered(const uint8_t *data, size_t size, const struct vector *row)
{
	(void)size;
	return row->form != OTA_FORM_ESP32 || data[23];
}

static void every_changed_byte_is_noticed(void **state)
{
	const struct vector *row = *state;
	uint8_t data[512];
	size_t size = from_hex(row->hex, data, sizeof(data)), missed = 0, exempt = 0;
	struct ota_image image;

	for (size_t at = 0; at < size; at++) {
		uint8_t right = data[at];

		for (unsigned value = 0; value < 256; value++) {
			data[at] = (uint8_t)value;
			if (value == right)
				continue;
			exempt += !is_covered(data, size, row);
			missed += is_covered(data, size, row) &&
				  judge(&image, NULL, data, size, 0) == OTA_OK;
		}
		data[at] = right;
	}
	assert_int_equal(missed, 0);
	assert_int_equal(exempt, row->form == OTA_FORM_ESP32 ? 1 : 0);
}

static void every_truncation_is_noticed(void **state)
{
	const struct vector *row = *state;
	uint8_t data[512];
	size_t size = from_hex(row->hex, data, sizeof(data));
	struct ota_image image;
	unsigned passed = 0;

	for (size_t n = 0; n < size; n++) {
		if (judge(&image, NULL, data, n, 0) == OTA_OK) {
			passed++;
			continue;
		}
		assert_int_equal(image.status, OTA_E_SHORT);
		assert_int_equal(ota_image_fault(image.diag.rule),
				 n ? OTA_IMAGE_SHORT : OTA_IMAGE_EMPTY);
	}
	assert_int_equal(passed, row->whole_cuts);
}

int main(void)
{
	/* ESP8266 v1 has nothing but a checksum of 8 bits. */
	static struct vector hashed[4];
	int failed;

	if (!ota_crypto())
		return 1;
	memcpy(hashed, vectors + 1, 2 * sizeof(hashed[0]));
	memcpy(hashed + 2, vectors + 4, 2 * sizeof(hashed[0]));
	failed = RUN_ROWS(vectors, is_whole_in_every_chunking);
	failed += RUN_ROWS(hashed, every_changed_byte_is_noticed);
	failed += RUN_ROWS(hashed, every_truncation_is_noticed);
	return failed;
}
