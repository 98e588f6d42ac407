/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Days and ISO weeks. No clock is read here: `today` is an argument
 * everywhere below main. A day is the local date in Europe/Amsterdam.
 */
#ifndef MELDLUIK_CALENDAR_H
#define MELDLUIK_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meldluik/err.h"

/* Days since 1970-01-01 of the proleptic Gregorian calendar. */
typedef int32_t day_t;

#define DAY_TEXT 11  /* "2026-11-24" and a NUL */
#define WEEK_TEXT 9  /* "2026-W48" and a NUL */
#define DAY_MIN 0       /* 1970-01-01 */
#define DAY_MAX 84005   /* 2199-12-31 */
#define DAY_NONE INT32_MIN  /* not yet, unknown; for functions that say so */
#define DAY_NEVER INT32_MAX /* later than any day */

/* Exactly "YYYY-MM-DD", a real date between DAY_MIN and DAY_MAX */
enum err day_parse(const char *s, day_t *out);
void day_text(day_t d, char out[DAY_TEXT]);
day_t day_make(int year, int month, int day); /* must be a real date */
void day_split(day_t d, int *year, int *month, int *day);
/* Adds calendar months; the day is clamped to the month's end */
day_t day_add_months(day_t d, int months);
/* 1 = Monday ... 7 = Sunday */
int day_weekday(day_t d);
/* The date in Europe/Amsterdam at a UTC instant (EU summer-time rule) */
day_t day_of_utc(int64_t seconds);

/* An ISO 8601 week is named by its Monday. */
day_t week_of(day_t d);                          /* Monday of d's week */
enum err week_parse(const char *s, day_t *monday); /* exactly "2026-W48" */
void week_text(day_t monday, char out[WEEK_TEXT]);

/*
 * Life of a weekly key (keys/FORMAT.md, "Epochs"): first day it may be used,
 * last day an upload naming it is accepted (7 days after its Sunday).
 */
#define EPOCH_GRACE_DAYS 7
static inline day_t
epoch_last_day(day_t monday)
{
	return monday + 6 + EPOCH_GRACE_DAYS;
}

#endif
