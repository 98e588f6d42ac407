/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `clocks --breach` and `--review`: two terms of the organisation that runs
 * the desk (GDPR 33; Dir 14). They are of no case and the desk keeps no record
 * of either, so they are counted for whoever asks.
 */
#include <stdio.h>
#include <string.h>

#include "terminal.h"
#include "verbs.h"

#define MOMENT_TEXT 21u /* "2026-11-30T09:00:00Z" and a NUL */

static int
two(const char *s)
{
	return (s[0] - '0') * 10 + s[1] - '0';
}

/* Seconds of a moment in UTC */
static bool
moment_seconds(const char *s, int64_t *out)
{
	char date[DAY_TEXT];
	day_t day;

	if (strlen(s) != MOMENT_TEXT - 1 || moment_parse(s, &day) != OK) {
		return false;
	}
	snprintf(date, sizeof date, "%.10s", s);
	if (day_parse(date, &day) != OK) {
		return false;
	}
	*out = (int64_t)day * 86400 + two(s + 11) * 3600 + two(s + 14) * 60 +
	    two(s + 17);
	return true;
}

static void
moment_text(int64_t at, char out[MOMENT_TEXT])
{
	char date[DAY_TEXT];
	unsigned rest = (unsigned)(at % 86400);

	day_text((day_t)(at / 86400), date);
	snprintf(out, MOMENT_TEXT, "%sT%02u:%02u:%02uZ", date,
	    rest / 3600 % 24, rest / 60 % 60, rest % 60);
}

/* "" where the profile knows no such term */
static void
told(const struct desk *d, json_t *o, const char *key, const char *due,
    const char *words)
{
	json_object_set_new(o, key, due[0] == 0 ? json_null() :
	    json_string(due));
	if (!d->json) {
		printf("%s%s%s\n", due, due[0] == 0 ? "" : "  ", words);
	}
}

int
clocks_beside(struct desk *d, const char *breach, const char *review)
{
	char text[MOMENT_TEXT] = "";
	struct clock_terms terms;
	int64_t aware = 0;
	day_t last = DAY_NONE;
	json_t *o;
	enum err e;

	if ((breach != NULL && !moment_seconds(breach, &aware)) ||
	    (review != NULL && !verb_day(d, review, "review", &last))) {
		say_error("--breach is a moment in UTC, as "
		    "2026-11-30T09:00:00Z; --review a day");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = desk_policy(d);
	}
	if (e != OK) {
		return exit_of(e);
	}
	terms = clocks_terms(d->profile);
	o = json_object();
	if (breach != NULL) {
		moment_text(clock_breach_due(&terms, aware), text);
		told(d, o, "breach_due", text, "the data protection authority "
		    "is told of a breach (GDPR 33)");
	}
	if (review != NULL) {
		day_t due = clock_review_due(&terms, last);
		text[0] = 0;
		if (due != DAY_NEVER) {
			day_text(due, text);
		}
		told(d, o, "review_due", text, due == DAY_NEVER ? "This "
		    "channel knows no review at a term: that is of "
		    "authorities (Dir 14)." : "the procedures are reviewed "
		    "(Dir 14)");
	}
	if (d->json) {
		print_json(o);
	} else {
		json_decref(o);
	}
	return EXIT_OK;
}
