/* SPDX-License-Identifier: EUPL-1.2 */
/* The first page: what must be done by when, and what waits for the stick. */
#include <stdlib.h>
#include <string.h>

#include "../acts.h"
#include "ui.h"

static int
term_cmp(const void *a, const void *b)
{
	const struct term *s = a, *t = b;

	return s->due != t->due ? (s->due < t->due ? -1 : 1) :
	    (s->k > t->k) - (s->k < t->k);
}

static void
row_set(struct visit *v, struct view *row, const struct term *t)
{
	const struct kase *c = &v->d->state->kase[t->k];
	struct term next;

	view_text(row, "ref", c->ref);
	view_text(row, "kind", c->type[0] == 0 ? say(v, TEXT_NOT_SORTED) :
	    code_label(v, "type", c->type));
	view_text(row, "state", state_label(v, c->state));
	view_flag(row, "write", t->drafted == DAY_NONE &&
	    c->state != CASE_FETCHED && c->state != CASE_RECEIVED);
	view_flag(row, "carry", t->drafted != DAY_NONE);
	view_flag(row, "fresh_case", c->state == CASE_FETCHED ||
	    c->state == CASE_RECEIVED);
	view_text(row, "letter", t->feedback ? "feedback" :
	    "acknowledgement");
	term_set(v, row, t);
	if (!t->feedback && c->feedback_posted == DAY_NONE && !t->unknown &&
	    term_shown(v, t->k, true, &next)) {
		view_text(row, "then", say(v, TEXT_TERM_FEEDBACK));
		view_text(row, "then_iso", date_iso(v, next.due));
		view_text(row, "then_day", date_short(v, next.due));
		view_text(row, "then_left", due_words(v, next.due));
	}
}

/* Three groups; an empty one is left out */
static void
groups_set(struct visit *v, const struct term *t, size_t n)
{
	static const struct {
		enum clock_colour colour;
		enum text_id name;
		const char *id;
	} group[] = {
		{CLOCK_RED, TEXT_GROUP_RED, "g-red"},
		{CLOCK_AMBER, TEXT_GROUP_AMBER, "g-amber"},
		{CLOCK_GREEN, TEXT_GROUP_GREEN, "g-green"},
	};
	struct view *groups = visit_rows(v, 3);
	size_t used = 0;

	for (unsigned g = 0; g < 3; g++) {
		size_t count = 0, m = 0;
		struct view *rows;
		for (size_t i = 0; i < n; i++) {
			count += t[i].colour == group[g].colour;
		}
		if (count == 0) {
			continue;
		}
		rows = visit_rows(v, count > UI_ROWS ? UI_ROWS : count);
		for (size_t i = 0; i < n && m < UI_ROWS; i++) {
			if (t[i].colour == group[g].colour) {
				row_set(v, &rows[m++], &t[i]);
			}
		}
		view_text(&groups[used], "group", say(v, group[g].name));
		view_text(&groups[used], "gid", group[g].id);
		view_text(&groups[used], "count", say_n(v, count == 1 ?
		    TEXT_CASE_1 : TEXT_CASES_N, (long long)count));
		view_list(&groups[used++], "rows", rows, m);
	}
	view_list(&v->view, "groups", groups, used);
}

/* Whose feedback is late gets a sentence of its own, the oldest; if none is,
 * who was not acknowledged: what the law says of the two differs */
static void
late_set(struct visit *v, const struct term *t, size_t n)
{
	const struct term *late = n > 0 && t[0].due < v->d->today ? &t[0] :
	    NULL;
	struct term told, oldest;
	bool feedback = false;

	for (size_t i = 0; i < n; i++) {
		if (term_shown(v, t[i].k, true, &told) && !told.unknown &&
		    told.posted == DAY_NONE && told.due < v->d->today &&
		    (!feedback || told.due < oldest.due)) {
			oldest = told;
			late = &oldest;
			feedback = true;
		}
	}
	if (late != NULL) {
		view_text(&v->view, "late_ref",
		    v->d->state->kase[late->k].ref);
		view_text(&v->view, "late_words", due_words(v, late->due));
		view_text(&v->view, "late_why", say(v, feedback ?
		    TEXT_LATE_FEEDBACK : TEXT_LATE_ACK));
	}
}

static void
counts_set(struct visit *v, const struct term *t, size_t n)
{
	size_t late = 0, red = 0, amber = 0;

	for (size_t i = 0; i < n; i++) {
		late += t[i].due < v->d->today;
		red += t[i].colour == CLOCK_RED && t[i].due >= v->d->today;
		amber += t[i].colour == CLOCK_AMBER;
	}
	view_text(&v->view, "n_all", visit_text(v, "%zu", n));
	view_text(&v->view, "n_late", visit_text(v, "%zu", late));
	view_text(&v->view, "n_red", visit_text(v, "%zu", red));
	view_text(&v->view, "n_amber", visit_text(v, "%zu", amber));
	view_text(&v->view, "n_green", visit_text(v, "%zu",
	    n - late - red - amber));
}

/* What stands in none of the lists of legal dates, nor at the stick */
static bool
beside(const struct state *s, const struct due *d)
{
	switch (d->what) {
	case DUE_ACK:
	case DUE_CARRY:
	case DUE_CLOCK:
	case DUE_RETENTION:
		return false;
	case DUE_FEEDBACK: /* of a decision, where the term was met before */
		return s->kase[d->kase].feedback_posted != DAY_NONE;
	case DUE_TRIAGE:
		return !desk_terms_run(&s->kase[d->kase]);
	default:
		return true;
	}
}

/* As list ${dues}, the most urgent first; how many */
static size_t
dues_set(struct visit *v)
{
	static const enum text_id text[] = {
		[DUE_FEEDBACK] = TEXT_DUE_TELL, [DUE_TRIAGE] = TEXT_DUE_TRIAGE,
		[DUE_ORAL] = TEXT_DUE_TALK, [DUE_REQUEST] = TEXT_DUE_REQUEST,
		[DUE_DESTROY] = TEXT_DUE_DESTROY,
		[DUE_REVIEW] = TEXT_DUE_ACCESS,
		[DUE_IMPORT] = TEXT_DUE_IMPORT,
		[DUE_MEETING] = TEXT_DUE_MEETING,
	};
	struct view *rows = visit_rows(v, UI_ROWS);
	struct due *due = NULL;
	size_t n = 0, count = 0, all = 0;

	if (act_due(v->d, &due, &all) != OK) {
		all = 0;
	}
	for (size_t i = 0; i < all; i++) {
		const struct due *d = &due[i];
		if (!beside(v->d->state, d) || count++ >= UI_ROWS) {
			continue;
		}
		view_text(&rows[n], "ref", d->kase == NOT_FOUND ? NULL :
		    v->d->state->kase[d->kase].ref);
		view_text(&rows[n], "text", say(v, text[d->what]));
		tag_set(v, &rows[n++], d->colour, due_words(v, d->day));
	}
	free(due);
	view_list(&v->view, "dues", rows, n);
	view_text(&v->view, "more_dues", count == n ? NULL :
	    say_n(v, TEXT_DUE_MORE_N, (long long)(count - n)));
	return count;
}

/* What has no legal date of its own */
static void
beside_set(struct visit *v)
{
	const struct state *s = v->d->state;
	size_t advice = 0, destroy = 0, unclassed = 0, dues = dues_set(v);

	for (size_t i = 0; i < s->kases; i++) {
		const struct kase *c = &s->kase[i];
		advice += c->kind == REPORT_ADVICE &&
		    case_state_open(c->state);
		destroy += c->state == CASE_RETAINED;
		unclassed += c->state == CASE_CLOSED && !c->destroyed &&
		    !c->locked;
	}
	view_text(&v->view, "n_advice", advice == 0 ? NULL :
	    say_n(v, advice == 1 ? TEXT_ADVICE_1 : TEXT_ADVICE_N,
	    (long long)advice));
	view_text(&v->view, "n_retained", destroy == 0 ? NULL :
	    say_n(v, TEXT_RETAINED_N, (long long)destroy));
	view_text(&v->view, "n_unclassed", unclassed == 0 ? NULL :
	    say_n(v, TEXT_UNCLASSED_N, (long long)unclassed));
	view_flag(&v->view, "beside_none", advice == 0 && destroy == 0 &&
	    unclassed == 0 && dues == 0);
}

static bool
first_day(const struct state *s)
{
	return s->kases == 0;
}

void
page_today(struct visit *v)
{
	const struct state *s = v->d->state;
	struct term *t = visit_new(v, (s->kases + 1) * sizeof *t);
	size_t n = 0;

	for (size_t i = 0; i < s->kases; i++) {
		n += term_next(v, i, &t[n]);
	}
	qsort(t, n, sizeof *t, term_cmp);
	stick_set(v, &v->view);
	keys_health(v, &v->view);
	if (first_day(s)) {
		view_flag(&v->view, "step_card", v->d->keyset != NULL &&
		    v->d->keyset->has_gateway);
		view_flag(&v->view, "step_export", s->out_serial > 0);
		view_flag(&v->view, "step_second", v->d->keyset != NULL &&
		    keyset_holders(v->d->keyset, v->d->ring->desk) > 1);
		view_flag(&v->view, "step_import", s->manifests > 0);
		view_flag(&v->view, "step_rows", s->row_imports > 0);
		visit_page(v, PAGE_EMPTY, TEXT_TITLE_EMPTY, 1);
		return;
	}
	groups_set(v, t, n);
	counts_set(v, t, n);
	late_set(v, t, n);
	beside_set(v);
	view_flag(&v->view, "nothing_due", n == 0);
	visit_page(v, PAGE_TODAY, TEXT_TITLE_TODAY, 1);
}
