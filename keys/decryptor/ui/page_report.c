/* SPDX-License-Identifier: EUPL-1.2 */
/* The annual report: as it is printed, and written to a folder as a file. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../annual_sheets.h"
#include "../files.h"
#include "../registerbook.h"
#include "../terminal.h"
#include "ui.h"

#define REPORT_MAX ((size_t)32 << 20)

static enum err
report_make(struct visit *v, int year, const char *format, struct buf *out)
{
	struct registry *r = NULL;
	struct annual *a = NULL;
	struct sheets *s = NULL;
	unsigned left_out = 0;
	enum err e = register_whole(v->d, year, &r, &left_out);

	if (e == OK) {
		e = annual_new(v->d->profile, v->d->holidays, r, year,
		    v->d->today, "nl", &a);
	}
	if (e == OK && strcmp(format, "json") == 0) {
		e = annual_json(a, out);
	} else if (e == OK) {
		s = sheets_new(a, v->d->keyset == NULL ? "" :
		    v->d->keyset->organisation, left_out);
		e = s == NULL ? ERR_MEMORY : OK;
		if (e == OK && strcmp(format, "csv") == 0) {
			sheets_csv(s, out);
		} else if (e == OK && strcmp(format, "md") == 0) {
			sheets_markdown(s, out);
		} else if (e == OK && strcmp(format, "html") == 0) {
			sheets_html(s, out);
		} else if (e == OK) {
			sheets_body(s, out);
		}
		free(s);
	}
	annual_free(a);
	registry_free(r);
	return e == OK && out->failed ? ERR_LIMIT : e;
}

static void
write_out(struct visit *v, int year)
{
	const char *format = field(v, "format");
	struct buf out = buf_new(REPORT_MAX);
	int dir = place_open(v, field(v, "place"));
	const char *name;
	enum err e;

	if (strcmp(format, "html") != 0 && strcmp(format, "csv") != 0 &&
	    strcmp(format, "json") != 0) {
		format = "md";
	}
	name = visit_text(v, "jaarverslag-%d.%s", year, format);
	if (dir >= 0) {
		e = report_make(v, year, format, &out);
		if (e == OK) {
			e = file_create(dir, name, out.p, out.len);
		}
		close(dir);
		if (e == OK) {
			notice_good(v, TEXT_REPORT_WRITTEN, name);
		} else {
			notice_bad(v, e == ERR_CONFLICT ? TEXT_REPORT_THERE :
			    TEXT_REPORT_FAILED);
		}
	}
	buf_free(&out);
}

static void
years_set(struct visit *v, int year, int now)
{
	struct view *rows = visit_rows(v, 16);
	size_t n = 0;

	for (int y = now; y > now - 12; y--) {
		view_text(&rows[n], "value", visit_text(v, "%d", y));
		view_flag(&rows[n++], "chosen", y == year);
	}
	view_list(&v->view, "years", rows, n);
}

void
page_report(struct visit *v)
{
	const char *want = v->post ? field(v, "year") : v->query(v, "year");
	struct buf said = buf_new(1024), out = buf_new(REPORT_MAX);
	int now, month, day, year = atoi(want);
	enum err e;

	day_split(v->d->today, &now, &month, &day);
	if (year < 1971 || year > now) {
		year = month < 7 ? now - 1 : now;
	}
	say_error_keep(&said);
	if (v->post) {
		write_out(v, year);
		visit_go(v, "/report?year=%d", year);
	} else {
		e = report_make(v, year, "", &out);
		view_text(&v->view, "year", visit_text(v, "%d", year));
		view_text(&v->view, "report", e != OK ? NULL : visit_keep(v,
		    (const char *)out.p, out.len));
		view_text(&v->view, "said", said.len == 0 ? NULL :
		    visit_keep(v, (const char *)said.p, said.len));
		view_flag(&v->view, "unfinished", year == now);
		years_set(v, year, now);
		places_set(v, &v->view);
		visit_page(v, PAGE_REPORT, TEXT_TITLE_REPORT, 4);
	}
	say_error_keep(NULL);
	buf_free(&said);
	buf_free(&out);
}
