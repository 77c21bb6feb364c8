/* SPDX-License-Identifier: MIT */
#include "firmware/port/posix/bad_link.h"

#define BURST_MS 250u /* worth of bytes that may come at once after a pause */

static void gain(struct ota_bad_link *link, uint32_t now_ms)
{
	uint64_t most = (uint64_t)link->rate * BURST_MS / 1000 + 1;
	uint64_t more = (uint64_t)link->rate * (now_ms - link->since) / 1000;

	if (!more)
		return; /* a part of a byte is not lost */
	link->since = now_ms;
	link->allowed = (uint32_t)(link->allowed + more < most ? link->allowed + more : most);
}

size_t ota_bad_link_allow(struct ota_bad_link *link, uint32_t now_ms, uint32_t before, size_t size)
{
	if (link->drops && size > link->drop_after - before)
		size = link->drop_after - before;
	if (!link->rate)
		return size;
	gain(link, now_ms);
	return size < link->allowed ? size : link->allowed;
}

bool ota_bad_link_breaks(struct ota_bad_link *link, uint32_t *before, size_t size)
{
	*before += (uint32_t)size;
	link->allowed -= link->rate ? (uint32_t)size : 0;
	if (!link->drops || *before < link->drop_after)
		return false;
	link->drops--;
	return true;
}
