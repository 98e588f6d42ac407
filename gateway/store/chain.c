/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The intake chain: signed manifests, each naming the hash of the one
 * before. A manifest is kept for as long as the store: what was listed
 * cannot be taken back. It names hashes, sizes, days and weeks only, in
 * order of hash, so that it does not tell the order of arrival.
 */
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

/* More than a year: no week key is older */
#define WEEKS_BEFORE 60u
#define CHAIN_MAX (INBOUND_MAX + SIGN_TEXT_MAX + 64u)

/*
 * That is for good, and one reading of the clock is not enough for it: after
 * one that was ahead, no week that clients have would take a report until the
 * newest begins. It was over on two days, and is today.
 */
static bool week_over(const struct store *s, day_t monday)
{
	day_t last = epoch_last_day(monday);

	return s->before > last && s->daily > last && s->today > last &&
	    !week_accepts(s, monday);
}

/* Weeks that took their last upload. Counts the closed ones. */
static enum err weeks_close(struct store *s, bool *news)
{
	enum err r = OK;

	for (size_t i = 0; r == OK && i < s->weeks; i++) {
		struct week w = s->week[i];

		if (w.closed || !w.published || !week_over(s, w.monday) ||
		    sessions_hold(s, w.monday)) {
			continue;
		}
		w.closed = true;
		*news = true;
		r = week_put(s, &w);
	}
	return r;
}

struct fresh {
	struct entry *entry;
	uint64_t *number;
	size_t n;
};

static enum err fresh_one(void *arg, const MDB_val *key,
    const MDB_val *value)
{
	struct fresh *f = arg;

	(void)value;
	if (key->mv_size != 8) {
		return ERR_FORMAT;
	}
	if (f->n < INBOUND_ENVELOPES) {
		f->number[f->n++] = key_value(key->mv_data);
	}
	return OK;
}

static int by_hash(const void *a, const void *b)
{
	return memcmp(((const struct entry *)a)->sha256,
	    ((const struct entry *)b)->sha256, HASH_LEN);
}

static enum err fresh_take(struct store *s, struct fresh *f)
{
	enum err r;

	f->number = malloc(INBOUND_ENVELOPES * sizeof(*f->number));
	if (f->number == NULL) {
		return ERR_MEMORY;
	}
	if ((r = record_walk(s, DB_FRESH, fresh_one, f)) != OK) {
		return r;
	}
	f->entry = calloc(f->n + 1, sizeof(*f->entry));
	if (f->entry == NULL) {
		return ERR_MEMORY;
	}
	for (size_t i = 0; r == OK && i < f->n; i++) {
		r = entry_get(s, f->number[i], &f->entry[i]);
	}
	if (r == OK) {
		qsort(f->entry, f->n, sizeof(*f->entry), by_hash);
	}
	return r;
}

/*
 * A gateway made anew never takes an envelope of a week before its first: it
 * calls those closed, in the place of the one that cannot any more.
 */
static void weeks_before(const struct store *s, struct inbound *m)
{
	day_t first = s->weeks == 0 ? DAY_NONE : s->week[0].monday;

	for (size_t i = 1; i < s->weeks; i++) {
		first = s->week[i].monday < first ? s->week[i].monday : first;
	}
	if (s->generation > 1 && first != DAY_NONE) {
		for (unsigned i = 1; i <= WEEKS_BEFORE; i++) {
			m->closed[m->closeds++] = first - 7 * (day_t)i;
		}
	}
}

static enum err manifest_fill(struct store *s, const struct fresh *f,
    struct inbound *m)
{
	m->envelope = calloc(f->n + 1, sizeof(*m->envelope));
	m->closed = calloc(s->weeks + WEEKS_BEFORE, sizeof(*m->closed));
	if (m->envelope == NULL || m->closed == NULL) {
		return ERR_MEMORY;
	}
	memcpy(m->org, s->keyset->org, ORG_LEN);
	m->generation = s->generation;
	m->serial = s->now.head_serial + 1;
	memcpy(m->previous, s->now.head, HASH_LEN);
	m->day = s->today;
	for (size_t i = 0; i < f->n; i++) {
		struct inbound_envelope *to = &m->envelope[m->envelopes++];

		memcpy(to->sha256, f->entry[i].sha256, HASH_LEN);
		to->size = f->entry[i].size;
		to->day = f->entry[i].day;
		to->week = f->entry[i].week;
	}
	for (size_t i = 0; i < s->weeks; i++) {
		if (s->week[i].closed) {
			m->closed[m->closeds++] = s->week[i].monday;
		}
	}
	weeks_before(s, m);
	for (unsigned d = 1; d < 64; d++) {
		const struct desk_state *st = &s->desk[d];
		struct inbound_applied *to = &m->applied[m->applieds];

		if (st->live_day == DAY_NONE ||
		    m->applieds == KEYSET_DESKS_MAX) {
			continue;
		}
		to->desk = d;
		to->tenure = st->live_tenure;
		to->serial = st->live_serial;
		memcpy(to->sha256, st->live, HASH_LEN);
		to->day = st->live_day;
		m->applieds++;
	}
	return OK;
}

/* Monday order, whatever order the weeks came in */
static int by_day(const void *a, const void *b)
{
	day_t x = *(const day_t *)a, y = *(const day_t *)b;

	return (x > y) - (x < y);
}

static enum err manifest_keep(struct store *s, struct inbound *m)
{
	struct sign_purpose why = { .purpose = "inbound" };
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct buf both = buf_new(CHAIN_MAX);
	uint64_t keyno;
	uint8_t key[8];
	enum err r;

	memcpy(why.org, m->org, ORG_LEN);
	if ((r = inbound_write(m, &doc)) != OK ||
	    (r = sign_make_sk(s->sign_sk, &why, doc.p, doc.len, &sig)) != OK ||
	    (r = key_take(s, &keyno)) != OK) {
		goto out;
	}
	buf_u32(&both, (uint32_t)doc.len);
	buf_put(&both, doc.p, doc.len);
	buf_put(&both, sig.p, sig.len);
	key_of(m->serial, key);
	r = both.failed ? ERR_LIMIT :
			  record_put(s, DB_CHAIN, key, 8, keyno, both.p,
			      both.len);
	if (r == OK) {
		s->now.head_serial = m->serial;
		hash_bytes(doc.p, doc.len, s->now.head);
		s->now.news = 0;
	}
out:
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&both);
	return r;
}

enum err store_manifest_cut(struct store *s, uint64_t *serial)
{
	struct fresh f = { 0 };
	struct inbound *m = NULL;
	bool news = s->now.news != 0;
	enum err r;

	if (s->keyset == NULL) {
		*serial = 0;
		return OK;
	}
	if ((r = weeks_close(s, &news)) != OK ||
	    (r = fresh_take(s, &f)) != OK) {
		goto out;
	}
	if (f.n == 0 && !news) {
		*serial = s->now.head_serial;
		goto out;
	}
	/* A full disk is freed by desks that confirm what is listed. */
	(void)space_stage(s, 256 * f.n);
	m = calloc(1, sizeof(*m));
	if (m == NULL) {
		r = ERR_MEMORY;
		goto out;
	}
	if ((r = manifest_fill(s, &f, m)) != OK) {
		goto out;
	}
	qsort(m->closed, m->closeds, sizeof(*m->closed), by_day);
	if ((r = manifest_keep(s, m)) != OK) {
		goto out;
	}
	for (size_t i = 0; r == OK && i < f.n; i++) {
		uint8_t key[8];

		key_of(f.entry[i].number, key);
		f.entry[i].listed = s->now.head_serial;
		r = entry_put(s, &f.entry[i]);
		if (r == OK) {
			r = record_del(s, DB_FRESH, key, 8);
		}
	}
	if (r == OK) {
		*serial = s->now.head_serial;
	}
out:
	if (m != NULL) {
		free(m->envelope);
		free(m->closed);
		free(m);
	}
	free(f.entry);
	free(f.number);
	return r;
}

enum err store_manifest(struct store *s, uint64_t serial, struct buf *doc,
    struct buf *sig)
{
	struct buf both = buf_new(CHAIN_MAX + 1);
	struct reader in;
	struct bytes v;
	uint8_t key[8];
	enum err r;

	key_of(serial, key);
	r = record_get(s, DB_CHAIN, key, 8, &both);
	if (r == OK) {
		in = reader_of(both.p, both.len);
		v = reader_take(&in, reader_u32(&in));
		if (in.failed) {
			r = ERR_CRYPT;
		} else {
			buf_put(doc, v.p, v.len);
			buf_put(sig, in.p, in.left);
			r = doc->failed || sig->failed ? ERR_LIMIT : OK;
		}
	}
	buf_free(&both);
	return r;
}

uint64_t store_manifest_first(struct store *s, unsigned desk)
{
	uint64_t base = generation_base(s->generation);

	return desk == 0 || desk > 63 || s->desk[desk].confirmed < base ?
	    base + 1 : s->desk[desk].confirmed + 1;
}
