/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bar charts as SVG, made of a table that is printed too: a chart adds no
 * figure, and whoever cannot see it misses none. A zero has no bar and the
 * number 0; a blank cell has neither.
 */
#include <inttypes.h>
#include <string.h>

#include "annual_sheets.h"

#define WIDTH 760
#define LABELS 410 /* left of lying bars */
#define VALUES 60  /* right of the longest bar */
#define BAR 16
#define GAP 10
#define TALL 180   /* the longest standing bar */

static const char *const class_of[] = {"soft", "now"};

static int64_t
highest(const struct sheet *s)
{
	int64_t most = 1;

	for (size_t r = 0; r < s->rows; r++) {
		for (unsigned c = 0; c < s->columns; c++) {
			int64_t v = s->row[r].cell[c].value;
			most = !s->row[r].total && v > most ? v : most;
		}
	}
	return most;
}

static void
chart_begin(const struct sheet *s, unsigned number, int height,
    struct buf *out)
{
	put_format(out, "<svg role=\"img\" aria-labelledby=\"g%u\" "
	    "viewBox=\"0 0 %d %d\"><title id=\"g%u\">", number, WIDTH, height,
	    number);
	put_html(out, s->caption);
	put_format(out, ", staafdiagram; dezelfde cijfers staan in tabel %u"
	    "</title>\n", number);
}

static void
bar_lying(const struct sheet_cell *v, int64_t most, unsigned class, int y,
    struct buf *out)
{
	int long_bar = WIDTH - LABELS - VALUES;
	int width = (int)(v->value * long_bar / most);

	if (v->value > 0) {
		put_format(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" "
		    "width=\"%d\" height=\"%d\"/>", class_of[class], LABELS,
		    y, width > 0 ? width : 1, BAR);
	}
	if (v->print[0] != 0) {
		put_format(out, "<text x=\"%d\" y=\"%d\">",
		    LABELS + width + 6, y + BAR - 4);
		put_html(out, v->print);
		buf_text(out, "</text>");
	}
	buf_text(out, "\n");
}

void
chart_lying(const struct sheet *s, unsigned number, struct buf *out)
{
	int group = (int)s->columns * (BAR + 2) + GAP, y = GAP;
	int64_t most = highest(s);
	size_t rows = 0;

	for (size_t r = 0; r < s->rows; r++) {
		rows += !s->row[r].total;
	}
	chart_begin(s, number, (int)rows * group + GAP, out);
	for (size_t r = 0; r < s->rows; r++) {
		if (s->row[r].total) {
			continue;
		}
		put_format(out, "<text x=\"%d\" y=\"%d\" "
		    "text-anchor=\"end\">", LABELS - 8,
		    y + (group - GAP) / 2 + 4);
		put_html(out, s->row[r].label);
		buf_text(out, "</text>\n");
		for (unsigned c = 0; c < s->columns; c++) {
			bar_lying(&s->row[r].cell[c], most,
			    c + 1 == s->columns, y + (int)c * (BAR + 2), out);
		}
		y += group;
	}
	put_format(out, "<path class=\"axis\" d=\"M%d 2V%d\"/></svg>\n",
	    LABELS, y);
}

/* Years: the last one, the year of the report, is dark */
void
chart_standing(const struct sheet *s, unsigned number, struct buf *out)
{
	int64_t most = highest(s);
	int n = s->rows > 0 ? (int)s->rows : 1, base = TALL + 24;

	chart_begin(s, number, base + 24, out);
	for (int r = 0; r < (int)s->rows; r++) {
		const struct sheet_row *row = &s->row[r];
		int x = r * WIDTH / n, slot = (r + 1) * WIDTH / n - x;
		int tall = (int)(row->cell[0].value * TALL / most);
		int middle = x + slot / 2;
		if (row->cell[0].value > 0) {
			put_format(out, "<rect class=\"%s\" x=\"%d\" "
			    "y=\"%d\" width=\"%d\" height=\"%d\"/>",
			    class_of[r + 1 == n], x + slot / 8,
			    base - (tall > 0 ? tall : 1),
			    slot - slot / 4 > 0 ? slot - slot / 4 : 1,
			    tall > 0 ? tall : 1);
		}
		put_format(out, "<text x=\"%d\" y=\"%d\" "
		    "text-anchor=\"middle\">", middle, base - tall - 6);
		put_html(out, row->cell[0].print);
		put_format(out, "</text><text x=\"%d\" y=\"%d\" "
		    "text-anchor=\"middle\">", middle, base + 16);
		/* Too many years for a name each: the first and the last */
		if (slot >= 34 || r == 0 || r + 1 == n) {
			put_html(out, row->label);
		}
		buf_text(out, "</text>\n");
	}
	put_format(out, "<path class=\"axis\" d=\"M0 %dH%d\"/></svg>\n",
	    base, WIDTH);
}
