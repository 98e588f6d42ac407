/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Signed public files and what is staged: named sequences of blobs in the
 * index. Areas: L live, P verified and waiting for the daily beat, S staged
 * by the courier (not verified). Content is public; it is sealed under the
 * state key like every record.
 */
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

#define BLOB_MAX 1048576u

static size_t file_key(char area, unsigned desk, const char *path,
    uint8_t out[2 + FILE_PATH_MAX])
{
	size_t len = strlen(path);

	out[0] = (uint8_t)area;
	out[1] = (uint8_t)desk;
	memcpy(out + 2, path, len);
	return 2 + len;
}

static enum err file_decode(const uint8_t *p, size_t len, struct file *f)
{
	struct reader in = reader_of(p, len);

	f->blob = reader_u64(&in);
	f->size = reader_u64(&in);
	reader_copy(&in, f->sha256, HASH_LEN);
	return reader_done(&in) ? OK : ERR_FORMAT;
}

enum err file_get(struct store *s, char area, unsigned desk,
    const char *path, struct file *f)
{
	uint8_t key[2 + FILE_PATH_MAX];
	struct buf b = buf_new(128);
	size_t klen;
	enum err r;

	if (strlen(path) >= FILE_PATH_MAX) {
		return ERR_UNKNOWN;
	}
	klen = file_key(area, desk, path, key);
	r = record_get(s, DB_FILE, key, klen, &b);
	if (r == OK) {
		r = file_decode(b.p, b.len, f);
	}
	buf_free(&b);
	return r;
}

enum err file_set(struct store *s, char area, unsigned desk,
    const char *path, const struct file *f)
{
	uint8_t key[2 + FILE_PATH_MAX];
	struct buf b = buf_new(128);
	enum err r;

	if (strlen(path) >= FILE_PATH_MAX) {
		return ERR_LIMIT;
	}
	buf_u64(&b, f->blob);
	buf_u64(&b, f->size);
	buf_put(&b, f->sha256, HASH_LEN);
	r = b.failed ? ERR_MEMORY :
		       record_put(s, DB_FILE, key,
			   file_key(area, desk, path, key), 0, b.p, b.len);
	buf_free(&b);
	return r;
}

static enum err blob_drop(struct store *s, uint64_t blob)
{
	uint8_t key[16] = { 0 };
	MDB_cursor *c = NULL;
	MDB_val k, v;
	enum err r;
	int rc;

	key_of(blob, key);
	if ((r = txn_need(s)) != OK ||
	    (r = lmdb_err(mdb_cursor_open(s->txn, s->dbi[DB_BLOB], &c))) !=
		OK) {
		return r;
	}
	do {
		k.mv_data = key;
		k.mv_size = sizeof(key);
		rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
		if (rc != 0 || key_value(k.mv_data) != blob) {
			break;
		}
		s->dirty = true;
		rc = mdb_cursor_del(c, 0);
	} while (rc == 0);
	mdb_cursor_close(c);
	return rc == 0 || rc == MDB_NOTFOUND ? OK : lmdb_err(rc);
}

enum err file_drop(struct store *s, char area, unsigned desk,
    const char *path, bool blob)
{
	uint8_t key[2 + FILE_PATH_MAX];
	struct file f;
	enum err r = file_get(s, area, desk, path, &f);

	if (r != OK) {
		return r == ERR_UNKNOWN ? OK : r;
	}
	if (blob && (r = blob_drop(s, f.blob)) != OK) {
		return r;
	}
	return record_del(s, DB_FILE, key, file_key(area, desk, path, key));
}

enum err file_append(struct store *s, const struct file *f,
    const uint8_t *p, size_t len)
{
	uint8_t key[16];
	enum err r = OK;
	uint64_t at = f->size;

	while (r == OK && len > 0) {
		size_t n = len < BLOB_MAX ? len : BLOB_MAX;

		key_of(f->blob, key);
		key_of(at, key + 8);
		r = record_put(s, DB_BLOB, key, sizeof(key), 0, p, n);
		p += n;
		at += n;
		len -= n;
	}
	return r;
}

enum err file_read(struct store *s, const struct file *f, uint64_t offset,
    size_t max, struct buf *out)
{
	uint8_t key[16];
	struct buf b = buf_new(BLOB_MAX + 1);
	MDB_cursor *c = NULL;
	MDB_val k = { sizeof(key), key }, v;
	enum err r;
	int rc;

	key_of(f->blob, key);
	key_of(offset, key + 8);
	if ((r = txn_need(s)) != OK ||
	    (r = lmdb_err(mdb_cursor_open(s->txn, s->dbi[DB_BLOB], &c))) !=
		OK) {
		goto out;
	}
	/* The blob that holds ${offset} starts at or before it. */
	rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
	if (rc == MDB_NOTFOUND) {
		rc = mdb_cursor_get(c, &k, &v, MDB_LAST);
	} else if (rc == 0 &&
	    (key_value(k.mv_data) != f->blob ||
		key_value((uint8_t *)k.mv_data + 8) > offset)) {
		rc = mdb_cursor_get(c, &k, &v, MDB_PREV);
	}
	while (rc == 0 && r == OK && max > 0 && offset < f->size) {
		uint64_t at;
		size_t skip, n;

		if (k.mv_size != 16 || key_value(k.mv_data) != f->blob) {
			r = ERR_CRYPT;
			break;
		}
		at = key_value((uint8_t *)k.mv_data + 8);
		buf_clear(&b);
		r = record_open(s, DB_BLOB, &k, &v, &b, NULL);
		if (r != OK) {
			break;
		}
		if (at > offset || offset - at >= b.len) {
			r = ERR_CRYPT;
			break;
		}
		skip = (size_t)(offset - at);
		n = b.len - skip < max ? b.len - skip : max;
		buf_put(out, b.p + skip, n);
		offset += n;
		max -= n;
		rc = mdb_cursor_get(c, &k, &v, MDB_NEXT);
	}
	if (r == OK && max > 0 && offset < f->size) {
		r = rc == MDB_NOTFOUND ? ERR_CRYPT : lmdb_err(rc);
	}
	if (r == OK && out->failed) {
		r = ERR_LIMIT;
	}
out:
	if (c != NULL) {
		mdb_cursor_close(c);
	}
	buf_free(&b);
	return r;
}

struct listing {
	struct store *s;
	char area;
	unsigned desk;
	struct file_name *name;
	size_t n;
};

static enum err list_one(void *arg, const MDB_val *key, const MDB_val *value)
{
	struct listing *l = arg;
	const uint8_t *p = key->mv_data;
	struct file_name *grown, *f;
	struct buf b = buf_new(128);
	enum err r;

	if (key->mv_size < 3 || key->mv_size >= 2 + FILE_PATH_MAX) {
		return ERR_FORMAT;
	}
	if (p[0] != (uint8_t)l->area || (l->desk != 0 && p[1] != l->desk)) {
		return OK;
	}
	grown = realloc(l->name, (l->n + 1) * sizeof(*grown));
	if (grown == NULL) {
		return ERR_MEMORY;
	}
	l->name = grown;
	f = &l->name[l->n];
	memset(f, 0, sizeof(*f));
	f->desk = p[1];
	memcpy(f->path, p + 2, key->mv_size - 2);
	r = record_open(l->s, DB_FILE, key, value, &b, NULL);
	if (r == OK) {
		r = file_decode(b.p, b.len, &f->file);
	}
	buf_free(&b);
	l->n += r == OK;
	return r;
}

enum err file_list(struct store *s, char area, unsigned desk,
    struct file_name **out, size_t *n)
{
	struct listing l = { s, area, desk, NULL, 0 };
	enum err r = record_walk(s, DB_FILE, list_one, &l);

	if (r != OK) {
		free(l.name);
		return r;
	}
	*out = l.name;
	*n = l.n;
	return OK;
}

enum err file_go_live(struct store *s, const struct file_name *f)
{
	enum err r;

	if ((r = file_drop(s, 'L', 0, f->path, true)) != OK ||
	    (r = file_set(s, 'L', 0, f->path, &f->file)) != OK) {
		return r;
	}
	s->now.version++;
	return OK;
}

static enum err keyset_load(struct store *s, char area, struct keyset **out)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct file f;
	enum err r;

	keyset_free(*out);
	*out = NULL;
	r = file_get(s, area, 0, "keyset.json", &f);
	if (r == OK) {
		r = file_read(s, &f, 0, KEYSET_MAX, &doc);
	}
	if (r == OK) {
		r = file_get(s, area, 0, "keyset.json.minisig", &f);
	}
	if (r == OK) {
		r = file_read(s, &f, 0, SIGN_TEXT_MAX, &sig);
	}
	if (r == OK) {
		/* whose it is was judged when it came; the one that is live
		 * may be of the identity before the one that waits */
		r = keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, out);
	}
	buf_free(&doc);
	buf_free(&sig);
	return r == ERR_UNKNOWN ? OK : r;
}

enum err keysets_load(struct store *s)
{
	enum err r = keyset_load(s, 'L', &s->keyset);

	return r == OK ? keyset_load(s, 'P', &s->next) : r;
}

/* What web serves */

enum err store_public(struct store *s, const char *path, struct buf *out)
{
	struct file f;
	enum err r = file_get(s, 'L', 0, path, &f);

	return r == OK ? file_read(s, &f, 0, (size_t)f.size, out) : r;
}

enum err store_public_range(struct store *s, const char *path,
    uint64_t offset, size_t max, struct buf *out, uint64_t *total)
{
	struct file f;
	enum err r = file_get(s, 'L', 0, path, &f);

	if (r == OK && offset > f.size) {
		r = ERR_LIMIT;
	}
	if (r == OK && offset < f.size && max > 0) {
		r = file_read(s, &f, offset, max, out);
	}
	if (r == OK) {
		*total = f.size;
	}
	return r;
}

uint64_t store_public_version(const struct store *s)
{
	return s->saved.version;
}

enum err store_public_list(struct store *s,
    enum err (*each)(void *arg, const char *path, uint64_t size), void *arg)
{
	struct file_name *name = NULL;
	size_t n = 0;
	enum err r = file_list(s, 'L', 0, &name, &n);

	for (size_t i = 0; r == OK && i < n; i++) {
		r = each(arg, name[i].path, name[i].file.size);
	}
	free(name);
	return r;
}
