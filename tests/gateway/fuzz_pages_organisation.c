/* SPDX-License-Identifier: EUPL-1.2 */
/* organisation.json: whatever comes is taken whole or refused with words. */
#include <stdlib.h>
#include <string.h>

#include "pages/organisation.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	char why[PAGES_WHY] = "";
	struct organisation o;
	unsigned i, l;

	if (organisation_parse(p, len, &o, why) != OK) {
		if (*why == '\0' || memchr(why, 0, sizeof(why)) == NULL) {
			abort();
		}
		return 0;
	}
	for (i = 0; i < o.questions; i++) {
		const struct question *q = &o.question[i];

		for (l = 0; l < LANGUAGES; l++) {
			if (q->ask.in[l] == NULL ||
			    strlen(q->ask.in[l]) > QUESTION_ASK) {
				abort();
			}
		}
		if (q->parent >= (int)i || (q->parent >= 0 &&
		    q->parent_option >= o.question[q->parent].options)) {
			abort();
		}
	}
	organisation_free(&o);
	return 0;
}
