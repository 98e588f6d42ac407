/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The end of a case: closing, retention, hold, reopening. Closing walks the
 * last steps one after the other, each through its own guards, so that what
 * is missing is named by the first rule that misses it.
 */
#include <string.h>

#include "acts_private.h"
#include "meldluik/retention.h"

/* Day from which a class counts, or DAY_NONE */
static day_t
class_start(const struct kase *k, const struct retention_class *c,
    day_t from)
{
	switch (c->from) {
	case RETAIN_FROM_CLOSED:
		return k->closed;
	case RETAIN_FROM_TOLD:
		return k->told_decision;
	case RETAIN_FROM_FINAL:
		return from;
	default:
		return DAY_NONE;
	}
}

static enum err
retention_put(struct desk *d, size_t k, const char *class_code, day_t from,
    struct refusal *why)
{
	struct retention_class c;
	day_t start, end = DAY_NONE;
	json_t *o;
	enum err e = retention_find(d->profile, class_code, &c);

	if (e != OK || c.from == RETAIN_FROM_FETCHED ||
	    c.from == RETAIN_FROM_ACTIVITY) {
		return refuse(why, ERR_UNKNOWN, "Zo'n bewaarklasse is er niet "
		    "voor een dossier.",
		    "There is no such retention class for a case.");
	}
	if (from != DAY_NONE && (from < d->state->kase[k].received ||
	    from > d->today)) {
		return refuse(why, ERR_CONFLICT, "Die dag ligt voor de "
		    "ontvangst of in de toekomst.",
		    "That day lies before receipt or in the future.");
	}
	start = class_start(&d->state->kase[k], &c, from);
	if (start == DAY_NONE) {
		return refuse(why, ERR_CONFLICT, "Deze klasse telt vanaf de dag "
		    "waarop maatregelen en beroep definitief zijn: noem die "
		    "dag.", "This class counts from the day on which measures "
		    "and appeals are final: give that day.");
	}
	if ((e = retention_end(&c, start, &end)) != OK) {
		return refuse_err(why, e);
	}
	o = act_event(d, "retention", k);
	json_object_set_new(o, "class", json_string(c.code));
	event_day(o, "from", start);
	if (end == DAY_NEVER) {
		json_object_set_new(o, "destroy_on", json_null());
	} else {
		event_day(o, "destroy_on", end);
	}
	return desk_event(d, o);
}

static enum err
step(struct desk *d, size_t k, enum case_state to, const char *detail,
    struct refusal *why)
{
	size_t request = NOT_FOUND;
	enum err e = act_step_may(d, k, to, false, detail, &request, why);

	return e == OK ? act_step_put(d, k, to, NULL, 0, request) : e;
}

/* Silence is "not confirmed" when the case closes (Dir 18(2)-(4)) */
static enum err
oral_end(struct desk *d, size_t k)
{
	const struct kase *c = &d->state->kase[k];
	json_t *o;

	if (!c->oral || c->oral_state != ORAL_OFFERED) {
		return OK;
	}
	o = act_event(d, "oral", k);
	json_object_set_new(o, "to",
	    json_string(oral_state_word(ORAL_NOT_CONFIRMED)));
	event_hex(o, "sha256", c->oral_sha256, HASH_LEN);
	return desk_event(d, o);
}

enum err
act_close(struct desk *d, size_t k, const char *class_code, day_t from,
    struct refusal *why)
{
	bool kept; /* its class or day was wrong */
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_case(d, k, why);
	kept = d->state->kase[k].state == CASE_RETAINED && class_code != NULL;
	if (e == OK && !kept && d->state->kase[k].state != CASE_CLOSED &&
	    d->state->kase[k].state != CASE_ANSWERED) {
		e = step(d, k, CASE_ANSWERED, "no_route", why);
	}
	if (e == OK && d->state->kase[k].state == CASE_ANSWERED) {
		e = step(d, k, CASE_CLOSED, NULL, why);
		if (e == OK) {
			e = oral_end(d, k);
		}
	} else if (e == OK && class_code == NULL) {
		e = refuse(why, ERR_CONFLICT, "Dit dossier is al gesloten; "
		    "kies een bewaarklasse.",
		    "This case is closed already; choose a retention class.");
	}
	if (e == OK && class_code != NULL) {
		e = retention_put(d, k, class_code, from, why);
		if (e == OK && !kept) {
			e = step(d, k, CASE_RETAINED, NULL, why);
		}
	}
	return act_end(d, e, why);
}

enum err
act_reopen(struct desk *d, size_t k, const char *reason, size_t len,
    struct refusal *why)
{
	return act_step(d, k, CASE_REOPENED, reason, len, why);
}

enum err
act_hold(struct desk *d, size_t k, bool on, const char *reason, size_t len,
    struct refusal *why)
{
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_words(d, k, reason, len, record, why);
	if (e == OK && d->state->kase[k].hold == on) {
		e = refuse(why, ERR_CONFLICT, "Zo staat het al.",
		    "It stands so already.");
	}
	if (e == OK) {
		o = act_event(d, "hold", k);
		json_object_set_new(o, "on", json_boolean(on));
		event_hex(o, "record", record, RECORD_ID);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}
