/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Vectors of the documents between desks and people (vectors/approval, heir,
 * deputy, weeks, papers, transfer, adviser, plan; made by vectors/make-notes.py). Each
 * has one fault, and its name begins with the answer: good-, format-, ...
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "notes.h"

static enum err
wanted(const char *name)
{
	static const struct {
		const char *word;
		enum err e;
	} words[] = {
		{"good-", OK}, {"format-", ERR_FORMAT},
		{"version-", ERR_VERSION}, {"foreign-", ERR_FOREIGN},
		{"signature-", ERR_SIGNATURE}, {"conflict-", ERR_CONFLICT},
		{"limit-", ERR_LIMIT}, {"unknown-", ERR_UNKNOWN},
		{"policy-", ERR_POLICY},
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strncmp(name, words[i].word, strlen(words[i].word)) ==
		    0) {
			return words[i].e;
		}
	}
	return ERR_COUNT;
}

static void
folder(const char *kind, enum err (*run)(const uint8_t *p, size_t len))
{
	static uint8_t doc[1u << 20];
	char path[4096];
	struct dirent *one;
	unsigned good = 0, bad = 0;
	DIR *dir;

	assert_true(notes_begin());
	snprintf(path, sizeof path, TESTS_DIR "/vectors/%s", kind);
	dir = opendir(path);
	assert_non_null(dir);
	while ((one = readdir(dir)) != NULL) {
		FILE *f;
		size_t len;
		enum err e;
		if (one->d_name[0] == '.') {
			continue;
		}
		snprintf(path, sizeof path, TESTS_DIR "/vectors/%s/%s", kind,
		    one->d_name);
		f = fopen(path, "rb");
		assert_non_null(f);
		len = fread(doc, 1, sizeof doc, f);
		fclose(f);
		e = run(doc, len);
		if (e != wanted(one->d_name)) {
			print_error("%s/%s: %s\n", kind, one->d_name,
			    err_text(e));
		}
		assert_int_equal(e, wanted(one->d_name));
		good += e == OK;
		bad += e != OK;
	}
	closedir(dir);
	assert_true(good >= 1 && bad >= 8);
}

static void
approval(void **state)
{
	(void)state;
	folder("approval", notes_approval);
}

static void
heir(void **state)
{
	(void)state;
	folder("heir", notes_heir);
}

static void
deputy(void **state)
{
	(void)state;
	folder("deputy", notes_deputy);
}

static void
weeks(void **state)
{
	(void)state;
	folder("weeks", notes_weeks);
}

static void
papers(void **state)
{
	(void)state;
	folder("papers", notes_papers);
}

static void
transfer(void **state)
{
	(void)state;
	folder("transfer", notes_transfer);
}

static void
adviser(void **state)
{
	(void)state;
	folder("adviser", notes_adviser);
}

static void
plan(void **state)
{
	(void)state;
	folder("plan", notes_plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(approval),
		cmocka_unit_test(heir),
		cmocka_unit_test(deputy),
		cmocka_unit_test(weeks),
		cmocka_unit_test(papers),
		cmocka_unit_test(transfer),
		cmocka_unit_test(adviser),
		cmocka_unit_test(plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
