/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `rotate --destroy`: which week's key two people may end, for what that is
 * outstanding, and that nothing else than what they signed for dies with it.
 */
#include "stick.h"

#include "decryptor/weeks.h"
#include "../unit/said.h"

#define WEEK "2026-W48"
#define OLD (epoch_last_day(week_of(HOME_TODAY)) + 7 * WEEKS_OLD + 1)

/* What fails when the test says so */
static bool record_fails, destroy_fails, save_fails;

enum err __real_act_signed_record(struct desk *d, json_t *event,
    size_t request);
enum err __wrap_act_signed_record(struct desk *d, json_t *event,
    size_t request);
enum err __real_keyring_week_destroy(struct keyring *k, day_t week);
enum err __wrap_keyring_week_destroy(struct keyring *k, day_t week);
enum err __real_keyringfile_save(struct desk *d);
enum err __wrap_keyringfile_save(struct desk *d);

enum err
__wrap_act_signed_record(struct desk *d, json_t *event, size_t request)
{
	if (!record_fails) {
		return __real_act_signed_record(d, event, request);
	}
	json_decref(event);
	return ERR_FULL;
}

enum err
__wrap_keyring_week_destroy(struct keyring *k, day_t week)
{
	return destroy_fails ? ERR_LIMIT : __real_keyring_week_destroy(k,
	    week);
}

enum err
__wrap_keyringfile_save(struct desk *d)
{
	return save_fails ? ERR_IO : __real_keyringfile_save(d);
}

/* The verb for ${week}: ends with ${want} and says ${text} */
static void
destroy(struct place *p, const char *week, enum err want, const char *text)
{
	enum err e;

	said_begin();
	e = week_destroy_old(p->d, week, NULL);
	if (!said_end(text)) {
		fail_msg("not said: %s", text);
	}
	is(e, want);
}

static void
signs(struct place *p)
{
	struct refusal why;

	ok(act_paper(p->d, p->d->state->requests - 1, "bo", p->d->today,
	    &why));
}

static bool
here(const struct place *p)
{
	return keyring_week(p->d->ring, week_of(HOME_TODAY)) != NULL;
}

static void
closed(struct place *p)
{
	struct state *s = p->d->state;

	free(s->closed);
	s->closed = calloc(1, sizeof *s->closed);
	assert_non_null(s->closed);
	s->closeds = s->closeds_room = 1;
	s->closed[0].week = week_of(HOME_TODAY);
	s->closed[0].serial = 1;
}

/* What came until ${day} is perhaps sealed to keys that are gone */
static void
keys_lost(struct place *p, day_t day)
{
	p->d->state->lost = (struct lost_keys){.any = true,
		.through = week_of(HOME_TODAY), .end = day,
		.reach = week_of(HOME_TODAY)};
}

/* Brought to the desk, but the bodies are not */
static void
listed(struct place *p, unsigned n)
{
	while (n-- > 0) {
		put(p, REPORT_REPORT, NULL);
	}
	bring(p);
}

static void
which(void **state)
{
	struct place *p = *state;

	p->d->today = OLD;
	destroy(p, "morgen", ERR_USAGE, "a week such as");
	destroy(p, "2025-W48", ERR_UNKNOWN, "no key of that week");
	p->d->today = OLD - 1;
	destroy(p, WEEK, ERR_POLICY, "26 weeks after its end");
	assert_int_equal(p->d->state->requests, 0);
	p->d->today = OLD;
	destroy(p, WEEK, ERR_POLICY, "0 of 0 listed bodies");
	assert_int_equal(p->d->state->requests, 1);
	assert_true(here(p));
	signs(p);
	destroy(p, WEEK, OK, "is destroyed here.\n");
	assert_false(here(p));
	assert_true(state_week_destroyed(p->d->state, week_of(HOME_TODAY)));
	destroy(p, WEEK, OK, "was destroyed here before");
	home_again(p->h);
	assert_false(here(p));
}

/* Only what they signed for: what comes to the list after that is more */
static void
for_exactly_that(void **state)
{
	struct place *p = *state;

	p->day = HOME_TODAY + 7; /* of another week: nothing of ours */
	listed(p, 1);
	p->day = HOME_TODAY;
	listed(p, 2);
	p->d->today = OLD;
	destroy(p, WEEK, ERR_POLICY, "NOT closed the week; 2 of 2 listed");
	signs(p);
	listed(p, 1);
	destroy(p, WEEK, ERR_POLICY, "3 of 3 listed");
	assert_true(here(p));
	assert_int_equal(p->d->state->requests, 2);
	signs(p);
	closed(p);
	destroy(p, WEEK, ERR_POLICY, "gateway closed the week; 3 of 3");
	assert_true(here(p));
	signs(p);
	destroy(p, WEEK, OK, "is destroyed here.\n");
	assert_false(here(p));
}

static void
read_is_not_outstanding(void **state)
{
	struct place *p = *state;

	listed(p, 1);
	ok(import(p));
	assert_int_equal(p->r.reports, 1);
	listed(p, 1);
	p->d->today = OLD;
	destroy(p, WEEK, ERR_POLICY, "1 of 2 listed bodies");
}

/* A closed week of bodies that only a lost key opens; never with one that
 * opens here when it comes */
static void
of_a_lost_key(void **state)
{
	struct place *p = *state;
	uint8_t ours[HASH_LEN];

	listed(p, 2);
	keys_lost(p, HOME_TODAY);
	destroy(p, WEEK, ERR_POLICY, "once the gateway closed it");
	closed(p);
	p->d->state->lost.any = false; /* nothing was lost: it waits */
	destroy(p, WEEK, ERR_POLICY, "26 weeks after its end");
	p->d->state->lost.any = true;
	p->day = HOME_TODAY + 1; /* since then the gateway has other keys */
	put(p, REPORT_REPORT, NULL);
	memcpy(ours, p->listed[0].sha256, HASH_LEN);
	bring(p);
	destroy(p, WEEK, ERR_POLICY, "1 listed bodies of that week are");
	assert_int_equal(p->d->state->requests, 0);
	write_off(p, ours); /* that one does not come */
	destroy(p, WEEK, ERR_POLICY, "3 of 3 listed bodies");
	signs(p);
	destroy(p, WEEK, OK, "The next import takes what is left");
	assert_false(here(p));
}

/* There may be no key at all: then none of it opens */
static void
no_key_here(void **state)
{
	struct place *p = *state;

	listed(p, 1);
	p->day = HOME_TODAY + 1;
	listed(p, 1);
	ok(keyring_week_destroy(p->d->ring, week_of(HOME_TODAY)));
	keys_lost(p, HOME_TODAY);
	closed(p);
	destroy(p, WEEK, ERR_POLICY, "2 of 2 listed bodies");
	assert_int_equal(p->d->state->requests, 1);
	signs(p);
	destroy(p, WEEK, OK, "is destroyed here");
	assert_true(state_week_destroyed(p->d->state, week_of(HOME_TODAY)));
}

/* What is outstanding is not known: nothing is asked */
static void
unknown(void **state)
{
	struct place *p = *state;
	struct buf b = buf_new(1u << 20);

	listed(p, 1);
	p->d->today = OLD;
	p->d->state->manifest[0].record[0] ^= 1;
	destroy(p, WEEK, ERR_UNKNOWN, "the manifests cannot be read");
	p->d->state->manifest[0].record[0] ^= 1;
	ok(file_read(p->d->public, "blocks.json", &b));
	ok(file_replace(p->d->public, "blocks.json", "{", 1));
	destroy(p, WEEK, ERR_FORMAT, "the manifests cannot be read");
	assert_int_equal(p->d->state->requests, 0);
	ok(file_replace(p->d->public, "blocks.json", b.p, b.len));
	buf_free(&b);
}

static void
ring_read(const struct place *p, struct buf *out)
{
	ok(file_read(p->d->dir, "keyring.age", out));
}

/* Said before it is done; what could not be done is said, and done later */
static void
cut_off(void **state)
{
	struct place *p = *state;
	struct buf before = buf_new(KEYRING_MAX), after = buf_new(KEYRING_MAX);

	p->d->today = OLD;
	destroy(p, WEEK, ERR_POLICY, "");
	signs(p);
	record_fails = true;
	destroy(p, WEEK, ERR_FULL, "could not be ended");
	record_fails = false;
	assert_true(here(p));
	destroy_fails = true;
	destroy(p, WEEK, ERR_LIMIT, "could not be ended");
	destroy_fails = false;
	assert_true(state_week_destroyed(p->d->state, week_of(HOME_TODAY)));
	assert_true(here(p));
	ring_read(p, &before);
	home_again(p->h); /* the journal said so: it dies at the next start */
	assert_false(here(p));
	ring_read(p, &after); /* and not in memory only */
	assert_true(after.len != before.len || memcmp(after.p, before.p,
	    after.len) != 0);
	buf_clear(&before);
	home_again(p->h); /* once */
	ring_read(p, &before);
	assert_memory_equal(after.p, before.p, after.len);
	buf_free(&before);
	buf_free(&after);
}

static void
not_kept(void **state)
{
	struct place *p = *state;

	p->d->today = OLD;
	destroy(p, WEEK, ERR_POLICY, "");
	signs(p);
	save_fails = true;
	destroy(p, WEEK, ERR_IO, "could not be ended");
	save_fails = false;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(which),
		CASE(for_exactly_that),
		CASE(read_is_not_outstanding),
		CASE(of_a_lost_key),
		CASE(no_key_here),
		CASE(unknown),
		CASE(cut_off),
		CASE(not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
