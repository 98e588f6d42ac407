/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages that come of a template, and pages that do not: what the reporter's
 * program takes for ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pagematch.h"

static const struct {
	const char *template, *kind, *page;
	unsigned line; /* that no longer can; 0: it comes of it */
} t[] = {
	{ "a\nb\n", "report", "a\nb\n", 0 },
	{ "a\nb\n", "report", "a\nx\n", 2 },
	{ "a\nb\n", "report", "a\nb", 2 },
	{ "a\nb\n", "report", "a\nb\nc", 3 },
	/* values: the page's own, any text without markup, of some letters */
	{ "<p>{{lang}}</p>", "report", "<p>nl</p>", 0 },
	{ "<p>{{lang}}</p>", "report", "<p>en</p>", 1 },
	{ "<p>{{kind}}</p>", "advice", "<p>advice</p>", 0 },
	{ "<p>{{kind}}</p>", "advice", "<p>report</p>", 1 },
	{ "<p>{{kind}}</p>", NULL, "<p></p>", 0 },
	{ "<p>{{la}}{{land}}{{ki}}</p>", "report", "<p>Any, text.</p>", 0 },
	{ "<p>{{name}}</p>", "report", "<p></p>", 0 },
	{ "<p>{{name}}</p>", "report", "<p>a<b</p>", 1 },
	{ "<p>{{name}}</p>", "report", "<p>a>b</p>", 1 },
	{ "<p>{{name}}</p>", "report", "<p>a\"b</p>", 1 },
	{ "<p>{{n}}</p>", "report", "<p>12</p>", 0 },
	{ "<p>{{n}}</p>", "report", "<p>1a</p>", 1 },
	{ "<p>{{id}}</p>", "report", "<p>q_what-1</p>", 0 },
	{ "<p>{{id}}</p>", "report", "<p>what</p>", 1 },
	{ "<p>{{value}}</p>", "report", "<p></p>", 0 },
	{ "<p>{{value}}</p>", "report", "<p>1</p>", 1 },
	/* sections that stand by the kind of page */
	{ "{{#is_report}}a{{/is_report}}b", "report", "ab", 0 },
	{ "{{#is_report}}a{{/is_report}}b", "report", "b", 1 },
	{ "{{#is_report}}a{{/is_report}}b", "advice", "b", 0 },
	{ "{{#is_report}}a{{/is_report}}b", "advice", "ab", 1 },
	{ "{{^is_report}}a{{/is_report}}b", "advice", "ab", 0 },
	{ "{{#scripted}}a{{/scripted}}b", "report", "ab", 0 },
	{ "{{#scripted}}a{{/scripted}}b", "report", "b", 1 },
	{ "{{#scripted}}a{{/scripted}}b", NULL, "b", 0 },
	{ "{{#scripted}}a{{/scripted}}b", NULL, "ab", 1 },
	{ "{{#scripted}}{{#roles}}{{n}}{{/roles}}a{{/scripted}}b", NULL, "b",
		0 },
	/* that may stand, once or often; that never do */
	{ "{{#other}}a{{/other}}b", "report", "b", 0 },
	{ "{{#other}}a{{/other}}b", "report", "ab", 0 },
	{ "{{#other}}a{{/other}}b", "report", "aab", 1 },
	{ "{{#roles}}a{{/roles}}b", "report", "b", 0 },
	{ "{{#roles}}a{{/roles}}b", "report", "aaab", 0 },
	{ "{{#roles}}a{{/roles}}b", "report", "aac", 1 },
	{ "{{^roles}}a{{/roles}}b", "report", "aab", 1 },
	{ "{{#role}}a{{/role}}b", "report", "aab", 1 },
	{ "{{#error}}a{{/error}}b", "report", "b", 0 },
	{ "{{#error}}a{{/error}}b", "report", "ab", 1 },
	{ "{{#errors}}a{{/errors}}b", "report", "ab", 0 },
	/* often nothing: no way goes round for ever */
	{ "{{#roles}}{{#options}}{{/options}}{{/roles}}b", "report", "b", 0 },
	/* braces that are none of ours */
	{ "a{b{{c", "report", "a{b{{c", 0 },
	{ "a{b{{c", "report", "a{b", 1 },
};

static void
pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf page = buf_new(256);
		unsigned line = 77;
		enum err e;

		buf_text(&page, t[i].page);
		e = page_match(t[i].template, strlen(t[i].template), "nl",
		    t[i].kind, &page, &line);
		if (e != (t[i].line == 0 ? OK : ERR_FORMAT) ||
		    (e != OK && line != t[i].line)) {
			fail_msg("%s as %s: %s, line %u", t[i].template,
			    t[i].page, err_text(e), line);
		}
		buf_free(&page);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
