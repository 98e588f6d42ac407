/* SPDX-License-Identifier: EUPL-1.2 */
/* When what a bundle brought goes live, and whose word counts for what is
 * live: lanes, keysets and the blocks of a week. */
#include "store/store_private.h"
#include "store_outbound.h"

static void lanes_go_live_with_the_day(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = bundle(w, 1, 2, 0);
	struct buf before = buf_new(1 << 20), now = buf_new(1 << 20);
	struct buf lane = buf_new(1 << 20);
	uint64_t version, total;

	ok(store_public(w->s, "board/1", &before));
	kit_bundle_seal(b, &w->org);
	buf_put(&lane, b->file[2].p, b->file[2].len);
	version = store_public_version(w->s);
	assert_int_equal(w->s->desk[1].live_serial, 1);
	ok(apply(w, b, NULL));
	assert_int_equal(w->s->desk[1].live_serial, 1);
	ok(store_public(w->s, "board/1", &now));
	assert_memory_equal(now.p, before.p, before.len);
	assert_int_equal(store_public_version(w->s), version);
	world_reopen(w); /* waits across a restart */
	ok(store_daily(w->s, KIT_DAY + 1));
	assert_int_equal(w->s->desk[1].live_serial, 2);
	assert_true(store_public_version(w->s) > 0);
	buf_clear(&now);
	ok(store_public(w->s, "board/1", &now));
	assert_int_equal(now.len, lane.len);
	assert_memory_equal(now.p, lane.p, lane.len);
	buf_clear(&now);
	ok(store_public_range(w->s, "board/1", 70000, 9000, &now, &total));
	assert_int_equal(total, lane.len);
	assert_int_equal(now.len, 9000);
	assert_memory_equal(now.p, lane.p + 70000, 9000);
	buf_free(&before);
	buf_free(&now);
	buf_free(&lane);
}

/* Weeks ahead that a new keyset took back are nobody's newest: when exports
 * lapse after it, the last week that clients have goes on */
static void the_newest_week_is_one_that_is_there(void **state)
{
	struct world *w = *state;
	day_t last = epoch_last_day(THIS_WEEK), late = last + 30;
	struct kit_bundle *b;
	struct store_receipt r;
	uint64_t serial;
	struct buf e;

	kit_org_next(&w->org, 2, KIT_DAY);
	b = bundle(w, 1, 2, 2);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	ok(store_daily(w->s, KIT_DAY));
	assert_int_equal(public_len(w, "epochs/2026-W49.json"), 0);
	world_reopen(w);
	ok(store_daily(w->s, late));
	ok(store_daily(w->s, late + 1));
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	ok(put(w, &e, THIS_WEEK, &r));
	kit_envelope_vary(&e, 1);
	is(put(w, &e, THIS_WEEK + 7, &r), ERR_STALE);
	/* one that nobody has ends in its time, also as the last */
	is(put(w, &e, THIS_WEEK + 14, &r), ERR_STALE);
	assert_false(week_find(w->s, THIS_WEEK)->closed);
	assert_true(week_find(w->s, THIS_WEEK + 14)->closed);
	/* it is there again, and then it is the newest */
	world_reopen(w);
	b = bundle(w, 1, 3, 3);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	ok(store_daily(w->s, late + 2));
	is(put(w, &e, THIS_WEEK, &r), ERR_STALE);
	buf_free(&e);
}

static void new_keyset_goes_live_with_its_weeks(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b;
	struct store_receipt r;
	struct buf e;

	kit_org_next(&w->org, 2, KIT_DAY);
	b = bundle(w, 1, 2, 2); /* last week and this one, made anew */
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	/* of weeks that were never there nothing is shown before */
	b = malloc(sizeof(*b));
	kit_bundle_make(b, &w->org, 2, 2, KIT_DAY, THIS_WEEK + 28, 1);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	assert_int_equal(public_len(w, "epochs/2026-W52.json"), 0);
	assert_int_equal(store_keyset(w->s)->serial, 1);
	world_reopen(w);
	assert_int_equal(store_keyset(w->s)->serial, 1);
	ok(store_daily(w->s, KIT_DAY));
	assert_int_equal(store_keyset(w->s)->serial, 2);
	/* Weeks that name the old keyset are published no more ... */
	assert_int_equal(public_len(w, "epochs/2026-W49.json"), 0);
	assert_true(public_len(w, "epochs/2026-W48.json") > 0);
	/* ... but who sealed with them is not turned away */
	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	store_today(w->s, KIT_DAY + 7);
	ok(put(w, &e, THIS_WEEK + 7, &r));
	buf_free(&e);
	/* The old keyset does not come back */
	kit_org_clear(&w->org);
	kit_org_make(&w->org, "one", KIT_DAY);
	b = bundle(w, 1, 3, 2);
	kit_bundle_seal(b, &w->org);
	is(apply(w, b, NULL), ERR_STALE);
}

/* What was never there goes live at once, but not before its keyset */
static void nothing_is_there_before_its_keyset(void **state)
{
	struct world *w = *state;
	uint64_t live = w->s->desk[2].live_serial;
	struct kit_bundle *b = malloc(sizeof(*b));

	assert_non_null(b);
	kit_org_next(&w->org, 2, KIT_DAY);
	kit_bundle_make(b, &w->org, 2, 2, KIT_DAY, THIS_WEEK + 28, 1);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	assert_int_equal(store_keyset(w->s)->serial, 1);
	assert_int_equal(public_len(w, "epochs/2026-W52.json"), 0);
	assert_int_equal(w->s->desk[2].live_serial, live);
	ok(store_daily(w->s, KIT_DAY + 1));
	assert_int_equal(store_keyset(w->s)->serial, 2);
	assert_true(public_len(w, "epochs/2026-W52.json") > 0);
	assert_int_equal(w->s->desk[2].live_serial, 2);
}

/* Nor the first lane of a desk, and nobody is told that it is */
static void no_lane_before_its_keyset(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = bundle(w, 1, 1, 2);

	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, &w->org.keyset.identity));
	assert_int_equal(w->s->desk[1].live_serial, 1);
	kit_org_next(&w->org, 2, KIT_DAY);
	b = bundle(w, 2, 1, 2);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	assert_int_equal(public_len(w, "board/2"), 0);
	assert_int_equal(w->s->desk[2].live_serial, 0);
	ok(store_daily(w->s, KIT_DAY + 1));
	assert_true(public_len(w, "board/2") > 0);
	assert_int_equal(w->s->desk[2].live_serial, 1);
}

/* A bundle of ${desk} with the blocks that ${w} has now, from last week on */
static void publish(struct world *w, unsigned desk, uint64_t serial)
{
	struct kit_bundle *b = bundle(w, desk, serial, 4);

	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
}

/* Is what is live of this week the recipients ${one} and ${two}? */
static void live_blocks(struct world *w, const struct age_recipient *one,
    const struct age_recipient *two)
{
	const struct age_recipient *want[] = { one, two };
	struct age_recipient got[KEYSET_HOLDERS_MAX];
	struct buf doc = buf_new(KEYSET_MAX);
	struct epoch *e = NULL;

	ok(store_public(w->s, "epochs/2026-W48.json", &doc));
	ok(epoch_parse(doc.p, doc.len, store_keyset(w->s), &e));
	for (unsigned d = 1; d <= KIT_DESKS; d++) {
		assert_int_equal(epoch_recipients(e, d, got), 1);
		assert_memory_equal(got, want[d - 1], sizeof(*got));
	}
	epoch_free(e);
	buf_free(&doc);
}

/* A desk's new keys stay, whatever the others still have of it, and in
 * whichever order the bundles come: live, waiting, and both on one day */
static void a_desk_answers_for_its_own_blocks(void **state)
{
	struct world *w = *state;
	struct age_recipient *now = w->org.recipient, lost = now[0], old;
	struct age_recipient fresh;

	ok(age_recipient_throwaway(&fresh));
	now[0] = fresh;
	publish(w, 1, 2);
	ok(store_daily(w->s, KIT_DAY + 1));
	live_blocks(w, &fresh, &now[1]);
	old = now[1];
	now[0] = lost; /* desk 2 renewed its own, and knows of no other */
	ok(age_recipient_throwaway(&now[1]));
	publish(w, 2, 2);
	live_blocks(w, &fresh, &old); /* waits */
	ok(store_daily(w->s, KIT_DAY + 2));
	live_blocks(w, &fresh, &now[1]);
	/* What waits is kept too; desk 1 has an old block of desk 2 here */
	old = now[1];
	ok(age_recipient_throwaway(&fresh));
	ok(age_recipient_throwaway(&now[1]));
	now[0] = fresh;
	publish(w, 1, 3);
	now[0] = lost;
	now[1] = old;
	publish(w, 2, 3);
	world_reopen(w);
	ok(store_daily(w->s, KIT_DAY + 3));
	live_blocks(w, &fresh, &old);
}

/* The keyset decides whose a block is: an old one stands as long as it holds */
static void blocks_outlive_a_keyset(void **state)
{
	struct world *w = *state;
	struct age_recipient *now = w->org.recipient, lost = now[0], fresh;

	ok(age_recipient_throwaway(&fresh));
	now[0] = fresh;
	publish(w, 1, 2);
	now[0] = lost;
	kit_org_next(&w->org, 2, KIT_DAY);
	publish(w, 2, 2); /* brings the keyset, and what was lost */
	ok(store_daily(w->s, KIT_DAY + 1));
	assert_int_equal(store_keyset(w->s)->serial, 2);
	live_blocks(w, &fresh, &now[1]);
	/* Another key of its holder: the old block holds no more */
	w->org.holder[0][0] ^= 1;
	sign_pk_of(w->org.holder[0], &w->org.keyset.person[0].key);
	kit_org_next(&w->org, 3, KIT_DAY);
	ok(age_recipient_throwaway(&now[0]));
	publish(w, 2, 3);
	ok(store_daily(w->s, KIT_DAY + 2));
	live_blocks(w, &now[0], &now[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f, setup) cmocka_unit_test_setup_teardown(f, setup, world_free)
		T(lanes_go_live_with_the_day, world_installed),
		T(new_keyset_goes_live_with_its_weeks, world_installed),
		T(nothing_is_there_before_its_keyset, world_installed),
		T(no_lane_before_its_keyset, world_new),
		T(the_newest_week_is_one_that_is_there, world_installed),
		T(a_desk_answers_for_its_own_blocks, world_installed),
		T(blocks_outlive_a_keyset, world_installed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
