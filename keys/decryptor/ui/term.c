/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Legal dates of a case as the page draws them: a bar from receipt to the
 * strict date, a ring for what is written, a disc for what is posted. The
 * later date the Algemene termijnenwet might allow is text only.
 */
#include <string.h>

#include "ui.h"

#define BAR_LEFT 6.0
#define BAR_WIDTH 188.0

enum err
term_of(struct visit *v, size_t k, bool feedback, struct term *out)
{
	const struct kase *c = &v->d->state->kase[k];
	struct clock_terms terms = clocks_terms(v->d->profile);
	struct clocks clocks;
	enum err e = desk_clocks(v->d, c, &clocks);

	memset(out, 0, sizeof *out);
	out->k = k;
	out->feedback = feedback;
	if (e != OK) {
		out->unknown = true;
		out->from = out->due = v->d->today;
		out->due_late = out->drafted = out->posted = DAY_NONE;
		out->colour = CLOCK_RED;
		return e;
	}
	out->from = c->received;
	out->due = feedback ? clocks.feedback_due : clocks.ack_due;
	out->due_late = feedback ? clocks.feedback_due_atw :
	    clocks.ack_due_atw;
	out->guess = out->due_late != DAY_NONE && !(feedback && c->extended) &&
	    !holidays_covers(v->d->holidays, out->due_late);
	if (out->due_late == out->due) {
		out->due_late = DAY_NONE;
	}
	out->drafted = feedback ? c->feedback_drafted : c->ack_drafted;
	out->posted = feedback ? c->feedback_posted : c->ack_posted;
	out->colour = out->posted != DAY_NONE ? CLOCK_DONE :
	    clock_colour(&terms, out->due, v->d->today);
	return OK;
}

bool
term_shown(struct visit *v, size_t k, bool feedback, struct term *out)
{
	(void)term_of(v, k, feedback, out);
	return out->due != DAY_NONE;
}

bool
term_next(struct visit *v, size_t k, struct term *out)
{
	const struct kase *c = &v->d->state->kase[k];

	if (!desk_terms_run(c) || !case_state_open(c->state)) {
		return false;
	}
	if (c->ack_posted == DAY_NONE && term_shown(v, k, false, out)) {
		return true;
	}
	return c->feedback_posted == DAY_NONE && term_shown(v, k, true, out);
}

static const char *
place(struct visit *v, const struct term *t, day_t d, double less)
{
	double whole = t->due - t->from < 1 ? 1 : t->due - t->from;
	double part = (double)(d - t->from) / whole;

	part = part < 0 ? 0 : part > 1 ? 1 : part;
	return visit_text(v, "%.1f", BAR_LEFT - less + part * BAR_WIDTH);
}

void
term_set(struct visit *v, struct view *row, const struct term *t)
{
	bool met = t->posted != DAY_NONE;

	view_text(row, "due_iso", date_iso(v, t->due));
	view_text(row, "due", date_long(v, t->due));
	view_text(row, "due_short", date_short(v, t->due));
	view_text(row, "due_late", t->due_late == DAY_NONE ? NULL :
	    date_long(v, t->due_late));
	view_flag(row, "guess", t->guess && !met);
	view_text(row, "term", say(v, t->feedback ? TEXT_TERM_FEEDBACK :
	    TEXT_TERM_ACK));
	view_text(row, "bar_run", place(v, t, v->d->today, BAR_LEFT));
	view_text(row, "bar_draft", t->drafted == DAY_NONE || met ? NULL :
	    place(v, t, t->drafted, 0));
	view_text(row, "bar_posted", met ? place(v, t, t->posted, 0) : NULL);
	view_text(row, "drafted", t->drafted == DAY_NONE ? NULL :
	    date_short(v, t->drafted));
	view_text(row, "posted", met ? date_short(v, t->posted) : NULL);
	if (t->unknown) {
		tag_set(v, row, CLOCK_RED, say(v, TEXT_CLOCK_UNKNOWN));
	} else if (met && t->posted > t->due) {
		tag_set(v, row, CLOCK_RED, say_n(v, TEXT_GIVEN_LATE,
		    (long long)t->posted - t->due));
	} else if (met) {
		tag_set(v, row, CLOCK_DONE, say(v, TEXT_MET));
	} else {
		tag_set(v, row, t->colour, due_words(v, t->due));
	}
}
