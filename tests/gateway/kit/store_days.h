/* SPDX-License-Identifier: EUPL-1.2 */
/* Envelopes that are listed, days that pass, and what is there then. */
#ifndef STORE_DAYS_H
#define STORE_DAYS_H

#include "store_outbound.h"

#define GRACE 14

static inline void list_one(struct world *w, struct buf *e,
    uint8_t hash[HASH_LEN])
{
	struct store_receipt r;
	uint64_t serial;

	hash_bytes(e->p, e->len, hash);
	ok(put(w, e, THIS_WEEK, &r));
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	assert_int_equal(serial, 1);
}

static inline void days_pass(struct world *w, day_t *day, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		ok(store_daily(w->s, ++*day));
	}
}

static inline enum err there(struct store *s, const uint8_t hash[HASH_LEN])
{
	struct buf b = buf_new(16);
	uint64_t total;
	enum err r = store_envelope(s, hash, 0, 16, &b, &total);

	buf_free(&b);
	return r;
}

#endif
