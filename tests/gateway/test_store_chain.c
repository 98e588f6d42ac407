/* SPDX-License-Identifier: EUPL-1.2 */
/* The intake chain: links, order, what is new, what a desk is given. */
#include "store/store_private.h"
#include "store_cmocka.h"

static struct inbound *manifest(struct world *w, uint64_t serial)
{
	struct buf m = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct inbound *in = NULL;

	ok(store_manifest(w->s, serial, &m, &sig));
	ok(inbound_parse(m.p, m.len, sig.p, sig.len, store_key(w->s),
	    w->org.keyset.org, &in));
	buf_free(&m);
	buf_free(&sig);
	return in;
}

static void manifests_link_and_tell_no_order(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct inbound *a, *b;
	struct buf e;
	uint64_t serial;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	for (unsigned i = 0; i < 20; i++) {
		kit_envelope_vary(&e, i);
		ok(put(w, &e, THIS_WEEK, &r));
	}
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	assert_int_equal(serial, 1);
	ok(store_manifest_cut(w->s, &serial));
	assert_int_equal(serial, 1); /* nothing new */
	ok(store_commit(w->s));
	kit_envelope_vary(&e, 100);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	world_reopen(w);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	assert_int_equal(serial, 2);
	a = manifest(w, 1);
	b = manifest(w, 2);
	ok(inbound_follows(0, NULL, 1, a));
	ok(inbound_follows(1, a->hash, 1, b));
	assert_int_equal(a->envelopes, 20);
	assert_int_equal(b->envelopes, 1);
	for (size_t i = 1; i < a->envelopes; i++) {
		assert_true(memcmp(a->envelope[i - 1].sha256,
				a->envelope[i].sha256, HASH_LEN) < 0);
	}
	assert_int_equal(a->applieds, 2);
	assert_int_equal(a->applied[0].desk, 1);
	assert_int_equal(a->applied[0].day, KIT_DAY);
	inbound_free(a);
	inbound_free(b);
	assert_int_equal(store_manifest_first(w->s, 1), 1);
	ok(kit_confirm(w->s, &w->org, 1, 2, 1, KIT_DAY));
	assert_int_equal(store_manifest_first(w->s, 1), 2);
	assert_int_equal(store_manifest_first(w->s, 2), 1);
	is(store_manifest(w->s, 3, &e, &e), ERR_UNKNOWN);
	is(store_manifest(w->s, 0, &e, &e), ERR_UNKNOWN);
	buf_free(&e);
}

static void aborted_manifest_is_cut_again(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct inbound *a;
	struct buf e;
	uint64_t serial;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	ok(store_manifest_cut(w->s, &serial));
	store_abort(w->s);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	assert_int_equal(serial, 1);
	a = manifest(w, 1);
	assert_int_equal(a->envelopes, 1);
	inbound_free(a);
	buf_free(&e);
}

/* A week is told closed once, when it took its last upload; not before it
 * began, and not one that was never published */
static void weeks_close_once_and_in_time(void **state)
{
	struct world *w = *state;
	struct week silent = { .monday = THIS_WEEK - 70, .desks = 2 };
	struct inbound *a;
	uint64_t first, serial;

	ok(week_put(w->s, &silent));
	ok(store_manifest_cut(w->s, &first));
	ok(store_commit(w->s));
	a = manifest(w, first);
	for (size_t i = 0; i < a->closeds; i++) {
		assert_int_equal(a->closed[i], THIS_WEEK - 7);
	}
	inbound_free(a);
	ok(store_daily(w->s, KIT_DAY + 13));
	ok(store_daily(w->s, KIT_DAY + 14));
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	assert_int_equal(serial, first + 1);
	a = manifest(w, serial);
	assert_int_equal(a->closeds, 2);
	assert_int_equal(a->closed[0], THIS_WEEK - 7);
	assert_int_equal(a->closed[1], THIS_WEEK);
	inbound_free(a);
	ok(store_manifest_cut(w->s, &serial));
	assert_int_equal(serial, first + 1); /* that is no news again */
	store_abort(w->s);
}

/* A courier fetches on the day that the clock says */
static void fetched(struct world *w)
{
	uint64_t serial;

	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
}

/* The clock of the machine is ahead for a day and is put right: the weeks
 * that clients have still take reports, also after a restart */
static void a_clock_that_was_ahead_closes_nothing(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	for (day_t d = 0; d < 3; d++) {
		ok(store_daily(w->s, KIT_DAY + d));
		ok(store_daily(w->s, KIT_DAY + 100 + d));
		fetched(w);
		kit_envelope_vary(&e, (uint64_t)d);
		is(put(w, &e, THIS_WEEK, &r), ERR_STALE);
		world_reopen(w);
		fetched(w);
		ok(store_daily(w->s, KIT_DAY + d));
		/* ahead again, before its batch is done */
		store_today(w->s, KIT_DAY + 100 + d);
		fetched(w);
		store_today(w->s, KIT_DAY + d);
		ok(put(w, &e, THIS_WEEK, &r));
		ok(store_commit(w->s));
	}
	/* two days of it, and the clock is believed as long as it says so */
	ok(store_daily(w->s, KIT_DAY + 100));
	ok(store_daily(w->s, KIT_DAY + 101));
	ok(store_daily(w->s, KIT_DAY + 101)); /* the batch again: as before */
	world_reopen(w);
	fetched(w);
	assert_false(week_find(w->s, THIS_WEEK + 7)->closed);
	store_today(w->s, KIT_DAY + 101);
	fetched(w);
	assert_true(week_find(w->s, THIS_WEEK)->closed);
	assert_true(week_find(w->s, THIS_WEEK + 7)->closed);
	/* the newest serves until another comes, however old it is */
	assert_false(week_find(w->s, THIS_WEEK + 14)->closed);
	buf_free(&e);
}

static void manifests_that_cannot_be_given(void **state)
{
	struct world *w = *state;
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct buf none = buf_new(0);
	uint64_t serial, keyno;
	uint8_t key[8];

	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	is(store_manifest(w->s, serial, &none, &sig), ERR_LIMIT);
	none.failed = false;
	is(store_manifest(w->s, serial, &doc, &none), ERR_LIMIT);
	/* longer than the record that it stands in */
	ok(key_take(w->s, &keyno));
	key_of(serial, key);
	ok(record_put(w->s, DB_CHAIN, key, 8, keyno, "\0\0\0\5four", 8));
	buf_clear(&doc);
	buf_clear(&sig);
	is(store_manifest(w->s, serial, &doc, &sig), ERR_CRYPT);
	store_abort(w->s);
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&none);
}

/* Desks come and go: their numbers go to 63, a manifest has place for 16 */
static void more_desks_than_a_manifest_names(void **state)
{
	struct world *w = *state;
	struct inbound *a;
	uint64_t serial;

	for (unsigned d = 3; d < 64; d++) {
		w->s->desk[d] = w->s->desk[1];
	}
	ok(store_manifest_cut(w->s, &serial));
	a = manifest(w, serial);
	assert_int_equal(a->applieds, KEYSET_DESKS_MAX);
	assert_int_equal(a->applied[KEYSET_DESKS_MAX - 1].desk,
	    KEYSET_DESKS_MAX);
	inbound_free(a);
	store_abort(w->s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    manifests_link_and_tell_no_order, world_installed,
		    world_free),
		cmocka_unit_test_setup_teardown(aborted_manifest_is_cut_again,
		    world_installed, world_free),
		cmocka_unit_test_setup_teardown(weeks_close_once_and_in_time,
		    world_installed, world_free),
		cmocka_unit_test_setup_teardown(
		    a_clock_that_was_ahead_closes_nothing,
		    world_installed, world_free),
		cmocka_unit_test_setup_teardown(
		    manifests_that_cannot_be_given, world_installed,
		    world_free),
		cmocka_unit_test_setup_teardown(
		    more_desks_than_a_manifest_names, world_installed,
		    world_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
