/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which weeks a holder tells the machines of the others to be over, and which
 * of their keys end by that: none that anybody still needs.
 */
#include "home.h"

#include "decryptor/heir.h"
#include "decryptor/org.h"
#include "decryptor/weeks.h"
#include "../unit/said.h"

struct place {
	struct home *h;
	struct desk *d;
	char stick[80];
	int dir;
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	p->h = home_new();
	p->d = &p->h->d;
	ok(folder_open(p->h->dir, "stick", true, &p->dir));
	snprintf(p->stick, sizeof p->stick, "%s/stick", p->h->path);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	close(p->dir);
	home_free(p->h);
	free(p);
	return 0;
}

/* The gateway closed ${n} weeks, the last one ${ahead} weeks from now, the
 * first with manifest 1, and applied what confirms ${confirmed} of them */
static void
closed(struct place *p, size_t n, int ahead, uint64_t confirmed)
{
	struct state *s = p->d->state;

	free(s->closed);
	s->closed = calloc(n, sizeof *s->closed);
	assert_non_null(s->closed);
	s->closeds = s->closeds_room = n;
	for (size_t i = 0; i < n; i++) {
		s->closed[i].week = week_of(p->d->today) + 7 * (ahead + 1 +
		    (day_t)i - (day_t)n);
		s->closed[i].serial = i + 1;
	}
	s->applied_confirmed = confirmed;
}

static void
told(struct place *p, struct weeks_noted *out)
{
	struct buf b = buf_new(HEIR_MAX);

	ok(weeks_note_make(p->d, &b));
	ok(weeks_note_parse(p->d, b.p, b.len, out));
	buf_free(&b);
}

static void
confirmed_only(void **state)
{
	struct place *p = *state;
	struct weeks_noted noted;
	day_t now = week_of(HOME_TODAY);

	told(p, &noted);
	assert_int_equal(noted.n, 0);
	closed(p, 3, 0, 2);
	told(p, &noted);
	assert_int_equal(noted.n, 2);
	assert_int_equal(noted.week[0], now - 14);
	assert_int_equal(noted.week[1], now - 7);
	closed(p, WEEKS_NOTED + 1, 0, WEEKS_NOTED + 1);
	told(p, &noted);
	assert_int_equal(noted.n, WEEKS_NOTED); /* the newest of them */
	assert_int_equal(noted.week[WEEKS_NOTED - 1], now);
}

static bool
there(const struct place *p)
{
	return faccessat(p->dir, "weeks-1.note", F_OK, 0) == 0;
}

/* Whom the keyset does not name with this key tells nothing */
static void
who_tells(void **state)
{
	struct place *p = *state;
	struct keyset_person *an = &p->d->keyset->person[0];
	struct sign_pk key = an->key;

	an->role = PERSON_APPROVER;
	ok(weeks_note_publish(p->d, p->stick));
	assert_false(there(p));
	an->role = PERSON_HOLDER;
	an->key = p->d->keyset->person[1].key;
	ok(weeks_note_publish(p->d, p->stick));
	assert_false(there(p));
	an->key = key;
	strcpy(an->id, "ander");
	ok(weeks_note_publish(p->d, p->stick));
	assert_false(there(p));
	strcpy(an->id, "an");
	is(weeks_note_publish(p->d, "/none"), ERR_IO);
	ok(weeks_note_publish(p->d, p->stick));
	assert_true(there(p));
}

static bool
has(const struct place *p, int ahead)
{
	return keyring_week(p->d->ring, week_of(HOME_TODAY) + 7 * ahead) !=
	    NULL;
}

static void
accept(struct place *p, enum err want)
{
	enum err e;

	said_begin();
	e = weeks_note_accept(p->d, p->stick);
	assert_int_equal(said_end("No key was destroyed"), want != OK);
	is(e, want);
}

/* Of the weeks that are told only those that are over here, and for good */
static void
which_end(void **state)
{
	struct place *p = *state;
	uint64_t events = journal_length(p->d->book);

	is(weeks_note_accept(p->d, "/none"), ERR_IO);
	accept(p, OK); /* nothing is told */
	closed(p, 2, 1, 2); /* this week and the next */
	ok(weeks_note_publish(p->d, p->stick));
	p->d->today = epoch_last_day(week_of(HOME_TODAY));
	accept(p, OK); /* it takes reports until tonight */
	assert_true(has(p, 0) && has(p, 1));
	assert_int_equal(journal_length(p->d->book), events);
	p->d->today++;
	accept(p, OK);
	assert_false(has(p, 0));
	assert_true(has(p, 1) && has(p, 2));
	assert_int_equal(journal_length(p->d->book), events + 1);
	accept(p, OK);
	assert_int_equal(journal_length(p->d->book), events + 1);
	home_again(p->h);
	assert_false(has(p, 0));
	assert_true(has(p, 1));
}

static void
nobodys_word(void **state)
{
	struct place *p = *state;
	struct buf b = buf_new(HEIR_MAX);

	closed(p, 1, 0, 1);
	ok(weeks_note_publish(p->d, p->stick));
	ok(file_read(p->dir, "weeks-1.note", &b));
	p->d->today += 14;
	b.p[b.len - 2] ^= 1;
	ok(file_replace(p->dir, "weeks-1.note", b.p, b.len));
	accept(p, ERR_SIGNATURE);
	assert_true(has(p, 0));
	b.p[b.len - 2] ^= 1;
	ok(file_replace(p->dir, "weeks-1.note", b.p, b.len));
	p->d->keyset->person[0].role = PERSON_APPROVER;
	accept(p, ERR_SIGNATURE);
	assert_true(has(p, 0));
	p->d->keyset->person[0].role = PERSON_HOLDER;
	accept(p, OK);
	assert_false(has(p, 0));
	buf_free(&b);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(confirmed_only),
		CASE(who_tells),
		CASE(which_end),
		CASE(nobodys_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
