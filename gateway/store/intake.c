/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Intake of a whole envelope. What is receipted here is in the transaction;
 * the receipt may leave the process only after store_commit returned OK.
 */
#include <string.h>

#include "store_private.h"

static enum err body_put(struct store *s, struct entry *e, const uint8_t *p,
    size_t len)
{
	uint8_t key[8];

	if (e->bulk) {
		return part_put(s, e->keyno, 1, p, len, &e->bulk_bytes);
	}
	key_of(s->now.next_number, key);
	return record_put(s, DB_TEXT, key, 8, e->keyno, p, len);
}

enum err store_put(struct store *s, const uint8_t *p, size_t len,
    const uint8_t digest[HASH_LEN], day_t week, struct store_receipt *out)
{
	struct entry e = { .size = len, .week = week };
	enum err r;

	if (s->keyset == NULL) {
		return ERR_STALE;
	}
	if (len > ENVELOPE_WHOLE_MAX) {
		return ERR_LIMIT;
	}
	if ((r = envelope_size_check(len)) != OK ||
	    (r = envelope_header_check(p, ENVELOPE_HEADER)) != OK) {
		return r;
	}
	hash_bytes(p, len, e.sha256);
	if (memcmp(e.sha256, digest, HASH_LEN) != 0) {
		return ERR_CRYPT;
	}
	/* Before the week: who asks again gets the answer of then. */
	r = entry_find(s, e.sha256, &e);
	if (r == OK) {
		return entry_receipt(s, &e, out);
	}
	if (r != ERR_UNKNOWN) {
		return r;
	}
	if (!week_accepts(s, week)) {
		return ERR_STALE;
	}
	e.bulk = len != ENVELOPE_TEXT_SIZE;
	if (e.bulk ? !space_bulk(s, len) : !space_text(s, len)) {
		return ERR_FULL;
	}
	if ((r = key_take(s, &e.keyno)) != OK ||
	    (r = body_put(s, &e, p, len)) != OK ||
	    (r = entry_add(s, &e)) != OK) {
		return r;
	}
	return entry_receipt(s, &e, out);
}
