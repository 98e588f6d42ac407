/* SPDX-License-Identifier: EUPL-1.2 */
/* Uploads in parts: order, repeats, restarts, limits, and the end of a
 * session. */
#include "store_cmocka.h"

#define SESSION_LIFE 86400u
#define CLASS (3145728u) /* three parts and a short one */

static enum err part(struct world *w, const uint8_t id[UPLOAD_ID],
    const struct buf *e, uint32_t number, uint32_t *next)
{
	size_t at = (size_t)(number - 1) * ENVELOPE_PART;
	size_t n = e->len - at < ENVELOPE_PART ? e->len - at : ENVELOPE_PART;

	return store_upload_part(w->s, id, number, e->p + at, n, next);
}

static enum err finish(struct world *w, const uint8_t id[UPLOAD_ID],
    const struct buf *e, struct store_receipt *r)
{
	uint8_t digest[HASH_LEN];

	hash_bytes(e->p, e->len, digest);
	return store_upload_finish(w->s, id, digest, THIS_WEEK, r);
}

/* Once it stands in a manifest */
static void comes_back(struct world *w, const struct buf *e,
    const uint8_t hash[HASH_LEN])
{
	struct buf back = buf_new(e->len);
	uint64_t serial, total;

	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	ok(store_envelope(w->s, hash, 0, e->len, &back, &total));
	assert_int_equal(back.len, e->len);
	assert_memory_equal(back.p, e->p, e->len);
	buf_free(&back);
}

static void parts_survive_a_restart(void **state)
{
	struct world *w = *state;
	struct store_receipt r, again;
	struct buf e, back;
	uint8_t id[UPLOAD_ID], hash[HASH_LEN];
	uint64_t total;
	uint32_t next = 0;

	kit_envelope(&e, CLASS);
	back = buf_new(ENVELOPE_PART);
	hash_bytes(e.p, e.len, hash);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	world_reopen(w); /* an id that was never fed is no record */
	ok(part(w, id, &e, 1, &next));
	ok(part(w, id, &e, 2, &next));
	ok(store_commit(w->s));
	ok(part(w, id, &e, 3, &next));
	store_abort(w->s);
	world_reopen(w);
	ok(part(w, id, &e, 2, &next)); /* the last one again */
	is(part(w, id, &e, 1, &next), ERR_CONFLICT);
	assert_int_equal(next, 3);
	is(part(w, id, &e, 4, &next), ERR_CONFLICT);
	assert_int_equal(next, 3);
	e.p[ENVELOPE_PART + 5] ^= 1;
	is(part(w, id, &e, 2, &next), ERR_CONFLICT);
	e.p[ENVELOPE_PART + 5] ^= 1;
	is(finish(w, id, &e, &r), ERR_CRYPT); /* not all there */
	ok(part(w, id, &e, 3, &next));
	ok(part(w, id, &e, 4, &next));
	ok(finish(w, id, &e, &r));
	ok(store_commit(w->s));
	world_reopen(w);
	ok(finish(w, id, &e, &again));
	assert_memory_equal(r.note, again.note, r.len);
	ok(part(w, id, &e, 4, &next));
	is(part(w, id, &e, 5 - 4, &next), ERR_CONFLICT);
	hash[0] ^= 1;
	is(store_upload_finish(w->s, id, hash, THIS_WEEK, &again),
	    ERR_CONFLICT);
	hash[0] ^= 1;
	comes_back(w, &e, hash);
	ok(store_envelope(w->s, hash, ENVELOPE_PART - 7, 14, &back, &total));
	assert_memory_equal(back.p, e.p + ENVELOPE_PART - 7, 14);
	buf_free(&e);
	buf_free(&back);
}

/*
 * Parts on the disk whose records stayed behind: the upload goes on from what
 * its record says, the parts are given again, and nothing is counted twice.
 */
static void parts_ahead_of_their_record(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct store_figures before, after;
	struct buf e;
	uint8_t id[UPLOAD_ID], hash[HASH_LEN];
	uint32_t next = 0;

	kit_envelope(&e, CLASS);
	hash_bytes(e.p, e.len, hash);
	store_figures(w->s, &before);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	ok(part(w, id, &e, 1, &next));
	ok(store_flush_parts(w->s)); /* a new key: with its record */
	ok(store_commit(w->s));
	world_reopen(w);
	for (unsigned round = 0; round < 2; round++) {
		ok(part(w, id, &e, 2, &next));
		while (store_pending(w->s) > 0) {
			ok(store_flush_parts(w->s));
		}
		assert_true(store_waiting(w->s)); /* its record */
		is(part(w, id, &e, 4, &next), ERR_CONFLICT);
		assert_int_equal(next, 3);
		if (round == 0) {
			store_abort(w->s);
		} else {
			world_reopen(w);
		}
		is(part(w, id, &e, 3, &next), ERR_CONFLICT);
		assert_int_equal(next, 2);
	}
	for (uint32_t n = 2; n <= 4; n++) {
		ok(part(w, id, &e, n, &next));
		ok(store_flush_parts(w->s));
	}
	ok(finish(w, id, &e, &r));
	ok(store_flush_parts(w->s)); /* with what waits beside them */
	assert_false(store_waiting(w->s));
	world_reopen(w);
	comes_back(w, &e, hash);
	store_figures(w->s, &after);
	assert_true(before.bulk_free - after.bulk_free < e.len + 262144);
	buf_free(&e);
}

static void wrong_parts_are_refused(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e;
	uint8_t id[UPLOAD_ID], strange[UPLOAD_ID] = { 1 };
	uint8_t digest[HASH_LEN];
	uint32_t next = 0;

	kit_envelope(&e, CLASS);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	is(part(w, strange, &e, 1, &next), ERR_UNKNOWN);
	is(part(w, id, &e, 2, &next), ERR_UNKNOWN); /* never begun */
	is(store_upload_part(w->s, id, 1, e.p, 0, &next), ERR_LIMIT);
	is(store_upload_part(w->s, id, 1, e.p, ENVELOPE_PART + 1, &next),
	    ERR_LIMIT);
	is(store_upload_part(w->s, id, 1, e.p, 100, &next), ERR_FORMAT);
	is(store_upload_part(w->s, id, 1, e.p + 1, ENVELOPE_PART, &next),
	    ERR_FORMAT);
	is(finish(w, id, &e, &r), ERR_UNKNOWN);
	/* After a short part nothing follows */
	ok(store_upload_part(w->s, id, 1, e.p, 100000, &next));
	is(part(w, id, &e, 2, &next), ERR_LIMIT);
	hash_bytes(e.p, 100000, digest);
	is(store_upload_finish(w->s, id, digest, THIS_WEEK, &r), ERR_LIMIT);
	is(store_upload_finish(w->s, id, digest, THIS_WEEK - 7, &r),
	    ERR_CONFLICT);
	buf_free(&e);
}

static void whole_and_parts_are_one_envelope(void **state)
{
	struct world *w = *state;
	struct store_receipt r, again;
	uint64_t serial;
	uint8_t id[UPLOAD_ID];
	uint32_t next;
	struct buf e;

	kit_envelope(&e, 131072);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	ok(part(w, id, &e, 1, &next));
	ok(finish(w, id, &e, &again));
	ok(store_commit(w->s));
	assert_memory_equal(r.note, again.note, r.len);
	ok(store_manifest_cut(w->s, &serial));
	buf_free(&e);
}

static void sessions_end(void **state)
{
	struct world *w = *state;
	uint8_t id[6][UPLOAD_ID];
	uint32_t next;
	struct buf e;

	kit_envelope(&e, CLASS);
	ok(store_beat(w->s, 1000));
	for (unsigned i = 0; i < 6; i++) {
		ok(store_upload_begin(w->s, THIS_WEEK, id[i]));
	}
	for (unsigned i = 0; i < 4; i++) {
		ok(part(w, id[i], &e, 1, &next));
		ok(store_commit(w->s));
		ok(store_beat(w->s, 1060 + 60 * i));
	}
	ok(part(w, id[0], &e, 2, &next)); /* now 1 is the least recent */
	ok(part(w, id[4], &e, 1, &next)); /* table of 4 is full: 1 goes */
	ok(store_commit(w->s));
	is(part(w, id[1], &e, 2, &next), ERR_UNKNOWN);
	ok(part(w, id[0], &e, 3, &next));
	ok(store_commit(w->s));
	/* 24 hours after its last part a session is gone */
	ok(store_beat(w->s, 1180 + SESSION_LIFE - 1));
	ok(part(w, id[3], &e, 2, &next));
	ok(store_commit(w->s));
	ok(store_beat(w->s, 1240 + SESSION_LIFE + 10));
	is(part(w, id[0], &e, 4, &next), ERR_UNKNOWN);
	ok(part(w, id[3], &e, 3, &next));
	ok(store_commit(w->s));
	/* Ids that never were fed hold nothing back */
	for (unsigned i = 0; i < 1000; i++) {
		ok(store_upload_begin(w->s, THIS_WEEK, id[5]));
	}
	assert_int_equal(store_pending(w->s), 0);
	buf_free(&e);
}

static void feeding_times_are_not_stored(void **state)
{
	struct world *w = *state;
	uint8_t id[UPLOAD_ID];
	uint32_t next;
	struct buf e;

	kit_envelope(&e, CLASS);
	ok(store_beat(w->s, 500000));
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	ok(part(w, id, &e, 1, &next));
	ok(store_commit(w->s));
	/* After a restart the clock of beats begins anew, at any value */
	world_reopen(w);
	ok(store_beat(w->s, 900000000));
	ok(part(w, id, &e, 2, &next));
	ok(store_commit(w->s));
	/* ... but the day is known: not fed today or yesterday goes */
	store_today(w->s, KIT_DAY + 2);
	ok(store_beat(w->s, 900000001));
	is(part(w, id, &e, 3, &next), ERR_UNKNOWN);
	buf_free(&e);
}

static void open_upload_holds_its_week(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e, m = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct inbound *in = NULL;
	uint8_t id[UPLOAD_ID], other[UPLOAD_ID], digest[HASH_LEN];
	day_t week = THIS_WEEK - 7;
	uint64_t serial;
	uint32_t next;

	kit_envelope(&e, 2621440);
	hash_bytes(e.p, e.len, digest);
	store_today(w->s, epoch_last_day(week));
	ok(store_beat(w->s, 1000));
	ok(store_upload_begin(w->s, week, id));
	ok(store_upload_begin(w->s, week, other));
	ok(part(w, id, &e, 1, &next));
	ok(store_commit(w->s));
	ok(store_daily(w->s, epoch_last_day(week) + 1));
	ok(part(w, id, &e, 2, &next));
	ok(store_daily(w->s, epoch_last_day(week) + 2));
	is(part(w, other, &e, 1, &next), ERR_STALE);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_manifest(w->s, serial, &m, &sig));
	ok(inbound_parse(m.p, m.len, sig.p, sig.len, store_key(w->s),
	    w->org.keyset.org, &in));
	assert_int_equal(in->closeds, 0);
	inbound_free(in);
	ok(part(w, id, &e, 3, &next));
	ok(store_upload_finish(w->s, id, digest, week, &r));
	ok(store_commit(w->s));
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	buf_clear(&m);
	buf_clear(&sig);
	ok(store_manifest(w->s, serial, &m, &sig));
	ok(inbound_parse(m.p, m.len, sig.p, sig.len, store_key(w->s),
	    w->org.keyset.org, &in));
	assert_int_equal(in->envelopes, 1);
	assert_int_equal(in->closeds, 1);
	assert_int_equal(in->closed[0], week);
	inbound_free(in);
	/* Closed is closed, even if the clock goes back */
	store_today(w->s, KIT_DAY);
	kit_envelope_vary(&e, 1);
	is(store_upload_begin(w->s, week, id), ERR_STALE);
	buf_free(&e);
	buf_free(&m);
	buf_free(&sig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_installed, world_free)
		T(parts_survive_a_restart),
		T(parts_ahead_of_their_record),
		T(wrong_parts_are_refused),
		T(whole_and_parts_are_one_envelope),
		T(sessions_end),
		T(feeding_times_are_not_stored),
		T(open_upload_holds_its_week),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
