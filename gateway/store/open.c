/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Opening and closing the store's folder: ours alone, one process at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meldluik/secret.h"
#include "store_private.h"

static enum err folder_open(struct store *s)
{
	struct stat st;

	if (mkdir(s->path, 0700) != 0 && errno != EEXIST) {
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	s->dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0 || fstat(s->dir, &st) != 0) {
		return ERR_IO;
	}
	if ((st.st_mode & 077) != 0 || st.st_uid != geteuid()) {
		return ERR_POLICY;
	}
	s->lock = openat(s->dir, "lock",
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0) {
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	if (flock(s->lock, LOCK_EX | LOCK_NB) != 0) {
		return errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
	}
	return OK;
}

/* Before any key is read: is there a store, and one this program knows? */
static enum err format_read(struct store *s, bool *there)
{
	MDB_val key = { 6, (void *)(uintptr_t)"format" }, v;
	static const uint8_t ours[4] = { 0, 0, 0, STORE_FORMAT };
	enum err r;

	if ((r = txn_need(s)) != OK) {
		return r;
	}
	r = lmdb_err(mdb_get(s->txn, s->dbi[DB_STATE], &key, &v));
	*there = r == OK;
	if (r == OK && (v.mv_size != 4 || memcmp(v.mv_data, ours, 4) != 0)) {
		r = ERR_VERSION;
	}
	return r == ERR_UNKNOWN ? OK : r;
}

static enum err content_open(struct store *s)
{
	bool there = false;
	enum err r;

	if ((r = badpage_catch()) != OK || (r = envs_open(s)) != OK ||
	    (r = format_read(s, &there)) != OK ||
	    (r = record_keys_open(s->dir, !there, &s->keys)) != OK) {
		return r;
	}
	if (!there && (r = state_create(s)) != OK) {
		return r;
	}
	if ((r = state_load(s)) != OK) {
		return r;
	}
	if (s->now.next_key > record_keys_end(s->keys)) {
		return ERR_CRYPT; /* an older key file than the index */
	}
	store_abort(s);
	/* The copy of the index can take hours: the daily batch makes it */
	return (s->now.erase_due & 2) != 0 ? erase_keys(s) : OK;
}

enum err store_open(const struct store_options *o, struct store **out)
{
	struct store *s = calloc(1, sizeof(*s));
	enum err r = ERR_MEMORY;
	long helpers;

	if (s == NULL) {
		return ERR_MEMORY;
	}
	s->o = *o;
	s->upload_keys = UPLOAD_KEYS_MAX;
	s->text_keys = RECORD_KEYS_MAX;
	s->dir = s->lock = -1;
	s->path = strdup(o->path);
	s->sign_sk = secret_new(SIGN_SK);
	if (o->fingerprint != NULL) {
		s->fingerprint = strdup(o->fingerprint);
	}
	helpers = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	if (s->path == NULL || s->sign_sk == NULL ||
	    crew_new(helpers > 0 ? (unsigned)helpers : 0, true, &s->crew) !=
		OK ||
	    crew_new(1, false, &s->writer) != OK ||
	    flight_new(&s->flight) != OK || puts_new(&s->puts) != OK ||
	    (o->fingerprint != NULL && s->fingerprint == NULL)) {
		goto out;
	}
	s->o.path = s->path;
	s->o.fingerprint = s->fingerprint;
	if ((r = folder_open(s)) != OK || (r = content_open(s)) != OK) {
		goto out;
	}
	(void)ballast_keep(s); /* a full disk must not keep us from starting */
	*out = s;
	s = NULL; /* transferred */
out:
	store_close(s);
	return r;
}

void store_close(struct store *s)
{
	if (s == NULL) {
		return;
	}
	if (s->flush.going) {
		work_wait(s->writer, &s->flush.work);
		s->flush.going = false;
	}
	puts_free(s);
	flight_free(s);
	crew_free(s->crew);
	crew_free(s->writer);
	envs_close(s);
	record_keys_free(s->keys);
	keyset_free(s->keyset);
	keyset_free(s->next);
	secret_free(s->sign_sk);
	free(s->week);
	free(s->session);
	if (s->lock >= 0) {
		close(s->lock);
	}
	if (s->dir >= 0) {
		close(s->dir);
	}
	free(s->path);
	free(s->fingerprint);
	free(s);
}

void store_alive(struct store *s, void (*alive)(void *arg), void *arg)
{
	s->alive = alive;
	s->alive_arg = arg;
}

void store_today(struct store *s, day_t today)
{
	s->today = today;
}

const struct sign_pk *store_key(const struct store *s)
{
	return &s->pk;
}

uint64_t store_generation(const struct store *s)
{
	return s->generation;
}

bool store_has_keyset(const struct store *s)
{
	return s->keyset != NULL;
}

const struct keyset *store_keyset(const struct store *s)
{
	return s->keyset;
}
