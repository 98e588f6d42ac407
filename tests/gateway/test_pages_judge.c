/* SPDX-License-Identifier: EUPL-1.2 */
/* Forms without scripts: who gets them, what is asked of them, and what is in
 * the report that a desk opens. */
#include "pages_sent.h"

#define NUMBER "form", FORM_NUMBER
#define LONG 97000u

static char code1[CODE_TEXT], code2[CODE_TEXT];
static struct code key1, key2;

static int begin(void **state)
{
	org_up(state);
	code_for(1, code1, &key1);
	code_for(2, code2, &key2);
	return 0;
}

static struct report *report_of(struct envelope_content *c, unsigned who)
{
	assert_int_equal(opened(who, c), OK);
	return c->report;
}

static const char *answer(const struct report *r, const char *key)
{
	for (unsigned i = 0; i < r->answers; i++) {
		if (strcmp(r->answer[i].key, key) == 0) {
			return r->answer[i].text;
		}
	}
	return "";
}

static void a_report(void **state)
{
	struct envelope_content c;
	struct code_keys k;
	struct report *r;

	(void)state;
	is_sent(POST_REPORT, NUMBER, "what", "text", "where", " \n\t", "who",
	    "somebody", "code", code1, "relation", "employee", "q_area", "2",
	    "q_more", "also");
	r = report_of(&c, 1); /* a holder of desk 1 */
	assert_int_equal(r->kind, REPORT_REPORT);
	assert_int_equal(r->desk, 1);
	assert_int_equal(r->sealed_by, SEALED_SERVER);
	assert_int_equal(r->thread, THREAD_FIRST);
	code_derive(&key1, org.keyset->org, &k);
	assert_memory_equal(r->tag_key, k.tag_key, sizeof(k.tag_key));
	assert_memory_equal(r->message_id, k.message_id, MESSAGE_ID_LEN);
	assert_string_equal(r->language, "en");
	assert_string_equal(r->relation, "employee");
	assert_string_equal(r->about, "");
	assert_int_equal(r->answers, 4); /* not the blank one, not the date */
	assert_string_equal(answer(r, "what"), "text");
	assert_string_equal(answer(r, "who"), "somebody");
	assert_string_equal(answer(r, "q_area"), "Two");
	assert_string_equal(answer(r, "q_more"), "also");
	envelope_content_free(&c);
	assert_int_not_equal(opened(2, &c), OK);
	secret_wipe(&k, sizeof(k));
}

/* Without a code, and said to be without: no mailbox */
static void no_mailbox(void **state)
{
	struct envelope_content c;
	struct report *r;

	(void)state;
	is_not(TEXT_ERR_CODE_MISSING, POST_REPORT, NUMBER, "what", "text");
	is_not(TEXT_ERR_CODE_MISSING, POST_REPORT, NUMBER, "what", "text",
	    "code", " \n");
	is_not(TEXT_ERR_CODE_MISSING, POST_PREVIEW, NUMBER, "what", "text");
	is_sent(POST_ADVICE, NUMBER, "what", "text", "no_mailbox", "1");
	r = report_of(&c, 0);
	assert_int_equal(r->kind, REPORT_ADVICE);
	assert_int_equal(r->thread, THREAD_NONE);
	assert_int_equal(r->message_id[1], 0x11);
	assert_string_equal(r->relation, "not_said");
	envelope_content_free(&c);
}

/* About whom it is says who reads it, whatever another field says */
static void who_reads_the_first(void **state)
{
	struct envelope_content c;
	struct report *r;

	(void)state;
	is_sent(POST_REPORT, NUMBER, "what", "text", "code", code2, "about",
	    "coordinator");
	r = report_of(&c, 2);
	assert_int_equal(r->desk, 2);
	assert_string_equal(r->about, "coordinator");
	envelope_content_free(&c);
	is_sent(POST_REPORT, NUMBER, "what", "other", "code", code1, "to",
	    "2");
	r = report_of(&c, 0);
	assert_int_equal(r->desk, 1);
	assert_int_equal(r->thread, THREAD_FIRST);
	envelope_content_free(&c);
	is_sent(POST_ADVICE, NUMBER, "what", "text", "code", code1, "to", "2");
	is_sent(POST_PREVIEW, NUMBER, "what", "text", "code", code1, "to",
	    "2");
	/* a code of the other desk */
	is_not(TEXT_ERR_CODE_DESK, POST_REPORT, NUMBER, "what", "text",
	    "code", code2);
	is_not(TEXT_ERR_CODE_DESK, POST_ADVICE, NUMBER, "what", "text",
	    "code", code1, "about", "coordinator");
	is_not(TEXT_ERR_CODE_DESK, POST_PREVIEW, NUMBER, "what", "text",
	    "code", code2);
	is_not(TEXT_ERR_FORM, POST_REPORT, NUMBER, "what", "text", "code",
	    code1, "about", "nobody");
	strcpy(org.keyset->desk[1].not_about[0], "coordinator");
	is_not(TEXT_ERR_NOBODY, POST_REPORT, NUMBER, "what", "text", "code",
	    code1, "about", "coordinator");
	strcpy(org.keyset->desk[1].not_about[0], "burgemeester");
}

/* The desk that the page named beside the form, if it still works */
static void who_reads_what_is_added(void **state)
{
	static const char *const bad[] = { "3", "0", "001", "1x", " 1", "+1",
		"-1", "4294967297" };
	struct envelope_content c;
	struct report *r;

	(void)state;
	is_sent(POST_FOLLOW_UP, NUMBER, "what", "text", "code", code1);
	r = report_of(&c, 0);
	assert_int_equal(r->kind, REPORT_FOLLOW_UP);
	assert_int_equal(r->desk, 1);
	assert_int_equal(r->thread, THREAD_LATER);
	assert_int_equal(r->message_id[1], 0x11);
	envelope_content_free(&c);
	is_sent(POST_FOLLOW_UP, NUMBER, "what", "text", "code", code1, "to",
	    "02");
	assert_int_equal(report_of(&c, 3)->desk, 2);
	envelope_content_free(&c);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		is_not(TEXT_ERR_READER, POST_FOLLOW_UP, NUMBER, "what",
		    "text", "code", code1, "to", bad[i]);
	}
	org.keyset->desk[1].successor = 1;
	is_not(TEXT_ERR_READER, POST_FOLLOW_UP, NUMBER, "what", "text",
	    "code", code1, "to", "2");
	/* the code of a desk that ended: who came after it */
	is_sent(POST_FOLLOW_UP, NUMBER, "what", "text", "code", code2);
	assert_int_equal(report_of(&c, 0)->desk, 1);
	envelope_content_free(&c);
	org.keyset->desk[1].successor = 0;
}

static void the_last_reply_read(void **state)
{
	static const uint8_t none[16];
	struct envelope_content c;

	(void)state;
	is_sent(POST_FOLLOW_UP, NUMBER, "what", "text", "code", code1, "last",
	    "ffeeddccbbaa99887766554433221100");
	assert_int_equal(report_of(&c, 0)->last_reply[0], 0xff);
	envelope_content_free(&c);
	is_sent(POST_FOLLOW_UP, NUMBER, "what", "more", "code", code1, "last",
	    "ffeeddccbbaa9988776655443322110x");
	assert_memory_equal(report_of(&c, 0)->last_reply, none, 16);
	envelope_content_free(&c);
}

static void codes(void **state)
{
	char typo[CODE_TEXT];

	(void)state;
	memcpy(typo, code1, sizeof(typo));
	typo[10] = typo[10] == 'A' ? 'B' : 'A';
	is_not(TEXT_ERR_CODE_TYPO, POST_REPORT, NUMBER, "what", "text",
	    "code", typo);
	is_not(TEXT_ERR_CODE_LENGTH, POST_REPORT, NUMBER, "what", "text",
	    "code", "ABCD");
	is_not(TEXT_ERR_CODE_TYPO, POST_FOLLOW_UP, NUMBER, "what", "text",
	    "code", typo);
}

/* Of each kind what must be there, and nothing that does not fit */
static void what_a_form_needs(void **state)
{
	static char large[LONG + 1], fits[50001];
	const char *about = "0123456789012345678901234567890123";

	(void)state;
	is_not(TEXT_ERR_TEXT, POST_REPORT, NUMBER, "what", " \n\t", "code",
	    code1);
	is_not(TEXT_ERR_TEXT, POST_ADVICE, NUMBER, "code", code1);
	is_not(TEXT_ERR_TEXT, POST_PREVIEW, NUMBER, "code", code1);
	is_sent(POST_FOLLOW_UP, NUMBER, "where", "only", "code", code1);
	is_not(TEXT_ERR_TEXT, POST_FOLLOW_UP, NUMBER, "code", code1);
	is_not(TEXT_ERR_FORM, POST_REPORT, "what", "text", "code", code1);
	is_not(TEXT_ERR_FORM, POST_REPORT, "form", "0011", "what", "text",
	    "no_mailbox", "1");
	memset(large, 'a', LONG);
	is_not(TEXT_ERR_FORM, POST_REPORT, NUMBER, "what", "text", "code",
	    code1, "relation", large);
	is_not(TEXT_ERR_FORM, POST_REPORT, NUMBER, "what", "text", "code",
	    code1, "relation", "other");
	is_not(TEXT_ERR_FORM, POST_FOLLOW_UP, NUMBER, "what", "text", "code",
	    code1, "about", about);
	memset(fits, 'a', sizeof(fits) - 1); /* a field, and no report */
	is_not(TEXT_ERR_LARGE, POST_REPORT, NUMBER, "what", fits, "code",
	    code1);
	is_not(TEXT_ERR_LARGE, POST_PREVIEW, NUMBER, "what", fits, "code",
	    code1);
}

/* After something went wrong a look is the form again, and no preview */
static void a_look_at_what_went_wrong(void **state)
{
	(void)state;
	is_sent(POST_PREVIEW, NUMBER, "what", "text", "code", code1);
	assert_int_equal(x->asked, 0);
	is_not(TEXT_ERR_UTF8, POST_PREVIEW, NUMBER, "what", "text", "where",
	    "\xff", "code", code1);
	is_sent(POST_EDIT, NUMBER, "what", "text", "code", code1);
	assert_int_equal(x->asked, 0);
	assert_non_null(strstr(x->page, "text</textarea>"));
}

static void a_gateway_that_is_closed(void **state)
{
	(void)state;
	shown_epoch = NULL;
	is_not(TEXT_ERR_CLOSED, POST_REPORT, NUMBER, "what", "text", "code",
	    code1);
	shown_keyset = NULL;
	is_not(TEXT_ERR_CLOSED, POST_REPORT, NUMBER, "what", "text", "code",
	    code1);
	org_shown(state);
	org.keyset->revoked[0] = org.keyset->identity;
	org.keyset->revokeds = 1;
	shown_epoch = NULL;
	is_not(TEXT_ERR_WITHDRAWN, POST_REPORT, NUMBER, "what", "text",
	    "code", code1);
	org.keyset->revokeds = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, org_shown)
		T(a_report),
		T(no_mailbox),
		T(who_reads_the_first),
		T(who_reads_what_is_added),
		T(the_last_reply_read),
		T(codes),
		T(what_a_form_needs),
		T(a_look_at_what_went_wrong),
		T(a_gateway_that_is_closed),
	};

	return cmocka_run_group_tests(tests, begin, org_down);
}
