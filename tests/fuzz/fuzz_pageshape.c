/* SPDX-License-Identifier: EUPL-1.2 */
/* A page that is accepted has one script or none, and no other code. The
 * first byte says which; the sources are part of a program, so they are
 * included. What can come of a template has the words of the template. */
#include <stdlib.h>

#include "../../gateway/reporter/pagematch.c"
#include "../../gateway/reporter/pageshape.c"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

/* Every kind of step, and ways that a page could be both */
static void
match(const struct buf *page)
{
	static const char t[] = "<p {{kind}}>{{#roles}}<b{{#open}} {{code}}"
	    "{{/open}}>{{label}} {{/roles}}{{^is_report}}never{{/is_report}}"
	    "{{#only}}{{a}}{{b}}{{/only}}{{#only}}{{a}}{{/only}}</p>{{id}}";
	unsigned line;
	const char *s;

	if (page_match(t, sizeof(t) - 1, "nl", "report", page, &line) == OK) {
		s = (const char *)page->p;
		if (page->len < 17 || memcmp(s, "<p report>", 10) != 0 ||
		    memmem(s, page->len, "</p>q_", 6) == NULL ||
		    memmem(s, page->len, "<script", 7) != NULL ||
		    memchr(s, '"', page->len) != NULL) {
			abort();
		}
	}
}

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
	if (!page.failed) {
		match(&page);
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
