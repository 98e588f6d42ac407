/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * X25519 stanzas, for the conformance vectors only. No program of this
 * project reads or writes them: every envelope is hybrid.
 */
#ifndef MELDLUIK_TEST_X25519_H
#define MELDLUIK_TEST_X25519_H

#include "meldluik/age_unwrap.h"

#define VECTOR_IDS 8u

/* The identities of one vector */
struct vector_keys {
	uint8_t x25519[VECTOR_IDS][32];
	size_t x25519s;
	struct age_identity *hybrid[VECTOR_IDS];
	size_t hybrids;
};

/* One identity line of a vector, classical or hybrid */
enum err vector_key_add(struct vector_keys *k, const char *s, size_t len);
void vector_keys_free(struct vector_keys *k);
/* An age_unwrapper over both kinds; ${arg} is a struct vector_keys */
enum err vector_unwrap(void *arg, const struct age_header *h,
    uint8_t key[AGE_FILE_KEY]);

#endif
