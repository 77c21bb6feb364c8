/* SPDX-License-Identifier: MIT */
/* csv_line.h - one line of a partition CSV: variables replaced, columns cut */
#ifndef OTA_HOST_CSV_LINE_H
#define OTA_HOST_CSV_LINE_H

#include "lib/host/table_csv.h"

#define CSV_LINE_MAX (1u << 20) /* bytes of a line with its variables replaced */

enum csv_column { CSV_NAME, CSV_TYPE, CSV_SUBTYPE, CSV_OFFSET, CSV_SIZE, CSV_FLAGS, CSV_COLUMNS };

/* A piece of text, not terminated. */
struct csv_field {
	const char *text;
	size_t size;
};

struct csv_expander {
	ota_lookup_fn *lookup; /* NULL: nothing is replaced */
	void *ctx;
	char *text; /* the line being made */
	size_t used, room;
};

/* Replace `line` by its text with $NAME and ${NAME} replaced and blanks cut off; it lives until the
 * next call. OTA_E_VALUE: it begins with a variable that has no value, or grows too long; OTA_E_MEMORY. */
OTA_MUST_CHECK enum ota_status csv_expand(struct csv_expander *e, struct csv_field *line,
					  struct ota_diag *diag);
void csv_expander_free(struct csv_expander *e);

/* Cut a line at its commas, blanks taken off; missing columns are empty, further ones ignored. */
void csv_cut(const char *text, size_t size, struct csv_field fields[static CSV_COLUMNS]);

#endif
