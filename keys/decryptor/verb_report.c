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

#include "annual_sheets.h"
#include "files.h"
#include "registerbook.h"
#include "sections.h"
#include "terminal.h"
#include "verbs.h"

#define REPORT_MAX ((size_t)64 << 20)

enum format { FORMAT_HTML, FORMAT_CSV, FORMAT_JSON, FORMAT_MD, FORMATS };

static const char *const format_word[FORMATS] = {"html", "csv", "json", "md"};

struct wanted {
	int year;
	day_t as_of;
	enum format format;
	int suppress; /* smaller counts are hidden; 0: none */
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
    const char *format, struct wanted *w)
{
	int f = 0;

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
	w->format = d->json ? FORMAT_JSON : FORMAT_HTML;
	if (format == NULL) {
		return true;
	}
	while (f < FORMATS && strcmp(format_word[f], format) != 0) {
		f++;
	}
	if (f == FORMATS || (d->json && f != FORMAT_JSON)) {
		say_error("--format is html, csv, json or md");
		return false;
	}
	w->format = (enum format)f;
	return true;
}

static enum err
report_print(struct desk *d, const struct wanted *w,
    const struct annual *a, unsigned left_out, struct buf *out)
{
	struct sheets *s;
	enum err e = OK;

	if (w->format == FORMAT_JSON) {
		return annual_json(a, out);
	}
	s = sheets_new(a, d->keyset == NULL ? "" : d->keyset->organisation,
	    left_out);
	if (s == NULL) {
		return ERR_MEMORY;
	}
	if (w->format == FORMAT_CSV) {
		sheets_csv(s, out);
	} else if (w->format == FORMAT_MD) {
		sheets_markdown(s, out);
		e = sections_markdown(d, w->year, out);
	} else {
		sheets_html(s, out);
		if (out->len > 16 && !out->failed) { /* before </body></html> */
			out->len -= sizeof "</body>\n</html>\n" - 1;
			e = sections_html(d, w->year, out);
			buf_text(out, "</body>\n</html>\n");
		}
	}
	free(s);
	return e != OK ? e : out->failed ? ERR_LIMIT : OK;
}

static enum err
report_file(const char *path, const struct buf *text)
{
	enum err e = file_create(AT_FDCWD, path, text->p, text->len);

	if (e == ERR_CONFLICT) {
		say_error("%s is there already; give a new name", path);
	} else if (e != OK) {
		say_error("%s could not be written: %s", path, err_text(e));
	}
	return e;
}

static enum err
report_make(struct desk *d, const struct wanted *w)
{
	struct buf text = buf_new(REPORT_MAX);
	struct registry *r = NULL;
	struct annual *a = NULL;
	unsigned left_out = 0;
	enum err e = register_whole(d, w->year, &r, &left_out);

	if (e == OK) {
		e = annual_new(d->profile, d->holidays, r, w->year, w->as_of,
		    "nl", &a);
		if (e == OK && w->suppress > 0) {
			annual_suppress(a, w->suppress);
		}
		if (e == OK) {
			e = report_print(d, w, a, left_out, &text);
		}
		if (e != OK) {
			say_error("the report could not be made: %s",
			    err_text(e));
		}
	}
	if (e == OK && w->out != NULL) {
		e = report_file(w->out, &text);
	} else if (e == OK &&
	    fwrite(text.p, 1, text.len, stdout) != text.len) {
		e = ERR_IO;
	}
	annual_free(a);
	registry_free(r);
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
	    !wanted_parse(d, year, as_of, format, &w)) {
		return EXIT_USAGE;
	}
	/* "<2" would say that it is one */
	w.suppress = suppress == NULL ? 0 : atoi(suppress);
	if (suppress != NULL && (w.suppress < 3 || w.suppress > 100)) {
		say_error("--suppress takes a number from 3 to 100, such as "
		    "5: smaller counts print as \"<5\"");
		return EXIT_USAGE;
	}
	if (suppress != NULL && w.format == FORMAT_JSON) {
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
