/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes at the wrong turn: envelopes too large to come whole, more at
 * once than there are places, parts after the end or under another number. */
#include "store_cmocka.h"

static void too_large_to_come_whole(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e;

	/* right in all but its size, which is that of a class */
	kit_envelope(&e, 3145728);
	is(put(w, &e, THIS_WEEK, &r), ERR_LIMIT);
	buf_free(&e);
}

/* Too large for a text, small enough to come whole: it comes back the same */
static void whole_and_bulky(void **state)
{
	struct world *w = *state;
	struct buf e, back = buf_new(ENVELOPE_WHOLE_MAX);
	struct store_receipt r;
	uint8_t digest[HASH_LEN];
	uint64_t serial, total;

	kit_envelope(&e, 131072);
	hash_bytes(e.p, e.len, digest);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	world_reopen(w);
	ok(store_envelope(w->s, digest, 0, ENVELOPE_WHOLE_MAX, &back,
	    &total));
	assert_int_equal(back.len, e.len);
	assert_memory_equal(back.p, e.p, e.len);
	buf_free(&e);
	buf_free(&back);
}

static void more_than_there_are_places(void **state)
{
	struct world *w = *state;
	struct store_receipt *r = calloc(STORE_PUTS, sizeof(*r));
	struct store_put *t[STORE_PUTS], *none = NULL;
	uint8_t digest[HASH_LEN];
	struct buf e;

	assert_non_null(r);
	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	hash_bytes(e.p, e.len, digest);
	for (unsigned i = 0; i < STORE_PUTS; i++) {
		ok(store_put_begin(w->s, e.p, e.len, digest, THIS_WEEK,
		    &t[i]));
	}
	is(store_put_begin(w->s, e.p, e.len, digest, THIS_WEEK, &none),
	    ERR_BUSY);
	assert_null(none);
	for (unsigned i = 0; i < STORE_PUTS; i++) {
		ok(store_put_end(w->s, t[i], &r[i]));
	}
	is(store_put_end(w->s, t[0], &r[0]), ERR_USAGE); /* ended already */
	ok(store_commit(w->s));
	for (unsigned i = 1; i < STORE_PUTS; i++) {
		assert_memory_equal(r[i].note, r[0].note, r[0].len);
	}
	ok(store_put_begin(w->s, e.p, e.len, digest, THIS_WEEK, &none));
	ok(store_put_end(w->s, none, &r[0]));
	ok(store_commit(w->s));
	buf_free(&e);
	free(r);
}

static void parts_under_another_number(void **state)
{
	struct world *w = *state;
	uint8_t id[UPLOAD_ID], digest[HASH_LEN];
	struct store_receipt r;
	uint32_t next = 0;
	struct buf e;

	kit_envelope(&e, 1572864); /* a part and a half */
	hash_bytes(e.p, e.len, digest);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	ok(store_upload_part(w->s, id, 1, e.p, ENVELOPE_PART, &next));
	ok(store_commit(w->s));
	/* the bytes of part 1, said to be another */
	is(store_upload_part(w->s, id, 3, e.p, ENVELOPE_PART, &next),
	    ERR_CONFLICT);
	is(store_upload_part(w->s, id, 0, e.p, ENVELOPE_PART, &next),
	    ERR_CONFLICT);
	is(store_upload_part(w->s, id, 1, e.p, ENVELOPE_PART - 1, &next),
	    ERR_CONFLICT);
	assert_int_equal(next, 2);
	ok(store_upload_part(w->s, id, 1, e.p, ENVELOPE_PART, &next));
	ok(store_upload_part(w->s, id, 2, e.p + ENVELOPE_PART,
	    e.len - ENVELOPE_PART, &next));
	ok(store_upload_finish(w->s, id, digest, THIS_WEEK, &r));
	ok(store_commit(w->s));
	/* after the end there is no part 3 */
	is(store_upload_part(w->s, id, 3, e.p, 100, &next), ERR_CONFLICT);
	assert_int_equal(next, 3);
	buf_free(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_installed, world_free)
		T(too_large_to_come_whole),
		T(whole_and_bulky),
		T(more_than_there_are_places),
		T(parts_under_another_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
