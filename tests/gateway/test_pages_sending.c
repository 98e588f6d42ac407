/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages without scripts on their way: files, what a browser sends wrong,
 * a sealed file that passes, and what is answered. */
#include "pages_sent.h"

#define NUMBER "form", FORM_NUMBER
#define MIB 1048576u

static char code1[CODE_TEXT];
static struct code key1;
static uint8_t bytes[6 * MIB];

static bool no_site, no_fields; /* there is no memory for it */

struct site *__real_site_open(unsigned lang);
struct site *__wrap_site_open(unsigned lang);
struct site *__wrap_site_open(unsigned lang)
{
	return no_site ? NULL : __real_site_open(lang);
}

struct fields *__real_fields_new(void);
struct fields *__wrap_fields_new(void);
struct fields *__wrap_fields_new(void)
{
	return no_fields ? NULL : __real_fields_new();
}

static int begin(void **state)
{
	org_up(state);
	code_for(1, code1, &key1);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 7 >> 3);
	}
	return 0;
}

static struct buf text(void)
{
	return FORM(NUMBER, "what", "text", "code", code1);
}

static void files(void **state)
{
	struct buf b = text();
	struct envelope_content c;
	uint8_t hash[HASH_LEN];

	(void)state;
	file(&b, "files", "a.txt", bytes, 5);
	file(&b, "files", "", "", 0); /* none was chosen */
	file(&b, "files", "empty", "", 0);
	file(&b, "files", "", "x", 1);
	file(&b, "files", "large", bytes, 2 * MIB + 1);
	assert_int_equal(sent(POST_REPORT, b), NO_PROBLEM);
	assert_true(x->asked > 3); /* in parts */
	assert_int_equal(opened(0, &c), OK);
	assert_int_equal(c.report->attachments, 4);
	assert_string_equal(c.report->attachment[0].name, "a.txt");
	assert_string_equal(c.report->attachment[0].media_type, "text/plain");
	assert_int_equal(c.report->attachment[1].size, 0);
	assert_int_equal(c.report->attachment[2].size, 1);
	hash_bytes(bytes, 2 * MIB + 1, hash);
	assert_memory_equal(c.report->attachment[3].sha256, hash, HASH_LEN);
	envelope_content_free(&c);
}

static void a_follow_up_of_a_file(void **state)
{
	struct buf b = FORM(NUMBER, "code", code1);
	struct envelope_content c;

	(void)state;
	file(&b, "files", "a", bytes, 5);
	assert_int_equal(sent(POST_FOLLOW_UP, b), NO_PROBLEM);
	assert_int_equal(opened(1, &c), OK);
	assert_int_equal(c.report->answers, 0);
	assert_int_equal(c.report->attachments, 1);
	envelope_content_free(&c);
}

static void files_that_are_too_many(void **state)
{
	struct buf b = text();

	(void)state;
	for (unsigned i = 0; i < REPORT_ATTACHMENTS_MAX; i++) {
		file(&b, "files", "a", "", 0);
	}
	assert_int_equal(sent(POST_REPORT, b), NO_PROBLEM);
	b = text();
	for (unsigned i = 0; i < REPORT_ATTACHMENTS_MAX + 1; i++) {
		file(&b, "files", "b", "x", 1);
	}
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_FILES);
	assert_non_null(strstr(x->page, "text</textarea>"));
}

/* The text fits and the files fit, and their names beside it do not */
static void names_that_do_not_fit(void **state)
{
	static char large[REPORT_JSON_MAX - 4000], name[251];
	struct buf b;

	(void)state;
	memset(large, 'a', sizeof(large) - 1);
	memset(name, 'n', sizeof(name) - 1);
	b = FORM(NUMBER, "what", large, "code", code1);
	assert_int_equal(sent(POST_REPORT, b), NO_PROBLEM);
	b = FORM(NUMBER, "what", large, "code", code1);
	for (unsigned i = 0; i < 20; i++) {
		file(&b, "files", name, "x", 1);
	}
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_FILES);
	/* they do, with what else is said of each file they do not */
	name[100] = '\0';
	b = FORM(NUMBER, "what", large, "code", code1);
	for (unsigned i = 0; i < 20; i++) {
		file(&b, "files", name, "x", 1);
	}
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_LARGE);
}

/* A look takes no file, and sends nothing */
static void looks(void **state)
{
	struct buf b = text();

	(void)state;
	file(&b, "files", "a", bytes, 100);
	assert_int_equal(sent(POST_PREVIEW, b), NO_PROBLEM);
	assert_int_equal(x->previews, 1);
	assert_int_equal(x->asked, 0);
	b = text();
	file(&b, "files", "a", bytes, 100);
	assert_int_equal(sent(POST_EDIT, b), NO_PROBLEM);
	assert_int_equal(x->asked, 0);
	assert_non_null(strstr(x->page, "text</textarea>"));
}

/* No browser sends these */
static void forms_that_are_none(void **state)
{
	uint8_t none[] = "no form";
	struct buf b = text();
	struct sending *s;

	(void)state;
	file(&b, "others", "a", "x", 1);
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_FORM);
	b = text(); /* a field after the files */
	file(&b, "files", "a", "x", 1);
	field(&b, "where", "late");
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_FORM);
	b = text();
	field(&b, "what", "twice");
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_FORM);
	/* known as soon as it came; and what has no end */
	exchange_anew();
	s = sending_new(x, POST_REPORT, EN);
	assert_non_null(s);
	sending_body(x, s, none, 7);
	assert_int_equal(s->why, TEXT_ERR_FORM);
	sending_free(s);
	exchange_anew();
	s = sending_new(x, POST_REPORT, EN);
	assert_non_null(s);
	b = text();
	sending_body(x, s, b.p, b.len);
	assert_int_equal(s->why, NO_PROBLEM);
	sending_finish(x, s);
	store_answers();
	assert_int_equal(s->why, TEXT_ERR_FORM);
	assert_int_equal(x->asked, 0);
	sending_free(s);
	buf_free(&b);
	x->type = "application/x-www-form-urlencoded";
	s = sending_new(x, POST_REPORT, EN);
	assert_non_null(s);
	assert_int_equal(s->why, TEXT_ERR_FORM);
	sending_free(s);
	sending_free(NULL);
}

static void no_memory(void **state)
{
	struct sending *s;

	(void)state;
	exchange_anew();
	no_site = true; /* which is told when it is needed */
	assert_int_equal(sent(POST_REPORT, FORM(NUMBER, "what", "a", "code",
	    code1)), TEXT_ERR_BUSY);
	assert_int_equal(x->status, 503);
	no_site = false;
	exchange_anew();
	no_fields = true;
	assert_null(sending_new(x, POST_REPORT, EN));
	s = sending_new(x, POST_WITHDRAW, EN); /* brings its own */
	assert_non_null(s);
	no_fields = false;
	sending_free(s);
}

/* Of what is too long its beginning comes back, and what follows it */
static void texts_that_are_too_long(void **state)
{
	static char large[TEXT_PART_MAX + 10], rest[32768];
	struct buf b;

	(void)state;
	memset(large, 'a', sizeof(large) - 1);
	b = FORM(NUMBER, "what", large, "code", code1, "where", "after");
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_LARGE);
	assert_non_null(strstr(x->page, "after"));
	/* no room for the beginning of one more */
	large[TEXT_PART_MAX - 1] = '\0';
	memset(rest, 'b', sizeof(rest) - 1);
	b = FORM("what", large, "where", rest, "who", "none");
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_LARGE);
	assert_int_equal(x->asked, 0);
}

/* Keys of the week, and none of them for this desk */
static void a_desk_without_keys(void **state)
{
	struct epoch *less = malloc(sizeof(*less));

	(void)state;
	assert_non_null(less);
	*less = *epoch;
	less->blocks = 0;
	shown_epoch = less;
	is_not(TEXT_ERR_CLOSED, POST_REPORT, NUMBER, "what", "text", "code",
	    code1);
	assert_int_equal(x->asked, 0);
	free(less);
}

/* More at once than there is room for before the store answers: said as soon
 * as it is so, also of the last bytes of a file */
static void faster_than_the_store(void **state)
{
	struct sending *s;
	bool full = false, all = false;
	struct buf b;

	(void)state;
	for (size_t n = SEALED_ROOM - 3 * 65536u; n < SEALED_ROOM + 65536u;
	     n += 8192) {
		b = text();
		buf_text(&b, "--x\r\nContent-Disposition: form-data; "
		    "name=\"files\"; filename=\"a\"\r\n\r\n");
		buf_put(&b, bytes, n);
		buf_text(&b, n % 16384 == 0 ? "" : "\r\n--x\r\n");
		exchange_anew();
		s = sending_new(x, POST_REPORT, EN);
		assert_non_null(s);
		sending_body(x, s, b.p, b.len);
		assert_int_equal(s->why != NO_PROBLEM, s->sealed.failed);
		full = full || s->sealed.failed;
		all = all || !s->sealed.failed;
		sending_free(s);
		buf_free(&b);
	}
	assert_true(full && all);
}

static void the_same_form_again(void **state)
{
	struct buf b = text();
	uint8_t first[HASH_LEN];
	struct sending *s;

	(void)state;
	field(&b, "where", "the same");
	file(&b, "files", "a", "x", 1);
	assert_int_equal(sent(POST_REPORT, b), NO_PROBLEM);
	memcpy(first, x->q.digest, HASH_LEN);
	b = text();
	field(&b, "where", "the same");
	file(&b, "files", "a", "y", 1);
	assert_int_equal(sent(POST_REPORT, b), NO_PROBLEM);
	assert_memory_not_equal(first, x->q.digest, HASH_LEN);
	b = text();
	field(&b, "where", "the same");
	file(&b, "files", "a", "x", 1);
	buf_text(&b, "--x--\r\n");
	exchange_anew();
	s = sending_new(x, POST_REPORT, EN);
	assert_non_null(s);
	sending_body(x, s, b.p, b.len);
	sending_finish(x, s);
	assert_int_equal(x->asked, 0);
	assert_int_equal(x->answers, 1);
	assert_non_null(strstr(x->page, "receipt"));
	sending_free(s);
	buf_free(&b);
}

static void what_the_store_refuses(void **state)
{
	static const struct {
		enum err says;
		enum text_id why;
	} all[] = { { ERR_FULL, TEXT_ERR_FULL }, { ERR_STALE, TEXT_ERR_BUSY },
		{ ERR_BUSY, TEXT_ERR_BUSY }, { ERR_IO, TEXT_ERR_IO },
		{ ERR_CRYPT, TEXT_ERR_IO }, { ERR_FULL, TEXT_ERR_FULL_FILES } };
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct sending *s;

		b = text();
		field(&b, "where", "refused");
		if (all[i].why == TEXT_ERR_FULL_FILES) {
			file(&b, "files", "a", bytes, 5);
		}
		buf_text(&b, "--x--\r\n");
		exchange_anew();
		s = sending_new(x, POST_REPORT, EN);
		assert_non_null(s);
		sending_body(x, s, b.p, b.len);
		sending_finish(x, s);
		x->says = all[i].says;
		store_answers();
		assert_int_equal(s->why, all[i].why);
		assert_int_equal(x->answers, 1);
		assert_non_null(strstr(x->page, "text</textarea>"));
		sending_free(s);
		buf_free(&b);
	}
}

/* Its text might have room: the answer spoke of the first file as if there
 * were none. And after one refusal nothing more is brought there. */
static void no_room_for_the_first_file(void **state)
{
	struct buf b = text();
	struct sending *s;

	(void)state;
	file(&b, "files", "a", bytes, 3 * MIB);
	buf_text(&b, "--x--\r\n");
	exchange_anew();
	x->says = ERR_FULL;
	s = sending_new(x, POST_REPORT, EN);
	assert_non_null(s);
	for (size_t at = 0; at < b.len; at += 65536) {
		sending_body(x, s, b.p + at, b.len - at < 65536 ? b.len - at :
								  65536);
		store_answers();
	}
	sending_finish(x, s);
	assert_int_equal(x->asked, 1);
	assert_int_equal(s->why, TEXT_ERR_FULL_FILES);
	assert_int_equal(x->answers, 1);
	sending_free(s);
	buf_free(&b);
}

/* A receipt that no page has room for is none */
static void a_receipt_that_is_too_long(void **state)
{
	static uint8_t note[100000];
	struct ask_answer a = { .payload = note, .payload_len = sizeof(note) };
	struct buf b = text();
	struct sending *s;

	(void)state;
	field(&b, "where", "too long");
	buf_text(&b, "--x--\r\n");
	exchange_anew();
	s = sending_new(x, POST_REPORT, EN);
	assert_non_null(s);
	sending_body(x, s, b.p, b.len);
	sending_finish(x, s);
	assert_non_null(x->done);
	x->done(x, x->arg, &a);
	assert_int_equal(s->why, TEXT_ERR_IO);
	assert_int_equal(x->answers, 1);
	sending_free(s);
	buf_free(&b);
}

static unsigned times(const char *text_of)
{
	unsigned n = 0;

	for (const char *p = x->page; (p = strstr(p, text_of)) != NULL; p++) {
		n++;
	}
	return n;
}

/* Each question once, on the forms that the organisation named */
static void questions_of_the_form(void **state)
{
	(void)state;
	is_not(TEXT_ERR_TEXT, POST_REPORT, NUMBER, "code", code1);
	assert_int_equal(times("<details open>"), 0);
	assert_true(times("name=\"q_area\"") > 0);
	assert_int_equal(times("name=\"q_more\""), 1);
	assert_int_equal(times("name=\"q_day\""), 1);
	is_not(TEXT_ERR_TEXT, POST_ADVICE, NUMBER, "code", code1);
	assert_true(times("name=\"q_area\"") > 0);
	assert_int_equal(times("name=\"q_more\""), 0);
	assert_int_equal(times("name=\"q_day\""), 0);
	is_not(TEXT_ERR_TEXT, POST_REPORT, NUMBER, "q_area", "2");
	assert_int_equal(times("<details open>"), 1); /* an answer is seen */
}

/* --- a sealed file that passes --- */

/* ${len} bytes of an envelope in a file of ${who} and ${week} */
static struct buf sealed_file(const uint8_t who[ORG_LEN], const char *week,
    size_t len, bool tail)
{
	struct buf b = buf_new(1u << 20), form = buf_new(1u << 20);

	assert_int_equal(upload_file_head(who, week, ENVELOPE_TEXT_SIZE, &b),
	    OK);
	buf_put(&b, bytes, len);
	if (tail) {
		assert_int_equal(upload_file_tail(ENVELOPE_TEXT_SIZE, &b), OK);
	}
	file(&form, "sealed", "a.tar", b.p, b.len);
	buf_free(&b);
	return form;
}

static void a_sealed_file(void **state)
{
	static const size_t steps[] = { 1, 100, 4099, 1u << 20 };
	char week[WEEK_TEXT];

	(void)state;
	week_text(epoch->week, week);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct buf b = sealed_file(org.keyset->org, week,
		    ENVELOPE_TEXT_SIZE, true);

		assert_int_equal(sent_by(POST_SEALED, &b, steps[i]),
		    NO_PROBLEM);
		assert_int_equal(x->sealed.len, ENVELOPE_TEXT_SIZE);
		assert_memory_equal(x->sealed.p, bytes, ENVELOPE_TEXT_SIZE);
		assert_int_equal(x->q.what, ASK_PUT);
		assert_int_equal(x->q.week, epoch->week);
	}
}

/* Pages say of the organisation what only some of what is sent needs */
static void no_memory_for_the_site(void **state)
{
	char week[WEEK_TEXT];
	struct buf b = text();

	(void)state;
	week_text(epoch->week, week);
	no_site = true;
	exchange_anew();
	file(&b, "files", "a.txt", bytes, 5);
	assert_int_equal(sent(POST_REPORT, b), TEXT_ERR_BUSY);
	exchange_anew();
	assert_int_equal(sent(POST_PREVIEW, text()), TEXT_ERR_BUSY);
	assert_int_equal(x->status, 503);
	exchange_anew();
	assert_int_equal(sent(POST_SEALED, sealed_file(org.keyset->org, week,
	    ENVELOPE_TEXT_SIZE, true)), TEXT_ERR_BUSY);
	assert_int_equal(x->asked, 0);
	no_site = false;
}

static void sealed_files_that_are_none(void **state)
{
	uint8_t other[ORG_LEN];
	char week[WEEK_TEXT];
	struct buf b;

	(void)state;
	week_text(epoch->week, week);
	memcpy(other, org.keyset->org, ORG_LEN);
	other[ORG_LEN - 1] ^= 1;
	assert_int_equal(sent(POST_SEALED, sealed_file(other, week,
	    ENVELOPE_TEXT_SIZE, true)), TEXT_ERR_SEALED);
	assert_int_equal(x->asked, 0);
	/* cut */
	assert_int_equal(sent(POST_SEALED, sealed_file(org.keyset->org, week,
	    ENVELOPE_TEXT_SIZE - 1, false)), TEXT_ERR_SEALED);
	assert_int_equal(sent(POST_SEALED, sealed_file(org.keyset->org, week,
	    0, false)), TEXT_ERR_SEALED);
	b = buf_new(1u << 20);
	file(&b, "sealed", "", "", 0);
	assert_int_equal(sent(POST_SEALED, b), TEXT_ERR_SEALED);
	b = buf_new(1u << 20);
	file(&b, "sealed", "a", bytes, 9000);
	assert_int_equal(sent(POST_SEALED, b), TEXT_ERR_SEALED);
	assert_int_equal(x->asked, 0);
	/* before there is an organisation */
	shown_keyset = NULL;
	assert_int_equal(sent(POST_SEALED, sealed_file(org.keyset->org, week,
	    ENVELOPE_TEXT_SIZE, true)), TEXT_ERR_SEALED);
}

/* More of it at once than there is room for */
static void a_large_sealed_file(void **state)
{
	uint64_t size = envelope_sealed_size(8u << 20);
	struct sending *s;
	struct buf b = buf_new(8u << 20);
	char week[WEEK_TEXT];

	(void)state;
	week_text(epoch->week, week);
	buf_text(&b, "--x\r\nContent-Disposition: form-data; "
	    "name=\"sealed\"; filename=\"a\"\r\n\r\n");
	assert_int_equal(upload_file_head(org.keyset->org, week, size, &b),
	    OK);
	buf_put(&b, bytes, 5 * MIB);
	exchange_anew();
	s = sending_new(x, POST_SEALED, EN);
	assert_non_null(s);
	sending_body(x, s, b.p, b.len);
	assert_int_equal(s->why, TEXT_ERR_BUSY);
	sending_free(s);
	buf_free(&b);
}

/* --- a withdrawal --- */

static enum text_id withdrawn(const char *said)
{
	struct fields *f = fields_new();
	struct sending *s;
	enum text_id why;
	char body[200];

	snprintf(body, sizeof(body), "form=" FORM_NUMBER "&code=%s%s", code1,
	    said);
	assert_non_null(f);
	assert_int_equal(form_urlencoded((uint8_t *)body, strlen(body), f),
	    OK);
	exchange_anew();
	x->type = "application/x-www-form-urlencoded";
	s = sending_new(x, POST_WITHDRAW, EN);
	assert_non_null(s);
	sending_withdraw(x, s, f);
	store_answers();
	why = s->why;
	assert_int_equal(x->answers, 1);
	assert_int_equal(x->stored, why == NO_PROBLEM);
	sending_free(s);
	return why;
}

static void a_withdrawal(void **state)
{
	struct envelope_content c;

	(void)state;
	assert_int_equal(withdrawn(""), TEXT_ERR_WITHDRAW);
	assert_int_equal(withdrawn("&withdraw="), TEXT_ERR_WITHDRAW);
	assert_int_equal(withdrawn("&withdraw=1&what=not"), NO_PROBLEM);
	assert_int_equal(opened(0, &c), OK);
	assert_int_equal(c.report->kind, REPORT_WITHDRAWAL);
	assert_int_equal(c.report->answers, 0);
	assert_int_equal(c.report->thread, THREAD_LATER);
	envelope_content_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, org_shown)
		T(files),
		T(a_follow_up_of_a_file),
		T(files_that_are_too_many),
		T(names_that_do_not_fit),
		T(looks),
		T(forms_that_are_none),
		T(no_memory),
		T(texts_that_are_too_long),
		T(a_desk_without_keys),
		T(faster_than_the_store),
		T(the_same_form_again),
		T(what_the_store_refuses),
		T(no_room_for_the_first_file),
		T(a_receipt_that_is_too_long),
		T(questions_of_the_form),
		T(a_sealed_file),
		T(no_memory_for_the_site),
		T(sealed_files_that_are_none),
		T(a_large_sealed_file),
		T(a_withdrawal),
	};

	return cmocka_run_group_tests(tests, begin, org_down);
}
