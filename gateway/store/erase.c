/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The second half of erasure, after the records left the index: their keys
 * are destroyed, orphan parts freed, and the index is written anew without
 * its free pages. What is alive is found by looking, not by remembering, so
 * a crash at any step is finished by the next start or the next day.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "store_private.h"

struct numbers {
	uint64_t *v;
	size_t n, cap;
};

static enum err numbers_add(struct numbers *a, uint64_t v)
{
	uint64_t *grown;

	if (a->n == a->cap) {
		grown = realloc(a->v, (a->cap * 2 + 256) * sizeof(*grown));
		if (grown == NULL) {
			return ERR_MEMORY;
		}
		a->v = grown;
		a->cap = a->cap * 2 + 256;
	}
	a->v[a->n++] = v;
	return OK;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static enum err number_of_value(void *arg, const MDB_val *key,
    const MDB_val *value)
{
	(void)key;
	return value->mv_size < 8 ? ERR_FORMAT :
				    numbers_add(arg, key_value(value->mv_data));
}

static enum err number_of_part(void *arg, const MDB_val *key,
    const MDB_val *value)
{
	struct numbers *a = arg;
	uint64_t v;

	(void)value;
	if (key->mv_size != 12) {
		return ERR_FORMAT;
	}
	v = key_value(key->mv_data);
	return a->n > 0 && a->v[a->n - 1] == v ? OK : numbers_add(a, v);
}

static enum err live_keys(struct store *s, struct numbers *live)
{
	enum err r;

	if ((r = record_walk(s, DB_ENVELOPE, number_of_value, live)) != OK ||
	    (r = record_walk(s, DB_UPLOAD, number_of_value, live)) != OK ||
	    (r = record_walk(s, DB_CHAIN, number_of_value, live)) != OK) {
		return r;
	}
	if (live->n > 0) {
		qsort(live->v, live->n, sizeof(*live->v), by_value);
	}
	return OK;
}

/* Parts of erased envelopes, and of commits that a crash cut in half */
static enum err parts_sweep(struct store *s, const struct numbers *live)
{
	struct numbers held = { 0 };
	enum err r = record_walk(s, DB_PARTS, number_of_part, &held);

	for (size_t i = 0; r == OK && i < held.n; i++) {
		if (live->n == 0 ||
		    bsearch(&held.v[i], live->v, live->n, sizeof(*live->v),
			by_value) == NULL) {
			r = parts_delete(s, held.v[i]);
		}
	}
	free(held.v);
	return r;
}

struct copying {
	MDB_env *env;
	int fd;
	enum err err;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	bool done;
};

static void *copy(void *arg)
{
	struct copying *c = arg;

	c->err = lmdb_err(mdb_env_copyfd2(c->env, c->fd, MDB_CP_COMPACT));
	if (c->err == OK && fsync(c->fd) != 0) {
		c->err = errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	pthread_mutex_lock(&c->lock);
	c->done = true;
	pthread_cond_signal(&c->ended);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Of a large index on a slow disk it takes longer than the monitor waits for
 * a word: on a thread of its own, so that the caller can be heard. */
static enum err copy_patiently(struct store *s, struct copying *c)
{
	struct timespec until;
	pthread_t thread;

	if (pthread_create(&thread, NULL, copy, c) != 0) {
		copy(c);
		return c->err;
	}
	pthread_mutex_lock(&c->lock);
	while (!c->done) {
		if (s->alive != NULL) {
			s->alive(s->alive_arg);
		}
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		pthread_cond_clockwait(&c->ended, &c->lock, CLOCK_MONOTONIC,
		    &until);
	}
	pthread_mutex_unlock(&c->lock);
	pthread_join(thread, NULL);
	return c->err;
}

struct looking {
	struct store *s;
	unsigned values;
};

static enum err look(void *arg, const MDB_val *key, const MDB_val *value)
{
	struct looking *l = arg;

	(void)key;
	if (l->s->alive != NULL && ++l->values % 256 == 0) {
		l->s->alive(l->s->alive_arg);
	}
	return value_there(value->mv_data, value->mv_size) ? OK : ERR_CRYPT;
}

/* A value that the disk cannot give would end the process in the middle of
 * the copy, each day anew. */
static enum err index_there(struct store *s)
{
	struct looking l = { s, 0 };
	enum err r = OK;

	for (unsigned d = 0; r == OK && d < DB_PARTS; d++) {
		r = record_walk(s, (enum db)d, look, &l);
	}
	store_abort(s);
	return r;
}

static enum err index_copy(struct store *s, int dir)
{
	struct copying c = { .env = s->index, .fd = -1, .err = OK,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.ended = PTHREAD_COND_INITIALIZER };

	if (!space_copy(s)) {
		return ERR_FULL;
	}
	c.fd = openat(dir, "data.new",
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (c.fd < 0) {
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	c.err = copy_patiently(s, &c);
	close(c.fd);
	if (c.err != OK) {
		(void)unlinkat(dir, "data.new", 0);
	}
	return c.err;
}

static enum err index_compact(struct store *s)
{
	enum err r = index_there(s);
	int dir = r != OK ? -1 :
	    openat(s->dir, "index", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0) {
		return r != OK ? r : ERR_IO;
	}
	if ((r = index_copy(s, dir)) != OK) {
		goto out;
	}
	envs_close(s);
	if (renameat(dir, "data.new", dir, "data.mdb") != 0 ||
	    fsync(dir) != 0) {
		r = ERR_IO;
	}
	if (envs_open(s) != OK) {
		r = ERR_IO; /* every later call answers ERR_IO */
	}
out:
	close(dir);
	return r;
}

enum err erase_keys(struct store *s)
{
	struct numbers live = { 0 };
	enum err r = live_keys(s, &live);

	if (r == OK) {
		r = record_keys_rotate(s->keys, live.v, live.n,
		    s->now.next_key);
	}
	if (r == OK) {
		r = parts_sweep(s, &live);
	}
	free(live.v);
	if (r == OK) {
		s->now.erase_due &= 1;
		r = state_beat(s);
	}
	if (r != OK) {
		store_abort(s);
		return r;
	}
	return store_commit(s);
}

enum err erase_finish(struct store *s)
{
	enum err r = erase_keys(s);

	if (r != OK || s->now.erase_due == 0) {
		return r;
	}
	if ((r = index_compact(s)) != OK) {
		/* No room for a copy, or a record that cannot be read: the
		 * keys are gone all the same, and it is made on the next day
		 * that has room, or when that record is gone. */
		return r == ERR_FULL || r == ERR_CRYPT ? OK : r;
	}
	s->now.erase_due = 0;
	if ((r = state_beat(s)) != OK) {
		store_abort(s);
		return r;
	}
	return store_commit(s);
}
