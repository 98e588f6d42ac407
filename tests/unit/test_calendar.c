/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Calendar: every day from 1970 to 2199 is checked against an independent
 * count, every month sum for clamping, every ISO week for its name, and
 * every summer-time change to 2100 for the local date around midnight.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/calendar.h"

#define AT(d, h, m) ((int64_t)(d) * 86400 + (h) * 3600 + (m) * 60)

static int
length_of(int y, int m)
{
	switch (m) {
	case 2:
		return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 ? 29 : 28;
	case 4:
	case 6:
	case 9:
	case 11:
		return 30;
	default:
		return 31;
	}
}

static void
every_day(void **state)
{
	int weekday = 4; /* a Thursday */
	day_t d = 0;

	(void)state;
	for (int y = 1970; y <= 2199; y++) {
		for (int m = 1; m <= 12; m++) {
			for (int k = 1; k <= length_of(y, m); k++, d++) {
				char text[DAY_TEXT];
				int sy, sm, sd;
				day_t back;

				assert_int_equal(day_make(y, m, k), d);
				day_split(d, &sy, &sm, &sd);
				assert_int_equal(sy, y);
				assert_int_equal(sm, m);
				assert_int_equal(sd, k);
				day_text(d, text);
				assert_int_equal(day_parse(text, &back), OK);
				assert_int_equal(back, d);
				assert_int_equal(day_weekday(d), weekday);
				weekday = weekday % 7 + 1;
			}
		}
	}
	assert_int_equal(d - 1, DAY_MAX);
}

static void
known_days(void **state)
{
	day_t d;

	(void)state;
	assert_int_equal(day_parse("2026-11-24", &d), OK);
	assert_int_equal(d, 20781);
	assert_int_equal(day_weekday(d), 2);
	assert_int_equal(day_parse("2000-02-29", &d), OK);
	assert_int_equal(day_parse("2199-12-31", &d), OK);
	assert_int_equal(d, DAY_MAX);
}

static void
bad_days(void **state)
{
	static const char *const bad[] = { "", "2026", "2026-1-01",
		"2026-01-1", "2026-01-01 ", " 2026-01-01", "2026-01-01T",
		"2026/01/01", "2026-13-01", "2026-00-10", "2026-01-00",
		"2026-01-32", "2026-04-31", "2025-02-29", "2100-02-29",
		"1969-12-31", "2200-01-01", "0000-01-01", "+026-01-01",
		"2026-0a-01", "2026-01-0\n" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		day_t d = 77;

		assert_int_equal(day_parse(bad[i], &d), ERR_FORMAT);
		assert_int_equal(d, 77);
	}
}

static void
months_clamp(void **state)
{
	(void)state;
	assert_int_equal(day_add_months(day_make(2023, 8, 31), 3),
	    day_make(2023, 11, 30));
	assert_int_equal(day_add_months(day_make(2023, 11, 30), 3),
	    day_make(2024, 2, 29));
	assert_int_equal(day_add_months(day_make(2024, 11, 30), 3),
	    day_make(2025, 2, 28));
	assert_int_equal(day_add_months(day_make(2024, 2, 29), -12),
	    day_make(2023, 2, 28));
	assert_int_equal(day_add_months(DAY_MAX, 1), DAY_MAX);
	assert_int_equal(day_add_months(DAY_MIN, -1), DAY_MIN);
	assert_int_equal(day_add_months(day_make(2024, 1, 1), INT32_MAX),
	    DAY_MAX);
	assert_int_equal(day_add_months(day_make(2024, 1, 1), INT32_MIN),
	    DAY_MIN);
	for (day_t d = day_make(1990, 1, 1); d < day_make(2101, 1, 1); d++) {
		int y, m, k, y2, m2, k2;

		day_split(d, &y, &m, &k);
		for (int n = 0; n <= 24; n++) {
			day_t e = day_add_months(d, n);
			int want = (y * 12 + m - 1 + n);

			day_split(e, &y2, &m2, &k2);
			assert_int_equal(y2 * 12 + m2 - 1, want);
			assert_true(k2 == k ||
			    (k2 < k && k2 == length_of(y2, m2)));
			/* later start, never an earlier end */
			assert_true(day_add_months(d + 1, n) >= e);
			assert_true(e >= d);
		}
	}
}

static void
every_week(void **state)
{
	day_t monday = week_of(day_make(1970, 1, 12));
	int year = 1970, week = 3;

	(void)state;
	assert_int_equal(day_weekday(monday), 1);
	for (; monday + 6 <= DAY_MAX; monday += 7) {
		char text[WEEK_TEXT], want[WEEK_TEXT];
		day_t back;
		int y, m, k;

		week_text(monday, text);
		want[0] = (char)('0' + year / 1000);
		want[1] = (char)('0' + year / 100 % 10);
		want[2] = (char)('0' + year / 10 % 10);
		want[3] = (char)('0' + year % 10);
		want[4] = '-';
		want[5] = 'W';
		want[6] = (char)('0' + week / 10);
		want[7] = (char)('0' + week % 10);
		want[8] = '\0';
		assert_string_equal(text, want);
		assert_int_equal(week_parse(text, &back), OK);
		assert_int_equal(back, monday);
		for (int i = 0; i < 7; i++) {
			assert_int_equal(week_of(monday + i), monday);
		}
		/* The next Thursday says which year the next week is of. */
		day_split(monday + 10, &y, &m, &k);
		week = y == year ? week + 1 : 1;
		year = y;
	}
}

static void
known_weeks(void **state)
{
	char text[WEEK_TEXT];
	day_t d;

	(void)state;
	assert_int_equal(week_parse("2026-W48", &d), OK);
	assert_int_equal(d, day_make(2026, 11, 23));
	assert_int_equal(week_parse("2020-W53", &d), OK);
	assert_int_equal(d, day_make(2020, 12, 28));
	assert_int_equal(week_parse("2025-W01", &d), OK);
	assert_int_equal(d, day_make(2024, 12, 30));
	week_text(day_make(2021, 1, 3), text);
	assert_string_equal(text, "2020-W53");
	assert_int_equal(epoch_last_day(day_make(2026, 11, 23)),
	    day_make(2026, 12, 6));
}

static void
bad_weeks(void **state)
{
	static const char *const bad[] = { "", "2026-W00", "2026-W54",
		"2025-W53", "2026-w48", "2026-W48 ", "2026-W48x", "2026-W481",
		" 2026-W48", "2026W48", "2026-W4", "2026-48", "2026-W4x",
		"1970-W01", "2200-W01", "+026-W01", "2026-W-1", "2026-W99" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		day_t d = 77;

		assert_int_equal(week_parse(bad[i], &d), ERR_FORMAT);
		assert_int_equal(d, 77);
	}
}

static void
amsterdam(void **state)
{
	(void)state;
	/* 2023-10-28T22:30Z is 29 October, 00:30 summer time */
	assert_int_equal(day_of_utc(AT(day_make(2023, 10, 28), 22, 30)),
	    day_make(2023, 10, 29));
	assert_int_equal(day_of_utc(AT(day_make(2023, 10, 28), 21, 59)),
	    day_make(2023, 10, 28));
	/* after the change midnight is 23:00Z */
	assert_int_equal(day_of_utc(AT(day_make(2023, 10, 29), 22, 59)),
	    day_make(2023, 10, 29));
	assert_int_equal(day_of_utc(AT(day_make(2023, 10, 29), 23, 0)),
	    day_make(2023, 10, 30));
	assert_int_equal(day_of_utc(AT(day_make(2024, 3, 30), 22, 59)),
	    day_make(2024, 3, 30));
	assert_int_equal(day_of_utc(AT(day_make(2024, 3, 30), 23, 0)),
	    day_make(2024, 3, 31));
	assert_int_equal(day_of_utc(AT(day_make(2024, 3, 31), 22, 0)),
	    day_make(2024, 4, 1));
	assert_int_equal(day_of_utc(-1), DAY_MIN);
	assert_int_equal(day_of_utc(INT64_MAX), DAY_MAX);
	assert_int_equal(day_of_utc(INT64_MIN), DAY_MIN);
	assert_int_equal(day_of_utc(AT(DAY_MAX, 23, 30)), DAY_MAX);
}

static void
summer_time_changes(void **state)
{
	(void)state;
	for (int y = 1996; y <= 2100; y++) {
		int changes[2] = { 3, 10 };

		for (int i = 0; i < 2; i++) {
			day_t sunday = day_make(y, changes[i], 31);
			int before = i == 0 ? 23 : 22;
			int after = i == 0 ? 22 : 23;

			while (day_weekday(sunday) != 7) {
				sunday--;
			}
			/* midnight into and out of the Sunday */
			assert_int_equal(day_of_utc(
			    AT(sunday - 1, before, 0) - 1), sunday - 1);
			assert_int_equal(day_of_utc(
			    AT(sunday - 1, before, 0)), sunday);
			assert_int_equal(day_of_utc(
			    AT(sunday, after, 0) - 1), sunday);
			assert_int_equal(day_of_utc(
			    AT(sunday, after, 0)), sunday + 1);
		}
		for (int64_t t = AT(day_make(y, 3, 20), 0, 0);
		    t < AT(day_make(y, 4, 5), 0, 0); t += 1800) {
			assert_true(day_of_utc(t + 1800) >= day_of_utc(t));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day),
		cmocka_unit_test(known_days),
		cmocka_unit_test(bad_days),
		cmocka_unit_test(months_clamp),
		cmocka_unit_test(every_week),
		cmocka_unit_test(known_weeks),
		cmocka_unit_test(bad_weeks),
		cmocka_unit_test(amsterdam),
		cmocka_unit_test(summer_time_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
