/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a signature, a key file and a note must not look like, where a check
 * before or after it does not say so too: purposes that begin alike, zero
 * bytes in comments, lines and buffers of the wrong size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/minisign.h"
#include "meldluik/secret.h"

static uint8_t seed[SIGN_SEED];
static struct sign_pk pk;
static struct sign_purpose why = {.purpose = "reply", .desk = 3};

static struct buf
signature(void)
{
	struct buf b = buf_new(SIGN_TEXT_MAX);

	assert_int_equal(sign_make(seed, &why, "doc", 3, &b), OK);
	return b;
}

/* "desk=3" begins "desk=31", and "reply" begins "replys" */
static void
a_purpose_is_the_whole_comment(void **state)
{
	struct sign_purpose other = why;
	struct buf b;

	(void)state;
	for (unsigned longer = 0; longer < 2; longer++) {
		why.desk = longer ? 31 : 3;
		other.desk = longer ? 3 : 31;
		b = signature();
		assert_int_equal(sign_check(&pk, &why, "doc", 3, b.p, b.len),
		    OK);
		assert_int_equal(sign_check(&pk, &other, "doc", 3, b.p,
		    b.len), ERR_SIGNATURE);
		buf_free(&b);
	}
	why.desk = 3;
}

static void
a_purpose_that_is_too_long(void **state)
{
	char text[200];
	struct sign_purpose far = {.purpose = text};
	struct buf b = signature(), out = buf_new(4096);

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(sign_make(seed, &far, "doc", 3, &out), ERR_USAGE);
	assert_int_equal(note_make(seed, &far, "doc", 3, &out), ERR_USAGE);
	assert_int_equal(sign_check(&pk, &far, "doc", 3, b.p, b.len),
	    ERR_USAGE);
	assert_int_equal(out.len, 0);
	buf_free(&b);
	buf_free(&out);
}

static void
no_zero_in_a_comment(void **state)
{
	struct buf b = signature();
	char *s = (char *)(uintptr_t)buf_cstr(&b), *at;

	(void)state;
	s[25] = '\0';
	assert_int_equal(sign_check(&pk, &why, "doc", 3, b.p, b.len),
	    ERR_FORMAT);
	s[25] = 'x';
	at = strstr(s, "desk=3");
	assert_non_null(at);
	*at = '\0';
	assert_int_equal(sign_check(&pk, &why, "doc", 3, b.p, b.len),
	    ERR_FORMAT);
	*at = 'd';
	assert_int_equal(sign_check(&pk, &why, "doc", 3, b.p, b.len), OK);
	buf_free(&b);
}

/* One letter of each line of base64; every byte: test_minisign.c */
static void
changed_letters(void **state)
{
	struct buf b = signature();
	char *s = (char *)(uintptr_t)buf_cstr(&b);
	char *line[2] = {strchr(s, '\n') + 1, NULL};

	(void)state;
	line[1] = strchr(strstr(s, "\ntrusted comment: ") + 1, '\n') + 1;
	for (unsigned i = 0; i < 2; i++) {
		char was = line[i][60];

		line[i][60] = '*';
		assert_int_equal(sign_check(&pk, &why, "doc", 3, b.p, b.len),
		    ERR_FORMAT);
		line[i][60] = was == 'A' ? 'B' : 'A';
		assert_int_equal(sign_check(&pk, &why, "doc", 3, b.p, b.len),
		    ERR_SIGNATURE);
		line[i][60] = was;
	}
	assert_int_equal(sign_check(&pk, &why, "doc", 3, b.p, b.len), OK);
	buf_free(&b);
}

static void
key_files(void **state)
{
	static const char comment[] = "untrusted comment: ours\n";
	struct sign_program_pk got;
	char text[SIGN_KEY_TEXT], line[600];
	struct buf b = buf_new(1024);

	(void)state;
	sign_pk_text(&pk, text);
	buf_text(&b, comment);
	buf_text(&b, text);
	buf_u8(&b, '\n');
	assert_int_equal(sign_program_pk_read(b.p, b.len, &got), OK);
	b.p[20] = '\0';
	assert_int_equal(sign_program_pk_read(b.p, b.len, &got), ERR_FORMAT);
	b.p[20] = 'x';
	b.p[0] = 'U';
	assert_int_equal(sign_program_pk_read(b.p, b.len, &got), ERR_FORMAT);
	/* a second line far longer than a key */
	memset(line, 'A', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	buf_clear(&b);
	buf_text(&b, comment);
	buf_text(&b, line);
	buf_u8(&b, '\n');
	assert_int_equal(sign_program_pk_read(b.p, b.len, &got), ERR_FORMAT);
	buf_free(&b);
}

static void
keys_and_fingerprints(void **state)
{
	char typed[201];
	struct sign_pk other = pk;

	(void)state;
	assert_true(sign_pk_equal(&pk, &other));
	other.pk[31] ^= 1;
	assert_false(sign_pk_equal(&pk, &other));
	/* far more symbols than a fingerprint has */
	memset(typed, '0', sizeof(typed) - 1);
	typed[sizeof(typed) - 1] = '\0';
	assert_false(sign_fingerprint_is(&pk, typed));
}

static void
notes(void **state)
{
	struct buf sig = signature(), b = buf_new(4096);
	const char *rest = strchr(buf_cstr(&sig), '\n');
	struct bytes s, d;

	(void)state;
	buf_put(&b, sig.p, sig.len);
	buf_u8(&b, '\n');
	buf_zeros(&b, 10); /* no document, only what fills up */
	assert_int_equal(note_split(b.p, b.len, &s, &d), ERR_FORMAT);
	buf_clear(&b);
	buf_text(&b, "untrusted comment: ");
	for (unsigned i = 0; i < SIGN_TEXT_MAX; i++) {
		buf_u8(&b, 'a');
	}
	buf_text(&b, rest);
	buf_text(&b, "\ndoc");
	assert_int_equal(note_split(b.p, b.len, &s, &d), ERR_FORMAT);
	buf_free(&b);
	buf_free(&sig);
}

/* What does not fit is said, not cut */
static void
buffers_that_are_too_small(void **state)
{
	struct buf sig = signature();

	(void)state;
	for (size_t n = 0; n < sig.len + 5; n++) {
		struct buf a = buf_new(n), b = buf_new(n), c = buf_new(n);

		assert_int_equal(sign_make(seed, &why, "doc", 3, &a),
		    n < sig.len ? ERR_LIMIT : OK);
		assert_int_equal(note_make(seed, &why, "doc", 3, &b),
		    n < sig.len + 4 ? ERR_LIMIT : OK);
		if (n < 90) {
			assert_int_equal(sign_pk_file(&pk, &c), ERR_LIMIT);
		}
		buf_free(&a);
		buf_free(&b);
		buf_free(&c);
	}
	buf_free(&sig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_purpose_is_the_whole_comment),
		cmocka_unit_test(a_purpose_that_is_too_long),
		cmocka_unit_test(no_zero_in_a_comment),
		cmocka_unit_test(changed_letters),
		cmocka_unit_test(key_files),
		cmocka_unit_test(keys_and_fingerprints),
		cmocka_unit_test(notes),
		cmocka_unit_test(buffers_that_are_too_small),
	};

	if (secret_setup() != OK) {
		return 1;
	}
	sign_keypair(seed, &pk);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
