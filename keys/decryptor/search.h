/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Search in decrypted text, in memory only: no index is kept. What is not
 * shown (desk_text_shown) is not searched; what should have been read and
 * could not be is counted, never passed over.
 */
#ifndef DECRYPTOR_SEARCH_H
#define DECRYPTOR_SEARCH_H

#include "desk.h"

#define SEARCH_WORD_MIN 2u

/* Of one case. ${unread}: texts of it that could not be read before a hit */
struct search_case {
	bool hit;
	unsigned unread;
};
struct search {
	struct search_case *kase; /* as many as the state has */
	size_t hits;
	size_t missed;    /* cases without a hit that have unread text */
	uint64_t homeless; /* messages that came and belong to no case */
};

/* Capitals of ASCII do not matter. ERR_LIMIT: ${word} is too short */
enum err search_cases(const struct desk *d, const char *word,
    struct search *out);
/* Case ${k} could hold the word and was not searched whole */
bool search_missed(const struct search *s, size_t k);
void search_free(struct search *s);

#endif
