/* SPDX-License-Identifier: EUPL-1.2 */
/* Age files made in memory, and opening them to a verdict. */
#ifndef MELDLUIK_TEST_AGE_HELP_H
#define MELDLUIK_TEST_AGE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "meldluik/age_open.h"
#include "meldluik/secret.h"

#define AGE_HELP_IDS 5u
#define AGE_HELP_MAX (8u << 20)

static struct age_recipient help_to[AGE_HELP_IDS];
static struct age_identity *help_id[AGE_HELP_IDS];

static inline int
age_help_setup(void **state)
{
	uint8_t seed[AGE_HYBRID_SEED];

	(void)state;
	if (secret_setup() != OK) {
		return -1;
	}
	for (unsigned i = 0; i < AGE_HELP_IDS; i++) {
		randombytes_buf(seed, sizeof(seed));
		if (age_identity_recipient(seed, &help_to[i]) != OK ||
		    age_identity_new(seed, &help_id[i]) != OK) {
			return -1;
		}
	}
	return 0;
}

static inline int
age_help_teardown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < AGE_HELP_IDS; i++) {
		age_identity_free(help_id[i]);
	}
	return secret_alive() == 0 ? 0 : -1;
}

static inline enum err
age_help_take(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_LIMIT : OK;
}

static inline struct buf
age_help_seal(unsigned n, const void *p, size_t len)
{
	struct buf b = buf_new(AGE_HELP_MAX);

	assert_int_equal(age_seal_buf(help_to, n, p, len, &b), OK);
	return b;
}

/* Opens with identity ${id}; what was released stays in ${out} */
static inline enum err
age_help_open(unsigned id, const uint8_t *p, size_t len, size_t piece,
    unsigned threads, struct buf *out)
{
	struct age_open *o = NULL;
	enum err e = age_open_new(&help_id[id], 1, age_help_take, out,
	    threads, &o);

	for (size_t i = 0; e == OK && i < len; i += piece) {
		e = age_open_write(o, p + i, len - i < piece ? len - i
		    : piece);
	}
	if (o != NULL && e == OK) {
		e = age_open_end(o);
	}
	age_open_free(o);
	return e;
}

#endif
