/* SPDX-License-Identifier: MIT */
/* content_text.h - what a partition of a dump holds, as words and as JSON */
#ifndef CLI_CONTENT_TEXT_H
#define CLI_CONTENT_TEXT_H

#include <jansson.h>

#include "lib/host/contents.h"

/* "lamp 1.4.2, running", "blank, next", "selects ota_1": a line without end. */
void content_print(const struct ota_contents *contents, unsigned row);

/* {kind, project, version, state, blank, used, running, next, broken}; absent facts are null. */
json_t *content_json(const struct ota_contents *contents, unsigned row);

#endif
