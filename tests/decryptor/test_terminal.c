/* SPDX-License-Identifier: EUPL-1.2 */
/* Hostile text on a terminal: one vector per trick. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decryptor/terminal.h"

static void
shows(const char *in, size_t len, bool lines, const char *want)
{
	char *got = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&got, &n);

	terminal_text(f, in, len, lines);
	fclose(f);
	assert_string_equal(got, want);
	free(got);
}

static void
tricks(void **state)
{
	static const struct {
		const char *in, *want;
	} v[] = {
		{"gewoon \xc3\xa9\xe2\x82\xac", "gewoon \xc3\xa9\xe2\x82\xac"},
		{"\x1b[2J", "<U+001B>[2J"},
		{"\xc2\x9b" "2J", "<U+009B>2J"},
		{"a\rb", "a<U+000D>b"},
		{"a\bb", "a<U+0008>b"},
		{"\x7f", "<U+007F>"},
		{"\xe2\x80\xae" "fdp", "<U+202E>fdp"},
		{"\xe2\x81\xa6" "x", "<U+2066>x"},
		{"\xe2\x80\x8b", "<U+200B>"},
		{"\xef\xbb\xbf", "<U+FEFF>"},
		{"\xf3\xa0\x80\x81", "<U+E0001>"},
		{"\xff", "<FFFD>"},
		{"\xc0\x9b", "<FFFD><FFFD>"},
		{"\xe2\x80", "<FFFD><FFFD>"},
		{"\xed\xa0\x80", "<FFFD><FFFD><FFFD>"},
		{"een\ntwee\tdrie", "een\ntwee\tdrie"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof v / sizeof *v; i++) {
		shows(v[i].in, strlen(v[i].in), true, v[i].want);
	}
}

static void
one_line(void **state)
{
	(void)state;
	shows("een\ntwee", 8, false, "een<U+000A>twee");
}

static void
zero_byte(void **state)
{
	(void)state;
	shows("a\0b", 3, true, "a<U+0000>b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tricks),
		cmocka_unit_test(one_line),
		cmocka_unit_test(zero_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
