/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The one open transaction over both LMDB environments, and sealed records.
 * The bulk side commits first, so an index never names parts that are not
 * there; parts that no index names are swept.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aead.h"
#include "meldluik/secret.h"
#include "store_private.h"

#define AD_MAX (13u + 128u)

enum err lmdb_err(int rc)
{
	switch (rc) {
	case 0:
		return OK;
	case MDB_NOTFOUND:
		return ERR_UNKNOWN;
	case MDB_MAP_FULL:
	case MDB_TXN_FULL:
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case ENOMEM:
		return ERR_MEMORY;
	case MDB_VERSION_MISMATCH:
	case MDB_INVALID:
		return ERR_VERSION;
	default:
		return ERR_IO;
	}
}

/* After a page of its own could not be written LMDB begins nothing any more
 * until it is opened anew; nor do we when a file is lost while it was
 * compacted (${env} is NULL then). */
static enum err begin(struct store *s, MDB_env *env, MDB_txn **txn)
{
	int rc = MDB_PANIC;

	if (*txn != NULL) {
		return OK;
	}
	if (env != NULL) {
		rc = mdb_txn_begin(env, NULL, 0, txn);
	}
	s->lost = s->lost || rc == MDB_PANIC;
	return lmdb_err(rc);
}

enum err txn_need(struct store *s)
{
	flush_join(s);
	return begin(s, s->index, &s->txn);
}

enum err btxn_need(struct store *s)
{
	flush_join(s);
	return begin(s, s->bulk, &s->btxn);
}

bool store_lost(const struct store *s)
{
	return s->lost;
}

static enum err txn_for(struct store *s, enum db d, MDB_txn **out)
{
	enum err r = d == DB_PARTS ? btxn_need(s) : txn_need(s);

	*out = d == DB_PARTS ? s->btxn : s->txn;
	return r;
}

/* Parts alone ask for no commit; what names them does */
static void mark_dirty(struct store *s, enum db d, size_t len)
{
	s->dirty = s->dirty || d != DB_PARTS;
	s->bdirty = s->bdirty || d == DB_PARTS;
	s->pending += len;
}

size_t record_padded(size_t len)
{
	len += RECORD_OVER;
	return len <= 2000 ? len : (len + 16 + 4095) / 4096 * 4096 - 16;
}

void key_of(uint64_t v, uint8_t out[8])
{
	for (int i = 7; i >= 0; i--) {
		out[i] = (uint8_t)v;
		v >>= 8;
	}
}

uint64_t key_value(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++) {
		v = v << 8 | p[i];
	}
	return v;
}

/* Which record a ciphertext is stands in what is authenticated */
static size_t record_ad(enum db d, const uint8_t head[12], const void *key,
    size_t klen, uint8_t ad[AD_MAX])
{
	memcpy(ad, head, 12);
	ad[12] = (uint8_t)d;
	memcpy(ad + 13, key, klen);
	return 13 + klen;
}

static const uint8_t *record_key(struct store *s, uint64_t keyno)
{
	return keyno == 0 ? record_keys_state(s->keys) :
			    record_keys_get(s->keys, keyno);
}

enum err value_seal(uint8_t *value, enum db d, const void *key, size_t klen,
    uint64_t keyno, size_t len, const uint8_t secret[RECORD_KEY])
{
	uint8_t ad[AD_MAX];
	size_t adlen, size = record_padded(len);
	enum err r;

	key_of(keyno, value);
	value[8] = (uint8_t)(len >> 24);
	value[9] = (uint8_t)(len >> 16);
	value[10] = (uint8_t)(len >> 8);
	value[11] = (uint8_t)len;
	randombytes_buf(value + 12, 24);
	adlen = record_ad(d, value, key, klen, ad);
	r = aead_seal(value + RECORD_HEAD, value + RECORD_HEAD, len, ad,
	    adlen, value + 12, secret);
	memset(value + RECORD_OVER + len, 0, size - RECORD_OVER - len);
	return r;
}

enum err value_put(struct store *s, enum db d, const void *key, size_t klen,
    const uint8_t *value, size_t size)
{
	MDB_val k = { klen, (void *)(uintptr_t)key };
	MDB_val v = { size, (void *)(uintptr_t)value };
	MDB_txn *txn;
	enum err r = txn_for(s, d, &txn);

	if (r != OK) {
		return r;
	}
	mark_dirty(s, d, size);
	/* Whatever went wrong with numbers: no report replaces another */
	return lmdb_err(mdb_put(txn, s->dbi[d], &k, &v,
	    d == DB_TEXT ? MDB_NOOVERWRITE : 0));
}

enum err key_copy(struct store *s, uint64_t keyno, uint8_t out[RECORD_KEY])
{
	const uint8_t *secret = record_key(s, keyno);

	if (secret == NULL) {
		return ERR_USAGE;
	}
	memcpy(out, secret, RECORD_KEY);
	return OK;
}

/* Room in the transaction for a value, to be written in place */
static enum err value_reserve(struct store *s, enum db d, const void *key,
    size_t klen, size_t size, uint8_t **out)
{
	MDB_val k = { klen, (void *)(uintptr_t)key }, v = { size, NULL };
	MDB_txn *txn;
	enum err r = txn_for(s, d, &txn);

	if (r != OK) {
		return r;
	}
	mark_dirty(s, d, size);
	r = lmdb_err(mdb_put(txn, s->dbi[d], &k, &v, MDB_RESERVE));
	*out = v.mv_data;
	return r;
}

enum err record_put(struct store *s, enum db d, const void *key,
    size_t klen, uint64_t keyno, const void *p, size_t len)
{
	const uint8_t *secret = record_key(s, keyno);
	uint8_t *value;
	enum err r;

	if (secret == NULL || klen > AD_MAX - 13 || len > UINT32_MAX / 2) {
		return ERR_USAGE;
	}
	if ((r = value_reserve(s, d, key, klen, record_padded(len),
		 &value)) != OK) {
		return r;
	}
	if (len > 0) {
		memcpy(value + RECORD_HEAD, p, len);
	}
	r = value_seal(value, d, key, klen, keyno, len, secret);
	if (r != OK) {
		s->broken = r; /* the value is there, but is no record */
	}
	return r;
}

enum err record_open(struct store *s, enum db d, const MDB_val *key,
    const MDB_val *value, struct buf *out, uint64_t *keyno)
{
	const uint8_t *p = value->mv_data, *secret;
	uint8_t ad[AD_MAX];
	size_t len, start, adlen;

	if (value->mv_size < RECORD_OVER || key->mv_size > AD_MAX - 13 ||
	    !value_there(p, value->mv_size)) {
		return ERR_CRYPT;
	}
	len = (size_t)p[8] << 24 | (size_t)p[9] << 16 | (size_t)p[10] << 8 |
	    p[11];
	if (len > value->mv_size - RECORD_OVER ||
	    record_padded(len) != value->mv_size) {
		return ERR_CRYPT;
	}
	secret = record_key(s, key_value(p));
	if (secret == NULL) {
		return ERR_UNKNOWN;
	}
	if (keyno != NULL) {
		*keyno = key_value(p);
	}
	start = out->len;
	buf_zeros(out, len + 1); /* never empty, so never a NULL buffer */
	if (out->failed) {
		return ERR_LIMIT;
	}
	adlen = record_ad(d, p, key->mv_data, key->mv_size, ad);
	if (aead_open(out->p + start, p + RECORD_HEAD, len + AEAD_TAG, ad,
		adlen, p + 12, secret) != OK) {
		out->len = start;
		return ERR_CRYPT;
	}
	out->len = start + len;
	return OK;
}

enum err record_get(struct store *s, enum db d, const void *key, size_t klen,
    struct buf *out)
{
	MDB_val k = { klen, (void *)(uintptr_t)key }, v;
	MDB_txn *txn;
	enum err r;

	if ((r = txn_for(s, d, &txn)) != OK ||
	    (r = lmdb_err(mdb_get(txn, s->dbi[d], &k, &v))) != OK) {
		return r;
	}
	return record_open(s, d, &k, &v, out, NULL);
}

enum err record_del(struct store *s, enum db d, const void *key,
    size_t klen)
{
	MDB_val k = { klen, (void *)(uintptr_t)key }, v;
	MDB_txn *txn;
	enum err r;

	if ((r = txn_for(s, d, &txn)) != OK ||
	    (r = lmdb_err(mdb_get(txn, s->dbi[d], &k, &v))) != OK) {
		return r;
	}
	/* LMDB reads there how long it is, if it has bytes at all. What cannot
	 * be read stays as it is, and loses its key. */
	if (!value_there(v.mv_data, v.mv_size != 0)) {
		return OK;
	}
	mark_dirty(s, d, 0);
	return lmdb_err(mdb_del(txn, s->dbi[d], &k, NULL));
}

enum err record_walk(struct store *s, enum db d, record_each each,
    void *arg)
{
	MDB_cursor *c = NULL;
	MDB_val k, v;
	MDB_txn *txn;
	enum err r;
	int rc;

	if ((r = txn_for(s, d, &txn)) != OK ||
	    (r = lmdb_err(mdb_cursor_open(txn, s->dbi[d], &c))) != OK) {
		return r;
	}
	for (rc = mdb_cursor_get(c, &k, &v, MDB_FIRST); rc == 0 && r == OK;
	     rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) {
		r = each(arg, &k, &v);
	}
	mdb_cursor_close(c);
	if (r == OK && rc != 0 && rc != MDB_NOTFOUND) {
		r = lmdb_err(rc);
	}
	return r;
}

void key_hidden(struct store *s, const char *what, const void *p, size_t len,
    uint8_t out[32])
{
	crypto_generichash_state st;

	crypto_generichash_init(&st, record_keys_index(s->keys), RECORD_KEY,
	    32);
	crypto_generichash_update(&st, (const uint8_t *)what,
	    strlen(what) + 1);
	crypto_generichash_update(&st, p, len);
	crypto_generichash_final(&st, out, 32);
	secret_wipe(&st, sizeof(st));
}

enum err key_take(struct store *s, uint64_t *keyno)
{
	enum err r = OK;

	/* Made ahead by the beat; a flood between two beats pays here. */
	if (s->now.next_key >= record_keys_end(s->keys)) {
		r = record_keys_extend(s->keys);
	}
	if (r == OK) {
		*keyno = s->now.next_key++;
	}
	return r;
}

static void txn_forget(struct store *s)
{
	if (s->txn != NULL) {
		mdb_txn_abort(s->txn);
	}
	if (s->btxn != NULL) {
		mdb_txn_abort(s->btxn);
	}
	s->txn = s->btxn = NULL;
	s->dirty = s->bdirty = false;
	s->pending = 0;
	s->broken = OK;
	space_forget(s);
}

/* Back to what is on the disk; parts may be there under spent numbers */
static void go_back(struct store *s)
{
	txn_forget(s);
	s->now = s->saved;
	/* What memory mirrors is read again; a failure here means the disk
	 * fails, and the next call says so. */
	(void)state_load(s);
	txn_forget(s);
}

bool store_waiting(const struct store *s)
{
	return s->bdirty || flight_bytes(s) > 0 || sessions_unsaved(s);
}

/*
 * Parts are read once, days later: what was written makes room in the page
 * cache for what comes, instead of driving out what others read.
 */
static enum err bulk_commit(MDB_txn *txn)
{
	MDB_env *env = mdb_txn_env(txn);
	mdb_filehandle_t fd;
	enum err r = lmdb_err(mdb_txn_commit(txn));

	if (r == OK && mdb_env_get_fd(env, &fd) == 0) {
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	}
	return r;
}

static void flush_run(struct work *w)
{
	struct flush *f = (struct flush *)w;

	f->err = f->btxn == NULL ? OK : bulk_commit(f->btxn);
	if (f->txn == NULL) {
		return;
	}
	if (f->err == OK) {
		f->err = lmdb_err(mdb_txn_commit(f->txn));
	} else {
		mdb_txn_abort(f->txn);
	}
}

void flush_join(struct store *s)
{
	/* Parts may be on the disk under these keys; and puts that began, and
	 * numbers that came back from one, hold numbers beyond the saved ones */
	uint64_t spent = s->now.next_key, given = s->now.next_number;

	if (!s->flush.going) {
		return;
	}
	work_wait(s->writer, &s->flush.work);
	s->flush.going = false;
	space_forget(s);
	space_grown(s);
	if (s->flush.err == OK) {
		s->saved = s->flush.saved;
		return;
	}
	s->parts_lost = s->flush.err;
	flight_abort(s);
	go_back(s);
	s->now.next_key = s->saved.next_key = spent;
	s->now.next_number = s->saved.next_number = given;
}

/* Everything that waits, in the two transactions */
static enum err settle(struct store *s)
{
	enum err r;

	if ((r = flight_settle(s)) == OK && (r = sessions_save(s)) == OK &&
	    (r = s->broken) == OK && (r = txn_need(s)) == OK) {
		r = state_counters(s);
	}
	return r;
}

static enum err fail(struct store *s, enum err r)
{
	uint64_t spent = s->now.next_key;

	store_abort(s);
	/* Parts may be on the disk under these numbers. */
	s->now.next_key = s->saved.next_key = spent;
	return r;
}

static void flush_give(struct store *s)
{
	s->flush.work = (struct work){ .run = flush_run };
	s->flush.going = true;
	work_give(s->writer, &s->flush.work);
}

enum err store_flush_parts(struct store *s)
{
	struct flush *f = &s->flush;

	if (s->dirty || s->now.next_key != s->saved.next_key) {
		return store_flush(s);
	}
	flight_advance(s);
	if (s->broken != OK) {
		return store_flush(s);
	}
	if (f->going || !s->bdirty) {
		return OK;
	}
	f->txn = NULL;
	f->btxn = s->btxn;
	s->btxn = NULL; /* transferred */
	f->saved = s->saved;
	s->bdirty = false;
	s->pending = 0;
	flush_give(s);
	return OK;
}

enum err store_flush(struct store *s)
{
	struct flush *f = &s->flush;
	enum err r;

	if (s->dirty) {
		return store_commit(s);
	}
	if (f->going && !work_done(s->writer, &f->work)) {
		return OK;
	}
	flush_join(s);
	if (!store_waiting(s)) {
		return OK;
	}
	if ((r = settle(s)) != OK) {
		s->parts_lost = r;
		return fail(s, r);
	}
	f->txn = s->txn;
	f->btxn = s->bdirty ? s->btxn : NULL;
	if (!s->bdirty && s->btxn != NULL) {
		mdb_txn_abort(s->btxn);
	}
	s->txn = s->btxn = NULL; /* transferred */
	f->saved = s->now;
	s->dirty = s->bdirty = false;
	s->pending = 0;
	flush_give(s);
	return OK;
}

enum err store_commit(struct store *s)
{
	enum err r = OK, receipts;

	flush_join(s);
	if (!s->dirty && !store_waiting(s)) {
		txn_forget(s);
		return puts_end(s);
	}
	if ((r = settle(s)) == OK && s->btxn != NULL && s->bdirty) {
		r = bulk_commit(s->btxn);
		s->btxn = NULL;
		space_forget(s);
		space_grown(s);
	}
	if (r == OK) {
		r = lmdb_err(mdb_txn_commit(s->txn));
		s->txn = NULL;
	}
	receipts = puts_end(s);
	if (r != OK) {
		return fail(s, r);
	}
	s->saved = s->now;
	txn_forget(s);
	/* Without its receipt a report is on the disk and is sent again. */
	return receipts;
}

void store_abort(struct store *s)
{
	bool changed;

	flush_join(s);
	changed = s->dirty || store_waiting(s);
	puts_abort(s);
	flight_abort(s);
	if (changed) {
		go_back(s);
	} else {
		txn_forget(s);
	}
}

size_t store_pending(const struct store *s)
{
	return s->pending + flight_bytes(s);
}
