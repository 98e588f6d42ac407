/* SPDX-License-Identifier: EUPL-1.2 */
/* What the daily batch erases: who must have confirmed, how long after, and
 * nothing on a day that fails. */
#include "store/store_private.h"
#include "store_days.h"
#include "store_crashpoint.h"

static void every_desk_and_the_grace(void **state)
{
	struct world *w = *state;
	uint8_t hash[HASH_LEN];
	struct store_receipt r;
	struct buf e;
	day_t day = KIT_DAY;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	list_one(w, &e, hash);
	ok(kit_confirm(w->s, &w->org, 1, 2, 1, day));
	days_pass(w, &day, 2 * GRACE); /* one desk is not enough */
	ok(there(w->s, hash));
	ok(kit_confirm(w->s, &w->org, 2, 2, 1, day));
	ok(store_daily(w->s, ++day));
	for (unsigned i = 0; i < GRACE - 1; i++) {
		ok(store_daily(w->s, ++day));
		ok(there(w->s, hash));
	}
	ok(store_daily(w->s, ++day));
	is(there(w->s, hash), ERR_UNKNOWN);
	store_close(w->s);
	ok(store_open(&w->o, &w->s));
	is(there(w->s, hash), ERR_UNKNOWN);
	/* The same bytes are a new envelope then */
	store_today(w->s, KIT_DAY);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	is(there(w->s, hash), ERR_UNKNOWN);
	buf_free(&e);
}

static void unlisted_and_unconfirmed_stay(void **state)
{
	struct world *w = *state;
	uint8_t one[HASH_LEN], two[HASH_LEN], three[HASH_LEN];
	struct store_receipt r;
	uint64_t serial;
	struct buf e;
	day_t day = KIT_DAY;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	list_one(w, &e, one);
	kit_envelope_vary(&e, 2);
	hash_bytes(e.p, e.len, two);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_manifest_cut(w->s, &serial));
	kit_envelope_vary(&e, 3);
	hash_bytes(e.p, e.len, three);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	ok(kit_confirm(w->s, &w->org, 1, 2, 2, day));
	ok(kit_confirm(w->s, &w->org, 2, 2, 1, day));
	days_pass(w, &day, GRACE + 3);
	is(there(w->s, one), ERR_UNKNOWN);
	ok(there(w->s, two)); /* listed in 2, desk 2 confirmed 1 only */
	store_today(w->s, KIT_DAY);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	ok(there(w->s, three));
	buf_free(&e);
}

/* A desk that went back to a backup confirms less than before: the days of
 * grace begin anew. */
static void taken_back_confirmation_counts(void **state)
{
	struct world *w = *state;
	uint8_t hash[HASH_LEN];
	struct kit_bundle *b = malloc(sizeof(*b));
	struct buf e;
	day_t day = KIT_DAY;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	list_one(w, &e, hash);
	ok(kit_confirm(w->s, &w->org, 1, 2, 1, day));
	ok(kit_confirm(w->s, &w->org, 2, 2, 1, day));
	ok(store_daily(w->s, ++day));
	kit_bundle_make(b, &w->org, 2, 3, day, 0, 0);
	kit_bundle_seal(b, &w->org);
	ok(kit_bundle_stage(w->s, b));
	ok(store_outbound_apply(w->s, 2, NULL, day));
	ok(store_commit(w->s));
	kit_bundle_clear(b);
	free(b);
	assert_int_equal(store_manifest_first(w->s, 2), 1);
	days_pass(w, &day, GRACE + 3);
	ok(there(w->s, hash));
	buf_free(&e);
}

/* Keyset ${serial}, in bundle ${n} of desk 2, which confirms nothing yet */
static void keyset_comes(struct world *w, uint64_t serial, uint64_t n,
    day_t *day)
{
	struct kit_bundle *b;

	kit_org_next(&w->org, serial, KIT_DAY);
	b = bundle(w, 2, n, 0);
	kit_bundle_add(b, "keyset.json", w->org.doc.p, w->org.doc.len);
	kit_bundle_add(b, "keyset.json.minisig", w->org.sig.p,
	    w->org.sig.len);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	days_pass(w, day, 1);
	assert_int_equal(store_keyset(w->s)->serial, serial);
}

/* A desk that ended and still has people confirms for itself; when nobody is
 * left who could sign for it, the word of the desk that took over counts. */
static void a_desk_that_ended(void **state)
{
	struct world *w = *state;
	struct keyset *k = &w->org.keyset;
	uint8_t hash[HASH_LEN];
	struct buf e;
	day_t day = KIT_DAY;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	list_one(w, &e, hash);
	k->desk[0].successor = 2;
	keyset_comes(w, 2, 2, &day);
	ok(kit_confirm(w->s, &w->org, 2, 3, 1, day));
	days_pass(w, &day, GRACE + 3);
	ok(there(w->s, hash));
	k->people = 1;
	k->person[0] = k->person[1];
	keyset_comes(w, 3, 4, &day);
	days_pass(w, &day, GRACE + 1);
	ok(there(w->s, hash));
	ok(kit_confirm(w->s, &w->org, 2, 5, 1, day));
	days_pass(w, &day, GRACE + 1);
	is(there(w->s, hash), ERR_UNKNOWN);
	buf_free(&e);
}

/* Of a week for which no desk is known, or that is not known itself, nobody
 * can have confirmed anything */
static void a_week_without_desks_stays(void **state)
{
	struct world *w = *state;
	uint8_t hash[HASH_LEN];
	struct week week;
	struct buf e;
	day_t day = KIT_DAY;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	list_one(w, &e, hash);
	ok(kit_confirm(w->s, &w->org, 1, 2, 1, day));
	ok(kit_confirm(w->s, &w->org, 2, 2, 1, day));
	week = *week_find(w->s, THIS_WEEK);
	week.desks = 0;
	ok(week_put(w->s, &week));
	ok(store_commit(w->s));
	days_pass(w, &day, GRACE + 3);
	ok(there(w->s, hash));
	week = *week_find(w->s, THIS_WEEK);
	assert_int_equal(week.desks, 0);
	week_find(w->s, THIS_WEEK)->monday = 0;
	days_pass(w, &day, 1);
	ok(there(w->s, hash));
	week.desks = 6;
	week_find(w->s, 0)->monday = THIS_WEEK;
	ok(week_put(w->s, &week));
	ok(store_commit(w->s));
	days_pass(w, &day, GRACE + 1);
	is(there(w->s, hash), ERR_UNKNOWN);
	buf_free(&e);
}

/* Nothing is erased over a record that cannot be read, and the day is not
 * done; nor is a beat without keys or an index */
static void a_day_that_fails_is_not_done(void **state)
{
	struct world *w = *state;
	MDB_env *index;
	uint8_t key[8];

	key_of(999, key);
	ok(record_put(w->s, DB_ENVELOPE, key, sizeof(key), 0, "x", 1));
	ok(store_commit(w->s));
	is(store_daily(w->s, KIT_DAY), ERR_FORMAT);
	assert_true(store_daily_due(w->s, KIT_DAY));
	ok(record_del(w->s, DB_ENVELOPE, key, sizeof(key)));
	ok(store_commit(w->s));
	ok(store_daily(w->s, KIT_DAY));
	assert_false(store_daily_due(w->s, KIT_DAY));
	w->s->now.next_key = record_keys_end(w->s->keys) - 1;
	fail_at = 0;
	is(store_beat(w->s, 60), ERR_IO);
	fail_at = -1;
	ok(store_beat(w->s, 60));
	index = w->s->index;
	w->s->index = NULL; /* as one that is lost */
	is(store_beat(w->s, 120), ERR_IO);
	w->s->index = index;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_installed, world_free)
		T(every_desk_and_the_grace),
		T(unlisted_and_unconfirmed_stay),
		T(taken_back_confirmation_counts),
		T(a_desk_that_ended),
		T(a_week_without_desks_stays),
		T(a_day_that_fails_is_not_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
