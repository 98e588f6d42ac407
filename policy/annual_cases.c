/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Clocks of the year's cases as known on a day, timeliness, and the ledger
 * rows that freeze a year.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "annual_private.h"

static int
by_id(const void *a, const void *b)
{
	return strcmp(((const struct annual_case *)a)->id,
	    ((const struct annual_case *)b)->id);
}

/* A post after as_of is not known yet. */
static day_t
known(const struct fold *f, int64_t posted)
{
	return posted > f->as_of ? DAY_NONE : (day_t)posted;
}

static enum err
case_fold(const struct fold *f, size_t i, struct annual_case *c)
{
	struct clock_terms terms = clocks_terms(f->p);
	struct clock_input in = {
		.received = (day_t)report_value(f, i, REPORT_RECEIVED),
		.ack = known(f, report_value(f, i, REPORT_ACK_POSTED)),
		.feedback = known(f, report_value(f, i,
		    REPORT_FEEDBACK_POSTED)),
		.external = registry_external(f->r, i),
		.extended = *registry_cell(f->r, TABLE_REPORT, i,
		    REPORT_EXTENSION_REASON) != '\0',
		.waived = report_value(f, i, REPORT_ACK_WAIVER) >= 0,
	};
	enum err e;

	e = clocks_compute(&terms, f->h, &in, &c->clocks);
	if (e != OK) {
		return e;
	}
	c->id = registry_cell(f->r, TABLE_REPORT, i, REPORT_ID);
	c->kind = registry_cell(f->r, TABLE_REPORT, i, REPORT_KIND);
	c->received = in.received;
	c->ack = in.ack;
	c->feedback = in.feedback;
	c->ack_status = clock_status(c->clocks.ack_due, in.ack, f->as_of);
	c->feedback_status = clock_status(c->clocks.feedback_due, in.feedback,
	    f->as_of);
	c->open = fold_open(f, i);
	return OK;
}

enum err
fold_cases(const struct fold *f, struct annual *a)
{
	size_t rows = registry_rows(f->r, TABLE_REPORT), n = 0;
	enum err e;

	a->cases = calloc(rows == 0 ? 1 : rows, sizeof *a->cases);
	if (a->cases == NULL) {
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < rows; i++) {
		if (!fold_dated(f, report_value(f, i, REPORT_RECEIVED),
		    a->year)) {
			continue;
		}
		e = case_fold(f, i, &a->cases[n]);
		if (e != OK) {
			return e;
		}
		/* Complaints and signals have clocks but feed no figure. */
		if (report_counts(f, i, REPORT_KIND, "report")) {
			a->ack.count[a->cases[n].ack_status]++;
			a->feedback_given.count[
			    a->cases[n].feedback_status]++;
		}
		n++;
	}
	qsort(a->cases, n, sizeof *a->cases, by_id);
	a->case_count = n;
	return OK;
}

static void
timeliness(const struct fold *f, int year, const char *name,
    const char *of, struct annual_timeliness *t)
{
	for (int s = 0; s <= CLOCK_WAIVED; s++) {
		char key[KEY_ROOM];

		snprintf(key, sizeof key, "reports.%s.%s", name,
		    clock_status_code((enum clock_status)s));
		t->count[s] = fold_count(f, year, key, t->count[s]);
	}
	t->of = t->count[CLOCK_ON_TIME] + t->count[CLOCK_LATE] +
	    t->count[CLOCK_OVERDUE];
	snprintf(t->print, sizeof t->print, "%lld %s %lld",
	    (long long)t->count[CLOCK_ON_TIME], of, (long long)t->of);
	t->pending = figure_make(f, t->count[CLOCK_PENDING], DIGITS);
}

void
fold_timeliness(const struct fold *f, struct annual *a, const char *of)
{
	timeliness(f, a->year, "ack", of, &a->ack);
	timeliness(f, a->year, "feedback", of, &a->feedback_given);
}

static void
line(struct buf *b, int year, const char *prefix, const char *code,
    int64_t count)
{
	char text[KEY_ROOM + 48];

	snprintf(text, sizeof text, "%d,%s%s,%lld\r\n", year, prefix, code,
	    (long long)count);
	buf_text(b, text);
}

static void
lines(struct buf *b, int year, const char *prefix,
    const struct annual_row *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		line(b, year, prefix, row[i].code, row[i].figure.value);
	}
}

static void
pairs(struct buf *b, const char *prefix, const struct annual_pairs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		line(b, p->row[i].year[1].year, prefix, p->row[i].code,
		    p->row[i].year[1].figure.value);
	}
}

static void
freeze_timeliness(struct buf *b, int year, const char *prefix,
    const struct annual_timeliness *t, int last)
{
	for (int s = 0; s <= last; s++) {
		line(b, year, prefix, clock_status_code(
		    (enum clock_status)s), t->count[s]);
	}
}

/* All types, also those that the report leaves out when zero */
static void
freeze_types(const struct profile *p, struct buf *b, const struct annual *a)
{
	const struct vocabulary *v = taxonomy_find(p, "type");
	size_t k = 0;

	for (size_t i = 0; i < vocabulary_count(v); i++) {
		const char *code = vocabulary_code(v, i);
		bool shown = k < a->violations &&
		    strcmp(a->violation[k].code, code) == 0;

		line(b, a->year, "reports.type.", code,
		    shown ? a->violation[k].figure.value : 0);
		k += shown ? 1 : 0;
	}
}

enum err
annual_freeze(const struct profile *p, const struct holidays *h,
    const struct registry *r, int year, day_t as_of, struct buf *out)
{
	struct annual *a = NULL;
	enum err e;

	e = annual_new(p, h, r, year, as_of, "nl", &a);
	if (e != OK) {
		return e;
	}
	line(out, year, "reports.total", "", a->total.value);
	freeze_types(p, out, a);
	lines(out, year, "reports.origin.", a->origin, a->origins);
	line(out, year, "reports.investigations.started", "",
	    a->started.value);
	line(out, year, "reports.investigations.completed", "",
	    a->completed.value);
	lines(out, year, "reports.outcome.", a->outcome, a->outcomes);
	line(out, year, "reports.talk_with_control_measure", "",
	    a->talk_with_control_measure.value);
	freeze_timeliness(out, year, "reports.ack.", &a->ack, CLOCK_WAIVED);
	freeze_timeliness(out, year, "reports.feedback.", &a->feedback_given,
	    CLOCK_PENDING);
	line(out, year, "contacts.messages", "", a->messages.value);
	line(out, year, "contacts.suspicions", "", a->suspicions.value);
	line(out, year, "advice.total", "",
	    a->advice_per_year.row[a->advice_per_year.n - 1].figure.value);
	line(out, year, "talks.total", "", a->talks.value);
	line(out, year, "talks.registrar_only", "",
	    a->talks_registrar_only.value);
	line(out, year, "talks.with_mayor", "", a->talks_with_mayor.value);
	line(out, year, "adviser.cases", "",
	    a->adviser_cases[1].figure.value);
	line(out, year, "adviser.via", "", a->adviser_reports[1].via.value);
	line(out, year, "adviser.door", "",
	    a->adviser_reports[1].door.value);
	line(out, year, "adviser.led_to_report", "",
	    a->led_to_report.value);
	pairs(out, "adviser.", &a->contact_hours);
	pairs(out, "adviser.activity.", &a->activity_hours);
	pairs(out, "adviser.relation.", &a->relations);
	pairs(out, "adviser.kind.", &a->kinds);
	annual_free(a);
	return out->failed ? ERR_LIMIT : OK;
}
