/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A keyring under its right passphrase whose members are wrong: every field
 * of keyring.json, names and order of the weeks, more of them than there are
 * places. The lines of one week: test_keyring_weeks.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../unit/every_field.h"
#include "meldluik/keyring.h"
#include "meldluik/secret.h"
#include "seal/tarwrite.h"

#define PASS "appel boom"
#define TAR_MAX (1u << 20)

static char *json;                           /* keyring.json of a good one */
static char line[AGE_IDENTITY_TEXT_MAX + 1]; /* a good key, with LF */

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return OK;
}

static void
member(struct buf *tar, const char *name, const char *text)
{
	uint8_t header[TAR_BLOCK];
	size_t len = strlen(text);

	tar_header(name, len, header);
	buf_put(tar, header, sizeof(header));
	buf_put(tar, text, len);
	buf_zeros(tar, tar_pad(len));
}

/* Ends the tar, seals it and opens it as a keyring; frees it */
static enum err
opens(struct buf *tar)
{
	struct buf file = buf_new(2 * TAR_MAX);
	struct age_seal *s = NULL;
	struct keyring *k = NULL;
	enum err e;

	buf_zeros(tar, 2 * TAR_BLOCK);
	assert_false(tar->failed);
	assert_int_equal(age_seal_new_scrypt(PASS, strlen(PASS), to_buf,
	    &file, &s), OK);
	assert_int_equal(age_seal_write(s, tar->p, tar->len), OK);
	assert_int_equal(age_seal_end(s), OK);
	age_seal_free(s);
	e = keyring_open(file.p, file.len, PASS, strlen(PASS), &k);
	assert_true((e == OK) == (k != NULL));
	keyring_free(k);
	buf_free(tar);
	buf_free(&file);
	return e;
}

static enum err
json_judge(const char *p, size_t len)
{
	struct buf tar = buf_new(TAR_MAX);
	char *text = strndup(p, len);

	member(&tar, "keyring.json", text);
	free(text);
	return opens(&tar);
}

/* keyring.json and then these, each with one good key */
static enum err
weeks(const char *const *names)
{
	struct buf tar = buf_new(TAR_MAX);

	member(&tar, "keyring.json", json);
	for (; *names != NULL; names++) {
		member(&tar, *names, line);
	}
	return opens(&tar);
}

static void
fields(void **state)
{
	static const char *const may[] = {"/identity left out", NULL};
	char *text = strdup(json), *at = strstr(text, "\"holder\"");

	(void)state;
	assert_true(every_field(json, strlen(json), json_judge, may) > 40);
	assert_non_null(at);
	memcpy(at, "\"reader\"", 8);
	assert_int_equal(json_judge(text, strlen(text)), ERR_FORMAT);
	free(text);
}

static void
names(void **state)
{
	static const char *const good[] = {"epochs/2026-W47.txt",
	    "epochs/2026-W48.txt", NULL};
	static const char *const bad[][3] = {
		{"epochs/2026-W48.txt", "epochs/2026-W47.txt"},
		{"epochs/2026-W48.txt", "epochs/2026-W48.txt"},
		{"epochs/2026-W60.txt"}, {"epoch5/2026-W48.txt"},
		{"epochs/2026-W48.tx"}, {"epochs/2026-W48.txtx"},
		{"epochs/2026-W48.tyt"}, {"epochs/2026-W4.txt"},
		{"2026-W48.txt"}, {"epochs/2026-W48/txt"}, {"keyring.json"},
	};
	struct buf tar = buf_new(TAR_MAX);

	(void)state;
	assert_int_equal(weeks(good), OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (weeks(bad[i]) != ERR_FORMAT) {
			fail_msg("taken: %s", bad[i][0]);
		}
	}
	member(&tar, "epochs/2026-W48.txt", line);
	member(&tar, "keyring.json", json);
	assert_int_equal(opens(&tar), ERR_FORMAT);
	tar = buf_new(TAR_MAX);
	assert_int_equal(opens(&tar), ERR_FORMAT); /* nothing in it */
	tar = buf_new(TAR_MAX);
	member(&tar, "keyring.json", "");
	assert_int_equal(opens(&tar), ERR_FORMAT);
	tar = buf_new(TAR_MAX);
	char *much = malloc(20000);
	memset(much, ' ', 19999);
	much[19999] = '\0';
	member(&tar, "keyring.json", much);
	assert_int_equal(opens(&tar), ERR_FORMAT);
	free(much);
}

static void
as_many_weeks_as_there_are_places(void **state)
{
	day_t monday = week_of(day_make(2026, 11, 24));
	struct keyring *k = keyring_new();
	char name[32];

	(void)state;
	for (unsigned n = KEYRING_WEEKS_MAX; n <= KEYRING_WEEKS_MAX + 1; n++) {
		struct buf tar = buf_new(TAR_MAX);

		member(&tar, "keyring.json", json);
		for (unsigned i = 0; i < n; i++) {
			strcpy(name, "epochs/");
			week_text(monday + 7 * (day_t)i, name + 7);
			strcat(name, ".txt");
			member(&tar, name, line);
		}
		assert_int_equal(opens(&tar), n == KEYRING_WEEKS_MAX ? OK :
		    ERR_FORMAT);
	}
	for (unsigned i = 0; i < KEYRING_WEEKS_MAX; i++) {
		assert_int_equal(keyring_week_add(k, monday + 7 * (day_t)i),
		    OK);
	}
	assert_int_equal(keyring_week_add(k, monday - 7), ERR_FULL);
	keyring_free(k);
}

/* What adding, renewing and destroying a week refuse */
static void
weeks_by_hand(void **state)
{
	day_t monday = week_of(day_make(2026, 11, 24));
	struct keyring *k = keyring_new();

	(void)state;
	assert_int_equal(keyring_week_add(k, monday), OK);
	assert_int_equal(keyring_week_add(k, monday + 7), OK);
	assert_int_equal(keyring_week_add(k, monday), ERR_CONFLICT);
	assert_int_equal(keyring_week_add(k, monday + 15), ERR_CONFLICT);
	assert_int_equal(keyring_week_renew(k, monday + 14), ERR_UNKNOWN);
	for (unsigned i = 1; i < KEYRING_WEEK_KEYS; i++) {
		assert_int_equal(keyring_week_renew(k, monday + 7), OK);
	}
	assert_int_equal(k->week[0].olders, 0);
	assert_int_equal(k->week[1].olders, KEYRING_WEEK_KEYS - 1);
	assert_int_equal(keyring_week_renew(k, monday + 7), ERR_FULL);
	assert_ptr_equal(keyring_week(k, monday + 7), &k->week[1]);
	assert_int_equal(keyring_week_destroy(k, monday + 14), ERR_UNKNOWN);
	assert_int_equal(keyring_week_destroy(k, monday + 7), OK);
	assert_null(keyring_week(k, monday + 7));
	assert_non_null(keyring_week(k, monday));
	keyring_free(k);
}

/* The wrong passphrase; and a head that is not the one that was sealed */
static void
heads(void **state)
{
	struct buf file = buf_new(KEYRING_MAX);
	struct keyring *k = keyring_new(), *got = NULL;
	char *mac;

	(void)state;
	assert_int_equal(keyring_seal(k, PASS, strlen(PASS), &file), OK);
	assert_int_equal(keyring_open(file.p, file.len, PASS, 3, &got),
	    ERR_NO_MATCH);
	mac = memmem(file.p, file.len, "\n--- ", 5);
	assert_non_null(mac);
	mac[10] = mac[10] == 'A' ? 'B' : 'A';
	assert_int_equal(keyring_open(file.p, file.len, PASS, strlen(PASS),
	    &got), ERR_CRYPT);
	assert_null(got);
	keyring_free(k);
	buf_free(&file);
}

static int
setup(void **state)
{
	struct buf file = buf_new(KEYRING_MAX), tar = buf_new(KEYRING_MAX);
	struct keyring *k;
	char *end;

	(void)state;
	assert_int_equal(secret_setup(), OK);
	k = keyring_new();
	strcpy(k->person, "anna");
	k->desk = 1;
	k->has_identity = true;
	assert_int_equal(keyring_week_add(k, week_of(day_make(2026, 11, 24))),
	    OK);
	age_identity_text(k->week[0].seed, line);
	strcat(line, "\n");
	assert_int_equal(keyring_seal(k, PASS, strlen(PASS), &file), OK);
	assert_int_equal(age_open_buf_scrypt(PASS, strlen(PASS), file.p,
	    file.len, &tar), OK);
	json = strdup((char *)tar.p + TAR_BLOCK);
	end = strchr(json, '\n');
	assert_non_null(end);
	end[1] = '\0';
	keyring_free(k);
	buf_free(&file);
	buf_free(&tar);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	free(json);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(names),
		cmocka_unit_test(as_many_weeks_as_there_are_places),
		cmocka_unit_test(weeks_by_hand),
		cmocka_unit_test(heads),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
