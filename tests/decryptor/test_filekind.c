/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the desk calls a file by its first bytes (vectors/filekind, made by
 * vectors/make-kinds.py). A name begins with the letters of the right word.
 */
#include <ctype.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decryptor/filekind.h"

/* Whether ${name} begins with the letters of ${word} and a dash */
static bool
named(const char *name, const char *word)
{
	for (; *word != '\0'; word++) {
		if (isalpha((unsigned char)*word) &&
		    *name++ != tolower((unsigned char)*word)) {
			return false;
		}
	}
	return *name == '-';
}

static void
heads(void **state)
{
	uint8_t head[FILEKIND_HEAD];
	char path[4096];
	const struct filekind *k;
	struct dirent *one;
	unsigned tried = 0;
	DIR *dir = opendir(TESTS_DIR "/vectors/filekind");

	(void)state;
	assert_non_null(dir);
	while ((one = readdir(dir)) != NULL) {
		FILE *f;
		size_t len;
		if (one->d_name[0] == '.') {
			continue;
		}
		snprintf(path, sizeof path, TESTS_DIR "/vectors/filekind/%s",
		    one->d_name);
		f = fopen(path, "rb");
		assert_non_null(f);
		len = fread(head, 1, sizeof head, f);
		fclose(f);
		k = filekind_of(head, len);
		if (!named(one->d_name, k->word)) {
			print_error("%s: %s\n", one->d_name, k->word);
		}
		assert_true(named(one->d_name, k->word));
		assert_string_not_equal(filekind_label(k->word, "nl"), "");
		assert_string_equal(filekind_label(k->word, "en"), k->word);
		tried++;
	}
	closedir(dir);
	assert_true(tried >= 50);
}

/* Memory behind what was read says nothing */
static void
no_further_than_it_goes(void **state)
{
	static const uint8_t jpeg[] = {0xff, 0xd8, 0xff, 0xe0};

	(void)state;
	assert_string_equal(filekind_of(jpeg, 3)->ending, "jpg");
	assert_string_equal(filekind_of(jpeg, 2)->word, "not known");
}

static void
labels(void **state)
{
	(void)state;
	assert_string_equal(filekind_label("JPEG image", "nl"), "JPEG-beeld");
	assert_string_equal(filekind_label("none such", "nl"), "none such");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads),
		cmocka_unit_test(no_further_than_it_goes),
		cmocka_unit_test(labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
