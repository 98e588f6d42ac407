/* SPDX-License-Identifier: EUPL-1.2 */
/* Words that are left out of a dossier, however they were typed or pasted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "decryptor/redact.h"

#define MARK REDACT_MARK

static enum err
without(const char *text, const char *word, char out[256])
{
	struct buf b = buf_new(255);
	json_t *list = json_array();
	enum err e;

	assert_int_equal(json_array_append_new(list, json_string(word)), 0);
	e = redact_text(text, strlen(text), list, &b);
	memcpy(out, b.p == NULL ? (const void *)"" : b.p, b.len);
	out[b.len] = 0;
	json_decref(list);
	buf_free(&b);
	return e;
}

static void
words(void **state)
{
	static const struct {
		const char *text, *word, *left;
	} row[] = {
		{"Jan Jansen.", "jansen", "Jan " MARK "."},
		{"Jan Jansen.", " Jansen \r\n", "Jan " MARK "."},
		{"Jan\n Jansen,", "Jan Jansen", MARK ","},
		{"Jan\xc2\xa0Jansen", "jan jansen", MARK},
		{"\xc3\x96zdemir kwam", "\xc3\xb6zdemir", MARK " kwam"},
		{"\xc3\x96ZDEM\xc4\xb0R", "\xc3\xb6zdemir", MARK},
		{"Ozdemir kwam", "\xc3\x96zdemir", MARK " kwam"},
		{"O\xcc\x88zdemir kwam", "\xc3\x96zdemir", MARK " kwam"},
		{"\xc3\x96zdemir", "O\xcc\x88zdemir", MARK},
		{"Andr\x65\xcc\x81 zei", "andr\xc3\xa9", MARK " zei"},
		{"\xc5\x81ukasz", "\xc5\x82ukasz", MARK},
		{"\xd0\x86\xd0\x92\xd0\x90\xd0\x9d!",
		    "\xd1\x96\xd0\xb2\xd0\xb0\xd0\xbd", MARK "!"},
		{"Jan\xe2\x80\x8bsen", "Jansen", MARK},
		{"aaaa b", "aa", MARK " b"},
		{"\xc3\x98re en \xc3\xb8re", "\xc3\xb8RE", MARK " en " MARK},
	};
	char out[256];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		assert_int_equal(without(row[i].text, row[i].word, out), OK);
		assert_string_equal(out, row[i].left);
	}
}

static void
refused(void **state)
{
	char out[256];

	(void)state;
	assert_int_equal(without("Jan", "Piet", out), ERR_UNKNOWN);
	assert_int_equal(without("Jan", "Jansen", out), ERR_UNKNOWN);
	assert_int_equal(without("JanJansen", "Jan Jansen", out),
	    ERR_UNKNOWN);
	assert_int_equal(without("\xc3\x97", "\xc3\xb7", out), ERR_UNKNOWN);
	assert_int_equal(without("Jan", " \n\xc2\xa0", out), ERR_FORMAT);
	assert_int_equal(without("", "Jan", out), ERR_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
