/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `holder rekey --to NEWHOME`: the whole casebook under new keys, in a new
 * folder: casebook key, every case key, the operational key. Who has the old
 * keys and an old copy keeps what they had, but opens nothing written from
 * then on. The old home stays as it is until a person removes it, so a cut
 * leaves nothing half done: the new keyring is written last.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "casebook_private.h"
#include "files.h"
#include "founding.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

/* The same ids, other keys */
static enum err
casekeys_renew(struct casebook *to, const struct casebook *from)
{
	if (from->casekeys == 0) {
		return casekeys_save(to);
	}
	secret_free(to->casekey);
	to->casekey = secret_new(from->casekeys * sizeof *to->casekey);
	if (to->casekey == NULL) {
		to->casekeys = to->casekeys_room = 0;
		return ERR_MEMORY;
	}
	memcpy(to->casekey, from->casekey, from->casekeys *
	    sizeof *to->casekey);
	to->casekeys = to->casekeys_room = from->casekeys;
	for (size_t i = 0; i < to->casekeys; i++) {
		randombytes_buf(to->casekey[i].key, CASE_KEY);
	}
	return casekeys_save(to);
}

static enum err
journal_copy(void *arg, uint64_t n, const json_t *event)
{
	(void)n;
	return journal_append(arg, event);
}

/* A record keeps its id: events name it */
static enum err
record_copy(struct casebook *to, const MDB_val *id, const MDB_val *old,
    const struct buf *plain)
{
	static const uint8_t own[KEY_ID];
	const uint8_t *p = old->mv_data;
	struct buf value = buf_new(RECORD_MAX + 65536);
	uint8_t ad[RECORD_ID + KEY_ID], key[CASE_KEY];
	MDB_val k = {RECORD_ID, ad}, v;
	enum err e = OK;

	memcpy(ad, id->mv_data, RECORD_ID);
	memcpy(ad + RECORD_ID, p, KEY_ID);
	buf_put(&value, p, KEY_ID);
	if (memcmp(p, own, KEY_ID) == 0) {
		memcpy(key, to->keys->records, CASE_KEY);
	} else {
		e = casekey_find(to, p, key);
	}
	if (e == OK) {
		e = value_seal(key, ad, sizeof ad, plain->p, plain->len,
		    &value);
	}
	if (e == OK) {
		v.mv_data = value.p;
		v.mv_size = value.len;
		e = err_of_lmdb(mdb_put(to->txn, to->records, &k, &v,
		    MDB_NOOVERWRITE));
	}
	secret_wipe(key, sizeof key);
	buf_free(&value);
	return e;
}

static enum err
records_copy(struct casebook *to, struct casebook *from)
{
	struct buf plain = buf_new_secret(RECORD_MAX);
	MDB_txn *txn = NULL;
	MDB_cursor *c = NULL;
	MDB_val k, v;
	int rc = mdb_txn_begin(from->env, NULL, MDB_RDONLY, &txn);
	enum err e = OK;

	if (rc == 0) {
		rc = mdb_cursor_open(txn, from->records, &c);
	}
	while (rc == 0 && e == OK &&
	    (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0) {
		buf_clear(&plain);
		e = k.mv_size != RECORD_ID ? ERR_FORMAT :
		    record_get(from, k.mv_data, &plain);
		if (e == ERR_UNKNOWN) { /* its key was destroyed: so is it */
			e = OK;
		} else if (e == OK) {
			e = record_copy(to, &k, &v, &plain);
		}
	}
	if (c != NULL) {
		mdb_cursor_close(c);
	}
	mdb_txn_abort(txn);
	buf_free(&plain);
	return e != OK ? e : rc == MDB_NOTFOUND ? OK : err_of_lmdb(rc);
}

static enum err
file_copy(int from, int to, const char *name)
{
	uint8_t piece[65536];
	int in = openat(from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int out = in < 0 ? -1 : openat(to, name, O_WRONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	enum err e = out < 0 ? ERR_IO : OK;
	ssize_t n = 0;

	while (e == OK && (n = read(in, piece, sizeof piece)) > 0) {
		e = fd_write(out, piece, (size_t)n);
	}
	if (e == OK && (n < 0 || fsync(out) != 0)) {
		e = ERR_IO;
	}
	if (in >= 0) {
		close(in);
	}
	if (out >= 0) {
		close(out);
	}
	return e;
}

static enum err
folder_copy(int from, int to)
{
	struct dirent **list = NULL;
	char path[64];
	int n;
	enum err e = OK;

	snprintf(path, sizeof path, "/proc/self/fd/%d", from);
	n = scandir(path, &list, NULL, alphasort);
	if (n < 0) {
		return ERR_IO;
	}
	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.' && e == OK) {
			e = file_copy(from, to, list[i]->d_name);
		}
		free(list[i]);
	}
	free(list);
	return e == OK ? folder_sync(to) : e;
}

static enum err
casebook_renew(struct desk *to, struct desk *from)
{
	struct casebook *b = NULL;
	enum err e = casebook_create(to->dir, to->home, to->ring->casebook);

	if (e == OK) {
		e = casebook_open(to->dir, to->home, to->ring->casebook, &b);
	}
	if (e == OK) {
		e = casekeys_renew(b, from->book);
	}
	if (e == OK) {
		e = casebook_begin(b);
	}
	if (e == OK) {
		e = journal_walk(from->book, journal_copy, b);
	}
	if (e == OK) {
		e = records_copy(b, from->book);
	}
	if (e == OK) {
		e = casebook_commit(b);
	}
	casebook_close(b);
	return e;
}

/* The ring of the new home: same person and weeks, other keys */
static enum err
ring_renew(struct desk *to, const struct desk *from, bool operational)
{
	day_t now = week_of(from->today);
	struct sign_pk pk;
	enum err e = OK;

	to->ring = keyring_new();
	if (to->ring == NULL) {
		return ERR_MEMORY;
	}
	memcpy(to->ring, from->ring, sizeof *to->ring);
	randombytes_buf(to->ring->casebook, sizeof to->ring->casebook);
	if (operational) {
		sign_keypair(to->ring->operational, &pk);
		/* What is sealed already needs its week, and weeks ahead are
		 * published: until the new blocks are, people seal to them */
		for (unsigned i = 0; e == OK && i < to->ring->weeks; i++) {
			if (to->ring->week[i].week >= now) {
				e = keyring_week_renew(to->ring,
				    to->ring->week[i].week);
			}
		}
	}
	return e;
}

/* The blocks of all weeks ahead, not of WEEKS_MADE only: made for a holiday
 * they reach further, and what the old key signed counts no more */
static enum err
blocks_renew(struct desk *to)
{
	struct org_blocks blocks = {NULL, 0, 0};
	day_t now = week_of(to->today);
	unsigned n = WEEKS_MADE;
	enum err e = blocks_load(to, &blocks);

	for (unsigned i = 0; i < to->ring->weeks; i++) {
		day_t week = to->ring->week[i].week;
		if (week >= now + 7 * (day_t)n) {
			n = (unsigned)(week - now) / 7 + 1;
		}
	}
	if (e == OK) {
		e = blocks_own(to, now, n, &blocks);
	}
	if (e == OK) {
		e = blocks_save(to, &blocks);
	}
	blocks_free(&blocks);
	return e;
}

enum err
home_rekey(struct desk *d, const char *path, bool operational)
{
	struct desk to = {.home = path, .passfile = d->passfile,
		.today = d->today, .dir = -1, .public = -1,
		.attachments = -1, .lock = -1};
	enum err e = desk_make(&to);

	if (e == OK) {
		e = passphrase_get(d->passfile, true, &to.pass, &to.passlen);
	}
	if (e == OK) {
		e = ring_renew(&to, d, operational);
	}
	if (e == OK) {
		e = folder_copy(d->public, to.public);
	}
	if (e == OK) {
		e = folder_copy(d->attachments, to.attachments);
	}
	if (e == OK) {
		e = casebook_renew(&to, d);
	}
	if (e == OK && operational) {
		e = blocks_renew(&to);
	}
	if (e == OK) { /* last: without it the folder is no home */
		e = keyringfile_save(&to);
	}
	if (e != OK) {
		say_error("the casebook was not moved: %s; %s is worth "
		    "nothing, remove it", err_text(e), path);
	}
	desk_close(&to);
	return e;
}
