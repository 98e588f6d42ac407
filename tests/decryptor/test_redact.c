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
		{"Jan\xe2\x80\xa8Jansen", "jan jansen", MARK},
		{"Jan\xe2\x80\xa9Jansen", "jan jansen", MARK},
		{"Jan\xe2\x80\xafJansen", "jan jansen", MARK},
		{"Jan\xe2\x81\x9fJansen", "jan jansen", MARK},
		{"Jan\xe3\x80\x80Jansen", "jan jansen", MARK},
		{"Jan\xe2\x80\x83Jansen", "jan jansen", MARK},
		{"Jan\xc2\xadsen", "Jansen", MARK},
		{"Jan\xe2\x81\xa0sen", "Jansen", MARK},
		{"Jan\xef\xbb\xbfsen", "Jansen", MARK},
		{"\xce\x91\xce\x9d!", "\xce\xb1\xce\xbd", MARK "!"},
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

static enum err
range(const char *text, const char *range, char out[256])
{
	struct buf b = buf_new(255);
	json_t *list = json_loads(range, 0, NULL);
	enum err e = redact_text(text, strlen(text), list, &b);

	memcpy(out, b.p == NULL ? (const void *)"" : b.p, b.len);
	out[b.len] = 0;
	json_decref(list);
	buf_free(&b);
	return e;
}

static void
ranges(void **state)
{
	static const char *const bad[] = {"[{\"from\": \"0\", \"to\": 1}]",
		"[{\"from\": 0, \"to\": \"1\"}]", "[{\"to\": 1}]", "[{}]",
		"[{\"from\": -1, \"to\": 1}]", "[1]", "[[]]", "{}",
		"{\"Jan\": 1}"};
	char out[256];

	(void)state;
	assert_int_equal(range("\xc3\xa9\xc3\xa9n 1", "[{\"from\": 1, "
	    "\"to\": 3}]", out), OK); /* in letters, not bytes */
	assert_string_equal(out, "\xc3\xa9" MARK " 1");
	assert_int_equal(range("Jan", "[{\"from\": 0, \"to\": 3}]", out), OK);
	assert_string_equal(out, MARK);
	assert_int_equal(range("Jan", "[{\"from\": 0, \"to\": 4}]", out),
	    ERR_UNKNOWN);
	assert_int_equal(range("Jan", "[{\"from\": 2, \"to\": 2}]", out),
	    ERR_UNKNOWN);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(range("Jan", bad[i], out), ERR_FORMAT);
		assert_string_equal(out, "");
	}
	/* words that are no list: it would all stay */
	assert_int_equal(redact_text("Jan", 3, NULL, NULL), ERR_FORMAT);
}

/* No room for all of it: then none of it is used */
static void
no_room(void **state)
{
	struct buf small = buf_new(2);
	json_t *list = json_array();

	(void)state;
	assert_int_equal(redact_text("Jan", 3, list, &small), ERR_LIMIT);
	json_decref(list);
	buf_free(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(refused),
		cmocka_unit_test(ranges),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
