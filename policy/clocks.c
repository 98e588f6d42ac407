/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The legal terms C1-C13. Dates shown are the strict ones; what the
 * Algemene termijnenwet might allow is information beside them.
 */
#include <string.h>

#include "meldluik/clocks.h"
#include "profile_private.h"

enum err
clocks_check(struct profile *p)
{
	const json_t *c = json_object_get(p->root, "clocks");
	const struct {
		const char *key;
		int *to;
		int min, max;
	} fields[] = {
		{ "ack_days", &p->terms.ack_days, 1, 366 },
		{ "feedback_months", &p->terms.feedback_months, 1, 120 },
		{ "extended_months", &p->terms.extended_months, 0, 120 },
		{ "target_months", &p->terms.target_months, 1, 120 },
		{ "meeting_working_days", &p->terms.meeting_working_days, 1,
		    366 },
		{ "review_years", &p->terms.review_years, 0, 50 },
		{ "breach_hours", &p->terms.breach_hours, 1, 8760 },
		{ "amber_days", &p->terms.amber_days, 0, 366 },
		{ "red_days", &p->terms.red_days, 0, 366 },
		{ "unfetched_amber_days", &p->terms.unfetched_amber_days, 0,
		    366 },
		{ "unfetched_red_before_ack",
		    &p->terms.unfetched_red_before_ack, 0, 366 },
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const json_t *v = json_object_get(c, fields[i].key);

		if (!json_is_integer(v) ||
		    json_integer_value(v) < fields[i].min ||
		    json_integer_value(v) > fields[i].max) {
			return ERR_FORMAT;
		}
		*fields[i].to = (int)json_integer_value(v);
	}
	/* C7 needs no check: clocks_compute refuses an extension for every
	 * report of the internal channel, whatever the terms say. */
	return p->terms.red_days > p->terms.amber_days ? ERR_FORMAT : OK;
}

struct clock_terms
clocks_terms(const struct profile *p)
{
	return p->terms;
}

/* Two digits at ${s}, below ${limit}, or -1 */
static int
two(const char *s, int limit)
{
	int v;

	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9') {
		return -1;
	}
	v = (s[0] - '0') * 10 + (s[1] - '0');
	return v < limit ? v : -1;
}

enum err
moment_parse(const char *s, day_t *out)
{
	size_t len = strnlen(s, 21);
	char date[DAY_TEXT];
	int hour, minute, second;
	enum err e;
	day_t d;

	if (len == DAY_TEXT - 1) {
		return day_parse(s, out);
	}
	if (len != 20 || s[10] != 'T' || s[13] != ':' || s[16] != ':' ||
	    s[19] != 'Z') {
		return ERR_FORMAT;
	}
	memcpy(date, s, DAY_TEXT - 1);
	date[DAY_TEXT - 1] = '\0';
	e = day_parse(date, &d);
	hour = two(s + 11, 24);
	minute = two(s + 14, 60);
	second = two(s + 17, 60);
	if (e != OK || hour < 0 || minute < 0 || second < 0) {
		return ERR_FORMAT;
	}
	*out = day_of_utc((int64_t)d * 86400 + hour * 3600 + minute * 60 +
	    second);
	return OK;
}

static day_t
earlier(day_t a, day_t b)
{
	return a < b ? a : b;
}

enum err
clocks_compute(const struct clock_terms *t, const struct holidays *h,
    const struct clock_input *in, struct clocks *out)
{
	struct clocks c;
	day_t due, from;
	int months = t->feedback_months;

	if (in->received < DAY_MIN || in->received > DAY_MAX) {
		return ERR_USAGE;
	}
	if ((in->extended || in->waived) && !in->external) {
		return ERR_POLICY;
	}
	if (in->extended) {
		if (t->extended_months == 0) {
			return ERR_POLICY;
		}
		months = t->extended_months;
	}
	if ((in->ack != DAY_NONE && (in->ack < in->received || in->waived)) ||
	    (in->feedback != DAY_NONE && in->feedback < in->received)) {
		return ERR_CONFLICT;
	}
	due = in->received + t->ack_days;
	/* C4: a late acknowledgement must not move the date out. */
	from = in->ack == DAY_NONE ? due : earlier(in->ack, due);
	c.ack_due = in->waived ? DAY_NONE : due;
	c.ack_due_atw = in->waived ? DAY_NONE : day_next_working(h, due);
	c.feedback_due = day_add_months(from, months);
	c.feedback_literal = in->ack == DAY_NONE ? c.feedback_due :
	    day_add_months(in->ack, months);
	c.feedback_due_atw = in->extended ? c.feedback_due :
	    day_next_working(h, c.feedback_due);
	c.working_target = day_add_months(in->received, t->target_months);
	*out = c;
	return OK;
}

enum clock_status
clock_status(day_t due, day_t posted, day_t today)
{
	if (due == DAY_NONE) {
		return CLOCK_WAIVED;
	}
	if (posted != DAY_NONE && posted <= today) {
		return posted <= due ? CLOCK_ON_TIME : CLOCK_LATE;
	}
	return today > due ? CLOCK_OVERDUE : CLOCK_PENDING;
}

const char *
clock_status_code(enum clock_status s)
{
	static const char *const codes[] = {
		[CLOCK_ON_TIME] = "on_time",
		[CLOCK_LATE] = "late",
		[CLOCK_OVERDUE] = "overdue",
		[CLOCK_PENDING] = "pending",
		[CLOCK_WAIVED] = "waived",
	};

	return codes[s];
}

enum clock_colour
clock_colour(const struct clock_terms *t, day_t due, day_t today)
{
	if (due == DAY_NONE) {
		return CLOCK_DONE;
	}
	if ((int64_t)due - today <= t->red_days) {
		return CLOCK_RED;
	}
	return (int64_t)due - today <= t->amber_days ? CLOCK_AMBER :
	    CLOCK_GREEN;
}

enum clock_colour
clock_unfetched(const struct clock_terms *t, day_t received, day_t today)
{
	day_t due = received + t->ack_days;

	if (due - today <= t->unfetched_red_before_ack) {
		return CLOCK_RED;
	}
	return today - received > t->unfetched_amber_days ? CLOCK_AMBER :
	    CLOCK_GREEN;
}

day_t
clock_meeting_due(const struct clock_terms *t, const struct holidays *h,
    day_t asked)
{
	return day_add_working(h, asked, t->meeting_working_days);
}

day_t
clock_review_due(const struct clock_terms *t, day_t last)
{
	return t->review_years == 0 ? DAY_NEVER :
	    day_add_months(last, 12 * t->review_years);
}

int64_t
clock_breach_due(const struct clock_terms *t, int64_t aware)
{
	return aware + (int64_t)t->breach_hours * 3600;
}
