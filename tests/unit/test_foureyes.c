/* SPDX-License-Identifier: EUPL-1.2 */
/* Every act on the four-eyes list, with all ways of not being two people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/foureyes.h"

static void
every_act(void **state)
{
	struct signer s[SIGNERS_MAX] = { { "anna", false }, { "bram", false },
		{ "carla", true } };
	struct signer same[2] = { { "anna", false }, { "anna", false } };
	struct profile *p = NULL;

	(void)state;
	assert_int_equal(profile_builtin("nl", &p), OK);
	for (int a = 0; a < ACT_COUNT; a++) {
		struct rule why = { 0 };

		assert_true(foureyes_needed(p, a));
		assert_int_equal(foureyes_check(p, a, s, 0, &why), ERR_POLICY);
		assert_string_equal(why.id, "S-TWO");
		assert_int_equal(foureyes_check(p, a, s, 1, &why), ERR_POLICY);
		assert_int_equal(foureyes_check(p, a, same, 2, &why),
		    ERR_POLICY);
		assert_string_equal(why.id, "S-TWO");
		assert_int_equal(foureyes_check(p, a, s, 3, &why), ERR_POLICY);
		assert_string_equal(why.id, "S-SUBJECT");
		assert_int_equal(foureyes_check(p, a, s, 2, &why), OK);
		for (int b = 0; b < a; b++) {
			assert_true(strcmp(act_code(a), act_code(b)) != 0);
		}
	}
	profile_free(p);
}

static void
the_list_is_data(void **state)
{
	static const char json[] = "{\"extends\":\"nl\",\"four_eyes\":"
	    "[\"destroy\"]}";
	struct profile *p = NULL;
	struct rule why;

	(void)state;
	assert_int_equal(profile_load(json, sizeof json - 1, &p), OK);
	assert_true(foureyes_needed(p, ACT_DESTROY));
	assert_false(foureyes_needed(p, ACT_ABORT));
	assert_int_equal(foureyes_check(p, ACT_ABORT, NULL, 0, &why), OK);
	assert_int_equal(foureyes_check(p, ACT_DESTROY, NULL, 0, &why),
	    ERR_POLICY);
	profile_free(p);
}

static void
rules_have_articles(void **state)
{
	struct profile *p = NULL;
	struct rule r = { "x", "x", "x", "x" };

	(void)state;
	assert_int_equal(profile_builtin("nl", &p), OK);
	assert_false(rule_find(p, "S-NONE", &r));
	assert_string_equal(r.id, "x");
	assert_true(rule_find(p, "S-FEEDBACK", &r));
	assert_non_null(strstr(r.article, "9(1)(f)"));
	profile_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_act),
		cmocka_unit_test(the_list_is_data),
		cmocka_unit_test(rules_have_articles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
