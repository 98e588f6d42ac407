/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The two LMDB environments: made, opened, closed. Durable defaults only:
 * never NOSYNC, WRITEMAP or NOMEMINIT.
 *
 * NOLOCK: the folder's own lock keeps other processes out, here is one
 * transaction at a time, and without LMDB's lock another thread may commit
 * what this one wrote.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store_private.h"

/* Address space, not disk: as much as there can be texts, and no more than
 * half of what a process has */
#define INDEX_MAP_MIN ((uint64_t)1 << 36)
#define INDEX_MAP_MAX ((uint64_t)1 << 46)
#define BULK_MAP_MIN ((size_t)1 << 32)

static const char *const db_name[DB_COUNT] = { "state", "envelope", "text",
	"hash", "fresh", "chain", "upload", "file", "blob", "week", "parts" };

/* The names of new files are lost in a power cut without it */
static enum err folder_sync(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err r = fd >= 0 && fsync(fd) == 0 ? OK : ERR_IO;

	if (fd >= 0) {
		close(fd);
	}
	return r;
}

/*
 * LMDB writes the two pages of a new file without a sync: a power cut may
 * leave one of them or none, which it never opens again. Nothing was stored
 * as long as the file has only these and there is no root of record keys,
 * which comes later. Such a file is removed, and made anew. Where there is a
 * root, the file had more, and is gone: begun anew it would take the keys of
 * what it held once more, and say nothing.
 */
static enum err stillborn_remove(struct store *s, const char *name)
{
	char path[64];
	struct stat st;
	bool there = true;

	(void)snprintf(path, sizeof(path), "%s/data.mdb", name);
	if (fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT) {
			return ERR_IO;
		}
		there = false;
	}
	if (there && st.st_size > 2 * sysconf(_SC_PAGESIZE)) {
		return OK;
	}
	if (faccessat(s->dir, "root.bin", F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		return ERR_CRYPT;
	}
	return !there || unlinkat(s->dir, path, 0) == 0 ? OK : ERR_IO;
}

static enum err env_open(struct store *s, const char *name, size_t map,
    MDB_env **out)
{
	char path[4096];
	MDB_env *env = NULL;
	enum err r;

	if (mkdirat(s->dir, name, 0700) != 0 && errno != EEXIST) {
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	if ((r = stillborn_remove(s, name)) != OK) {
		return r;
	}
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", s->path, name) >=
	    sizeof(path)) {
		return ERR_LIMIT;
	}
	if ((r = lmdb_err(mdb_env_create(&env))) != OK) {
		return r;
	}
	r = lmdb_err(mdb_env_set_maxdbs(env, DB_COUNT));
	if (r == OK) {
		r = lmdb_err(mdb_env_set_mapsize(env, map));
	}
	if (r == OK) {
		r = lmdb_err(mdb_env_open(env, path,
		    MDB_NOTLS | MDB_NOLOCK, 0600));
	}
	/* Before the first transaction makes the file longer; LMDB does not */
	if (r == OK) {
		r = lmdb_err(mdb_env_sync(env, 1));
	}
	if (r == OK) {
		r = folder_sync(s->dir, name);
	}
	if (r != OK) {
		mdb_env_close(env);
		return r;
	}
	*out = env;
	return OK;
}

/* Databases ${from} up to ${to}, made where they are not there */
static enum err dbis_open(struct store *s, MDB_env *env, unsigned from,
    unsigned to)
{
	MDB_txn *txn = NULL;
	enum err r = lmdb_err(mdb_txn_begin(env, NULL, 0, &txn));

	for (unsigned d = from; r == OK && d < to; d++) {
		r = lmdb_err(mdb_dbi_open(txn, db_name[d], MDB_CREATE,
		    &s->dbi[d]));
	}
	if (r != OK) {
		mdb_txn_abort(txn);
		return r;
	}
	return lmdb_err(mdb_txn_commit(txn));
}

static size_t index_map(const struct store *s)
{
	struct statvfs v;
	uint64_t disk = fstatvfs(s->dir, &v) == 0 ?
	    (uint64_t)v.f_blocks * v.f_frsize : 0;

	if (disk < INDEX_MAP_MIN) {
		return (size_t)INDEX_MAP_MIN;
	}
	if (disk > INDEX_MAP_MAX) {
		return (size_t)INDEX_MAP_MAX;
	}
	return (size_t)((disk + 0xfffff) & ~(uint64_t)0xfffff);
}

enum err envs_open(struct store *s)
{
	/* Twice what may be kept: long values need pages in a row. */
	size_t bulk = (size_t)s->o.bulk_bytes * 2;
	enum err r;

	if (bulk < BULK_MAP_MIN) {
		bulk = BULK_MAP_MIN;
	}
	bulk = (bulk + 0xfffff) & ~(size_t)0xfffff;
	if ((r = env_open(s, "index", index_map(s), &s->index)) != OK ||
	    (r = env_open(s, "bulk", bulk, &s->bulk)) != OK ||
	    (r = dbis_open(s, s->index, 0, DB_PARTS)) != OK ||
	    (r = dbis_open(s, s->bulk, DB_PARTS, DB_COUNT)) != OK) {
		envs_close(s);
		return r;
	}
	return fsync(s->dir) == 0 ? OK : ERR_IO;
}

void envs_close(struct store *s)
{
	if (s->txn != NULL) {
		mdb_txn_abort(s->txn);
	}
	if (s->btxn != NULL) {
		mdb_txn_abort(s->btxn);
	}
	if (s->index != NULL) {
		mdb_env_close(s->index);
	}
	if (s->bulk != NULL) {
		mdb_env_close(s->bulk);
	}
	s->txn = s->btxn = NULL;
	s->index = s->bulk = NULL;
}
