/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Small counts hidden for publication. A count from 1 to limit - 1 prints
 * "<5" (limit 5). Where it still follows from a sum that is printed, another
 * part of that sum is hidden too and prints "*"; when no part is left, the
 * sum itself.
 *
 * Caveat: sums only. That one row is part of another ("waarvan") bounds it,
 * and whoever knows some of the cases can take those off.
 */
#include <stdio.h>

#include "annual_private.h"

#define PARTS_MAX VOCABULARY_MAX

/* Rows that a reader can add up to ${total}, or to at most that */
struct sum {
	struct figure *part[PARTS_MAX];
	size_t n;
	struct figure *total;
	bool open; /* other parts are not printed */
};

static bool
small(int64_t value, int limit)
{
	return value > 0 && value < limit;
}

static void
hide(struct figure *g, int limit)
{
	g->hidden = g->printed = true;
	if (small(g->value, limit)) {
		snprintf(g->print, sizeof g->print, "<%d", limit);
	} else {
		snprintf(g->print, sizeof g->print, "*");
	}
}

static void
suppress(struct figure *g, int limit)
{
	if (small(g->value, limit)) {
		hide(g, limit);
	}
}

static void
suppress_pairs(struct annual_pairs *p, int limit)
{
	for (size_t i = 0; i < p->n; i++) {
		suppress(&p->row[i].year[0].figure, limit);
		suppress(&p->row[i].year[1].figure, limit);
	}
}

/*
 * Do the printed parts and the total leave more than one way to fill the
 * hidden parts? Every "<5" is 1 to 4 and every "*" at least 5, and whoever
 * reads this file knows it.
 */
static bool
ambiguous(const struct sum *s, int limit)
{
	int64_t room = s->total->value, least = 0, most = 0;
	bool star = false;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct figure *g = s->part[i];

		if (!g->hidden) {
			room -= g->value;
			continue;
		}
		n++;
		least += small(g->value, limit) ? 1 : limit;
		most += limit - 1;
		star = star || !small(g->value, limit);
	}
	return n == 0 || (room > least && (s->open || (n > 1 &&
	    (star || room < most))));
}

/* The smallest part that still prints a number above zero, or NULL */
static struct figure *
smallest_shown(const struct sum *s)
{
	struct figure *found = NULL;

	for (size_t i = 0; i < s->n; i++) {
		struct figure *g = s->part[i];

		if (!g->hidden && g->value > 0 &&
		    (found == NULL || g->value < found->value)) {
			found = g;
		}
	}
	return found;
}

/* Whether the parts are all there is: else nothing follows from them */
static bool
adds_up(const struct sum *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		sum += s->part[i]->value;
	}
	return sum == s->total->value;
}

static void
protect_parts(const struct sum *s, int limit)
{
	if (!s->open && !adds_up(s)) {
		return;
	}
	while (!s->total->hidden && !ambiguous(s, limit)) {
		struct figure *more = smallest_shown(s);

		hide(more != NULL ? more : s->total, limit);
	}
}

/* A hidden total does not stay so beside parts that are all shown */
static void
protect_total(const struct sum *s, int limit)
{
	struct figure *one = smallest_shown(s);

	for (size_t i = 0; i < s->n; i++) {
		if (s->part[i]->hidden) {
			return;
		}
	}
	if (s->total->hidden && one != NULL && adds_up(s)) {
		hide(one, limit);
	}
}

static void
part(struct sum *s, struct figure *g)
{
	s->part[s->n++] = g;
}

/* Types and origins add up to the same total, and so do the terms, below;
 * some of the outcomes are printed */
static void
protect_reports(struct annual *a, int limit)
{
	struct sum type = { .total = &a->total }, origin = type,
	    outcome = type;

	for (size_t i = 0; i < a->violations; i++) {
		part(&type, &a->violation[i].figure);
	}
	for (size_t i = 0; i < a->origins; i++) {
		part(&origin, &a->origin[i].figure);
	}
	part(&outcome, &a->upheld);
	part(&outcome, &a->aborted);
	part(&outcome, &a->talk);
	outcome.open = true;
	protect_parts(&type, limit);
	protect_parts(&origin, limit);
	protect_parts(&outcome, limit);
	protect_total(&type, limit);
	protect_total(&origin, limit);
	if (a->total.hidden && a->reports_per_year.n > 0) {
		hide(&a->reports_per_year.row[a->reports_per_year.n - 1]
		    .figure, limit);
	}
}

static void
protect_pair(struct figure *one, struct figure *other, struct figure *total,
    int limit)
{
	struct sum s = { .total = total };

	part(&s, one);
	part(&s, other);
	protect_parts(&s, limit);
	protect_total(&s, limit);
}

/*
 * "9 van de 10" says who was late too, and with the term that still runs it
 * gives the total, and the other way round.
 */
static void
suppress_term(struct annual_timeliness *t, const struct figure *total,
    int limit)
{
	int64_t on_time = t->count[CLOCK_ON_TIME], late = t->of - on_time;
	bool few = small(t->of, limit) || small(t->pending.value, limit);

	if (few || small(on_time, limit) || small(late, limit) ||
	    total->hidden) {
		t->hidden = true;
		snprintf(t->print, sizeof t->print, "*");
	}
	if (few && t->pending.value > 0) {
		hide(&t->pending, limit);
	}
}

void
annual_suppress(struct annual *a, int limit)
{
	struct figure *single[] = { &a->total, &a->started, &a->completed,
		&a->upheld, &a->aborted, &a->talk,
		&a->talk_with_control_measure, &a->messages, &a->suspicions,
		&a->talks, &a->talks_registrar_only, &a->talks_with_mayor,
		&a->adviser_official, &a->led_to_report };

	a->limit = limit;
	for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
		suppress(single[i], limit);
	}
	for (size_t i = 0; i < a->violations; i++) {
		suppress(&a->violation[i].figure, limit);
	}
	for (size_t i = 0; i < a->origins; i++) {
		suppress(&a->origin[i].figure, limit);
	}
	for (size_t i = 0; i < a->outcomes; i++) {
		suppress(&a->outcome[i].figure, limit);
	}
	for (size_t i = 0; i < a->reports_per_year.n; i++) {
		suppress(&a->reports_per_year.row[i].figure, limit);
	}
	for (size_t i = 0; i < a->advice_per_year.n; i++) {
		suppress(&a->advice_per_year.row[i].figure, limit);
	}
	for (int k = 0; k < 2; k++) {
		suppress(&a->adviser_cases[k].figure, limit);
		suppress(&a->adviser_reports[k].via, limit);
		suppress(&a->adviser_reports[k].door, limit);
	}
	suppress_pairs(&a->relations, limit);
	suppress_pairs(&a->kinds, limit);
	/* Hours are no persons. */
	protect_reports(a, limit);
	protect_pair(&a->adviser_reports[1].via, &a->adviser_reports[1].door,
	    &a->adviser_official, limit);
	protect_pair(&a->talks_registrar_only, &a->talks_with_mayor,
	    &a->talks, limit);
	suppress_term(&a->ack, &a->total, limit);
	suppress_term(&a->feedback_given, &a->total, limit);
}
