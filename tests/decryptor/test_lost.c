/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bodies that do not come: which may be written off, when, and what happens
 * when one comes after all.
 */
#include "stick.h"

#include "decryptor/weeks.h"

#define UPPER "ABCDEF0123456789"

static const struct sealing to_another = {.away = true};

/* A body that the manifest lists and that no stick has */
static void
listed(struct place *p, const uint8_t start[8])
{
	struct inbound_envelope *e = &p->listed[p->n++];

	assert_true(p->n <= LISTED_MAX);
	memset(e->sha256, (int)p->n, HASH_LEN);
	memcpy(e->sha256, start, 8);
	e->size = 71866;
	e->day = HOME_TODAY;
	e->week = week_of(HOME_TODAY);
}

static enum err
find(struct place *p, const uint8_t sha256[HASH_LEN], size_t len,
    struct overdue *out, struct refusal *why)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(sha256, HASH_LEN, hex);
	hex[len] = 0;
	return lost_find(p->d, p->stick, hex, out, why);
}

static void
found(void **state)
{
	static const uint8_t one[8] = {1}, two[8] = {2}, both[HASH_LEN] = {3};
	struct place *p = *state;
	uint8_t hash[3][HASH_LEN];
	struct refusal why;
	struct overdue b;
	char name[BODY_NAME];

	listed(p, one);
	listed(p, two);
	memcpy(hash[0], p->listed[0].sha256, HASH_LEN);
	memcpy(hash[1], p->listed[1].sha256, HASH_LEN);
	listed(p, both);
	listed(p, both);
	put(p, REPORT_REPORT, NULL);
	memcpy(hash[2], p->listed[4].sha256, HASH_LEN);
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.missing, 4);
	p->d->today = HOME_TODAY + LOST_DAYS - 1;
	is(find(p, hash[0], 16, &b, &why), ERR_POLICY); /* too early */
	p->d->today++;
	ok(find(p, hash[0], 16, &b, &why));
	assert_memory_equal(b.sha256, hash[0], HASH_LEN);
	assert_int_equal(b.serial, 1);
	ok(find(p, hash[1], 2 * HASH_LEN, &b, &why));
	assert_memory_equal(b.sha256, hash[1], HASH_LEN);
	is(find(p, hash[0], 15, &b, &why), ERR_USAGE);
	is(lost_find(p->d, p->stick, UPPER, &b, &why), ERR_USAGE);
	is(find(p, both, 16, &b, &why), ERR_UNKNOWN); /* which of them? */
	is(find(p, hash[2], 16, &b, &why), ERR_UNKNOWN); /* it was read */
	body_name(hash[0], name); /* it is on the stick that is here */
	ok(file_replace(p->envelopes, name, "x", 1));
	is(find(p, hash[0], 16, &b, &why), ERR_POLICY);
	gone(p, name);
	ok(find(p, hash[0], 16, &b, &why));
	ok(lost_put(p->d, &b, NOT_FOUND));
	is(find(p, hash[0], 16, &b, &why), ERR_CONFLICT);
	p->d->ring->org[0] ^= 1; /* the list itself cannot be read */
	is(find(p, hash[1], 16, &b, &why), ERR_SIGNATURE);
}

static void
overdue(void **state)
{
	struct place *p = *state;
	struct overdue b[LOST_SHOWN + 1];
	size_t n = 9;

	put(p, REPORT_REPORT, NULL);
	bring(p);
	ok(import(p));
	assert_true(complete(p));
	for (uint8_t i = 0; i <= LOST_SHOWN; i++) {
		listed(p, (const uint8_t[8]){i});
	}
	bring(p);
	ok(import(p));
	p->d->today = HOME_TODAY + LOST_DAYS - 1;
	ok(lost_overdue(p->d, b, &n));
	assert_int_equal(n, 0);
	p->d->today++;
	ok(lost_overdue(p->d, b, &n));
	assert_int_equal(n, LOST_SHOWN); /* not all of them at a time */
	assert_int_equal(b[0].serial, 2);
	write_off(p, b[0].sha256);
	write_off(p, b[1].sha256);
	ok(lost_overdue(p->d, b, &n));
	assert_int_equal(n, LOST_SHOWN - 1); /* of what is written off none */
	/* of a manifest that was read whole nothing is waited for */
	p->d->state->manifest[0].record[0] ^= 1;
	ok(lost_overdue(p->d, b, &n));
	assert_int_equal(n, LOST_SHOWN - 1);
}

/* Written off and not there: there is nothing to do */
static void
not_there(void **state)
{
	struct place *p = *state;
	uint64_t events;
	char name[BODY_NAME];

	put(p, REPORT_REPORT, NULL);
	body_name(p->listed[0].sha256, name);
	write_off(p, p->listed[0].sha256);
	bring(p);
	gone(p, name);
	ok(import(p));
	assert_true(complete(p));
	events = journal_length(p->d->book);
	ok(import(p));
	assert_int_equal(journal_length(p->d->book), events);
}

static void
week_over(struct place *p)
{
	char week[WEEK_TEXT];
	json_t *o = event_new(p->d, "week_keys_destroyed");

	week_text(week_of(HOME_TODAY), week);
	json_object_set_new(o, "weeks", json_pack("[s]", week));
	ok(desk_record(p->d, o));
}

/* One that is somebody else's is read as that: only what was written off, of
 * a week whose key was destroyed here and is not there, is nobody's to tell */
static void
whose(void **state)
{
	struct place *p = *state;

	seal(p, report(p, REPORT_REPORT, NULL), &to_another);
	write_off(p, p->listed[0].sha256); /* written off; a key is here */
	bring(p);
	week_over(p);
	ok(import(p));
	assert_int_equal(p->r.too_late + p->r.no_key, 0);
	assert_int_equal(p->d->state->bodies, 1);
	seal(p, report(p, REPORT_REPORT, NULL), &to_another);
	bring(p);
	ok(keyring_week_destroy(p->d->ring, week_of(HOME_TODAY)));
	ok(import(p)); /* never written off */
	assert_int_equal(p->r.too_late + p->r.no_key, 0);
	assert_int_equal(p->d->state->bodies, 2);
	p->day = HOME_TODAY - 70; /* a week in which there was no desk */
	seal(p, report(p, REPORT_REPORT, NULL), &to_another);
	write_off(p, p->listed[0].sha256);
	bring(p);
	ok(import(p));
	assert_int_equal(p->r.too_late + p->r.no_key, 0);
	assert_int_equal(p->d->state->bodies, 3);
}

/* Is there a week for which a holder has made no key? */
static void
weeks_without_keys(void **state)
{
	struct place *p = *state;
	struct weeks_lack lack;

	assert_false(weeks_lacking(p->d, &lack));
	p->d->keyset->person[1].role = PERSON_HOLDER;
	assert_true(weeks_lacking(p->d, &lack));
	assert_string_equal(lack.who, "bo");
	assert_string_equal(lack.week, "2026-W48");
	assert_int_equal(lack.ahead, 0);
	ok(file_replace(p->d->public, "blocks.json", "{", 1));
	assert_false(weeks_lacking(p->d, &lack)); /* nobody can tell */
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(found),
		CASE(overdue),
		CASE(not_there),
		CASE(whose),
		CASE(weeks_without_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
