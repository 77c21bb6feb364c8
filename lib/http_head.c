/* SPDX-License-Identifier: MIT */
#include "lib/http_head.h"

#include <string.h>

#include "lib/text.h"

enum {
	IN_METHOD,
	IN_TARGET,
	IN_VERSION,
	AT_LINE_LF, /* the CR of a line was seen */
	AT_NAME, /* a line begins */
	IN_NAME,
	AT_VALUE, /* blanks before it */
	IN_VALUE,
	AT_LAST_LF, /* the CR of the empty line was seen */
};

#define METHOD_MAX 8u

static const char version[] = "HTTP/1.";

void ota_http_head_begin(struct ota_http_head *head, const struct ota_http_rules *rules, char *kept,
			 uint16_t room)
{
	memset(head, 0, sizeof(*head));
	head->rules = rules;
	head->kept = kept;
	head->room = room;
	head->length = OTA_HTTP_NO_LENGTH;
}

static void refuse(struct ota_http_head *head, uint16_t status, const char *why)
{
	head->status = status;
	head->why = why;
}

static void keep(struct ota_http_head *head, uint8_t c)
{
	if (head->used == head->room)
		refuse(head, 431, "fields");
	else
		head->kept[head->used++] = (char)c;
}

static bool is_token(uint8_t c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return true;
	return c && ota_text_has("!#$%&'*+-.^_`|~", (char)c);
}

static void take_method(struct ota_http_head *head, uint8_t c)
{
	if (c == ' ' && head->used) {
		keep(head, '\0');
		head->start = head->used;
		head->state = IN_TARGET;
	} else if (c >= 'A' && c <= 'Z' && head->used < METHOD_MAX) {
		keep(head, c);
	} else {
		refuse(head, 400, "method");
	}
}

static void take_target(struct ota_http_head *head, uint8_t c)
{
	bool empty = head->used == head->start;

	if (c == ' ' && !empty) {
		keep(head, '\0');
		head->start = 0;
		head->state = IN_VERSION;
	} else if (c > ' ' && c < 0x7F && (!empty || c == '/' || c == '*')) {
		keep(head, c);
	} else {
		refuse(head, 400, "target");
	}
}

static void take_version(struct ota_http_head *head, uint8_t c)
{
	size_t at = head->start++;

	if (at < sizeof(version) - 1 && c == (uint8_t)version[at])
		return;
	if (at == sizeof(version) - 1 && (c == '0' || c == '1'))
		head->minor = c - '0';
	else if (at == sizeof(version) && c == '\r')
		head->state = AT_LINE_LF;
	else
		refuse(head, 400, "version");
}

static void take_line_lf(struct ota_http_head *head, uint8_t c)
{
	if (c == '\n')
		head->state = AT_NAME;
	else
		refuse(head, 400, "bare CR");
}

static bool matches(const char *pattern, const char *name)
{
	while (*pattern && *pattern != '*' && *pattern == *name) {
		pattern++;
		name++;
	}
	return *pattern == '*' || *pattern == *name;
}

static bool is_wanted(const struct ota_http_head *head, const char *name)
{
	const char *const *field = head->rules->fields;

	if (ota_text_same(name, "host") || ota_text_same(name, "content-length") ||
	    ota_text_same(name, "transfer-encoding"))
		return true;
	while (*field && !matches(*field, name))
		field++;
	return *field != NULL;
}

/* The colon: is this field kept, and is it the first of its name? */
static void end_name(struct ota_http_head *head)
{
	const char *name = head->kept + head->start;

	keep(head, '\0');
	if (head->status)
		return;
	head->state = AT_VALUE;
	head->keeping = is_wanted(head, name);
	head->used = head->start;
	if (!head->keeping)
		return;
	if (ota_http_field(head, name))
		refuse(head, 400, "repeated field");
	head->used = (uint16_t)(head->start + ota_text_size(name) + 1);
	head->start = head->used;
}

/* A name is kept until its end shows whether that was worth it. */
static void take_name(struct ota_http_head *head, uint8_t c)
{
	if (c == ':' && head->used > head->start)
		end_name(head);
	else if (is_token(c))
		keep(head, c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c);
	else
		refuse(head, 400, "field name");
}

static void begin_name(struct ota_http_head *head, uint8_t c)
{
	if (c == '\r') {
		head->state = AT_LAST_LF;
		return;
	}
	head->start = head->used;
	head->state = IN_NAME;
	take_name(head, c);
}

static void take_length(struct ota_http_head *head, const char *text)
{
	if (!ota_text_number(text, &head->length))
		refuse(head, 400, "Content-Length");
	else if (head->length == OTA_HTTP_NO_LENGTH)
		head->length--;
}

static void end_value(struct ota_http_head *head)
{
	const char *value;

	head->state = AT_LINE_LF;
	if (!head->keeping)
		return;
	while (head->used > head->start &&
	       (head->kept[head->used - 1] == ' ' || head->kept[head->used - 1] == '\t'))
		head->used--;
	keep(head, '\0');
	value = head->kept + head->start;
	if (!head->status && ota_http_field(head, "content-length") == value)
		take_length(head, value);
}

static void take_value(struct ota_http_head *head, uint8_t c)
{
	if (head->state == AT_VALUE && (c == ' ' || c == '\t'))
		return;
	head->state = IN_VALUE;
	if (c == '\r')
		end_value(head);
	else if ((c < ' ' && c != '\t') || c == 0x7F)
		refuse(head, 400, "field value");
	else if (head->keeping)
		keep(head, c);
}

static void take_last_lf(struct ota_http_head *head, uint8_t c)
{
	if (c != '\n')
		refuse(head, 400, "bare CR");
	else if (!ota_http_field(head, "host"))
		refuse(head, 400, "Host is missing");
	else if (ota_http_field(head, "transfer-encoding"))
		head->length == OTA_HTTP_NO_LENGTH ? refuse(head, 411, "Transfer-Encoding")
						   : refuse(head, 400, "two lengths");
	else
		head->status = 200;
}

size_t ota_http_head_feed(struct ota_http_head *head, const void *data, size_t size)
{
	static void (*const take[])(struct ota_http_head *, uint8_t) = {
		[IN_METHOD] = take_method,   [IN_TARGET] = take_target, [IN_VERSION] = take_version,
		[AT_LINE_LF] = take_line_lf, [AT_NAME] = begin_name,    [IN_NAME] = take_name,
		[AT_VALUE] = take_value,     [IN_VALUE] = take_value,   [AT_LAST_LF] = take_last_lf,
	};
	const uint8_t *bytes = data;
	size_t n = 0;

	while (n < size && !head->status) {
		if (head->size++ == head->rules->size_max)
			refuse(head, 431, "size of the head");
		else
			take[head->state](head, bytes[n]);
		n++;
	}
	return n;
}

const char *ota_http_method(const struct ota_http_head *head)
{
	return head->kept;
}

const char *ota_http_target(const struct ota_http_head *head)
{
	return head->kept + ota_text_size(head->kept) + 1;
}

const char *ota_http_next_field(const struct ota_http_head *head, const char *name,
				const char **value)
{
	const char *end = head->kept + head->used;
	const char *next = name ? name : ota_http_target(head);

	next += ota_text_size(next) + 1;
	if (name) /* behind its value */
		next += ota_text_size(next) + 1;
	if (next >= end)
		return NULL;
	*value = next + ota_text_size(next) + 1;
	return next;
}

const char *ota_http_field(const struct ota_http_head *head, const char *name)
{
	const char *value = NULL;

	for (const char *field = NULL; (field = ota_http_next_field(head, field, &value));)
		if (ota_text_same(field, name))
			return value;
	return NULL;
}
