/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Replies. The text lies sealed in the casebook; notes are signed again at
 * each export, so that they list the receipts the desk holds by then.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "meldluik/retention.h"
#include "meldluik/secret.h"
#include "replies.h"
#include "terminal.h"

#define TEXT_MAX (SLOT_LIVE_MAX * SLOT_PLAIN)

unsigned
reply_waiting(const struct state *s, size_t k)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->answers; i++) {
		if (s->answer[i].kase == k && draft_waits(&s->answer[i])) {
			n += s->answer[i].parts;
		}
	}
	return n;
}

static void
reply_of(const struct desk *d, const struct draft *a, struct reply *out)
{
	const struct state *s = d->state;

	memset(out, 0, sizeof *out);
	memcpy(out->org, d->ring->org, ORG_LEN);
	out->desk = d->ring->desk;
	memcpy(out->reply_id, a->reply_id, sizeof out->reply_id);
	out->day = a->drafted;
	out->kind = a->kind;
	memcpy(out->language, a->language, sizeof out->language);
	for (size_t i = 0; i < s->messages; i++) {
		const struct message *m = &s->message[i];
		if (m->kase != a->kase || m->entered) {
			continue;
		}
		if (out->receipts == REPLY_RECEIPTS_MAX) { /* newest stay */
			memmove(out->receipt[0], out->receipt[1],
			    sizeof out->receipt[0] *
			    (REPLY_RECEIPTS_MAX - 1));
			out->receipts--;
		}
		memcpy(out->receipt[out->receipts++], m->message_id,
		    MESSAGE_ID_LEN);
	}
}

static void
notes_free(struct buf note[SLOT_LIVE_MAX], unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		buf_free(&note[i]);
	}
}

enum err
reply_parts(const struct desk *d, size_t k, const struct act_answer *w,
    uint8_t id[16], unsigned *parts)
{
	struct buf note[SLOT_LIVE_MAX];
	struct draft a = {.kase = k, .kind = w->kind, .drafted = d->today};
	struct reply reply;
	enum err e;

	randombytes_buf(a.reply_id, sizeof a.reply_id);
	snprintf(a.language, sizeof a.language, "%s", w->language != NULL ?
	    w->language : d->state->kase[k].language);
	reply_of(d, &a, &reply);
	*parts = 0;
	e = reply_notes(&reply, w->text, w->len, d->ring->operational, note,
	    parts);
	if (e == OK) {
		notes_free(note, *parts);
		memcpy(id, a.reply_id, sizeof a.reply_id);
	}
	return e;
}

static enum err
answer_notes(struct desk *d, const struct draft *a,
    struct buf note[SLOT_LIVE_MAX], unsigned *parts)
{
	struct buf text = buf_new_secret(TEXT_MAX);
	struct reply reply;
	enum err e = record_get(d->book, a->record, &text);

	if (e == OK) {
		reply_of(d, a, &reply);
		e = reply_notes(&reply, (const char *)text.p, text.len,
		    d->ring->operational, note, parts);
	}
	buf_free(&text);
	return e;
}

static void
case_left(const struct desk *d, size_t k, struct live_threads *out,
    const char *why)
{
	say_error("answers of case %s are left out: %s", d->state->kase[k].ref,
	    why);
	out->left_case = k;
	out->left_cases++;
}

/* The newest replies that fit in eight slots, put oldest first */
static enum err
thread_make(struct desk *d, size_t k, struct live_threads *out,
    unsigned *replies)
{
	const struct state *s = d->state;
	struct lane_thread *t = &out->thread[out->count];
	struct buf *kept = out->note[out->count];
	struct content *c = NULL;
	enum err e = OK, lost = OK;

	*replies = 0;
	for (size_t i = s->answers; i > 0 && e == OK; i--) {
		struct buf note[SLOT_LIVE_MAX];
		unsigned parts = 0;
		if (s->answer[i - 1].kase != k ||
		    s->answer[i - 1].taken_back != DAY_NONE) {
			continue;
		}
		if (t->notes + s->answer[i - 1].parts > SLOT_LIVE_MAX) {
			break;
		}
		e = answer_notes(d, &s->answer[i - 1], note, &parts);
		if (record_lost(e)) {
			out->left[i - 1] = true;
			lost = e;
			e = OK;
			continue;
		}
		if (e == OK && t->notes + parts > SLOT_LIVE_MAX) {
			notes_free(note, parts); /* more than were said */
			break;
		}
		if (e == OK) {
			memmove(kept + parts, kept, t->notes * sizeof *kept);
			memcpy(kept, note, parts * sizeof *kept);
			t->notes += parts;
			++*replies;
		}
	}
	for (unsigned i = 0; i < t->notes; i++) {
		t->note[i] = (struct bytes){kept[i].p, kept[i].len};
	}
	if (e == OK && t->notes > 0) {
		e = desk_content(d, &s->message[s->kase[k].first], &c);
	}
	if (e == OK && t->notes > 0) {
		memcpy(t->tag_key, c->report->tag_key, sizeof t->tag_key);
		t->recipient = c->report->recipient;
	}
	content_free(c);
	if (e == OK && lost != OK) {
		case_left(d, k, out, err_text(lost));
	}
	return e;
}

enum err
mailbox_end(struct desk *d, size_t k, day_t *out)
{
	const struct state *s = d->state;
	day_t last = DAY_NONE; /* the least of all days */
	enum err e = desk_policy(d);

	for (size_t i = 0; i < s->messages; i++) {
		if (s->message[i].kase == k && s->message[i].seen > last) {
			last = s->message[i].seen;
		}
	}
	for (size_t i = 0; i < s->answers; i++) {
		const struct draft *a = &s->answer[i];
		if (a->kase != k || a->taken_back != DAY_NONE) {
			continue;
		}
		last = a->drafted > last ? a->drafted : last;
		last = a->posted > last ? a->posted : last;
	}
	return e == OK ? retention_mailbox(d->profile, s->kase[k].closed,
	    last, out) : e;
}

day_t
destroy_day(struct desk *d, size_t k)
{
	const struct kase *c = &d->state->kase[k];
	day_t end;

	return c->has_mailbox && c->answers > 0 &&
	    c->destroy_on != DAY_NONE && mailbox_end(d, k, &end) == OK &&
	    end > c->destroy_on ? end : c->destroy_on;
}

/* An answer that no bundle carried yet goes, however old */
static enum err
thread_ended(struct desk *d, size_t k, bool *ended)
{
	day_t end;
	enum err e = mailbox_end(d, k, &end);

	*ended = e == OK && d->today >= end &&
	    reply_waiting(d->state, k) == 0;
	return e;
}

/* None of its answers go */
static void
thread_drop(struct desk *d, size_t k, struct live_threads *out,
    const char *why)
{
	for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
		buf_free(&out->note[out->count][i]);
	}
	memset(out->note[out->count], 0, sizeof *out->note);
	secret_wipe(&out->thread[out->count], sizeof *out->thread);
	for (size_t i = 0; i < d->state->answers; i++) {
		out->left[i] = out->left[i] || d->state->answer[i].kase == k;
	}
	case_left(d, k, out, why);
}

/* The thread of case ${k}, at the end of ${out} */
static enum err
thread_put(struct desk *d, size_t k, struct live_threads *out,
    uint32_t load[LANE_SHARDS_MAX])
{
	struct lane_thread *t = &out->thread[out->count];
	unsigned replies;
	enum err e = thread_make(d, k, out, &replies);

	if (record_lost(e)) {
		thread_drop(d, k, out, err_text(e));
		return OK;
	}
	if (e == OK && t->notes > 0 && !lane_fits(out->thread, out->count, t,
	    load)) {
		thread_drop(d, k, out, "its mailbox is another case's, or of "
		    "too many that are alike");
		return OK;
	}
	out->replies += replies;
	out->count++;
	return e;
}

/* Of two cases with one mailbox the older has it, but before both what a
 * holder of another desk signed as the reporter's */
enum err
threads_make(struct desk *d, struct live_threads *out)
{
	const struct state *s = d->state;
	uint32_t load[LANE_SHARDS_MAX] = {0};
	enum err e = OK;

	memset(out, 0, sizeof *out);
	if (s->kases == 0) {
		return OK;
	}
	out->thread = secret_new(s->kases * sizeof *out->thread);
	out->note = calloc(s->kases, sizeof *out->note);
	out->left = calloc(s->answers + 1, sizeof *out->left);
	if (out->thread == NULL || out->note == NULL || out->left == NULL) {
		threads_free(out);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < 2 * s->kases && e == OK; i++) {
		size_t k = i % s->kases;
		bool ended;
		if ((s->kase[k].from_desk != 0) != (i < s->kases) ||
		    !s->kase[k].has_mailbox || s->kase[k].answers == 0 ||
		    s->kase[k].state == CASE_DESTROYED ||
		    s->kase[k].destroyed) {
			continue;
		}
		e = thread_ended(d, k, &ended);
		if (e != OK || ended) {
			continue;
		}
		e = thread_put(d, k, out, load);
	}
	if (e != OK) {
		threads_free(out);
	}
	return e;
}

void
threads_free(struct live_threads *t)
{
	for (size_t i = 0; t->note != NULL && i < t->count; i++) {
		for (unsigned j = 0; j < SLOT_LIVE_MAX; j++) {
			buf_free(&t->note[i][j]);
		}
	}
	free(t->note);
	free(t->left);
	secret_free(t->thread);
	memset(t, 0, sizeof *t);
}
