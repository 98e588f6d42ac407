/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The journal: append-only, hash-chained, sealed. Whoever changes, drops or
 * moves a record breaks the seal of it or of the next; the last one is held
 * by the head, a sealed value at position 0 that is written in the same
 * transaction.
 */
#include <sodium.h>
#include <string.h>

#include "casebook_private.h"
#include "meldluik/json.h"

#define POSITION 8u

static void
position(uint8_t out[POSITION], uint64_t n)
{
	for (unsigned i = 0; i < POSITION; i++) {
		out[i] = (uint8_t)(n >> (56 - 8 * i));
	}
}

static enum err
link_hash(uint64_t n, const uint8_t previous[HASH_LEN], const uint8_t *p,
    size_t len, uint8_t out[HASH_LEN])
{
	static const char label[] = "meldluik/v1/journal-link";
	struct hash_state *h = hash_new();
	uint8_t at[POSITION];

	if (h == NULL) {
		return ERR_MEMORY;
	}
	position(at, n);
	hash_write(h, label, sizeof label - 1);
	hash_write(h, at, sizeof at);
	hash_write(h, previous, HASH_LEN);
	hash_write(h, p, len);
	hash_end(h, out);
	hash_free(h);
	return OK;
}

static void
associated(uint64_t n, const uint8_t previous[HASH_LEN],
    uint8_t out[POSITION + HASH_LEN])
{
	position(out, n);
	memcpy(out + POSITION, previous, HASH_LEN);
}

enum err
journal_open(const uint8_t key[32], uint64_t n,
    const uint8_t previous[HASH_LEN], const uint8_t *p, size_t len,
    json_t **event, uint8_t hash[HASH_LEN])
{
	struct buf plain = buf_new_secret(EVENT_MAX);
	uint8_t ad[POSITION + HASH_LEN];
	json_t *o = NULL;
	enum err e;

	associated(n, previous, ad);
	e = value_open(key, ad, sizeof ad, p, len, &plain);
	if (e == OK) {
		e = json_read(plain.p, plain.len, EVENT_MAX, &o);
	}
	if (e == OK) {
		e = link_hash(n, previous, p, len, hash);
	}
	if (e == OK) {
		*event = o;
		o = NULL; /* transferred */
	}
	json_decref(o);
	buf_free(&plain);
	return e;
}

/* Length and hash, sealed under a label no event has as associated data */
#define HEAD_LEN (POSITION + HASH_LEN)
static const uint8_t head_label[] = "meldluik/v1/journal-head";

enum err
journal_head_put(struct casebook *b)
{
	struct buf sealed = buf_new(HEAD_LEN + SEAL_OVERHEAD);
	uint8_t plain[HEAD_LEN], at[POSITION];
	MDB_val k = {POSITION, at}, v;
	enum err e;

	position(at, 0);
	associated(b->length, b->head, plain);
	e = value_seal(b->keys->journal, head_label, sizeof head_label,
	    plain, sizeof plain, &sealed);
	if (e == OK) {
		v.mv_data = sealed.p;
		v.mv_size = sealed.len;
		e = err_of_lmdb(mdb_put(b->txn, b->journal, &k, &v, 0));
	}
	buf_free(&sealed);
	return e;
}

enum err
journal_head_open(const uint8_t key[32], const uint8_t *p, size_t len,
    uint64_t n, const uint8_t hash[HASH_LEN])
{
	struct buf plain = buf_new_secret(HEAD_LEN);
	uint8_t want[HEAD_LEN];
	enum err e = value_open(key, head_label, sizeof head_label, p, len,
	    &plain);

	associated(n, hash, want);
	if (e == OK && (plain.len != sizeof want ||
	    memcmp(plain.p, want, sizeof want) != 0)) {
		e = ERR_CHAIN;
	}
	buf_free(&plain);
	return e == ERR_CRYPT || e == ERR_LIMIT ? ERR_CHAIN : e;
}

/* None: the journal is empty, or a casebook of before heads */
static enum err
head_check(struct casebook *b, MDB_txn *txn, uint64_t n,
    const uint8_t hash[HASH_LEN])
{
	uint8_t at[POSITION];
	MDB_val k = {POSITION, at}, v;
	enum err e;

	position(at, 0);
	e = err_of_lmdb(mdb_get(txn, b->journal, &k, &v));
	if (e == OK) {
		return journal_head_open(b->keys->journal, v.mv_data,
		    v.mv_size, n, hash);
	}
	return e != ERR_UNKNOWN ? e : b->ended ? ERR_CHAIN : OK;
}

enum err
journal_append(struct casebook *b, const json_t *event)
{
	struct buf plain = buf_new_secret(EVENT_MAX);
	struct buf sealed = buf_new(EVENT_MAX + SEAL_OVERHEAD);
	json_t *again = NULL;
	uint8_t ad[POSITION + HASH_LEN], at[POSITION], hash[HASH_LEN];
	MDB_val k = {POSITION, at}, v;
	uint64_t n = b->length + 1;
	enum err e = b->txn == NULL ? ERR_USAGE : json_write(event, &plain);

	if (e == OK) { /* what cannot be read back would shut the casebook */
		e = json_read(plain.p, plain.len, EVENT_MAX, &again);
	}
	json_decref(again);
	if (e == OK) {
		associated(n, b->head, ad);
		e = value_seal(b->keys->journal, ad, sizeof ad, plain.p,
		    plain.len, &sealed);
	}
	if (e == OK) {
		position(at, n);
		v.mv_data = sealed.p;
		v.mv_size = sealed.len;
		e = err_of_lmdb(mdb_put(b->txn, b->journal, &k, &v,
		    MDB_NOOVERWRITE));
	}
	if (e == OK) {
		e = link_hash(n, b->head, sealed.p, sealed.len, hash);
	}
	if (e == OK) {
		memcpy(b->head, hash, HASH_LEN);
		b->length = n;
	}
	buf_free(&plain);
	buf_free(&sealed);
	return e;
}

/* ${want} (may be NULL): the event whose hash it is becomes ${at_want} */
static enum err
walk(struct casebook *b, journal_sink sink, void *arg, const uint8_t *want,
    uint64_t *at_want)
{
	uint8_t head[HASH_LEN] = {0}, at[POSITION];
	MDB_txn *txn = NULL;
	MDB_cursor *c = NULL;
	MDB_val k, v;
	uint64_t n = 0;
	enum err e = OK;
	int rc = mdb_txn_begin(b->env, NULL, MDB_RDONLY, &txn);

	if (rc == 0) {
		rc = mdb_cursor_open(txn, b->journal, &c);
	}
	while (rc == 0 && e == OK &&
	    (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0) {
		json_t *event = NULL;
		uint8_t hash[HASH_LEN];
		position(at, 0);
		if (n == 0 && k.mv_size == POSITION &&
		    memcmp(k.mv_data, at, POSITION) == 0) {
			continue; /* the head: head_check */
		}
		position(at, ++n);
		if (k.mv_size != POSITION ||
		    memcmp(k.mv_data, at, POSITION) != 0) {
			e = ERR_CHAIN;
			break;
		}
		e = journal_open(b->keys->journal, n, head, v.mv_data,
		    v.mv_size, &event, hash);
		if (e == ERR_CRYPT || e == ERR_FORMAT) {
			e = ERR_CHAIN;
		}
		if (e == OK) {
			memcpy(head, hash, HASH_LEN);
			if (want != NULL && memcmp(want, hash, HASH_LEN) ==
			    0) {
				*at_want = n;
			}
			e = sink == NULL ? OK : sink(arg, n, event);
		}
		json_decref(event);
	}
	if (e == OK && rc != MDB_NOTFOUND) {
		e = err_of_lmdb(rc);
	}
	if (e == OK) {
		e = head_check(b, txn, n, head);
	}
	if (c != NULL) {
		mdb_cursor_close(c);
	}
	mdb_txn_abort(txn);
	if (e == OK) {
		b->length = b->committed = n;
		memcpy(b->head, head, HASH_LEN);
		memcpy(b->committed_head, head, HASH_LEN);
	}
	return e;
}

enum err
journal_walk(struct casebook *b, journal_sink sink, void *arg)
{
	return walk(b, sink, arg, NULL, NULL);
}

enum err
journal_find(struct casebook *b, const uint8_t hash[HASH_LEN], uint64_t *n)
{
	*n = 0;
	return walk(b, NULL, NULL, hash, n);
}

uint64_t
journal_length(const struct casebook *b)
{
	return b->length;
}

void
journal_head(const struct casebook *b, uint8_t hash[HASH_LEN])
{
	memcpy(hash, b->head, HASH_LEN);
}
