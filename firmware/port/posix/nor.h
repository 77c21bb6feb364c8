/* SPDX-License-Identifier: MIT */
/* nor.h - NOR flash in memory: its rules, what it costs, and power cuts in the middle of it
 *
 * An operation is a page program (up to 256 bytes within a page) or an erase of 4 or 64 KiB. Programming
 * clears bits; to set one is a mistake of the caller's and fails. After a cut every access fails
 * until the power is back. */
#ifndef OTA_POSIX_NOR_H
#define OTA_POSIX_NOR_H

#include "firmware/core/ota_port.h"

#define OTA_NOR_PAGE 256u

/* What the operation at which the power fails has done by then. */
struct ota_tear {
	char kind; /* 'n' nothing; 'a' all; 'w' an erase that reads blank and will not last, a program
		    * nothing; 'p' the first `value` bytes (erase: words); 'q' those, and
		    * half the bits of the next byte; 'm' of each eight words of 4 bytes those that
		    * are set in the mask `value`; 'r' a random subset of the bits to clear (erase: of
		    * the words), by seed `value` */
	uint32_t value;
};

/* "n", "p17", "r5"; false: not of this form. */
bool ota_tear_parse(const char *text, struct ota_tear *tear);

struct ota_nor_timing {
	const char *name;
	uint32_t page_us, erase_4k_us, erase_64k_us; /* microseconds, typical */
	uint32_t read_mb, digest_mb; /* bytes per microsecond */
};

extern const struct ota_nor_timing ota_nor_w25q32;

struct ota_nor_count {
	uint32_t erases_4k, erases_64k, pages;
	uint32_t programmed, read, blank; /* bytes; blank: read to find that out */
};

struct ota_nor {
	struct ota_flash flash; /* the port's view */
	uint8_t *data;
	struct ota_nor_count count;
	uint64_t ops; /* erases and page programs */
	uint64_t cut_at; /* the operation, from 1, at which the power fails; 0: never */
	struct ota_tear tear;
	bool dead; /* the power is off */
	bool misused; /* a bit was to be set, or an address was wrong */
	uint32_t weak, weak_end; /* reads blank, must be erased (again) before it is programmed */
	uint32_t stuck; /* an address whose lowest bit stays 1; UINT32_MAX: none */
	uint32_t failing; /* as many writes fail, without doing anything; UINT32_MAX: all */
	uint64_t fail_at; /* from the first that would be this operation on; 0: at once */
};

/* `data` stays the caller's; contents are as they are. */
void ota_nor_begin(struct ota_nor *nor, uint8_t *data, uint32_t size);

/* The power comes back; no cut is planned any more. */
void ota_nor_power_on(struct ota_nor *nor);

/* Time that the operations counted take, microseconds. */
uint64_t ota_nor_time(const struct ota_nor_timing *timing, const struct ota_nor_count *count);

#endif
