/* SPDX-License-Identifier: MIT */
/* tool_svg_boxes: does every label of the SVG on stdin lie inside the picture, and none on another?
 * A box is as wide as its letters in a monospaced font (0.61 of the height each), from the ascent
 * above the base line to the descent below it. Prints what is wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/part_text.h"

#define BOXES_MAX 2048

struct box {
	double left, right, top, bottom;
	char text[256];
};

static double attribute(const char *element, const char *end, const char *name)
{
	char pattern[32];
	const char *at;

	snprintf(pattern, sizeof(pattern), " %s=\"", name);
	at = strstr(element, pattern);
	return at && at < end ? strtod(at + strlen(pattern), NULL) : 0;
}

/* The text between `from` and `to` with each entity as one letter. */
static void take_text(const char *from, const char *to, char text[static 256])
{
	size_t n = 0;

	while (from < to && n < 255) {
		text[n++] = *from == '&' ? '&' : *from;
		from = *from == '&' ? strchr(from, ';') + 1 : from + 1;
	}
	text[n] = '\0';
}

static const char *take_box(const char *element, double letter, struct box *box)
{
	const char *begin = strchr(element, '>') + 1, *end = strstr(begin, "</text>");
	const char *anchor = strstr(element, "text-anchor=\"end\"");
	double x = attribute(element, begin, "x"), y = attribute(element, begin, "y"), width;

	take_text(begin, end, box->text);
	width = (double)ota_text_columns(box->text) * letter * 0.61;
	box->left = anchor && anchor < begin ? x - width : x;
	box->right = box->left + width;
	box->top = y - 0.93 * letter;
	box->bottom = y + 0.24 * letter;
	return end;
}

static int overlap(const struct box *a, const struct box *b)
{
	return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

int main(void)
{
	static char svg[4 << 20];
	static struct box boxes[BOXES_MAX];
	size_t size = fread(svg, 1, sizeof(svg) - 1, stdin), count = 0;
	const char *head_end = strchr(svg, '>');
	int bad = 0;

	if (strncmp(svg, "<svg ", 5) != 0 || strcmp(svg + size - 7, "</svg>\n") != 0) {
		puts("not a whole SVG");
		return 1;
	}
	for (const char *p = svg; (p = strstr(p, "<text")) && count < BOXES_MAX; count++)
		p = take_box(p, attribute(svg, head_end, "font-size"), &boxes[count]);
	for (size_t i = 0; i < count; i++) {
		const struct box *a = &boxes[i];

		if (a->left < 0 || a->top < 0 || a->right > attribute(svg, head_end, "width") ||
		    a->bottom > attribute(svg, head_end, "height"))
			bad = printf("'%s' reaches out of the picture\n", a->text);
		for (size_t k = i + 1; k < count; k++)
			if (overlap(a, &boxes[k]))
				bad = printf("'%s' lies on '%s'\n", a->text, boxes[k].text);
	}
	if (count < 4)
		bad = printf("%zu labels\n", count);
	return bad != 0;
}
