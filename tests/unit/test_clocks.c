/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Legal terms: every vector of acceptance/clocks.csv, then properties over
 * every day from 2020 to 2100.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/clocks.h"
#include "meldluik/csv.h"

static struct profile *nl, *eu;
static struct clock_terms internal, external;
static struct holidays *days;

static int
setup(void **state)
{
	(void)state;
	if (profile_builtin("nl", &nl) != OK ||
	    profile_builtin("eu", &eu) != OK ||
	    holidays_builtin(&days) != OK) {
		return -1;
	}
	internal = clocks_terms(nl);
	external = clocks_terms(eu);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	profile_free(nl);
	profile_free(eu);
	holidays_free(days);
	return 0;
}

static char *
read_all(const char *name, size_t *len)
{
	static char text[1 << 16];
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/acceptance/%s", TESTS_DIR, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	*len = fread(text, 1, sizeof text, f);
	fclose(f);
	return text;
}

static day_t
moment(const char *s)
{
	day_t d;

	if (*s == '\0') {
		return DAY_NONE;
	}
	assert_int_equal(moment_parse(s, &d), OK);
	return d;
}

static const char *
text(day_t d)
{
	static char t[4][DAY_TEXT];
	static unsigned turn;

	turn = (turn + 1) % 4;
	if (d == DAY_NONE) {
		return "";
	}
	day_text(d, t[turn]);
	return t[turn];
}

static const char *
cell(const struct csv *t, size_t row, const char *name)
{
	for (size_t c = 0; c < csv_columns(t); c++) {
		if (strcmp(csv_header(t, c), name) == 0) {
			return csv_cell(t, row, c);
		}
	}
	fail_msg("no column %s", name);
	return "";
}

static void
vectors(void **state)
{
	struct csv *t = NULL;
	size_t len;
	char *all = read_all("clocks.csv", &len);

	(void)state;
	assert_int_equal(csv_parse(all, len, &t, NULL), OK);
	assert_true(csv_rows(t) >= 22);
	for (size_t i = 0; i < csv_rows(t); i++) {
		struct clock_input in = {
			.received = moment(cell(t, i, "received")),
			.ack = moment(cell(t, i, "ack_posted")),
			.feedback = DAY_NONE,
			.external = strcmp(cell(t, i, "channel"),
			    "external") == 0,
			.extended = strcmp(cell(t, i, "extended"), "1") == 0,
		};
		const char *on_time = in.ack == DAY_NONE ? "" : "0";
		struct clocks c;

		print_message("%s %s\n", cell(t, i, "id"),
		    cell(t, i, "note"));
		assert_int_equal(clocks_compute(in.external ? &external :
		    &internal, days, &in, &c), OK);
		assert_string_equal(text(in.received),
		    cell(t, i, "received_local"));
		assert_string_equal(text(in.ack),
		    cell(t, i, "ack_posted_local"));
		assert_string_equal(text(c.ack_due), cell(t, i, "ack_due"));
		assert_string_equal(text(c.ack_due_atw),
		    cell(t, i, "ack_due_atw"));
		assert_string_equal(text(c.feedback_due),
		    cell(t, i, "feedback_due"));
		assert_string_equal(text(c.feedback_literal),
		    cell(t, i, "feedback_literal"));
		assert_string_equal(text(c.feedback_due_atw),
		    cell(t, i, "feedback_due_atw"));
		assert_string_equal(text(c.working_target),
		    cell(t, i, "working_target"));
		if (in.ack != DAY_NONE && clock_status(c.ack_due, in.ack,
		    DAY_MAX) == CLOCK_ON_TIME) {
			on_time = "1";
		}
		assert_string_equal(on_time, cell(t, i, "ack_on_time"));
	}
	csv_free(t);
}

static void
same_holidays_as_published(void **state)
{
	struct bytes own;
	size_t len;
	char *all = read_all("holidays.csv", &len);

	(void)state;
	assert_int_equal(policy_data("holidays.csv", &own), OK);
	assert_int_equal(own.len, len);
	assert_memory_equal(own.p, all, len);
	assert_int_equal(policy_data("else.csv", &own), ERR_UNKNOWN);
}

static void
properties(void **state)
{
	struct clock_input before = { 0 };
	struct clocks last = { 0 };

	(void)state;
	for (day_t d = day_make(2020, 1, 1); d <= day_make(2100, 12, 31);
	    d++) {
		struct clock_input in = { .received = d, .ack = DAY_NONE,
			.feedback = DAY_NONE };
		day_t none;
		struct clocks c;

		assert_int_equal(clocks_compute(&internal, days, &in, &c),
		    OK);
		none = c.feedback_due;
		assert_int_equal(c.ack_due, d + 7);
		assert_true(c.ack_due_atw >= c.ack_due);
		assert_true(c.feedback_due_atw >= c.feedback_due);
		assert_true(c.working_target > d);
		assert_true(c.working_target <= c.feedback_due);
		assert_int_equal(c.feedback_literal, c.feedback_due);
		if (before.received != 0) {
			assert_true(c.ack_due > last.ack_due);
			assert_true(c.feedback_due >= last.feedback_due);
			assert_true(c.working_target >= last.working_target);
			assert_true(c.ack_due_atw >= last.ack_due_atw);
		}
		before = in;
		last = c;
		for (int k = 0; k <= 20; k++) {
			struct clocks e;

			in.ack = d + k;
			assert_int_equal(clocks_compute(&internal, days, &in,
			    &e), OK);
			/* An answer never moves a term past the one without,
			 * and none lies before receipt. */
			assert_true(e.feedback_due <= none);
			assert_true(e.feedback_due > in.received);
			assert_true(e.feedback_literal >= e.feedback_due);
			assert_int_equal(e.ack_due, c.ack_due);
			assert_int_equal(e.working_target, c.working_target);
			assert_true(k > 7 ||
			    e.feedback_due == e.feedback_literal);
		}
	}
}

static void
refusals(void **state)
{
	struct clock_input in = { .received = day_make(2026, 11, 24),
		.ack = DAY_NONE, .feedback = DAY_NONE };
	struct clocks c = { .ack_due = 77 };
	struct clock_terms none = internal;

	(void)state;
	none.extended_months = 0;
	in.extended = true; /* C7: the internal channel has no extension */
	assert_int_equal(clocks_compute(&internal, days, &in, &c), ERR_POLICY);
	in.external = true; /* terms without extension */
	assert_int_equal(clocks_compute(&none, days, &in, &c), ERR_POLICY);
	in.extended = false;
	in.external = false;
	in.waived = true;
	assert_int_equal(clocks_compute(&internal, days, &in, &c), ERR_POLICY);
	in.waived = false;
	in.ack = in.received - 1;
	assert_int_equal(clocks_compute(&internal, days, &in, &c),
	    ERR_CONFLICT);
	in.ack = DAY_NONE;
	in.feedback = in.received - 1;
	assert_int_equal(clocks_compute(&internal, days, &in, &c),
	    ERR_CONFLICT);
	in.feedback = DAY_NONE;
	in.external = true;
	in.waived = true;
	in.ack = in.received;
	assert_int_equal(clocks_compute(&external, days, &in, &c),
	    ERR_CONFLICT);
	in.received = DAY_NONE;
	assert_int_equal(clocks_compute(&external, days, &in, &c), ERR_USAGE);
	assert_int_equal(c.ack_due, 77);
}

static void
waiver(void **state)
{
	struct clock_input in = { .received = day_make(2023, 8, 24),
		.ack = DAY_NONE, .feedback = DAY_NONE, .external = true,
		.waived = true };
	struct clocks c;

	(void)state;
	assert_int_equal(clocks_compute(&external, days, &in, &c), OK);
	assert_int_equal(c.ack_due, DAY_NONE);
	assert_int_equal(c.ack_due_atw, DAY_NONE);
	assert_int_equal(c.feedback_due, day_make(2023, 11, 30));
	assert_int_equal(clock_status(c.ack_due, DAY_NONE, DAY_MAX),
	    CLOCK_WAIVED);
	assert_int_equal(clock_colour(&external, c.ack_due, in.received),
	    CLOCK_DONE);
}

static void
status_and_colour(void **state)
{
	day_t due = day_make(2026, 12, 1);

	(void)state;
	assert_int_equal(clock_status(due, due, due), CLOCK_ON_TIME);
	assert_int_equal(clock_status(due, due + 1, due + 1), CLOCK_LATE);
	assert_int_equal(clock_status(due, due + 1, due), CLOCK_PENDING);
	assert_int_equal(clock_status(due, DAY_NONE, due), CLOCK_PENDING);
	assert_int_equal(clock_status(due, DAY_NONE, due + 1), CLOCK_OVERDUE);
	assert_string_equal(clock_status_code(CLOCK_OVERDUE), "overdue");
	assert_int_equal(clock_colour(&internal, due, due - 15), CLOCK_GREEN);
	assert_int_equal(clock_colour(&internal, due, due - 14), CLOCK_AMBER);
	assert_int_equal(clock_colour(&internal, due, due - 4), CLOCK_AMBER);
	assert_int_equal(clock_colour(&internal, due, due - 3), CLOCK_RED);
	assert_int_equal(clock_colour(&internal, due, due + 100), CLOCK_RED);
	assert_int_equal(clock_unfetched(&internal, due, due), CLOCK_GREEN);
	assert_int_equal(clock_unfetched(&internal, due, due + 3),
	    CLOCK_GREEN);
	assert_int_equal(clock_unfetched(&internal, due, due + 4),
	    CLOCK_AMBER);
	assert_int_equal(clock_unfetched(&internal, due, due + 5), CLOCK_RED);
}

static void
other_terms(void **state)
{
	(void)state;
	/* C11: ten working days, over Christmas and New Year's Day */
	assert_int_equal(clock_meeting_due(&internal, days,
	    day_make(2026, 12, 17)), day_make(2027, 1, 4));
	assert_int_equal(clock_review_due(&external, day_make(2024, 2, 29)),
	    day_make(2027, 2, 28));
	assert_int_equal(clock_review_due(&internal, day_make(2024, 2, 29)),
	    DAY_NEVER);
	assert_int_equal(clock_breach_due(&internal, 1000), 1000 + 259200);
	assert_true(holidays_covers(days, day_make(2026, 6, 1)));
	assert_false(holidays_covers(days, day_make(2031, 6, 1)));
	assert_true(holidays_has(days, day_make(2026, 4, 27)));
	assert_false(day_is_working(days, day_make(2026, 4, 27)));
	assert_true(day_is_working(days, day_make(2026, 4, 28)));
}

static void
bad_moments(void **state)
{
	static const char *const bad[] = { "", "2026-11-24T10:00:00",
		"2026-11-24T24:00:00Z", "2026-11-24T10:60:00Z",
		"2026-11-24T10:00:60Z", "2026-11-24 10:00:00Z",
		"2026-11-24T10:00:00z", "2026-11-24T10:00:00+01:00",
		"2026-11-24T10:00:00.5Z", "2026-02-30T10:00:00Z",
		"2026-11-24T1a:00:00Z", "2026-11-24T10:00:00ZZ", "24-11-2026",
		"2026-11-24T10-00-00Z" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		day_t d = 77;

		assert_int_equal(moment_parse(bad[i], &d), ERR_FORMAT);
		assert_int_equal(d, 77);
	}
}

static void
bad_holidays(void **state)
{
	static const struct {
		const char *csv;
		enum err e;
	} bad[] = {
		{ "", ERR_FORMAT },
		{ "date,name,kind\n", ERR_FORMAT },
		{ "date,kind,name\n2026-01-01,x,art3\n", ERR_FORMAT },
		{ "date,name\n2026-01-01,x\n", ERR_FORMAT },
		{ "date,name,kind\n2026-02-30,x,art3\n", ERR_FORMAT },
		{ "date,name,kind\n2026-01-01,x,party\n", ERR_UNKNOWN },
		{ "date,name,kind\n2026-01-01,x,art3\n2026-01-01,y,art3\n",
		    ERR_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct holidays *h = NULL;

		assert_int_equal(holidays_load(bad[i].csv, strlen(bad[i].csv),
		    &h), bad[i].e);
		assert_null(h);
	}
}

static void
bad_terms(void **state)
{
	static const char *const bad[] = {
		"{\"extends\":\"nl\",\"clocks\":{}}",
		"{\"extends\":\"nl\",\"clocks\":{\"ack_days\":\"7\"}}",
	};
	struct profile *p = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(profile_load(bad[i], strlen(bad[i]), &p),
		    ERR_FORMAT);
	}
	assert_null(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(same_holidays_as_published),
		cmocka_unit_test(properties),
		cmocka_unit_test(refusals),
		cmocka_unit_test(waiver),
		cmocka_unit_test(status_and_colour),
		cmocka_unit_test(other_terms),
		cmocka_unit_test(bad_moments),
		cmocka_unit_test(bad_holidays),
		cmocka_unit_test(bad_terms),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
