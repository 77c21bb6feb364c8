/* SPDX-License-Identifier: MIT */
/* finding.h - findings as sentences and as JSON */
#ifndef OTA_HOST_FINDING_H
#define OTA_HOST_FINDING_H

#include <jansson.h>

#include "lib/status.h"

/* `pattern` with its placeholders filled in from the diag; NULL when out of memory, or when
 * the pattern is. The caller frees. */
char *ota_finding_text(const char *pattern, const struct ota_diag *diag);

/* One finding: rule severity line|offset name message value low high fix. `strict` shows warnings
 * as errors. NULL when out of memory. */
json_t *ota_finding_json(const struct ota_diag *diag, bool strict);

/* A string that came from data: bytes that are no UTF-8 become U+FFFD; NULL becomes null. */
json_t *ota_json_text(const char *text);

#endif
