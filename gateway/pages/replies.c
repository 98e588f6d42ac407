/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Check back without scripts: a code in, one page of one size out. Every
 * code, right, wrong, mistyped or empty, costs the same openings over every
 * lane, gets the same status, headers and length, and the answer leaves at a
 * time that does not say what it took to write the page. The code and the
 * replies are plaintext here: secret memory only, wiped before the answer
 * leaves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/html.h"
#include "meldluik/mailbox.h"
#include "meldluik/secret.h"
#include "pages.h"

#define REPLIES_PAGE 98304u  /* bytes of the page, whatever it says */
#define REPLIES_ROOM 49152u  /* escaped bytes of replies on one page */
#define PIECE 16384u         /* escaped bytes of a reply shown in one go */
#define SHOWN_MAX 16u
#define PIECES_MAX 512u
#define OLD_DAYS 28
#define TYPED_KEPT 64u /* a mistyped code comes back, for one to mend it */

/* A stretch of one reply's text */
struct piece {
	const struct reply *reply;
	size_t from, len, escaped;
	bool last;
};

struct found {
	struct code code;
	struct code_keys keys;
	bool typed; /* a code that could be one */
	struct mailbox_replies lane[KEYSET_DESKS_MAX];
	unsigned lanes;
	unsigned damaged, receipts, replies;
	bool old;
	struct piece piece[PIECES_MAX]; /* newest reply first */
	unsigned pieces;
	char last[33]; /* reply_id of the newest, hex */
	char to[4];    /* desk that reads what is added */
	struct view row[SHOWN_MAX];
	char n[SHOWN_MAX][12], iso[SHOWN_MAX][DAY_TEXT];
	char date[SHOWN_MAX][DATE_TEXT];
	char skip[12], held[12], found[12], text[CODE_TEXT];
	struct view v;
};

/* Reads one lane; a lane that is not there costs the reader nothing, and is
 * the same for every code */
static void
lane_read(struct found *f, const struct mailbox *m, const struct site *s,
    unsigned desk)
{
	struct public_file doc, sig, all;
	struct lane l;
	char path[40];
	uint64_t size;
	uint32_t shard;

	snprintf(path, sizeof(path), "board/%u.json", desk);
	if (!snapshot_file(s->snapshot, path, &doc)) {
		return;
	}
	snprintf(path, sizeof(path), "board/%u.json.minisig", desk);
	if (!snapshot_file(s->snapshot, path, &sig)) {
		return;
	}
	snprintf(path, sizeof(path), "board/%u", desk);
	if (!snapshot_file(s->snapshot, path, &all) || lane_parse(doc.p,
	    doc.len, sig.p, sig.len, s->keyset, desk, &l) != OK) {
		return;
	}
	size = lane_shard_bytes(&l);
	shard = slot_shard(mailbox_keys(m)->tag_key, l.shards);
	f->old = f->old || l.day + OLD_DAYS < exchange_today();
	if (all.len == lane_bytes(&l) &&
	    lane_shard_check(&l, shard, all.p + shard * size,
	    (size_t)size) == OK &&
	    mailbox_read_constant(m, s->keyset, &l, all.p + shard * size,
	    (size_t)size, &f->lane[f->lanes]) == OK) {
		f->damaged += f->lane[f->lanes].damaged;
		f->lanes++;
	} else {
		f->damaged++;
	}
	lane_clear(&l);
}

static size_t
escaped_len(const char *s, size_t len, struct buf *scratch)
{
	buf_clear(scratch);
	html_text(scratch, s, len);
	return scratch->failed ? SIZE_MAX : scratch->len;
}

/* Cuts a reply into pieces that fit, between characters */
static void
reply_cut(struct found *f, const struct reply *r, struct buf *scratch)
{
	size_t len = strlen(r->text), at = 0, n;
	struct piece *p;

	do {
		if (f->pieces == PIECES_MAX) {
			return;
		}
		n = len - at < PIECE / 6 ? len - at : PIECE / 6;
		while (at + n < len &&
		    ((uint8_t)r->text[at + n] & 0xc0) == 0x80) {
			n--;
		}
		p = &f->piece[f->pieces++];
		p->reply = r;
		p->from = at;
		p->len = n;
		p->escaped = escaped_len(r->text + at, n, scratch);
		at += n;
		p->last = at == len;
	} while (at < len);
}

static void
replies_collect(struct found *f)
{
	struct buf scratch = buf_new_secret(PIECE + 64);
	unsigned left[KEYSET_DESKS_MAX];
	const struct reply *r;
	unsigned i;

	for (i = 0; i < f->lanes; i++) {
		left[i] = f->lane[i].replies;
	}
	while ((r = mailbox_newest(f->lane, f->lanes, left)) != NULL) {
		if (f->pieces == 0) {
			hex_encode(r->reply_id, 16, f->last);
		}
		if (r->receipts > f->receipts) {
			f->receipts = r->receipts;
		}
		f->replies++;
		reply_cut(f, r, &scratch);
	}
	buf_free(&scratch);
}

/* Which desk reads what is added: a field of both forms, and its name */
static void
reader_show(struct found *f, const struct site *s)
{
	const struct keyset_desk *d = keyset_desk_now(s->keyset,
	    mailbox_answering(f->lane, f->lanes, code_desk(&f->code)));

	snprintf(f->to, sizeof(f->to), "%u", d == NULL ? 0 : d->number);
	view_text(&f->v, "to", f->to);
	view_text(&f->v, "reader", d == NULL ? "-" : site_desk_name(s,
	    d->number));
}

/* What is left for replies beside ${what}, which was typed */
static size_t
room_beside(const char *what)
{
	struct buf scratch = buf_new_secret(REPLIES_ROOM);
	size_t used = escaped_len(what, strlen(what), &scratch);

	buf_free(&scratch);
	return used < REPLIES_ROOM ? REPLIES_ROOM - used : 0;
}

/* Rows of the page from piece ${skip} on, at most ${room} escaped bytes;
 * returns the first not shown */
static unsigned
rows_make(struct found *f, const struct site *s, unsigned skip, size_t room,
    unsigned *rows)
{
	unsigned i, n = 0;

	for (i = skip; i < f->pieces && n < SHOWN_MAX; i++, n++) {
		const struct piece *p = &f->piece[i];
		const struct reply *r = p->reply;
		struct view *v = &f->row[n];

		if (p->escaped > room) {
			break;
		}
		room -= p->escaped;
		snprintf(f->n[n], sizeof(f->n[n]), "%u", i + 1);
		day_text(r->day, f->iso[n]);
		site_date(s->lang, r->day, false, f->date[n]);
		view_init(v, &f->v);
		view_text(v, "n", f->n[n]);
		view_text(v, "desk", site_desk_name(s, r->desk));
		view_text(v, "day_iso", f->iso[n]);
		view_text(v, "day_date", f->date[n]);
		view_text(v, "kind_text", site_text(s->lang,
		    (enum text_id)(TEXT_KIND_ACKNOWLEDGEMENT + r->kind)));
		view_text(v, "language", r->language);
		view_bytes(v, "text", r->text + p->from, p->len);
		view_flag(v, "is_question", r->kind == REPLY_QUESTION);
		view_flag(v, "cut", !p->last);
	}
	*rows = n;
	return i;
}

static enum err
board_read(struct found *f, const struct site *s, const char *typed,
    size_t len)
{
	struct mailbox *m = NULL;
	unsigned i;
	enum err e;

	f->typed = code_parse(typed, len, &f->code) == OK;
	if (!f->typed) { /* the same work for what is no code */
		if ((e = code_new(1, &f->code)) != OK) {
			return e;
		}
	}
	if ((e = mailbox_new(&f->code, s->keyset->org, &m)) != OK) {
		return e;
	}
	for (i = 0; i < s->keyset->desks; i++) {
		lane_read(f, m, s, s->keyset->desk[i].number);
	}
	mailbox_free(m);
	return OK;
}

/* "12" of the field skip; anything else is 0 */
static unsigned
skip_of(const struct fields *f)
{
	const char *p = fields_get(f, "skip");
	unsigned n = 0;

	while (*p >= '0' && *p <= '9' && n < PIECES_MAX) {
		n = n * 10 + (unsigned)(*p++ - '0');
	}
	return *p == '\0' && n < PIECES_MAX ? n : 0;
}

static void
page_show(struct exchange *x, struct found *f, const struct site *s,
    const struct fields *fields, enum text_id why)
{
	const char *what = why == NO_PROBLEM ? "" :
	    fields_get(fields, "what");
	bool bad_what = why == TEXT_ERR_TEXT || why == TEXT_ERR_LARGE,
	    bad_withdraw = why == TEXT_ERR_WITHDRAW;
	char form[FORM_ID_TEXT], form2[FORM_ID_TEXT];
	unsigned skip = skip_of(fields), rows = 0, next = 0;
	struct view *v = &f->v;
	uint8_t old[FORM_ID];

	form_id_new(form);
	form_id_new(form2);
	if (why != NO_PROBLEM && hex_decode(fields_get(fields, "form"), old,
	    sizeof(old)) == OK) {
		hex_encode(old, sizeof(old), form);
	}
	view_init(v, &s->view);
	if (f->typed) {
		next = rows_make(f, s, skip, room_beside(what), &rows);
		code_text(&f->code, f->text);
	}
	if (s->keyset != NULL) {
		reader_show(f, s);
	}
	if (why != NO_PROBLEM && rows == 0) { /* the newest seen until now */
		snprintf(f->last, sizeof(f->last), "%.32s",
		    fields_get(fields, "last"));
	}
	snprintf(f->skip, sizeof(f->skip), "%u", next);
	snprintf(f->held, sizeof(f->held), "%u", f->receipts);
	snprintf(f->found, sizeof(f->found), "%u", f->replies);
	view_flag(v, "ask_code", !f->typed);
	view_text(v, "error", why != NO_PROBLEM ? site_text(s->lang, why) :
	    f->typed ? NULL : site_text(s->lang, code_problem(fields_get(fields, "code"),
	    fields_len(fields, "code"))));
	view_flag(v, "none", f->typed && f->pieces == 0);
	view_flag(v, "some", rows > 0 && skip == 0);
	view_flag(v, "end", f->pieces > 0 && rows == 0);
	view_text(v, "found", f->replies == 1 ? NULL : f->found);
	view_flag(v, "damaged", f->damaged > 0);
	view_flag(v, "old", f->old);
	view_list(v, "replies", f->row, rows);
	view_text(v, "held", f->receipts == 0 ? NULL : f->held);
	view_text(v, "code", f->typed ? f->text :
	    fields_len(fields, "code") > TYPED_KEPT ? "" :
	    fields_get(fields, "code")); /* mistyped */
	view_text(v, "skip", f->skip);
	view_text(v, "last", f->last);
	view_text(v, "form", form);
	view_text(v, "form2", form2);
	view_text(v, "what", what);
	view_flag(v, "kept", *what != '\0');
	view_flag(v, "bad_what", bad_what);
	view_flag(v, "bad_withdraw", bad_withdraw);
	view_text(v, "at", bad_what ? "#text" : bad_withdraw ? "#withdraw" :
	    NULL);
	page_answer_padded(x, 200, PAGE_REPLIES, s->lang, v, REPLIES_PAGE);
}

static void
found_free(struct found *f)
{
	unsigned i;

	if (f != NULL) {
		for (i = 0; i < f->lanes; i++) {
			mailbox_replies_clear(&f->lane[i]);
		}
		secret_free(f);
	}
}

void
replies_answer(struct exchange *x, unsigned lang, const struct fields *fields)
{
	struct site *s = site_open(lang);
	struct found *f = secret_new(sizeof(*f));

	exchange_hold(x);
	if (s == NULL || f == NULL) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
	} else if (s->keyset == NULL || s->withdrawn) {
		page_answer(x, 503, PAGE_CLOSED, lang, &s->view, false);
	} else if (board_read(f, s, fields_get(fields, "code"),
	    fields_len(fields, "code")) != OK) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
	} else {
		replies_collect(f);
		page_show(x, f, s, fields, NO_PROBLEM);
	}
	found_free(f);
	site_close(s);
}

void
replies_keep(struct exchange *x, unsigned lang, const struct fields *fields,
    enum text_id why)
{
	const char *typed = fields_get(fields, "code");
	size_t len = fields_len(fields, "code");
	struct site *s = site_open(lang);
	struct found *f = secret_new(sizeof(*f));

	if (s == NULL || f == NULL) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
	} else if (code_parse(typed, len, &f->code) != OK) {
		/* not from our page, whose form has the code */
		page_fail(x, 400, lang, TEXT_ERR_CODE_TYPO);
	} else {
		/* the replies again, as carefully as when they were asked
		 * for; without them the text that was typed still stands */
		exchange_hold(x);
		f->typed = true;
		if (s->keyset != NULL && board_read(f, s, typed, len) == OK) {
			replies_collect(f);
		}
		page_show(x, f, s, fields, why);
	}
	found_free(f);
	site_close(s);
}
