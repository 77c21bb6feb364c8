/* SPDX-License-Identifier: MIT */
/* http_head.h - the head of an HTTP/1.0 or 1.1 request, byte by byte, in memory of fixed size
 *
 * Stricter than RFC 9112 where leniency lets two parties read one request in two ways: bare CR or
 * LF, obs-fold, blank before a colon, NUL, a repeated length or a repeated field of those kept are
 * refused, as is any number of Host fields but one. Nothing is percent-decoded. The memory holds each
 * field name while it arrives, so one longer than what is left of it is refused too. */
#ifndef OTA_HTTP_HEAD_H
#define OTA_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ota_http_rules {
	uint16_t size_max; /* bytes of the whole head */
	const char *const *fields; /* kept, in lower case, NULL at the end; "ota-*": all of these.
				    * Host, Content-Length and Transfer-Encoding always are. */
};

#define OTA_HTTP_NO_LENGTH UINT32_MAX

struct ota_http_head {
	const struct ota_http_rules *rules;
	char *kept; /* the caller's: method, target, then name and value of each field, NUL after each */
	uint16_t room, used; /* bytes of it */
	uint16_t size; /* bytes of the head so far */
	uint16_t status; /* 0: more is needed; 200: complete; else the answer: 400, 411, 431 */
	uint16_t start; /* in `kept`: of the target, then of a name or value */
	uint8_t state, minor; /* minor: of the HTTP version */
	bool keeping; /* the field under way */
	uint32_t length; /* Content-Length, UINT32_MAX - 1 where it is more; OTA_HTTP_NO_LENGTH */
	const char *why; /* what is refused, a few words */
};

/* Start a head; `kept` and `rules` stay the caller's. */
void ota_http_head_begin(struct ota_http_head *head, const struct ota_http_rules *rules, char *kept,
			 uint16_t room);

/* Take bytes until the head ends, either way; how many were taken. Look at head->status. */
size_t ota_http_head_feed(struct ota_http_head *head, const void *data, size_t size);

/* Of a complete head. The target is as it was sent, query and all. */
const char *ota_http_method(const struct ota_http_head *head);
const char *ota_http_target(const struct ota_http_head *head);

/* The value of a kept field (name in lower case), without blanks around it; NULL: not sent. */
const char *ota_http_field(const struct ota_http_head *head, const char *name);

/* The next kept field after `name`, as a call before gave it out (NULL: the first), and its value;
 * NULL: no more. */
const char *ota_http_next_field(const struct ota_http_head *head, const char *name,
				const char **value);

#endif
