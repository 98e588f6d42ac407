/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Where the chain of manifests goes on when the machine that read those
 * before is gone with its casebook, and the gateway has them no more. The
 * next export confirms what was before too, so two people sign for it;
 * unless the sheets made this home, and it has read nothing yet.
 */
#ifndef DECRYPTOR_RESUME_H
#define DECRYPTOR_RESUME_H

#include "acts.h"

#define RESUME_SUMMARY 1024u

struct resume {
	struct chain_start at;
	bool alone; /* nobody else need sign */
	char detail[DETAIL_TEXT]; /* what they sign for: ACT_KEY_CEREMONY */
	char summary[RESUME_SUMMARY];
};

/* What it means to go on with manifest ${number} of ${bundle} */
enum err resume_find(struct desk *d, int bundle, const char *number,
    struct resume *out, struct refusal *why);
/* Goes on there, and uses ${request} up unless it is NOT_FOUND */
enum err resume_put(struct desk *d, const struct resume *r, size_t request);

#endif
