/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One case: both clocks, what was said in both directions, files, notes, and
 * what may be done now. What may not be done stands there with its rule.
 */
#include <stdlib.h>
#include <string.h>

#include "../content.h"
#include "../kept.h"
#include "../question.h"
#include "case.h"

static const char *
size_text(struct visit *v, uint64_t n)
{
	bool large = n >= 1u << 20;
	uint64_t tenths = n * 10 / (large ? 1u << 20 : 1024u);

	return n < 1024 ? visit_text(v, "%llu B", (unsigned long long)n) :
	    visit_text(v, "%llu%s%llu %s", (unsigned long long)tenths / 10,
	    v->lang == 0 ? "," : ".", (unsigned long long)tenths % 10,
	    large ? "MB" : "KB");
}

void
answers_set(struct visit *v, struct view *row, const struct report *r)
{
	struct view *rows = visit_rows(v, r->answers);

	for (unsigned i = 0; i < r->answers; i++) {
		const struct report_answer *a = &r->answer[i];
		const char *text = answer_words(a, v->lang != 0),
		    *asked = question_text(a, v->lang != 0);
		rows[i].parent = row;
		view_text(&rows[i], "question", r->answers == 1 &&
		    strcmp(a->key, "what") == 0 ? NULL :
		    visit_keep(v, asked, strlen(asked)));
		view_flag(&rows[i], "of_page", question_of_page(a));
		view_text(&rows[i], "text", visit_keep(v, text,
		    strlen(text)));
	}
	view_list(row, "answers", rows, r->answers);
}

static size_t
files_of(struct visit *v, const struct report *r, unsigned message,
    struct view *rows, size_t n)
{
	for (unsigned i = 0; i < r->attachments; i++, n++) {
		const struct report_attachment *a = &r->attachment[i];
		char hex[2 * HASH_LEN + 1];
		hex_encode(a->sha256, HASH_LEN, hex);
		view_text(&rows[n], "number", visit_text(v, "%u.%u", message,
		    i + 1));
		view_text(&rows[n], "name", visit_keep(v, a->name,
		    strlen(a->name)));
		view_text(&rows[n], "media", visit_keep(v, a->media_type,
		    strlen(a->media_type)));
		view_text(&rows[n], "size", size_text(v, a->size));
		view_text(&rows[n], "hash", visit_text(v, "%.32s %s", hex,
		    hex + 32));
	}
	return n;
}

/* A first message names the key and bears no signature of it; a forged one in
 * an old journal was signed with another */
static bool
reporter_signed(const struct state *s, const struct message *m)
{
	return m->has_signer && !m->entered && (m->kind == REPORT_FOLLOW_UP ||
	    m->kind == REPORT_WITHDRAWAL) &&
	    sign_pk_equal(&m->signer, &s->kase[m->kase].signer);
}

enum err
unread_set(struct visit *v, struct view *row, enum err e)
{
	v->unread += record_lost(e);
	view_flag(row, "unread", record_lost(e));
	return record_lost(e) ? OK : e;
}

void
unread_tell(struct visit *v)
{
	view_text(&v->view, "some_unread", v->unread == 0 ? NULL :
	    say_n(v, TEXT_CASE_DAMAGED, (long long)v->unread));
}

static void
incoming_set(struct visit *v, struct view *row, const struct message *m,
    struct content *c)
{
	view_flag(row, "in", true);
	view_flag(row, "out", false);
	view_text(row, "who", say(v, m->entered ? TEXT_ENTERED_BY_HAND :
	    m->kind == REPORT_WITHDRAWAL ? TEXT_WHO_WITHDRAWS :
	    TEXT_WHO_REPORTER));
	view_text(row, "day", date_long(v, m->received));
	view_flag(row, "signed", reporter_signed(v->d->state, m));
	view_flag(row, "conflict", m->conflict);
	view_flag(row, "hidden", !desk_text_shown(v->d, m));
	if (c != NULL) {
		answers_set(v, row, c->report);
	} else {
		view_list(row, "answers", NULL, 0);
	}
}

static const char *
draft_id(struct visit *v, const struct draft *a)
{
	char hex[2 * sizeof a->reply_id + 1];

	hex_encode(a->reply_id, sizeof a->reply_id, hex);
	return visit_text(v, "%s", hex);
}

/* Text of a record, or of what was kept (${w}), as ${text} */
static enum err
sealed_set(struct visit *v, struct view *row, const uint8_t record[RECORD_ID],
    const struct kept *w)
{
	struct buf text = buf_new_secret(RECORD_MAX);
	enum err e = w != NULL ? kept_text(v->d, w, v->lang != 0, &text) :
	    record_get(v->d->book, record, &text);

	view_text(row, "text", e != OK ? "" : visit_keep(v,
	    (const char *)text.p, text.len));
	buf_free(&text);
	return unread_set(v, row, e);
}

/* What we said: the frame of it */
static enum err
ours_set(struct visit *v, struct view *row, enum reply_kind kind, day_t day,
    const uint8_t record[RECORD_ID])
{
	view_flag(row, "in", false);
	view_flag(row, "out", true);
	view_flag(row, "hidden", false);
	view_flag(row, "conflict", false);
	view_text(row, "who", reply_label(v, kind));
	view_text(row, "day", date_long(v, day));
	return sealed_set(v, row, record, NULL);
}

static enum err
outgoing_set(struct visit *v, struct view *row, const struct draft *a)
{
	view_text(row, "draft", draft_waits(a) && a->serial == 0 ?
	    draft_id(v, a) : NULL);
	if (a->taken_back != DAY_NONE) {
		tag_plain(row, say_word(v, TEXT_TAKEN_BACK,
		    date_long(v, a->taken_back)));
	} else if (a->posted == DAY_NONE) {
		tag_set(v, row, CLOCK_AMBER, say(v, TEXT_NOT_POSTED));
	} else {
		tag_set(v, row, CLOCK_DONE, say_word(v, TEXT_POSTED_ON,
		    date_long(v, a->posted)));
	}
	return ours_set(v, row, a->kind, a->drafted, a->record);
}

/* By letter, in a talk, or not at all */
static enum err
given_set(struct visit *v, struct view *row, const struct kept *w)
{
	view_text(row, "draft", NULL);
	tag_plain(row, visit_text(v, "%s, %s", kept_label(v, w),
	    date_long(v, w->day)));
	return ours_set(v, row, w->kind, w->day, w->record);
}

static int
item_cmp(const void *a, const void *b)
{
	const struct item *s = a, *t = b;

	return s->day != t->day ? (s->day < t->day ? -1 : 1) :
	    s->order != t->order ? (s->order < t->order ? -1 : 1) : 0;
}

/* What stands on one page: who writes much, and long, may not make a page that
 * is over its limit, for then nothing could be done with the case */
#define CASE_PART 40u

static unsigned
page_of(const struct visit *v)
{
	unsigned long n = strtoul(v->query(v, "page"), NULL, 10);

	return n < 1 ? 1 : n > 100000 ? 100000 : (unsigned)n;
}

/* The newest stand on page 1: where, of ${n} in the order of time, the page
 * ends and, in return, begins */
static size_t
page_part(const struct visit *v, size_t n, size_t *end)
{
	size_t later = (size_t)(page_of(v) - 1) * CASE_PART;

	*end = n > later ? n - later : 0;
	return *end > CASE_PART ? *end - CASE_PART : 0;
}

static void
pages_set(struct visit *v, size_t n)
{
	unsigned pages = (unsigned)((n + CASE_PART - 1) / CASE_PART), m = 0;
	struct view *rows = visit_rows(v, pages + 1u);

	for (unsigned i = 1; i <= pages && pages > 1; i++, m++) {
		view_text(&rows[m], "page", visit_text(v, "%u", i));
		view_flag(&rows[m], "current", i == page_of(v));
	}
	view_list(&v->view, "pages", rows, m);
	view_flag(&v->view, "has_pages", m > 0);
}

/* ${n} items so far; none without a place in the list */
struct items {
	struct item *item;
	size_t n;
};

static void
item_add(struct items *l, struct item one)
{
	one.order = l->n;
	l->item[l->n++] = one;
}

/* Words of an event that are shown among messages, or else among notes */
static void
kept_add(const struct visit *v, size_t k, bool told, struct items *l)
{
	const struct state *s = v->d->state;

	for (size_t i = 0; i < s->kepts; i++) {
		const struct kept *w = &s->kept[i];
		if (w->kase == k && (w->with == KEPT_GIVEN) == told &&
		    kept_shown(v->d, w)) {
			item_add(l, (struct item){.kept = w, .day = w->day});
		}
	}
}

static struct items
items_new(struct visit *v, size_t k)
{
	const struct state *s = v->d->state;
	size_t room = 1;

	for (size_t i = 0; i < s->messages; i++) {
		room += s->message[i].kase == k;
	}
	for (size_t i = 0; i < s->answers; i++) {
		room += s->answer[i].kase == k;
	}
	for (size_t i = 0; i < s->notes; i++) {
		room += s->note[i].kase == k;
	}
	for (size_t i = 0; i < s->kepts; i++) {
		room += s->kept[i].kase == k;
	}
	return (struct items){visit_new(v, room * sizeof(struct item)), 0};
}

/* Both directions in one line of time */
static struct items
talk_of(struct visit *v, size_t k)
{
	const struct state *s = v->d->state;
	struct items l = items_new(v, k);
	unsigned number = 0;

	for (size_t i = 0; i < s->messages; i++) {
		if (s->message[i].kase == k) {
			number++;
			item_add(&l, (struct item){.in = &s->message[i],
			    .number = number,
			    .day = s->message[i].received});
		}
	}
	for (size_t i = 0; i < s->answers; i++) {
		if (s->answer[i].kase == k && desk_ours_shown(v->d, k)) {
			item_add(&l, (struct item){.out = &s->answer[i],
			    .day = s->answer[i].drafted});
		}
	}
	kept_add(v, k, true, &l);
	qsort(l.item, l.n, sizeof *l.item, item_cmp);
	return l;
}

/* One part of that, and the files of the messages in it */
static enum err
talk_set(struct visit *v, size_t k, size_t *n)
{
	struct items l = talk_of(v, k);
	struct item *item = l.item;
	size_t end, from = page_part(v, l.n, &end), files = 0;
	struct view *rows = visit_rows(v, CASE_PART), *file = visit_rows(v,
	    CASE_PART * REPORT_ATTACHMENTS_MAX);
	enum err e = OK;

	for (size_t i = from; i < end && e == OK; i++) {
		const struct message *m = item[i].in;
		struct content *content = NULL;
		if (m == NULL) {
			e = item[i].out != NULL ? outgoing_set(v,
			    &rows[i - from], item[i].out) : given_set(v,
			    &rows[i - from], item[i].kept);
			continue;
		}
		if (desk_text_shown(v->d, m)) {
			e = desk_content(v->d, m, &content);
		}
		e = unread_set(v, &rows[i - from], e);
		incoming_set(v, &rows[i - from], m, content);
		if (content != NULL) {
			files = files_of(v, content->report, item[i].number,
			    file, files);
		}
		content_free(content);
	}
	*n = l.n;
	view_list(&v->view, "talk", rows, end - from);
	view_flag(&v->view, "has_files", files > 0);
	view_list(&v->view, "files", file, files);
	return e;
}

/* Notes and the other words that were kept, the newest first */
static enum err
notes_set(struct visit *v, size_t k, size_t *all)
{
	const struct state *s = v->d->state;
	struct view *rows = visit_rows(v, CASE_PART);
	struct items l = items_new(v, k);
	size_t n = 0, from, end;
	enum err e = OK;

	for (size_t i = 0; i < s->notes && desk_ours_shown(v->d, k); i++) {
		if (s->note[i].kase == k) {
			item_add(&l, (struct item){.note = &s->note[i],
			    .day = s->note[i].day});
		}
	}
	kept_add(v, k, false, &l);
	qsort(l.item, l.n, sizeof *l.item, item_cmp);
	from = page_part(v, l.n, &end);
	for (size_t i = end; i-- > from && e == OK; n++) {
		const struct item *it = &l.item[i];
		e = sealed_set(v, &rows[n], it->note != NULL ?
		    it->note->record : NULL, it->kept);
		view_text(&rows[n], "day", date_long(v, it->day));
		view_text(&rows[n], "what", it->kept == NULL ? NULL :
		    kept_label(v, it->kept));
	}
	*all = l.n;
	view_list(&v->view, "notes", rows, n);
	return e;
}

static void
links_set(struct visit *v, size_t k)
{
	const struct state *s = v->d->state;
	struct view *rows = visit_rows(v, s->links + 1);
	size_t n = 0;

	for (size_t i = 0; i < s->links; i++) {
		const struct case_link *l = &s->link[i];
		if (l->a == k || l->b == k) {
			view_text(&rows[n++], "other", s->kase[l->a == k ?
			    l->b : l->a].ref);
		}
	}
	view_flag(&v->view, "has_links", n > 0);
	view_list(&v->view, "links", rows, n);
}

void
case_head(struct visit *v, size_t k)
{
	const struct kase *c = &v->d->state->kase[k];
	struct view *w = &v->head;
	size_t lost = act_destroyed_unread(v->d, k).folders;

	view_text(w, "ref", c->ref);
	view_text(w, "title", c->ref);
	view_flag(w, "advice_case", c->kind == REPORT_ADVICE);
	view_text(w, "state", state_label(v, c->state));
	view_text(w, "received", date_long(v, c->received));
	view_text(w, "received_iso", date_iso(v, c->received));
	view_text(w, "type", c->type[0] == 0 ? say(v, TEXT_NOT_SORTED) :
	    code_label(v, "type", c->type));
	view_text(w, "wbk", c->wbk[0] == 0 ? say(v, TEXT_UNKNOWN) :
	    code_label(v, "wbk", c->wbk));
	view_text(w, "origin", c->origin[0] == 0 ? say(v, TEXT_UNKNOWN) :
	    code_label(v, "origin", c->origin));
	view_text(w, "route", c->has_mailbox || c->route[0] == 0 ?
	    say(v, TEXT_ROUTE_MAILBOX) : code_label(v, "route", c->route));
	view_text(w, "case_language", visit_text(v, "%s", c->language));
	view_flag(w, "mailbox", c->has_mailbox);
	view_flag(w, "withdrawn", c->withdrawn);
	view_text(w, "said_early", c->said_early == DAY_NONE ? NULL :
	    say_word(v, TEXT_SAID_EARLY, date_long(v, c->said_early)));
	view_text(w, "folders_lost", lost == 0 ? NULL :
	    say_n(v, TEXT_FOLDERS_LOST, (long long)lost));
	view_flag(w, "sorted", c->type[0] != 0);
}

static void
clocks_set(struct visit *v, size_t k)
{
	struct view *rows = visit_rows(v, 2);
	struct term t;
	size_t n = 0;

	if (desk_terms_run(&v->d->state->kase[k])) {
		for (int f = 0; f < 2; f++) {
			if (term_shown(v, k, f == 1, &t)) {
				view_text(&rows[n], "cid", f == 0 ? "k1" :
				    "k2");
				term_set(v, &rows[n++], &t);
			}
		}
	}
	view_flag(&v->view, "clocks_shown", n > 0);
	view_list(&v->view, "clocks", rows, n);
}

static void
show(struct visit *v)
{
	size_t said = 0, notes = 0;
	enum err e;

	case_head(v, v->k);
	clocks_set(v, v->k);
	links_set(v, v->k);
	e = talk_set(v, v->k, &said);
	if (e == OK) {
		e = notes_set(v, v->k, &notes);
	}
	if (e != OK) {
		visit_plain(v, 500, TEXT_VERIFY_FAILED);
		return;
	}
	unread_tell(v);
	pages_set(v, said > notes ? said : notes);
	case_work_set(v, v->k);
	visit_page(v, PAGE_CASE, TEXTS, 3);
}

void
page_case(struct visit *v)
{
	case_form(v, show, "do", case_deeds, "");
}
