/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The annual report as one page for the screen and for A4. It asks for no
 * other file and runs no script; every label passes html_text. Written so
 * that an XML parser reads it too.
 */
#include <stdio.h>
#include <string.h>

#include "annual_sheets.h"
#include "letters.h"

static const char style[] =
    "@page{size:A4;margin:18mm 16mm}\n"
    "body{font:11pt/1.45 'Liberation Sans',Arial,sans-serif;color:#111;"
    "max-width:178mm;margin:1em auto;padding:0 1em}\n"
    "h1{font-size:22pt;margin:.2em 0}h2{font-size:15pt;margin:1.4em 0 .4em;"
    "border-bottom:2px solid #0c3a43}\n"
    "table{border-collapse:collapse;width:100%;margin:.8em 0}\n"
    "caption{text-align:left;font-weight:bold;padding:.3em 0}\n"
    "th,td{padding:.25em .5em;border-bottom:1px solid #888;"
    "text-align:left;font-weight:normal}\n"
    "thead th{font-weight:bold;border-bottom:2px solid #333}\n"
    ".num{text-align:right;width:6em}.total *{font-weight:bold;"
    "border-top:2px solid #333}\n"
    "figure{margin:1em 0}figcaption{font-size:9.5pt}svg{width:100%;"
    "height:auto;font:12px 'Liberation Sans',Arial,sans-serif}\n"
    ".now{fill:#0c3a43}.soft{fill:#7fa9b2}.axis{stroke:#111;fill:none}\n"
    ".meta{font-size:9.5pt}.warn{border-left:4px solid #a33;"
    "padding-left:.6em}.typed{white-space:pre-wrap}\n"
    "@media print{body{margin:0;padding:0;max-width:none}"
    "table,figure,tr{break-inside:avoid}h2,caption{break-after:avoid}"
    "rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

static void
put_day(struct buf *out, day_t d)
{
	char day[LETTER_DAY];

	letter_day(d, true, day);
	buf_text(out, day);
}

static void
put_table(const struct sheets *s, enum sheet_name name, struct buf *out)
{
	const struct sheet *t = &s->sheet[name];

	put_format(out, "<table id=\"tabel-%u\"><caption>Tabel %u. ",
	    (unsigned)name + 1, (unsigned)name + 1);
	put_html(out, t->caption);
	if (t->columns == 1 && t->rows > 0 &&
	    t->row[0].label != t->row[0].year) {
		put_format(out, " %d", s->annual->year);
	}
	buf_text(out, "</caption><thead><tr><th scope=\"col\">");
	put_html(out, t->head);
	buf_text(out, "</th>");
	for (unsigned c = 0; c < t->columns; c++) {
		buf_text(out, "<th scope=\"col\" class=\"num\">");
		put_html(out, t->heading[c]);
		buf_text(out, "</th>");
	}
	buf_text(out, "</tr></thead>\n<tbody>\n");
	for (size_t r = 0; r < t->rows; r++) {
		buf_text(out, t->row[r].total ? "<tr class=\"total\">" :
		    "<tr>");
		buf_text(out, "<th scope=\"row\">");
		put_html(out, t->row[r].label);
		buf_text(out, "</th>");
		for (unsigned c = 0; c < t->columns; c++) {
			buf_text(out, "<td class=\"num\">");
			put_html(out, t->row[r].cell[c].print);
			buf_text(out, "</td>");
		}
		buf_text(out, "</tr>\n");
	}
	buf_text(out, "</tbody></table>\n");
}

static void
put_chart(const struct sheets *s, enum sheet_name name,
    void (*chart)(const struct sheet *, unsigned, struct buf *),
    const char *more, struct buf *out)
{
	const struct sheet *t = &s->sheet[name];

	buf_text(out, "<figure>");
	chart(t, (unsigned)name + 1, out);
	buf_text(out, "<figcaption>");
	put_html(out, t->caption);
	put_format(out, ". %sCijfers: tabel %u.</figcaption></figure>\n",
	    more, (unsigned)name + 1);
}

void
sheets_head(const struct sheets *s, struct buf *out)
{
	const struct annual *a = s->annual;

	buf_text(out, "<!DOCTYPE html>\n<html lang=\"nl\">\n<head>\n"
	    "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\"/>\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n");
	put_format(out, "<title>Jaarverslag integriteit %d</title>\n<style>",
	    a->year);
	buf_text(out, style);
	buf_text(out, "</style>\n</head>\n<body>\n<p>");
	put_html(out, s->organisation);
	put_format(out, "</p>\n<h1>Jaarverslag integriteit %d</h1>\n"
	    "<p class=\"meta\">Register van meldingen, stand op ", a->year);
	put_day(out, a->as_of);
	buf_text(out, ". Het jaar van ontvangst telt.</p>\n");
	if (a->as_of < day_make(a->year, 12, 31)) {
		buf_text(out, "<p class=\"warn\">Voorlopig: het verslagjaar "
		    "is nog niet voorbij.</p>\n");
	}
	put_warnings(s, "<p class=\"warn\">", "</p>\n", out);
}

/* A number in the middle of a sentence, as the published report words it */
static void
put_word(struct buf *out, const char *before, const struct figure *g)
{
	buf_text(out, before);
	if (g->printed && g->print[0] != 0) {
		put_html(out, g->print);
	} else {
		put_format(out, "%lld", (long long)g->value);
	}
}

static void
put_reports(const struct sheets *s, struct buf *out)
{
	const struct annual *a = s->annual;

	put_format(out, "<h2>Meldingen in %d</h2>\n", a->year);
	put_word(out, "<p>Aantal ontvangen meldingen: ", &a->total);
	for (size_t i = 0; i < a->origins; i++) {
		put_word(out, i == 0 ? ", waarvan " : " en ",
		    &a->origin[i].figure);
		buf_text(out, " ");
		put_html(out, a->origin[i].label);
	}
	put_word(out, ". Gestarte (voor)onderzoeken: ", &a->started);
	put_word(out, "; afgerond: ", &a->completed);
	put_word(out, ". (Gedeeltelijk) gegrond: ", &a->upheld);
	put_word(out, "; afgebroken: ", &a->aborted);
	put_word(out, "; afgedaan met een gesprek: ", &a->talk);
	put_word(out, ", waarvan met beheersmaatregelen: ",
	    &a->talk_with_control_measure);
	buf_text(out, ".</p>\n");
	put_table(s, SHEET_VIOLATIONS, out);
	put_chart(s, SHEET_VIOLATIONS, chart_lying, "", out);
	put_table(s, SHEET_OUTCOMES, out);
}

static void
put_adviser(const struct sheets *s, struct buf *out)
{
	const struct annual *a = s->annual;

	buf_text(out, "<h2>Vertrouwenspersonen</h2>\n");
	put_word(out, "<p>Officiële meldingen via of door een "
	    "vertrouwenspersoon: ", &a->adviser_official);
	buf_text(out, ". Die staan ook in tabel 1.</p>\n");
	put_table(s, SHEET_CASES, out);
	put_table(s, SHEET_OFFICIAL, out);
	put_table(s, SHEET_CONTACT_HOURS, out);
	put_chart(s, SHEET_CONTACT_HOURS, chart_lying,
	    "Licht is het jaar ervoor, donker het verslagjaar. ", out);
	put_table(s, SHEET_ACTIVITY_HOURS, out);
	put_chart(s, SHEET_ACTIVITY_HOURS, chart_lying,
	    "Licht is het jaar ervoor, donker het verslagjaar. ", out);
	put_table(s, SHEET_RELATIONS, out);
	put_table(s, SHEET_KINDS, out);
	put_format(out, "<p class=\"meta\">In tabel %u en %u kan één casus in "
	    "meer regels staan; de som kan hoger zijn dan het aantal "
	    "casussen.</p>\n", SHEET_RELATIONS + 1u, SHEET_KINDS + 1u);
}

void
sheets_body(const struct sheets *s, struct buf *out)
{
	put_reports(s, out);
	buf_text(out, "<h2>Meldingen door de jaren heen</h2>\n");
	put_chart(s, SHEET_YEARS, chart_standing,
	    "Het verslagjaar is donker. ", out);
	put_table(s, SHEET_YEARS, out);
	buf_text(out, "<h2>Advies, berichten en gesprekken</h2>\n");
	put_table(s, SHEET_ADVICE, out);
	put_chart(s, SHEET_ADVICE, chart_standing,
	    "Het verslagjaar is donker. ", out);
	put_table(s, SHEET_CONTACTS, out);
	put_adviser(s, out);
	buf_text(out, "<h2>Op tijd</h2>\n<p>Een ontvangstbevestiging hoort "
	    "binnen 7 dagen te komen, een terugkoppeling binnen 3 maanden "
	    "daarna.</p>\n");
	put_table(s, SHEET_TERMS, out);
}

void
sheets_foot(struct buf *out)
{
	buf_text(out, "</body>\n</html>\n");
}
