/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The profile of the organisation, for the options that choose from it. Apart
 * from reporter.h: taxonomy.h and transfer.h each call something `answer`.
 */
#ifndef MELDLUIK_LAW_H
#define MELDLUIK_LAW_H

#include "meldluik/keyset.h"
#include "meldluik/profile.h"

/* How much of a word that cannot be used is said again */
#define SAID_MAX 40u

struct law {
	struct profile *nl, *eu;
	const struct profile *p; /* one of the two */
};
/* Closed also after a failure */
enum err law_open(const struct keyset *k, struct law *l);
void law_close(struct law *l);
/* ERR_USAGE: ${word} is none that --relation takes; said, with those that
 * are, in ${lang} */
enum err relation_good(const struct keyset *k, const char *word,
    const char *lang);

#endif
