/* SPDX-License-Identifier: MIT */
/* test_push.c - the client without a network: what it reads, and its machine against a
 * scripted device in virtual time */
#include <limits.h>

#include "lib/crc32.h"
#include "lib/host/device_info.h"
#include "lib/host/http_curl.h"
#include "lib/host/push.h"
#include "tests/rows.h"

static const struct url_row {
	const char *name, *text, *url; /* url NULL: refused */
} url_rows[] = {
	{ "a name", "dev", "http://dev:8032" },
	{ "a name and a port", "dev:80", "http://dev:80" },
	{ "a local name", "dev.local", "http://dev.local:8032" },
	{ "IPv6", "[::1]:8032", "http://[::1]:8032" },
	{ "IPv6 without a port", "[fe80::1%25eth0]", "http://[fe80::1%25eth0]:8032" },
	{ "http", "http://dev", "http://dev:8032" },
	{ "https with a slash", "HTTPS://dev:443/", "https://dev:443" },
	{ "the highest port", "dev:65535", "http://dev:65535" },
	{ "one above", "dev:65536", NULL },
	{ "port 0", "dev:0", NULL },
	{ "no port after the colon", "dev:", NULL },
	{ "a path", "http://dev/ota", NULL },
	{ "a user", "me@dev", NULL },
	{ "a query", "dev?x", NULL },
	{ "nothing", "", NULL },
	{ "nothing but a scheme", "http://", NULL },
	{ "an open bracket", "[::1", NULL },
	{ "empty brackets", "[]", NULL },
	{ "another scheme", "ftp://dev", NULL },
	{ "a line break", "dev\r\nX: y", NULL },
};

static void reads_url(void **state)
{
	const struct url_row *row = *state;
	char url[OTA_URL_SIZE];
	bool good = ota_device_url(row->text, url);

	assert_int_equal(good, row->url != NULL);
	if (good)
		assert_string_equal(url, row->url);
}

#define FACTS "\"api\":1,\"id\":\"a\",\"chip\":\"esp32\",\"boot\":\"1\",\"running\":\"ota_0\""

static const struct info_row {
	const char *name, *text;
	enum ota_status status;
} info_rows[] = {
	{ "the least", "{" FACTS ",\"slots\":[]}", OTA_OK },
	{ "unknown members", "{" FACTS ",\"slots\":[{\"name\":\"x\",\"y\":{}}],\"z\":[1]}",
	  OTA_OK },
	{ "null for what is absent", "{" FACTS ",\"slots\":[],\"next\":null,\"last\":null}",
	  OTA_OK },
	{ "nothing", "", OTA_E_MAGIC },
	{ "HTML", "<html>", OTA_E_MAGIC },
	{ "an array", "[1]", OTA_E_MAGIC },
	{ "cut off", "{" FACTS ",\"slots\":[", OTA_E_MAGIC },
	{ "a member twice", "{" FACTS ",\"slots\":[],\"id\":\"b\"}", OTA_E_MAGIC },
	{ "no api", "{\"id\":\"a\",\"slots\":[]}", OTA_E_MAGIC },
	{ "a negative api", "{\"api\":-1,\"slots\":[]}", OTA_E_MAGIC },
	{ "no id", "{\"api\":1,\"chip\":\"e\",\"boot\":\"1\",\"running\":\"o\",\"slots\":[]}",
	  OTA_E_VALUE },
	{ "no slots", "{" FACTS "}", OTA_E_VALUE },
	{ "slots of another type", "{" FACTS ",\"slots\":{}}", OTA_E_VALUE },
	{ "a slot without a name", "{" FACTS ",\"slots\":[{}]}", OTA_E_VALUE },
	{ "too many slots", "{" FACTS ",\"slots\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]}",
	  OTA_E_VALUE },
	{ "a number for a text", "{" FACTS ",\"slots\":[],\"next\":1}", OTA_E_VALUE },
	{ "a text too long",
	  "{" FACTS ",\"slots\":[],\"next\":\"0123456789012345678901234567890123\"}", OTA_E_VALUE },
	{ "a text with a NUL", "{" FACTS ",\"slots\":[],\"next\":\"a\\u0000b\"}", OTA_E_MAGIC },
	{ "a line break in an image's digest",
	  "{" FACTS ",\"slots\":[{\"name\":\"x\",\"image\":\"0 HTTP/1.1\\r\\nX: y\"}]}",
	  OTA_E_VALUE },
	{ "a blank in a slot's name", "{" FACTS ",\"slots\":[{\"name\":\"a b\"}]}", OTA_E_VALUE },
	{ "an escape in the next slot", "{" FACTS ",\"slots\":[],\"next\":\"a\\u001b[2J\"}",
	  OTA_E_VALUE },
	{ "a number too large", "{" FACTS ",\"slots\":[],\"window\":4294967296}", OTA_E_VALUE },
	{ "a text for a flag", "{" FACTS ",\"slots\":[],\"ready\":\"yes\"}", OTA_E_VALUE },
	{ "features of another type", "{" FACTS ",\"slots\":[],\"features\":1}", OTA_E_VALUE },
};

static void reads_info(void **state)
{
	const struct info_row *row = *state;
	struct ota_device_info info;

	assert_int_equal(ota_device_info_parse(row->text, strlen(row->text), &info), row->status);
	ota_device_info_free(&info);
}

static void fill(uint8_t *data, size_t size)
{
	uint32_t x = 1;

	for (size_t i = 0; i < size; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (uint8_t)(x >> 24);
	}
}

/* A device in memory: a slot, and a script of what goes wrong. Time passes when it is slept. */
#define IMAGE_SIZE 1000000u
#define SECTORS ((IMAGE_SIZE + 4095u) / 4096u)

static struct {
	uint8_t image[SECTORS * 4096u], slot[SECTORS * 4096u];
	struct ota_push_image push;
	uint64_t now;
	bool switched, confirmed;
	unsigned parts, finishes, confirms, gets, sent; /* sent: bytes of the image in parts */
	unsigned cut_part; /* the connection breaks in the middle of this part; 0: never */
	unsigned drops; /* parts that still break off when a sector of them is there */
	unsigned dead; /* exchanges that fail from now on */
	bool forgets; /* it says that it took the parts, and did not */
	unsigned boot;
	bool restart_at_cut; /* the device forgets the first bytes, and has a new boot id */
	bool deaf; /* no blocks */
} dev;

static uint64_t field_value(const struct ota_request *request, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < request->field_count; i++)
		if (strncmp(request->fields[i], name, n) == 0 && request->fields[i][n] == ':')
			return strtoull(request->fields[i] + n + 1, NULL, 10);
	return 0;
}

static bool has_field(const struct ota_request *request, const char *line)
{
	for (size_t i = 0; i < request->field_count; i++)
		if (strcmp(request->fields[i], line) == 0)
			return true;
	return false;
}

static enum ota_net give(struct ota_answer *answer, unsigned status, const void *data, size_t size)
{
	answer->status = status;
	answer->content = malloc(size + 1);
	assert_non_null(answer->content);
	memcpy(answer->content, data, size);
	answer->content[size] = '\0';
	answer->size = size;
	return OTA_NET_OK;
}

static enum ota_net give_device(struct ota_answer *answer)
{
	char text[600];
	int n = snprintf(text, sizeof(text),
			 "{\"api\":1,\"features\":[%s],\"id\":\"a\",\"chip\":\"esp32\",\"boot\":"
			 "\"%u\",\"running\":\"ota_%d\",\"next\":\"ota_%d\",\"state\":\"%s\","
			 "\"ready\":true,\"rollback\":\"yes\",\"window\":4096,\"slots\":["
			 "{\"name\":\"ota_%d\",\"image\":\"%s\"}]}",
			 dev.deaf ? "" : "\"blocks\"", dev.boot + dev.switched, dev.switched,
			 !dev.switched, dev.switched && !dev.confirmed ? "pending" : "valid",
			 dev.switched, dev.switched ? "new" : "old");

	dev.gets++;
	return give(answer, 200, text, (size_t)n);
}

static enum ota_net give_blocks(struct ota_answer *answer)
{
	uint8_t crcs[4 * SECTORS];

	for (size_t i = 0; i < SECTORS; i++) {
		uint32_t crc = ota_crc32(0, dev.slot + i * 4096, 4096);

		for (unsigned k = 0; k < 4; k++)
			crcs[4 * i + k] = (uint8_t)(crc >> 8 * k);
	}
	return give(answer, 200, crcs, sizeof(crcs));
}

static enum ota_net take_part(const struct ota_request *request, struct ota_answer *answer)
{
	size_t at = field_value(request, "OTA-Offset"), n = request->size;
	bool cut = ++dev.parts == dev.cut_part;

	assert_int_equal(at % 4096, 0);
	assert_int_equal(field_value(request, "OTA-Part-Length"), n);
	assert_true(at + n <= IMAGE_SIZE && n <= 131072);
	assert_true(at + n == IMAGE_SIZE || n % 4096 == 0);
	n = cut ? n / 2 / 4096 * 4096 : n;
	if (dev.drops && n > 8192) {
		dev.drops--;
		cut = true;
		n = at ? 4096 : 8192;
	}
	if (!dev.forgets)
		memcpy(dev.slot + at, (const uint8_t *)request->content, n);
	dev.sent += (unsigned)request->size;
	answer->sent = request->size;
	if (!cut)
		return give(answer, 200, "{}", 2);
	if (dev.restart_at_cut) {
		memset(dev.slot, 0xFF, 32);
		dev.boot += 10;
	}
	return OTA_NET_CUT;
}

static enum ota_net finish(const struct ota_request *request, struct ota_answer *answer)
{
	static const char first[] = "{\"error\":\"OTA_FIRST_SECTOR\"}";

	dev.finishes++;
	assert_int_equal(request->size, 0);
	if (memcmp(dev.slot, dev.image, IMAGE_SIZE) != 0)
		return give(answer, 409, first, sizeof(first) - 1);
	dev.switched = true;
	return give(answer, 200, "{}", 2);
}

static enum ota_net exchange(void *ctx, const struct ota_request *request,
			     struct ota_answer *answer)
{
	(void)ctx;
	dev.now += 10;
	if (dev.dead) {
		dev.dead--;
		return OTA_NET_CONNECT;
	}
	if (strcmp(request->target, "/ota/v1/device") == 0)
		return give_device(answer);
	if (strncmp(request->target, "/ota/v1/image/blocks", 20) == 0)
		return give_blocks(answer);
	if (strcmp(request->method, "PUT") == 0)
		return has_field(request, "OTA-Commit: switch") ? finish(request, answer)
								: take_part(request, answer);
	assert_string_equal(request->target, "/ota/v1/confirm?image=new");
	dev.confirms++;
	dev.confirmed = true;
	return give(answer, 200, "{}", 2);
}

static void forget(void *ctx)
{
	(void)ctx;
}

static uint64_t now_ms(void *ctx)
{
	(void)ctx;
	return dev.now;
}

static void sleep_ms(void *ctx, unsigned ms)
{
	(void)ctx;
	dev.now += ms;
}

static bool stopped(void *ctx)
{
	(void)ctx;
	return false;
}

static const struct ota_transport transport = { NULL, exchange, forget, now_ms, sleep_ms, stopped };

static const struct ota_push_image *choose(struct ota_push *push)
{
	(void)push;
	return &dev.push;
}

static void report(struct ota_push *push, enum ota_push_event event)
{
	(void)push;
	(void)event;
}

#define HALF (122u * 4096u)

static const struct push_row {
	const char *name;
	unsigned held; /* bytes from the start that the slot holds already */
	unsigned cut_part, drops, dead, retries;
	bool restart_at_cut, deaf, forgets, fails;
	unsigned least, most; /* bytes of parts */
} push_rows[] = {
	{ "all of it, once", .least = IMAGE_SIZE, .most = IMAGE_SIZE },
	{ "a slot that holds it gets nothing", .held = IMAGE_SIZE },
	{ "half of it is there: the first sector and the rest", .held = HALF,
	  .least = IMAGE_SIZE - HALF + 4096, .most = IMAGE_SIZE - HALF + 4096 },
	{ "a device that tells no blocks gets all", .held = IMAGE_SIZE, .deaf = true,
	  .least = IMAGE_SIZE, .most = IMAGE_SIZE },
	{ "a cut costs half a part and a sector", .cut_part = 3, .least = IMAGE_SIZE + 65536,
	  .most = IMAGE_SIZE + 65536 + 4096 },
	{ "a restart in the middle as well", .cut_part = 3, .restart_at_cut = true,
	  .least = IMAGE_SIZE + 65536, .most = IMAGE_SIZE + 65536 + 4096 },
	{ "a device away for five tries", .dead = 5, .least = IMAGE_SIZE, .most = IMAGE_SIZE },
	{ "and for one more", .dead = 6, .fails = true },
	{ "200 times no connection", .dead = 200, .retries = 200, .least = IMAGE_SIZE,
	  .most = IMAGE_SIZE },
	{ "200 dropped connections, a sector each", .drops = 200, .least = IMAGE_SIZE,
	  .most = UINT_MAX },
	{ "parts taken and forgotten", .forgets = true, .cut_part = 3, .fails = true,
	  .most = UINT_MAX },
};

static void pushes(void **state)
{
	const struct push_row *row = *state;
	struct ota_push_options options = { .timeout_ms = 60000,
					    .retries = row->retries ? row->retries : 5 };
	struct ota_push push = { .client = { .transport = &transport, .silence_ms = 1000 },
				 .options = &options,
				 .choose = choose,
				 .report = report };

	memset(&dev, 0, sizeof(dev));
	memset(dev.image, 0xFF, sizeof(dev.image));
	fill(dev.image, IMAGE_SIZE);
	memset(dev.slot, 0xFF, sizeof(dev.slot));
	memcpy(dev.slot, dev.image, row->held);
	dev.push = (struct ota_push_image){ .data = dev.image, .size = IMAGE_SIZE, .image = "new" };
	dev.cut_part = row->cut_part;
	dev.drops = row->drops;
	dev.dead = row->dead;
	dev.forgets = row->forgets;
	dev.restart_at_cut = row->restart_at_cut;
	dev.deaf = row->deaf;
	dev.boot = 1;
	ota_push_run(&push);
	assert_int_equal(push.fault != NULL, row->fails);
	assert_int_equal(push.running, !row->fails);
	assert_in_range(dev.sent, row->least, row->most);
	assert_int_equal(push.bytes_sent, dev.sent);
	if (!row->fails) {
		assert_int_equal(push.confirmed, OTA_CONFIRMED_YES);
		assert_int_equal(dev.confirms, 1);
		assert_memory_equal(dev.slot, dev.image, IMAGE_SIZE);
	}
	ota_push_free(&push);
}

int main(void)
{
	return RUN_ROWS(url_rows, reads_url) + RUN_ROWS(info_rows, reads_info) +
	       RUN_ROWS(push_rows, pushes);
}
