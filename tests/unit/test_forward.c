/* SPDX-License-Identifier: EUPL-1.2 */
/* Forwarding: the table of authorities, and each guard tried to be broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/forward.h"
#include "meldluik/taxonomy.h"

static struct profile *nl, *eu;

static int
setup(void **state)
{
	(void)state;
	return profile_builtin("nl", &nl) == OK &&
	    profile_builtin("eu", &eu) == OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	profile_free(nl);
	profile_free(eu);
	return 0;
}

static const char *
first_for(const char *area)
{
	size_t at[8];
	size_t n = forward_for_area(nl, area, at, 8);

	assert_true(n > 0);
	return forward_authority(nl, at[0]).code;
}

static void
nine_designated(void **state)
{
	static const char *const nine[] = { "ACM", "AFM", "ANVS", "AP", "DNB",
		"IGJ", "NVWA", "NZA", "HVK" };
	size_t designated = 0;

	(void)state;
	for (size_t i = 0; i < forward_authorities(nl); i++) {
		designated += forward_authority(nl, i).designated;
	}
	assert_int_equal(designated, 9);
	for (size_t i = 0; i < 9; i++) {
		int at = forward_find(nl, nine[i]);

		assert_true(at >= 0);
		assert_true(forward_authority(nl, (size_t)at).designated);
		assert_true(strlen(forward_label(nl, (size_t)at, "nl")) > 5);
	}
	assert_int_equal(forward_find(nl, "XXX"), -1);
	assert_false(forward_authority(nl,
	    (size_t)forward_find(nl, "ILT")).designated);
	assert_true(forward_authority(nl,
	    (size_t)forward_find(nl, "OM")).police);
	assert_string_equal(forward_authority(nl,
	    (size_t)forward_find(nl, "HVK")).phone, "088-1331000");
}

static void
areas(void **state)
{
	const struct vocabulary *v = taxonomy_find(nl, "area");
	size_t at[1];

	(void)state;
	/* each area of the Directive has somewhere to go, in both profiles */
	for (size_t i = 0; i < vocabulary_count(v); i++) {
		const char *code = vocabulary_code(v, i);

		assert_true(forward_for_area(nl, code, at, 1) == 1);
		assert_true(forward_authority(nl, at[0]).designated);
		if (strcmp(code, "NLMS") != 0) {
			assert_true(forward_for_area(eu, code, at, 1) == 1);
		}
	}
	assert_string_equal(first_for("PRIV"), "AP");
	assert_string_equal(first_for("NUCL"), "ANVS");
	assert_string_equal(first_for("HLTH"), "IGJ");
	assert_string_equal(first_for("FOOD"), "NVWA");
	assert_string_equal(first_for("CONS"), "ACM");
	assert_string_equal(first_for("NLMS"), "HVK");
	assert_int_equal(forward_for_area(nl, "XXX", at, 1), 0);
}

static struct forward_facts
all_well(enum destination to)
{
	struct forward_facts f = {
		.to = to,
		.today = day_make(2026, 11, 24),
		.consent = true,
		.reporter_told = true,
		.reviewed = true,
		.named = true,
		.agreement = true,
		.until = day_make(2027, 2, 24),
		.signers = { { "anna", false }, { "bram", false } },
		.signer_count = 2,
	};

	return f;
}

static void
assert_refused(const struct profile *p, const struct forward_facts *f,
    const char *rule)
{
	struct rule why = { 0 };

	assert_int_equal(forward_may(p, f, &why), ERR_POLICY);
	assert_string_equal(why.id, rule);
	assert_true(strlen(why.article) > 2);
}

static void
well(void **state)
{
	(void)state;
	for (int to = DEST_DESK; to <= DEST_POLICE; to++) {
		struct forward_facts f = all_well(to);

		assert_int_equal(forward_may(nl, &f, NULL), OK);
		f.signer_count = 1;
		assert_refused(nl, &f, "S-TWO");
		f = all_well(to);
		f.signers[0].subject = true;
		assert_refused(nl, &f, "S-SUBJECT");
	}
}

static void
to_a_desk(void **state)
{
	struct forward_facts f = all_well(DEST_DESK);

	(void)state;
	f.modified = true;
	assert_refused(nl, &f, "S-UNMODIFIED");
	/* a misdirected report waits for nobody's consent (C9) */
	f = all_well(DEST_DESK);
	f.consent = false;
	f.reporter_told = false;
	assert_int_equal(forward_may(nl, &f, NULL), OK);
}

static void
to_an_authority(void **state)
{
	struct forward_facts f = all_well(DEST_AUTHORITY);

	(void)state;
	f.consent = false;
	assert_refused(nl, &f, "S-CONSENT");
	/* an authority transmits to the competent one by law (C10) */
	assert_int_equal(forward_may(eu, &f, NULL), OK);
	f.with_identity = true;
	assert_refused(eu, &f, "S-CONSENT");
	f = all_well(DEST_AUTHORITY);
	f.consent = false;
	f.legal_duty = true;
	assert_int_equal(forward_may(nl, &f, NULL), OK);
	f.reporter_told = false;
	assert_refused(nl, &f, "S-TOLD");
	assert_refused(eu, &f, "S-TOLD");
	f.telling_endangers = true;
	assert_int_equal(forward_may(nl, &f, NULL), OK);
	f = all_well(DEST_AUTHORITY);
	f.reviewed = false;
	assert_refused(nl, &f, "S-SANITISED");
}

static void
to_an_investigator(void **state)
{
	struct forward_facts f = all_well(DEST_INVESTIGATOR);

	(void)state;
	f.named = false;
	assert_refused(nl, &f, "S-FOREIGN-END");
	f = all_well(DEST_INVESTIGATOR);
	f.agreement = false;
	assert_refused(nl, &f, "S-FOREIGN-END");
	f = all_well(DEST_INVESTIGATOR);
	f.until = f.today - 1;
	assert_refused(nl, &f, "S-FOREIGN-END");
	f.until = DAY_NEVER;
	assert_refused(nl, &f, "S-FOREIGN-END");
	f.until = DAY_NONE;
	assert_refused(nl, &f, "S-FOREIGN-END");
	f = all_well(DEST_INVESTIGATOR);
	f.consent = false;
	assert_int_equal(forward_may(nl, &f, NULL), OK);
	f.with_identity = true;
	assert_refused(nl, &f, "S-CONSENT");
}

static void
to_the_police(void **state)
{
	struct forward_facts f = all_well(DEST_POLICE);

	(void)state;
	f.consent = false;
	assert_refused(nl, &f, "S-DUTY");
	f.legal_duty = true;
	assert_int_equal(forward_may(nl, &f, NULL), OK);
	f.reporter_told = false;
	assert_refused(nl, &f, "S-TOLD");
}

/* The identity asks for two people of its own, also where forwarding itself
 * asks for none */
static void
the_identity_needs_two(void **state)
{
	static const char own[] = "{\"profile\":\"own\",\"extends\":\"nl\","
	    "\"four_eyes\":[\"disclose_identity\"]}";
	struct forward_facts f = all_well(DEST_AUTHORITY);
	struct profile *p = NULL;

	(void)state;
	assert_int_equal(profile_load(own, sizeof(own) - 1, &p), OK);
	f.consent = true;
	f.with_identity = true;
	assert_int_equal(forward_may(p, &f, NULL), OK);
	f.signer_count = 1;
	assert_refused(p, &f, "S-TWO");
	f.with_identity = false;
	assert_int_equal(forward_may(p, &f, NULL), OK);
	assert_refused(nl, &f, "S-TWO");
	profile_free(p);
}

static void
what_a_dossier_omits(void **state)
{
	(void)state;
	assert_true(forward_carries(nl, "answers.what"));
	assert_true(forward_carries(nl, "attachments"));
	assert_false(forward_carries(nl, "thread"));
	assert_false(forward_carries(nl, "message_id"));
	assert_false(forward_carries(nl, "relation"));
	assert_false(forward_carries(nl, "language"));
	assert_false(forward_carries(nl, "answers.told_someone"));
	assert_false(forward_carries(nl, ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nine_designated),
		cmocka_unit_test(areas),
		cmocka_unit_test(well),
		cmocka_unit_test(to_a_desk),
		cmocka_unit_test(to_an_authority),
		cmocka_unit_test(to_an_investigator),
		cmocka_unit_test(to_the_police),
		cmocka_unit_test(the_identity_needs_two),
		cmocka_unit_test(what_a_dossier_omits),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
