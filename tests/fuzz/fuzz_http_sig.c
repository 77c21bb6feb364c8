/* SPDX-License-Identifier: MIT */
/* What is taken as the parameters of a signature prints as it was. The input is
 * one field's value: Signature-Input of a request or of an answer, or Signature. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/http_sig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_the_same(const struct ota_sig_message *message, const char *text)
{
	struct ota_sig_params params;
	char again[OTA_SIG_INPUT_MAX];

	if (!ota_sig_parse_input(message, text, &params))
		return;
	assert(ota_sig_print_input(message, &params, again, sizeof(again)) == strlen(text));
	assert(strcmp(again, text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ota_sig_message message;
	uint8_t mac[OTA_MAC_SIZE];
	char signature[OTA_SIG_TEXT_SIZE], *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	ota_sig_request(&message, "POST", "/ota/v1/confirm");
	ota_sig_field(&message, "ota-challenge", ":AAAAAAAAAAAAAAAAAAAAAA==:");
	print_the_same(&message, text);
	ota_sig_answer(&message, "200", "id=\"a\"", NULL, "ota=:AAAA:");
	print_the_same(&message, text);
	if (ota_sig_parse(text, mac)) {
		ota_sig_print(mac, signature);
		assert(strcmp(text, signature) == 0);
	}
	free(text);
	return 0;
}
