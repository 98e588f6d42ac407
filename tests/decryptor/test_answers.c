/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What may be answered, entered and said of a case: no more than the mailbox
 * holds, on no day that cannot be, with no code that is in no list, and about
 * nobody who is left out. What is refused writes nothing.
 */
#include "home.h"

#define WITHOUT_MAILBOX 0
#define WITH_MAILBOX 1

struct place {
	struct home *h;
	struct desk *d;
	struct refusal why;
};

static size_t
enter(struct place *p, bool mailbox)
{
	struct act_entry w = {.kind = REPORT_REPORT, .kase = NOT_FOUND,
		.day = p->d->today - 1, .route = "telefoon", .language = "nl",
		.text = "GEHEIM", .len = 6, .mailbox = mailbox};
	char ref[REF_TEXT], code[CODE_TEXT] = "";

	ok(act_enter(p->d, &w, ref, code, &p->why));
	assert_int_equal(code[0] != 0, mailbox);
	return state_case(p->d->state, ref);
}

static int
setup(void **state)
{
	struct place *p = home_place(sizeof *p);

	assert_int_equal(enter(p, false), WITHOUT_MAILBOX);
	assert_int_equal(enter(p, true), WITH_MAILBOX);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	home_place_free(*state);
	return 0;
}

/* What the call makes is refused so, and nothing was written */
#define nothing(p, call, want, words) \
	do { \
		uint64_t before = journal_length((p)->d->book); \
		is(call, want); \
		assert_non_null(strstr((p)->why.en, words)); \
		assert_int_equal(journal_length((p)->d->book), before); \
	} while (0)

static enum err
reply(struct place *p, size_t k, const char *text, size_t len)
{
	struct act_answer a = {.kind = REPLY_MESSAGE, .text = text,
		.len = len};

	return act_reply(p->d, k, &a, &p->why);
}

static void
no_more_than_the_mailbox_holds(void **state)
{
	static char much[SLOT_LIVE_MAX * REPLY_TEXT_PART + 1];
	struct place *p = *state;

	nothing(p, reply(p, WITHOUT_MAILBOX, "Dag", 3), ERR_POLICY,
	    "has no mailbox");
	memset(much, 'a', sizeof much);
	nothing(p, reply(p, WITH_MAILBOX, much, sizeof much), ERR_LIMIT,
	    "too long for the mailbox");
	for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
		ok(reply(p, WITH_MAILBOX, "Dag", 3));
	}
	nothing(p, reply(p, WITH_MAILBOX, "Dag", 3), ERR_BUSY,
	    "not posted yet");
	assert_int_equal(p->d->state->answers, SLOT_LIVE_MAX);
	ok(act_reply_withdraw(p->d, WITH_MAILBOX,
	    p->d->state->answer[3].reply_id, 16, &p->why));
	ok(reply(p, WITH_MAILBOX, "Dag", 3));
}

static enum err
given(struct place *p, enum given_by by, day_t day)
{
	struct act_answer a = {.kind = REPLY_ACKNOWLEDGEMENT, .text = "Dag",
		.len = 3};

	return act_given(p->d, WITHOUT_MAILBOX, by, day, &a, &p->why);
}

static void
given_on_a_day_that_was(void **state)
{
	struct place *p = *state;
	day_t today = p->d->today;

	nothing(p, given(p, GIVEN_MAILBOX, today), ERR_USAGE,
	    "letter, talk or no route");
	nothing(p, given(p, GIVEN_LETTER, today + 1), ERR_CONFLICT,
	    "in the future");
	nothing(p, given(p, GIVEN_LETTER, today - 2), ERR_CONFLICT,
	    "before receipt");
	ok(given(p, GIVEN_LETTER, today - 1));
	nothing(p, given(p, GIVEN_TALK, today), ERR_CONFLICT, "already");
	assert_int_equal(p->d->state->kase[WITHOUT_MAILBOX].ack_posted,
	    today - 1);
}

static void
told_of_a_receiver_that_is(void **state)
{
	struct target t = {.to = DEST_AUTHORITY, .receiver = "BESTAAT-NIET"};
	struct act_answer a = {.kind = REPLY_MESSAGE, .text = "Dag", .len = 3,
		.tells = &t};
	struct place *p = *state;

	nothing(p, act_reply(p->d, WITH_MAILBOX, &a, &p->why), ERR_USAGE,
	    "which receiver");
	strcpy(t.receiver, "IGJ");
	ok(act_reply(p->d, WITH_MAILBOX, &a, &p->why));
}

static void
entered_as_it_was(void **state)
{
	struct place *p = *state;
	struct act_entry w = {.kind = REPORT_REPORT, .kase = NOT_FOUND,
		.day = p->d->today + 1, .route = "", .language = "nl",
		.text = "NOG EEN", .len = 7};
	char ref[REF_TEXT], code[CODE_TEXT];

	nothing(p, act_enter(p->d, &w, ref, code, &p->why), ERR_CONFLICT,
	    "in the future");
	w.day = p->d->today;
	w.route = "duif";
	nothing(p, act_enter(p->d, &w, ref, code, &p->why), ERR_UNKNOWN,
	    "not in the list");
	w.route = "brief";
	w.kind = REPORT_FOLLOW_UP;
	w.kase = WITH_MAILBOX;
	w.mailbox = true;
	nothing(p, act_enter(p->d, &w, ref, code, &p->why), ERR_USAGE,
	    "no mailbox of its own");
	assert_int_equal(p->d->state->kases, 2);
	assert_int_equal(p->d->state->messages, 2);
	w.mailbox = false;
	ok(act_enter(p->d, &w, ref, code, &p->why));
	assert_int_equal(p->d->state->kase[WITH_MAILBOX].messages, 2);
}

static void
about_people_of_the_keyset(void **state)
{
	static const char *const many[] = {"bo", "bo", "bo", "bo", "bo", "bo",
		"bo", "bo", "bo"};
	static const char *const nobody[] = {"bo", "wie"};
	struct place *p = *state;

	nothing(p, act_conflict(p->d, WITHOUT_MAILBOX, many,
	    KASE_SUBJECTS + 1, &p->why), ERR_LIMIT, "more people than");
	nothing(p, act_conflict(p->d, WITHOUT_MAILBOX, nobody, 2, &p->why),
	    ERR_UNKNOWN, "only people of the keyset");
	assert_int_equal(p->d->state->kase[WITHOUT_MAILBOX].subjects, 0);
	ok(act_conflict(p->d, WITHOUT_MAILBOX, many, KASE_SUBJECTS,
	    &p->why));
	assert_int_equal(p->d->state->kase[WITHOUT_MAILBOX].subjects,
	    KASE_SUBJECTS);
}

static void
codes_of_a_column(void **state)
{
	struct place *p = *state;
	struct act_code two[] = {{"type", "OMG"}, {"ref", "X"}};

	nothing(p, act_codes(p->d, WITHOUT_MAILBOX, two, 2, &p->why),
	    ERR_USAGE, "no such column");
	assert_string_equal(p->d->state->kase[WITHOUT_MAILBOX].type, "");
	ok(act_codes(p->d, WITHOUT_MAILBOX, two, 1, &p->why));
	two[0].code = "XYZ";
	nothing(p, act_codes(p->d, WITHOUT_MAILBOX, two, 1, &p->why),
	    ERR_UNKNOWN, "not in the list");
	assert_string_equal(p->d->state->kase[WITHOUT_MAILBOX].type, "OMG");
}

static void
silence_is_no_agreement(void **state)
{
	struct place *p = *state;

	nothing(p, act_oral(p->d, WITHOUT_MAILBOX, ORAL_NOT_OFFERED, "Zo", 2,
	    &p->why), ERR_USAGE, "Choose offered");
	nothing(p, act_oral(p->d, WITHOUT_MAILBOX, ORAL_AGREED, NULL, 0,
	    &p->why), ERR_CONFLICT, "First offer");
	ok(act_oral(p->d, WITHOUT_MAILBOX, ORAL_OFFERED, "Zo", 2, &p->why));
}

static void
terms_of_the_law(void **state)
{
	struct place *p = *state;
	struct act_term t = {.what = TERM_EXTENDED, .on = true, .code = ""};

	/* the internal channel has its terms from the law, without more */
	is(act_term(p->d, WITHOUT_MAILBOX, &t, "Zo", 2, &p->why), ERR_POLICY);
	assert_string_equal(p->why.rule, "S-CHANNEL");
	t.what = TERM_MEETING;
	t.asked = p->d->today + 1;
	nothing(p, act_term(p->d, WITHOUT_MAILBOX, &t, "Zo", 2, &p->why),
	    ERR_CONFLICT, "in the future");
	t.asked = p->d->today;
	ok(act_term(p->d, WITHOUT_MAILBOX, &t, "Zo", 2, &p->why));
	nothing(p, act_term(p->d, WITHOUT_MAILBOX, &t, "Zo", 2, &p->why),
	    ERR_CONFLICT, "stands so already");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(no_more_than_the_mailbox_holds),
		CASE(given_on_a_day_that_was),
		CASE(told_of_a_receiver_that_is),
		CASE(entered_as_it_was),
		CASE(about_people_of_the_keyset),
		CASE(codes_of_a_column),
		CASE(silence_is_no_agreement),
		CASE(terms_of_the_law),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
