/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Upload sessions as records and their mirror in memory. When a session was
 * last fed is known in memory only (the record names the day): after a
 * restart each open session gets its 24 hours again, and those not fed
 * today or yesterday go.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

#define SESSION_MAX 512u

void session_encode(const struct session *u, struct buf *out)
{
	buf_put(out, u->id, UPLOAD_ID);
	buf_u64(out, u->keyno);
	buf_u32(out, (uint32_t)u->week);
	buf_u32(out, (uint32_t)u->day);
	buf_u32(out, u->next);
	buf_u32(out, u->last_len);
	buf_u64(out, u->size);
	buf_u64(out, u->bulk_bytes);
	buf_put(out, u->state, HASH_SAVED);
	buf_put(out, u->before, HASH_SAVED);
	buf_u8(out, u->done);
	buf_u64(out, u->number);
}

enum err session_decode(const uint8_t *p, size_t len, struct session *u)
{
	struct reader in = reader_of(p, len);
	uint8_t done;

	memset(u, 0, sizeof(*u));
	reader_copy(&in, u->id, UPLOAD_ID);
	u->keyno = reader_u64(&in);
	u->week = (day_t)reader_u32(&in);
	u->day = (day_t)reader_u32(&in);
	u->next = reader_u32(&in);
	u->last_len = reader_u32(&in);
	u->size = reader_u64(&in);
	u->bulk_bytes = reader_u64(&in);
	reader_copy(&in, u->state, HASH_SAVED);
	reader_copy(&in, u->before, HASH_SAVED);
	done = reader_u8(&in);
	u->done = done == 1;
	u->number = reader_u64(&in);
	if (!reader_done(&in) || done > 1 || u->next < 2 ||
	    u->last_len > ENVELOPE_PART || u->size > ENVELOPE_SIZE_MAX ||
	    u->state[HASH_SAVED - 1] > 63 || u->before[HASH_SAVED - 1] > 63) {
		return ERR_FORMAT;
	}
	return OK;
}

static enum err session_load(void *arg, const MDB_val *key,
    const MDB_val *value)
{
	struct store *s = arg;
	struct buf b = buf_new(SESSION_MAX);
	struct session u, *grown;
	enum err r = record_open(s, DB_UPLOAD, key, value, &b, NULL);

	if (r == OK) {
		r = session_decode(b.p, b.len, &u);
	}
	buf_free(&b);
	if (r != OK) {
		return r;
	}
	u.fed = s->seconds;
	if (s->sessions == s->sessions_cap) {
		grown = realloc(s->session,
		    (s->sessions_cap + 64) * sizeof(*grown));
		if (grown == NULL) {
			return ERR_MEMORY;
		}
		s->session = grown;
		s->sessions_cap += 64;
	}
	s->session[s->sessions++] = u;
	return OK;
}

/* Keeps what memory knows of feeding times */
enum err sessions_load(struct store *s)
{
	struct session *old = s->session;
	size_t n = s->sessions;
	enum err r;

	s->session = NULL;
	s->sessions = s->sessions_cap = 0;
	r = record_walk(s, DB_UPLOAD, session_load, s);
	for (size_t i = 0; i < n; i++) {
		struct session *u = session_find(s, old[i].id);

		if (u != NULL) {
			u->fed = old[i].fed;
		}
	}
	free(old);
	return r;
}

struct session *session_find(struct store *s, const uint8_t id[UPLOAD_ID])
{
	struct session *found = NULL;

	for (size_t i = 0; i < s->sessions; i++) {
		/* The id is what lets one write: no early exit in it. */
		if (sodium_memcmp(s->session[i].id, id, UPLOAD_ID) == 0) {
			found = &s->session[i];
		}
	}
	return found;
}

static enum err session_write(struct store *s, const struct session *u)
{
	struct buf b = buf_new(SESSION_MAX);
	uint8_t key[32];
	enum err r;

	key_hidden(s, "upload", u->id, UPLOAD_ID, key);
	session_encode(u, &b);
	r = b.failed ? ERR_MEMORY :
		       record_put(s, DB_UPLOAD, key, sizeof(key), u->keyno,
			   b.p, b.len);
	buf_free(&b);
	return r;
}

enum err session_keep(struct store *s, const struct session *u)
{
	struct session *known = session_find(s, u->id), *grown;

	if (known == NULL) {
		if (s->sessions == s->sessions_cap) {
			grown = realloc(s->session,
			    (s->sessions_cap + 64) * sizeof(*grown));
			if (grown == NULL) {
				return ERR_MEMORY;
			}
			s->session = grown;
			s->sessions_cap += 64;
		}
		known = &s->session[s->sessions++];
	}
	*known = *u;
	known->fed = s->seconds;
	known->unsaved = true;
	return OK;
}

enum err session_put(struct store *s, const struct session *u)
{
	enum err r = session_write(s, u);

	if (r == OK && (r = session_keep(s, u)) == OK) {
		session_find(s, u->id)->unsaved = false;
	}
	return r;
}

enum err sessions_save(struct store *s)
{
	enum err r = OK;

	for (size_t i = 0; r == OK && i < s->sessions; i++) {
		if (s->session[i].unsaved) {
			r = session_write(s, &s->session[i]);
			s->session[i].unsaved = false;
		}
	}
	return r;
}

bool sessions_unsaved(const struct store *s)
{
	for (size_t i = 0; i < s->sessions; i++) {
		if (s->session[i].unsaved) {
			return true;
		}
	}
	return false;
}

/* ${u} points into the table and is gone after */
enum err session_drop(struct store *s, struct session *u, bool parts)
{
	/* The caller settled what was in flight. */
	uint8_t key[32];
	enum err r;

	key_hidden(s, "upload", u->id, UPLOAD_ID, key);
	r = record_del(s, DB_UPLOAD, key, sizeof(key));
	if (r != OK && (r != ERR_UNKNOWN || !u->unsaved)) {
		return r; /* a new one has no record yet */
	}
	r = OK;
	if (parts) {
		s->now.bulk_used -= u->bulk_bytes;
		r = parts_delete(s, u->keyno);
	}
	*u = s->session[--s->sessions];
	return r;
}

/* An upload that is fed a little each day would keep its week open, and with
 * it the week's key in being, for as long as its sender likes. */
static bool session_over(const struct store *s, const struct session *u)
{
	return s->seconds - u->fed > SESSION_SECONDS ||
	    u->day < s->today - 1 ||
	    (!u->done && s->today > epoch_last_day(u->week) +
		    SESSION_DAYS_LATE && !week_accepts(s, u->week));
}

enum err sessions_expire(struct store *s)
{
	enum err r = flight_settle(s);

	for (size_t i = 0; r == OK && i < s->sessions;) {
		struct session *u = &s->session[i];

		if (session_over(s, u)) {
			r = session_drop(s, u, !u->done);
		} else {
			i++;
		}
	}
	return r;
}

/*
 * Of two open ones, the first to give its place to a new one? No client of ours
 * begins an upload of less than a part, which it would send whole: a flood of
 * these costs next to nothing, and would end each upload between two parts of
 * it.
 */
static bool less_worth(const struct session *u, const struct session *than)
{
	bool small = u->size < ENVELOPE_PART;

	return small != (than->size < ENVELOPE_PART) ? small :
						       u->fed < than->fed;
}

/* Its sender is at it: a slow one too has sent a part a minute ago */
static bool under_way(const struct store *s, const struct session *u)
{
	return u->size >= ENVELOPE_PART &&
	    s->seconds - u->fed < SESSION_UNDER_WAY;
}

/* The first to give its place, of ${done} (the least recently fed) or of open
 * ones */
static struct session *session_oldest(struct store *s, bool done, size_t *n)
{
	struct session *oldest = NULL;

	*n = 0;
	for (size_t i = 0; i < s->sessions; i++) {
		struct session *u = &s->session[i];

		if (u->done != done) {
			continue;
		}
		(*n)++;
		if (oldest == NULL || (done ? u->fed < oldest->fed :
					      less_worth(u, oldest))) {
			oldest = u;
		}
	}
	return oldest;
}

enum err session_make_room(struct store *s)
{
	struct session *u;
	size_t n;
	enum err r = OK;

	u = session_oldest(s, false, &n);
	if (u != NULL && n >= s->o.uploads_max && under_way(s, u)) {
		return ERR_BUSY;
	}
	if (u != NULL && n >= s->o.uploads_max &&
	    (r = flight_settle(s)) == OK) {
		/* Waiting may have read the table again */
		u = session_oldest(s, false, &n);
		r = u != NULL ? session_drop(s, u, true) : OK;
	}
	u = session_oldest(s, true, &n);
	if (r == OK && u != NULL && n >= SESSIONS_DONE) {
		if ((r = txn_need(s)) != OK) {
			return r;
		}
		u = session_oldest(s, true, &n);
	}
	if (r == OK && u != NULL && n >= SESSIONS_DONE) {
		r = session_drop(s, u, false);
	}
	return r;
}

bool sessions_hold(const struct store *s, day_t week)
{
	for (size_t i = 0; i < s->sessions; i++) {
		if (!s->session[i].done && s->session[i].week == week) {
			return true;
		}
	}
	return false;
}
