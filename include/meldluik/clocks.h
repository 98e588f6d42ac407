/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Legal terms of a report (policy/RULES.md, C1-C13). Receipt is the day the
 * gateway durably stored the report; a term is met only by the day an answer
 * was posted, never by a draft. Waiting for the reporter stops no clock (C8),
 * so no function here takes such a thing.
 */
#ifndef MELDLUIK_CLOCKS_H
#define MELDLUIK_CLOCKS_H

#include "meldluik/calendar.h"
#include "meldluik/profile.h"

/* The numbers of a profile. */
struct clock_terms {
	int ack_days;             /* C1 */
	int feedback_months;      /* C2, C3 */
	int extended_months;      /* C6, external reports only; 0: none */
	int target_months;        /* C5 */
	int meeting_working_days; /* C11 */
	int review_years;         /* C12; 0: none */
	int breach_hours;         /* C13 */
	int amber_days, red_days; /* due within so many days */
	int unfetched_amber_days; /* waiting unfetched longer than this */
	int unfetched_red_before_ack;
};

struct clock_terms clocks_terms(const struct profile *p);

/* Public holidays: CSV with columns date,name,kind. */
struct holidays;

enum err holidays_load(const void *csv, size_t len, struct holidays **out);
enum err holidays_builtin(struct holidays **out);
void holidays_free(struct holidays *h); /* accepts NULL */
bool holidays_has(const struct holidays *h, day_t d);
/* False for years the data does not reach: then moved dates are a guess */
bool holidays_covers(const struct holidays *h, day_t d);
bool day_is_working(const struct holidays *h, day_t d);
/* ${d}, or the next day that is no Saturday, Sunday or holiday (Atw 1(1)) */
day_t day_next_working(const struct holidays *h, day_t d);
/* The n-th working day after ${d} (C11) */
day_t day_add_working(const struct holidays *h, day_t d, int n);

/*
 * moment_parse(s, out): "YYYY-MM-DD", a local date, or
 * "YYYY-MM-DDThh:mm:ssZ", UTC, as its date in Europe/Amsterdam. Nothing
 * else: no other zone, no fraction, no leap second.
 */
enum err moment_parse(const char *s, day_t *out);

struct clock_input {
	day_t received;
	day_t ack;      /* posted, or DAY_NONE */
	day_t feedback; /* posted or given, or DAY_NONE */
	bool external;  /* channel of this report */
	bool extended;  /* a reason is recorded (C6) */
	bool waived;    /* no acknowledgement wanted or safe (C6) */
};

struct clocks {
	day_t ack_due;          /* C1; DAY_NONE when waived */
	day_t feedback_due;     /* C2-C4, C6, C7 */
	day_t feedback_literal; /* counted from a late ack; information */
	day_t working_target;   /* C5 */
	/* Latest date the Algemene termijnenwet might allow; information
	 * only; not moved for six-month terms; DAY_NONE when waived. */
	day_t ack_due_atw;
	day_t feedback_due_atw;
};

/*
 * clocks_compute(t, h, in, out): ERR_POLICY (rule S-CHANNEL) when the channel
 * is internal and an extension or waiver is claimed (C7), or the terms have
 * no extension; ERR_CONFLICT when an answer lies before receipt, or a waived
 * acknowledgement was posted; ERR_USAGE when ${received} is no day.
 */
enum err clocks_compute(const struct clock_terms *t,
    const struct holidays *h, const struct clock_input *in,
    struct clocks *out);

enum clock_status {
	CLOCK_ON_TIME, /* posted on or before due */
	CLOCK_LATE,
	CLOCK_OVERDUE, /* not posted, today after due */
	CLOCK_PENDING,
	CLOCK_WAIVED
};
/* Posts after ${today} count as not posted. ${due} DAY_NONE: waived. */
enum clock_status clock_status(day_t due, day_t posted, day_t today);
const char *clock_status_code(enum clock_status s); /* "on_time", ... */

enum clock_colour { CLOCK_GREEN, CLOCK_AMBER, CLOCK_RED, CLOCK_DONE };
/* Of a term not yet met */
enum clock_colour clock_colour(const struct clock_terms *t, day_t due,
    day_t today);
/* For those who cannot read: the oldest report nobody fetched yet */
enum clock_colour clock_unfetched(const struct clock_terms *t,
    day_t received, day_t today);

day_t clock_meeting_due(const struct clock_terms *t,
    const struct holidays *h, day_t asked);             /* C11 */
/* C12; DAY_NEVER where the profile has no periodic review */
day_t clock_review_due(const struct clock_terms *t, day_t last);
/* C13: last second, UTC, to tell the data protection authority */
int64_t clock_breach_due(const struct clock_terms *t, int64_t aware);

#endif
