/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Days, months and ISO weeks of the Gregorian calendar, and the one time
 * zone the law needs. Pure arithmetic: no clock, no tz database, no locale,
 * so that two machines never disagree about a legal date.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/calendar.h"

#define DAY_SECONDS 86400
#define HOUR_SECONDS 3600

static bool
leap_year(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_length(int year, int month)
{
	static const int length[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };

	return length[month - 1] + (month == 2 && leap_year(year) ? 1 : 0);
}

/* Leap years from year 1 up to and with ${year} */
static int
leaps_through(int year)
{
	return year / 4 - year / 100 + year / 400;
}

/* Days from 1970-01-01 to 1 January of ${year}; right from year 1 on */
static day_t
year_start(int year)
{
	return 365 * (year - 1970) + leaps_through(year - 1) -
	    leaps_through(1969);
}

static day_t
day_within(day_t d)
{
	if (d < DAY_MIN) {
		return DAY_MIN;
	}
	return d > DAY_MAX ? DAY_MAX : d;
}

/* The number in exactly ${n} decimal digits at ${s}, or -1 */
static int
digits(const char *s, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9') {
			return -1;
		}
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

static void
put_digits(char *to, size_t n, int v)
{
	while (n-- > 0) {
		to[n] = (char)('0' + v % 10);
		v /= 10;
	}
}

day_t
day_make(int year, int month, int day)
{
	day_t d;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > month_length(year, month)) {
		abort();
	}
	d = year_start(year) + day - 1;
	for (int m = 1; m < month; m++) {
		d += month_length(year, m);
	}
	return d;
}

void
day_split(day_t d, int *year, int *month, int *day)
{
	int y = 1970 + d / 366;
	int m = 1;

	/* The guess is never late for days after 1970; a day or a week
	 * before it (the Monday of its first week) needs one step back. */
	while (year_start(y) > d) {
		y--;
	}
	while (year_start(y + 1) <= d) {
		y++;
	}
	d -= year_start(y);
	while (d >= month_length(y, m)) {
		d -= month_length(y, m);
		m++;
	}
	*year = y;
	*month = m;
	*day = d + 1;
}

enum err
day_parse(const char *s, day_t *out)
{
	int year, month, day;
	day_t d;

	if (strnlen(s, DAY_TEXT) != DAY_TEXT - 1 || s[4] != '-' ||
	    s[7] != '-') {
		return ERR_FORMAT;
	}
	year = digits(s, 4);
	month = digits(s + 5, 2);
	day = digits(s + 8, 2);
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > month_length(year, month)) {
		return ERR_FORMAT;
	}
	d = day_make(year, month, day);
	if (d < DAY_MIN || d > DAY_MAX) {
		return ERR_FORMAT;
	}
	*out = d;
	return OK;
}

void
day_text(day_t d, char out[DAY_TEXT])
{
	int year, month, day;

	day_split(d, &year, &month, &day);
	put_digits(out, 4, year);
	out[4] = '-';
	put_digits(out + 5, 2, month);
	out[7] = '-';
	put_digits(out + 8, 2, day);
	out[10] = '\0';
}

day_t
day_add_months(day_t d, int months)
{
	int year, month, day, count;

	day_split(d, &year, &month, &day);
	if (months < -12 * 400 || months > 12 * 400) {
		return months < 0 ? DAY_MIN : DAY_MAX;
	}
	count = year * 12 + (month - 1) + months;
	year = count / 12;
	month = count % 12 + 1;
	if (year < 1) {
		return DAY_MIN;
	}
	if (day > month_length(year, month)) {
		day = month_length(year, month);
	}
	return day_within(day_make(year, month, day));
}

int
day_weekday(day_t d)
{
	/* 1970-01-01 was a Thursday. */
	return ((d + 3) % 7 + 7) % 7 + 1;
}

/* The last Sunday of March or October */
static day_t
last_sunday(int year, int month)
{
	day_t last = day_make(year, month, 31);

	return last - day_weekday(last) % 7;
}

day_t
day_of_utc(int64_t seconds)
{
	int64_t start, end;
	int year, month, day;
	day_t d;

	if (seconds < (int64_t)DAY_MIN * DAY_SECONDS) {
		return DAY_MIN;
	}
	if (seconds >= ((int64_t)DAY_MAX + 1) * DAY_SECONDS) {
		return DAY_MAX;
	}
	/* Directive 2000/84/EC: summer time runs from 01:00 UTC on the last
	 * Sunday of March to 01:00 UTC on the last Sunday of October. */
	day_split((day_t)(seconds / DAY_SECONDS), &year, &month, &day);
	start = (int64_t)last_sunday(year, 3) * DAY_SECONDS + HOUR_SECONDS;
	end = (int64_t)last_sunday(year, 10) * DAY_SECONDS + HOUR_SECONDS;
	seconds += seconds >= start && seconds < end ? 2 * HOUR_SECONDS :
	    HOUR_SECONDS;
	d = (day_t)(seconds / DAY_SECONDS);
	return day_within(d);
}

day_t
week_of(day_t d)
{
	return d - (day_weekday(d) - 1);
}

/* Monday of week 1: the week that holds 4 January (ISO 8601) */
static day_t
week_one(int year)
{
	return week_of(day_make(year, 1, 4));
}

enum err
week_parse(const char *s, day_t *monday)
{
	int year, week;
	day_t d;

	if (strnlen(s, WEEK_TEXT) != WEEK_TEXT - 1 || s[4] != '-' ||
	    s[5] != 'W') {
		return ERR_FORMAT;
	}
	year = digits(s, 4);
	week = digits(s + 6, 2);
	if (year < 1970 || year > 2199 || week < 1) {
		return ERR_FORMAT;
	}
	d = week_one(year) + 7 * (week - 1);
	if (d < DAY_MIN || d >= week_one(year + 1)) {
		return ERR_FORMAT;
	}
	*monday = d;
	return OK;
}

void
week_text(day_t monday, char out[WEEK_TEXT])
{
	int year, month, day;

	/* A week belongs to the year of its Thursday. */
	monday = week_of(monday);
	day_split(monday + 3, &year, &month, &day);
	put_digits(out, 4, year);
	out[4] = '-';
	out[5] = 'W';
	put_digits(out + 6, 2, (monday - week_one(year)) / 7 + 1);
	out[8] = '\0';
}
