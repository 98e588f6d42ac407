/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Retention periods. Nothing expires here by itself: a date is what the
 * state machine's guard compares with.
 */
#include <string.h>

#include "meldluik/retention.h"
#include "profile_private.h"

static const char *const starts[] = {
	[RETAIN_FROM_FETCHED] = "fetched",
	[RETAIN_FROM_ACTIVITY] = "activity",
	[RETAIN_FROM_TOLD] = "told",
	[RETAIN_FROM_CLOSED] = "closed",
	[RETAIN_FROM_FINAL] = "final",
};

static const json_t *
classes(const struct profile *p)
{
	return json_object_get(p->root, "retention");
}

static int
start_find(const char *s)
{
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (strcmp(starts[i], s) == 0) {
			return (int)i;
		}
	}
	return -1;
}

/* A whole number from 1 to ${max}, or absent */
static bool
period_valid(const json_t *v, int max)
{
	return v == NULL || (json_is_integer(v) &&
	    json_integer_value(v) >= 1 && json_integer_value(v) <= max);
}

enum err
retention_check(const struct profile *p)
{
	struct retention_class mailbox;
	size_t i;
	json_t *c;

	if (json_array_size(classes(p)) < 1 ||
	    json_array_size(classes(p)) > 32) {
		return ERR_FORMAT;
	}
	json_array_foreach (classes(p), i, c) {
		const json_t *days = json_object_get(c, "days");
		const json_t *months = json_object_get(c, "months");
		const json_t *permanent = json_object_get(c, "permanent");
		int given = (days != NULL) + (months != NULL) +
		    json_is_true(permanent);

		if (!json_has_text(c, "code", CODE_TEXT_MAX) ||
		    !json_has_text(c, "article", 128) ||
		    !json_has_labels(c) || !period_valid(days, 36600) ||
		    !period_valid(months, 1200) || given != 1) {
			return ERR_FORMAT;
		}
		if (start_find(json_text(c, "from", "")) < 0) {
			return ERR_UNKNOWN;
		}
	}
	/* The mailbox thread's class is named in code. */
	return retention_find(p, "RT1", &mailbox);
}

size_t
retention_classes(const struct profile *p)
{
	return json_array_size(classes(p));
}

struct retention_class
retention_class(const struct profile *p, size_t i)
{
	const json_t *c = json_array_get(classes(p), i);

	return (struct retention_class){
		.code = json_text(c, "code", ""),
		.article = json_text(c, "article", ""),
		.from = (enum retention_start)start_find(
		    json_text(c, "from", "")),
		.days = (int)json_integer_value(json_object_get(c, "days")),
		.months = (int)json_integer_value(
		    json_object_get(c, "months")),
		.permanent = json_is_true(json_object_get(c, "permanent")),
	};
}

const char *
retention_label(const struct profile *p, size_t i, const char *lang)
{
	return json_label(json_array_get(classes(p), i), lang, "");
}

enum err
retention_find(const struct profile *p, const char *code,
    struct retention_class *out)
{
	size_t n = retention_classes(p);

	for (size_t i = 0; i < n; i++) {
		struct retention_class c = retention_class(p, i);

		if (strcmp(c.code, code) == 0) {
			*out = c;
			return OK;
		}
	}
	return ERR_UNKNOWN;
}

enum err
retention_end(const struct retention_class *c, day_t start, day_t *out)
{
	if (start < DAY_MIN || start > DAY_MAX) {
		return ERR_USAGE;
	}
	if (c->permanent) {
		*out = DAY_NEVER;
	} else if (c->months > 0) {
		*out = day_add_months(start, c->months);
	} else {
		*out = start + c->days;
	}
	return OK;
}

enum err
retention_mailbox(const struct profile *p, day_t closed, day_t activity,
    day_t *out)
{
	struct retention_class c;
	enum err e;

	if (closed == DAY_NONE) {
		*out = DAY_NEVER;
		return OK;
	}
	e = retention_find(p, "RT1", &c);
	return e == OK ? retention_end(&c, activity != DAY_NONE &&
	    activity > closed ? activity : closed, out) : e;
}
