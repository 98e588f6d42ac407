/* SPDX-License-Identifier: EUPL-1.2 */
/* Bundles of a desk, as its courier brings them. */
#ifndef STORE_OUTBOUND_H
#define STORE_OUTBOUND_H

#include "store_cmocka.h"

/* With a lane, and blocks of ${weeks} from last week on */
static inline struct kit_bundle *bundle(struct world *w, unsigned desk,
    uint64_t serial, unsigned weeks)
{
	struct kit_bundle *b = malloc(sizeof(*b));

	assert_non_null(b);
	kit_bundle_make(b, &w->org, desk, serial, KIT_DAY, THIS_WEEK - 7,
	    weeks);
	return b;
}

/* Staged, applied and kept; frees ${b} */
static inline enum err apply(struct world *w, struct kit_bundle *b,
    const struct sign_pk *pin)
{
	enum err r = kit_bundle_stage(w->s, b);

	if (r == OK) {
		r = store_outbound_apply(w->s, b->o.desk, pin, KIT_DAY);
	}
	if (r == OK) {
		r = store_commit(w->s);
	} else {
		store_abort(w->s);
	}
	kit_bundle_clear(b);
	free(b);
	return r;
}

/* 0: it is not there */
static inline size_t public_len(struct world *w, const char *path)
{
	struct buf b = buf_new(1 << 24);
	enum err r = store_public(w->s, path, &b);
	size_t n = b.len;

	buf_free(&b);
	assert_true(r == OK || r == ERR_UNKNOWN);
	return r == OK ? n : 0;
}

#endif
