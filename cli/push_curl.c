/* SPDX-License-Identifier: MIT */
#include "cli/push_curl.h"

#include <stdio.h>
#include <string.h>

#include "cli/say.h"

/* A word for the shell. */
static void print_quoted(const char *before, const char *text)
{
	printf("%s'", before);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
	}
	putchar('\'');
}

/* Who may answer, as push would have it. */
static void print_tls(const struct ota_http_options *options)
{
	if (options->cacert)
		print_quoted(" --cacert ", options->cacert);
	else if (options->pin)
		printf(" --insecure"); /* the pin alone is asked for */
	if (options->pin)
		print_quoted(" --pinnedpubkey ", options->pin);
}

static void make_request(const struct ota_push_image *image, const struct ota_push_options *options,
			 struct ota_request *request)
{
	char digest[OTA_DIGEST_TEXT_SIZE];

	ota_digest_print(image->data, image->size, digest);
	ota_client_request(request, "PUT", "/image");
	ota_request_field(request, "OTA-Digest: %s", digest);
	ota_request_field(request, "OTA-Length: %u", image->size);
	ota_request_field(request, "OTA-Commit: switch");
	ota_request_field(request, "OTA-Restart: %d", !options->no_restart);
	if (options->force)
		ota_request_field(request, "OTA-Force: %s", options->force);
	request->size = image->size;
}

enum exit_code push_print_curl(struct device *device, const char *name,
			       const struct ota_push_image *image,
			       const struct ota_push_options *options)
{
	const struct ota_signer *signer = device->client.signer;
	struct ota_device_info info = { 0 };
	struct ota_request request;
	enum exit_code code = device_ask(device, &info); /* for a nonce */

	ota_device_info_free(&info);
	if (code)
		return code;
	make_request(image, options, &request);
	if (signer && signer->sign(signer->ctx, &request, device->client.nonce))
		return say_error(EXIT_BUG, device->name, "the request cannot be signed");
	print_quoted("curl --fail-with-body -T ", name);
	print_tls(&device->http_options);
	for (size_t i = 0; i < request.field_count; i++)
		print_quoted(" -H ", request.fields[i]);
	print_quoted(" ", device->url);
	printf("%s\n", request.target);
	return EXIT_YES;
}
