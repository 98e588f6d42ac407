/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The page that a typed code asks for, by its own caller
 * (gateway/pages/replies.c), of one lane: for secret_poison.c, which cannot
 * see the gateway's pages and the desk's at once.
 */
#ifndef MELDLUIK_TEST_REPLIES_POISON_H
#define MELDLUIK_TEST_REPLIES_POISON_H

#include "meldluik/keyset.h"

struct page_board {
	const struct keyset *keyset;
	struct bytes manifest, signature, slots; /* of desk 1 */
};

/* How many replies the page shows with ${code}; UINT_MAX: it does not take
 * it for a code */
unsigned replies_poison(const struct page_board *b, const char *code);

#endif
