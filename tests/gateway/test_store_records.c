/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Records that open and yet say what cannot be: a disk that was put together
 * from two days, or a fault of ours. Each is damage, and none is read past its
 * end, taken for another or left behind.
 */
#include "store/store_private.h"
#include "store_cmocka.h"

#define SESSION_LEN (UPLOAD_ID + 8 + 4 * 4 + 2 * 8 + 2 * HASH_SAVED + 1 + 8)
#define AT_NEXT (UPLOAD_ID + 8 + 4 + 4)
#define AT_LAST_LEN (AT_NEXT + 4)
#define AT_SIZE (AT_LAST_LEN + 4)
#define AT_STATE (AT_SIZE + 16)
#define AT_DONE (AT_STATE + 2 * HASH_SAVED)

static struct session session(void)
{
	struct session u = { .keyno = 9, .week = THIS_WEEK, .day = KIT_DAY,
		.next = 2, .last_len = ENVELOPE_PART,
		.size = ENVELOPE_SIZE_MAX };

	memset(u.id, 7, sizeof(u.id));
	hash_saved_new(u.state);
	hash_saved_new(u.before);
	return u;
}

static enum err decoded(const uint8_t *p, size_t len)
{
	struct session u;

	return session_decode(p, len, &u);
}

static void each_field_of_a_session(void **state)
{
	struct session u = session(), back;
	struct buf b = buf_new(1024);

	(void)state;
	session_encode(&u, &b);
	buf_u8(&b, 0);
	assert_int_equal(b.len, SESSION_LEN + 1);
	for (size_t n = 0; n <= b.len; n++) {
		is(decoded(b.p, n), n == SESSION_LEN ? OK : ERR_FORMAT);
	}
	ok(session_decode(b.p, SESSION_LEN, &back));
	assert_int_equal(back.size, u.size);
	b.p[AT_DONE] = 1;
	ok(decoded(b.p, SESSION_LEN));
	b.p[AT_DONE] = 2;
	is(decoded(b.p, SESSION_LEN), ERR_FORMAT);
	b.p[AT_DONE] = 0;
	b.p[AT_NEXT + 3] = 1; /* one that had no part is not kept */
	is(decoded(b.p, SESSION_LEN), ERR_FORMAT);
	b.p[AT_NEXT + 3] = 2;
	b.p[AT_LAST_LEN + 3]++; /* a part longer than any */
	is(decoded(b.p, SESSION_LEN), ERR_FORMAT);
	b.p[AT_LAST_LEN + 3]--;
	b.p[AT_SIZE + 7]++;
	is(decoded(b.p, SESSION_LEN), ERR_FORMAT);
	b.p[AT_SIZE + 7]--;
	/* bytes of a block that is not full: hashing would run past it */
	for (unsigned i = 1; i <= 2; i++) {
		uint8_t *left = b.p + AT_STATE + i * HASH_SAVED - 1;

		*left = 63;
		ok(decoded(b.p, SESSION_LEN));
		*left = 64;
		is(decoded(b.p, SESSION_LEN), ERR_FORMAT);
		*left = 0;
	}
	buf_free(&b);
}

static void each_field_of_an_entry(void **state)
{
	struct buf b = buf_new(256);
	struct entry e;

	(void)state;
	buf_zeros(&b, HASH_LEN);
	buf_u64(&b, 3);
	buf_u64(&b, ENVELOPE_TEXT_SIZE);
	buf_u32(&b, KIT_DAY);
	buf_u32(&b, (uint32_t)THIS_WEEK);
	buf_u64(&b, 1);
	buf_u32(&b, KIT_DAY);
	buf_u8(&b, 1);
	buf_u64(&b, 80000);
	ok(entry_decode(b.p, b.len, &e));
	assert_true(e.bulk);
	assert_int_equal(e.keyno, 3);
	for (size_t n = 0; n < b.len; n++) {
		is(entry_decode(b.p, n, &e), ERR_FORMAT);
	}
	b.p[b.len - 9] = 2;
	is(entry_decode(b.p, b.len, &e), ERR_FORMAT);
	b.p[b.len - 9] = 0;
	ok(entry_decode(b.p, b.len, &e));
	buf_u8(&b, 0);
	is(entry_decode(b.p, b.len, &e), ERR_FORMAT);
	buf_free(&b);
}

/* An envelope of ${size} in the store, listed */
static void listed(struct world *w, struct buf *e, uint64_t size,
    uint8_t digest[HASH_LEN])
{
	struct store_receipt r;
	uint64_t serial;

	if (e->len == 0) {
		kit_envelope(e, size);
	}
	hash_bytes(e->p, e->len, digest);
	ok(put(w, e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
}

static enum err read_at(struct world *w, const uint8_t digest[HASH_LEN],
    uint64_t offset, size_t want)
{
	struct buf b = buf_new(ENVELOPE_WHOLE_MAX);
	uint64_t total;
	enum err r = store_envelope(w->s, digest, offset, ENVELOPE_WHOLE_MAX,
	    &b, &total);

	assert_int_equal(b.len, r == OK ? want : 0);
	buf_free(&b);
	return r;
}

static void bodies_of_another_size(void **state)
{
	struct world *w = *state;
	static const uint64_t size[] = { ENVELOPE_CLASS_MIN, 131072 };

	for (unsigned i = 0; i < 2; i++) {
		uint8_t digest[HASH_LEN];
		struct buf b = { 0 };
		struct entry e;

		listed(w, &b, size[i], digest);
		ok(read_at(w, digest, 0, b.len));
		ok(read_at(w, digest, b.len, 0));
		is(read_at(w, digest, b.len + 1, 0), ERR_LIMIT);
		ok(entry_find(w->s, digest, &e));
		e.size++;
		ok(entry_put(w->s, &e));
		ok(store_commit(w->s));
		is(read_at(w, digest, b.len, 0), ERR_CRYPT);
		e.size -= 2; /* of a text: not the one that was listed */
		ok(entry_put(w->s, &e));
		ok(store_commit(w->s));
		assert_true(i == 1 || read_at(w, digest, 0, 0) == ERR_CRYPT);
		buf_free(&b);
	}
}

static void keys_of_another_size(void **state)
{
	struct world *w = *state;
	uint8_t digest[HASH_LEN], hidden[32], none[8] = { 0 };
	MDB_val k = { sizeof(hidden), hidden }, v = { 4, none };
	struct buf b = { 0 };
	struct entry e;
	uint64_t serial;

	listed(w, &b, ENVELOPE_CLASS_MIN, digest);
	key_hidden(w->s, "envelope", digest, HASH_LEN, hidden);
	ok(txn_need(w->s));
	ok(lmdb_err(mdb_put(w->s->txn, w->s->dbi[DB_HASH], &k, &v, 0)));
	is(entry_find(w->s, digest, &e), ERR_FORMAT);
	store_abort(w->s);
	ok(entry_find(w->s, digest, &e));
	ok(txn_need(w->s));
	ok(lmdb_err(mdb_put(w->s->txn, w->s->dbi[DB_FRESH], &v, &v, 0)));
	w->s->now.news = 1; /* even with something else to say */
	is(store_manifest_cut(w->s, &serial), ERR_FORMAT);
	store_abort(w->s);
	buf_free(&b);
}

/* What is deleted is all of it and nothing else */
static void deletion_takes_one(void **state)
{
	struct world *w = *state;
	static const uint64_t size[] = { ENVELOPE_CLASS_MIN, 131072 };

	for (unsigned i = 0; i < 2; i++) {
		uint8_t first[HASH_LEN], second[HASH_LEN], key[12];
		struct buf b = { 0 }, body = buf_new(ENVELOPE_WHOLE_MAX);
		struct entry e;

		listed(w, &b, size[i], first);
		kit_envelope_vary(&b, 1);
		listed(w, &b, size[i], second);
		ok(entry_find(w->s, first, &e));
		ok(entry_delete(w->s, &e));
		ok(store_commit(w->s));
		is(entry_find(w->s, first, &e), ERR_UNKNOWN);
		key_of(e.number, key);
		is(record_get(w->s, DB_TEXT, key, 8, &body), ERR_UNKNOWN);
		part_key(e.keyno, 1, key);
		is(record_get(w->s, DB_PARTS, key, 12, &body), ERR_UNKNOWN);
		ok(read_at(w, second, 0, b.len));
		buf_free(&b);
		buf_free(&body);
	}
}

/* Keys that nothing names are destroyed: a record that cannot be read might
 * name one, so then none is */
static void erasure_reads_all_or_nothing(void **state)
{
	struct world *w = *state;
	static const enum db d[] = { DB_ENVELOPE, DB_UPLOAD, DB_CHAIN,
		DB_PARTS };
	uint8_t digest[HASH_LEN], none[8] = { 0xff };
	struct buf b = { 0 };

	listed(w, &b, 131072, digest);
	for (unsigned i = 0; i < 4; i++) {
		bool parts = d[i] == DB_PARTS;
		MDB_val k = { 8, none }, v = { 4, none };

		ok(txn_need(w->s));
		ok(btxn_need(w->s));
		ok(lmdb_err(mdb_put(parts ? w->s->btxn : w->s->txn,
		    w->s->dbi[d[i]], &k, &v, 0)));
		w->s->dirty = w->s->bdirty = true;
		is(erase_finish(w->s), ERR_FORMAT);
		store_abort(w->s);
		ok(read_at(w, digest, 0, b.len));
	}
	world_reopen(w);
	ok(read_at(w, digest, 0, b.len));
	ok(erase_finish(w->s));
	ok(read_at(w, digest, 0, b.len));
	buf_free(&b);
}

static void a_session_that_is_none(void **state)
{
	struct world *w = *state;
	struct session u = session();
	struct buf b = buf_new(1024);
	uint8_t key[32];
	uint64_t keyno;

	ok(key_take(w->s, &keyno));
	u.keyno = keyno;
	u.next = 1;
	session_encode(&u, &b);
	key_hidden(w->s, "upload", u.id, UPLOAD_ID, key);
	ok(record_put(w->s, DB_UPLOAD, key, sizeof(key), keyno, b.p, b.len));
	ok(store_commit(w->s));
	buf_free(&b);
	store_close(w->s);
	w->s = NULL;
	is(store_open(&w->o, &w->s), ERR_FORMAT);
	w->s = NULL;
}

/* With as many open as may be, the open one that was fed least goes; one that
 * has its receipt is not in the way and stays */
static void an_ended_upload_makes_no_room(void **state)
{
	struct world *w = *state;
	uint8_t id[4][UPLOAD_ID], digest[HASH_LEN];
	struct store_receipt first, again;
	struct buf e;
	uint32_t next;

	w->o.uploads_max = 2;
	world_reopen(w);
	ok(store_beat(w->s, 1));
	kit_envelope(&e, 1572864);
	hash_bytes(e.p, e.len, digest);
	ok(store_upload_begin(w->s, THIS_WEEK, id[0]));
	ok(store_upload_part(w->s, id[0], 1, e.p, ENVELOPE_PART, &next));
	ok(store_upload_part(w->s, id[0], 2, e.p + ENVELOPE_PART,
	    e.len - ENVELOPE_PART, &next));
	ok(store_upload_finish(w->s, id[0], digest, THIS_WEEK, &first));
	ok(store_commit(w->s));
	for (unsigned i = 1; i < 4; i++) {
		ok(store_beat(w->s, 60 * i + 1));
		ok(store_upload_begin(w->s, THIS_WEEK, id[i]));
		ok(store_upload_part(w->s, id[i], 1, e.p, ENVELOPE_PART,
		    &next));
		ok(store_commit(w->s));
	}
	is(store_upload_part(w->s, id[1], 2, e.p, 9, &next), ERR_UNKNOWN);
	ok(store_upload_part(w->s, id[2], 2, e.p, 9, &next));
	ok(store_upload_part(w->s, id[3], 2, e.p, 9, &next));
	ok(store_upload_finish(w->s, id[0], digest, THIS_WEEK, &again));
	ok(store_commit(w->s));
	assert_memory_equal(again.note, first.note, first.len);
	buf_free(&e);
}

/* Many that hold less than a part do not end one that comes in parts */
static void a_small_upload_goes_first(void **state)
{
	struct world *w = *state;
	uint8_t big[2][UPLOAD_ID], id[4][UPLOAD_ID];
	struct buf e;
	uint32_t next;

	w->o.uploads_max = 3;
	world_reopen(w);
	kit_envelope(&e, 1572864);
	for (unsigned i = 0; i < 2; i++) {
		ok(store_beat(w->s, 1 + i));
		ok(store_upload_begin(w->s, THIS_WEEK, big[i]));
		ok(store_upload_part(w->s, big[i], 1, e.p, ENVELOPE_PART,
		    &next));
	}
	for (unsigned i = 0; i < 4; i++) {
		ok(store_beat(w->s, 60 * i + 60));
		ok(store_upload_begin(w->s, THIS_WEEK, id[i]));
		ok(store_upload_part(w->s, id[i], 1, e.p, 65536, &next));
		ok(store_commit(w->s));
	}
	ok(store_upload_part(w->s, big[1], 2, e.p + ENVELOPE_PART,
	    e.len - ENVELOPE_PART, &next));
	ok(store_upload_part(w->s, big[0], 2, e.p + ENVELOPE_PART,
	    e.len - ENVELOPE_PART, &next));
	is(store_upload_part(w->s, id[2], 2, e.p, 9, &next), ERR_UNKNOWN);
	ok(store_commit(w->s));
	buf_free(&e);
}

/* No flood ends an upload whose sender is at it: the newcomer waits */
static void an_upload_under_way_is_not_ended(void **state)
{
	struct world *w = *state;
	uint8_t id[3][UPLOAD_ID];
	struct buf e;
	uint32_t next;

	w->o.uploads_max = 2;
	world_reopen(w);
	kit_envelope(&e, 1572864);
	for (unsigned i = 0; i < 3; i++) {
		ok(store_beat(w->s, 1 + i));
		ok(store_upload_begin(w->s, THIS_WEEK, id[i]));
		is(store_upload_part(w->s, id[i], 1, e.p, ENVELOPE_PART,
		    &next), i < 2 ? OK : ERR_BUSY);
		ok(store_commit(w->s));
	}
	ok(store_beat(w->s, 60)); /* 59 seconds after the first part */
	is(store_upload_part(w->s, id[2], 1, e.p, ENVELOPE_PART, &next),
	    ERR_BUSY);
	ok(store_beat(w->s, 61));
	ok(store_upload_part(w->s, id[2], 1, e.p, ENVELOPE_PART, &next));
	ok(store_commit(w->s));
	is(store_upload_part(w->s, id[0], 2, e.p + ENVELOPE_PART,
	    e.len - ENVELOPE_PART, &next), ERR_UNKNOWN);
	ok(store_upload_part(w->s, id[1], 2, e.p + ENVELOPE_PART,
	    e.len - ENVELOPE_PART, &next));
	ok(store_commit(w->s));
	buf_free(&e);
}

/* A record opens as what it is, where it is, with the key it names */
static void a_record_is_whole_and_its_own(void **state)
{
	struct world *w = *state;
	uint8_t key[200] = { 1 }, value[200], secret[RECORD_KEY];
	MDB_val k = { 8, key }, v;
	struct buf b = buf_new(4096), small = buf_new(2);
	const uint64_t none = UINT64_C(1) << 40;

	ok(record_put(w->s, DB_STATE, key, 8, 0, "text", 4));
	ok(record_get(w->s, DB_STATE, key, 8, &b));
	assert_int_equal(b.len, 4);
	ok(lmdb_err(mdb_get(w->s->txn, w->s->dbi[DB_STATE], &k, &v)));
	assert_in_range(v.mv_size, 1, sizeof(value));
	memcpy(value, v.mv_data, v.mv_size);
	v.mv_data = value;
	for (size_t i = 0; i < v.mv_size; i++) {
		value[i] ^= 1;
		assert_int_not_equal(record_open(w->s, DB_STATE, &k, &v, &b,
		    NULL), OK);
		value[i] ^= 1;
	}
	ok(record_open(w->s, DB_STATE, &k, &v, &b, NULL));
	is(record_open(w->s, DB_WEEK, &k, &v, &b, NULL), ERR_CRYPT);
	is(record_open(w->s, DB_STATE, &k, &v, &small, NULL), ERR_LIMIT);
	key[0]++;
	is(record_open(w->s, DB_STATE, &k, &v, &b, NULL), ERR_CRYPT);
	/* what cannot be sealed so is not */
	is(record_put(w->s, DB_STATE, key, 8, none, "", 0), ERR_USAGE);
	is(record_put(w->s, DB_STATE, key, 129, 0, "", 0), ERR_USAGE);
	is(record_put(w->s, DB_STATE, key, 8, 0, "", UINT32_MAX), ERR_USAGE);
	is(key_copy(w->s, none, secret), ERR_USAGE);
	store_abort(w->s);
	buf_free(&b);
	buf_free(&small);
}

/* Nothing of the state is guessed from a record of another length */
static void state_of_another_length(void **state)
{
	static const char *const name[] = { "counters", "gateway", "desk01",
		"daily", "before" };
	struct world *w = *state;
	struct buf b = buf_new(4096);
	uint8_t week[8] = { 0 };
	MDB_val k = { 8, (void *)(uintptr_t)"identity" }, v = { 4, week };

	ok(store_daily(w->s, KIT_DAY));
	ok(state_load(w->s));
	for (unsigned i = 0; i < sizeof(name) / sizeof(*name); i++) {
		for (int more = -1; more <= 1; more += 2) {
			buf_clear(&b);
			ok(record_get(w->s, DB_STATE, name[i],
			    strlen(name[i]), &b));
			buf_u8(&b, 0);
			ok(record_put(w->s, DB_STATE, name[i],
			    strlen(name[i]), 0, b.p, b.len - 1 +
			    (size_t)(long)more));
			is(state_load(w->s), ERR_FORMAT);
			store_abort(w->s);
			ok(state_load(w->s));
		}
	}
	/* nor is anybody trusted anew because the one trusted cannot be read */
	ok(txn_need(w->s));
	ok(lmdb_err(mdb_put(w->s->txn, w->s->dbi[DB_STATE], &k, &v, 0)));
	is(state_load(w->s), ERR_CRYPT);
	store_abort(w->s);
	key_of(THIS_WEEK, week);
	for (size_t n = 9; n <= 11; n++) {
		ok(record_put(w->s, DB_WEEK, week, 8, 0, "\0\0\0\0\0\0\0\0\0\0",
		    n));
		is(state_load(w->s), n == 10 ? OK : ERR_FORMAT);
		store_abort(w->s);
	}
	ok(record_put(w->s, DB_WEEK, week, 4, 0, "\0\0\0\0\0\0\0\0\0\0",
	    10));
	is(state_load(w->s), ERR_FORMAT);
	store_abort(w->s);
	buf_free(&b);
}

/* As many weeks as there may be, and one more */
static void weeks_end(void **state)
{
	struct world *w = *state;
	struct week week = { .monday = THIS_WEEK + 700 };
	uint8_t key[8];

	while (w->s->weeks < WEEKS_MAX) {
		ok(week_put(w->s, &week));
		week.monday += 7;
	}
	is(week_put(w->s, &week), ERR_FULL);
	assert_int_equal(w->s->weeks, WEEKS_MAX);
	week = *week_find(w->s, THIS_WEEK);
	ok(week_put(w->s, &week)); /* one that is there may change */
	ok(state_load(w->s));
	key_of(1, key);
	ok(record_put(w->s, DB_WEEK, key, 8, 0, "\0\0\0\0\0\0\0\0\0\0",
	    10));
	is(state_load(w->s), ERR_FORMAT);
	store_abort(w->s);
}

/* Memory is what the disk is: a week that was not kept has not changed; and
 * one is withdrawn or there again as its file is, if clients ever had it */
static void a_week_is_as_its_record(void **state)
{
	struct world *w = *state;
	struct week week = *week_find(w->s, THIS_WEEK);
	MDB_env *index = w->s->index;
	struct store_receipt r;
	struct buf e;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	ok(store_commit(w->s));
	week.closed = true;
	w->s->index = NULL;
	is(week_put(w->s, &week), ERR_IO);
	w->s->index = index;
	assert_false(week_find(w->s, THIS_WEEK)->closed);
	week.closed = false;
	week.withdrawn = true;
	ok(week_put(w->s, &week));
	ok(weeks_withdraw(w->s));
	assert_false(week_find(w->s, THIS_WEEK)->withdrawn);
	week = (struct week){ .monday = THIS_WEEK - 70, .desks = 6 };
	ok(week_put(w->s, &week));
	ok(weeks_withdraw(w->s));
	assert_false(week_find(w->s, THIS_WEEK - 70)->withdrawn);
	week = *week_find(w->s, THIS_WEEK);
	week.published = false;
	ok(put(w, &e, THIS_WEEK, &r));
	ok(week_put(w->s, &week));
	kit_envelope_vary(&e, 1);
	is(put(w, &e, THIS_WEEK, &r), ERR_STALE);
	buf_free(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_installed, world_free)
		cmocka_unit_test(each_field_of_a_session),
		cmocka_unit_test(each_field_of_an_entry),
		T(bodies_of_another_size),
		T(keys_of_another_size),
		T(deletion_takes_one),
		T(erasure_reads_all_or_nothing),
		T(a_session_that_is_none),
		T(a_record_is_whole_and_its_own),
		T(state_of_another_length),
		T(weeks_end),
		T(a_week_is_as_its_record),
		T(an_ended_upload_makes_no_room),
		T(a_small_upload_goes_first),
		T(an_upload_under_way_is_not_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
