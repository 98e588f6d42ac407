/* SPDX-License-Identifier: EUPL-1.2 */
/* tor's line: what is taken is the one writing of its number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/proxyline.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	char *copy = malloc(len + 1), again[PROXYLINE_MAX + 1];
	unsigned virtual = 0;
	const char *last;
	uint32_t id;
	size_t used, n;

	/* of its own size, so that a byte past it is seen */
	memcpy(copy, p, len);
	if (proxyline_parse(copy, len, &id, &used) == OK) {
		if (used > len || used > PROXYLINE_MAX) {
			abort();
		}
		copy[used - 2] = '\0';
		last = strrchr(copy, ' ');
		virtual = (unsigned)strtoul(last + 1, NULL, 10);
		n = (size_t)snprintf(again, sizeof(again),
		    "PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %u %u",
		    id >> 16, id & 0xffff, (id & 0xffff) == 0 ? 1 :
		    id & 0xffff, virtual);
		if (n + 2 != used || memcmp(again, p, n) != 0) {
			abort();
		}
	}
	free(copy);
	return 0;
}
