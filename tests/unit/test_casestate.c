/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every guard of the state machine is tried to be broken: from facts that
 * satisfy everything one fact is taken away, and the refusal must name that
 * fact's rule and an article.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/casestate.h"

static struct profile *profiles[2];
static struct profile *nl, *eu;

static int
setup(void **state)
{
	(void)state;
	if (profile_builtin("nl", &nl) != OK ||
	    profile_builtin("eu", &eu) != OK) {
		return -1;
	}
	profiles[0] = nl;
	profiles[1] = eu;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	profile_free(nl);
	profile_free(eu);
	return 0;
}

static struct case_facts
all_well(enum case_state s)
{
	struct case_facts f = {
		.state = s,
		.today = day_make(2026, 11, 24),
		.registered = true,
		.classified = true,
		.conflict_checked = true,
		.ack_given = true,
		.feedback_given = true,
		.feedback_reasoned = true,
		.options_told = true,
		.outcome_recorded = true,
		.reason_recorded = true,
		.oral = true,
		.oral_record_offered = true,
		.consent = true,
		.reporter_told = true,
		.resealed = true,
		.withdrawal_received = true,
		.retention_set = true,
		.destroy_on = day_make(2026, 11, 24),
		.signers = { { "anna", false }, { "bram", false } },
		.signer_count = 2,
	};

	return f;
}

static void
assert_refused(const struct profile *p, const struct case_facts *f,
    enum case_state to, const char *rule)
{
	struct rule why = { 0 };

	assert_int_equal(case_may(p, f, to, &why), ERR_POLICY);
	assert_string_equal(why.id, rule);
	assert_true(strlen(why.article) > 2);
	assert_true(strlen(why.nl) > 10);
	assert_true(strlen(why.en) > 10);
}

static void
everything_allowed_when_all_is_well(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		for (int s = 0; s < CASE_STATES; s++) {
			enum case_state next[CASE_STATES];
			size_t n = case_next(profiles[i], s, next);

			for (size_t k = 0; k < n; k++) {
				struct case_facts f = all_well(s);
				struct rule why;

				assert_int_equal(case_may(profiles[i], &f,
				    next[k], &why), OK);
			}
		}
	}
}

static void
no_other_step(void **state)
{
	unsigned refused = 0;

	(void)state;
	for (int s = 0; s < CASE_STATES; s++) {
		enum case_state next[CASE_STATES];
		size_t n = case_next(nl, s, next);

		for (int to = 0; to < CASE_STATES; to++) {
			bool listed = false;

			for (size_t k = 0; k < n; k++) {
				listed = listed ||
				    next[k] == (enum case_state)to;
			}
			if (!listed) {
				struct case_facts f = all_well(s);

				assert_refused(nl, &f, to, "S-STEP");
				refused++;
			}
		}
	}
	assert_true(refused > 250);
}

/* From every state but the last a case can reach closing. */
static void
every_state_reaches_closing(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		for (int s = 0; s < CASE_STATES; s++) {
			bool seen[CASE_STATES] = { false };
			bool grown = true;

			seen[s] = true;
			while (grown) {
				grown = false;
				for (int a = 0; a < CASE_STATES; a++) {
					enum case_state next[CASE_STATES];
					size_t n = seen[a] ? case_next(
					    profiles[i], a, next) : 0;

					for (size_t k = 0; k < n; k++) {
						grown = grown ||
						    !seen[next[k]];
						seen[next[k]] = true;
					}
				}
			}
			if (s == CASE_DESTROYED) {
				assert_false(seen[CASE_CLOSED]);
			} else {
				assert_true(seen[CASE_CLOSED]);
				assert_true(seen[CASE_DESTROYED]);
			}
		}
	}
}

static void
closing(void **state)
{
	struct case_facts f = all_well(CASE_ANSWERED);

	(void)state;
	f.feedback_given = false;
	assert_refused(nl, &f, CASE_CLOSED, "S-FEEDBACK");
	f = all_well(CASE_ANSWERED);
	f.ack_given = false;
	assert_refused(nl, &f, CASE_CLOSED, "S-ACK");
	/* a waiver is for competent authorities only */
	f.ack_waived = true;
	assert_refused(nl, &f, CASE_CLOSED, "S-ACK");
	assert_int_equal(case_may(eu, &f, CASE_CLOSED, NULL), OK);
	f = all_well(CASE_ANSWERED);
	f.outcome_recorded = false;
	assert_refused(nl, &f, CASE_CLOSED, "S-OUTCOME");
	f = all_well(CASE_ANSWERED);
	f.oral_record_offered = false;
	assert_refused(nl, &f, CASE_CLOSED, "S-ORAL");
	f.oral = false;
	assert_int_equal(case_may(nl, &f, CASE_CLOSED, NULL), OK);
	/* no way round: only "teruggekoppeld" leads to "gesloten" */
	for (int s = 0; s < CASE_STATES; s++) {
		if (s != CASE_ANSWERED) {
			f = all_well(s);
			assert_refused(nl, &f, CASE_CLOSED, "S-STEP");
		}
	}
}

static void
before_triage(void **state)
{
	struct case_facts f = all_well(CASE_RECEIVED);

	(void)state;
	f.registered = false;
	assert_refused(nl, &f, CASE_FETCHED, "S-REGISTERED");
	f = all_well(CASE_TRIAGE);
	f.classified = false;
	assert_refused(nl, &f, CASE_IN_PROGRESS, "S-CLASSIFIED");
	f = all_well(CASE_TRIAGE);
	f.conflict_checked = false;
	assert_refused(nl, &f, CASE_IN_PROGRESS, "S-IMPARTIAL");
	f = all_well(CASE_IN_PROGRESS);
	f.outcome_recorded = false;
	assert_refused(nl, &f, CASE_DECISION, "S-OUTCOME");
}

static void
not_admissible(void **state)
{
	struct case_facts f = all_well(CASE_TRIAGE);

	(void)state;
	f.signer_count = 1;
	assert_refused(nl, &f, CASE_NOT_ADMISSIBLE, "S-TWO");
	f = all_well(CASE_TRIAGE);
	f.reason_recorded = false;
	assert_refused(nl, &f, CASE_NOT_ADMISSIBLE, "S-REASON");
	f = all_well(CASE_NOT_ADMISSIBLE);
	f.ack_given = false;
	assert_refused(nl, &f, CASE_ANSWERED, "S-ACK");
	f = all_well(CASE_NOT_ADMISSIBLE);
	f.feedback_reasoned = false;
	assert_refused(nl, &f, CASE_ANSWERED, "S-REASONED");
	f = all_well(CASE_NOT_ADMISSIBLE);
	f.options_told = false;
	assert_refused(nl, &f, CASE_ANSWERED, "S-OPTIONS");
	f = all_well(CASE_NOT_ADMISSIBLE);
	f.feedback_given = false;
	assert_refused(nl, &f, CASE_ANSWERED, "S-FEEDBACK");
}

static void
forwarding(void **state)
{
	struct case_facts f = all_well(CASE_IN_PROGRESS);

	(void)state;
	f.consent = false;
	assert_refused(nl, &f, CASE_FORWARDED, "S-CONSENT");
	f.legal_duty = true;
	assert_int_equal(case_may(nl, &f, CASE_FORWARDED, NULL), OK);
	f.reporter_told = false;
	assert_refused(nl, &f, CASE_FORWARDED, "S-TOLD");
	f = all_well(CASE_IN_PROGRESS);
	f.signer_count = 1;
	assert_refused(nl, &f, CASE_FORWARDED, "S-TWO");
}

static void
four_eyes(void **state)
{
	struct case_facts f = all_well(CASE_IN_PROGRESS);

	(void)state;
	f.signer_count = 0;
	assert_refused(nl, &f, CASE_ABORTED, "S-TWO");
	f = all_well(CASE_IN_PROGRESS);
	f.signers[1].person = "anna"; /* one person, two keys */
	assert_refused(nl, &f, CASE_ABORTED, "S-TWO");
	f = all_well(CASE_IN_PROGRESS);
	f.signers[1].subject = true;
	assert_refused(nl, &f, CASE_ABORTED, "S-SUBJECT");
	/* not even as the third */
	f = all_well(CASE_IN_PROGRESS);
	f.signers[2] = (struct signer){ "carla", true };
	f.signer_count = 3;
	assert_refused(nl, &f, CASE_ABORTED, "S-SUBJECT");
	f = all_well(CASE_IN_PROGRESS);
	f.reason_recorded = false;
	assert_refused(nl, &f, CASE_ABORTED, "S-REASON");
}

static void
two_people_in_some_cases(void **state)
{
	struct case_facts f = all_well(CASE_IN_PROGRESS);

	(void)state;
	f.signer_count = 1;
	assert_int_equal(case_may(nl, &f, CASE_DECISION, NULL), OK);
	f.unfounded_uninvestigated = true;
	assert_refused(nl, &f, CASE_DECISION, "S-TWO");
	f.signer_count = 2;
	assert_int_equal(case_may(nl, &f, CASE_DECISION, NULL), OK);
	f = all_well(CASE_DECISION);
	f.signer_count = 0;
	assert_int_equal(case_may(nl, &f, CASE_ANSWERED, NULL), OK);
	f.feedback_without_route = true;
	assert_refused(nl, &f, CASE_ANSWERED, "S-TWO");
	assert_refused(eu, &f, CASE_ANSWERED, "S-TWO");
	f.state = CASE_NOT_ADMISSIBLE;
	assert_refused(nl, &f, CASE_ANSWERED, "S-TWO");
}

static void
recusal_and_withdrawal(void **state)
{
	struct case_facts f = all_well(CASE_TRIAGE);

	(void)state;
	f.signer_count = 1;
	assert_refused(nl, &f, CASE_RECUSAL, "S-TWO");
	f = all_well(CASE_RECUSAL);
	f.resealed = false;
	assert_refused(nl, &f, CASE_TRIAGE, "S-RESEALED");
	f = all_well(CASE_TRIAGE);
	f.withdrawal_received = false;
	assert_refused(nl, &f, CASE_WITHDRAWN, "S-WITHDRAWAL");
	/* withdrawing deletes nothing: no step from there to the end */
	f = all_well(CASE_WITHDRAWN);
	assert_refused(nl, &f, CASE_DESTROYED, "S-STEP");
	assert_int_equal(case_may(nl, &f, CASE_IN_PROGRESS, NULL), OK);
}

static void
destruction(void **state)
{
	struct case_facts f = all_well(CASE_RETAINED);

	(void)state;
	assert_int_equal(case_may(nl, &f, CASE_DESTROYED, NULL), OK);
	f.legal_hold = true;
	assert_refused(nl, &f, CASE_DESTROYED, "S-HOLD");
	f = all_well(CASE_RETAINED);
	f.destroy_on = f.today + 1;
	assert_refused(nl, &f, CASE_DESTROYED, "S-TERM");
	f.destroy_on = DAY_NEVER;
	assert_refused(nl, &f, CASE_DESTROYED, "S-TERM");
	f.destroy_on = DAY_NONE;
	assert_refused(nl, &f, CASE_DESTROYED, "S-TERM");
	f = all_well(CASE_RETAINED);
	f.retention_set = false;
	assert_refused(nl, &f, CASE_DESTROYED, "S-RETENTION");
	f = all_well(CASE_RETAINED);
	f.signer_count = 1;
	assert_refused(nl, &f, CASE_DESTROYED, "S-TWO");
	f = all_well(CASE_CLOSED);
	f.retention_set = false;
	assert_refused(nl, &f, CASE_RETAINED, "S-RETENTION");
	f = all_well(CASE_CLOSED);
	f.reason_recorded = false;
	assert_refused(nl, &f, CASE_REOPENED, "S-REASON");
	f = all_well(CASE_DESTROYED);
	assert_refused(nl, &f, CASE_REOPENED, "S-STEP");
}

static void
codes_and_labels(void **state)
{
	enum case_state s = CASE_STATES;

	(void)state;
	for (int i = 0; i < CASE_STATES; i++) {
		assert_int_equal(case_state_parse(case_state_code(i), &s), OK);
		assert_int_equal(s, i);
	}
	assert_int_equal(case_state_parse("GESLOTEN", &s), ERR_UNKNOWN);
	assert_int_equal(case_state_parse("", &s), ERR_UNKNOWN);
	assert_string_equal(case_state_label(nl, CASE_IN_PROGRESS, "nl"),
	    "in behandeling");
	assert_string_equal(case_state_label(nl, CASE_IN_PROGRESS, "ar"),
	    "in progress");
	assert_true(case_state_open(CASE_ABORTED));
	assert_false(case_state_open(CASE_CLOSED));
	assert_false(case_state_open(CASE_RETAINED));
	assert_false(case_state_open(CASE_DESTROYED));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_allowed_when_all_is_well),
		cmocka_unit_test(no_other_step),
		cmocka_unit_test(every_state_reaches_closing),
		cmocka_unit_test(closing),
		cmocka_unit_test(before_triage),
		cmocka_unit_test(not_admissible),
		cmocka_unit_test(forwarding),
		cmocka_unit_test(four_eyes),
		cmocka_unit_test(two_people_in_some_cases),
		cmocka_unit_test(recusal_and_withdrawal),
		cmocka_unit_test(destruction),
		cmocka_unit_test(codes_and_labels),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
