/* SPDX-License-Identifier: EUPL-1.2 */
/* A page that is accepted has one script or none, and no other code. The
 * first byte says which; the source is part of a program, so it is included. */
#include <stdlib.h>

#include "../../gateway/reporter/pageshape.c"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char *const never[] = { "<iframe", "<object", "<embed",
		"<base", "<svg", "<!--", NULL };
	struct buf page = buf_new(262144);
	char why[PAGE_WHY];
	const char *s, *first;
	bool scripted = len > 0 && p[0] == 's';

	if (len > 0) {
		buf_put(&page, p + 1, len - 1);
	}
	if (!page.failed && page_shape(&page, "nl", scripted, why) == OK) {
		s = buf_cstr(&page);
		first = strcasestr(s, "<script");
		if ((first != NULL) != scripted ||
		    (scripted && strcasestr(first + 1, "<script") != NULL)) {
			abort();
		}
		for (unsigned i = 0; never[i] != NULL; i++) {
			if (strcasestr(s, never[i]) != NULL) {
				abort();
			}
		}
	}
	buf_free(&page);
	return 0;
}
