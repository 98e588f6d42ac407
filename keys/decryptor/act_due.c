/* SPDX-License-Identifier: EUPL-1.2 */
/* What is due: the legal clocks first, then what waits for somebody. */
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "fold_private.h"
#include "replies.h"

struct dues {
	struct due *due;
	size_t n, room;
	struct clock_terms terms;
	day_t today;
};

static enum err
add(struct dues *l, enum due_what what, size_t k, day_t day, unsigned count)
{
	struct due *more = state_room(l->due, &l->room, l->n,
	    sizeof *more);

	if (more == NULL) {
		return ERR_MEMORY;
	}
	l->due = more;
	more[l->n++] = (struct due){what, k, day,
		clock_colour(&l->terms, day, l->today), count};
	return OK;
}

static unsigned
drafts_of(const struct state *s, size_t k)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->answers; i++) {
		n += s->answer[i].kase == k && draft_waits(&s->answer[i]);
	}
	return n;
}

/* Days after which a forgotten thing is shown */
#define REQUEST_DAYS 7
#define ORAL_DAYS 14
#define TELL_DAYS 14 /* a decision, where earlier feedback kept the term */
#define CLASS_DAYS 42 /* an objection may come for six weeks (Awb 6:7) */

static enum err
case_due(struct desk *d, size_t k, unsigned drafts, day_t *carry,
    struct dues *l)
{
	const struct kase *c = &d->state->kase[k];
	struct clocks clocks;
	enum err e = desk_clocks(d, c, &clocks);
	bool terms = desk_terms_run(c);
	day_t next = DAY_NONE;

	if (e != OK && e != ERR_MEMORY) { /* the others go on */
		return add(l, DUE_CLOCK, k, l->today, 0);
	}
	if (e == OK && terms && c->feedback_posted == DAY_NONE) {
		e = add(l, DUE_FEEDBACK, k, clocks.feedback_due, 0);
		next = clocks.feedback_due;
	}
	if (e == OK && terms && c->ack_posted == DAY_NONE &&
	    clocks.ack_due != DAY_NONE) {
		e = add(l, DUE_ACK, k, clocks.ack_due, 0);
		next = clocks.ack_due;
	}
	if (e == OK && (c->state == CASE_FETCHED || c->state == CASE_OPENED)) {
		e = add(l, DUE_TRIAGE, k, clocks.ack_due != DAY_NONE ?
		    clocks.ack_due : c->received + 7, 0);
	}
	if (e == OK && c->feedback_posted != DAY_NONE && c->decided !=
	    DAY_NONE && c->told_decision == DAY_NONE) {
		e = add(l, DUE_FEEDBACK, k, c->decided + TELL_DAYS, 0);
	}
	if (e == OK && c->oral && c->oral_state == ORAL_OFFERED) {
		e = add(l, DUE_ORAL, k, c->since + ORAL_DAYS, 0);
	}
	if (e == OK && c->meeting != DAY_NONE) {
		e = add(l, DUE_MEETING, k, clock_meeting_due(&l->terms,
		    d->holidays, c->meeting), 0);
	}
	if (drafts > 0 && next != DAY_NONE && next < *carry) {
		*carry = next;
	}
	return e;
}

static int
by_day(const void *a, const void *b)
{
	const struct due *x = a, *y = b;

	return x->day != y->day ? (x->day < y->day ? -1 : 1) :
	    (int)x->what - (int)y->what;
}

static enum err
others_due(struct desk *d, struct dues *l)
{
	const struct state *s = d->state;
	enum err e = s->importing ? add(l, DUE_IMPORT, NOT_FOUND, d->today,
	    0) : OK;

	for (size_t i = 0; i < s->requests && e == OK; i++) {
		const struct request *r = &s->request[i];
		if (act_request_open(s, r) && (r->kase == NOT_FOUND ||
		    !s->kase[r->kase].destroyed)) {
			e = add(l, DUE_REQUEST, r->kase, r->day +
			    REQUEST_DAYS, 0);
		}
	}
	for (size_t i = 0; i < s->forwardings && e == OK; i++) {
		const struct forwarding *f = &s->forwarding[i];
		if (f->until != DAY_NONE && !s->kase[f->kase].destroyed &&
		    f->until + l->terms.amber_days >= d->today) {
			e = add(l, DUE_REVIEW, f->kase, f->until, 0);
		}
	}
	return e;
}

enum err
act_due(struct desk *d, struct due **out, size_t *n)
{
	const struct state *s = d->state;
	struct dues l = {.due = NULL, .today = d->today};
	day_t carry = DAY_NEVER;
	unsigned drafts = 0;
	enum err e = desk_policy(d);

	if (e != OK) {
		return e;
	}
	l.terms = clocks_terms(d->profile);
	for (size_t k = 0; k < s->kases && e == OK; k++) {
		const struct kase *c = &s->kase[k];
		unsigned mine;
		if (c->destroyed || c->locked) {
			continue;
		}
		mine = drafts_of(s, k);
		drafts += mine;
		if (case_state_open(c->state)) {
			e = case_due(d, k, mine, &carry, &l);
		} else if (c->state == CASE_RETAINED && !c->hold &&
		    destroy_day(d, k) <= d->today + l.terms.amber_days) {
			e = add(&l, DUE_DESTROY, k, destroy_day(d, k), 0);
		} else if (c->state == CASE_CLOSED) {
			e = add(&l, DUE_RETENTION, k, c->closed + CLASS_DAYS,
			    0);
		}
	}
	if (e == OK && drafts > 0) {
		e = add(&l, DUE_CARRY, NOT_FOUND, carry == DAY_NEVER ?
		    d->today : carry, drafts);
	}
	if (e == OK) {
		e = others_due(d, &l);
	}
	if (e != OK) {
		free(l.due);
		return e;
	}
	if (l.n > 0) {
		qsort(l.due, l.n, sizeof *l.due, by_day);
	}
	*out = l.due;
	*n = l.n;
	return OK;
}
