/* SPDX-License-Identifier: EUPL-1.2 */
/* The template engine: what it renders, what it escapes, what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/view.h"

#define OPEN9 "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}"
#define SHUT9 "{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}"

static void
values(struct view *v, struct view rows[2])
{
	view_init(v, NULL);
	view_text(v, "a", "A");
	view_text(v, "bad", "<b onclick='x'>\"&\xe2\x80\xae\xff");
	view_text(v, "none", NULL);
	view_flag(v, "yes", true);
	view_flag(v, "no", false);
	view_list(v, "rows", rows, 2);
	view_list(v, "empty", NULL, 0);
	for (unsigned i = 0; i < 2; i++) {
		view_init(&rows[i], v);
		view_text(&rows[i], "n", i == 0 ? "1" : "2");
	}
	view_text(&rows[1], "a", "inner");
}

static void
templates(void **state)
{
	static const struct {
		const char *tmpl;
		enum err want;
		const char *out;
	} cases[] = {
		{ "", OK, "" },
		{ "plain { } } text", OK, "plain { } } text" },
		{ "x{{a}}y", OK, "xAy" },
		{ "{{bad}}", OK, "&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;"
		    "U+202E\xef\xbf\xbd" },
		{ "{{{a}}}", OK, "A" },
		{ "{{{bad}}}", OK, "<b onclick='x'>\"&\xe2\x80\xae\xff" },
		{ "[{{none}}]", OK, "[]" },
		{ "{{#yes}}1{{/yes}}{{#no}}2{{/no}}", OK, "1" },
		{ "{{^yes}}1{{/yes}}{{^no}}2{{/no}}", OK, "2" },
		{ "{{#unset}}1{{/unset}}{{^unset}}2{{/unset}}", OK, "2" },
		{ "{{#rows}}{{n}}{{a}},{{/rows}}", OK, "1A,2inner," },
		{ "{{#empty}}1{{/empty}}{{^empty}}2{{/empty}}", OK, "2" },
		{ "{{#rows}}{{#yes}}{{n}}{{/yes}}{{/rows}}", OK, "12" },
		{ "{{#a}}{{#a}}x{{/a}}{{/a}}", OK, "x" },
		{ "{{unset}}", ERR_UNKNOWN, NULL },
		{ "{{rows}}", ERR_UNKNOWN, NULL },
		{ "{{n}}", ERR_UNKNOWN, NULL },
		{ "{{ a }}", ERR_UNKNOWN, NULL },
		{ "{{A}}", ERR_UNKNOWN, NULL },
		{ "{{aa}}", ERR_UNKNOWN, NULL },
		{ "{{", ERR_FORMAT, NULL },
		{ "{{a", ERR_FORMAT, NULL },
		{ "{{a}", ERR_FORMAT, NULL },
		{ "{{}}", ERR_FORMAT, NULL },
		{ "{{{a}}", ERR_FORMAT, NULL },
		{ "{{/a}}", ERR_FORMAT, NULL },
		{ "{{#a}}", ERR_FORMAT, NULL },
		{ "{{#a}}{{/b}}", ERR_FORMAT, NULL },
		{ "{{#a}}{{#yes}}{{/a}}{{/yes}}", ERR_FORMAT, NULL },
		{ "{{#no}}{{", ERR_FORMAT, NULL },
		{ OPEN9 "x" SHUT9, ERR_FORMAT, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct view *v = calloc(3, sizeof(*v));
		struct buf out = buf_new(4096);
		size_t n = strlen(cases[i].tmpl);
		char *exact = malloc(n == 0 ? 1 : n);
		enum err e;

		memcpy(exact, cases[i].tmpl, n);
		values(v, v + 1);
		e = view_render(v, exact, n, &out);
		if (e != cases[i].want || (e == OK &&
		    strcmp(buf_cstr(&out), cases[i].out) != 0)) {
			fail_msg("%s: error %d, %s", cases[i].tmpl, (int)e,
			    buf_cstr(&out));
		}
		buf_free(&out);
		free(exact);
		free(v);
	}
}

/* A NUL in a tag is part of its name, not the end of it */
static void
nul_in_a_tag(void **state)
{
	static const char tmpl[] = "{{a\0" "bc}}";
	struct view *v = calloc(1, sizeof(*v));
	struct buf out = buf_new(64);

	(void)state;
	view_init(v, NULL);
	view_text(v, "a", "A");
	assert_int_equal(view_render(v, tmpl, sizeof(tmpl) - 1, &out),
	    ERR_UNKNOWN);
	buf_free(&out);
	free(v);
}

static void
full_output(void **state)
{
	struct view *v = calloc(1, sizeof(*v));
	struct buf out = buf_new(8);

	(void)state;
	view_init(v, NULL);
	view_text(v, "a", "<<");
	assert_int_equal(view_render(v, "{{a}}", 5, &out), OK);
	assert_int_equal(view_render(v, "{{a}}", 5, &out), ERR_LIMIT);
	buf_free(&out);
	free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates),
		cmocka_unit_test(nul_in_a_tag),
		cmocka_unit_test(full_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
