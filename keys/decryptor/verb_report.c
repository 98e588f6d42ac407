/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `report`: the annual report from register and cases. Reads only; the file
 * it writes is new, and appears whole or not at all.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "annual_report.h"
#include "terminal.h"
#include "verbs.h"

struct wanted {
	struct annual_order order;
	const char *out;
};

static bool
year_parse(const char *s, int *out)
{
	if (strlen(s) != 4 || strspn(s, "0123456789") != 4) {
		return false;
	}
	*out = atoi(s);
	return *out >= 1971 && *out <= 2199;
}

static bool
wanted_parse(const struct desk *d, const char *year, const char *as_of,
    const char *format, struct annual_order *w)
{
	if (year == NULL || !year_parse(year, &w->year)) {
		say_error("--year takes a year such as 2026");
		return false;
	}
	w->as_of = d->today;
	if (as_of != NULL && day_parse(as_of, &w->as_of) != OK) {
		say_error("--as-of takes a day such as 2027-03-01");
		return false;
	}
	if (w->as_of < day_make(w->year, 1, 1)) {
		say_error("--as-of lies before the report year begins");
		return false;
	}
	w->format = d->json ? ANNUAL_JSON : ANNUAL_HTML;
	if (format == NULL) {
		return true;
	}
	if (annual_format_parse(format, &w->format) != OK ||
	    (d->json && w->format != ANNUAL_JSON)) {
		say_error("--format is html, csv, json or md");
		return false;
	}
	return true;
}

static enum err
report_make(struct desk *d, const struct wanted *w)
{
	struct buf text = buf_new(ANNUAL_REPORT_MAX);
	enum err e = annual_report(d, &w->order, &text);

	if (e == OK && w->out != NULL) {
		e = verb_write(w->out, &text);
	} else if (e == OK &&
	    fwrite(text.p, 1, text.len, stdout) != text.len) {
		e = ERR_IO;
	}
	buf_free(&text);
	return e;
}

int
verb_report(struct desk *d, int argc, char **argv)
{
	const char *year = NULL, *as_of = NULL, *format = NULL,
	    *suppress = NULL;
	struct wanted w = {.out = NULL};
	struct option_rule rules[] = {
		{.name = "year", .value = &year},
		{.name = "as-of", .value = &as_of},
		{.name = "format", .value = &format},
		{.name = "out", .value = &w.out},
		{.name = "suppress", .value = &suppress},
	};
	enum err e;

	if (!options_take(argc, argv, rules, 5, NULL, 0, NULL) ||
	    !wanted_parse(d, year, as_of, format, &w.order)) {
		return EXIT_USAGE;
	}
	/* "<2" would say that it is one */
	w.order.suppress = suppress == NULL ? 0 : atoi(suppress);
	if (suppress != NULL && (w.order.suppress < 3 ||
	    w.order.suppress > 100)) {
		say_error("--suppress takes a number from 3 to 100, such as "
		    "5: smaller counts print as \"<5\"");
		return EXIT_USAGE;
	}
	if (suppress != NULL && w.order.format == ANNUAL_JSON) {
		say_error("--suppress does not go with json, which lists "
		    "every case: not for publication");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = report_make(d, &w);
	}
	return exit_of(e);
}
