/* SPDX-License-Identifier: EUPL-1.2 */
/* The annual tables as CSV for a spreadsheet and as Markdown. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "annual_sheets.h"
#include "meldluik/csv.h"
#include "meldluik/html.h"

void
put_format(struct buf *out, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0 || n >= (int)sizeof text) {
		out->failed = true;
		return;
	}
	buf_put(out, text, (size_t)n);
}

void
put_html(struct buf *out, const char *s)
{
	html_text(out, s, strlen(s));
}

static void
put_count(const struct sheets *s, int64_t n, struct buf *out)
{
	if (n > 0 && n < s->annual->limit) {
		put_format(out, "&lt;%d", s->annual->limit);
	} else {
		put_format(out, "%" PRId64, n);
	}
}

static void
put_warning(const struct sheets *s, const char *before, int64_t n,
    const char *what, const char *after, struct buf *out)
{
	if (n > 0) {
		buf_text(out, before);
		buf_text(out, "Niet meegeteld: ");
		put_count(s, n, out);
		buf_text(out, what);
		buf_text(out, after);
	}
}

static void
late_warnings(const struct sheets *s, const char *before, const char *what,
    const struct annual_years *y, const char *after, struct buf *out)
{
	for (size_t i = 0; i < y->n; i++) {
		char text[96];
		snprintf(text, sizeof text, " %s uit %d die kwamen nadat dat "
		    "jaar was gesloten.", what, y->row[i].year);
		put_warning(s, before, y->row[i].late, text, after, out);
	}
}

void
put_warnings(const struct sheets *s, const char *before, const char *after,
    struct buf *out)
{
	int limit = s->annual->limit;

	put_warning(s, before, s->left_out.no_type,
	    " melding(en) zonder soort.", after, out);
	put_warning(s, before, s->left_out.refused, " melding(en) waarvan de "
	    "gegevens elkaar tegenspreken.", after, out);
	late_warnings(s, before, "melding(en)", &s->annual->reports_per_year,
	    after, out);
	late_warnings(s, before, "adviesvraag/-vragen", &s->annual->advice_per_year,
	    after, out);
	if (limit > 0) {
		buf_text(out, before);
		put_format(out, "&lt;%d staat voor 1 tot en met %d. Een "
		    "sterretje staat voor een aantal waaruit zo'n klein "
		    "aantal zou volgen.", limit, limit - 1);
		buf_text(out, after);
	}
}

void
sheets_csv(const struct sheets *s, struct buf *out)
{
	static const char *const header[] = {"table", "label", "column",
		"value", "print"};

	for (unsigned i = 0; i < 5; i++) {
		csv_put(out, header[i], i == 4);
	}
	for (unsigned i = 0; i < SHEETS; i++) {
		const struct sheet *t = &s->sheet[i];
		for (size_t r = 0; r < t->rows; r++) {
			for (unsigned c = 0; c < t->columns; c++) {
				const struct sheet_cell *v =
				    &t->row[r].cell[c];
				char value[24] = "";
				if (!v->hidden) {
					snprintf(value, sizeof value,
					    "%" PRId64, v->value);
				}
				csv_put(out, t->key, false);
				csv_put(out, t->row[r].label, false);
				csv_put(out, t->heading[c], false);
				csv_put(out, value, false);
				csv_put(out, v->print, true);
			}
		}
	}
}

static void
put_markdown(struct buf *out, const char *s)
{
	markdown_text(out, s, strlen(s), true);
}

static void
markdown_table(const struct sheet *t, unsigned number, struct buf *out)
{
	put_format(out, "\n## Tabel %u. ", number);
	put_markdown(out, t->caption);
	buf_text(out, "\n\n| ");
	put_markdown(out, t->head);
	for (unsigned c = 0; c < t->columns; c++) {
		buf_text(out, " | ");
		put_markdown(out, t->heading[c]);
	}
	buf_text(out, " |\n|---|");
	for (unsigned c = 0; c < t->columns; c++) {
		buf_text(out, "--:|");
	}
	buf_text(out, "\n");
	for (size_t r = 0; r < t->rows; r++) {
		buf_text(out, "| ");
		put_markdown(out, t->row[r].label);
		for (unsigned c = 0; c < t->columns; c++) {
			buf_text(out, " | ");
			put_markdown(out, t->row[r].cell[c].print);
		}
		buf_text(out, " |\n");
	}
}

void
sheets_markdown(const struct sheets *s, struct buf *out)
{
	char day[DAY_TEXT];

	day_text(s->annual->as_of, day);
	put_format(out, "# Jaarverslag integriteit %d\n\n", s->annual->year);
	put_markdown(out, s->organisation);
	put_format(out, "\n\nStand op %s. Het jaar van ontvangst telt.\n",
	    day);
	put_warnings(s, "\n", "\n", out);
	for (unsigned i = 0; i < SHEETS; i++) {
		markdown_table(&s->sheet[i], i + 1, out);
	}
}
