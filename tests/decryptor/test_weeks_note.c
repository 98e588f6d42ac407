/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which weeks a holder tells the machines of the others to be over, and which
 * of their keys end by that: none that anybody still needs. And what another
 * holder published on that stick stays there.
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
	struct place *p = home_place(sizeof *p);

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
	home_place_free(p);
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
	return faccessat(p->dir, "weeks-1-an.note", F_OK, 0) == 0;
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
	struct keyset_person *an = &p->d->keyset->person[0];
	struct buf b = buf_new(HEIR_MAX);
	struct sign_pk key = an->key;

	closed(p, 1, 0, 1);
	ok(weeks_note_publish(p->d, p->stick));
	ok(file_read(p->dir, "weeks-1-an.note", &b));
	p->d->today += 14;
	b.p[b.len - 2] ^= 1;
	ok(file_replace(p->dir, "weeks-1-an.note", b.p, b.len));
	accept(p, ERR_SIGNATURE);
	assert_true(has(p, 0));
	b.p[b.len - 2] ^= 1;
	ok(file_replace(p->dir, "weeks-1-an.note", b.p, b.len));
	an->role = PERSON_APPROVER;
	accept(p, OK); /* nobody looks for a note of hers */
	assert_true(has(p, 0));
	an->role = PERSON_HOLDER;
	an->key = p->d->keyset->person[1].key;
	accept(p, ERR_SIGNATURE);
	assert_true(has(p, 0));
	an->key = key;
	accept(p, OK);
	assert_false(has(p, 0));
	buf_free(&b);
}

/* `bo` stands by: what she publishes on the same stick takes nothing from the
 * word of the first */
static void
each_her_own(void **state)
{
	struct place *p = *state;
	struct keyset_person *bo = &p->d->keyset->person[1];

	closed(p, 1, 0, 1);
	ok(weeks_note_publish(p->d, p->stick));
	bo->role = PERSON_HOLDER;
	bo->desk = p->d->ring->desk;
	bo->key = p->d->keyset->person[0].key;
	strcpy(p->d->ring->person, bo->id);
	closed(p, 0, 0, 0);
	ok(weeks_note_publish(p->d, p->stick));
	p->d->today += 14;
	accept(p, OK);
	assert_false(has(p, 0));
}

/* One that is damaged is said, and holds up no other */
static void
one_damaged(void **state)
{
	struct place *p = *state;
	struct keyset_person *bo = &p->d->keyset->person[1];

	closed(p, 1, 0, 1);
	ok(weeks_note_publish(p->d, p->stick));
	p->d->today += 14;
	ok(file_replace(p->dir, "weeks-1-bo.note", "?", 1));
	*bo = p->d->keyset->person[0];
	strcpy(p->d->keyset->person[0].id, "bo"); /* the damaged one first */
	accept(p, ERR_FORMAT);
	assert_false(has(p, 0));
}

/* What lies on the stick is newer than what this machine took in */
static void
newer_keyset(void **state)
{
	struct place *p = *state;
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX),
	    there = buf_new(KEYSET_MAX);
	struct keyset *k = malloc(sizeof *k);

	ok(org_keyset_files(p->d, &doc, &sig));
	assert_non_null(k);
	*k = *p->d->keyset;
	ok(org_keyset_save(p->d, k));
	ok(org_publish(p->d, p->stick));
	ok(org_publish(p->d, p->stick)); /* the same once more */
	ok(org_keyset_store(p->d, &doc, &sig));
	is(org_publish(p->d, p->stick), ERR_STALE);
	buf_clear(&doc);
	buf_clear(&sig);
	ok(file_read(p->dir, "keyset.json", &there));
	ok(org_accept(p->d, p->stick, NULL));
	ok(org_keyset_files(p->d, &doc, &sig));
	assert_int_equal(there.len, doc.len);
	assert_memory_equal(there.p, doc.p, doc.len);
	there.p[there.len / 2] ^= 1; /* nobody's keyset holds up nothing */
	ok(file_replace(p->dir, "keyset.json", there.p, there.len));
	ok(org_publish(p->d, p->stick));
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&there);
	free(k);
}

static bool
listed(struct place *p, day_t week, const char *who)
{
	struct buf b = buf_new(BLOCKS_FILE_MAX);
	struct org_blocks there = {NULL, 0, 0};
	bool has;

	ok(file_read(p->dir, "blocks.json", &b));
	ok(blocks_parse(b.p, b.len, p->d->ring->org, &there));
	has = blocks_has(&there, week, 1, who);
	blocks_free(&there);
	buf_free(&b);
	return has;
}

/* Keys of weeks that another holder's list on the stick has, and this
 * machine's lacks, stay there; not those of who is no holder any more */
static void
others_weeks(void **state)
{
	struct place *p = *state;
	struct org_blocks all = {NULL, 0, 0}, none = {NULL, 0, 0};
	struct keyset_person *an = &p->d->keyset->person[0];
	day_t week = week_of(HOME_TODAY);

	ok(blocks_load(p->d, &all));
	ok(org_publish(p->d, p->stick));
	assert_true(listed(p, week, "an"));
	ok(blocks_save(p->d, &none)); /* bo's machine, with no list yet */
	strcpy(p->d->ring->person, "bo");
	ok(org_publish(p->d, p->stick));
	assert_true(listed(p, week, "an"));
	an->key = p->d->keyset->person[1].key;
	ok(org_publish(p->d, p->stick));
	assert_false(listed(p, week, "an"));
	ok(file_replace(p->dir, "blocks.json", "?", 1));
	ok(org_publish(p->d, p->stick)); /* nothing there to keep */
	blocks_free(&all);
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
		CASE(each_her_own),
		CASE(one_damaged),
		CASE(newer_keyset),
		CASE(others_weeks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
