/* SPDX-License-Identifier: EUPL-1.2 */
/* Words of a closed list. */
#ifndef MELDLUIK_LISTED_H
#define MELDLUIK_LISTED_H

#include <stdbool.h>

/* Whether ${word} is in the NULL-ended ${list} */
bool word_listed(const char *const *list, const char *word);

#endif
