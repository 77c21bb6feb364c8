/* SPDX-License-Identifier: MIT */
/* What a push costs in round trips: the client itself at the receiver itself, in memory, in virtual
 * time. Every one is listed, of an open device and of one that has a key. */
#include "lib/host/push_image.h"
#include "lib/host/signer.h"
#include "tests/owner.h"

static char trips[1024]; /* "GET device 200, ..." */

static void put_trip(const struct ota_request *request, unsigned status)
{
	size_t n = strlen(trips);

	snprintf(trips + n, sizeof(trips) - n, "%s%s %s %u", n ? ", " : "", request->method,
		 request->target + strlen(OTA_PATH "/"), status);
	for (char *c = trips + n; *c; c++) /* digests of queries */
		if (*c == '?')
			memmove(c, strchr(c, ' '), strlen(strchr(c, ' ')) + 1);
}

static void take_field(const char *name, char *out, size_t room)
{
	const char *at = strstr(world.answer, name), *end;

	out[0] = '\0';
	if (!at)
		return;
	at += strlen(name);
	end = strstr(at, "\r\n");
	snprintf(out, room, "%.*s", (int)(end - at), at);
}

/* The content without what chunks are made of. */
static void take_content(struct ota_answer *answer)
{
	const char *at = strstr(world.answer, "\r\n\r\n") + 4;
	const char *end = world.answer + world.answer_size;
	bool chunked = rx_says(&world, "Transfer-Encoding: chunked");

	answer->content = calloc(1, world.answer_size + 1);
	assert_non_null(answer->content);
	while (at < end) {
		size_t n = chunked ? strtoul(at, NULL, 16) : (size_t)(end - at);

		if (chunked)
			at = strstr(at, "\r\n") + 2;
		memcpy(answer->content + answer->size, at, n);
		answer->size += n;
		at += n + (chunked ? 2 : 0);
	}
}

static enum ota_net exchange(void *ctx, const struct ota_request *request,
			     struct ota_answer *answer)
{
	static char head[4096];
	size_t n;

	(void)ctx;
	n = (size_t)snprintf(head, sizeof(head),
			     "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
			     request->method, request->target);
	if (strcmp(request->method, "GET") != 0)
		n += (size_t)snprintf(head + n, sizeof(head) - n, "Content-Length: %zu\r\n",
				      request->size);
	for (size_t i = 0; i < request->field_count; i++)
		n += (size_t)snprintf(head + n, sizeof(head) - n, "%s\r\n", request->fields[i]);
	snprintf(head + n, sizeof(head) - n, "\r\n");
	answer->status =
		rx_ask(&world, head, request->content ? request->content : "", request->size);
	answer->sent = request->size;
	put_trip(request, answer->status);
	take_field("OTA-Nonce: ", answer->nonce, sizeof(answer->nonce));
	take_field("OTA-State: ", answer->state, sizeof(answer->state));
	take_field("Content-Digest: ", answer->digest, sizeof(answer->digest));
	take_field("Signature-Input: ", answer->signature_input, sizeof(answer->signature_input));
	take_field("\r\nSignature: ", answer->signature, sizeof(answer->signature));
	take_content(answer);
	rx_run(&world, NULL);
	if (world.emulator.restarted)
		assert_int_equal(ota_emulator_power_on(&world.emulator), OTA_OK);
	return OTA_NET_OK;
}

static void forget(void *ctx)
{
	(void)ctx;
}

static uint64_t now(void *ctx)
{
	(void)ctx;
	return world.now;
}

static void pass(void *ctx, unsigned ms)
{
	(void)ctx;
	world.now += ms;
}

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static const struct ota_push_image *choose(struct ota_push *push)
{
	return push->ctx;
}

static void report(struct ota_push *push, enum ota_push_event event)
{
	(void)push;
	(void)event;
}

/* Push; `key` NULL: to a device that is open. */
static void push_with(const uint8_t *key)
{
	static const struct ota_transport transport = { NULL, exchange, forget, now, pass, never };
	const struct ota_push_options options = { .retries = 5, .timeout_ms = 60000 };
	static struct ota_push_file file;
	struct ota_push_key own = { 0 };
	struct ota_key_signer signer;
	struct ota_diag diag;
	struct ota_push push = { .options = &options, .choose = choose, .report = report };

	begin();
	world.emulator.config.insecure = !key;
	world.emulator.boot.rollback = true;
	assert_int_equal(ota_push_file_read(image, (uint32_t)image_size, &file, &diag), OTA_OK);
	push.ctx = &file.push;
	push.client = (struct ota_client){ .transport = &transport, .silence_ms = 20000 };
	if (key) {
		memcpy(own.key, key, sizeof(own.key));
		ota_key_id(own.key, own.id);
		ota_key_signer_begin(&signer, &own);
		push.client.signer = &signer.signer;
	}
	trips[0] = '\0';
	ota_push_run(&push);
	assert_null(push.fault);
	assert_int_equal(push.confirmed, OTA_CONFIRMED_YES);
	assert_int_equal(push.authenticated, key != NULL);
	ota_push_free(&push);
}

static void counts_those_of_an_open_push(void **state)
{
	(void)state;
	push_with(NULL);
	assert_string_equal(trips, "GET device 200, GET image/blocks 200, PUT image 200, "
				   "GET device 200, PUT image 200, GET device 200, "
				   "POST confirm 200, GET device 200");
}

/* Two more: for the first nonce, and for the first one after the restart. */
static void counts_those_of_a_signed_push(void **state)
{
	(void)state;
	push_with(owner);
	assert_string_equal(trips,
			    "GET device 401, GET device 200, GET image/blocks 200, PUT image 200, "
			    "GET device 200, PUT image 200, GET device 401, GET device 200, "
			    "POST confirm 200, GET device 200");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_those_of_an_open_push),
		cmocka_unit_test(counts_those_of_a_signed_push),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
