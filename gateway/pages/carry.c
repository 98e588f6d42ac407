/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Brings sealed bytes to the store: whole when they are few, else in parts
 * of 1 MiB while the body is still coming. Sees ciphertext only. While the
 * store has not answered, the engine reads no more of the body: that is the
 * back-pressure.
 */
#include <string.h>

#include "meldluik/secret.h"
#include "sending.h"

enum err
carry_sink(void *arg, const uint8_t *p, size_t len)
{
	struct sending *s = arg;

	buf_put(&s->sealed, p, len);
	hash_write(s->hash, p, len);
	s->sealed_total += len;
	return s->sealed.failed ? ERR_LIMIT : OK;
}

/* What is left has memory of its own size: a burst is twice a part */
static void
drop_front(struct buf *b, size_t n)
{
	struct buf rest = buf_new(b->max);

	memmove(b->p, b->p + n, b->len - n);
	b->len -= n;
	buf_put(&rest, b->p, b->len);
	if (!rest.failed) {
		buf_free(b);
		*b = rest;
	}
}

static enum text_id
problem_of(const struct sending *s, int e)
{
	/* one that is still being read stands in no report yet */
	bool files = s->open || s->attachments > 0;

	switch (e) {
	case ERR_FULL:
		return files ? TEXT_ERR_FULL_FILES : TEXT_ERR_FULL;
	case ERR_STALE:
		return s->what == POST_SEALED ? TEXT_ERR_SEALED_OLD :
		    TEXT_ERR_BUSY;
	case ERR_BUSY:
	case ERR_MEMORY:
	case ERR_UNKNOWN: /* the upload gave way to others */
		return TEXT_ERR_BUSY;
	case ERR_LIMIT:
		return s->what == POST_SEALED ? TEXT_ERR_SEALED :
		    TEXT_ERR_FILES;
	case ERR_FORMAT:
	case ERR_POLICY:
	case ERR_CRYPT:
		return s->what == POST_SEALED ? TEXT_ERR_SEALED :
		    TEXT_ERR_IO;
	default:
		return TEXT_ERR_IO;
	}
}

static void
stored(struct exchange *x, struct sending *s, const struct ask_answer *a)
{
	struct once_result r;
	struct receipt note;

	memset(&r, 0, sizeof(r));
	memcpy(r.envelope, s->envelope_hash, HASH_LEN);
	r.day = exchange_today();
	if (a->payload_len >= sizeof(r.note)) {
		sending_fail(s, TEXT_ERR_IO);
		thanks_not(x, s);
		return;
	}
	memcpy(r.note, a->payload, a->payload_len);
	/* A repeat gets the first receipt: its day counts, not today */
	if (sending_site(s) && s->site->keyset->has_gateway &&
	    receipt_check(a->payload, a->payload_len,
	    &s->site->keyset->gateway, &note) == OK) {
		r.day = note.day;
	}
	if (s->what != POST_SEALED) {
		once_keep(s->once, &r); /* also for who is told to try again */
	}
	if (s->site == NULL) {
		thanks_not(x, s);
		return;
	}
	thanks_answer(x, s, &r);
}

static void
answered(struct exchange *x, void *arg, const struct ask_answer *a)
{
	struct sending *s = arg;

	if (a->err != OK) {
		sending_fail(s, problem_of(s, a->err));
		if (s->finishing) {
			thanks_not(x, s);
		}
		return;
	}
	if (s->stored) {
		stored(x, s, a);
		return;
	}
	if (!s->begun) {
		s->begun = true;
		memcpy(s->upload, a->id, sizeof(s->upload));
	} else {
		s->part_number++;
		drop_front(&s->sealed, s->part_len);
		s->part_len = 0;
	}
	(void)carry_move(x, s);
}

/* It is sealed whole: what that took goes before the store is asked, for
 * which many may wait at once */
static void
seal_end(struct sending *s)
{
	report_free(s->report);
	s->report = NULL;
	envelope_free(s->envelope);
	s->envelope = NULL;
	site_close(s->site);
	s->site = NULL;
}

static void
ask_whole(struct exchange *x, struct sending *s)
{
	struct ask_request q;

	seal_end(s);
	memset(&q, 0, sizeof(q));
	q.what = s->begun ? ASK_UPLOAD_FINISH : ASK_PUT;
	q.week = s->week;
	hash_end(s->hash, s->envelope_hash);
	memcpy(q.digest, s->envelope_hash, HASH_LEN);
	memcpy(q.id, s->upload, sizeof(q.id));
	if (!s->begun) {
		q.payload = s->sealed.p;
		q.payload_len = s->sealed.len;
	}
	s->stored = true;
	ask_store(x, &q, answered, s);
}

static void
ask_part(struct exchange *x, struct sending *s)
{
	struct ask_request q;

	memset(&q, 0, sizeof(q));
	q.week = s->week;
	if (!s->begun) {
		q.what = ASK_UPLOAD_BEGIN;
		s->part_number = 1;
	} else {
		q.what = ASK_UPLOAD_PART;
		memcpy(q.id, s->upload, sizeof(q.id));
		q.number = s->part_number;
		s->part_len = s->sealed.len < ENVELOPE_PART ? s->sealed.len :
		    ENVELOPE_PART;
		q.payload = s->sealed.p;
		q.payload_len = s->part_len;
	}
	ask_store(x, &q, answered, s);
}

bool
carry_move(struct exchange *x, struct sending *s)
{
	if (s->why != NO_PROBLEM) {
		return false;
	}
	/* a part goes only when more follows it: the last may be shorter */
	while (s->finishing && !s->padded && s->sealed.len <= ENVELOPE_PART) {
		if (sending_pad(s) != OK) {
			thanks_not(x, s);
			return true;
		}
	}
	if (s->sealed.len > ENVELOPE_PART ||
	    (s->finishing && s->begun && s->sealed.len > 0)) {
		ask_part(x, s);
		return true;
	}
	if (s->finishing) {
		ask_whole(x, s);
		return true;
	}
	return false;
}
