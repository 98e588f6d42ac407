/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Retention classes (policy/RULES.md, RT0-RT5): how long what is kept, and
 * from which event on. Periods are data; the officers of privacy and of the
 * archive fix them.
 */
#ifndef MELDLUIK_RETENTION_H
#define MELDLUIK_RETENTION_H

#include "meldluik/calendar.h"
#include "meldluik/profile.h"

enum retention_start {
	RETAIN_FROM_FETCHED,  /* confirmed import */
	RETAIN_FROM_ACTIVITY, /* last act in the thread, closing included */
	RETAIN_FROM_TOLD,     /* the reporter was told */
	RETAIN_FROM_CLOSED,
	RETAIN_FROM_FINAL     /* measures and appeals are final */
};

struct retention_class {
	const char *code;    /* "RT3" */
	const char *article;
	enum retention_start from;
	int days, months;    /* one of both, or none when permanent */
	bool permanent;
};

size_t retention_classes(const struct profile *p);
struct retention_class retention_class(const struct profile *p, size_t i);
const char *retention_label(const struct profile *p, size_t i,
    const char *lang);
/* ERR_UNKNOWN: no such class */
enum err retention_find(const struct profile *p, const char *code,
    struct retention_class *out);

/*
 * retention_end(c, start, out): the first day on which it may be destroyed;
 * DAY_NEVER when permanent. ERR_USAGE when ${start} is no day: what has not
 * happened starts no period.
 */
enum err retention_end(const struct retention_class *c, day_t start,
    day_t *out);
/*
 * The mailbox thread (RT1): DAY_NEVER while the case is open (${closed} is
 * DAY_NONE), whatever the silence; else counted from the later of closing
 * and last activity.
 */
enum err retention_mailbox(const struct profile *p, day_t closed,
    day_t activity, day_t *out);

#endif
