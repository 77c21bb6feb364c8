/* SPDX-License-Identifier: MIT */
/* part_text.h - partitions as people read them */
#ifndef OTA_HOST_PART_TEXT_H
#define OTA_HOST_PART_TEXT_H

#include <stdio.h>

#include "lib/table.h"

/* "12 B", "4 KiB", "1600 KiB", "2 MiB", rounded to five digits; up to ten columns. */
#define OTA_SIZE_TEXT_SIZE 24
const char *ota_size_text(uint64_t size, char text[static OTA_SIZE_TEXT_SIZE]);

/* The word for `value`, or the number "0x40" where there is none. */
#define OTA_WORD_TEXT_SIZE 8
const char *ota_word_text(const struct ota_keyword *list, unsigned value,
			  char number[static OTA_WORD_TEXT_SIZE]);

/* Type and subtype: "app/ota_0", "data/0x99". */
#define OTA_TYPE_TEXT_SIZE 48
const char *ota_type_text(const struct ota_part *part, const struct ota_names *names,
			  char text[static OTA_TYPE_TEXT_SIZE]);

/* How many columns of a terminal a UTF-8 text takes; bytes that are no UTF-8 count one each. */
size_t ota_text_columns(const char *text);

/* Print as much of `text` as fits `columns`, the last one "~" if something is left out; control
 * characters and bytes that are no UTF-8 become "?". Returns how many columns that took. */
size_t ota_text_put(FILE *out, const char *text, size_t columns);

#endif
