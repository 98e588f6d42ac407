/* SPDX-License-Identifier: EUPL-1.2 */
/* A range that is accepted lies within the file. */
#include <stdlib.h>
#include <string.h>

#include "http/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	char *text;
	uint64_t total, from, to, v;

	if (len < 8) {
		return 0;
	}
	memcpy(&total, p, 8);
	text = malloc(len - 7);
	memcpy(text, p + 8, len - 8);
	text[len - 8] = '\0';
	if (range_parse(text, total, &from, &to) &&
	    (from > to || to >= total)) {
		abort();
	}
	if (decimal_parse(text, total, &v) && v > total) {
		abort();
	}
	free(text);
	return 0;
}
