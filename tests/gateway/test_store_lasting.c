/* SPDX-License-Identifier: EUPL-1.2 */
/* What no visitor and no failing disk may bring about: a report in another's
 * place, a day without its batch, a week that stays open, no number left for
 * texts, a store that lives on and takes nothing. */
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "store/store_private.h"
#include "store_cmocka.h"

static unsigned fail_commits;   /* the next so many fail */
static uint64_t disk;           /* bytes of it, less the bulk file; 0: real */
static bool fail_meta;          /* the next write of LMDB's first pages */

int __real_mdb_txn_commit(MDB_txn *t);
int __wrap_mdb_txn_commit(MDB_txn *t);
int __wrap_mdb_txn_commit(MDB_txn *t)
{
	if (fail_commits > 0) {
		fail_commits--;
		mdb_txn_abort(t);
		return EIO;
	}
	return __real_mdb_txn_commit(t);
}

int __real_fstatvfs(int fd, struct statvfs *v);
int __wrap_fstatvfs(int fd, struct statvfs *v);
int __wrap_fstatvfs(int fd, struct statvfs *v)
{
	struct stat st;
	uint64_t used = 0;
	int r = __real_fstatvfs(fd, v);

	if (r == 0 && disk != 0) {
		if (fstatat(fd, "bulk/data.mdb", &st, 0) == 0) {
			used = (uint64_t)st.st_size;
		}
		v->f_bavail = (disk > used ? disk - used : 0) / v->f_frsize;
	}
	return r;
}

/* In front of the C library's: LMDB writes by it */
ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	if (fail_meta && at < 8192 && n < 4096) {
		fail_meta = false;
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off_t at)
{
	return pwrite(fd, p, n, at);
}

static void part_fails(struct world *w)
{
	struct buf e;
	uint8_t id[UPLOAD_ID];
	uint32_t next;

	kit_envelope(&e, 3145728);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	ok(store_commit(w->s));
	ok(store_upload_part(w->s, id, 1, e.p, ENVELOPE_PART, &next));
	fail_commits = 1;
	ok(store_flush(w->s));
	buf_free(&e);
}

/* Each comes back as it was sent */
static void both_are_there(struct world *w, struct buf e[2])
{
	uint64_t serial, total;

	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	for (unsigned i = 0; i < 2; i++) {
		struct buf back = buf_new(1u << 20);
		uint8_t digest[HASH_LEN];

		hash_bytes(e[i].p, e[i].len, digest);
		ok(store_envelope(w->s, digest, 0, 1u << 20, &back, &total));
		assert_int_equal(back.len, e[i].len);
		assert_memory_equal(back.p, e[i].p, e[i].len);
		buf_free(&back);
		buf_free(&e[i]);
	}
}

/* A number that came back from a resent report, and then parts that could
 * not be written */
static void spare_numbers_and_a_failing_disk(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf first, e[2];

	kit_envelope(&first, ENVELOPE_CLASS_MIN);
	ok(put(w, &first, THIS_WEEK, &r));
	ok(store_commit(w->s));
	ok(put(w, &first, THIS_WEEK, &r));
	ok(store_commit(w->s));
	part_fails(w);
	for (unsigned i = 0; i < 2; i++) {
		kit_envelope(&e[i], ENVELOPE_CLASS_MIN);
		ok(put(w, &e[i], THIS_WEEK, &r));
		ok(store_commit(w->s));
	}
	both_are_there(w, e);
	buf_free(&first);
}

/* A report that began while they were being written */
static void begun_beside_a_failing_disk(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct store_put *t;
	uint8_t digest[HASH_LEN];
	struct buf e[2];

	kit_envelope(&e[0], ENVELOPE_CLASS_MIN);
	kit_envelope(&e[1], ENVELOPE_CLASS_MIN);
	part_fails(w);
	hash_bytes(e[0].p, e[0].len, digest);
	ok(store_put_begin(w->s, e[0].p, e[0].len, digest, THIS_WEEK, &t));
	ok(store_put_end(w->s, t, &r));
	ok(store_commit(w->s));
	ok(put(w, &e[1], THIS_WEEK, &r));
	ok(store_commit(w->s));
	both_are_there(w, e);
}

/* Numbers that were wrong would be a defect of the store; a report is not
 * replaced even then. */
static void no_report_replaces_another(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e[2];

	kit_envelope(&e[0], ENVELOPE_CLASS_MIN);
	kit_envelope(&e[1], ENVELOPE_CLASS_MIN);
	ok(put(w, &e[0], THIS_WEEK, &r));
	ok(store_commit(w->s));
	w->s->now.next_number--;
	is(put(w, &e[1], THIS_WEEK, &r), ERR_IO);
	store_abort(w->s);
	w->s->now.next_number++;
	ok(put(w, &e[1], THIS_WEEK, &r));
	ok(store_commit(w->s));
	both_are_there(w, e);
}

static void the_beat_commits_what_waits(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e;
	uint8_t digest[HASH_LEN];

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	hash_bytes(e.p, e.len, digest);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_beat(w->s, 60));
	kit_envelope_vary(&e, 1);
	ok(put(w, &e, THIS_WEEK, &r));
	assert_true(store_daily_due(w->s, KIT_DAY + 1));
	ok(store_daily(w->s, KIT_DAY + 1));
	assert_false(store_daily_due(w->s, KIT_DAY + 1));
	world_reopen(w);
	assert_true(store_has(w->s, digest));
	hash_bytes(e.p, e.len, digest);
	assert_true(store_has(w->s, digest));
	/* a store that was restarted knows which day's batch is done */
	assert_false(store_daily_due(w->s, KIT_DAY + 1));
	assert_true(store_daily_due(w->s, KIT_DAY + 2));
	buf_free(&e);
}

static void a_batch_that_failed_is_due(void **state)
{
	struct world *w = *state;

	ok(store_daily(w->s, KIT_DAY + 1));
	fail_commits = 1;
	is(store_daily(w->s, KIT_DAY + 2), ERR_IO);
	assert_true(store_daily_due(w->s, KIT_DAY + 2));
	ok(store_daily(w->s, KIT_DAY + 2));
	assert_false(store_daily_due(w->s, KIT_DAY + 2));
}

/* What waits goes to the disk before a beat or a batch begins, or neither
 * does */
static void neither_begins_over_a_failing_disk(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	ok(put(w, &e, THIS_WEEK, &r));
	fail_commits = 1;
	is(store_beat(w->s, 60), ERR_IO);
	ok(put(w, &e, THIS_WEEK, &r));
	fail_commits = 1;
	is(store_daily(w->s, KIT_DAY + 1), ERR_IO);
	assert_true(store_daily_due(w->s, KIT_DAY + 1));
	buf_free(&e);
}

/* A part a day, as its 24 hours allow, after the week's grace is over: an
 * end comes, and the week closes. */
static void an_upload_ends_with_its_week(void **state)
{
	struct world *w = *state;
	day_t last = epoch_last_day(THIS_WEEK);
	uint8_t id[UPLOAD_ID];
	uint32_t number = 0, next;
	struct buf e;
	enum err r = OK;

	kit_envelope(&e, 1u << 25);
	ok(store_beat(w->s, 1));
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	for (day_t d = KIT_DAY; r == OK && d < last + 20; d++) {
		ok(store_beat(w->s, 1 + (uint64_t)(d - KIT_DAY) * 80000));
		ok(store_daily(w->s, d));
		r = store_upload_part(w->s, id, number + 1,
		    e.p + number * ENVELOPE_PART, ENVELOPE_PART, &next);
		number++;
		/* who is late by a day can end what was begun in time */
		assert_true(r == OK || d > last + SESSION_DAYS_LATE);
		ok(store_commit(w->s));
		assert_true(r != OK || d <= last + SESSION_DAYS_LATE);
	}
	assert_true(r != OK);
	assert_false(sessions_hold(w->s, THIS_WEEK));
	buf_free(&e);
}

static void uploads_leave_numbers_for_texts(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	uint8_t id[UPLOAD_ID];
	uint32_t next;
	struct buf e;

	kit_envelope(&e, 3145728);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	w->s->upload_keys = record_keys_count(w->s->keys);
	is(store_upload_part(w->s, id, 1, e.p, ENVELOPE_PART, &next),
	    ERR_FULL);
	w->s->upload_keys++;
	ok(store_upload_part(w->s, id, 1, e.p, ENVELOPE_PART, &next));
	ok(store_commit(w->s));
	buf_free(&e);
	w->s->upload_keys = 0;
	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	buf_free(&e);
}

static void a_lost_environment_is_told(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	assert_false(store_lost(w->s));
	ok(put(w, &e, THIS_WEEK, &r));
	fail_meta = true;
	is(store_commit(w->s), ERR_IO);
	assert_false(fail_meta);
	is(put(w, &e, THIS_WEEK, &r), ERR_IO);
	assert_true(store_lost(w->s));
	world_reopen(w);
	assert_false(store_lost(w->s));
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	buf_free(&e);
}

/* Small holes everywhere, then large parts: they fit in none, and the file
 * must not grow through the reserve of texts because pages are free. */
static void holes_are_no_room(void **state)
{
	const uint64_t reserve = 8 << 20, floor = 1 << 20;
	struct world *w = *state;
	struct store_figures f;
	struct store_receipt r;
	struct buf e, text;
	uint8_t *part = calloc(1, ENVELOPE_PART), id[UPLOAD_ID];
	uint64_t number = 0, seconds = 1;
	uint32_t next, parts = 0;

	assert_non_null(part);
	w->o.text_reserve = reserve;
	w->o.free_floor = floor;
	w->o.uploads_max = 16;
	w->o.bulk_bytes = 1ull << 33; /* also for ThreadSanitizer's maps */
	world_reopen(w);
	disk = 36 << 20;
	kit_envelope(&e, 81920);
	kit_envelope(&text, ENVELOPE_CLASS_MIN);
	memcpy(part, e.p, e.len);
	for (size_t pages = 14; pages < 26; pages++) {
		for (unsigned i = 0; i < w->o.uploads_max; i++) {
			ok(store_beat(w->s, seconds++));
			if (store_upload_begin(w->s, THIS_WEEK, id) == OK) {
				(void)store_upload_part(w->s, id, 1, part,
				    pages * 4096 - 200, &next);
				(void)store_commit(w->s);
			}
			kit_envelope_vary(&e, ++number);
			(void)put(w, &e, THIS_WEEK, &r);
			(void)store_commit(w->s);
		}
	}
	if (store_upload_begin(w->s, THIS_WEEK, id) == OK) {
		while (parts < 60 && store_upload_part(w->s, id, parts + 1,
		    part, ENVELOPE_PART, &next) == OK &&
		    store_commit(w->s) == OK) {
			parts++;
		}
	}
	store_figures(w->s, &f);
	/* a quarter, what one commit holds, and what lies there anyway */
	assert_in_range(f.text_free, reserve - reserve / 4 - (3 << 20),
	    1ull << 40);
	assert_true(f.full_bulk);
	kit_envelope_vary(&text, 1);
	ok(put(w, &text, THIS_WEEK, &r));
	ok(store_commit(w->s));
	disk = 0;
	free(part);
	buf_free(&e);
	buf_free(&text);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, world_installed, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(spare_numbers_and_a_failing_disk),
		EACH(begun_beside_a_failing_disk),
		EACH(no_report_replaces_another),
		EACH(the_beat_commits_what_waits),
		EACH(a_batch_that_failed_is_due),
		EACH(neither_begins_over_a_failing_disk),
		EACH(an_upload_ends_with_its_week),
		EACH(uploads_leave_numbers_for_texts),
		EACH(a_lost_environment_is_told),
		EACH(holes_are_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
