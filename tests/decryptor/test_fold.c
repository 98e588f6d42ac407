/* SPDX-License-Identifier: EUPL-1.2 */
/* What the journal adds up to: when a reply counts as posted, and which
 * feedback counts for the decision that stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decryptor/fold.h"
#include "meldluik/secret.h"

#define HASH_A \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C \
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ID "00112233445566778899aabbccddeeff"

static void
apply(struct state *s, json_t *event)
{
	assert_non_null(event);
	assert_int_equal(state_apply(s, event), OK);
	json_decref(event);
}

static struct state *
desk_with_case(void)
{
	struct state *s = state_new();

	assert_non_null(s);
	apply(s, json_pack("{s:s,s:s,s:s,s:i,s:i}", "e", "init", "day",
	    "2026-11-02", "person", "coordinator", "desk", 1, "tenure", 1));
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:s,"
	    "s:s,s:i}", "e", "message", "day", "2026-11-03", "case", "2026-7K3Q",
	    "sha256", HASH_C, "route", "mailbox", "kind", 0, "message_id", ID,
	    "payload", HASH_C, "signer", "", "language", "nl", "received",
	    "2026-11-02", "record", ID, "key", ID,
	    "attachments", 0));
	return s;
}

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
applied(struct state *s, int manifest, int tenure, int serial,
    const char *hash, const char *day)
{
	apply(s, json_pack("{s:s,s:s,s:i,s:i,s:s,s:s,s:s,s:[],s:{s:i,s:i,"
	    "s:s,s:s}}", "e", "manifest", "day", day, "serial", manifest,
	    "generation", 1, "sha256", HASH_C, "imported", day, "record", ID,
	    "closed", "applied", "tenure", tenure, "serial", serial,
	    "sha256", hash, "day", day));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posted_by_our_bundle),
		cmocka_unit_test(not_posted_by_a_bundle_with_our_number),
		cmocka_unit_test(not_posted_by_a_higher_one_of_another),
		cmocka_unit_test(not_posted_by_an_older_one_of_ours),
		cmocka_unit_test(reaching_the_reporter_ends_no_route),
		cmocka_unit_test(reopening_asks_for_feedback_again),
		cmocka_unit_test(old_journals_keep_their_closing),
	};
	if (secret_setup() != OK) {
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
