/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The file of a week in a keyring: one to four identities, a line each, and
 * nothing else. The keyring around it is right every time; with the small
 * work factor of soft_scrypt.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/keyring.h"
#include "meldluik/secret.h"
#include "seal/tarwrite.h"

#define PASS "appel boom"
#define NAME "epochs/2026-W48.txt"

static struct buf before; /* the tar up to the file of the week */
static char line[AGE_IDENTITY_TEXT_MAX + 1]; /* a good one, with LF */

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return OK;
}

static int
setup(void **state)
{
	struct buf file = buf_new(KEYRING_MAX), tar = buf_new(KEYRING_MAX);
	struct keyring *k;
	const uint8_t *at;

	(void)state;
	assert_int_equal(secret_setup(), OK);
	k = keyring_new();
	strcpy(k->person, "anna");
	k->desk = 1;
	assert_int_equal(keyring_week_add(k, week_of(day_make(2026, 11, 24))),
	    OK);
	age_identity_text(k->week[0].seed, line);
	strcat(line, "\n");
	assert_int_equal(keyring_seal(k, PASS, strlen(PASS), &file), OK);
	assert_int_equal(age_open_buf_scrypt(PASS, strlen(PASS), file.p,
	    file.len, &tar), OK);
	at = memmem(tar.p, tar.len, NAME, strlen(NAME));
	assert_non_null(at);
	before = buf_new(KEYRING_MAX);
	buf_put(&before, tar.p, (size_t)(at - tar.p));
	keyring_free(k);
	buf_free(&file);
	buf_free(&tar);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buf_free(&before);
	return 0;
}

/* Opens a keyring whose week is this; ${olders} of it */
static enum err
opens(const char *text, unsigned *olders)
{
	struct buf tar = buf_new(KEYRING_MAX), file = buf_new(KEYRING_MAX);
	uint8_t header[TAR_BLOCK];
	struct age_seal *s = NULL;
	struct keyring *k = NULL;
	size_t len = strlen(text);
	enum err e;

	tar_header(NAME, len, header);
	buf_put(&tar, before.p, before.len);
	buf_put(&tar, header, sizeof header);
	buf_put(&tar, text, len);
	buf_zeros(&tar, tar_pad(len) + 2 * TAR_BLOCK);
	assert_int_equal(age_seal_new_scrypt(PASS, strlen(PASS), to_buf,
	    &file, &s), OK);
	assert_int_equal(age_seal_write(s, tar.p, tar.len), OK);
	assert_int_equal(age_seal_end(s), OK);
	age_seal_free(s);
	e = keyring_open(file.p, file.len, PASS, strlen(PASS), &k);
	if (e == OK) {
		assert_int_equal(k->weeks, 1);
		*olders = k->week[0].olders;
	}
	keyring_free(k);
	buf_free(&tar);
	buf_free(&file);
	return e;
}

static void
one_to_four_lines(void **state)
{
	char text[(KEYRING_WEEK_KEYS + 1) * sizeof line] = "";
	unsigned olders = 99;

	(void)state;
	for (unsigned n = 1; n <= KEYRING_WEEK_KEYS; n++) {
		strcat(text, line);
		assert_int_equal(opens(text, &olders), OK);
		assert_int_equal(olders, n - 1);
	}
	strcat(text, line);
	assert_int_equal(opens(text, &olders), ERR_FORMAT);
}

static void
nothing_else(void **state)
{
	static const char *const before_it[] = {"", "", "", "\n", "# a\n",
		" ", ""};
	static const char *const after_it[] = {"x", "\n", "\r\n", "", "", "",
		"AGE-SECRET-KEY-PQ-1\n"};
	char text[4 * sizeof line];
	unsigned olders;

	(void)state;
	for (size_t i = 0; i < sizeof after_it / sizeof *after_it; i++) {
		snprintf(text, sizeof text, "%s%s%s", before_it[i], line,
		    after_it[i]);
		assert_int_not_equal(opens(text, &olders), OK);
	}
	snprintf(text, sizeof text, "%s", line);
	text[strlen(text) - 1] = 0; /* no LF */
	assert_int_not_equal(opens(text, &olders), OK);
	assert_int_not_equal(opens("\n", &olders), OK);
	assert_int_not_equal(opens("", &olders), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_to_four_lines),
		cmocka_unit_test(nothing_else),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
