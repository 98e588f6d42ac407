/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelopes at rest: an entry (hash, size, day, week), the body in the index
 * (smallest class) or as parts in bulk, both under one record key, and a
 * hidden lookup key made from the hash.
 */
#include <string.h>

#include "store_private.h"

#define ENTRY_MAX 256u

enum err entry_put(struct store *s, const struct entry *e)
{
	uint8_t key[8];
	struct buf b = buf_new(ENTRY_MAX);
	enum err r;

	key_of(e->number, key);
	buf_put(&b, e->sha256, HASH_LEN);
	buf_u64(&b, e->keyno);
	buf_u64(&b, e->size);
	buf_u32(&b, (uint32_t)e->day);
	buf_u32(&b, (uint32_t)e->week);
	buf_u64(&b, e->listed);
	buf_u32(&b, (uint32_t)e->confirmed);
	buf_u8(&b, e->bulk);
	buf_u64(&b, e->bulk_bytes);
	r = b.failed ? ERR_MEMORY :
		       record_put(s, DB_ENVELOPE, key, 8, e->keyno, b.p,
			   b.len);
	buf_free(&b);
	return r;
}

enum err entry_decode(const uint8_t *p, size_t len, struct entry *e)
{
	struct reader in = reader_of(p, len);
	uint8_t bulk;

	reader_copy(&in, e->sha256, HASH_LEN);
	e->keyno = reader_u64(&in);
	e->size = reader_u64(&in);
	e->day = (day_t)reader_u32(&in);
	e->week = (day_t)reader_u32(&in);
	e->listed = reader_u64(&in);
	e->confirmed = (day_t)reader_u32(&in);
	bulk = reader_u8(&in);
	e->bulk = bulk == 1;
	e->bulk_bytes = reader_u64(&in);
	return reader_done(&in) && bulk <= 1 ? OK : ERR_FORMAT;
}

enum err entry_get(struct store *s, uint64_t number, struct entry *e)
{
	uint8_t key[8];
	struct buf b = buf_new(ENTRY_MAX);
	enum err r;

	key_of(number, key);
	r = record_get(s, DB_ENVELOPE, key, 8, &b);
	if (r == OK) {
		e->number = number;
		r = entry_decode(b.p, b.len, e);
	}
	buf_free(&b);
	return r;
}

enum err entry_find(struct store *s, const uint8_t sha256[HASH_LEN],
    struct entry *e)
{
	uint8_t key[32];
	MDB_val k = { sizeof(key), key }, v;
	enum err r;

	key_hidden(s, "envelope", sha256, HASH_LEN, key);
	if ((r = txn_need(s)) != OK ||
	    (r = lmdb_err(mdb_get(s->txn, s->dbi[DB_HASH], &k, &v))) != OK) {
		return r;
	}
	if (v.mv_size != 8) {
		return ERR_FORMAT;
	}
	return entry_get(s, key_value(v.mv_data), e);
}

/* Entry, lookup key and the mark "not listed"; the body is there already.
 * A number of 0 is taken here. */
enum err entry_add(struct store *s, struct entry *e)
{
	uint8_t hidden[32], key[8];
	MDB_val k = { sizeof(hidden), hidden }, v = { 8, key };
	MDB_val fresh = { 8, key }, none = { 0, key };
	enum err r;

	if (e->number == 0) {
		e->number = s->now.next_number++;
	}
	e->day = s->today;
	e->listed = 0;
	e->confirmed = DAY_NONE;
	key_of(e->number, key);
	key_hidden(s, "envelope", e->sha256, HASH_LEN, hidden);
	if ((r = entry_put(s, e)) != OK ||
	    (r = lmdb_err(mdb_put(s->txn, s->dbi[DB_HASH], &k, &v, 0))) !=
		OK) {
		return r;
	}
	s->now.bulk_used += e->bulk_bytes;
	return lmdb_err(mdb_put(s->txn, s->dbi[DB_FRESH], &fresh, &none, 0));
}

enum err entry_delete(struct store *s, const struct entry *e)
{
	uint8_t hidden[32], key[8];
	enum err r;

	key_of(e->number, key);
	key_hidden(s, "envelope", e->sha256, HASH_LEN, hidden);
	if ((r = record_del(s, DB_ENVELOPE, key, 8)) != OK ||
	    (r = record_del(s, DB_HASH, hidden, sizeof(hidden))) != OK) {
		return r;
	}
	if (!e->bulk) {
		return record_del(s, DB_TEXT, key, 8);
	}
	s->now.bulk_used -= e->bulk_bytes;
	return parts_delete(s, e->keyno);
}

enum err receipt_of(const struct store *s, const struct entry *e,
    struct receipt *doc)
{
	if (s->keyset == NULL) {
		return ERR_STALE;
	}
	memset(doc, 0, sizeof(*doc));
	doc->generation = s->generation;
	doc->day = e->day;
	memcpy(doc->org, s->keyset->org, ORG_LEN);
	memcpy(doc->envelope, e->sha256, HASH_LEN);
	week_text(e->week, doc->epoch);
	return OK;
}

enum err receipt_sign(const struct receipt *doc, const uint8_t sk[SIGN_SK],
    struct store_receipt *out)
{
	struct buf b = buf_new(sizeof(out->note) - 1);
	enum err r = receipt_make_sk(doc, sk, &b);

	if (r == OK) {
		memcpy(out->note, b.p, b.len);
		out->note[b.len] = '\0';
		out->len = b.len;
	}
	buf_free(&b);
	return r;
}

enum err entry_receipt(struct store *s, const struct entry *e,
    struct store_receipt *out)
{
	struct receipt doc;
	enum err r = receipt_of(s, e, &doc);

	return r == OK ? receipt_sign(&doc, s->sign_sk, out) : r;
}

/* Parts */

void part_key(uint64_t keyno, uint32_t number, uint8_t out[12])
{
	key_of(keyno, out);
	out[8] = (uint8_t)(number >> 24);
	out[9] = (uint8_t)(number >> 16);
	out[10] = (uint8_t)(number >> 8);
	out[11] = (uint8_t)number;
}

enum err part_put(struct store *s, uint64_t keyno, uint32_t number,
    const uint8_t *p, size_t len, uint64_t *bulk_bytes)
{
	uint8_t key[12];
	enum err r;

	part_key(keyno, number, key);
	r = record_put(s, DB_PARTS, key, sizeof(key), keyno, p, len);
	if (r == OK) {
		*bulk_bytes += record_padded(len);
	}
	return r;
}

static uint32_t part_number(const MDB_val *key)
{
	const uint8_t *p = key->mv_data;

	return (uint32_t)p[8] << 24 | (uint32_t)p[9] << 16 |
	    (uint32_t)p[10] << 8 | p[11];
}

enum err parts_delete(struct store *s, uint64_t keyno)
{
	uint8_t key[12];
	MDB_cursor *c = NULL;
	MDB_val k, v;
	enum err r;
	int rc;

	part_key(keyno, 0, key);
	if ((r = btxn_need(s)) != OK ||
	    (r = lmdb_err(mdb_cursor_open(s->btxn, s->dbi[DB_PARTS], &c))) !=
		OK) {
		return r;
	}
	/* Sought anew each time: where a cursor stands after a deletion at
	 * the end of a page differs between LMDB versions. */
	do {
		k.mv_data = key;
		k.mv_size = sizeof(key);
		rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
		if (rc != 0 || key_value(k.mv_data) != keyno) {
			break;
		}
		if (!value_there(v.mv_data, 1)) { /* as record_del */
			part_key(keyno, part_number(&k) + 1, key);
			continue;
		}
		s->dirty = s->bdirty = true;
		rc = mdb_cursor_del(c, 0);
	} while (rc == 0);
	mdb_cursor_close(c);
	return rc == 0 || rc == MDB_NOTFOUND ? OK : lmdb_err(rc);
}

static enum err text_read(struct store *s, const struct entry *e,
    uint64_t offset, size_t max, struct buf *out)
{
	uint8_t key[8];
	struct buf b = buf_new(ENVELOPE_TEXT_SIZE + 1);
	enum err r;

	key_of(e->number, key);
	r = record_get(s, DB_TEXT, key, 8, &b);
	if (r == OK && b.len != e->size) {
		r = ERR_CRYPT;
	}
	if (r == OK) {
		buf_put(out, b.p + offset,
		    max < b.len - offset ? max : b.len - (size_t)offset);
	}
	buf_free(&b);
	return r;
}

static enum err parts_read(struct store *s, const struct entry *e,
    uint64_t offset, size_t max, struct buf *out)
{
	uint8_t key[12];
	struct buf b = buf_new(ENVELOPE_PART + 1);
	enum err r = OK;

	while (r == OK && max > 0 && offset < e->size) {
		size_t skip = (size_t)(offset % ENVELOPE_PART), n;

		part_key(e->keyno, (uint32_t)(offset / ENVELOPE_PART) + 1,
		    key);
		buf_clear(&b);
		r = record_get(s, DB_PARTS, key, sizeof(key), &b);
		if (r == OK && b.len <= skip) {
			r = ERR_CRYPT;
		}
		if (r == OK) {
			n = b.len - skip < max ? b.len - skip : max;
			buf_put(out, b.p + skip, n);
			offset += n;
			max -= n;
		}
	}
	buf_free(&b);
	return r;
}

enum err store_envelope(struct store *s, const uint8_t sha256[HASH_LEN],
    uint64_t offset, size_t max, struct buf *out, uint64_t *total)
{
	struct entry e;
	enum err r = entry_find(s, sha256, &e);

	if (r == OK && e.listed == 0) {
		r = ERR_UNKNOWN;
	}
	if (r != OK) {
		return r;
	}
	if (offset > e.size) {
		return ERR_LIMIT;
	}
	if (offset < e.size && max > 0) {
		r = e.bulk ? parts_read(s, &e, offset, max, out) :
			     text_read(s, &e, offset, max, out);
	}
	if (r == OK && out->failed) {
		r = ERR_LIMIT;
	}
	if (r == OK) {
		*total = e.size;
	}
	return r;
}
