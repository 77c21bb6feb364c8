/* SPDX-License-Identifier: MIT */
/* map_svg.c - a table's map as SVG: a bar to scale, and a row of text beside it for each region
 *
 * Rows have their own pitch, so that labels never touch, however small the regions are; a line leads
 * from each region to its row. Colours follow prefers-color-scheme. */
#include <inttypes.h>
#include <string.h>

#include "lib/host/finding.h"
#include "lib/host/part_text.h"
#include "lib/host/table_map.h"

/* Pixels. */
#define MARGIN 24
#define BAR_WIDTH 120
#define LEAD_WIDTH 48 /* from the bar to the labels */
#define PITCH 22 /* of rows; letters are 13 high */
#define LETTER 8 /* no monospaced letter of that height is wider */
#define COLUMN_GAP 2 /* letters */
#define BAR_HEIGHT_MIN 440
#define TITLE_HEIGHT 34
#define NAME_MAX 32 /* letters */

/* Plain colours, and not variables, which some viewers do not know. */
static const char style[] =
	"<style>\n"
	".bg,.blank{fill:#fff}text{fill:#1f2328}.dim{fill:#656d76}\n"
	".lead{stroke:#afb8c1}.bad{fill:#cf222e}.hit{stroke:#cf222e}\n"
	".free{fill:#eaeef2}.bootloader,.table{fill:#8c959f}.app{fill:#2f81d8}\n"
	".otadata{fill:#8250df}.data{fill:#d4860b}.other{fill:#1b7c83}\n"
	".title,.name{font-weight:600}.lead{fill:none}.blank{opacity:.6}.hit{stroke-width:2}\n"
	"@media(prefers-color-scheme:dark){\n"
	".bg,.blank{fill:#0d1117}text{fill:#e6edf3}.dim{fill:#8b949e}\n"
	".lead{stroke:#484f58}.bad{fill:#f85149}.hit{stroke:#f85149}\n"
	".free{fill:#21262d}.bootloader,.table{fill:#6e7681}.app{fill:#58a6ff}\n"
	".otadata{fill:#a371f7}.data{fill:#e3a03c}.other{fill:#39c5cf}\n"
	"}\n</style>\n";

/* Where things go; labels are columns of text. */
struct layout {
	const struct ota_map *map;
	int height; /* of the bar */
	int name_x, type_x, offset_x, size_x, note_x, width;
	int rows[2 * OTA_TABLE_MAX + 4]; /* vertical middle of each label */
};

static void put_xml(FILE *out, const char *text, size_t columns)
{
	json_t *clean = ota_json_text(text); /* valid UTF-8 */
	const char *p = clean ? json_string_value(clean) : "";
	bool cut = ota_text_columns(p) > columns;
	char shown[8 * NAME_MAX] = "";
	FILE *buffer = fmemopen(shown, sizeof(shown), "w");

	if (buffer) {
		ota_text_put(buffer, p, columns - cut);
		fclose(buffer);
	}
	for (p = shown; *p; p++) {
		if (*p == '&')
			fputs("&amp;", out);
		else if (*p == '<')
			fputs("&lt;", out);
		else if (*p == '>')
			fputs("&gt;", out);
		else
			putc(*p, out);
	}
	json_decref(clean);
}

static double y_of(const struct layout *l, uint64_t addr)
{
	return MARGIN + TITLE_HEIGHT + (double)addr / (double)l->map->size * l->height;
}

static double middle_of(const struct layout *l, const struct ota_region *region)
{
	return y_of(l, region->offset + region->size / 2);
}

/* Rows as near to their regions as the pitch allows: down first, then up from the end. */
static void place_rows(struct layout *l)
{
	int top = MARGIN + TITLE_HEIGHT + PITCH / 2, bottom = top + l->height - PITCH;
	size_t count = l->map->count;

	for (size_t i = 0; i < count; i++) {
		int least = i ? l->rows[i - 1] + PITCH : top;
		int wanted = (int)middle_of(l, &l->map->regions[i]);

		l->rows[i] = wanted > least ? wanted : least;
	}
	for (size_t i = count; i-- > 0;) {
		int most = i + 1 < count ? l->rows[i + 1] - PITCH : bottom;

		l->rows[i] = l->rows[i] < most ? l->rows[i] : most;
	}
}

static void lay_out(struct layout *l, const struct ota_map *map)
{
	size_t name = 0, type = 0;
	bool notes = false;

	l->map = map;
	for (size_t i = 0; i < map->count; i++) {
		const struct ota_region *region = &map->regions[i];
		char text[OTA_TYPE_TEXT_SIZE];
		size_t n = ota_text_columns(ota_region_name(region));

		name = n > name ? n : name;
		n = region->part ? strlen(ota_type_text(region->part, map->names, text)) : 0;
		type = n > type ? n : type;
		notes |= region->overlaps || region->active || region->used != OTA_USED_UNKNOWN;
	}
	name = name > NAME_MAX ? NAME_MAX : name;
	l->height = (int)map->count * PITCH;
	l->height = l->height > BAR_HEIGHT_MIN ? l->height : BAR_HEIGHT_MIN;
	l->name_x = MARGIN + BAR_WIDTH + LEAD_WIDTH;
	l->type_x = l->name_x + (int)(name + COLUMN_GAP) * LETTER;
	l->offset_x = l->type_x + (int)(type + COLUMN_GAP) * LETTER;
	l->size_x = l->offset_x + (10 + COLUMN_GAP + 10) * LETTER; /* its right end */
	l->note_x = l->size_x + COLUMN_GAP * LETTER;
	l->width = (notes ? l->note_x + 17 * LETTER : l->size_x) + MARGIN;
	place_rows(l);
}

/* The region in the bar; an inner one where it overlaps, washed out where it is erased. */
static void put_box(FILE *out, const struct layout *l, const struct ota_region *region)
{
	double y = y_of(l, region->offset), h = y_of(l, region->offset + region->size) - y;
	int x = MARGIN + (region->overlaps ? BAR_WIDTH / 2 : 0);
	double gap = h > 3 ? 1 : 0;

	fprintf(out, "<rect class=\"%s%s\" x=\"%d\" y=\"%.2f\" width=\"%d\" height=\"%.2f\"/>\n",
		ota_region_kind_name(region->kind), region->overlaps ? " hit" : "", x, y,
		MARGIN + BAR_WIDTH - x, h > .5 ? h - gap : .5);
	if (region->used == OTA_USED_UNKNOWN || !region->size || region->used == region->size)
		return;
	y += h * (double)region->used / (double)region->size;
	h *= 1 - (double)region->used / (double)region->size;
	fprintf(out, "<rect class=\"blank\" x=\"%d\" y=\"%.2f\" width=\"%d\" height=\"%.2f\"/>\n",
		x, y, MARGIN + BAR_WIDTH - x, h > gap ? h - gap : 0);
}

static void put_note(FILE *out, const struct layout *l, const struct ota_region *region, int y)
{
	char note[24] = "";

	if (region->overlaps)
		snprintf(note, sizeof(note), "overlaps");
	else if (region->used != OTA_USED_UNKNOWN && region->size)
		snprintf(note, sizeof(note), "%u%% used%s",
			 (unsigned)(region->used * 100 / region->size),
			 region->active ? ", starts" : "");
	else if (region->active)
		snprintf(note, sizeof(note), "starts");
	if (*note)
		fprintf(out, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n",
			region->overlaps ? "bad" : "dim", l->note_x, y, note);
}

static void put_label(FILE *out, const struct layout *l, size_t i)
{
	const struct ota_region *region = &l->map->regions[i];
	const char *dim = region->part ? "name" : "dim";
	int y = l->rows[i] + 4; /* the base line */
	char text[OTA_TYPE_TEXT_SIZE], size[OTA_SIZE_TEXT_SIZE];

	fprintf(out, "<path class=\"lead\" d=\"M%d %.2fh8L%d %dh8\"/>\n", MARGIN + BAR_WIDTH + 2,
		middle_of(l, region), l->name_x - 14, l->rows[i]);
	fprintf(out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", dim, l->name_x, y);
	put_xml(out, ota_region_name(region), NAME_MAX);
	fputs("</text>\n", out);
	if (region->part) {
		fprintf(out, "<text x=\"%d\" y=\"%d\">", l->type_x, y);
		put_xml(out, ota_type_text(region->part, l->map->names, text), OTA_TYPE_TEXT_SIZE);
		fputs("</text>\n", out);
	}
	fprintf(out, "<text class=\"dim\" x=\"%d\" y=\"%d\">0x%08" PRIx64 "</text>\n", l->offset_x,
		y, region->offset);
	fprintf(out, "<text%s x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
		region->part ? "" : " class=\"dim\"", l->size_x, y,
		ota_size_text(region->size, size));
	put_note(out, l, region, y);
}

void ota_map_print_svg(FILE *out, const struct ota_map *map, const char *title)
{
	struct layout l;
	int height;
	char size[OTA_SIZE_TEXT_SIZE];

	lay_out(&l, map);
	height = 2 * MARGIN + TITLE_HEIGHT + l.height;
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,"
		"Consolas,monospace\" font-size=\"13\">\n%s",
		l.width, height, l.width, height, style);
	fprintf(out, "<rect class=\"bg\" width=\"%d\" height=\"%d\"/>\n", l.width, height);
	fprintf(out, "<text class=\"title\" x=\"%d\" y=\"%d\">", MARGIN, MARGIN + 12);
	put_xml(out, title, NAME_MAX);
	fprintf(out, ": flash of %s%s</text>\n", ota_size_text(map->flash_size, size),
		map->size > map->flash_size ? ", less than needed" : "");
	for (size_t i = 0; i < map->count; i++)
		put_box(out, &l, &map->regions[i]);
	for (size_t i = 0; i < map->count; i++)
		put_label(out, &l, i);
	fputs("</svg>\n", out);
}
