/* SPDX-License-Identifier: EUPL-1.2 */
/* Fields of a form and urlencoded bodies at their ends. Multipart bodies and
 * whole forms: test_pages_form.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/fields.h"
#include "meldluik/secret.h"

static enum err
taken(const char *body, size_t len)
{
	struct fields *f = fields_new();
	enum err e = form_urlencoded((const uint8_t *)body, len, f);

	fields_free(f);
	return e;
}

static void
bodies(void **state)
{
	static const struct {
		const char *body;
		size_t len; /* what stands behind is not of the body */
		enum err want;
	} t[] = {
		{"", 0, OK}, {"a=", 2, OK}, {"a=1", 3, OK}, {"a=1&b=2", 7, OK},
		{"a=%41", 5, OK}, {"a=%4a", 5, OK}, {"a=%aB+", 5, ERR_POLICY},
		{"a=+", 3, OK}, {"a=%41", 4, ERR_FORMAT},
		{"a=%41", 3, ERR_FORMAT}, {"a=%G1", 5, ERR_FORMAT},
		{"a=%1G", 5, ERR_FORMAT}, {"a=%/1", 5, ERR_FORMAT},
		{"a=%:1", 5, ERR_FORMAT}, {"a=%@1", 5, ERR_FORMAT},
		{"a=%`1", 5, ERR_FORMAT}, {"a=%g1", 5, ERR_FORMAT},
		{"a= 1", 4, ERR_FORMAT}, {"a=\x7f", 3, ERR_FORMAT},
		{"a=\xc3\xa9", 4, ERR_FORMAT}, {"a=%c3%a9", 8, OK},
		{"a=%c3", 5, ERR_POLICY}, {"a=%00", 5, ERR_POLICY},
		{"a", 1, ERR_FORMAT}, {"=1", 2, ERR_FORMAT},
		{"a=1&", 4, ERR_FORMAT}, {"a=1&&b=2", 8, ERR_FORMAT},
		{"&a=1", 4, ERR_FORMAT}, {"A=1", 3, ERR_FORMAT},
		{"a\0b=1", 5, ERR_FORMAT}, {"\0=1", 3, ERR_FORMAT},
		{"a=1&a=2", 7, ERR_CONFLICT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		enum err e = taken(t[i].body, t[i].len);

		if (e != t[i].want) {
			fail_msg("%zu %s: %s", i, t[i].body, err_text(e));
		}
	}
}

static void
long_names(void **state)
{
	static char body[4096];

	(void)state;
	memset(body, 'a', sizeof(body));
	body[FORM_NAME - 1] = '=';
	assert_int_equal(taken(body, FORM_NAME), OK);
	body[FORM_NAME - 1] = 'a';
	body[FORM_NAME] = '=';
	assert_int_equal(taken(body, FORM_NAME + 1), ERR_LIMIT);
	body[FORM_NAME] = 'a';
	body[4000] = '=';
	assert_int_equal(taken(body, 4001), ERR_LIMIT);
}

static void
large_bodies(void **state)
{
	char *body = malloc(FIELDS_BYTES + 1);

	(void)state;
	assert_non_null(body);
	memset(body, 'x', FIELDS_BYTES + 1);
	memcpy(body, "a=", 2);
	assert_int_equal(taken(body, FIELDS_BYTES), OK);
	assert_int_equal(taken(body, FIELDS_BYTES + 1), ERR_LIMIT);
	body[2] = ' '; /* said of the size, before it is read */
	assert_int_equal(taken(body, FIELDS_BYTES + 1), ERR_LIMIT);
	free(body);
}

/* What was cut ends with a whole character, and loses no whole one */
static void
cut_within_a_character(void **state)
{
	static const struct {
		const char *sent, *kept;
	} cases[] = {
		{ "", "" }, { "a", "a" }, { "a\xc3", "a" },
		{ "a\xc3\xa9", "a\xc3\xa9" }, { "a\xe2\x82", "a" },
		{ "a\xe2", "a" }, { "a\xe2\x82\xac", "a\xe2\x82\xac" },
		{ "a\xf0\x9f\x98", "a" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xf0", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fields *f = fields_new();

		assert_int_equal(fields_begin(f, "a"), OK);
		assert_int_equal(fields_grow(f, (const uint8_t *)
		    cases[i].sent, strlen(cases[i].sent)), OK);
		fields_trim(f);
		assert_int_equal(fields_end(f), OK);
		assert_string_equal(fields_get(f, "a"), cases[i].kept);
		fields_free(f);
	}
}

static void
one_after_the_other(void **state)
{
	static uint8_t much[FIELDS_BYTES];
	struct fields *f = fields_new();
	char name[FORM_NAME + 1] = "";

	(void)state;
	memset(name, 'a', FORM_NAME);
	assert_int_equal(fields_grow(f, much, 1), ERR_USAGE);
	assert_int_equal(fields_end(f), ERR_USAGE);
	assert_int_equal(fields_begin(f, name), ERR_LIMIT);
	name[FORM_NAME - 1] = '\0';
	assert_int_equal(fields_begin(f, name), OK);
	assert_int_equal(fields_begin(f, "b"), ERR_USAGE);
	memset(much, 'x', sizeof(much));
	assert_int_equal(fields_grow(f, much, FIELDS_BYTES), ERR_LIMIT);
	assert_int_equal(fields_grow(f, much, FIELDS_BYTES - 1), OK);
	assert_int_equal(fields_grow(f, much, 1), ERR_LIMIT);
	assert_int_equal(fields_end(f), OK);
	assert_int_equal(fields_begin(f, "b"), ERR_LIMIT); /* no room left */
	assert_int_equal(fields_len(f, name), FIELDS_BYTES - 1);
	assert_string_equal(fields_get(f, "b"), "");
	assert_null(fields_name(f, 1));
	fields_free(f);

	f = fields_new();
	for (unsigned i = 0; i <= FIELDS_MAX; i++) {
		name[0] = (char)('a' + i % 26);
		name[1] = (char)('a' + i / 26);
		name[2] = '\0';
		assert_int_equal(fields_begin(f, name),
		    i < FIELDS_MAX ? OK : ERR_LIMIT);
		assert_int_equal(fields_end(f), i < FIELDS_MAX ? OK :
		    ERR_USAGE);
	}
	fields_free(f);
}

/* What is no UTF-8 is wiped and its name free again */
static void
refused_text(void **state)
{
	struct fields *f = fields_new();

	(void)state;
	assert_int_equal(fields_begin(f, "a"), OK);
	assert_int_equal(fields_grow(f, (const uint8_t *)"\xff", 1), OK);
	assert_int_equal(fields_end(f), ERR_POLICY);
	assert_int_equal(fields_begin(f, "a"), OK);
	assert_int_equal(fields_grow(f, (const uint8_t *)"1\r\n2\r3\n4", 8),
	    OK);
	assert_int_equal(fields_end(f), OK);
	assert_string_equal(fields_get(f, "a"), "1\n2\n3\n4");
	fields_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(long_names),
		cmocka_unit_test(large_bodies),
		cmocka_unit_test(cut_within_a_character),
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(refused_text),
	};

	return secret_setup() != OK ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
