/* SPDX-License-Identifier: EUPL-1.2 */
/* report.json: vectors, round trips, limits, threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "every_field.h"
#include "meldluik/report.h"
#include "meldluik/secret.h"
#include "vector.h"

static void
one(const struct vector *v)
{
	static const char *const words[] = { [THREAD_NONE] = "none",
		[THREAD_FIRST] = "first", [THREAD_LATER] = "later",
		[THREAD_BAD] = "bad" };
	struct report *r = NULL;
	enum err e = report_parse(v->p, v->len, &r);

	vector_check(v, e, e == OK ? words[r->thread] : "");
	report_free(r);
}

static void
test_vectors(void **state)
{
	(void)state;
	assert_true(vector_each(TESTS_DIR "/vectors/report", one) > 80);
}

static struct report *
filled(enum report_kind kind)
{
	struct report *r = report_new();

	assert_non_null(r);
	r->kind = kind;
	memset(r->org, 0x5a, sizeof(r->org));
	memset(r->keyset, 0xc3, sizeof(r->keyset));
	strcpy(r->epoch, "2026-W48");
	r->desk = 3;
	memset(r->message_id, 7, sizeof(r->message_id));
	r->sealed_by = SEALED_CLI;
	strcpy(r->language, "nl");
	strcpy(r->relation, "not_said");
	return r;
}

static struct code_keys
keys(void)
{
	static const uint8_t org[ORG_LEN] = { 9 };
	struct code c = { { 3, 1, 2, 3 } };
	struct code_keys k;

	code_derive(&c, org, &k);
	return k;
}

/* Writes, reads, writes again: the same bytes */
static struct report *
through(const struct report *r)
{
	struct buf a = buf_new_secret(REPORT_JSON_MAX);
	struct buf b = buf_new_secret(REPORT_JSON_MAX);
	struct report *got = NULL;

	assert_int_equal(report_write(r, &a), OK);
	assert_int_equal(report_parse(a.p, a.len, &got), OK);
	assert_int_equal(report_write(got, &b), OK);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, a.len);
	buf_free(&a);
	buf_free(&b);
	return got;
}

static void
test_round_trip(void **state)
{
	static const char hard[] = "\x01\x02\x1f \x7f \xc2\x85 \t\r\n \"\\/ "
	    "\xe2\x80\xae \xf0\x9f\x92\xa9 </script> \xef\xbf\xbf";
	uint8_t sha[HASH_LEN] = { 1, 2, 3 };
	struct report *r = filled(REPORT_REPORT), *got;

	(void)state;
	strcpy(r->about, "mayor");
	assert_int_equal(report_answer_add(r, "what", hard,
	    sizeof(hard) - 1), OK);
	assert_int_equal(report_answer_add(r, "q_extra_1", "", 0), OK);
	assert_int_equal(report_attachment_add(r, "../\xe2\x80\xae.pdf", "",
	    UINT32_MAX, sha), OK);
	assert_false(report_attachment_cleaned(&r->attachment[0]));
	assert_int_equal(report_attachment_add(r, "b", "", 1, sha), OK);
	r->attachment[1].original[31] = 9;
	got = through(r);
	assert_int_equal(got->answers, 2);
	assert_string_equal(got->answer[0].key, "what");
	assert_string_equal(got->answer[0].text, hard);
	assert_string_equal(got->answer[1].text, "");
	assert_int_equal(got->attachments, 2);
	assert_false(report_attachment_cleaned(&got->attachment[0]));
	assert_true(report_attachment_cleaned(&got->attachment[1]));
	assert_int_equal(got->attachment[1].original[31], 9);
	assert_string_equal(got->attachment[0].name, "../\xe2\x80\xae.pdf");
	assert_int_equal(got->attachment[0].size, UINT32_MAX);
	assert_memory_equal(got->attachment[0].sha256, sha, HASH_LEN);
	assert_memory_equal(got->org, r->org, ORG_LEN);
	assert_memory_equal(got->keyset, r->keyset, HASH_LEN);
	assert_memory_equal(got->message_id, r->message_id, MESSAGE_ID_LEN);
	assert_string_equal(got->epoch, "2026-W48");
	assert_string_equal(got->about, "mayor");
	assert_int_equal(got->desk, 3);
	assert_int_equal(got->thread, THREAD_NONE);
	report_free(got);
	report_free(r);
}

static void
test_words(void **state)
{
	(void)state;
	for (int k = REPORT_REPORT; k <= REPORT_WITHDRAWAL; k++) {
		for (int s = SEALED_BROWSER; s <= SEALED_OFFLINE_PAGE; s++) {
			struct report *r = filled((enum report_kind)k), *got;

			r->sealed_by = (enum report_sealed_by)s;
			got = through(r);
			assert_int_equal(got->kind, k);
			assert_int_equal(got->sealed_by, s);
			report_free(got);
			report_free(r);
		}
	}
}

static void
test_thread_first(void **state)
{
	struct code_keys k = keys();
	struct report *r = filled(REPORT_ADVICE), *got;
	struct age_recipient mailbox;
	struct sign_pk signer;

	(void)state;
	assert_int_equal(report_thread_first(r, &k), OK);
	got = through(r);
	assert_int_equal(got->thread, THREAD_FIRST);
	assert_memory_equal(got->tag_key, k.tag_key, 32);
	assert_memory_equal(got->message_id, k.message_id, MESSAGE_ID_LEN);
	assert_int_equal(age_identity_recipient(k.mailbox, &mailbox), OK);
	assert_memory_equal(&got->recipient, &mailbox, sizeof(mailbox));
	sign_pk_of(k.thread, &signer);
	assert_true(sign_pk_equal(&got->signer, &signer));
	assert_int_equal(report_thread_later(got, &k, NULL), ERR_USAGE);
	report_free(got);
	report_free(r);
}

static void
test_thread_later(void **state)
{
	static const uint8_t none[16] = { 0 }, some[16] = { 1, 255 };
	struct code_keys k = keys();
	struct report *r = filled(REPORT_FOLLOW_UP), *got;

	(void)state;
	assert_int_equal(report_thread_first(r, &k), ERR_USAGE);
	assert_int_equal(report_thread_later(r, &k, NULL), OK);
	got = through(r);
	assert_int_equal(got->thread, THREAD_LATER);
	assert_memory_equal(got->last_reply, none, 16);
	report_free(got);
	assert_int_equal(report_thread_later(r, &k, some), OK);
	got = through(r);
	assert_memory_equal(got->last_reply, some, 16);
	report_free(got);
	report_free(r);
}

/* A thread damaged in one place is no mailbox, and the text is still there */
static void
test_damaged_thread(void **state)
{
	static const char *const places[] = { "\"tag_key\":\"",
		"age1pq1", "\"signer\":\"" };
	struct code_keys k = keys();
	struct report *r = filled(REPORT_REPORT), *got;
	struct buf b = buf_new_secret(REPORT_JSON_MAX);

	(void)state;
	assert_int_equal(report_answer_add(r, "what", "tekst", 5), OK);
	assert_int_equal(report_thread_first(r, &k), OK);
	assert_int_equal(report_write(r, &b), OK);
	for (size_t i = 0; i < 3; i++) {
		char *at = strstr((char *)(uintptr_t)buf_cstr(&b),
		    places[i]);
		char *c = at + strlen(places[i]) + 20, was = *c;

		*c = i == 0 ? 'G' : was == 'q' ? 'p' : 'q';
		got = NULL;
		assert_int_equal(report_parse(b.p, b.len, &got), OK);
		assert_int_equal(got->thread, THREAD_BAD);
		assert_string_equal(got->answer[0].text, "tekst");
		report_free(got);
		*c = was;
	}
	got = NULL;
	assert_int_equal(report_parse(b.p, b.len, &got), OK);
	assert_int_equal(got->thread, THREAD_FIRST);
	report_free(got);
	buf_free(&b);
	report_free(r);
}

static enum err
whole(const char *p, size_t len)
{
	struct report *r = NULL;
	enum err e = report_parse(p, len, &r);

	assert_true((e == OK) == (r != NULL));
	if (e == OK && r->thread == THREAD_BAD) {
		e = ERR_FORMAT; /* for the count: the text is still there */
	}
	report_free(r);
	return e;
}

/* Every member of a first report and of a follow-up */
static void
test_every_member(void **state)
{
	static const char *const may[] = { "/thread left out",
		"/questions left out", "/questions/q_1 left out",
		"/answers/what left out", "/attachments/0/original left out",
		"/attachments/0/size zero", NULL };
	static const uint8_t some[16] = { 1, 255 };
	struct code_keys k = keys();
	uint8_t sha[HASH_LEN] = { 1, 2, 3 };

	(void)state;
	for (int later = 0; later < 2; later++) {
		struct buf b = buf_new_secret(REPORT_JSON_MAX);
		struct report *r = filled(later ? REPORT_FOLLOW_UP :
		    REPORT_REPORT);

		assert_int_equal(report_answer_add(r, "what", "x", 1), OK);
		assert_int_equal(report_answer_add(r, "q_1", "y", 1), OK);
		assert_int_equal(report_question_add(r, "q_1", "?", 1), OK);
		assert_int_equal(report_attachment_add(r, "a", "b/c", 1, sha),
		    OK);
		r->attachment[0].original[31] = 0xa9;
		assert_int_equal(later ? report_thread_later(r, &k, some) :
		    report_thread_first(r, &k), OK);
		assert_int_equal(report_write(r, &b), OK);
		assert_true(every_field((const char *)b.p, b.len, whole, may) >
		    100);
		buf_free(&b);
		report_free(r);
	}
}

static void
test_limits(void **state)
{
	static char text[REPORT_JSON_MAX];
	uint8_t sha[HASH_LEN] = { 0 };
	struct report *r = filled(REPORT_REPORT);
	struct buf b = buf_new_secret(2 * REPORT_JSON_MAX);
	char key[8];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(report_answer_add(r, "what", text, sizeof(text)),
	    ERR_LIMIT);
	report_free(r);

	/* fits memory, not the document: nothing is written */
	r = filled(REPORT_REPORT);
	assert_int_equal(report_answer_add(r, "what", text,
	    REPORT_JSON_MAX - 100), OK);
	assert_int_equal(report_write(r, &b), ERR_LIMIT);
	assert_int_equal(b.len, 0);
	report_free(r);

	/* quotes take two bytes in JSON */
	memset(text, '"', sizeof(text));
	r = filled(REPORT_REPORT);
	assert_int_equal(report_answer_add(r, "what", text,
	    REPORT_JSON_MAX / 2), OK);
	assert_int_equal(report_write(r, &b), ERR_LIMIT);
	report_free(r);

	r = filled(REPORT_REPORT);
	for (unsigned i = 0; i < REPORT_ANSWERS_MAX; i++) {
		snprintf(key, sizeof(key), "q_%u", i);
		assert_int_equal(report_answer_add(r, key, "x", 1), OK);
	}
	assert_int_equal(report_answer_add(r, "what", "x", 1), ERR_LIMIT);
	for (unsigned i = 0; i < REPORT_ATTACHMENTS_MAX; i++) {
		assert_int_equal(report_attachment_add(r, "a", "b", i, sha),
		    OK);
	}
	assert_int_equal(report_attachment_add(r, "a", "b", 0, sha),
	    ERR_LIMIT);
	report_free(through(r));
	report_free(r);
	buf_free(&b);
}

static void
test_refused_while_filling(void **state)
{
	uint8_t sha[HASH_LEN] = { 0 };
	struct report *r = filled(REPORT_REPORT);
	struct buf b = buf_new_secret(REPORT_JSON_MAX);

	(void)state;
	assert_int_equal(report_answer_add(r, "why", "x", 1), ERR_FORMAT);
	assert_int_equal(report_answer_add(r, "q_", "x", 1), ERR_FORMAT);
	assert_int_equal(report_answer_add(r, "what", "a\0b", 3),
	    ERR_FORMAT);
	assert_int_equal(report_answer_add(r, "what", "\xff", 1),
	    ERR_FORMAT);
	assert_int_equal(report_answer_add(r, "what", "x", 1), OK);
	assert_int_equal(report_answer_add(r, "what", "y", 1), ERR_CONFLICT);
	assert_int_equal(report_attachment_add(r, "", "b", 0, sha),
	    ERR_FORMAT);
	assert_int_equal(report_attachment_add(r, "\xff", "b", 0, sha),
	    ERR_FORMAT);
	assert_int_equal(r->answers, 1);
	assert_int_equal(r->attachments, 0);

	r->desk = 64;
	assert_int_equal(report_write(r, &b), ERR_USAGE);
	r->desk = 3;
	strcpy(r->epoch, "2026-W60");
	assert_int_equal(report_write(r, &b), ERR_USAGE);
	strcpy(r->epoch, "2026-W48");
	strcpy(r->relation, "friend");
	assert_int_equal(report_write(r, &b), ERR_USAGE);
	strcpy(r->relation, "citizen");
	r->thread = THREAD_BAD;
	assert_int_equal(report_write(r, &b), ERR_USAGE);
	r->thread = THREAD_NONE;
	assert_int_equal(report_write(r, &b), OK);
	buf_free(&b);
	report_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_thread_first),
		cmocka_unit_test(test_thread_later),
		cmocka_unit_test(test_damaged_thread),
		cmocka_unit_test(test_every_member),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_refused_while_filling),
	};
	int failed;

	if (secret_setup() != OK) {
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (secret_alive() != 0) {
		fprintf(stderr, "secret memory left\n");
		return 1;
	}
	return failed;
}
