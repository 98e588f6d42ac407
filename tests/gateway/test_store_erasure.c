/* SPDX-License-Identifier: EUPL-1.2 */
/* Erasure: what goes with an envelope, sectors that are bad, the copy of the
 * index, and a crash before every step of the daily batch. */
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>

#include "store/store_private.h"
#include "store_days.h"
#include "store_crashpoint.h"

static unsigned copies, words;
static bool slow_copy;
static uint64_t disk; /* bytes free; 0: as it is */

int __real_fstatvfs(int fd, struct statvfs *v);
int __wrap_fstatvfs(int fd, struct statvfs *v);
int __real_mdb_env_copyfd2(MDB_env *env, int fd, unsigned flags);
int __wrap_mdb_env_copyfd2(MDB_env *env, int fd, unsigned flags);

int __wrap_fstatvfs(int fd, struct statvfs *v)
{
	int rc = __real_fstatvfs(fd, v);

	if (disk != 0) {
		v->f_bavail = disk / v->f_frsize;
	}
	return rc;
}

static void word(void *arg)
{
	assert_ptr_equal(arg, &words);
	__atomic_add_fetch(&words, 1, __ATOMIC_SEQ_CST);
}

/* A slow one ends when the one who waits was heard three times */
int __wrap_mdb_env_copyfd2(MDB_env *env, int fd, unsigned flags)
{
	struct timespec pause = { 0, 10000000 };

	copies++;
	for (unsigned i = 0; slow_copy && i < 6000 &&
	     __atomic_load_n(&words, __ATOMIC_SEQ_CST) < 3; i++) {
		nanosleep(&pause, NULL);
	}
	return __real_mdb_env_copyfd2(env, fd, flags);
}

static void upload(struct world *w, const struct buf *e,
    uint8_t hash[HASH_LEN])
{
	uint8_t id[UPLOAD_ID];
	struct store_receipt r;
	uint32_t next;

	hash_bytes(e->p, e->len, hash);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	for (size_t at = 0, i = 1; at < e->len; at += ENVELOPE_PART, i++) {
		size_t n = e->len - at < ENVELOPE_PART ? e->len - at :
							 ENVELOPE_PART;

		ok(store_upload_part(w->s, id, (uint32_t)i, e->p + at, n,
		    &next));
		ok(store_commit(w->s));
	}
	ok(store_upload_finish(w->s, id, hash, THIS_WEEK, &r));
}

static void large_ones_go_and_give_room_back(void **state)
{
	struct world *w = *state;
	struct store_figures before, full, after;
	uint8_t hash[HASH_LEN];
	struct buf e;
	uint64_t serial;
	day_t day = KIT_DAY;

	store_figures(w->s, &before);
	kit_envelope(&e, 8388608);
	upload(w, &e, hash);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	ok(kit_confirm(w->s, &w->org, 1, 2, 1, day));
	ok(kit_confirm(w->s, &w->org, 2, 2, 1, day));
	store_figures(w->s, &full);
	assert_true(full.bulk_free + e.len <= before.bulk_free + 4096);
	days_pass(w, &day, GRACE + 2);
	is(there(w->s, hash), ERR_UNKNOWN);
	store_figures(w->s, &after);
	assert_true(after.bulk_free >= full.bulk_free + e.len);
	buf_free(&e);
}

/* An upload that is done answers for its envelope and holds its key: both go
 * on one day. Another one stays. */
static void an_erased_upload_answers_no_more(void **state)
{
	struct world *w = *state;
	uint8_t hash[HASH_LEN], other[HASH_LEN];
	uint64_t serial;
	struct buf e;

	w->o.grace_days = 0;
	world_reopen(w);
	kit_envelope(&e, 3145728);
	upload(w, &e, hash);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	kit_envelope_vary(&e, 2);
	upload(w, &e, other);
	ok(store_commit(w->s));
	assert_int_equal(w->s->sessions, 2);
	ok(kit_confirm(w->s, &w->org, 1, 2, serial, KIT_DAY));
	ok(kit_confirm(w->s, &w->org, 2, 2, serial, KIT_DAY));
	ok(store_daily(w->s, KIT_DAY));
	is(there(w->s, hash), ERR_UNKNOWN);
	assert_true(store_has(w->s, other));
	assert_int_equal(w->s->sessions, 1);
	buf_free(&e);
}

/* The copy of a large index: not before the store is open, not where it has
 * no room, and whoever waits for a word gets one meanwhile */
static void the_copy_keeps_nobody_waiting(void **state)
{
	struct world *w = *state;
	char path[128];

	w->s->now.erase_due = 3; /* a batch that erased, and was ended */
	ok(txn_need(w->s));
	ok(state_beat(w->s));
	ok(store_commit(w->s));
	copies = 0;
	world_reopen(w);
	assert_int_equal(copies, 0);
	assert_int_equal(w->s->now.erase_due, 1);
	snprintf(path, sizeof(path), "%s/index/data.new", w->path);
	disk = 6 << 20; /* what a text leaves, and a page */
	ok(store_daily(w->s, KIT_DAY));
	assert_int_equal(copies, 0);
	assert_int_equal(w->s->now.erase_due, 1);
	assert_int_equal(access(path, F_OK), -1);
	disk = 0;
	store_alive(w->s, word, &words);
	slow_copy = true;
	ok(store_daily(w->s, KIT_DAY + 1));
	slow_copy = false;
	assert_int_equal(copies, 1);
	assert_true(words >= 3);
	assert_int_equal(w->s->now.erase_due, 0);
	ok(store_daily(w->s, KIT_DAY + 2)); /* a day without anything to erase */
	assert_int_equal(copies, 1);
}

/* As a sector that went bad: what touches that page of a value gets SIGBUS */
static void spoil(struct store *s, enum db d, const void *key, size_t klen,
    size_t page)
{
	MDB_val k = { klen, (void *)(uintptr_t)key }, v;
	int empty = memfd_create("bad", 0);
	uint8_t *at;

	assert_true(empty >= 0);
	ok(d == DB_PARTS ? btxn_need(s) : txn_need(s));
	assert_int_equal(mdb_get(d == DB_PARTS ? s->btxn : s->txn,
	    s->dbi[d], &k, &v), 0);
	at = (uint8_t *)((uintptr_t)v.mv_data & ~(uintptr_t)4095);
	store_abort(s);
	assert_ptr_equal(mmap(at + 4096 * page, 4096, PROT_READ,
	    MAP_SHARED | MAP_FIXED, empty, 0), at + 4096 * page);
	close(empty);
}

static enum err whole(struct store *s, const uint8_t hash[HASH_LEN],
    uint64_t offset)
{
	struct buf b = buf_new(ENVELOPE_PART);
	uint64_t total;
	enum err r = store_envelope(s, hash, offset, ENVELOPE_PART, &b,
	    &total);

	buf_free(&b);
	return r;
}

/* What cannot be read is said to be so, goes when its day comes, and keeps
 * only the copy of the index waiting; the store lives on */
static void bad_sectors(void **state)
{
	struct world *w = *state;
	uint8_t text[HASH_LEN], good[HASH_LEN], large[HASH_LEN], key[12];
	struct store_receipt r;
	struct entry entry;
	uint64_t serial;
	struct buf e;

	w->o.grace_days = 0;
	world_reopen(w);
	copies = 0;
	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	hash_bytes(e.p, e.len, text);
	ok(put(w, &e, THIS_WEEK, &r));
	kit_envelope_vary(&e, 2);
	hash_bytes(e.p, e.len, good);
	ok(put(w, &e, THIS_WEEK, &r));
	buf_free(&e);
	kit_envelope(&e, 3145728);
	upload(w, &e, large);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	ok(entry_find(w->s, text, &entry));
	key_of(entry.number, key);
	spoil(w->s, DB_TEXT, key, 8, 9);
	is(whole(w->s, text, 0), ERR_CRYPT);
	ok(whole(w->s, good, 0));
	spoil(w->s, DB_TEXT, key, 8, 0);
	is(whole(w->s, text, 0), ERR_CRYPT);
	ok(entry_find(w->s, large, &entry));
	part_key(entry.keyno, 2, key);
	spoil(w->s, DB_PARTS, key, sizeof(key), 0);
	ok(whole(w->s, large, 0));
	is(whole(w->s, large, ENVELOPE_PART), ERR_CRYPT);
	ok(whole(w->s, large, 2 * (uint64_t)ENVELOPE_PART));

	ok(kit_confirm(w->s, &w->org, 1, 2, serial, KIT_DAY));
	ok(kit_confirm(w->s, &w->org, 2, 2, serial, KIT_DAY));
	ok(store_daily(w->s, KIT_DAY));
	is(there(w->s, text), ERR_UNKNOWN);
	is(there(w->s, good), ERR_UNKNOWN);
	is(there(w->s, large), ERR_UNKNOWN);
	assert_int_equal(copies, 0);
	assert_int_equal(w->s->now.erase_due, 1);
	world_reopen(w); /* the disk was copied to a good one */
	ok(store_daily(w->s, KIT_DAY + 1));
	assert_int_equal(copies, 1);
	buf_free(&e);
}

/*
 * The daily batch that erases, ended before each of its steps. After the next
 * start: the envelope is there whole, or it is gone, and the root that could
 * open its key is gone too.
 */
static void crash_before_every_step(void **state)
{
	struct world *w = *state;
	uint8_t hash[HASH_LEN], other[HASH_LEN];
	uint8_t page[8192], root[40];
	struct store_receipt r;
	struct buf e;
	char path[128], copy[256];
	long step = 0;
	uint64_t serial;
	day_t day = KIT_DAY;
	bool ended = false, gone = false;
	FILE *f;

	w->o.grace_days = 1;
	world_reopen(w);
	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	list_one(w, &e, hash);
	ok(kit_confirm(w->s, &w->org, 1, 2, 1, day));
	ok(kit_confirm(w->s, &w->org, 2, 2, 1, day));
	kit_envelope_vary(&e, 7);
	hash_bytes(e.p, e.len, other);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	ok(store_daily(w->s, ++day));
	store_close(w->s);
	w->s = NULL;
	day++;
	snprintf(copy, sizeof(copy), "cp -a %s %s.keep", w->path, w->path);
	assert_int_equal(system(copy), 0);
	snprintf(path, sizeof(path), "%s/root.bin", w->path);
	f = fopen(path, "rb");
	assert_int_equal(fread(page, 1, sizeof(page), f), sizeof(page));
	fclose(f);
	memcpy(root, memcmp(page, "MLDROOT1", 8) == 0 ? page : page + 4096,
	    sizeof(root));
	for (; !ended; step++) {
		int status;
		pid_t pid;
		bool erased;

		snprintf(copy, sizeof(copy), "rm -rf %s && cp -a %s.keep %s",
		    w->path, w->path, w->path);
		assert_int_equal(system(copy), 0);
		pid = fork();
		if (pid == 0) {
			struct store *s = NULL;

			if (store_open(&w->o, &s) != OK) {
				_exit(1);
			}
			crash_at = step;
			_exit(store_daily(s, day) == OK ? 0 : 1);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), 1);
		ended = WEXITSTATUS(status) == 0;
		ok(store_open(&w->o, &w->s));
		store_today(w->s, day);
		erased = there(w->s, hash) == ERR_UNKNOWN;
		if (!erased) {
			ok(there(w->s, hash));
		}
		gone = gone || erased;
		ok(there(w->s, other));
		f = fopen(path, "rb");
		assert_int_equal(fread(page, 1, sizeof(page), f),
		    sizeof(page));
		fclose(f);
		if (erased) {
			assert_null(memmem(page, sizeof(page), root,
			    sizeof(root)));
		}
		/* The next day finishes what did not begin */
		ok(store_daily(w->s, day + 1));
		is(there(w->s, hash), ERR_UNKNOWN);
		ok(there(w->s, other));
		store_close(w->s);
		w->s = NULL;
	}
	assert_true(step > 8);
	assert_true(gone);
	snprintf(copy, sizeof(copy), "rm -rf %s.keep", w->path);
	assert_int_equal(system(copy), 0);
	buf_free(&e);
}

static void chaff_comes_and_goes_like_the_rest(void **state)
{
	struct world *w = *state;
	struct buf m = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct inbound *in = NULL;
	uint64_t serial, seconds = 0;
	size_t larger = 0, older = 0;
	day_t day = KIT_DAY;

	w->o.chaff_a_day = 1440 * 4; /* four a minute on average */
	w->o.grace_days = 0;
	world_reopen(w);
	for (unsigned i = 0; i < 100; i++) {
		ok(store_beat(w->s, seconds += 60));
	}
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	ok(store_manifest(w->s, serial, &m, &sig));
	ok(inbound_parse(m.p, m.len, sig.p, sig.len, store_key(w->s),
	    w->org.keyset.org, &in));
	/* One a beat at most; the chance of fewer than 70 in 100 beats
	 * with a mean gap of 15 seconds is below 1e-8, and so is that of none
	 * of last week among them, or none of this. */
	assert_in_range(in->envelopes, 70, 100);
	for (size_t i = 0; i < in->envelopes; i++) {
		ok(envelope_size_check(in->envelope[i].size));
		larger += in->envelope[i].size != ENVELOPE_TEXT_SIZE;
		assert_true(in->envelope[i].size <= 7400000);
		older += in->envelope[i].week == THIS_WEEK - 7;
		assert_true(in->envelope[i].week == THIS_WEEK ||
		    in->envelope[i].week == THIS_WEEK - 7);
		ok(there(w->s, in->envelope[i].sha256));
	}
	assert_in_range(larger, 1, 69);
	assert_in_range(older, 1, in->envelopes - 1);
	ok(kit_confirm(w->s, &w->org, 1, 2, serial, day));
	ok(kit_confirm(w->s, &w->org, 2, 2, serial, day));
	ok(store_daily(w->s, day));
	for (size_t i = 0; i < in->envelopes; i++) {
		is(there(w->s, in->envelope[i].sha256), ERR_UNKNOWN);
	}
	inbound_free(in);
	buf_free(&m);
	buf_free(&sig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_installed, world_free)
		T(large_ones_go_and_give_room_back),
		T(an_erased_upload_answers_no_more),
		T(the_copy_keeps_nobody_waiting),
		T(bad_sectors),
		T(crash_before_every_step),
		T(chaff_comes_and_goes_like_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
