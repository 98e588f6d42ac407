/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. */
#include <string.h>

#include "meldluik/listed.h"

bool
word_listed(const char *const *list, const char *word)
{
	while (*list != NULL && strcmp(*list, word) != 0) {
		list++;
	}
	return *list != NULL;
}
