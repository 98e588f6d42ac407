/* SPDX-License-Identifier: EUPL-1.2 */
/* What the journal adds up to: when a reply counts as posted, which feedback
 * counts for the decision that stands, and what a forwarding rests on. What
 * only a lost key opens: test_fold_keys.c. */
#include "decryptor/replies.h"
#include "fold_help.h"

static void
reply_of(struct state *s, const char *kind)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:s}", "e", "reply",
	    "day", "2026-11-04", "case", "2026-7K3Q", "reply_id", ID, "kind",
	    kind, "language", "nl", "parts", 1, "record", ID));
}

static void
reply(struct state *s)
{
	reply_of(s, "acknowledgement");
}

static void
export(struct state *s, int serial, const char *hash)
{
	apply(s, json_pack("{s:s,s:s,s:i,s:s,s:i,s:i}", "e", "export", "day",
	    "2026-11-04", "serial", serial, "sha256", hash, "slots", 16,
	    "confirmed", 0));
}

static void
posted_by_our_bundle(void **state)
{
	struct state *s = desk_with_case();
	day_t day;

	(void)state;
	assert_int_equal(day_parse("2026-11-05", &day), OK);
	reply(s);
	export(s, 1, HASH_A);
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	applied(s, 1, 1, 1, HASH_A, "2026-11-05");
	assert_int_equal(s->answer[0].posted, day);
	assert_int_equal(s->kase[0].ack_posted, day);
	state_free(s);
}

/* Before a restore another machine of this desk had used number 1 */
static void
not_posted_by_a_bundle_with_our_number(void **state)
{
	struct state *s = desk_with_case();
	day_t day;

	(void)state;
	assert_int_equal(day_parse("2026-11-06", &day), OK);
	reply(s);
	export(s, 1, HASH_A);
	applied(s, 1, 1, 1, HASH_B, "2026-11-05");
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	export(s, 2, HASH_C);
	applied(s, 2, 1, 2, HASH_C, "2026-11-06");
	assert_int_equal(s->answer[0].posted, day);
	state_free(s);
}

static void
not_posted_by_a_higher_one_of_another(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	reply(s);
	export(s, 1, HASH_A);
	applied(s, 1, 1, 5, HASH_B, "2026-11-05");
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	state_free(s);
}

/* Drafted after the bundle that went live */
static void
not_posted_by_an_older_one_of_ours(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	export(s, 1, HASH_A);
	reply(s);
	export(s, 2, HASH_B);
	applied(s, 1, 1, 1, HASH_A, "2026-11-05");
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	state_free(s);
}

static json_t *
withdrawn(void)
{
	return json_pack("{s:s,s:s,s:s,s:s}", "e", "reply_withdrawn", "day",
	    "2026-11-05", "case", "2026-7K3Q", "reply_id", ID);
}

/* No bundle carries it, and receipt can be acknowledged again */
static void
taken_back_before_any_bundle(void **state)
{
	struct state *s = desk_with_case();
	json_t *o = withdrawn();

	(void)state;
	assert_int_equal(state_apply(s, o), ERR_FORMAT); /* of what? */
	reply(s);
	apply(s, withdrawn());
	assert_int_equal(s->answer[0].taken_back, day("2026-11-05"));
	assert_int_equal(s->kase[0].ack_drafted, DAY_NONE);
	assert_int_equal(s->kase[0].answers, 0);
	assert_int_equal(reply_waiting(s, 0), 0);
	assert_int_equal(state_apply(s, o), ERR_FORMAT); /* again */
	export(s, 1, HASH_A);
	applied(s, 1, 1, 1, HASH_A, "2026-11-06");
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	assert_int_equal(s->kase[0].ack_posted, DAY_NONE);
	s->answer[0].reply_id[0] ^= 1; /* another one, which that carried */
	reply(s);
	export(s, 2, HASH_B);
	assert_int_equal(state_apply(s, o), ERR_FORMAT);
	assert_int_equal(s->kase[0].answers, 1);
	json_decref(o);
	state_free(s);
}

static void
given_on(struct state *s, const char *kind, const char *on)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "e", "given",
	    "day", on, "case", "2026-7K3Q", "kind", kind, "by", "talk", "on",
	    on, "record", ID));
}

static void
feedback(struct state *s, const char *by, const char *on, bool reasoned)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b}", "e", "given",
	    "day", "2026-12-20", "case", "2026-7K3Q", "kind", "feedback", "by",
	    by, "on", on, "record", ID, "reasoned", reasoned));
}

static void
to(struct state *s, const char *code, const char *day)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s}", "e", "state", "day", day,
	    "case", "2026-7K3Q", "to", code));
}

static void
assert_day(day_t got, const char *want)
{
	char text[DAY_TEXT];

	assert_int_not_equal(got, DAY_NONE);
	day_text(got, text);
	assert_string_equal(text, want);
}

static void
reaching_the_reporter_ends_no_route(void **state)
{
	struct state *s = desk_with_case();
	const struct kase *k = &s->kase[0];

	(void)state;
	feedback(s, "no_route", "2026-11-20", true);
	assert_int_equal(k->feedback_by, GIVEN_NO_ROUTE);
	assert_true(k->feedback_reasoned);
	feedback(s, "letter", "2026-12-01", false);
	assert_int_equal(k->feedback_by, GIVEN_LETTER);
	assert_day(k->told_decision, "2026-12-01");
	assert_day(k->feedback_posted, "2026-11-20");
	assert_false(k->feedback_reasoned); /* nobody read those reasons */
	feedback(s, "no_route", "2026-12-05", true);
	assert_int_equal(k->feedback_by, GIVEN_LETTER);
	assert_false(k->feedback_reasoned);
	feedback(s, "talk", "2026-12-06", true);
	assert_day(k->told_decision, "2026-12-01");
	assert_true(k->feedback_reasoned);
	state_free(s);
}

static void
acknowledged(struct state *s, const char *by, const char *on)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "e", "given",
	    "day", "2026-12-20", "case", "2026-7K3Q", "kind",
	    "acknowledgement", "by", by, "on", on, "record", ID));
}

static void
reaching_the_reporter_acknowledges_after_no_route(void **state)
{
	struct state *s = desk_with_case();
	const struct kase *k = &s->kase[0];

	(void)state;
	acknowledged(s, "no_route", "2026-11-20");
	assert_int_equal(k->ack_by, GIVEN_NO_ROUTE);
	assert_day(k->ack_posted, "2026-11-20");
	acknowledged(s, "letter", "2026-12-01");
	assert_int_equal(k->ack_by, GIVEN_LETTER);
	assert_day(k->ack_posted, "2026-12-01");
	acknowledged(s, "no_route", "2026-11-21");
	assert_int_equal(k->ack_by, GIVEN_LETTER);
	acknowledged(s, "talk", "2026-11-22");
	assert_int_equal(k->ack_by, GIVEN_TALK);
	assert_day(k->ack_posted, "2026-11-22");
	state_free(s);
}

static void
reopening_asks_for_feedback_again(void **state)
{
	struct state *s = desk_with_case();
	const struct kase *k = &s->kase[0];

	(void)state;
	feedback(s, "letter", "2026-11-20", true);
	reply_of(s, "feedback"); /* drafted of the first decision */
	export(s, 1, HASH_A);
	to(s, "gesloten", "2026-11-21");
	to(s, "heropend", "2026-12-10");
	assert_int_equal(k->told_decision, DAY_NONE);
	assert_int_equal(k->feedback_by, GIVEN_NOT);
	assert_false(k->feedback_reasoned);
	assert_day(k->feedback_posted, "2026-11-20");
	applied(s, 1, 1, 1, HASH_A, "2026-12-15");
	assert_int_not_equal(s->answer[0].posted, DAY_NONE);
	assert_int_equal(k->told_decision, DAY_NONE);
	feedback(s, "letter", "2026-12-09", false); /* a day before */
	assert_int_equal(k->told_decision, DAY_NONE);
	feedback(s, "talk", "2026-12-16", false);
	assert_day(k->told_decision, "2026-12-16");
	assert_int_equal(k->feedback_by, GIVEN_TALK);
	assert_day(k->feedback_posted, "2026-11-20");
	state_free(s);
}

static void
feedback_before_a_decision_is_not_of_it(void **state)
{
	static const char *const decisions[] = {"besluit", "afgebroken",
		"niet_ontvankelijk"};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct state *s = desk_with_case();
		const struct kase *k = &s->kase[0];
		feedback(s, "letter", "2026-11-20", true);
		reply_of(s, "feedback");
		export(s, 1, HASH_A);
		to(s, "onderzoek", "2026-11-22");
		assert_day(k->told_decision, "2026-11-20");
		to(s, decisions[i], "2026-11-22");
		assert_int_equal(k->told_decision, DAY_NONE);
		assert_false(k->feedback_reasoned);
		assert_day(k->feedback_posted, "2026-11-20");
		applied(s, 1, 1, 1, HASH_A, "2026-11-23");
		assert_int_equal(k->told_decision, DAY_NONE);
		feedback(s, "letter", "2026-11-21", true);
		assert_int_equal(k->told_decision, DAY_NONE);
		feedback(s, "letter", "2026-11-22", false);
		assert_day(k->told_decision, "2026-11-22");
		assert_false(k->feedback_reasoned);
		to(s, "heropend", "2026-12-01");
		feedback(s, "letter", "2026-12-02", false);
		to(s, decisions[i], "2026-12-02"); /* told on that day */
		assert_day(k->told_decision, "2026-12-02");
		state_free(s);
	}
}

/* Closed again by an earlier program: it stays closed, and can be destroyed */
static void
old_journals_keep_their_closing(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	feedback(s, "letter", "2026-11-20", false);
	to(s, "gesloten", "2026-11-21");
	to(s, "heropend", "2026-12-10");
	to(s, "teruggekoppeld", "2026-12-11");
	assert_day(s->kase[0].told_decision, "2026-11-20");
	state_free(s);
}

static const struct target igj = {DEST_AUTHORITY, "IGJ"},
    om = {DEST_AUTHORITY, "OM"}, police = {DEST_POLICE, ""};

static void
ground(struct state *s, const char *basis, const char *receiver, bool given)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:b,s:s,s:s,s:s}", "e", "ground",
	    "day", "2026-11-10", "case", "2026-7K3Q", "basis", basis, "given",
	    given, "to", "authority", "receiver", receiver, "record", ID));
}

static void
forwarded(struct state *s, const char *to, const char *receiver,
    const char *day)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b}", "e", "forward",
	    "day", day, "case", "2026-7K3Q", "to", to, "receiver", receiver,
	    "plan", HASH_A, "record", ID, "duty", false));
}

/* By letter; ${receiver} NULL: as older programs wrote it */
static void
told(struct state *s, const char *receiver, const char *on)
{
	json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "e", "given",
	    "day", "2026-12-20", "case", "2026-7K3Q", "kind", "message", "by",
	    "letter", "on", on, "record", ID);

	json_object_set_new(o, "forward_notice", json_boolean(receiver ==
	    NULL));
	if (receiver != NULL) {
		json_object_set_new(o, "tells", json_pack("{s:s,s:s}", "to",
		    "authority", "receiver", receiver));
	}
	apply(s, o);
}

static bool
holds(const struct state *s, enum ground_kind kind, const struct target *t)
{
	return ground_day(s, 0, kind, t) != DAY_NONE;
}

static void
a_ground_is_of_one_receiver(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	ground(s, "consent", "IGJ", true);
	ground(s, "duty", "OM", true);
	told(s, "IGJ", "2026-11-12");
	assert_true(holds(s, GROUND_CONSENT, &igj));
	assert_false(holds(s, GROUND_CONSENT, &om));
	assert_false(holds(s, GROUND_CONSENT, &police));
	assert_true(holds(s, GROUND_DUTY, &om));
	assert_false(holds(s, GROUND_DUTY, &igj));
	assert_true(holds(s, GROUND_TOLD, &igj));
	assert_false(holds(s, GROUND_TOLD, &om));
	ground(s, "consent", "OM", false); /* of nobody: takes nothing back */
	assert_true(holds(s, GROUND_CONSENT, &igj));
	ground(s, "consent", "IGJ", false);
	assert_false(holds(s, GROUND_CONSENT, &igj));
	assert_true(holds(s, GROUND_TOLD, &igj));
	state_free(s);
}

static void
a_forwarding_uses_up_its_grounds(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	ground(s, "consent", "IGJ", true);
	ground(s, "consent", "OM", true);
	told(s, "IGJ", "2026-11-12");
	forwarded(s, "authority", "IGJ", "2026-11-14");
	assert_false(holds(s, GROUND_CONSENT, &igj));
	assert_false(holds(s, GROUND_TOLD, &igj));
	assert_true(holds(s, GROUND_CONSENT, &om));
	/* recorded now, but of a day before it went: of that one */
	told(s, "IGJ", "2026-11-13");
	assert_false(holds(s, GROUND_TOLD, &igj));
	told(s, "IGJ", "2026-11-14");
	assert_true(holds(s, GROUND_TOLD, &igj));
	state_free(s);
}

static void
drafted_before_a_forwarding_tells_of_no_later_one(void **state)
{
	struct state *s = desk_with_case();
	json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:{s:s,s:s}}",
	    "e", "reply", "day", "2026-11-04", "case", "2026-7K3Q",
	    "reply_id", ID, "kind", "message", "language", "nl", "parts", 1,
	    "record", ID, "tells", "to", "authority", "receiver", "IGJ");

	(void)state;
	apply(s, json_deep_copy(o));
	export(s, 1, HASH_A);
	forwarded(s, "authority", "IGJ", "2026-11-05");
	applied(s, 1, 1, 1, HASH_A, "2026-11-06");
	assert_int_not_equal(s->answer[0].posted, DAY_NONE);
	assert_false(holds(s, GROUND_TOLD, &igj));
	apply(s, o);
	export(s, 2, HASH_B);
	assert_false(holds(s, GROUND_TOLD, &igj)); /* a draft */
	applied(s, 2, 1, 2, HASH_B, "2026-11-09");
	assert_true(holds(s, GROUND_TOLD, &igj));
	assert_false(holds(s, GROUND_TOLD, &om));
	state_free(s);
}

static void
reopening_ends_grounds(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	ground(s, "consent", "IGJ", true);
	ground(s, "duty", "OM", true);
	told(s, "IGJ", "2026-11-12");
	to(s, "gesloten", "2026-11-21");
	to(s, "heropend", "2026-12-10");
	assert_false(holds(s, GROUND_CONSENT, NULL));
	assert_false(holds(s, GROUND_DUTY, NULL));
	assert_false(holds(s, GROUND_TOLD, NULL));
	told(s, "IGJ", "2026-12-09"); /* a day before */
	assert_false(holds(s, GROUND_TOLD, &igj));
	told(s, "IGJ", "2026-12-10");
	assert_true(holds(s, GROUND_TOLD, &igj));
	state_free(s);
}

/* They did not say of whom: the first forwarding may go on, no other */
static void
grounds_of_old_journals_count_once(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:b,s:s}", "e", "consent", "day",
	    "2026-11-10", "case", "2026-7K3Q", "basis", "consent", "given",
	    true, "record", ID));
	told(s, NULL, "2026-11-12");
	assert_true(holds(s, GROUND_CONSENT, &igj));
	assert_true(holds(s, GROUND_CONSENT, &police));
	assert_true(holds(s, GROUND_TOLD, &om));
	forwarded(s, "authority", "IGJ", "2026-11-14");
	assert_false(holds(s, GROUND_CONSENT, &police));
	assert_false(holds(s, GROUND_TOLD, &om));
	forwarded(s, "police", "", "2026-11-15"); /* as they did then */
	assert_int_equal(s->forwardings, 2);
	state_free(s);
}

/* A late import, and a clock of the gateway that stood back */
static void
the_earliest_day_counts_and_none_before_receipt(void **state)
{
	struct state *s = desk_with_case();
	day_t early = day("2026-11-01"), received = day("2026-11-02"),
	    late = day("2026-11-09");

	(void)state;
	reply(s);
	reply_of(s, "feedback");
	export(s, 1, HASH_A);
	given_on(s, "acknowledgement", "2026-11-09");
	given_on(s, "feedback", "2026-11-09");
	assert_int_equal(s->kase[0].ack_posted, late);
	assert_int_equal(s->kase[0].said_early, DAY_NONE);
	applied(s, 1, 1, 1, HASH_A, "2026-11-01");
	assert_int_equal(s->kase[0].ack_posted, received);
	assert_int_equal(s->kase[0].ack_by, GIVEN_MAILBOX);
	assert_int_equal(s->kase[0].feedback_posted, received);
	assert_int_equal(s->kase[0].said_early, early);
	given_on(s, "acknowledgement", "2026-11-09");
	assert_int_equal(s->kase[0].ack_posted, received);
	state_free(s);
}

/* Journals of before hold numbers that no desk reaches */
static void
a_number_that_cannot_be_counts_for_nothing(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	reply(s);
	export(s, 7, HASH_A);
	assert_true(state_applied_may(s, 1 + APPLIED_TENURES,
	    7 + APPLIED_SERIALS));
	assert_false(state_applied_may(s, 2 + APPLIED_TENURES, 1));
	assert_false(state_applied_may(s, 1, 8 + APPLIED_SERIALS));
	applied(s, 1, 2147483647, 7, HASH_A, "2026-11-05");
	applied(s, 2, 1, 2147483647, HASH_A, "2026-11-05");
	assert_false(state_superseded(s));
	assert_int_equal(s->applied_serial, 0);
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	applied(s, 3, 1, 7, HASH_A, "2026-11-05");
	assert_int_not_equal(s->answer[0].posted, DAY_NONE);
	applied(s, 4, 2, 8, HASH_B, "2026-11-05");
	assert_true(state_superseded(s));
	state_free(s);
}

/* One case whose terms cannot be told takes no other's away */
static void
a_clock_that_cannot_be_told_is_due_now(void **state)
{
	struct state *s = desk_with_case();
	struct desk d = {.state = s, .today = s->kase[0].received + 1};
	struct due *due = NULL;
	size_t n = 0, unknown = 0;

	(void)state;
	report_of(s, "2026-8K3Q", HASH_B);
	s->kase[0].received = DAY_MAX + 1;
	assert_int_equal(act_due(&d, &due, &n), OK);
	for (size_t i = 0; i < n; i++) {
		if (due[i].kase == 0) {
			assert_int_equal(due[i].what, DUE_CLOCK);
			assert_int_equal(due[i].colour, CLOCK_RED);
			unknown++;
		}
	}
	assert_int_equal(unknown, 1);
	assert_int_equal(n, 4);
	free(due);
	profile_free(d.profile);
	holidays_free(d.holidays);
	state_free(s);
}

static void
classified(struct state *s, const char *kind, const char *origin)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "e", "classify",
	    "day", "2026-11-04", "case", "2026-7K3Q", "kind", kind, "type",
	    "", "origin", origin, "wbk", ""));
}

/* Triage or the classification, whichever spoke last */
static void
report_or_advice(void **state)
{
	struct state *s = desk_with_case();
	const struct kase *k = &s->kase[0];

	(void)state;
	assert_int_equal(k->kind, REPORT_REPORT);
	classified(s, "melding", "");
	to(s, "triage", "2026-11-04");
	assert_int_equal(k->kind, REPORT_REPORT);
	to(s, "adviesvraag", "2026-11-04");
	assert_int_equal(k->kind, REPORT_ADVICE);
	classified(s, k->report_kind, "intern"); /* of something else */
	assert_int_equal(k->kind, REPORT_ADVICE);
	to(s, "triage", "2026-11-05");
	assert_int_equal(k->kind, REPORT_ADVICE);
	classified(s, "klacht", "intern");
	assert_int_equal(k->kind, REPORT_REPORT);
	state_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posted_by_our_bundle),
		cmocka_unit_test(not_posted_by_a_bundle_with_our_number),
		cmocka_unit_test(not_posted_by_a_higher_one_of_another),
		cmocka_unit_test(not_posted_by_an_older_one_of_ours),
		cmocka_unit_test(taken_back_before_any_bundle),
		cmocka_unit_test(reaching_the_reporter_ends_no_route),
		cmocka_unit_test(
		    reaching_the_reporter_acknowledges_after_no_route),
		cmocka_unit_test(reopening_asks_for_feedback_again),
		cmocka_unit_test(feedback_before_a_decision_is_not_of_it),
		cmocka_unit_test(old_journals_keep_their_closing),
		cmocka_unit_test(a_ground_is_of_one_receiver),
		cmocka_unit_test(a_forwarding_uses_up_its_grounds),
		cmocka_unit_test(
		    drafted_before_a_forwarding_tells_of_no_later_one),
		cmocka_unit_test(reopening_ends_grounds),
		cmocka_unit_test(grounds_of_old_journals_count_once),
		cmocka_unit_test(
		    the_earliest_day_counts_and_none_before_receipt),
		cmocka_unit_test(a_number_that_cannot_be_counts_for_nothing),
		cmocka_unit_test(a_clock_that_cannot_be_told_is_due_now),
		cmocka_unit_test(report_or_advice),
	};
	if (secret_setup() != OK) {
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
