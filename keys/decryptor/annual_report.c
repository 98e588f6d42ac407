/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. Reads only. */
#include <stdlib.h>
#include <string.h>

#include "annual_report.h"
#include "annual_sheets.h"
#include "registerbook.h"
#include "sections.h"
#include "terminal.h"

enum err
annual_format_parse(const char *word, enum annual_format *out)
{
	static const char *const words[] = {"html", "csv", "md", "json"};

	for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(word, words[i]) == 0) {
			*out = (enum annual_format)i;
			return OK;
		}
	}
	return ERR_UNKNOWN;
}

static enum err
print(struct desk *d, const struct annual_order *w, const struct annual *a,
    const struct left_out *left_out, struct buf *out)
{
	struct sheets *s;
	enum err e = OK;

	if (w->format == ANNUAL_JSON) {
		return annual_json(a, out);
	}
	s = sheets_new(a, d->keyset == NULL ? "" : d->keyset->organisation,
	    left_out);
	if (s == NULL) {
		return ERR_MEMORY;
	}
	if (w->format == ANNUAL_CSV) {
		sheets_csv(s, out);
	} else if (w->format == ANNUAL_MD) {
		sheets_markdown(s, out);
		e = sections_markdown(d, w->year, out);
	} else {
		if (w->format == ANNUAL_HTML) {
			sheets_head(s, out);
		} else {
			put_warnings(s, "<p class=\"warn\">", "</p>\n", out);
		}
		sheets_body(s, out);
		e = sections_html(d, w->year, out);
		if (w->format == ANNUAL_HTML) {
			sheets_foot(out);
		}
	}
	free(s);
	return e != OK ? e : out->failed ? ERR_LIMIT : OK;
}

static void
late_say(const struct annual_years *y, const char *what)
{
	for (size_t i = 0; i < y->n; i++) {
		if (y->row[i].late > 0) {
			say_error("%lld %s of %d came after that year was "
			    "closed and do not count in any year",
			    (long long)y->row[i].late, what, y->row[i].year);
		}
	}
}

enum err
annual_report(struct desk *d, const struct annual_order *w, struct buf *out)
{
	struct registry *r = NULL;
	struct annual *a = NULL;
	struct left_out left_out;
	enum err e = register_whole(d, w->year, &r, &left_out);

	if (e != OK) {
		return e;
	}
	e = annual_new(d->profile, d->holidays, r, w->year, w->as_of, "nl",
	    &a);
	if (e == OK) {
		late_say(&a->reports_per_year, "report(s)");
		late_say(&a->advice_per_year, "advice question(s)");
	}
	if (e == OK && w->suppress > 0) {
		annual_suppress(a, w->suppress);
	}
	if (e == OK) {
		e = print(d, w, a, &left_out, out);
	}
	if (e != OK) {
		say_error("the report could not be made: %s", err_text(e));
	}
	annual_free(a);
	registry_free(r);
	return e;
}
