/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * organisation.json: every vector is taken or refused as expect.txt says,
 * with a complaint that names the place; contrast is WCAG's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pages/organisation.h"

#define FOLDER TESTS_DIR "/vectors/organisation/"

static size_t
slurp(const char *name, char *out, size_t max)
{
	char path[512];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(out, 1, max, f);
	fclose(f);
	return n;
}

static void
vectors(void **state)
{
	static char list[16384], data[ORGANISATION_MAX + 4096];
	char *line, *next, *says, why[PAGES_WHY];
	struct organisation o;
	unsigned good = 0, bad = 0;
	size_t len;
	enum err e;

	(void)state;
	list[slurp("expect.txt", list, sizeof(list) - 1)] = '\0';
	for (line = list; *line != '\0'; line = next) {
		next = strchr(line, '\n');
		*next++ = '\0';
		says = strchr(line, ' ');
		*says++ = '\0';
		len = slurp(line, data, sizeof(data));
		memset(why, 0, sizeof(why));
		e = organisation_parse(data, len, &o, why);
		if (strcmp(says, "OK") == 0) {
			if (e != OK) {
				fail_msg("%s: %s", line, why);
			}
			organisation_free(&o);
			good++;
			continue;
		}
		if (e == OK || strstr(why, says) == NULL) {
			fail_msg("%s: said \"%s\", not \"%s\"", line, why,
			    says);
		}
		assert_null(o.owner);
		bad++;
	}
	assert_true(good >= 4 && bad >= 50);
}

static void
values(void **state)
{
	static char data[ORGANISATION_MAX];
	char why[PAGES_WHY];
	struct organisation o;
	unsigned nl = language_find("nl", 2), en = language_find("en", 2),
	    ar = language_find("ar", 2);
	size_t len = slurp("ok-all.json", data, sizeof(data));

	(void)state;
	assert_int_equal(organisation_parse(data, len, &o, why), OK);
	assert_string_equal(o.name.in[en], "Municipality");
	assert_string_equal(o.name.in[ar], "Gemeente"); /* the first given */
	assert_string_equal(o.adviser.in[nl], o.adviser.in[ar]);
	assert_int_equal(o.light, 0x0c4a56);
	assert_int_equal(o.questions, 3);
	assert_int_equal(o.question[1].parent, 0);
	assert_int_equal(o.question[1].parent_option, 1);
	assert_true(o.question[0].advice && !o.question[1].advice);
	assert_int_equal(o.question[2].kind, QUESTION_DATE);
	organisation_free(&o);
}

static void
contrast(void **state)
{
	(void)state;
	assert_true(colour_contrast(0x000000, 0xffffff) > 20.99);
	assert_true(colour_contrast(0xffffff, 0xffffff) < 1.01);
	/* the two greys everybody knows: 4.54 and 4.48 on white */
	assert_true(colour_contrast(0x767676, 0xffffff) > 4.5);
	assert_true(colour_contrast(0x777777, 0xffffff) < 4.5);
	assert_int_equal(language_find("xx", 2), LANGUAGES);
	assert_int_equal(language_find("nl-NL", 5), LANGUAGES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(values),
		cmocka_unit_test(contrast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
