/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A destruction takes the keys and the files of its case, all of them and no
 * others, when two people said so and the term is over; and what comes later
 * goes only by a signature of its own.
 */
#include "home.h"

#include <dirent.h>

#include "decryptor/casebook.h"

struct place {
	struct home *h;
	struct desk *d;
	size_t k, other;
	struct buf page;
	struct refusal why;
};

static void
told(struct place *p, const char *ref, const char *file)
{
	struct content *c = home_content();

	c->report->message_id[0] = (uint8_t)(p->d->state->messages + 1);
	ok(report_answer_add(c->report, "what", "GEHEIM", 6));
	if (file != NULL) {
		home_file(p->h, c, file, false);
	}
	home_message(p->h, ref, REPORT_REPORT, c);
	content_free(c);
}

/* As if the case was closed, and its term is over */
static void
over(struct place *p)
{
	struct kase *c = &p->d->state->kase[p->k];

	c->state = CASE_RETAINED;
	c->closed = c->destroy_on = p->d->today;
	strcpy(c->retention, "nl-closed");
	c->ack_posted = c->told_decision = p->d->today;
	c->feedback_reasoned = c->feedback_options = true;
}

static void
sign(struct place *p, size_t k, const char *detail)
{
	size_t r = 0;

	ok(act_request(p->d, ACT_DESTROY, k, detail, NULL, &r, &p->why));
	ok(act_paper(p->d, r, "bo", HOME_TODAY, &p->why));
	over(p);
}

static int
setup(void **state)
{
	struct place *p = home_place(sizeof *p);

	p->page = buf_new(1u << 20);
	told(p, "2026-7K3Q", "bewijs");
	told(p, "2026-AAAA", "anders");
	told(p, "2026-7K3Q", NULL);
	p->k = state_case(p->d->state, "2026-7K3Q");
	p->other = state_case(p->d->state, "2026-AAAA");
	over(p);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	buf_free(&p->page);
	home_place_free(p);
	return 0;
}

static enum err
destroy(struct place *p)
{
	buf_clear(&p->page);
	return act_destroy(p->d, p->k, &p->page, &p->why);
}

static bool
says(struct place *p, const char *words)
{
	return memmem(p->page.p, p->page.len, words, strlen(words)) != NULL;
}

static enum err
opens(struct place *p, size_t m)
{
	struct content *c = NULL;
	enum err e = desk_content(p->d, &p->d->state->message[m], &c);

	content_free(c);
	return e;
}

/* Files of the desk's attachments */
static unsigned
files(struct place *p)
{
	int fd = openat(p->d->attachments, ".", O_RDONLY | O_DIRECTORY);
	DIR *list = fdopendir(fd);
	struct dirent *one;
	unsigned n = 0;

	assert_non_null(list);
	while ((one = readdir(list)) != NULL) {
		n += one->d_name[0] != '.';
	}
	closedir(list);
	return n;
}

static void
all_of_it(void **state)
{
	struct place *p = *state;
	unsigned before = files(p);

	sign(p, p->k, "vernietigd");
	ok(destroy(p));
	assert_true(p->d->state->kase[p->k].destroyed);
	is(opens(p, 0), ERR_UNKNOWN);
	is(opens(p, 2), ERR_UNKNOWN);
	ok(opens(p, 1));
	assert_int_equal(files(p), before / 2);
	assert_true(says(p, "Messages</span></th><td>2<"));
	assert_true(says(p, "Attachments</span></th><td>1<"));
	assert_true(says(p, "Signed on paper by"));
	assert_false(says(p, "Perhaps still a copy"));
	assert_false(says(p, "could not be read"));
	assert_false(says(p, "Copy of"));
	assert_false(says(p, "Messages after that"));
	home_again(p->h);
	is(opens(p, 0), ERR_UNKNOWN);
	ok(opens(p, 1));
	p->d->today++;
	ok(destroy(p)); /* the page, once more */
	assert_true(says(p, "Copy of"));
}

static void
not_yet(void **state)
{
	struct place *p = *state;
	struct kase *c = &p->d->state->kase[p->k];

	assert_int_not_equal(destroy(p), OK); /* nobody signed */
	sign(p, p->k, "vernietigd");
	c = &p->d->state->kase[p->k];
	c->destroy_on++;
	assert_int_not_equal(destroy(p), OK);
	over(p);
	p->d->state->applied_tenure = 9;
	is(destroy(p), ERR_STALE);
	p->d->state->applied_tenure = 0;
	ok(opens(p, 0));
	ok(opens(p, 2));
	over(p);
	ok(destroy(p));
}

/* What cannot be read any more goes like the rest, and is told */
static void
unreadable(void **state)
{
	struct place *p = *state;
	unsigned before = files(p);

	sign(p, p->k, "vernietigd");
	p->d->state->message[0].record[0] ^= 1;
	ok(destroy(p));
	assert_true(says(p, "could not be read"));
	assert_int_equal(act_destroyed_unread(p->d, p->k).messages, 1);
	assert_int_equal(files(p), before / 2);
	p->d->state->message[0].record[0] ^= 1;
	is(opens(p, 0), ERR_UNKNOWN);
	ok(opens(p, 1));
}

/* Only of attachments it is said that they were not counted */
static void
unreadable_text(void **state)
{
	struct place *p = *state;

	sign(p, p->k, "vernietigd");
	p->d->state->message[2].record[0] ^= 1;
	ok(destroy(p));
	assert_false(says(p, "could not be read"));
	assert_int_equal(act_destroyed_unread(p->d, p->k).messages, 0);
}

static void
about(struct place *p, const char *person)
{
	struct kase *c = &p->d->state->kase[p->k];

	strcpy(c->subject[0], person);
	c->subjects = 1;
}

/* A message that came after the end waits for two people */
static void
late(void **state)
{
	struct place *p = *state;
	char detail[DETAIL_TEXT];
	unsigned before;

	sign(p, p->k, "vernietigd");
	ok(destroy(p));
	assert_false(act_late(p->d, p->k));
	before = files(p);
	told(p, "2026-7K3Q", "later");
	assert_true(act_late(p->d, p->k));
	is(destroy(p), ERR_POLICY);
	assert_non_null(strstr(p->why.en, "after the destruction"));
	ok(opens(p, 3));
	act_late_detail(p->d, p->k, detail);
	sign(p, NOT_FOUND, detail);
	p->d->state->applied_tenure = 9; /* another machine has the desk */
	is(destroy(p), ERR_STALE);
	ok(opens(p, 3));
	p->d->state->applied_tenure = 0;
	about(p, "bo"); /* who signed */
	is(destroy(p), ERR_POLICY);
	ok(opens(p, 3));
	about(p, "an"); /* who destroys */
	is(destroy(p), ERR_POLICY);
	ok(opens(p, 3));
	ok(destroy(p));
	is(opens(p, 3), ERR_UNKNOWN);
	ok(opens(p, 1));
	assert_int_equal(files(p), before);
	assert_false(says(p, "could not be read"));
	assert_true(says(p, "Messages after that</span></th><td>1<"));
	assert_true(says(p, "Their attachments</span></th><td>1<"));
	assert_true(says(p, "Messages</span></th><td>2<"));
	told(p, "2026-7K3Q", NULL); /* those signatures are used */
	is(destroy(p), ERR_POLICY);
	ok(opens(p, 4));
	home_again(p->h);
	ok(opens(p, 4));
	is(opens(p, 3), ERR_UNKNOWN);
}

/* What came late to a case of another desk goes there */
static void
late_elsewhere(void **state)
{
	struct place *p = *state;
	struct kase *c = &p->d->state->kase[p->k];

	p->d->state->message[0].late = true;
	assert_false(act_late(p->d, p->k));
	c->destroyed = true;
	assert_true(act_late(p->d, p->k));
	c->moved_to = 2;
	assert_false(act_late(p->d, p->k));
}

/* Who may hold a copy that nothing here ends */
static void
copies(void **state)
{
	struct place *p = *state;
	struct keyset_person *bo = &p->d->keyset->person[1];

	sign(p, p->k, "vernietigd");
	ok(destroy(p));
	bo->role = PERSON_HOLDER;
	ok(destroy(p));
	assert_true(says(p, "machine of</span></th><td>bo<"));
	bo->desk = 2;
	ok(destroy(p));
	assert_false(says(p, "Perhaps still a copy"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(all_of_it),
		CASE(not_yet),
		CASE(unreadable),
		CASE(unreadable_text),
		CASE(late),
		CASE(late_elsewhere),
		CASE(copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
