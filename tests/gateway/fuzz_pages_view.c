/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The template engine over any template. The values carry markup; where the
 * template has none of its own and asks for no raw value, the page has none.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static bool
has(const uint8_t *p, size_t len, const char *s)
{
	return len > 0 && memmem(p, len, s, strlen(s)) != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct view *v = calloc(4, sizeof(*v));
	struct buf out = buf_new(1u << 16);
	char *hostile;
	size_t n = len < 32 ? len : 32;

	if (v == NULL || (hostile = malloc(n + 8)) == NULL) {
		exit(0);
	}
	/* the template's own first bytes, as a value, behind markup */
	memcpy(hostile, "<a b='\">", 8);
	memcpy(hostile + 8, p, n);
	view_init(&v[0], NULL);
	view_text(&v[0], "a", "<script>&\"'");
	view_bytes(&v[0], "h", hostile, n + 8);
	view_text(&v[0], "none", NULL);
	view_flag(&v[0], "f", true);
	view_list(&v[0], "l", &v[1], 3);
	for (unsigned i = 1; i < 4; i++) {
		view_init(&v[i], &v[0]);
		view_text(&v[i], "r", ">'");
	}
	if (view_render(&v[0], (const char *)p, len, &out) == OK &&
	    !has(p, len, "{{{")) {
		static const char *const marks[] = { "<", ">", "\"", "'" };

		for (unsigned i = 0; i < 4; i++) {
			if (has(out.p, out.len, marks[i]) &&
			    !has(p, len, marks[i])) {
				abort();
			}
		}
	}
	buf_free(&out);
	free(hostile);
	free(v);
	return 0;
}
