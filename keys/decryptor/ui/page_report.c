/* SPDX-License-Identifier: EUPL-1.2 */
/* The annual report: as it is printed, and written to a folder as a file. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../annual_report.h"
#include "../files.h"
#include "../terminal.h"
#include "ui.h"

static void
write_out(struct visit *v, int year)
{
	struct annual_order w = {.year = year, .as_of = v->d->today,
		.format = ANNUAL_MD};
	const char *format = field(v, "format");
	struct buf out = buf_new(ANNUAL_REPORT_MAX);
	int dir = place_open(v, field(v, "place"));
	const char *name;
	enum err e;

	if (annual_format_parse(format, &w.format) != OK) {
		format = "md";
	}
	name = visit_text(v, "jaarverslag-%d.%s", year, format);
	if (dir >= 0) {
		e = annual_report(v->d, &w, &out);
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
	struct buf said = buf_new(1024), out = buf_new(ANNUAL_REPORT_MAX);
	struct annual_order w = {.as_of = v->d->today,
		.format = ANNUAL_BODY};
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
		w.year = year;
		e = annual_report(v->d, &w, &out);
		view_text(&v->view, "year", visit_text(v, "%d", year));
		view_text(&v->view, "report", e != OK ? NULL : visit_keep(v,
		    (const char *)out.p, out.len));
		/* what was said is English; the report says it in Dutch */
		view_text(&v->view, "said", said.len == 0 || v->lang == 0 ?
		    NULL : visit_keep(v, (const char *)said.p, said.len));
		view_flag(&v->view, "unfinished", year == now);
		years_set(v, year, now);
		places_set(v, &v->view);
		visit_page(v, PAGE_REPORT, TEXT_TITLE_REPORT, 4);
	}
	say_error_keep(NULL);
	buf_free(&said);
	buf_free(&out);
}
