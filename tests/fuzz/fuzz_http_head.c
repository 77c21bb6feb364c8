/* SPDX-License-Identifier: MIT */
/* A head is read the same whatever pieces it comes in, and no field reaches beyond it. */
#include <stdlib.h>
#include <string.h>

#include "lib/http_head.h"

static const char *const fields[] = { "content-type", "ota-*", NULL };
static const struct ota_http_rules rules = { 600, fields };

static size_t feed(struct ota_http_head *head, char *kept, const uint8_t *data, size_t size,
		   size_t piece)
{
	size_t at = 0;

	ota_http_head_begin(head, &rules, kept, 200);
	while (at < size && !head->status)
		at += ota_http_head_feed(head, data + at, size - at < piece ? size - at : piece);
	return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ota_http_head whole, pieces;
	char kept[2][200];
	size_t taken;

	if (!size)
		return 0;
	taken = feed(&whole, kept[0], data + 1, size - 1, size);
	if (feed(&pieces, kept[1], data + 1, size - 1, data[0] % 16 + 1u) != taken ||
	    whole.status != pieces.status || whole.used != pieces.used ||
	    memcmp(kept[0], kept[1], whole.used) != 0)
		abort();
	if (whole.status == 200 &&
	    (!ota_http_field(&whole, "host") || ota_http_field(&whole, "x") ||
	     strlen(ota_http_target(&whole)) > 200))
		abort();
	return 0;
}
