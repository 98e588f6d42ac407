/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which folder is a store: ours alone, of this format, with the keys that its
 * index counts on; made anew only where nothing was ever stored. Whatever
 * call fails, nothing is opened, and the next open finds all of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/store_private.h"
#include "store_cmocka.h"

/* Calls that fail when the test says so: the how many-th; 0: none */
enum call { MKDIR, MKDIRAT, OPENAT, FLOCK, FSTAT, FSTATAT, UNLINKAT, FSYNC,
	ENV_CREATE, ENV_MAXDBS, ENV_MAPSIZE, ENV_OPEN, ENV_SYNC, TXN_BEGIN,
	TXN_COMMIT, DBI_OPEN, GET, SECRET, CREW, FLIGHT, PUTS, BADPAGE,
	ERASE_KEYS, CALLS };
static unsigned made[CALLS], failing_at[CALLS];
static int with; /* errno of the system's */
static struct statvfs disk; /* f_blocks 0: as it is */

static bool
refused(enum call c)
{
	if (++made[c] != failing_at[c]) {
		return false;
	}
	errno = with;
	return true;
}

/* ${call} of these parameters, or ${failed} */
#define WRAP(type, call, params, args, c, failed) \
	type __real_##call params; \
	type __wrap_##call params; \
	type __wrap_##call params \
	{ \
		return refused(c) ? (failed) : __real_##call args; \
	}

WRAP(int, mkdir, (const char *p, mode_t m), (p, m), MKDIR, -1)
WRAP(int, mkdirat, (int d, const char *p, mode_t m), (d, p, m), MKDIRAT, -1)
WRAP(int, openat, (int d, const char *p, int f, mode_t m), (d, p, f, m),
    OPENAT, -1)
WRAP(int, flock, (int fd, int how), (fd, how), FLOCK, -1)
WRAP(int, fstat, (int fd, struct stat *s), (fd, s), FSTAT, -1)
WRAP(int, fstatat, (int d, const char *p, struct stat *s, int f),
    (d, p, s, f), FSTATAT, -1)
WRAP(int, unlinkat, (int d, const char *p, int f), (d, p, f), UNLINKAT, -1)
WRAP(int, fsync, (int fd), (fd), FSYNC, -1)
WRAP(int, mdb_env_create, (MDB_env **e), (e), ENV_CREATE, ENOMEM)
WRAP(int, mdb_env_set_maxdbs, (MDB_env *e, MDB_dbi n), (e, n), ENV_MAXDBS,
    EINVAL)
WRAP(int, mdb_env_set_mapsize, (MDB_env *e, size_t n), (e, n),
    ENV_MAPSIZE, EINVAL)
WRAP(int, mdb_env_open, (MDB_env *e, const char *p, unsigned f,
    mdb_mode_t m), (e, p, f, m), ENV_OPEN, EIO)
WRAP(int, mdb_env_sync, (MDB_env *e, int force), (e, force), ENV_SYNC, EIO)
WRAP(int, mdb_txn_begin, (MDB_env *e, MDB_txn *p, unsigned f, MDB_txn **t),
    (e, p, f, t), TXN_BEGIN, ENOMEM)
WRAP(int, mdb_dbi_open, (MDB_txn *t, const char *n, unsigned f, MDB_dbi *d),
    (t, n, f, d), DBI_OPEN, EIO)
WRAP(int, mdb_get, (MDB_txn *t, MDB_dbi d, MDB_val *k, MDB_val *v),
    (t, d, k, v), GET, EIO)
WRAP(void *, secret_new, (size_t n), (n), SECRET, NULL)
WRAP(enum err, crew_new, (unsigned n, bool share, struct crew **out),
    (n, share, out), CREW, ERR_MEMORY)
WRAP(enum err, flight_new, (struct flight **out), (out), FLIGHT, ERR_MEMORY)
WRAP(enum err, puts_new, (struct puts **out), (out), PUTS, ERR_MEMORY)
WRAP(enum err, badpage_catch, (void), (), BADPAGE, ERR_IO)
WRAP(enum err, erase_keys, (struct store *s), (s), ERASE_KEYS, ERR_IO)

int __real_mdb_txn_commit(MDB_txn *t);
int __wrap_mdb_txn_commit(MDB_txn *t);
int __real_fstatvfs(int fd, struct statvfs *v);
int __wrap_fstatvfs(int fd, struct statvfs *v);
enum err __wrap_ballast_keep(struct store *s);

int
__wrap_mdb_txn_commit(MDB_txn *t)
{
	if (refused(TXN_COMMIT)) {
		mdb_txn_abort(t); /* it is gone, whatever comes of it */
		return EIO;
	}
	return __real_mdb_txn_commit(t);
}

int
__wrap_fstatvfs(int fd, struct statvfs *v)
{
	int n = __real_fstatvfs(fd, v);

	if (disk.f_blocks != 0) {
		*v = disk;
	}
	return n;
}

/* The store is open before it, and stays open without it */
enum err
__wrap_ballast_keep(struct store *s)
{
	(void)s;
	return ERR_FULL;
}

static void
fail_at(enum call c, unsigned n)
{
	memset(made, 0, sizeof(made));
	memset(failing_at, 0, sizeof(failing_at));
	failing_at[c] = n;
	with = EIO;
}

static int
begin(void **state)
{
	fail_at(MKDIR, 0);
	memset(&disk, 0, sizeof(disk));
	return world_installed(state);
}

static int
begin_empty(void **state)
{
	struct world *w;

	begin(state);
	w = *state;
	store_close(w->s);
	w->s = NULL;
	kit_remove(w->path);
	return 0;
}

static int
end(void **state)
{
	fail_at(MKDIR, 0);
	return world_free(state);
}

static void
file_put(const char *path, const void *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, len), len);
	close(fd);
}

static enum err
opens(struct world *w)
{
	store_close(w->s);
	w->s = NULL;
	return store_open(&w->o, &w->s);
}

/* As an erasure that was cut leaves it */
static void
due(struct world *w)
{
	w->s->now.erase_due |= 2;
	w->s->dirty = true;
	ok(txn_need(w->s));
	ok(store_commit(w->s));
}

/* Of a store that was never there, or of that with ${key} */
static void
each_fails(struct world *w, const struct sign_pk *key)
{
	unsigned most[CALLS], tried = 0;

	fail_at(MKDIR, 0);
	ok(opens(w));
	memcpy(most, made, sizeof(most));
	most[UNLINKAT] = 0; /* what a rotation left beside the keys may stay */
	for (enum call c = 0; c < CALLS; c++) {
		for (unsigned n = 1; n <= most[c]; n++, tried++) {
			enum err e;
			if (key != NULL) {
				due(w);
			}
			store_close(w->s);
			w->s = NULL;
			if (key == NULL) {
				kit_remove(w->path);
			}
			fail_at(c, n);
			e = opens(w);
			if (e == OK || w->s != NULL) {
				fail_msg("call %u, the %u. time", c, n);
			}
			fail_at(c, 0);
			if ((e = opens(w)) != OK) {
				fail_msg("after call %u, the %u. time: %s", c,
				    n, err_text(e));
			}
			assert_int_equal(store_has_keyset(w->s), key != NULL);
			if (key != NULL) {
				assert_true(sign_pk_equal(key,
				    store_key(w->s)));
			}
		}
	}
	assert_true(tried > 40);
}

static void
each_call_of_the_first(void **state)
{
	each_fails(*state, NULL);
}

static void
each_call_of_a_later(void **state)
{
	struct world *w = *state;
	struct sign_pk key = *store_key(w->s);

	due(w);
	each_fails(w, &key);
}

/* What is no room is said to be that, and not damage */
static void
full_or_taken(void **state)
{
	static const struct {
		enum call c;
		int with;
		enum err e;
	} all[] = { { MKDIR, ENOSPC, ERR_FULL }, { MKDIR, EIO, ERR_IO },
		{ OPENAT, ENOSPC, ERR_FULL }, { OPENAT, EIO, ERR_IO },
		{ MKDIRAT, ENOSPC, ERR_FULL }, { MKDIRAT, EIO, ERR_IO },
		{ FLOCK, EWOULDBLOCK, ERR_BUSY }, { FLOCK, EIO, ERR_IO } };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		fail_at(all[i].c, 1);
		with = all[i].with;
		is(opens(w), all[i].e);
	}
	fail_at(MKDIR, 0);
	ok(opens(w));
}

static void
whose_folder(void **state)
{
	struct world *w = *state;
	char lock[80], other[80];

	snprintf(lock, sizeof(lock), "%s/lock", w->path);
	snprintf(other, sizeof(other), "%s/other", w->path);
	ok(opens(w));
	for (unsigned bit = 1; bit < 0100; bit <<= 1) {
		assert_int_equal(chmod(w->path, 0700 | bit), 0);
		is(opens(w), ERR_POLICY);
	}
	assert_int_equal(chmod(w->path, 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(w->path, 1, (gid_t)-1), 0);
		is(opens(w), ERR_POLICY);
		assert_int_equal(chown(w->path, 0, (gid_t)-1), 0);
	}
	assert_int_equal(rename(lock, other), 0);
	assert_int_equal(symlink("other", lock), 0);
	is(opens(w), ERR_IO);
	assert_int_equal(unlink(lock), 0);
	ok(opens(w));
	store_close(w->s);
	w->s = NULL;
	kit_remove(w->path);
	file_put(w->path, "x", 1);
	is(opens(w), ERR_IO);
	assert_int_equal(unlink(w->path), 0);
}

/* One of a later version is left as it is */
static void
other_format(void **state)
{
	static const struct {
		size_t len;
		uint8_t bytes[5];
	} odd[] = { { 4, { 0, 0, 0, STORE_FORMAT + 1 } },
		{ 5, { 0, 0, 0, STORE_FORMAT } }, { 3, { 0, 0, 0 } },
		{ 4, { 1, 0, 0, STORE_FORMAT } } };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		MDB_val k = { 6, (void *)(uintptr_t)"format" };
		MDB_val v = { odd[i].len, (void *)(uintptr_t)odd[i].bytes };
		kit_remove(w->path);
		ok(opens(w));
		ok(txn_need(w->s));
		ok(lmdb_err(mdb_put(w->s->txn, w->s->dbi[DB_STATE], &k, &v,
		    0)));
		w->s->dirty = true;
		ok(store_commit(w->s));
		is(opens(w), ERR_VERSION);
		is(opens(w), ERR_VERSION); /* nor the second time */
	}
}

/* An index that counts on more keys than there are is newer than they */
static void
older_keys(void **state)
{
	struct world *w = *state;
	uint64_t keys = record_keys_end(w->s->keys);

	w->s->now.next_key = keys;
	w->s->dirty = true;
	ok(store_commit(w->s));
	ok(opens(w));
	w->s->now.next_key = keys + 1;
	w->s->dirty = true;
	ok(store_commit(w->s));
	is(opens(w), ERR_CRYPT);
}

static void
data_put(struct world *w, const char *name, size_t len)
{
	uint8_t *p = calloc(1, len + 1);
	char path[96];

	assert_non_null(p);
	snprintf(path, sizeof(path), "%s/%s/data.mdb", w->path, name);
	file_put(path, p, len);
	free(p);
}

/* A file of two pages, and no root: nothing was ever stored */
static void
stillborn(void **state)
{
	static const char *const name[] = { "index", "bulk" };
	struct world *w = *state;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char path[96];

	for (unsigned i = 0; i < 2; i++) {
		struct stat st;
		snprintf(path, sizeof(path), "%s/%s", w->path, name[i]);
		for (size_t len = 0; len <= 2 * page; len += page) {
			kit_remove(w->path);
			assert_int_equal(mkdir(w->path, 0700), 0);
			assert_int_equal(mkdir(path, 0700), 0);
			data_put(w, name[i], len);
			fail_at(UNLINKAT, 1);
			is(opens(w), ERR_IO);
			fail_at(UNLINKAT, 0);
			ok(opens(w));
		}
		kit_remove(w->path);
		assert_int_equal(mkdir(w->path, 0700), 0);
		assert_int_equal(mkdir(path, 0700), 0);
		data_put(w, name[i], 2 * page + 1); /* there was something */
		assert_int_not_equal(opens(w), OK);
		strcat(path, "/data.mdb");
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_size, 2 * page + 1);
	}
}

/* Where there is a root, both were there and had more than that: what is gone
 * is not begun anew, with keys that are used up and another key to sign with */
static void
half_gone(void **state)
{
	static const char *const name[] = { "index", "bulk" };
	struct world *w = *state;
	struct sign_pk key = *store_key(w->s);
	long most = 2 * sysconf(_SC_PAGESIZE);
	char path[96], away[96];

	store_close(w->s);
	w->s = NULL;
	for (unsigned i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", w->path, name[i]);
		snprintf(away, sizeof(away), "%s/away", w->path);
		assert_int_equal(rename(path, away), 0);
		is(opens(w), ERR_CRYPT);
		is(opens(w), ERR_CRYPT); /* nor the second time */
		for (long len = 0; len <= most; len += most / 2) {
			data_put(w, name[i], (size_t)len);
			is(opens(w), ERR_CRYPT);
		}
		kit_remove(path);
		assert_int_equal(rename(away, path), 0);
		ok(opens(w));
		assert_true(sign_pk_equal(&key, store_key(w->s)));
		assert_true(store_has_keyset(w->s));
		store_close(w->s);
		w->s = NULL;
	}
}

static size_t
map_of(MDB_env *e)
{
	MDB_envinfo i;

	ok(lmdb_err(mdb_env_info(e, &i)));
	return i.me_mapsize;
}

/* As much as the disk could hold, within what a process has */
static void
maps(void **state)
{
	struct world *w = *state;

	disk = (struct statvfs){ .f_frsize = 4096, .f_bavail = 1u << 30,
		.f_blocks = 1 };
	ok(opens(w));
	assert_true(map_of(w->s->index) == (size_t)1 << 36);
	disk.f_blocks = ((uint64_t)1 << 40) / 4096 + 1;
	ok(opens(w));
	assert_true(map_of(w->s->index) == ((size_t)1 << 40) + (1u << 20));
#ifndef __SANITIZE_THREAD__ /* which takes most addresses for itself */
	disk.f_blocks = (uint64_t)1 << 50;
	ok(opens(w));
	assert_true(map_of(w->s->index) == (size_t)1 << 46);
#endif
	w->o.bulk_bytes = 4096;
	ok(opens(w));
	assert_true(map_of(w->s->bulk) == (size_t)1 << 32);
	w->o.bulk_bytes = ((uint64_t)1 << 33) + 1;
	ok(opens(w));
	assert_true(map_of(w->s->bulk) == ((size_t)1 << 34) + (1u << 20));
}

#define CASE(f, b) cmocka_unit_test_setup_teardown(f, b, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_call_of_the_first, begin_empty),
		CASE(each_call_of_a_later, begin),
		CASE(full_or_taken, begin_empty),
		CASE(whose_folder, begin_empty),
		CASE(other_format, begin_empty),
		CASE(older_keys, begin),
		CASE(stillborn, begin_empty),
		CASE(half_gone, begin),
		CASE(maps, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
