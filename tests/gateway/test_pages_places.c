/* SPDX-License-Identifier: EUPL-1.2 */
/* What messages without scripts hold beside their place, and what is given to
 * those who get none. */
#include "pages_sent.h"

#define NUMBER "form", FORM_NUMBER
#define MIB 1048576u

static char code1[CODE_TEXT];
static struct code key1;
static uint8_t bytes[3 * MIB];

static int begin(void **state)
{
	org_up(state);
	code_for(1, code1, &key1);
	return 0;
}

/* A file takes room as it comes, and a message without one none; where there
 * is none for it, the text comes back */
static void room_for_files(void **state)
{
	const size_t first = 65536;
	struct buf b = FORM(NUMBER, "what", "no file", "code", code1);

	(void)state;
	more_held = 0;
	file(&b, "files", "", "", 0); /* none was chosen */
	assert_int_equal(sent(POST_REPORT, b), NO_PROBLEM);
	assert_int_equal(more_held, 0);
	b = FORM(NUMBER, "what", "small", "code", code1);
	file(&b, "files", "a", bytes, 600);
	file(&b, "files", "b", bytes, 600);
	assert_int_equal(sent(POST_REPORT, b), NO_PROBLEM);
	assert_int_equal(more_held, SENDING_MORE + first);
	more_held = 0;
	b = FORM(NUMBER, "what", "large", "code", code1);
	file(&b, "files", "a", bytes, 2 * MIB + 1);
	assert_int_equal(sent(POST_REPORT, b), NO_PROBLEM);
	assert_int_equal(more_held, SENDING_MORE + MIB);
	more_held = 0;
	more_most = SENDING_MORE + 2 * first;
	b = FORM(NUMBER, "what", "too large", "code", code1);
	file(&b, "files", "a", bytes, 2 * first + 1);
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_PLACES);
	assert_non_null(strstr(x->page, "too large"));
	assert_int_equal(more_held, more_most);
	more_most = SIZE_MAX;
}

/* Ten thousand may be refused, or begin and stop: who is told that there is no
 * place, or that it is too much, gets what was made once, and who has sent no
 * file and no end has no copy of what pages say of the organisation */
static void refused_without_number(void **state)
{
	static const unsigned statuses[] = {503, 413, 413, 503};
	static uint8_t begun[] = "--x\r\nContent-Disposition: form-data; "
	    "name=\"what\"\r\n\r\nbegun";
	struct sending *s;
	static char kept;

	(void)state;
	can_keep = (struct answer *)(void *)&kept;
	keeps = kept_answers = 0;
	for (unsigned i = 0; i < 4; i++) {
		exchange_anew();
		page_refused(x, statuses[i]);
		assert_int_equal(x->answers, i < 2); /* made, and kept */
		assert_int_equal(strlen(x->page), i < 2 ? 16384 : 0);
	}
	assert_int_equal(keeps, 2);
	assert_int_equal(kept_answers, 4);
	exchange_anew();
	page_fail(x, 400, EN, TEXT_ERR_FORM);
	assert_int_equal(x->answers, 1);
	assert_int_equal(keeps, 2);
	can_keep = NULL;
	exchange_anew();
	s = sending_new(x, POST_REPORT, EN);
	assert_non_null(s);
	sending_body(x, s, begun, sizeof(begun) - 1);
	assert_int_equal(s->why, NO_PROBLEM);
	assert_null(s->site);
	sending_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, org_shown)
		T(room_for_files),
		T(refused_without_number),
	};

	return cmocka_run_group_tests(tests, begin, org_down);
}
