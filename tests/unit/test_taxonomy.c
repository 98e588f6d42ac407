/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Vocabularies, label sets, multi-value cells, triage, and what a profile
 * may not be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/taxonomy.h"

static struct profile *nl;

static int
setup(void **state)
{
	(void)state;
	return profile_builtin("nl", &nl) == OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	profile_free(nl);
	return 0;
}

static void
labels_differ_per_table(void **state)
{
	const struct vocabulary *v = taxonomy_find(nl, "type");
	size_t fin;

	(void)state;
	assert_non_null(v);
	assert_int_equal(vocabulary_count(v), 9);
	fin = (size_t)vocabulary_index(v, "FIN");
	assert_string_equal(vocabulary_label(v, fin, NULL, "nl"),
	    "Financiële schending");
	assert_string_equal(vocabulary_label(v, fin, "adviser", "nl"),
	    "financiële schending");
	assert_string_equal(vocabulary_label(v, fin, "adviser", "en"),
	    "financial breach");
	/* no such set: the plain label; no such language: English */
	assert_string_equal(vocabulary_label(v, fin, "poster", "nl"),
	    "Financiële schending");
	assert_string_equal(vocabulary_label(v, fin, NULL, "pl"),
	    "Financial breach");
	assert_string_equal(vocabulary_label(v, fin, NULL, NULL),
	    "Financial breach");
	assert_int_equal(vocabulary_index(v, "fin"), -1);
	assert_int_equal(vocabulary_index(v, ""), -1);
	assert_null(taxonomy_find(nl, "colour"));
}

static void
counts_as_is_data(void **state)
{
	const struct vocabulary *v = taxonomy_find(nl, "outcome");
	size_t upheld = 0;

	(void)state;
	for (size_t i = 0; i < vocabulary_count(v); i++) {
		upheld += vocabulary_counts_as(v, i, "upheld");
	}
	assert_int_equal(upheld, 2);
	assert_false(vocabulary_counts_as(v,
	    (size_t)vocabulary_index(v, "ongegrond"), "upheld"));
}

static void
multi_cells(void **state)
{
	const struct vocabulary *v = taxonomy_find(nl, "relation");
	uint64_t mask = 99;

	(void)state;
	assert_int_equal(vocabulary_multi(v, "", &mask), OK);
	assert_int_equal(mask, 0);
	assert_int_equal(vocabulary_multi(v, "externe+collega", &mask), OK);
	assert_int_equal(mask, 1 | 8);
	mask = 99;
	assert_int_equal(vocabulary_multi(v, "collega+collega", &mask),
	    ERR_FORMAT);
	assert_int_equal(vocabulary_multi(v, "collega+", &mask), ERR_FORMAT);
	assert_int_equal(vocabulary_multi(v, "+collega", &mask), ERR_FORMAT);
	assert_int_equal(vocabulary_multi(v, "collega++externe", &mask),
	    ERR_FORMAT);
	assert_int_equal(vocabulary_multi(v, "collega +externe", &mask),
	    ERR_UNKNOWN);
	assert_int_equal(vocabulary_multi(v, "Collega", &mask), ERR_UNKNOWN);
	assert_int_equal(vocabulary_multi(v,
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &mask),
	    ERR_UNKNOWN);
	assert_int_equal(mask, 99);
}

static void
triage(void **state)
{
	const enum answer y = ANSWER_YES, n = ANSWER_NO, u = ANSWER_UNKNOWN;
	const struct {
		enum answer a[TRIAGE_QUESTIONS];
		const char *wbk;
	} table[] = {
		{ { y, u, u, u }, "ja" },
		{ { y, n, n, n }, "ja" },
		{ { n, y, y, y }, "ja" },
		{ { u, y, y, y }, "ja" },
		{ { n, n, y, y }, "nee" },
		{ { n, y, n, y }, "nee" },
		{ { n, y, y, n }, "nee" },
		{ { n, n, u, u }, "nee" },
		{ { u, n, n, n }, "onbekend" },
		{ { n, y, y, u }, "onbekend" },
		{ { u, u, u, u }, "onbekend" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_string_equal(triage_wbk(table[i].a), table[i].wbk);
	}
	assert_true(wbk_is_downgrade("ja", "nee"));
	assert_true(wbk_is_downgrade("ja", "onbekend"));
	assert_false(wbk_is_downgrade("ja", "ja"));
	assert_false(wbk_is_downgrade("nee", "ja"));
	assert_false(wbk_is_downgrade("onbekend", "nee"));
	assert_non_null(strstr(triage_text(nl, TRIAGE_UNION_LAW, "nl"),
	    "Europees"));
	assert_non_null(strstr(triage_text(nl, TRIAGE_UNION_LAW, "tr"),
	    "Union"));
}

static enum err
load(const char *json)
{
	struct profile *p = NULL;
	enum err e = profile_load(json, strlen(json), &p);

	profile_free(p);
	return e;
}

static void
bad_profiles(void **state)
{
	struct profile *p = NULL;

	(void)state;
	assert_int_equal(load(""), ERR_FORMAT);
	assert_int_equal(load("[]"), ERR_FORMAT);
	assert_int_equal(load("{}"), ERR_FORMAT);
	assert_int_equal(load("{\"extends\":\"nl\"} x"), ERR_FORMAT);
	assert_int_equal(load("{\"extends\":\"nl\",\"extends\":\"nl\"}"),
	    ERR_FORMAT);
	assert_int_equal(load("{\"extends\":\"xx\"}"), ERR_UNKNOWN);
	assert_int_equal(load("{\"extends\":\"../../etc/passwd\"}"),
	    ERR_UNKNOWN);
	assert_int_equal(load("{\"extends\":7}"), ERR_UNKNOWN);
	assert_int_equal(load("{\"extends\":\"nl\"}"), OK);
	assert_int_equal(load("{\"extends\":\"nl\",\"triage\":[]}"),
	    ERR_FORMAT);
	assert_int_equal(load("{\"extends\":\"nl\",\"vocabularies\":"
	    "{\"origin\":[]}}"), ERR_FORMAT);
	assert_int_equal(load("{\"extends\":\"nl\",\"vocabularies\":"
	    "{\"origin\":[{\"code\":\"a+b\",\"nl\":\"x\",\"en\":\"x\"}]}}"),
	    ERR_FORMAT);
	assert_int_equal(load("{\"extends\":\"nl\",\"vocabularies\":"
	    "{\"origin\":[{\"code\":\"a\",\"nl\":\"x\",\"en\":\"x\"},"
	    "{\"code\":\"a\",\"nl\":\"x\",\"en\":\"x\"}]}}"), ERR_FORMAT);
	assert_int_equal(load("{\"extends\":\"nl\",\"vocabularies\":"
	    "{\"origin\":[{\"code\":\"a\",\"nl\":\"x\"}]}}"), ERR_FORMAT);
	assert_int_equal(load("{\"extends\":\"nl\",\"four_eyes\":[\"tea\"]}"),
	    ERR_UNKNOWN);
	assert_int_equal(load("{\"extends\":\"nl\",\"transitions\":[{\"from\":"
	    "[\"triage\"],\"to\":\"moon\",\"guards\":[]}]}"), ERR_UNKNOWN);
	assert_int_equal(load("{\"extends\":\"nl\",\"transitions\":[{\"from\":"
	    "[\"triage\"],\"to\":\"besluit\",\"guards\":[\"luck\"]}]}"),
	    ERR_UNKNOWN);
	assert_int_equal(profile_builtin("xx", &p), ERR_UNKNOWN);
	assert_null(p);
}

static void
override_keeps_the_rest(void **state)
{
	static const char json[] = "{\"extends\":\"nl\",\"vocabularies\":"
	    "{\"origin\":[{\"code\":\"binnen\",\"nl\":\"binnen\","
	    "\"en\":\"inside\"}]}}";
	struct profile *p = NULL;

	(void)state;
	assert_int_equal(profile_load(json, sizeof json - 1, &p), OK);
	assert_int_equal(vocabulary_count(taxonomy_find(p, "origin")), 1);
	assert_int_equal(vocabulary_count(taxonomy_find(p, "type")), 9);
	assert_string_equal(profile_name(p), "nl");
	profile_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_differ_per_table),
		cmocka_unit_test(counts_as_is_data),
		cmocka_unit_test(multi_cells),
		cmocka_unit_test(triage),
		cmocka_unit_test(bad_profiles),
		cmocka_unit_test(override_keeps_the_rest),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
