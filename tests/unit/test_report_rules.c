/* SPDX-License-Identifier: EUPL-1.2 */
/* What a report in memory takes and refuses: questions asked, names, sizes,
 * room, and what is not sensible enough to be written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../keys/seal/report_private.h"
#include "meldluik/secret.h"

static char much[REPORT_JSON_MAX];

static struct report *
filled(void)
{
	struct report *r = report_new();

	assert_non_null(r);
	r->kind = REPORT_REPORT;
	strcpy(r->epoch, "2026-W48");
	r->desk = 3;
	r->sealed_by = SEALED_CLI;
	strcpy(r->language, "nl");
	strcpy(r->relation, "not_said");
	return r;
}

static void
questions_asked(void **state)
{
	struct report *r = filled();

	(void)state;
	assert_int_equal(report_answer_add(r, "what", "x", 1), OK);
	assert_int_equal(report_answer_add(r, "q_1", "x", 1), OK);
	assert_int_equal(report_answer_add(r, "q_2", "x", 1), OK);
	assert_int_equal(report_question_add(r, "what", "?", 1), ERR_FORMAT);
	assert_int_equal(report_question_add(r, "q_1", "", 0), ERR_FORMAT);
	assert_int_equal(report_question_add(r, "q_1", "\xff", 1),
	    ERR_FORMAT);
	assert_int_equal(report_question_add(r, "q_1", much,
	    REPORT_ASKED_MAX + 1), ERR_FORMAT);
	assert_int_equal(report_question_add(r, "q_3", "?", 1), ERR_UNKNOWN);
	assert_int_equal(report_question_add(r, "q_1", much,
	    REPORT_ASKED_MAX), OK);
	assert_int_equal(report_question_add(r, "q_1", "?", 1),
	    ERR_CONFLICT);
	assert_int_equal(report_question_add(r, "q_2", "?", 1), OK);
	assert_string_equal(r->answer[2].asked, "?");
	assert_null(r->answer[0].asked);
	report_free(r);
}

static void
attachments(void **state)
{
	static const uint8_t sha[HASH_LEN];
	char name[REPORT_NAME_MAX + 2] = "", type[MEDIA_TYPE_MAX + 2] = "";
	struct report *r = filled();

	(void)state;
	memset(name, 'n', REPORT_NAME_MAX + 1);
	memset(type, 't', MEDIA_TYPE_MAX + 1);
	assert_int_equal(report_attachment_add(r, name, "", 1, sha),
	    ERR_LIMIT);
	assert_int_equal(report_attachment_add(r, "a", type, 1, sha),
	    ERR_LIMIT);
	assert_int_equal(report_attachment_add(r, "a", "\xff", 1, sha),
	    ERR_FORMAT);
	assert_int_equal(report_attachment_add(r, "a", "b",
	    UINT64_C(1) << 32, sha), ERR_LIMIT);
	assert_int_equal(r->attachments, 0);
	name[REPORT_NAME_MAX] = type[MEDIA_TYPE_MAX] = '\0';
	assert_int_equal(report_attachment_add(r, name, type, UINT32_MAX,
	    sha), OK);
	report_free(r);
}

/* Strings that fill all but ${left} bytes of a report's room */
static struct report *
nearly_full(size_t left)
{
	struct report *r = filled();

	/* "what" and "q_1", their answers, a NUL behind each */
	assert_int_equal(report_answer_add(r, "q_1", "x", 1), OK);
	assert_int_equal(report_answer_add(r, "what", much,
	    REPORT_JSON_MAX - left - 12), OK);
	return r;
}

static void
room(void **state)
{
	static const uint8_t sha[HASH_LEN];
	struct report *r;

	(void)state;
	for (size_t left = 0; left < 12; left++) {
		r = nearly_full(left);
		assert_int_equal(report_answer_add(r, "when", "12345", 5),
		    left < 11 ? ERR_LIMIT : OK);
		report_free(r);
		r = nearly_full(left);
		assert_int_equal(report_answer_add(r, "when", "", 0),
		    left < 6 ? ERR_LIMIT : OK);
		report_free(r);
		r = nearly_full(left);
		assert_int_equal(report_question_add(r, "q_1", "12345", 5),
		    left < 6 ? ERR_LIMIT : OK);
		report_free(r);
		r = nearly_full(left);
		assert_int_equal(report_attachment_add(r, "12345", "1234", 1,
		    sha), left < 11 ? ERR_LIMIT : OK);
		assert_int_equal(r->attachments, left < 11 ? 0 : 1);
		report_free(r);
	}
}

static void
not_sensible(void **state)
{
	enum { WAYS = 12 };
	struct buf b = buf_new_secret(REPORT_JSON_MAX);

	(void)state;
	for (int i = 0; i < WAYS; i++) {
		struct report *r = filled();

		switch (i) {
		case 0: r->kind = (enum report_kind)99; break;
		case 1: r->sealed_by = (enum report_sealed_by)99; break;
		case 2: r->desk = 0; break;
		case 3: r->desk = 64; break;
		case 4: strcpy(r->language, "n"); break;
		case 5: strcpy(r->language, "n_l"); break;
		case 6: strcpy(r->about, "../x"); break;
		case 7: r->answers = REPORT_ANSWERS_MAX + 1; break;
		case 8: r->attachments = REPORT_ATTACHMENTS_MAX + 1; break;
		case 9: r->thread = THREAD_LATER; break;
		case 10: r->thread = THREAD_FIRST;
			r->kind = REPORT_WITHDRAWAL; break;
		case 11: r->thread = THREAD_BAD; break;
		}
		if (report_write(r, &b) != ERR_USAGE) {
			fail_msg("way %d", i);
		}
		report_free(r);
	}
	assert_int_equal(b.len, 0);
	buf_free(&b);
}

/* A buffer that is too small is said to be */
static void
no_room_to_write(void **state)
{
	struct report *r = filled();
	struct buf b = buf_new_secret(50);

	(void)state;
	assert_int_equal(report_write(r, &b), ERR_LIMIT);
	buf_free(&b);
	report_free(r);
}

/* Of a later version, inside the answers too */
static void
keys_that_are_ignored(void **state)
{
	static const char *const in[] = {"\"answers\":{", "\"questions\":{"};
	struct report *r = filled(), *got;
	struct buf b = buf_new_secret(REPORT_JSON_MAX), c;
	const char *text, *at;

	(void)state;
	assert_int_equal(report_answer_add(r, "q_1", "x", 1), OK);
	assert_int_equal(report_question_add(r, "q_1", "?", 1), OK);
	assert_int_equal(report_write(r, &b), OK);
	text = buf_cstr(&b);
	for (size_t i = 0; i < 2; i++) {
		c = buf_new_secret(REPORT_JSON_MAX);
		at = strstr(text, in[i]) + strlen(in[i]);
		buf_put(&c, text, (size_t)(at - text));
		buf_text(&c, "\"x_later\":[1],");
		buf_text(&c, at);
		got = NULL;
		assert_int_equal(report_parse(c.p, c.len, &got), OK);
		assert_int_equal(got->answers, 1);
		report_free(got);
		buf_free(&c);
	}
	buf_free(&b);
	report_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_asked),
		cmocka_unit_test(attachments),
		cmocka_unit_test(room),
		cmocka_unit_test(not_sensible),
		cmocka_unit_test(no_room_to_write),
		cmocka_unit_test(keys_that_are_ignored),
	};

	memset(much, 'a', sizeof(much));
	return secret_setup() != OK ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
