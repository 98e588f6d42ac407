/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * State records: counters, desks, weeks, the gateway's key. They are sealed
 * under the state key and tell nothing about a single report. Memory mirrors
 * them; state_load reads all of it again after an abort.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "store_private.h"

#define STATE_MAX 4096u

static enum err state_put(struct store *s, const char *name,
    const struct buf *b)
{
	if (b->failed) {
		return ERR_MEMORY;
	}
	return record_put(s, DB_STATE, name, strlen(name), 0, b->p, b->len);
}

static enum err state_get(struct store *s, const char *name, struct buf *out)
{
	return record_get(s, DB_STATE, name, strlen(name), out);
}

enum err state_counters(struct store *s)
{
	const struct counters *c = &s->now;
	struct buf b = buf_new(STATE_MAX);
	enum err r;

	buf_u64(&b, c->next_key);
	buf_u64(&b, c->next_number);
	buf_u64(&b, c->next_blob);
	buf_u64(&b, c->bulk_used);
	buf_u64(&b, c->head_serial);
	buf_put(&b, c->head, HASH_LEN);
	buf_u64(&b, c->version);
	buf_u8(&b, c->news);
	buf_u8(&b, c->erase_due);
	r = state_put(s, "counters", &b);
	buf_free(&b);
	return r;
}

static enum err counters_load(struct store *s)
{
	struct counters *c = &s->now;
	struct buf b = buf_new(STATE_MAX);
	struct reader in;
	enum err r = state_get(s, "counters", &b);

	if (r == OK) {
		in = reader_of(b.p, b.len);
		c->next_key = reader_u64(&in);
		c->next_number = reader_u64(&in);
		c->next_blob = reader_u64(&in);
		c->bulk_used = reader_u64(&in);
		c->head_serial = reader_u64(&in);
		reader_copy(&in, c->head, HASH_LEN);
		c->version = reader_u64(&in);
		c->news = reader_u8(&in);
		c->erase_due = reader_u8(&in);
		r = reader_done(&in) ? OK : ERR_FORMAT;
	}
	buf_free(&b);
	return r;
}

enum err state_desk(struct store *s, unsigned desk)
{
	const struct desk_state *d = &s->desk[desk];
	char name[8] = { 'd', 'e', 's', 'k', (char)('0' + desk / 10),
		(char)('0' + desk % 10), '\0' };
	struct buf b = buf_new(STATE_MAX);
	enum err r;

	buf_u64(&b, d->tenure);
	buf_u64(&b, d->serial);
	buf_put(&b, d->sha256, HASH_LEN);
	buf_u64(&b, d->live_tenure);
	buf_u64(&b, d->live_serial);
	buf_put(&b, d->live, HASH_LEN);
	buf_u32(&b, (uint32_t)d->live_day);
	buf_u64(&b, d->lane_tenure);
	buf_u64(&b, d->lane_serial);
	buf_u64(&b, d->confirmed);
	r = state_put(s, name, &b);
	buf_free(&b);
	return r;
}

static enum err desk_load(struct store *s, unsigned desk)
{
	struct desk_state *d = &s->desk[desk];
	char name[8] = { 'd', 'e', 's', 'k', (char)('0' + desk / 10),
		(char)('0' + desk % 10), '\0' };
	struct buf b = buf_new(STATE_MAX);
	struct reader in;
	enum err r = state_get(s, name, &b);

	memset(d, 0, sizeof(*d));
	d->live_day = DAY_NONE;
	if (r == OK) {
		in = reader_of(b.p, b.len);
		d->tenure = reader_u64(&in);
		d->serial = reader_u64(&in);
		reader_copy(&in, d->sha256, HASH_LEN);
		d->live_tenure = reader_u64(&in);
		d->live_serial = reader_u64(&in);
		reader_copy(&in, d->live, HASH_LEN);
		d->live_day = (day_t)reader_u32(&in);
		d->lane_tenure = reader_u64(&in);
		d->lane_serial = reader_u64(&in);
		d->confirmed = reader_u64(&in);
		r = reader_done(&in) ? OK : ERR_FORMAT;
	}
	buf_free(&b);
	return r == ERR_UNKNOWN ? OK : r;
}

enum err state_identity(struct store *s, const struct sign_pk *pk)
{
	enum err r = record_put(s, DB_STATE, "identity", 8, 0, pk->pk,
	    SIGN_PK);

	if (r == OK) {
		s->identity = *pk;
		s->has_identity = true;
	}
	return r;
}

day_t daily_before(const struct store *s)
{
	return s->daily == DAY_NONE || s->daily == s->today ? s->before :
							       s->daily;
}

static enum err day_put(struct store *s, const char *name, day_t day)
{
	struct buf b = buf_new(STATE_MAX);
	enum err r;

	buf_u32(&b, (uint32_t)day);
	r = state_put(s, name, &b);
	buf_free(&b);
	return r;
}

enum err state_daily(struct store *s)
{
	enum err r = day_put(s, "daily", s->today);

	return r == OK ? day_put(s, "before", daily_before(s)) : r;
}

/* Stores of before these records have none: due, and nothing to compare */
static enum err day_load(struct store *s, const char *name, day_t *out)
{
	struct buf b = buf_new(STATE_MAX);
	struct reader in;
	enum err r = state_get(s, name, &b);

	*out = DAY_NONE;
	if (r == OK) {
		in = reader_of(b.p, b.len);
		*out = (day_t)reader_u32(&in);
		r = reader_done(&in) ? OK : ERR_FORMAT;
	}
	buf_free(&b);
	return r == ERR_UNKNOWN ? OK : r;
}

enum err state_beat(struct store *s)
{
	/* The fresh nonce is the change; a count would be a clock. */
	return record_put(s, DB_STATE, "beat", 4, 0, "", 0);
}

/* Weeks */

enum err week_put(struct store *s, const struct week *w)
{
	struct week *old = week_find(s, w->monday);
	struct week *grown;
	uint8_t key[8];
	struct buf b = buf_new(STATE_MAX);
	enum err r;

	if (old == NULL && s->weeks == WEEKS_MAX) {
		return ERR_FULL;
	}
	key_of((uint64_t)(uint32_t)w->monday, key);
	buf_u64(&b, w->desks);
	buf_u8(&b, w->published ? 1 + w->withdrawn : 0); /* was a bool */
	buf_u8(&b, w->closed);
	r = b.failed ? ERR_MEMORY :
		       record_put(s, DB_WEEK, key, 8, 0, b.p, b.len);
	buf_free(&b);
	if (r != OK) {
		return r;
	}
	if (old != NULL) {
		*old = *w;
		return OK;
	}
	grown = realloc(s->week, (s->weeks + 1) * sizeof(*grown));
	if (grown == NULL) {
		return ERR_MEMORY;
	}
	s->week = grown;
	s->week[s->weeks++] = *w;
	return OK;
}

struct week *week_find(struct store *s, day_t monday)
{
	for (size_t i = 0; i < s->weeks; i++) {
		if (s->week[i].monday == monday) {
			return &s->week[i];
		}
	}
	return NULL;
}

enum err weeks_withdraw(struct store *s)
{
	char path[FILE_PATH_MAX] = "epochs/";
	enum err r = OK;

	for (size_t i = 0; (r == OK || r == ERR_UNKNOWN) && i < s->weeks;
	     i++) {
		struct week w = s->week[i];
		struct file f;

		if (!w.published) {
			continue;
		}
		week_text(w.monday, path + 7);
		strcat(path, ".json");
		r = file_get(s, 'L', 0, path, &f);
		if ((r == OK || r == ERR_UNKNOWN) &&
		    w.withdrawn != (r == ERR_UNKNOWN)) {
			w.withdrawn = r == ERR_UNKNOWN;
			r = week_put(s, &w);
		}
	}
	return r == ERR_UNKNOWN ? OK : r;
}

bool week_accepts(const struct store *s, day_t monday)
{
	const struct week *w = NULL;
	bool newest = true;

	for (size_t i = 0; i < s->weeks; i++) {
		if (s->week[i].monday == monday) {
			w = &s->week[i];
		}
		newest = newest && !(s->week[i].published &&
		    !s->week[i].withdrawn && s->week[i].monday > monday);
	}
	/* A day early: Monday begins earlier east of us. */
	if (w == NULL || !w->published || w->closed ||
	    monday > s->today + 1) {
		return false;
	}
	return (newest && !w->withdrawn) ||
	    s->today <= epoch_last_day(monday);
}

static enum err week_load(void *arg, const MDB_val *key,
    const MDB_val *value)
{
	struct store *s = arg;
	struct week w = { 0 }, *grown;
	struct buf b = buf_new(STATE_MAX);
	struct reader in;
	uint8_t published;
	enum err r;

	if (key->mv_size != 8 || s->weeks == WEEKS_MAX) {
		return ERR_FORMAT;
	}
	r = record_open(s, DB_WEEK, key, value, &b, NULL);
	if (r == OK) {
		in = reader_of(b.p, b.len);
		w.monday = (day_t)key_value(key->mv_data);
		w.desks = reader_u64(&in);
		published = reader_u8(&in);
		w.published = published != 0;
		w.withdrawn = published > 1;
		w.closed = reader_u8(&in) != 0;
		r = reader_done(&in) ? OK : ERR_FORMAT;
	}
	buf_free(&b);
	if (r != OK) {
		return r;
	}
	grown = realloc(s->week, (s->weeks + 1) * sizeof(*grown));
	if (grown == NULL) {
		return ERR_MEMORY;
	}
	s->week = grown;
	s->week[s->weeks++] = w;
	return OK;
}

static enum err gateway_key_load(struct store *s)
{
	struct buf b = buf_new_secret(STATE_MAX);
	struct bytes seed;
	struct reader in;
	enum err r = state_get(s, "gateway", &b);

	if (r == OK) {
		in = reader_of(b.p, b.len);
		s->generation = reader_u64(&in);
		seed = reader_take(&in, SIGN_SEED);
		r = reader_done(&in) ? OK : ERR_FORMAT;
	}
	if (r == OK && s->o.generation != 0 &&
	    s->o.generation != s->generation) {
		r = ERR_CONFLICT;
	}
	if (r == OK) {
		sign_sk_of(seed.p, s->sign_sk);
		memcpy(s->pk.pk, s->sign_sk + SIGN_SEED, SIGN_PK);
	}
	buf_free(&b);
	return r;
}

static enum err identity_load(struct store *s)
{
	struct buf b = buf_new(STATE_MAX);
	enum err r = state_get(s, "identity", &b);

	s->has_identity = r == OK && b.len == SIGN_PK;
	if (s->has_identity) {
		memcpy(s->identity.pk, b.p, SIGN_PK);
	}
	buf_free(&b);
	return r == ERR_UNKNOWN ? OK : r;
}

enum err state_load(struct store *s)
{
	enum err r;

	if ((r = counters_load(s)) != OK ||
	    (r = gateway_key_load(s)) != OK || (r = identity_load(s)) != OK ||
	    (r = day_load(s, "daily", &s->daily)) != OK ||
	    (r = day_load(s, "before", &s->before)) != OK) {
		return r;
	}
	s->saved = s->now;
	for (unsigned d = 1; r == OK && d < 64; d++) {
		r = desk_load(s, d);
	}
	s->weeks = 0;
	if (r == OK) {
		r = record_walk(s, DB_WEEK, week_load, s);
	}
	if (r == OK) {
		r = sessions_load(s);
	}
	if (r == OK) {
		r = keysets_load(s);
	}
	return r;
}

enum err state_create(struct store *s)
{
	MDB_val key = { 6, (void *)(uintptr_t)"format" };
	uint8_t format[4] = { 0, 0, 0, STORE_FORMAT };
	MDB_val value = { 4, format };
	struct buf b = buf_new_secret(STATE_MAX);
	uint64_t generation = s->o.generation == 0 ? 1 : s->o.generation;
	enum err r;

	memset(&s->now, 0, sizeof(s->now));
	s->now.next_key = s->now.next_number = s->now.next_blob = 1;
	s->now.version = 1;
	sign_keypair(s->sign_sk, &s->pk);
	memcpy(s->sign_sk + SIGN_SEED, s->pk.pk, SIGN_PK);
	s->now.head_serial = generation_base(generation);
	buf_u64(&b, generation);
	buf_put(&b, s->sign_sk, SIGN_SEED);
	if ((r = txn_need(s)) == OK) {
		r = state_put(s, "gateway", &b);
	}
	buf_free(&b);
	if (r == OK) {
		/* In clear: a later version must know it without keys. */
		r = lmdb_err(mdb_put(s->txn, s->dbi[DB_STATE], &key, &value,
		    0));
	}
	return r == OK ? store_commit(s) : r;
}
