/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The database under the casebook. LMDB keeps old pages until it reuses
 * them, so nothing but sealed values is ever given to it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "casebook_private.h"
#include "files.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

/* Address space, not disk: what the file may grow to */
#define MAP_SIZE ((size_t)16 << 30)

enum err
err_of_lmdb(int rc)
{
	switch (rc) {
	case 0:
		return OK;
	case MDB_NOTFOUND:
		return ERR_UNKNOWN;
	case MDB_MAP_FULL:
	case ENOSPC:
		return ERR_FULL;
	case ENOMEM:
		return ERR_MEMORY;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
		return ERR_FORMAT;
	default:
		return ERR_IO;
	}
}

enum err
value_seal(const uint8_t key[32], const void *ad, size_t adlen,
    const void *p, size_t len, struct buf *out)
{
	uint8_t nonce[SEAL_NONCE];
	size_t at = out->len;

	randombytes_buf(nonce, sizeof nonce);
	buf_put(out, nonce, sizeof nonce);
	buf_zeros(out, len + SEAL_TAG);
	if (out->failed) {
		return ERR_LIMIT;
	}
	crypto_aead_xchacha20poly1305_ietf_encrypt(out->p + at + SEAL_NONCE,
	    NULL, p, len, ad, adlen, NULL, nonce, key);
	return OK;
}

enum err
value_open(const uint8_t key[32], const void *ad, size_t adlen,
    const uint8_t *p, size_t len, struct buf *out)
{
	size_t at = out->len;

	if (len < SEAL_OVERHEAD) {
		return ERR_CRYPT;
	}
	buf_zeros(out, len - SEAL_OVERHEAD);
	if (out->failed) {
		return ERR_LIMIT;
	}
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
	    out->p == NULL ? NULL : out->p + at, NULL, NULL, p + SEAL_NONCE,
	    len - SEAL_NONCE, ad, adlen, p, key) != 0) {
		out->len = at;
		return ERR_CRYPT;
	}
	return OK;
}

static void
derive(uint8_t out[32], const uint8_t key[32], const char *label)
{
	crypto_generichash(out, 32, (const uint8_t *)label, strlen(label),
	    key, 32);
}

static enum err
environment(struct casebook *b, const char *home, unsigned flags)
{
	char path[4096];
	MDB_txn *txn = NULL;
	int rc;

	if (snprintf(path, sizeof path, "%s/casebook", home) >=
	    (int)sizeof path) {
		return ERR_LIMIT;
	}
	if ((rc = mdb_env_create(&b->env)) == 0 &&
	    (rc = mdb_env_set_maxdbs(b->env, 4)) == 0 &&
	    (rc = mdb_env_set_mapsize(b->env, MAP_SIZE)) == 0 &&
	    (rc = mdb_env_open(b->env, path, MDB_NOTLS, 0600)) == 0 &&
	    (rc = mdb_txn_begin(b->env, NULL, 0, &txn)) == 0 &&
	    (rc = mdb_dbi_open(txn, "journal", flags, &b->journal)) == 0 &&
	    (rc = mdb_dbi_open(txn, "records", flags, &b->records)) == 0) {
		rc = mdb_txn_commit(txn);
		txn = NULL;
	}
	mdb_txn_abort(txn);
	return err_of_lmdb(rc);
}

static enum err
book_new(int dir, const char *home, const uint8_t key[32], unsigned flags,
    struct casebook **out)
{
	struct casebook *b = calloc(1, sizeof *b);
	enum err e;

	if (b == NULL) {
		return ERR_MEMORY;
	}
	b->dir = dir;
	b->keys = secret_new(sizeof *b->keys);
	if (b->keys == NULL) {
		free(b);
		return ERR_MEMORY;
	}
	derive(b->keys->journal, key, LABEL_JOURNAL);
	derive(b->keys->records, key, LABEL_RECORDS);
	derive(b->keys->casekeys, key, LABEL_CASEKEYS);
	e = environment(b, home, flags);
	if (e != OK) {
		casebook_close(b);
		return e;
	}
	*out = b;
	return OK;
}

enum err
casebook_create(int dir, const char *home, const uint8_t key[32])
{
	struct casebook *b = NULL;
	enum err e;

	if (mkdirat(dir, "casebook", 0700) != 0) {
		return ERR_CONFLICT;
	}
	e = book_new(dir, home, key, MDB_CREATE, &b);
	if (e == OK) {
		e = casekeys_save(b);
	}
	casebook_close(b);
	return e;
}

enum err
casebook_open(int dir, const char *home, const uint8_t key[32],
    struct casebook **out)
{
	struct casebook *b = NULL;
	enum err e = book_new(dir, home, key, 0, &b);

	if (e == OK) {
		e = casekeys_load(b);
	}
	if (e != OK) {
		casebook_close(b);
		return e;
	}
	*out = b;
	return OK;
}

void
casebook_close(struct casebook *b)
{
	if (b == NULL) {
		return;
	}
	casebook_abort(b);
	if (b->env != NULL) {
		mdb_env_close(b->env);
	}
	secret_free(b->keys);
	secret_free(b->casekey);
	free(b);
}

void
casebook_asides_erase(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (list != NULL && (entry = readdir(list)) != NULL) {
		if (strncmp(entry->d_name, "casekeys.before-", 16) == 0) {
			file_erase(dir, entry->d_name);
		} else if (strncmp(entry->d_name, "casebook.before-",
		    16) == 0) {
			folder_remove(dir, entry->d_name);
		}
	}
	if (list != NULL) {
		closedir(list);
	} else if (fd >= 0) {
		close(fd);
	}
}

void
casebook_forget(struct casebook *b)
{
	secret_free(b->keys);
	secret_free(b->casekey);
	b->keys = NULL;
	b->casekey = NULL;
	b->casekeys = 0;
}

enum err
casebook_begin(struct casebook *b)
{
	return b->txn != NULL ? ERR_USAGE :
	    err_of_lmdb(mdb_txn_begin(b->env, NULL, 0, &b->txn));
}

enum err
casebook_commit(struct casebook *b)
{
	MDB_txn *txn = b->txn;
	enum err e;

	if (txn == NULL) {
		return ERR_USAGE;
	}
	if (b->length != b->committed && (e = journal_head_put(b)) != OK) {
		casebook_abort(b);
		return e;
	}
	b->txn = NULL;
	e = err_of_lmdb(mdb_txn_commit(txn));
	if (e == OK) {
		b->committed = b->length;
		memcpy(b->committed_head, b->head, HASH_LEN);
		if (!b->ended && b->length > 0) {
			b->ended = true; /* from now on a head is wanted */
			b->ended = casekeys_save(b) == OK;
		}
	} else {
		b->length = b->committed;
		memcpy(b->head, b->committed_head, HASH_LEN);
	}
	return e;
}

void
casebook_abort(struct casebook *b)
{
	if (b->txn != NULL) {
		mdb_txn_abort(b->txn);
		b->txn = NULL;
		b->length = b->committed;
		memcpy(b->head, b->committed_head, HASH_LEN);
	}
}

enum err
record_put(struct casebook *b, const uint8_t *key, const void *p,
    size_t len, uint8_t id[RECORD_ID])
{
	static const uint8_t own[KEY_ID];
	struct buf value = buf_new(RECORD_MAX);
	uint8_t ad[RECORD_ID + KEY_ID], casekey[CASE_KEY];
	MDB_val k = {RECORD_ID, ad}, v;
	enum err e = OK;

	randombytes_buf(ad, RECORD_ID);
	memcpy(ad + RECORD_ID, key == NULL ? own : key, KEY_ID);
	buf_put(&value, ad + RECORD_ID, KEY_ID);
	if (key != NULL) {
		e = casekey_find(b, key, casekey);
	}
	if (e == OK) {
		e = value_seal(key == NULL ? b->keys->records : casekey, ad,
		    sizeof ad, p, len, &value);
	}
	if (e == OK) {
		v.mv_data = value.p;
		v.mv_size = value.len;
		e = b->txn == NULL ? ERR_USAGE : err_of_lmdb(mdb_put(b->txn,
		    b->records, &k, &v, MDB_NOOVERWRITE));
	}
	if (e == OK) {
		memcpy(id, ad, RECORD_ID);
	}
	secret_wipe(casekey, sizeof casekey);
	buf_free(&value);
	return e;
}

static enum err
record_open(struct casebook *b, const uint8_t id[RECORD_ID],
    const MDB_val *v, struct buf *out)
{
	static const uint8_t own[KEY_ID];
	uint8_t ad[RECORD_ID + KEY_ID], casekey[CASE_KEY];
	const uint8_t *p = v->mv_data;
	enum err e = OK;
	bool mine;

	if (v->mv_size < KEY_ID) {
		return ERR_CRYPT;
	}
	memcpy(ad, id, RECORD_ID);
	memcpy(ad + RECORD_ID, p, KEY_ID);
	mine = memcmp(p, own, KEY_ID) == 0;
	if (!mine) {
		e = casekey_find(b, p, casekey);
	}
	if (e == OK) {
		e = value_open(mine ? b->keys->records : casekey, ad,
		    sizeof ad, p + KEY_ID, v->mv_size - KEY_ID, out);
	}
	secret_wipe(casekey, sizeof casekey);
	return e;
}

enum err
record_get(struct casebook *b, const uint8_t id[RECORD_ID], struct buf *out)
{
	MDB_txn *txn = b->txn;
	uint8_t key[RECORD_ID];
	MDB_val k = {RECORD_ID, key}, v;
	enum err e;

	memcpy(key, id, RECORD_ID);
	if (txn == NULL) {
		e = err_of_lmdb(mdb_txn_begin(b->env, NULL, MDB_RDONLY, &txn));
		if (e != OK) {
			return e;
		}
	}
	e = err_of_lmdb(mdb_get(txn, b->records, &k, &v));
	if (e == OK) {
		e = record_open(b, id, &v, out);
	}
	if (txn != b->txn) {
		mdb_txn_abort(txn);
	}
	return e;
}

bool
record_lost(enum err e)
{
	return e == ERR_CRYPT || e == ERR_UNKNOWN || e == ERR_FORMAT ||
	    e == ERR_LIMIT || e == ERR_VERSION;
}

/* The records that events name, in the order of their keys */
struct named {
	uint8_t (*id)[RECORD_ID];
	size_t count, room;
};

static enum err
name_add(void *arg, uint64_t at, const json_t *event)
{
	struct named *n = arg;

	(void)at;
	if (json_object_get(event, "record") == NULL) {
		return OK;
	}
	if (n->count == n->room) {
		void *more = reallocarray(n->id, n->room + 1024,
		    sizeof *n->id);
		if (more == NULL) {
			return ERR_MEMORY;
		}
		n->id = more;
		n->room += 1024;
	}
	return json_hex_field(event, "record", n->id[n->count++], RECORD_ID);
}

static int
id_order(const void *a, const void *b)
{
	return memcmp(a, b, RECORD_ID);
}

static enum err
names_read(struct casebook *b, struct named *n)
{
	size_t kept = 0;
	enum err e = journal_walk(b, name_add, n);

	if (n->count > 0) {
		qsort(n->id, n->count, sizeof *n->id, id_order);
	}
	for (size_t i = 0; i < n->count; i++) {
		if (i == 0 || id_order(n->id[i], n->id[kept - 1]) != 0) {
			memmove(n->id[kept++], n->id[i], RECORD_ID);
		}
	}
	n->count = kept;
	return e;
}

enum err
casebook_check(struct casebook *b, uint64_t *records, uint64_t *destroyed)
{
	struct named named = {NULL, 0, 0};
	struct buf plain = buf_new_secret(RECORD_MAX);
	MDB_txn *txn = NULL;
	MDB_cursor *c = NULL;
	MDB_val k, v;
	int rc = mdb_txn_begin(b->env, NULL, MDB_RDONLY, &txn);
	enum err e = names_read(b, &named);

	*records = *destroyed = 0;
	if (rc == 0) {
		rc = mdb_cursor_open(txn, b->records, &c);
	}
	while (rc == 0 && e == OK &&
	    (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0) {
		buf_clear(&plain);
		/* each one is the next that the journal names */
		e = k.mv_size != RECORD_ID || *records == named.count ||
		    id_order(k.mv_data, named.id[*records]) != 0 ?
		    ERR_CHAIN : record_open(b, k.mv_data, &v, &plain);
		++*records;
		if (e == ERR_UNKNOWN) {
			++*destroyed;
			e = OK;
		}
	}
	if (c != NULL) {
		mdb_cursor_close(c);
	}
	mdb_txn_abort(txn);
	buf_free(&plain);
	if (e == OK) {
		e = rc != MDB_NOTFOUND ? err_of_lmdb(rc) :
		    *records != named.count ? ERR_CHAIN : OK;
	}
	free(named.id);
	return e;
}

enum err
casebook_copy(struct casebook *b, int fd)
{
	return err_of_lmdb(mdb_env_copyfd2(b->env, fd, MDB_CP_COMPACT));
}
