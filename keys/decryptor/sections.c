/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. What was typed is text: it never becomes markup. */
#include <stdio.h>
#include <string.h>

#include "annual_sheets.h"
#include "html_page.h"
#include "meldluik/json.h"
#include "sections.h"

#define SECTION_MAX 65536u

/* The newest entry of a name stands for all before it */
static bool
newest(const struct state *s, size_t i)
{
	for (size_t j = i + 1; j < s->entries; j++) {
		if (s->entry[j].year == s->entry[i].year &&
		    strcmp(s->entry[j].what, "section") == 0 &&
		    strcmp(s->entry[j].name, s->entry[i].name) == 0) {
			return false;
		}
	}
	return true;
}

static void
put(struct buf *out, bool html, const char *s)
{
	if (html) {
		html_text(out, s, strlen(s));
	} else {
		markdown_text(out, s, strlen(s), true);
	}
}

static enum err
section(struct desk *d, const struct entry_row *row, bool html,
    struct buf *out)
{
	struct buf text = buf_new_secret(SECTION_MAX);
	enum err e = record_get(d->book, row->record, &text);

	if (e == OK && html) {
		buf_text(out, "<h2>");
		put(out, true, row->name);
		buf_text(out, "</h2>\n<p class=\"typed\">");
		html_text(out, (const char *)text.p, text.len);
		buf_text(out, "</p>\n");
	} else if (e == OK) {
		buf_text(out, "\n## ");
		put(out, false, row->name);
		buf_text(out, "\n\n");
		markdown_text(out, (const char *)text.p, text.len, false);
		buf_text(out, "\n");
	}
	buf_free(&text);
	return e;
}

static void
cell(struct buf *out, bool html, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	char number[24] = "";

	if (json_is_integer(v)) {
		snprintf(number, sizeof number, "%lld",
		    (long long)json_integer_value(v));
	}
	buf_text(out, html ? "<td>" : " | ");
	put(out, html, json_is_string(v) ? json_string_value(v) : number);
	buf_text(out, html ? "</td>" : "");
}

static enum err
activity(struct desk *d, const struct entry_row *row, bool html,
    struct buf *out)
{
	static const char *const keys[] = {"date", "kind", "audience",
		"sessions", "invited", "attended"};
	struct buf text = buf_new_secret(SECTION_MAX);
	json_t *o = NULL;
	enum err e = record_get(d->book, row->record, &text);

	if (e == OK) {
		e = json_read(text.p, text.len, SECTION_MAX, &o);
	}
	if (e == OK) {
		buf_text(out, html ? "<tr>" : "");
		for (unsigned i = 0; i < 6; i++) {
			cell(out, html, o, keys[i]);
		}
		buf_text(out, html ? "</tr>\n" : " |\n");
	}
	json_decref(o);
	buf_free(&text);
	return e;
}

static enum err
sections(struct desk *d, int year, bool html, struct buf *out)
{
	const struct state *s = d->state;
	bool any = false;
	enum err e = OK;

	for (size_t i = 0; i < s->entries && e == OK; i++) {
		if (s->entry[i].year == year &&
		    strcmp(s->entry[i].what, "section") == 0 &&
		    newest(s, i)) {
			e = section(d, &s->entry[i], html, out);
		}
	}
	for (size_t i = 0; i < s->entries && e == OK; i++) {
		if (s->entry[i].year != year ||
		    strcmp(s->entry[i].what, "activity") != 0) {
			continue;
		}
		if (!any) {
			buf_text(out, html ? "<h2>Activiteiten</h2>\n<table>"
			    "<thead><tr><th scope=\"col\">Datum</th><th "
			    "scope=\"col\">Soort</th><th scope=\"col\">Voor "
			    "wie</th><th scope=\"col\">Keer</th><th "
			    "scope=\"col\">Genodigd</th><th scope=\"col\">"
			    "Aanwezig</th></tr></thead><tbody>\n" :
			    "\n## Activiteiten\n\n | Datum | Soort | Voor wie "
			    "| Keer | Genodigd | Aanwezig |\n|---|---|---|--:"
			    "|--:|--:|\n");
		}
		any = true;
		e = activity(d, &s->entry[i], html, out);
	}
	buf_text(out, any && html ? "</tbody></table>\n" : "");
	return e;
}

enum err
sections_html(struct desk *d, int year, struct buf *out)
{
	return sections(d, year, true, out);
}

enum err
sections_markdown(struct desk *d, int year, struct buf *out)
{
	return sections(d, year, false, out);
}
