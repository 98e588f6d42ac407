/* SPDX-License-Identifier: EUPL-1.2 */
/* What messages without scripts hold beside their place, and what is given to
 * those who get none. */
#include "pages_sent.h"

#define NUMBER "form", FORM_NUMBER
#define MIB 1048576u

static char code1[CODE_TEXT];
static struct code key1;
static uint8_t bytes[3 * MIB];

static unsigned no_sites; /* for so many there is no memory */

struct site *__real_site_open(unsigned lang);
struct site *__wrap_site_open(unsigned lang);
struct site *__wrap_site_open(unsigned lang)
{
	if (no_sites > 0) {
		no_sites--;
		return NULL;
	}
	return __real_site_open(lang);
}

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

/* Sends ${b} to its end and frees it; the store is asked, or it is answered */
static struct sending *ended(struct buf b)
{
	struct sending *s;

	buf_text(&b, "--x--\r\n");
	exchange_anew();
	s = sending_new(x, POST_REPORT, EN);
	assert_non_null(s);
	sending_body(x, s, b.p, b.len);
	sending_finish(x, s);
	buf_free(&b);
	return s;
}

/* As many as there are places may wait for a store that is slow: with each
 * wait its fields, for the page that gives them back, and what is sealed */
static void little_while_the_store_is_asked(void **state)
{
	struct buf b = FORM(NUMBER, "what", "waits", "code", code1);
	size_t before = secret_alive();
	struct sending *s;

	(void)state;
	file(&b, "files", "a", bytes, 600);
	s = ended(b);
	assert_non_null(x->done);
	assert_int_equal(secret_alive() - before, 4); /* form, part, code */
	assert_null(s->envelope);
	assert_null(s->site);
	store_answers();
	assert_int_equal(s->why, NO_PROBLEM);
	assert_non_null(strstr(x->page, "<dd>1</dd>"));
	sending_free(s);
}

/* The receipt is there and no memory for its page: who sends the form again
 * has it, and the store is not asked once more */
static void no_memory_for_the_receipt(void **state)
{
	struct sending *s = ended(FORM(NUMBER, "what", "twice", "code",
	    code1));

	(void)state;
	no_sites = 1;
	store_answers();
	assert_int_equal(x->stored, 1);
	assert_int_equal(s->why, TEXT_ERR_BUSY);
	assert_non_null(strstr(x->page, "twice</textarea>"));
	sending_free(s);
	s = ended(FORM(NUMBER, "what", "twice", "code", code1));
	assert_int_equal(x->asked, 0);
	assert_int_equal(x->status, 200);
	assert_non_null(strstr(x->page, "id=\"number\""));
	sending_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, org_shown)
		T(room_for_files),
		T(refused_without_number),
		T(little_while_the_store_is_asked),
		T(no_memory_for_the_receipt),
	};

	return cmocka_run_group_tests(tests, begin, org_down);
}
