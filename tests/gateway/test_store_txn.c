/* SPDX-License-Identifier: EUPL-1.2 */
/* The open transaction: what is in it when it goes to the disk, what is said
 * when it does not, and values that are no records. */
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/store_private.h"
#include "store_cmocka.h"
#include "store_says.h"

#define UPLOAD_SIZE 3145728u /* three parts and a short one */

static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER; /* held: it is slow */
static unsigned commits, commits_fail;

int __real_mdb_txn_commit(MDB_txn *t);
int __wrap_mdb_txn_commit(MDB_txn *t);

int __wrap_mdb_txn_commit(MDB_txn *t)
{
	bool fail;

	pthread_mutex_lock(&disk);
	commits++;
	fail = commits_fail > 0;
	commits_fail -= fail;
	pthread_mutex_unlock(&disk);
	if (fail) {
		mdb_txn_abort(t);
		return EIO;
	}
	return __real_mdb_txn_commit(t);
}

static enum err part(struct world *w, const uint8_t id[UPLOAD_ID],
    const struct buf *e, uint32_t number, uint32_t *next)
{
	size_t at = (size_t)(number - 1) * ENVELOPE_PART;
	size_t n = e->len - at < ENVELOPE_PART ? e->len - at : ENVELOPE_PART;

	return store_upload_part(w->s, id, number, e->p + at, n, next);
}

static void first_part(struct world *w, struct buf *e,
    uint8_t id[UPLOAD_ID])
{
	uint32_t next;

	kit_envelope(e, UPLOAD_SIZE);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	ok(part(w, id, e, 1, &next));
	ok(store_commit(w->s));
}

static enum err none(void *arg, const MDB_val *key, const MDB_val *value)
{
	(void)arg;
	(void)key;
	(void)value;
	return ERR_USAGE;
}

/* Each call by the reason it has, and nothing waits that was not begun */
static void what_cannot_begin_says_why(void **state)
{
	struct world *w = *state;
	struct store *s = w->s;
	struct buf b = buf_new(100);
	uint8_t value[60] = { 0 };

	store_abort(s);
	begin_says = ENOMEM;
	is(record_put(s, DB_STATE, "a", 1, 0, "b", 1), ERR_MEMORY);
	is(value_put(s, DB_STATE, "a", 1, value, sizeof(value)), ERR_MEMORY);
	is(value_put(s, DB_PARTS, "a", 1, value, sizeof(value)), ERR_MEMORY);
	is(record_get(s, DB_STATE, "counters", 8, &b), ERR_MEMORY);
	is(record_del(s, DB_STATE, "counters", 8), ERR_MEMORY);
	is(record_walk(s, DB_STATE, none, NULL), ERR_MEMORY);
	assert_false(s->dirty || s->bdirty);
	assert_int_equal(store_pending(s), 0);
	begin_says = 0;
	cursor_says = ENOMEM;
	is(record_walk(s, DB_STATE, none, NULL), ERR_MEMORY);
	cursor_says = 0;
	is(record_walk(s, DB_STATE, none, NULL), ERR_USAGE);
	ok(record_get(s, DB_STATE, "counters", 8, &b));
	buf_free(&b);
}

static void what_is_not_there_is_not_deleted(void **state)
{
	struct world *w = *state;

	store_abort(w->s);
	is(record_del(w->s, DB_STATE, "nothing", 7), ERR_UNKNOWN);
	assert_false(w->s->dirty);
	assert_false(store_lost(w->s));
}

/* What waits for the disk goes on waiting when parts come, and goes back */
static void what_changed_stays_changed(void **state)
{
	struct store *s = ((struct world *)*state)->s;

	store_abort(s);
	ok(record_put(s, DB_STATE, "a", 1, 0, "b", 1));
	ok(record_put(s, DB_PARTS, "a", 1, 0, "b", 1));
	assert_true(s->dirty && s->bdirty);
	store_abort(s);
	ok(record_put(s, DB_STATE, "a", 1, 0, "b", 1));
	s->now.erase_due ^= 1;
	store_abort(s);
	assert_int_equal(s->now.erase_due, s->saved.erase_due);
	assert_false(s->dirty);
}

static void values_that_are_no_records(void **state)
{
	struct world *w = *state;
	uint8_t value[RECORD_OVER + 5] = { 0 }, secret[RECORD_KEY];
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char name[511] = { 0 }; /* as long as LMDB takes them */
	MDB_val k = { 1, name }, v = { sizeof(value), value };
	struct buf b = buf_new(100);
	uint8_t *map;

	memcpy(value + RECORD_HEAD, "four", 4);
	ok(key_copy(w->s, 0, secret));
	ok(value_seal(value, DB_STATE, name, 1, 0, 4, secret));
	/* a byte too many behind it, and one too few */
	is(record_open(w->s, DB_STATE, &k, &v, &b, NULL), ERR_CRYPT);
	v.mv_size -= 2;
	is(record_open(w->s, DB_STATE, &k, &v, &b, NULL), ERR_CRYPT);
	v.mv_size++;
	ok(record_open(w->s, DB_STATE, &k, &v, &b, NULL));
	assert_int_equal(b.len, 4);
	k.mv_size = sizeof(name);
	is(record_open(w->s, DB_STATE, &k, &v, &b, NULL), ERR_CRYPT);
	/* the last bytes of the file, too few for a head */
	map = mmap(NULL, 2 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
	    0);
	assert_true(map != MAP_FAILED);
	assert_int_equal(mprotect(map + page, page, PROT_NONE), 0);
	k.mv_size = 1;
	v = (MDB_val){ 11, map + page - 11 };
	is(record_open(w->s, DB_STATE, &k, &v, &b, NULL), ERR_CRYPT);
	assert_int_equal(munmap(map, 2 * page), 0);
	assert_int_equal(b.len, 4);
	buf_free(&b);
}

/* Whatever waits is committed, also when no record of the index changed */
static void parts_alone_are_committed(void **state)
{
	struct world *w = *state;
	struct session u = { .keyno = w->s->now.next_key };
	uint8_t *p = calloc(1, ENVELOPE_PART), key[12];
	struct buf b = buf_new(ENVELOPE_PART + 1);
	uint64_t keyno, bytes = 0;

	assert_non_null(p);
	ok(key_take(w->s, &keyno));
	ok(state_counters(w->s));
	ok(store_commit(w->s));
	ok(part_put(w->s, keyno, 1, p, 10, &bytes));
	assert_false(w->s->dirty);
	ok(store_commit(w->s));
	assert_false(store_waiting(w->s));
	ok(flight_add(w->s, &u, 2, p, ENVELOPE_PART));
	assert_false(sessions_unsaved(w->s));
	ok(store_commit(w->s));
	world_reopen(w);
	part_key(keyno, 1, key);
	ok(record_get(w->s, DB_PARTS, key, sizeof(key), &b));
	assert_int_equal(b.len, 10);
	buf_clear(&b);
	part_key(keyno, 2, key);
	ok(record_get(w->s, DB_PARTS, key, sizeof(key), &b));
	assert_int_equal(b.len, ENVELOPE_PART);
	buf_free(&b);
	free(p);
}

static void nothing_waits_and_nothing_is_written(void **state)
{
	struct world *w = *state;

	ok(store_commit(w->s));
	commits = 0;
	ok(store_commit(w->s));
	ok(store_flush(w->s));
	ok(store_flush_parts(w->s));
	assert_false(w->s->flush.going);
	assert_int_equal(commits, 0);
}

/* Parts on the disk under a number that is not spent there would lie under
 * another report's after a power cut. */
static void parts_take_their_number_along(void **state)
{
	struct world *w = *state;
	uint64_t keyno = w->s->now.next_key;
	uint8_t id[UPLOAD_ID], key[12];
	struct buf e, b = buf_new(ENVELOPE_PART + 1);
	uint32_t next;

	kit_envelope(&e, UPLOAD_SIZE);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	ok(part(w, id, &e, 1, &next));
	while (!w->s->bdirty) {
		flight_advance(w->s);
	}
	ok(store_flush_parts(w->s));
	world_reopen(w); /* as after a power cut: nothing else is committed */
	part_key(keyno, 1, key);
	ok(record_get(w->s, DB_PARTS, key, sizeof(key), &b));
	assert_int_equal(w->s->now.next_key, keyno + 1);
	ok(part(w, id, &e, 2, &next));
	buf_free(&b);
	buf_free(&e);
}

/* What came while it was written is still there afterwards */
static void parts_beside_a_slow_disk(void **state)
{
	struct world *w = *state;
	uint8_t id[UPLOAD_ID], digest[HASH_LEN];
	struct store_receipt r;
	uint32_t next;
	struct buf e;

	first_part(w, &e, id);
	ok(part(w, id, &e, 2, &next));
	pthread_mutex_lock(&disk);
	ok(store_flush(w->s));
	ok(part(w, id, &e, 3, &next));
	assert_true(w->s->flush.going);
	pthread_mutex_unlock(&disk);
	ok(store_commit(w->s));
	ok(part(w, id, &e, 4, &next));
	hash_bytes(e.p, e.len, digest);
	ok(store_upload_finish(w->s, id, digest, THIS_WEEK, &r));
	ok(store_commit(w->s));
	buf_free(&e);
}

/* A receipt goes out after it: so what it is for is on the disk by then */
static void a_flush_of_a_report_waits_for_the_disk(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	uint8_t digest[HASH_LEN];
	struct buf e;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	hash_bytes(e.p, e.len, digest);
	ok(put(w, &e, THIS_WEEK, &r));
	commits_fail = 1;
	is(store_flush(w->s), ERR_IO);
	assert_false(store_has(w->s, digest));
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_flush(w->s));
	assert_false(w->s->flush.going);
	assert_true(r.len > 0);
	world_reopen(w);
	assert_true(store_has(w->s, digest));
	buf_free(&e);
}

/* Said at once, and by the next part; the upload goes on where it was */
static void a_part_that_does_not_fit_is_told(void **state)
{
	struct world *w = *state;
	uint8_t id[UPLOAD_ID];
	uint32_t next;
	struct buf e;
	enum err r = OK;

	first_part(w, &e, id);
	ok(part(w, id, &e, 2, &next));
	put_says = MDB_MAP_FULL;
	is(store_flush(w->s), ERR_FULL);
	put_says = 0;
	is(part(w, id, &e, 3, &next), ERR_FULL);
	is(part(w, id, &e, 3, &next), ERR_CONFLICT);
	assert_int_equal(next, 2);
	/* the same of a flush of parts alone */
	ok(part(w, id, &e, 2, &next));
	put_says = MDB_MAP_FULL;
	while (r == OK && flight_bytes(w->s) > 0) {
		r = store_flush_parts(w->s);
	}
	is(r, ERR_FULL);
	put_says = 0;
	is(part(w, id, &e, 3, &next), ERR_FULL);
	ok(part(w, id, &e, 2, &next));
	ok(part(w, id, &e, 3, &next));
	ok(store_commit(w->s));
	buf_free(&e);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, world_installed, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(what_cannot_begin_says_why),
		EACH(what_is_not_there_is_not_deleted),
		EACH(what_changed_stays_changed),
		EACH(values_that_are_no_records),
		EACH(parts_alone_are_committed),
		EACH(nothing_waits_and_nothing_is_written),
		EACH(parts_take_their_number_along),
		EACH(parts_beside_a_slow_disk),
		EACH(a_flush_of_a_report_waits_for_the_disk),
		EACH(a_part_that_does_not_fit_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
