/* SPDX-License-Identifier: EUPL-1.2 */
/* A store with an organisation around each test. */
#ifndef STORE_CMOCKA_H
#define STORE_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store_kit.h"

struct world {
	char path[64];
	struct store_options o;
	struct store *s;
	struct kit_org org;
};

static inline int
world_new(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_int_equal(secret_setup(), OK);
	kit_folder(w->path);
	w->o = kit_options(w->path);
	kit_org_make(&w->org, "one", KIT_DAY);
	assert_int_equal(store_open(&w->o, &w->s), OK);
	store_today(w->s, KIT_DAY);
	*state = w;
	return 0;
}

static inline int
world_installed(void **state)
{
	struct world *w;

	world_new(state);
	w = *state;
	kit_install(w->s, &w->org, KIT_DAY);
	return 0;
}

static inline int
world_free(void **state)
{
	struct world *w = *state;

	store_close(w->s);
	kit_remove(w->path);
	kit_org_clear(&w->org);
	free(w);
	return 0;
}

static inline void
world_reopen(struct world *w)
{
	store_close(w->s);
	w->s = NULL;
	assert_int_equal(store_open(&w->o, &w->s), OK);
	store_today(w->s, KIT_DAY);
}

static inline enum err
put(struct world *w, const struct buf *e, day_t week,
    struct store_receipt *out)
{
	uint8_t digest[HASH_LEN];

	hash_bytes(e->p, e->len, digest);
	return store_put(w->s, e->p, e->len, digest, week, out);
}

#define THIS_WEEK (week_of(KIT_DAY))
#define ok(x) assert_int_equal((x), OK)
#define is(x, e) assert_int_equal((x), (e))

#endif
