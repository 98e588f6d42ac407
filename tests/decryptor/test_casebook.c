/* SPDX-License-Identifier: EUPL-1.2 */
/* Casebook: sealed records, case keys, and a journal that shows changes. */
#include "book.h"

static void
journal_keeps_order(void **state)
{
	struct home *h = *state;
	uint64_t seen = 0;

	for (int i = 1; i <= 4; i++) {
		append(h->b, i);
	}
	reopen(h);
	assert_int_equal(journal_walk(h->b, sum, &seen), OK);
	assert_int_equal(seen, 1234);
	assert_int_equal(journal_length(h->b), 4);
	append(h->b, 5);
	seen = 0;
	assert_int_equal(journal_walk(h->b, sum, &seen), OK);
	assert_int_equal(seen, 12345);
}

static void
abort_leaves_nothing(void **state)
{
	struct home *h = *state;
	json_t *o = json_pack("{s:s,s:i}", "e", "test", "n", 9);
	uint64_t seen = 0;

	append(h->b, 1);
	assert_int_equal(casebook_begin(h->b), OK);
	assert_int_equal(journal_append(h->b, o), OK);
	casebook_abort(h->b);
	json_decref(o);
	append(h->b, 2);
	assert_int_equal(journal_walk(h->b, sum, &seen), OK);
	assert_int_equal(seen, 12);
	assert_int_equal(journal_append(h->b, NULL), ERR_USAGE);
}

static void
journal_changed_byte(void **state)
{
	struct home *h = *state;
	uint64_t seen = 0;
	MDB_val v;

	for (int i = 1; i <= 3; i++) {
		append(h->b, i);
	}
	meddle(h->b, 2, NULL, &v);
	((uint8_t *)v.mv_data)[v.mv_size - 1] ^= 1;
	meddle(h->b, 2, &v, NULL);
	assert_int_equal(journal_walk(h->b, sum, &seen), ERR_CHAIN);
	free(v.mv_data);
}

static void
journal_swapped_records(void **state)
{
	struct home *h = *state;
	uint64_t seen = 0;
	MDB_val one, two;

	for (int i = 1; i <= 3; i++) {
		append(h->b, i);
	}
	meddle(h->b, 2, NULL, &one);
	meddle(h->b, 3, NULL, &two);
	meddle(h->b, 2, &two, NULL);
	meddle(h->b, 3, &one, NULL);
	assert_int_equal(journal_walk(h->b, sum, &seen), ERR_CHAIN);
	free(one.mv_data);
	free(two.mv_data);
}

static void
journal_dropped_record(void **state)
{
	struct home *h = *state;
	uint64_t seen = 0;

	for (int i = 1; i <= 3; i++) {
		append(h->b, i);
	}
	meddle(h->b, 2, NULL, NULL);
	assert_int_equal(journal_walk(h->b, sum, &seen), ERR_CHAIN);
}

/* The last event, and the head that holds it */
static void
journal_dropped_end(void **state)
{
	struct home *h = *state;
	uint8_t head[HASH_LEN];
	uint64_t seen = 0, at = 9;
	MDB_val old;

	append(h->b, 1);
	journal_head(h->b, head);
	meddle(h->b, 0, NULL, &old);
	append(h->b, 2);
	assert_int_equal(journal_find(h->b, head, &at), OK);
	assert_int_equal(at, 1);
	meddle(h->b, 2, NULL, NULL);
	assert_int_equal(journal_walk(h->b, sum, &seen), ERR_CHAIN);
	meddle(h->b, 0, NULL, NULL);
	assert_int_equal(journal_walk(h->b, sum, &seen), ERR_CHAIN);
	/* a casebook of before heads goes without, until its next commit */
	h->b->ended = false;
	assert_int_equal(casekeys_save(h->b), OK);
	reopen(h);
	assert_int_equal(journal_walk(h->b, sum, &seen), OK);
	append(h->b, 2);
	reopen(h);
	assert_int_equal(journal_walk(h->b, sum, &seen), OK);
	meddle(h->b, 0, NULL, NULL);
	assert_int_equal(journal_walk(h->b, sum, &seen), ERR_CHAIN);
	meddle(h->b, 2, NULL, NULL);
	/* the head of before fits again: an old copy put back as a whole */
	meddle(h->b, 0, &old, NULL);
	assert_int_equal(journal_walk(h->b, sum, &seen), OK);
	head[0] ^= 1;
	assert_int_equal(journal_find(h->b, head, &at), OK);
	assert_int_equal(at, 0);
	free(old.mv_data);
}

/* An event that names a record, as every record has one */
static void
names(struct casebook *b, const uint8_t id[RECORD_ID])
{
	char hex[2 * RECORD_ID + 1];
	json_t *o;

	hex_encode(id, RECORD_ID, hex);
	o = json_pack("{s:s,s:s}", "e", "test", "record", hex);
	assert_int_equal(journal_append(b, o), OK);
	json_decref(o);
}

/* Records that are named and not there, and that are there and not named,
 * before, behind and in the place of others */
static void
records_and_names(void **state)
{
	static const uint8_t first[RECORD_ID] = {0};
	struct home *h = *state;
	uint8_t a[RECORD_ID], last[RECORD_ID];
	uint64_t records, destroyed;

	memset(last, 0xff, sizeof last);
	assert_int_equal(casebook_begin(h->b), OK);
	assert_int_equal(record_put(h->b, NULL, "a", 1, a), OK);
	assert_int_equal(casebook_commit(h->b), OK);
	assert_int_equal(casebook_check(h->b, &records, &destroyed),
	    ERR_CHAIN); /* behind the end of what is named */
	assert_int_equal(casebook_begin(h->b), OK);
	names(h->b, last);
	assert_int_equal(casebook_commit(h->b), OK);
	assert_int_equal(casebook_check(h->b, &records, &destroyed),
	    ERR_CHAIN); /* as many as are named, and another one */
	assert_int_equal(casebook_begin(h->b), OK);
	names(h->b, a);
	assert_int_equal(casebook_commit(h->b), OK);
	assert_int_equal(casebook_check(h->b, &records, &destroyed),
	    ERR_CHAIN); /* one is missing at the end */
	assert_int_equal(records, 1);
	assert_int_equal(casebook_begin(h->b), OK);
	names(h->b, first);
	assert_int_equal(casebook_commit(h->b), OK);
	assert_int_equal(casebook_check(h->b, &records, &destroyed),
	    ERR_CHAIN);
}

static void
records_and_keys(void **state)
{
	struct home *h = *state;
	uint8_t id[KEY_ID], case_key[CASE_KEY], a[RECORD_ID], b[RECORD_ID];
	struct buf out = buf_new_secret(1024);
	uint64_t records, destroyed;

	assert_int_equal(casebook_room(h->b), CASEKEYS_MAX);
	assert_int_equal(casekey_take(h->b, id), OK);
	assert_int_equal(casebook_room(h->b), CASEKEYS_MAX - 1);
	assert_int_equal(casebook_begin(h->b), OK);
	assert_int_equal(record_put(h->b, id, "geheim", 6, a), OK);
	assert_int_equal(record_put(h->b, NULL, "", 0, b), OK);
	names(h->b, a);
	assert_int_equal(casebook_commit(h->b), OK);
	/* one that no event names */
	assert_int_equal(casebook_check(h->b, &records, &destroyed),
	    ERR_CHAIN);
	assert_int_equal(casebook_begin(h->b), OK);
	names(h->b, b);
	assert_int_equal(casebook_commit(h->b), OK);
	reopen(h);
	assert_int_equal(record_get(h->b, a, &out), OK);
	assert_int_equal(out.len, 6);
	assert_memory_equal(out.p, "geheim", 6);
	buf_clear(&out);
	assert_int_equal(record_get(h->b, b, &out), OK);
	assert_int_equal(out.len, 0);
	b[0] ^= 1;
	assert_int_equal(record_get(h->b, b, &out), ERR_UNKNOWN);
	assert_int_equal(casebook_check(h->b, &records, &destroyed), OK);
	assert_int_equal(records, 2);
	assert_int_equal(destroyed, 0);
	/* A key that no event names is a spare and is given out again */
	uint8_t again[KEY_ID];
	assert_int_equal(casebook_room(h->b), CASEKEYS_MAX);
	assert_int_equal(casekey_take(h->b, again), OK);
	assert_memory_equal(again, id, KEY_ID);
	reopen(h);
	casekey_mark(h->b, id);
	assert_int_equal(casekey_take(h->b, again), OK);
	assert_memory_not_equal(again, id, KEY_ID);
	assert_int_equal(casebook_room(h->b), CASEKEYS_MAX - 2);
	assert_true(casekey_drop(h->b, again)); /* destroyed: room again */
	assert_int_equal(casebook_room(h->b), CASEKEYS_MAX - 1);
	id[0] ^= 1;
	assert_int_equal(casekey_find(h->b, id, case_key), ERR_UNKNOWN);
	buf_free(&out);
}

static void
nothing_readable_on_disk(void **state)
{
	static const char mark[] = "MELDLUIK-ZICHTBAAR-1234567890";
	struct home *h = *state;
	uint8_t id[KEY_ID], record[RECORD_ID];
	struct buf raw = buf_new(64u << 20);
	json_t *o = json_pack("{s:s,s:s}", "e", "test", "text", mark);

	assert_int_equal(casekey_take(h->b, id), OK);
	assert_int_equal(casebook_begin(h->b), OK);
	assert_int_equal(record_put(h->b, id, mark, sizeof mark, record), OK);
	assert_int_equal(journal_append(h->b, o), OK);
	assert_int_equal(casebook_commit(h->b), OK);
	json_decref(o);
	assert_int_equal(file_read(h->dir, "casebook/data.mdb", &raw), OK);
	assert_true(raw.len > 4096);
	assert_null(memmem(raw.p, raw.len, mark, sizeof mark - 1));
	buf_clear(&raw);
	assert_int_equal(file_read(h->dir, "casekeys", &raw), OK);
	assert_null(memmem(raw.p, raw.len, id, KEY_ID));
	buf_free(&raw);
}

static void
wrong_key(void **state)
{
	struct home *h = *state;
	struct casebook *b = NULL;
	uint8_t other[32] = {8};

	append(h->b, 1);
	casebook_close(h->b);
	h->b = NULL;
	assert_int_equal(casebook_open(h->dir, h->path, other, &b),
	    ERR_CRYPT);
	assert_int_equal(casebook_open(h->dir, h->path, key, &h->b), OK);
}

/* A number that json_read refuses would shut the casebook for ever */
static void
what_cannot_be_read_back_is_not_written(void **state)
{
	struct home *h = *state;
	json_t *o = json_pack("{s:s,s:I}", "e", "export", "serial",
	    (json_int_t)1 << 53);
	uint64_t before = journal_length(h->b);

	assert_int_equal(casebook_begin(h->b), OK);
	assert_int_equal(journal_append(h->b, o), ERR_FORMAT);
	assert_int_equal(journal_length(h->b), before);
	json_object_set_new(o, "serial",
	    json_integer(((json_int_t)1 << 53) - 1));
	assert_int_equal(journal_append(h->b, o), OK);
	assert_int_equal(casebook_commit(h->b), OK);
	assert_int_equal(journal_walk(h->b, NULL, NULL), OK);
	json_decref(o);
}

/* The key of one case is destroyed, and no other */
static void
one_key_dropped(void **state)
{
	struct home *h = *state;
	uint8_t id[3][KEY_ID], record[3][RECORD_ID];
	struct buf out = buf_new(64);

	for (int i = 0; i < 3; i++) {
		assert_int_equal(casekey_take(h->b, id[i]), OK);
		assert_int_equal(casebook_begin(h->b), OK);
		assert_int_equal(record_put(h->b, id[i], "x", 1, record[i]),
		    OK);
		assert_int_equal(casebook_commit(h->b), OK);
	}
	assert_true(casekey_drop(h->b, id[1]));
	assert_false(casekey_drop(h->b, id[1]));
	assert_int_equal(casekeys_keep(h->b), OK);
	reopen(h);
	assert_int_equal(record_get(h->b, record[1], &out), ERR_UNKNOWN);
	assert_int_equal(record_get(h->b, record[0], &out), OK);
	assert_int_equal(record_get(h->b, record[2], &out), OK);
	buf_free(&out);
}

/* No key is handed out before it is on the disk */
static void
no_room_for_keys(void **state)
{
	struct home *h = *state;
	uint8_t id[KEY_ID] = {0}, none[KEY_ID] = {0};
	int dir = h->b->dir;

	h->b->dir = -1;
	assert_int_not_equal(casekey_take(h->b, id), OK);
	assert_memory_equal(id, none, KEY_ID);
	h->b->dir = dir;
	assert_int_equal(casekey_take(h->b, id), OK);
}

/* The key file holds these bytes; how the casebook opens then */
static enum err
keys_are(struct home *h, const void *p, size_t len)
{
	struct buf sealed = buf_new(len + SEAL_OVERHEAD);
	enum err e;

	assert_int_equal(value_seal(h->b->keys->casekeys, "meldluik "
	    "casekeys 2", 20, p, len, &sealed), OK);
	assert_int_equal(file_replace(h->dir, "casekeys", sealed.p,
	    sealed.len), OK);
	buf_free(&sealed);
	casebook_close(h->b);
	h->b = NULL;
	e = casebook_open(h->dir, h->path, key, &h->b);
	assert_int_equal(h->b != NULL, e == OK);
	return e;
}

/* The last one is given; then it says that it is full, not that this machine
 * has no memory */
static void
full_of_keys(void **state)
{
	struct home *h = *state;
	size_t len = (CASEKEYS_MAX - 1) * (KEY_ID + CASE_KEY);
	uint8_t *all = calloc(1, len), id[KEY_ID];

	assert_non_null(all);
	assert_int_equal(keys_are(h, all, len), OK);
	free(all);
	for (size_t i = 0; i < h->b->casekeys; i++) {
		h->b->casekey[i].used = true;
	}
	assert_int_equal(casebook_room(h->b), 1);
	assert_int_equal(casekey_take(h->b, id), OK);
	assert_int_equal(casekey_take(h->b, id), ERR_FULL);
	assert_int_equal(casebook_room(h->b), 0);
}

/* Keys that are cut off in the middle of one */
static void
keys_cut(void **state)
{
	static const uint8_t half[KEY_ID + CASE_KEY + 1];

	assert_int_equal(keys_are(*state, half, sizeof half), ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(journal_keeps_order),
		T(abort_leaves_nothing),
		T(journal_changed_byte),
		T(journal_swapped_records),
		T(journal_dropped_record),
		T(journal_dropped_end),
		T(records_and_names),
		T(records_and_keys),
		T(nothing_readable_on_disk),
		T(wrong_key),
		T(what_cannot_be_read_back_is_not_written),
		T(one_key_dropped),
		T(no_room_for_keys),
		T(full_of_keys),
		T(keys_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
