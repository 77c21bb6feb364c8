/* SPDX-License-Identifier: MIT */
/* status.h - what every function returns, where it went wrong, and which rule was broken */
#ifndef OTA_STATUS_H
#define OTA_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OTA_MUST_CHECK __attribute__((warn_unused_result))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

enum ota_status {
	OTA_OK = 0,
	OTA_E_SHORT, /* the data ends before the format does */
	OTA_E_MAGIC, /* another kind of data */
	OTA_E_CHECKSUM, /* CRC, XOR, digest or signature does not match */
	OTA_E_VALUE, /* a field holds what its rule forbids */
	OTA_E_FULL, /* more than fits */
	OTA_E_MISSING, /* nothing of that name */
	OTA_E_MEMORY,
	OTA_E_SYSTEM, /* the operating system's no; errno is set */
	OTA_E_DEVICE, /* a flash operation failed */
};

/* One short sentence, without a final stop. */
const char *ota_status_text(enum ota_status status);

/* Sentences are for hosts: firmware built with OTA_NO_TEXT keeps the ids only. */
#ifdef OTA_NO_TEXT
#define OTA_TEXT(s) NULL
#define OTA_SAID(what, text, fix)
#else
#define OTA_TEXT(s) s
#define OTA_SAID(what, text, fix) what, text, fix
#endif

enum ota_severity { OTA_ERROR, OTA_WARNING, OTA_INFO };

/* A rule that data can break; written { id, severity, OTA_SAID(what, text, fix) }. `what`, `text` and `fix` may hold the placeholders
 * {value} {low} {high} (hexadecimal; {value:d} decimal), {name} {other} and {word},
 * filled in from the diag by lib/host/finding.c. */
struct ota_rule {
	const char *id; /* kebab-case, stable for ever */
	enum ota_severity severity;
#ifndef OTA_NO_TEXT
	const char *what; /* what was found */
	const char *text; /* the rule itself */
	const char *fix; /* what to do; NULL: nothing to add */
#endif
};

#define OTA_NO_OFFSET UINT32_MAX

/* Where, which rule, and the numbers of the sentence. The library fills it in and never
 * prints. Pointers lead into the data that was judged and live as long as it does. */
struct ota_diag {
	const struct ota_rule *rule;
	unsigned line; /* text input: counted from 1; 0 if binary */
	uint32_t offset; /* binary input: byte offset of the field, or OTA_NO_OFFSET */
	uint64_t value, low, high; /* offending value and legal range */
	const char *name, *other; /* what is concerned: labels, NULL if none */
	const char *word; /* text input: the offending text, not terminated */
	size_t word_size; /* bytes */
};

/* Takes one finding. The diag is valid during the call only. */
typedef void ota_report_fn(void *ctx, const struct ota_diag *diag);

#endif
