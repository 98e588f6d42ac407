/* SPDX-License-Identifier: EUPL-1.2 */
/* What a casebook refuses: moved events, a second one, values of no size. */
#include "book.h"

#include <errno.h>

/* Calls that fail when the test says so */
static int put_fails, begin_fails;

int __real_mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *k, MDB_val *v,
    unsigned flags);
int __wrap_mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *k, MDB_val *v,
    unsigned flags);
int __real_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags,
    MDB_txn **txn);
int __wrap_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags,
    MDB_txn **txn);

int
__wrap_mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *k, MDB_val *v,
    unsigned flags)
{
	return put_fails != 0 ? put_fails :
	    __real_mdb_put(txn, dbi, k, v, flags);
}

int
__wrap_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags,
    MDB_txn **txn)
{
	return begin_fails != 0 ? begin_fails :
	    __real_mdb_txn_begin(env, parent, flags, txn);
}

/* Puts the stored value of event ${from} under another key, ${len} bytes */
static void
move(struct casebook *b, uint8_t from, uint8_t to, size_t len)
{
	uint8_t at[9] = {0, 0, 0, 0, 0, 0, 0, to};
	MDB_val k = {len, at}, v;
	MDB_txn *txn = NULL;

	meddle(b, from, NULL, &v);
	meddle(b, from, NULL, NULL);
	assert_int_equal(mdb_txn_begin(b->env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_put(txn, b->journal, &k, &v, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	free(v.mv_data);
}

/* Each event of it opens; the next one could not be written */
static void
journal_moved_end(void **state)
{
	struct home *h = *state;
	uint64_t seen = 0;

	append(h->b, 1);
	append(h->b, 2);
	move(h->b, 2, 3, 8);
	assert_int_equal(journal_walk(h->b, sum, &seen), ERR_CHAIN);
	move(h->b, 3, 2, 8);
	seen = 0;
	assert_int_equal(journal_walk(h->b, sum, &seen), OK);
	move(h->b, 2, 2, 9);
	assert_int_equal(journal_walk(h->b, sum, &seen), ERR_CHAIN);
}

/* Sealed as an event is, and none */
static void
journal_no_event(void **state)
{
	struct home *h = *state;
	uint8_t ad[8 + HASH_LEN] = {0, 0, 0, 0, 0, 0, 0, 2};
	struct buf sealed = buf_new(256);
	MDB_val v;

	append(h->b, 1);
	journal_head(h->b, ad + 8);
	assert_int_equal(value_seal(h->b->keys->journal, ad, sizeof ad,
	    "no", 2, &sealed), OK);
	v = (MDB_val){sealed.len, sealed.p};
	meddle(h->b, 2, &v, NULL);
	assert_int_equal(journal_walk(h->b, NULL, NULL), ERR_CHAIN);
	meddle(h->b, 2, NULL, NULL);
	assert_int_equal(journal_walk(h->b, NULL, NULL), OK);
	buf_free(&sealed);
}

static void
journal_empty_head(void **state)
{
	struct home *h = *state;
	static const char label[] = "meldluik/v1/journal-head";
	struct buf sealed = buf_new(256);
	MDB_val v;

	append(h->b, 1);
	assert_int_equal(value_seal(h->b->keys->journal, label, sizeof label,
	    NULL, 0, &sealed), OK);
	v = (MDB_val){sealed.len, sealed.p};
	meddle(h->b, 0, &v, NULL);
	assert_int_equal(journal_walk(h->b, NULL, NULL), ERR_CHAIN);
	buf_free(&sealed);
}

/* What a head cannot be is a broken chain, whatever the reason */
static void
journal_odd_head(void **state)
{
	static const char label[] = "meldluik/v1/journal-head";
	uint8_t long_one[200] = {1}, hash[HASH_LEN] = {0};
	struct buf sealed = buf_new(512);

	(void)state;
	assert_int_equal(value_seal(key, label, sizeof label, long_one,
	    sizeof long_one, &sealed), OK);
	assert_int_equal(journal_head_open(key, sealed.p, sealed.len, 1,
	    hash), ERR_CHAIN);
	buf_clear(&sealed);
	assert_int_equal(value_seal(key, label, sizeof label, long_one,
	    8 + HASH_LEN, &sealed), OK);
	sealed.p[sealed.len - 1] ^= 1;
	assert_int_equal(journal_head_open(key, sealed.p, sealed.len, 1,
	    hash), ERR_CHAIN);
	buf_free(&sealed);
}

/* An event whose head cannot be written is none */
static void
head_not_written(void **state)
{
	struct home *h = *state;
	json_t *o = json_pack("{s:s,s:i}", "e", "test", "n", 2);
	uint64_t seen = 0;

	append(h->b, 1);
	assert_int_equal(casebook_begin(h->b), OK);
	assert_int_equal(casebook_begin(h->b), ERR_USAGE);
	assert_int_equal(journal_append(h->b, o), OK);
	put_fails = MDB_MAP_FULL;
	assert_int_equal(casebook_commit(h->b), ERR_FULL);
	put_fails = 0;
	assert_int_equal(casebook_commit(h->b), ERR_USAGE);
	assert_int_equal(journal_length(h->b), 1);
	reopen(h);
	assert_int_equal(journal_walk(h->b, sum, &seen), OK);
	assert_int_equal(seen, 1);
	json_decref(o);
}

/* A second casebook would take the place of the keys of the first */
static void
no_second_one(void **state)
{
	struct home *h = *state;
	uint8_t id[KEY_ID], record[RECORD_ID];
	struct buf out = buf_new(64);

	assert_int_equal(casekey_take(h->b, id), OK);
	assert_int_equal(casebook_begin(h->b), OK);
	assert_int_equal(record_put(h->b, id, "x", 1, record), OK);
	assert_int_equal(casebook_commit(h->b), OK);
	casebook_close(h->b);
	h->b = NULL;
	assert_int_equal(casebook_create(h->dir, h->path, key), ERR_CONFLICT);
	reopen(h);
	assert_int_equal(record_get(h->b, record, &out), OK);
	buf_free(&out);
}

static void
no_casebook(void **state)
{
	struct home *h = *state;
	struct casebook *b = NULL;
	char path[5000];

	memset(path, '/', sizeof path - 1);
	path[sizeof path - 1] = 0;
	assert_int_equal(casebook_open(h->dir, path, key, &b), ERR_LIMIT);
	casebook_close(h->b);
	h->b = NULL;
	folder_remove(h->dir, "casebook");
	assert_int_not_equal(casebook_open(h->dir, h->path, key, &b), OK);
	assert_null(b);
}

/* Values that are too short, or too long for where they go */
static void
values(void **state)
{
	static const uint8_t none[SEAL_OVERHEAD], text[64];
	struct home *h = *state;
	struct buf small = buf_new(SEAL_OVERHEAD + 63), all = buf_new(256),
	    out = buf_new(63);
	uint8_t id[RECORD_ID] = {1};
	MDB_val k = {RECORD_ID, id}, v = {KEY_ID - 1, (void *)(uintptr_t)none};
	MDB_txn *txn = NULL;

	assert_int_equal(value_seal(key, "", 0, text, 64, &small), ERR_LIMIT);
	assert_int_equal(value_seal(key, "", 0, text, 64, &all), OK);
	assert_int_equal(value_open(key, "", 0, all.p, all.len, &out),
	    ERR_LIMIT);
	buf_clear(&all);
	assert_int_equal(value_open(key, "", 0, none, SEAL_OVERHEAD - 1,
	    &all), ERR_CRYPT);
	assert_int_equal(mdb_txn_begin(h->b->env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_put(txn, h->b->records, &k, &v, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	assert_int_equal(record_get(h->b, id, &all), ERR_CRYPT);
	begin_fails = ENOMEM;
	assert_int_equal(record_get(h->b, id, &all), ERR_MEMORY);
	begin_fails = 0;
	buf_free(&small);
	buf_free(&all);
	buf_free(&out);
}

/* A destruction goes on without what is lost; a disk or memory that fails for
 * now loses nothing */
static void
what_is_lost(void **state)
{
	static const enum err lost[] = {ERR_CRYPT, ERR_UNKNOWN, ERR_FORMAT,
		ERR_LIMIT, ERR_VERSION};

	(void)state;
	for (enum err e = OK; e < ERR_COUNT; e++) {
		bool is = false;
		for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
			is = is || lost[i] == e;
		}
		assert_int_equal(record_lost(e), is);
	}
}

static int
teardown_calls(void **state)
{
	put_fails = begin_fails = 0;
	return teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown_calls)
		T(journal_moved_end),
		T(journal_no_event),
		T(journal_empty_head),
		T(journal_odd_head),
		T(head_not_written),
		T(no_second_one),
		T(no_casebook),
		T(values),
		T(what_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
