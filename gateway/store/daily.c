/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The beats. Once a minute: a heartbeat that makes file times say nothing,
 * sessions that ran out, chaff, keys ahead. Once a day: lanes and keys go
 * live, and what was confirmed long enough is erased.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "outbound_private.h"

/* The heartbeat is written to the index; without this the other files would
 * say when the last attachment came, when the disk was full, when keys for the
 * next reports were due, or when somebody fetched. */
static void times_even(struct store *s)
{
	static const char *const names[] = {"bulk/data.mdb", "ballast.bin",
		"keys.bin", STORE_DAMAGE_MARK};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)!utimensat(s->dir, names[i], NULL, AT_SYMLINK_NOFOLLOW);
	}
}

enum err store_beat(struct store *s, uint64_t monotonic_seconds)
{
	enum err r = OK;

	if ((r = store_commit(s)) != OK) {
		return r;
	}
	puts_trim(s);
	flight_trim(s);
	s->seconds = monotonic_seconds;
	for (size_t i = 0; !s->beaten && i < s->sessions; i++) {
		s->session[i].fed = s->seconds;
	}
	s->beaten = true;
	if (record_keys_end(s->keys) - s->now.next_key < RECORD_KEYS_LOW) {
		r = record_keys_extend(s->keys);
	}
	if (r == ERR_FULL) {
		r = OK; /* who needs one is told; the rest goes on */
	}
	if (r != OK || (r = sessions_expire(s)) != OK ||
	    (r = chaff_beat(s)) != OK || (r = state_beat(s)) != OK) {
		store_abort(s);
		return r;
	}
	times_even(s);
	return store_commit(s);
}

/* Epoch files made under another keyset would be refused by clients */
static enum err epochs_prune(struct store *s)
{
	struct file_name *name = NULL;
	size_t n = 0;
	enum err r = file_list(s, 'L', 0, &name, &n);

	for (size_t i = 0; r == OK && i < n; i++) {
		struct buf doc = buf_new(KEYSET_MAX);
		struct epoch *e = NULL;
		day_t week;

		if (!path_week(name[i].path, &week)) {
			continue;
		}
		r = file_read(s, &name[i].file, 0, KEYSET_MAX, &doc);
		if (r == OK &&
		    epoch_parse(doc.p, doc.len, s->keyset, &e) != OK) {
			r = file_drop(s, 'L', 0, name[i].path, true);
			s->now.version++;
		}
		epoch_free(e);
		buf_free(&doc);
	}
	free(name);
	return r;
}

static enum err go_live(struct store *s)
{
	struct file_name *name = NULL;
	bool keyset = s->next != NULL;
	size_t n = 0;
	enum err r = file_list(s, 'P', 0, &name, &n);

	for (size_t i = 0; r == OK && i < n; i++) {
		day_t week;

		if ((r = file_go_live(s, &name[i])) == OK) {
			r = file_drop(s, 'P', 0, name[i].path, false);
		}
		if (r == OK && path_week(name[i].path, &week)) {
			r = week_publish(s, week);
		}
		s->now.erase_due |= 1;
	}
	free(name);
	for (unsigned d = 1; r == OK && d < 64; d++) {
		struct desk_state *st = &s->desk[d];

		if (st->tenure == st->live_tenure &&
		    st->serial == st->live_serial) {
			continue;
		}
		st->live_tenure = st->tenure;
		st->live_serial = st->serial;
		memcpy(st->live, st->sha256, HASH_LEN);
		st->live_day = s->today;
		s->now.news = 1;
		r = state_desk(s, d);
	}
	if (r == OK && keyset) {
		r = keysets_load(s);
	}
	if (r == OK && keyset) {
		r = epochs_prune(s);
	}
	return r == OK ? weeks_withdraw(s) : r;
}

/* What a desk confirmed; when nobody can sign for it any more, what the
 * desk that took over confirmed. */
static uint64_t desk_confirmed(const struct store *s, unsigned desk)
{
	const struct keyset_desk *now;

	if (keyset_holders(s->keyset, desk) > 0) {
		return s->desk[desk].confirmed;
	}
	now = keyset_desk_now(s->keyset, desk);
	return now == NULL || now->number > 63 ||
		s->desk[now->number].confirmed < s->desk[desk].confirmed ?
	    s->desk[desk].confirmed :
	    s->desk[now->number].confirmed;
}

static bool entry_confirmed(struct store *s, const struct entry *e)
{
	const struct week *w = week_find(s, e->week);

	if (w == NULL || w->desks == 0 || e->listed == 0) {
		return false;
	}
	for (unsigned d = 1; d < 64; d++) {
		if ((w->desks >> d & 1) != 0 &&
		    desk_confirmed(s, d) < e->listed) {
			return false;
		}
	}
	return true;
}

struct due {
	struct store *s;
	struct entry *entry;
	size_t n, cap;
};

/* Entries whose state changes today */
static enum err due_one(void *arg, const MDB_val *key, const MDB_val *value)
{
	struct due *d = arg;
	struct entry e, *grown;
	struct buf b = buf_new(256);
	bool confirmed;
	enum err r;

	if (key->mv_size != 8) {
		return ERR_FORMAT;
	}
	r = record_open(d->s, DB_ENVELOPE, key, value, &b, NULL);
	if (r == OK) {
		e.number = key_value(key->mv_data);
		r = entry_decode(b.p, b.len, &e);
	}
	buf_free(&b);
	if (r != OK) {
		return r;
	}
	confirmed = entry_confirmed(d->s, &e);
	if (confirmed == (e.confirmed != DAY_NONE) &&
	    (!confirmed ||
		d->s->today < e.confirmed + (day_t)d->s->o.grace_days)) {
		return OK;
	}
	if (d->n == d->cap) {
		grown = realloc(d->entry, (d->cap * 2 + 64) * sizeof(*grown));
		if (grown == NULL) {
			return ERR_MEMORY;
		}
		d->entry = grown;
		d->cap = d->cap * 2 + 64;
	}
	if (!confirmed) {
		e.confirmed = DAY_NONE; /* a desk went back to a backup */
	} else if (e.confirmed == DAY_NONE) {
		e.confirmed = d->s->today;
	}
	d->entry[d->n++] = e;
	return OK;
}

static enum err entry_erase(struct store *s, const struct entry *e)
{
	for (size_t i = 0; i < s->sessions; i++) {
		struct session *u = &s->session[i];
		enum err r;

		/* It answers for the envelope and holds its key. */
		if (u->done && u->number == e->number) {
			if ((r = session_drop(s, u, false)) != OK) {
				return r;
			}
			break;
		}
	}
	return entry_delete(s, e);
}

static enum err erase_due(struct store *s)
{
	struct due d = { s, NULL, 0, 0 };
	enum err r = record_walk(s, DB_ENVELOPE, due_one, &d);

	for (size_t i = 0; r == OK && i < d.n; i++) {
		const struct entry *e = &d.entry[i];

		if (e->confirmed == DAY_NONE ||
		    s->today < e->confirmed + (day_t)s->o.grace_days) {
			r = entry_put(s, e);
		} else {
			r = entry_erase(s, e);
			s->now.erase_due |= 1;
		}
	}
	free(d.entry);
	return r;
}

static enum err day_turn(struct store *s)
{
	enum err r;

	if ((r = go_live(s)) == OK && s->keyset != NULL) {
		r = erase_due(s);
	}
	if (r == OK) {
		r = sessions_expire(s);
	}
	if (r == OK) {
		s->now.erase_due |= 2;
		r = state_beat(s);
	}
	if (r == OK) {
		r = state_daily(s);
	}
	if (r != OK) {
		store_abort(s);
		return r;
	}
	return store_commit(s);
}

bool store_daily_due(const struct store *s, day_t today)
{
	return s->daily != today;
}

enum err store_daily(struct store *s, day_t today)
{
	enum err r;

	if ((r = store_commit(s)) != OK) {
		return r;
	}
	puts_trim(s);
	s->bulk_over = 0;
	s->today = today;
	/* On a full disk LMDB cannot even delete. */
	if (!space_text(s, ENVELOPE_TEXT_SIZE)) {
		ballast_drop(s);
	}
	r = day_turn(s);
	if (r == ERR_FULL) {
		ballast_drop(s);
		r = day_turn(s);
	}
	if (r == OK) {
		r = erase_finish(s);
	}
	if (r == OK) {
		s->before = daily_before(s);
		s->daily = today;
	}
	(void)ballast_keep(s);
	space_forget(s);
	return r;
}
