/* SPDX-License-Identifier: EUPL-1.2 */
/* Each limit of a slow connection, a second before it and at it. The clock is
 * the test's. Over sockets: http/12-slow.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/watchdog.h"

#define CROWD 3

static time_t clock_now = 1000;
int __wrap_clock_gettime(clockid_t which, struct timespec *t);

int
__wrap_clock_gettime(clockid_t which, struct timespec *t)
{
	(void)which;
	t->tv_sec = clock_now;
	t->tv_nsec = 0;
	return 0;
}

struct line {
	int ends[2];
	struct watched *w;
};

static void
line_open(struct line *l)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, l->ends), 0);
	l->w = watchdog_add(l->ends[0]);
	assert_non_null(l->w);
}

static void
line_close(struct line *l)
{
	watchdog_remove(l->w);
	close(l->ends[0]);
	close(l->ends[1]);
}

static bool
is_cut(const struct line *l)
{
	char c;

	return recv(l->ends[1], &c, 1, MSG_DONTWAIT) == 0;
}

/* Whether it is cut after ${seconds} more; ${told}: and counted as slow */
static bool
cut_after(struct line *l, time_t seconds, bool told)
{
	unsigned slow = 0;

	clock_now += seconds;
	assert_false(watchdog_turn(&slow));
	assert_int_equal(slow, is_cut(l) && told);
	return is_cut(l);
}

static void
phases(void **state)
{
	struct line l;

	(void)state;
	line_open(&l);
	assert_false(cut_after(&l, 9, true));
	assert_true(cut_after(&l, 1, true)); /* header */
	line_close(&l);
	line_open(&l);
	watchdog_idle(l.w);
	assert_false(cut_after(&l, 14, false));
	assert_true(cut_after(&l, 1, false));
	line_close(&l);
	line_open(&l);
	watchdog_body(l.w);
	assert_false(cut_after(&l, 5, true)); /* nothing came yet */
	watchdog_got(l.w, 6000);
	assert_false(cut_after(&l, 1, true));
	watchdog_got(l.w, 999);
	assert_true(cut_after(&l, 1, true));
	line_close(&l);
	line_open(&l);
	watchdog_answer(l.w, 10240);
	assert_false(cut_after(&l, 70, true));
	assert_true(cut_after(&l, 1, true));
	line_close(&l);
	line_open(&l);
	watchdog_wait(l.w);
	assert_false(cut_after(&l, 100000, true));
	line_close(&l);
}

/* Many make those that are idle leave sooner, and nobody else */
static void
a_crowd(void **state)
{
	struct line l[CROWD + 1];

	(void)state;
	for (unsigned i = 0; i < CROWD; i++) {
		line_open(&l[i]);
		watchdog_wait(l[i].w);
	}
	watchdog_idle(l[0].w);
	assert_false(cut_after(&l[0], 2, false));
	line_open(&l[CROWD]);
	watchdog_wait(l[CROWD].w);
	watchdog_idle(l[0].w);
	assert_false(cut_after(&l[0], 1, false));
	assert_true(cut_after(&l[0], 1, false));
	for (unsigned i = 0; i <= CROWD; i++) {
		assert_int_equal(is_cut(&l[i]), i == 0);
		line_close(&l[i]);
	}
}

static void
turns_are_short(void **state)
{
	static struct line l[2 * WATCHDOG_CUTS];
	unsigned slow = 0;

	(void)state;
	for (unsigned i = 0; i < 2 * WATCHDOG_CUTS; i++) {
		line_open(&l[i]);
	}
	clock_now += 10;
	assert_true(watchdog_turn(&slow));
	assert_int_equal(slow, WATCHDOG_CUTS);
	/* the one that it goes on with may end meanwhile */
	for (unsigned i = 0; i < 2 * WATCHDOG_CUTS; i++) {
		if (!is_cut(&l[i])) {
			line_close(&l[i]);
			l[i].w = NULL;
			break;
		}
	}
	while (watchdog_turn(&slow)) {
	}
	assert_true(slow >= 2 * WATCHDOG_CUTS - 1);
	for (unsigned i = 0; i < 2 * WATCHDOG_CUTS; i++) {
		if (l[i].w != NULL) {
			assert_true(is_cut(&l[i]));
			line_close(&l[i]);
		}
	}
}

/* More than a block of records, twice; all but the last may take their time */
static void
every_record_is_looked_at(void **state)
{
	static struct watched *many[1000];
	struct line l;
	unsigned slow = 0;

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 1000; i++) {
			many[i] = watchdog_add(-1);
			assert_non_null(many[i]);
			watchdog_wait(many[i]);
		}
		line_open(&l);
		clock_now += 10;
		while (watchdog_turn(&slow)) {
		}
		assert_int_equal(slow, round + 1);
		assert_true(is_cut(&l));
		line_close(&l);
		for (unsigned i = 0; i < 1000; i++) {
			watchdog_remove(many[i]);
		}
	}
}

/* More than any gateway has connections: refused, and the rest still there */
static void
no_more_than_there_are_blocks(void **state)
{
	static struct watched *many[70000];
	unsigned n = 0;

	(void)state;
	while (n < 70000 && (many[n] = watchdog_add(-1)) != NULL) {
		n++;
	}
	assert_int_equal(n, 65536);
	watchdog_remove(many[--n]);
	many[n] = watchdog_add(-1);
	assert_non_null(many[n]);
	for (n = 0; n < 65536; n++) {
		watchdog_remove(many[n]);
	}
}

static void
age_of_a_body(void **state)
{
	struct line l;
	bool slow;

	(void)state;
	line_open(&l);
	clock_now += 3;
	assert_int_equal(watchdog_body_age(l.w, &slow), 0);
	watchdog_body(l.w);
	assert_int_equal(watchdog_body_age(l.w, &slow), 0);
	assert_false(slow);
	clock_now += 3;
	assert_int_equal(watchdog_body_age(l.w, &slow), 3);
	assert_true(slow);
	watchdog_got(l.w, 3000);
	assert_int_equal(watchdog_body_age(l.w, &slow), 3);
	assert_false(slow);
	assert_int_equal(watchdog_answer_age(l.w), 0);
	watchdog_cut(l.w);
	assert_true(is_cut(&l));
	assert_int_equal(watchdog_body_age(l.w, &slow), 0);
	line_close(&l);
	line_open(&l);
	watchdog_answer(l.w, 10240);
	clock_now += 4;
	assert_int_equal(watchdog_answer_age(l.w), 4);
	assert_int_equal(watchdog_body_age(l.w, &slow), 0);
	watchdog_cut(l.w);
	assert_int_equal(watchdog_answer_age(l.w), 0);
	line_close(&l);
}

/* What we have not read does not make its sender slow; an end of its body
 * does */
static void
late_is_ours(void **state)
{
	struct line l;
	bool slow;

	(void)state;
	line_open(&l);
	assert_int_equal(send(l.ends[1], "body", 4, 0), 4);
	assert_false(watchdog_unread(l.w)); /* no body yet */
	watchdog_wait(l.w); /* for a slot to read it into */
	assert_true(watchdog_unread(l.w));
	watchdog_body(l.w);
	assert_true(watchdog_unread(l.w));
	assert_false(cut_after(&l, 100, true));
	assert_int_equal(watchdog_body_age(l.w, &slow), 100);
	assert_false(slow);
	assert_int_equal(shutdown(l.ends[1], SHUT_WR), 0);
	assert_false(watchdog_unread(l.w));
	assert_int_equal(watchdog_body_age(l.w, &slow), 100);
	assert_true(slow);
	line_close(&l);
	line_open(&l);
	watchdog_body(l.w);
	assert_false(watchdog_unread(l.w));
	assert_int_equal(send(l.ends[1], "body", 4, 0), 4);
	assert_false(cut_after(&l, 100, true));
	assert_int_equal(recv(l.ends[0], (char[4]){0}, 4, 0), 4);
	assert_true(cut_after(&l, 0, true));
	assert_false(watchdog_unread(l.w));
	line_close(&l);
	line_open(&l);
	assert_int_equal(send(l.ends[1], "body", 4, 0), 4);
	watchdog_body(l.w);
	watchdog_cut(l.w); /* has gone */
	assert_false(watchdog_unread(l.w));
	line_close(&l);
}

/* A connection for which there was no memory */
static void
nobody(void **state)
{
	bool slow = true;

	(void)state;
	watchdog_body(NULL);
	watchdog_got(NULL, 1);
	watchdog_cut(NULL);
	watchdog_remove(NULL);
	assert_int_equal(watchdog_body_age(NULL, &slow), 0);
	assert_false(slow);
	assert_false(watchdog_unread(NULL));
	assert_int_equal(watchdog_answer_age(NULL), 0);
}

static int
begin(void **state)
{
	static const struct watchdog_limits limits = {.header_seconds = 10,
		.idle_seconds = 15, .body_rate = 1000, .body_grace = 5,
		.crowd = CROWD};

	(void)state;
	watchdog_setup(&limits);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phases),
		cmocka_unit_test(late_is_ours),
		cmocka_unit_test(a_crowd),
		cmocka_unit_test(turns_are_short),
		cmocka_unit_test(every_record_is_looked_at),
		cmocka_unit_test(no_more_than_there_are_blocks),
		cmocka_unit_test(age_of_a_body),
		cmocka_unit_test(nobody),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
