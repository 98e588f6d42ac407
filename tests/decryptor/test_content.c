/* SPDX-License-Identifier: EUPL-1.2 */
/* The flat form of a report: round trip, and one test per refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decryptor/content.h"
#include "meldluik/secret.h"

#define HEAD 5u /* version, kind, sealed_by, thread, desk */

static int
setup(void **state)
{
	struct report *r;
	struct buf *b = malloc(sizeof *b);
	uint8_t hash[HASH_LEN] = {3};

	assert_int_equal(secret_setup(), OK);
	r = report_new();
	*b = buf_new(CONTENT_FLAT_MAX);
	r->kind = REPORT_ADVICE;
	r->desk = 2;
	r->thread = THREAD_FIRST;
	assert_int_equal(age_recipient_throwaway(&r->recipient), OK);
	r->message_id[0] = 9;
	strcpy(r->epoch, "2026-W48");
	strcpy(r->language, "nl");
	strcpy(r->relation, "not_said");
	strcpy(r->about, "coordinator");
	assert_int_equal(report_answer_add(r, "what", "Tekst \xc3\xa9", 8),
	    OK);
	assert_int_equal(report_answer_add(r, "where", "", 0), OK);
	assert_int_equal(report_attachment_add(r, "../\xe2\x80\xae" "exe",
	    "text/html", 1234567890ull, hash), OK);
	assert_int_equal(report_flatten(r, b), OK);
	report_free(r);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	buf_free(*state);
	free(*state);
	return 0;
}

static void
round_trip(void **state)
{
	struct buf *b = *state;
	struct report *r = NULL;

	assert_int_equal(report_unflatten(b->p, b->len, &r), OK);
	assert_int_equal(r->kind, REPORT_ADVICE);
	assert_int_equal(r->desk, 2);
	assert_int_equal(r->thread, THREAD_FIRST);
	assert_int_equal(r->message_id[0], 9);
	assert_string_equal(r->epoch, "2026-W48");
	assert_string_equal(r->about, "coordinator");
	assert_int_equal(r->answers, 2);
	assert_string_equal(content_answer(r, "what"), "Tekst \xc3\xa9");
	assert_string_equal(content_answer(r, "where"), "");
	assert_null(content_answer(r, "who"));
	assert_int_equal(r->attachments, 1);
	assert_string_equal(r->attachment[0].name, "../\xe2\x80\xae" "exe");
	assert_true(r->attachment[0].size == 1234567890ull);
	report_free(r);
}

static enum err
parse(const struct buf *b, size_t len)
{
	struct report *r = NULL;
	enum err e = report_unflatten(b->p, len, &r);

	assert_true(e == OK || r == NULL);
	report_free(r);
	return e;
}

static void
every_truncation(void **state)
{
	struct buf *b = *state;

	for (size_t n = 0; n < b->len; n++) {
		assert_int_not_equal(parse(b, n), OK);
	}
}

static void
trailing_byte(void **state)
{
	struct buf *b = *state;

	buf_u8(b, 0);
	assert_int_equal(parse(b, b->len), ERR_FORMAT);
}

static void
unknown_version(void **state)
{
	struct buf *b = *state;

	b->p[0] = 2;
	assert_int_equal(parse(b, b->len), ERR_VERSION);
}

static void
word_out_of_range(void **state)
{
	struct buf *b = *state;

	for (unsigned i = 1; i < HEAD; i++) {
		uint8_t old = b->p[i];
		b->p[i] = 200;
		assert_int_equal(parse(b, b->len), ERR_FORMAT);
		b->p[i] = old;
	}
}

static void
text_not_utf8(void **state)
{
	struct buf *b = *state;
	uint8_t *at = memmem(b->p, b->len, "Tekst", 5);

	assert_non_null(at);
	at[0] = 0xff;
	assert_int_equal(parse(b, b->len), ERR_FORMAT);
}

static void
language_with_escape(void **state)
{
	struct buf *b = *state;
	uint8_t *at = memmem(b->p, b->len, "\0\0\0\2nl", 6);

	assert_non_null(at);
	at[5] = 0x1b;
	assert_int_equal(parse(b, b->len), ERR_FORMAT);
}

static void
length_over_limit(void **state)
{
	struct buf *b = *state;
	uint8_t *at = memmem(b->p, b->len, "\0\0\0\2nl", 6);

	assert_non_null(at);
	at[0] = 0x7f;
	assert_int_equal(parse(b, b->len), ERR_FORMAT);
}

static void
bad_mailbox_is_none(void **state)
{
	struct buf *b = *state;
	struct report *r = NULL;
	size_t at = HEAD + ORG_LEN + HASH_LEN + MESSAGE_ID_LEN + 4 + 8 + 4 +
	    2 + 4 + 8 + 4 + 11 + 32;

	memset(b->p + at, 0xff, AGE_HYBRID_PK);
	assert_int_equal(report_unflatten(b->p, b->len, &r), OK);
	assert_int_equal(r->thread, THREAD_BAD);
	report_free(r);
}

static void
whole_content(void **state)
{
	struct buf *b = *state, flat = buf_new_secret(CONTENT_MAX);
	struct content *c = content_new(), *back = NULL;

	assert_int_equal(report_unflatten(b->p, b->len, &c->report), OK);
	c->files = 1;
	c->file[0].key[5] = 77;
	buf_text(&c->json, "{\"type\":1}");
	buf_text(&c->signature, "sig");
	assert_int_equal(content_write(c, &flat), OK);
	for (size_t n = 0; n < flat.len; n += 7) {
		struct buf small = buf_new_secret(n);
		assert_int_equal(content_write(c, &small), ERR_LIMIT);
		buf_free(&small);
	}
	assert_int_equal(content_parse(flat.p, flat.len, &back), OK);
	assert_int_equal(back->file[0].key[5], 77);
	assert_int_equal(back->json.len, 10);
	assert_memory_equal(back->signature.p, "sig", 3);
	content_free(back);
	for (size_t n = 0; n < flat.len; n++) {
		back = NULL;
		assert_int_not_equal(content_parse(flat.p, n, &back), OK);
		assert_null(back);
	}
	content_free(c);
	buf_free(&flat);
}

/* What stands beside letters and digits */
static void
language_with_another_sign(void **state)
{
	struct buf *b = *state;
	uint8_t *at = memmem(b->p, b->len, "\0\0\0\2nl", 6);

	assert_non_null(at);
	for (const char *c = "{[:@`/ "; *c != 0; c++) {
		at[5] = (uint8_t)*c;
		assert_int_equal(parse(b, b->len), ERR_FORMAT);
	}
	at[5] = '9';
	assert_int_equal(parse(b, b->len), OK);
}

/* The flat form of ${state} up to its answers */
static struct buf
head_of(const struct buf *b)
{
	const uint8_t *at = memmem(b->p, b->len, "\2\0\0\0\4what", 9);
	struct buf out = buf_new(CONTENT_MAX);

	assert_non_null(at);
	buf_put(&out, b->p, (size_t)(at - b->p));
	return out;
}

static void
text_put(struct buf *b, char of, size_t len)
{
	buf_u32(b, (uint32_t)len);
	for (size_t i = 0; i < len; i++) {
		buf_u8(b, (uint8_t)of);
	}
}

static enum err
answers_and_files(const struct buf *b, unsigned answers, unsigned files,
    size_t name)
{
	struct buf flat = head_of(b);
	enum err e;

	buf_u8(&flat, (uint8_t)answers);
	for (unsigned i = 0; i < answers; i++) {
		char key[16];
		snprintf(key, sizeof key, "q_a%u", i);
		buf_u32(&flat, (uint32_t)strlen(key));
		buf_text(&flat, key);
		text_put(&flat, 't', 3);
		buf_u32(&flat, 0);
	}
	buf_u8(&flat, (uint8_t)files);
	for (unsigned i = 0; i < files; i++) {
		text_put(&flat, 'n', name);
		text_put(&flat, 'm', 4);
		for (unsigned j = 0; j < 8 + 2 * HASH_LEN; j++) {
			buf_u8(&flat, 0);
		}
	}
	e = parse(&flat, flat.len);
	buf_free(&flat);
	return e;
}

static void
more_than_a_report_has(void **state)
{
	const struct buf *b = *state;

	assert_int_equal(answers_and_files(b, REPORT_ANSWERS_MAX,
	    REPORT_ATTACHMENTS_MAX, REPORT_NAME_MAX), OK);
	assert_int_equal(answers_and_files(b, REPORT_ANSWERS_MAX + 1, 0, 0),
	    ERR_FORMAT);
	assert_int_equal(answers_and_files(b, 0, REPORT_ATTACHMENTS_MAX + 1,
	    1), ERR_FORMAT);
	assert_int_equal(answers_and_files(b, 0, 1, REPORT_NAME_MAX + 1),
	    ERR_FORMAT);
}

static void
no_room_for_it(void **state)
{
	struct buf *b = *state, small = buf_new(b->len - 1);
	struct report *r = NULL;

	assert_int_equal(report_unflatten(b->p, b->len, &r), OK);
	assert_int_equal(report_flatten(r, &small), ERR_LIMIT);
	report_free(r);
	buf_free(&small);
}

static enum err
content_with(const struct buf *b, unsigned files, size_t json, size_t sig)
{
	struct buf flat = buf_new(2 * CONTENT_MAX);
	struct content *c = NULL;
	enum err e;

	buf_put(&flat, b->p, b->len);
	buf_u8(&flat, (uint8_t)files);
	for (size_t i = 0; i < files * sizeof *c->file; i++) {
		buf_u8(&flat, 0);
	}
	text_put(&flat, 'j', json);
	text_put(&flat, 's', sig);
	assert_false(flat.failed);
	e = content_parse(flat.p, flat.len, &c);
	assert_true((e == OK) == (c != NULL));
	content_free(c);
	buf_free(&flat);
	return e;
}

/* Of the report in ${state}, which has one file */
static void
content_that_cannot_be(void **state)
{
	const struct buf *b = *state;

	assert_int_equal(content_with(b, 1, REPORT_JSON_MAX, SIGN_TEXT_MAX),
	    OK);
	assert_int_equal(content_with(b, 0, 0, 0), OK);
	assert_int_equal(content_with(b, 2, 0, 0), ERR_FORMAT);
	assert_int_equal(content_with(b, REPORT_ATTACHMENTS_MAX + 1, 0, 0),
	    ERR_FORMAT);
	assert_int_equal(content_with(b, 1, REPORT_JSON_MAX + 1, 0),
	    ERR_FORMAT);
	assert_int_equal(content_with(b, 1, 0, SIGN_TEXT_MAX + 1),
	    ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(round_trip),
		T(every_truncation),
		T(trailing_byte),
		T(unknown_version),
		T(word_out_of_range),
		T(text_not_utf8),
		T(language_with_escape),
		T(length_over_limit),
		T(bad_mailbox_is_none),
		T(whole_content),
		T(language_with_another_sign),
		T(more_than_a_report_has),
		T(no_room_for_it),
		T(content_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
