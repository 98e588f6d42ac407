/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Is the desk well: stick, backup, keys, holders. And what waits for the
 * stick: written is not posted.
 */
#include "../heir.h"
#include "../lost.h"
#include "../org.h"
#include "../weeks.h"
#include "ui.h"

#define HEALTH_ROWS 12u
#define EXPORT_EVERY 14 /* days: every desk's lane stays fresh */
#define WEEKS_LOW 4u

struct health {
	struct visit *v;
	struct view *rows;
	size_t n;
};

static void
line(struct health *h, enum clock_colour c, const char *tag,
    enum text_id name, const char *text)
{
	struct view *row = &h->rows[h->n++];

	tag_set(h->v, row, c, tag);
	view_text(row, "name", say(h->v, name));
	view_text(row, "text", text);
}

static void
weeks_line(struct health *h)
{
	const struct keyring *ring = h->v->d->ring;
	day_t last = ring->weeks == 0 ? DAY_NONE :
	    ring->week[ring->weeks - 1].week;
	unsigned left = 0;
	char text[WEEK_TEXT] = "";

	for (unsigned i = 0; i < ring->weeks; i++) {
		left += ring->week[i].week >= week_of(h->v->d->today);
	}
	if (last != DAY_NONE) {
		week_text(last, text);
	}
	line(h, left < WEEKS_LOW ? CLOCK_RED : left < WEEKS_PUBLISHED ?
	    CLOCK_AMBER : CLOCK_DONE, left < WEEKS_PUBLISHED ?
	    say_n(h->v, TEXT_WEEKS_LEFT, left) : say(h->v, TEXT_IN_ORDER),
	    TEXT_H_WEEKS, last == DAY_NONE ? say(h->v, TEXT_NONE_YET) :
	    say_word(h->v, TEXT_MADE_UNTIL, visit_text(h->v, "%s", text)));
}

/* The page of the reporter closes in a week that any holder has no key of */
static void
holders_weeks_line(struct health *h)
{
	struct weeks_lack lack;

	if (h->v->d->keyset != NULL && weeks_lacking(h->v->d, &lack)) {
		line(h, lack.ahead < 2 ? CLOCK_RED : CLOCK_AMBER, say(h->v,
		    TEXT_MISSING), TEXT_H_WEEKS, say_word(h->v,
		    TEXT_WEEKS_LACK, visit_text(h->v, "%s (%s)", lack.who,
		    lack.week)));
	}
}

static void
backup_line(struct health *h)
{
	const struct state *s = h->v->d->state;
	bool any = s->last_backup != DAY_NONE && s->last_backup > 0;
	bool all = any && s->backed_up >= state_complete(s);

	line(h, all ? CLOCK_DONE : CLOCK_AMBER, say(h->v, all ?
	    TEXT_IN_ORDER : TEXT_DO_NOW), TEXT_H_BACKUP, any ?
	    say_word(h->v, TEXT_BACKUP_ON, date_long(h->v, s->last_backup)) :
	    say(h->v, TEXT_NONE_YET));
}

static void
import_line(struct health *h)
{
	const struct state *s = h->v->d->state;
	const struct manifest *m = s->manifests == 0 ? NULL :
	    &s->manifest[s->manifests - 1];

	if (s->importing) {
		line(h, CLOCK_RED, say(h->v, TEXT_DO_NOW), TEXT_H_IMPORT,
		    say(h->v, TEXT_IMPORT_CUT));
	} else if (m == NULL) {
		line(h, CLOCK_AMBER, say(h->v, TEXT_NONE_YET), TEXT_H_IMPORT,
		    say(h->v, TEXT_NONE_YET));
	} else {
		bool old = m->day + EXPORT_EVERY < h->v->d->today;
		line(h, old ? CLOCK_AMBER : CLOCK_DONE, say(h->v, old ?
		    TEXT_DO_NOW : TEXT_IN_ORDER), TEXT_H_IMPORT,
		    say_word(h->v, TEXT_CHAIN_GOOD, visit_text(h->v, "%llu",
		    (unsigned long long)m->serial)));
	}
}

static void
export_line(struct health *h)
{
	const struct state *s = h->v->d->state;
	bool never = s->applied_serial == 0;
	bool old = never || s->applied_day + EXPORT_EVERY < h->v->d->today;

	line(h, old ? CLOCK_AMBER : CLOCK_DONE, say(h->v, old ? TEXT_DO_NOW :
	    TEXT_IN_ORDER), TEXT_H_EXPORT, never ?
	    say(h->v, TEXT_NEVER_APPLIED) : say_word(h->v, TEXT_APPLIED_ON,
	    date_long(h->v, s->applied_day)));
}

static void
people_lines(struct health *h)
{
	const struct keyset *k = h->v->d->keyset;
	unsigned n = k == NULL ? 0 : keyset_holders(k, h->v->d->ring->desk);
	int left = k == NULL ? 0 : (int)(k->not_after - h->v->d->today);

	line(h, n > 1 ? CLOCK_DONE : CLOCK_RED, n > 1 ? visit_text(h->v,
	    "%u", n) : say(h->v, TEXT_MISSING), TEXT_H_HOLDERS,
	    say(h->v, n > 1 ? TEXT_HOLDERS_GOOD : TEXT_HOLDERS_ONE));
	if (k != NULL) {
		line(h, left < 14 ? CLOCK_RED : left < 60 ? CLOCK_AMBER :
		    CLOCK_DONE, left < 60 ? due_words(h->v, k->not_after) :
		    say(h->v, TEXT_IN_ORDER), TEXT_H_KEYSET,
		    say_word(h->v, left < 60 ? TEXT_VALID_RENEW :
		    TEXT_VALID_UNTIL, date_long(h->v, k->not_after)));
	}
}

/* Before the casebook is full, in time to destroy what is over its term */
static void
room_line(struct health *h)
{
	size_t room = casebook_room(h->v->d->book);

	if (room < CASES_WARN) {
		line(h, room < CASES_WARN / 4 ? CLOCK_RED : CLOCK_AMBER,
		    say(h->v, TEXT_DO_NOW), TEXT_H_ROOM, say_n(h->v,
		    TEXT_ROOM_LEFT, (long long)room));
	}
}

/* Each backup is for those deputies only whose note was taken in */
static void
deputy_line(struct health *h)
{
	char names[HEIRS_TEXT];
	struct heirs heirs;

	heirs_load(h->v->d, &heirs);
	if (heirs.without > 0) {
		line(h, heirs.n == 0 ? CLOCK_RED : CLOCK_AMBER, say(h->v,
		    TEXT_DO_NOW), TEXT_H_DEPUTY, say_word(h->v,
		    TEXT_DEPUTY_LACKS, heirs_text(heirs.lacks, heirs.without,
		    names)));
	} else if (heirs.n > 0) {
		line(h, CLOCK_DONE, say(h->v, TEXT_IN_ORDER), TEXT_H_DEPUTY,
		    say_word(h->v, TEXT_DEPUTY_GOOD, heirs_text(heirs.who,
		    heirs.n, names)));
	}
}

/* What did not come keeps all that is later from being confirmed */
static void
lost_line(struct health *h)
{
	const struct state *s = h->v->d->state;
	size_t i = state_generation_start(s), n = state_bodies_lost(s);

	while (i < s->manifests && s->manifest[i].complete) {
		i++;
	}
	if (i < s->manifests && h->v->d->today >= s->manifest[i].day +
	    LOST_DAYS) {
		line(h, CLOCK_RED, say(h->v, TEXT_DO_NOW), TEXT_H_LOST,
		    say_word(h->v, TEXT_LOST_WAITS, visit_text(h->v, "%llu",
		    (unsigned long long)s->manifest[i].serial)));
	} else if (n > 0) {
		line(h, CLOCK_DONE, visit_text(h->v, "%zu", n), TEXT_H_LOST,
		    say(h->v, TEXT_LOST_OFF));
	}
}

static day_t
later(day_t a, day_t b)
{
	return a > b ? a : b;
}

/* A clock that stands before a day of this desk's own work, or more than a
 * day before one of the gateway's: every term and week is wrong then */
static void
clock_line(struct health *h)
{
	const struct state *s = h->v->d->state;
	day_t known = s->last_backup;

	if (s->messages > 0) {
		known = later(known, s->message[s->messages - 1].seen);
	}
	if (s->manifests > 0) {
		known = later(known, s->manifest[s->manifests - 1].day - 1);
	}
	if (h->v->d->today < known) {
		line(h, CLOCK_RED, say(h->v, TEXT_DO_NOW), TEXT_H_CLOCK,
		    say_word(h->v, TEXT_CLOCK_BEHIND, date_long(h->v,
		    known)));
	}
}

void
keys_health(struct visit *v, struct view *to)
{
	struct health h = {.v = v, .rows = visit_rows(v, HEALTH_ROWS)};

	clock_line(&h);
	import_line(&h);
	lost_line(&h);
	export_line(&h);
	backup_line(&h);
	weeks_line(&h);
	holders_weeks_line(&h);
	people_lines(&h);
	deputy_line(&h);
	room_line(&h);
	view_list(to, "health", h.rows, h.n);
}

void
stick_set(struct visit *v, struct view *to)
{
	const struct state *s = v->d->state;
	size_t waiting = 0, carried = 0;
	day_t oldest = DAY_NEVER;

	for (size_t i = 0; i < s->answers; i++) {
		const struct draft *a = &s->answer[i];
		const struct kase *c = &s->kase[a->kase];
		struct term t;
		bool f = a->kind == REPLY_FEEDBACK;
		if (!draft_waits(a) || c->state == CASE_DESTROYED) {
			continue;
		}
		waiting += a->serial == 0;
		carried += a->serial != 0;
		if (desk_terms_run(c) &&
		    (f || a->kind == REPLY_ACKNOWLEDGEMENT) &&
		    term_of(v, a->kase, f, &t) == OK && t.due < oldest &&
		    t.due != DAY_NONE) {
			oldest = t.due;
		}
	}
	view_text(to, "stick_n", waiting == 0 ? NULL : say_n(v, waiting == 1 ?
	    TEXT_ANSWER_1 : TEXT_ANSWERS_N, (long long)waiting));
	view_text(to, "stick_carried", carried == 0 ? NULL : say_n(v,
	    TEXT_CARRIED_N, (long long)carried));
	view_text(to, "stick_due", oldest == DAY_NEVER ? NULL :
	    say_word(v, TEXT_OLDEST_DUE, due_words(v, oldest)));
}
