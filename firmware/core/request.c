/* SPDX-License-Identifier: MIT */
/* request.c - which request it is, and whether its head may be what it is */
#include <string.h>

#include "firmware/core/core.h"
#include "lib/text.h"

enum route_kind { READS, READS_SIGNED, KEYS, CHANGES, CHANGES_ALL, TAKES };

struct route {
	const char *method, *path;
	const char *query; /* the keys that may be given, a blank after each */
	enum route_kind kind;
	ota_step_fn *begin;
};

/* Routes of one path stand together. */
static const struct route routes[] = {
	{ "GET", "/ota/v1/device", "", READS, ota_device_begin },
	{ "PUT", "/ota/v1/image", "", TAKES, ota_upload_begin },
	{ "GET", "/ota/v1/image/blocks", "size ", READS_SIGNED, ota_blocks_begin },
	{ "POST", "/ota/v1/boot", "slot image ", CHANGES_ALL, ota_boot_begin },
	{ "POST", "/ota/v1/confirm", "image ", CHANGES, ota_confirm_begin },
	{ "POST", "/ota/v1/rollback", "image ", CHANGES_ALL, ota_rollback_begin },
	{ "POST", "/ota/v1/restart", "image ", CHANGES, ota_restart_begin },
	{ "GET", "/ota/v1/otadata", "", READS_SIGNED, ota_otadata_begin },
	{ "GET", "/ota/v1/table", "", READS_SIGNED, ota_table_begin },
	{ "GET", "/ota/v1/keys", "", READS_SIGNED, ota_keys_begin },
	{ "PUT", "/ota/v1/keys/0", "", KEYS, ota_key_put_begin },
	{ "DELETE", "/ota/v1/keys/0", "", KEYS, ota_key_delete_begin },
	{ "PUT", "/ota/v1/keys/1", "", KEYS, ota_key_put_begin },
	{ "DELETE", "/ota/v1/keys/1", "", KEYS, ota_key_delete_begin },
};

static bool is_path(const struct ota_conn *conn, const char *path)
{
	const char *target = ota_http_target(&conn->head);

	while (*path && *path == *target) {
		path++;
		target++;
	}
	return !*path && (!*target || *target == '?');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Compare without regard to the case of letters; both end at NUL, `a` at `size` at the latest. */
static bool same_word(const char *a, size_t size, const char *b)
{
	for (size_t i = 0; i < size; i++) {
		char x = a[i], y = b[i];

		if (x >= 'A' && x <= 'Z')
			x = (char)(x - 'A' + 'a');
		if (y >= 'A' && y <= 'Z')
			y = (char)(y - 'A' + 'a');
		if (x != y || !y)
			return false;
	}
	return !b[size];
}

/* "192.168.4.1", "[fe80::1]": what no name server can have been asked for. */
static bool is_address(const char *host, size_t size)
{
	size_t dots = 0;

	if (size > 2 && host[0] == '[' && host[size - 1] == ']') {
		for (size_t i = 1; i < size - 1; i++)
			if (!ota_text_has("0123456789abcdefABCDEF:.", host[i]))
				return false;
		return true;
	}
	for (size_t i = 0; i < size; i++) {
		dots += host[i] == '.';
		if (!is_digit(host[i]) && host[i] != '.')
			return false;
	}
	return dots == 3;
}

/* The host part without its port; 0: the port is no number. */
static size_t host_size(const char *host)
{
	size_t size = ota_text_size(host), n = size;

	while (n && is_digit(host[n - 1]))
		n--;
	if (n && host[n - 1] == ':')
		return n - 1;
	return size;
}

static bool is_own_host(const struct ota_conn *conn, const char *host)
{
	const char *name = conn->rx->port->device->name;
	size_t size = host_size(host), n = name ? ota_text_size(name) : 0;

	if (is_address(host, size) || same_word(host, size, "localhost"))
		return true;
	if (!n || size < n || !same_word(host, n, name))
		return false;
	return size == n || same_word(host + n, size - n, ".local");
}

/* The origin of a page of ours is "http://" or "https://" and the Host. */
static bool is_own_origin(const char *origin, const char *host)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t n = ota_text_size(schemes[i]);

		if (ota_text_size(origin) > n && memcmp(origin, schemes[i], n) == 0 &&
		    same_word(origin + n, ota_text_size(origin + n), host))
			return true;
	}
	return false;
}

const char *ota_query_value(const struct ota_conn *conn, const char *key, size_t *size)
{
	const char *at = ota_http_target(&conn->head);
	size_t n = ota_text_size(key);

	while (*at && *at != '?')
		at++;
	while (*at++) {
		const char *end = at;

		while (*end && *end != '&')
			end++;
		if ((size_t)(end - at) > n && memcmp(at, key, n) == 0 && at[n] == '=') {
			*size = (size_t)(end - at) - n - 1;
			return at + n + 1;
		}
		at = end;
	}
	return NULL;
}

/* Is `name` one of the words of `keys` (each with a blank after it)? */
static bool is_key(const char *keys, const char *name, size_t size)
{
	while (*keys) {
		size_t n = 0;

		while (keys[n] != ' ')
			n++;
		if (n == size && memcmp(keys, name, n) == 0)
			return true;
		keys += n + 1;
	}
	return false;
}

/* Only known keys, each once, each with a value. */
static bool is_query_good(const struct ota_conn *conn, const char *keys)
{
	const char *at = ota_http_target(&conn->head);
	size_t value;

	while (*at && *at != '?')
		at++;
	while (*at++) {
		const char *name = at;

		while (*at && *at != '=' && *at != '&')
			at++;
		/* The first of that name is this one, so a repetition shows. */
		if (*at != '=' || !is_key(keys, name, (size_t)(at - name)))
			return false;
		for (const char *c = ota_http_target(&conn->head); c < name - 1; c++)
			if ((*c == '?' || *c == '&') &&
			    memcmp(c + 1, name, (size_t)(at - name) + 1) == 0)
				return false;
		value = 0;
		while (at[1] && at[1] != '&') {
			at++;
			value++;
		}
		if (!value)
			return false;
		at++;
	}
	return true;
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int ota_query_image(const struct ota_conn *conn, uint8_t digest[static OTA_SHA256_SIZE])
{
	size_t size;
	const char *text = ota_query_value(conn, "image", &size);

	if (!text)
		return 0;
	if (size != 2 * OTA_SHA256_SIZE)
		return -1;
	for (size_t i = 0; i < OTA_SHA256_SIZE; i++) {
		int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -1;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	return 1;
}

void ota_request_allow(const struct ota_conn *conn, struct ota_line *line)
{
	const char *path = routes[conn->route].path;

	ota_line_print(line, "Allow: %s", routes[conn->route].method);
	for (size_t i = conn->route; i-- && ota_text_same(routes[i].path, path);)
		ota_line_print(line, ", %s", routes[i].method);
	ota_line_print(line, "\r\n");
}

/* The route; NULL: the request was answered. */
static const struct route *find_route(struct ota_conn *conn)
{
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		if (!is_path(conn, routes[i].path))
			continue;
		conn->route = (uint8_t)i;
		found = true;
		if (ota_text_same(ota_http_method(&conn->head), routes[i].method))
			return &routes[i];
	}
	ota_answer_error(conn, found ? OTA_ERR_METHOD : OTA_ERR_NOT_FOUND, NULL, OTA_NO_PLACE);
	return NULL;
}

/* Connection: close, Expect, and what no request here may have. */
static enum ota_error judge_fields(struct ota_conn *conn, const char **detail)
{
	const char *host = ota_http_field(&conn->head, "host");
	const char *origin = ota_http_field(&conn->head, "origin");
	const char *expect = ota_http_field(&conn->head, "expect");
	const char *connection = ota_http_field(&conn->head, "connection");

	*detail = NULL;
	conn->close = !conn->head.minor || (connection && same_word(connection, 5, "close"));
	if (!is_own_host(conn, host))
		return OTA_ERR_HOST;
	if (origin && !is_own_origin(origin, host))
		return OTA_ERR_ORIGIN;
	if (expect && !same_word(expect, ota_text_size(expect), "100-continue"))
		return OTA_ERR_EXPECT;
	*detail = "content-range";
	return ota_http_field(&conn->head, "content-range") ? OTA_ERR_FIELD : OTA_ERR_NONE;
}

static enum ota_error judge_route(struct ota_conn *conn, const struct route *route)
{
	if (!is_query_good(conn, route->query))
		return OTA_ERR_QUERY;
	if (route->kind == TAKES && conn->head.length == OTA_HTTP_NO_LENGTH)
		return OTA_ERR_LENGTH;
	if (route->kind != TAKES && route->kind != KEYS && conn->left)
		return OTA_ERR_CONTENT;
	return OTA_ERR_NONE;
}

/* Who may? false: it was answered. Keys have their own rules. */
static bool judge_rights(struct ota_conn *conn, const struct route *route)
{
	switch (route->kind) {
	case READS_SIGNED: return ota_auth_read(conn);
	case CHANGES: return ota_auth_change(conn, false);
	case CHANGES_ALL: return ota_auth_change(conn, true);
	case TAKES: return ota_auth_change(conn, false);
	default: return true;
	}
}

static void refuse_head(struct ota_conn *conn)
{
	enum ota_error error = conn->head.status == 431 ? OTA_ERR_HEAD_SIZE
			     : conn->head.status == 411 ? OTA_ERR_LENGTH
							: OTA_ERR_HEAD;

	ota_answer_error(conn, error, conn->head.why, OTA_NO_PLACE);
}

void ota_request_begin(struct ota_conn *conn)
{
	const struct route *route;
	const char *detail = NULL;
	enum ota_error error;

	conn->step = NULL;
	conn->left = conn->head.length == OTA_HTTP_NO_LENGTH ? 0 : conn->head.length;
	if (conn->head.status != 200) {
		refuse_head(conn);
		return;
	}
	error = judge_fields(conn, &detail);
	if (!error) {
		detail = NULL;
		error = ota_auth_look(conn);
	}
	if (error) {
		ota_answer_error(conn, error, detail, OTA_NO_PLACE);
		return;
	}
	route = find_route(conn);
	if (!route)
		return;
	error = judge_route(conn, route);
	if (error)
		ota_answer_error(conn, error, NULL, OTA_NO_PLACE);
	else if (judge_rights(conn, route))
		route->begin(conn);
}
