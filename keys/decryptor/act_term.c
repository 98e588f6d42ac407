/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terms beside those that run by themselves. Only the channel of a competent
 * authority may leave the acknowledgement out, or take six months for the
 * feedback (Dir 11(2)); a reporter of any channel may ask for a meeting (Dir
 * 9(2)). Each has a reason of its own, and can be taken back.
 */
#include <string.h>

#include "acts_private.h"

static enum err
internal(struct desk *d, struct refusal *why)
{
	struct rule rule;

	if (profile_external(d->profile) ||
	    !rule_find(d->profile, "S-CHANNEL", &rule)) {
		return OK;
	}
	return refuse_rule(why, &rule);
}

static enum err
waive_may(struct desk *d, const struct kase *c, const char *code,
    struct refusal *why)
{
	const struct vocabulary *v = taxonomy_find(d->profile, "ack_waiver");

	if (v == NULL || vocabulary_index(v, code) < 0) {
		return refuse(why, ERR_UNKNOWN, "Kies waarom er geen "
		    "bevestiging komt: geweigerd of gevaar_identiteit.",
		    "Choose why there is no acknowledgement: geweigerd (the "
		    "reporter refused it) or gevaar_identiteit (it would "
		    "endanger the identity).");
	}
	if (c->ack_posted != DAY_NONE || c->ack_drafted != DAY_NONE) {
		return refuse(why, ERR_CONFLICT, "De ontvangst is al "
		    "bevestigd.", "Receipt is acknowledged already.");
	}
	return OK;
}

/* A term that is over is not made longer: late is late */
static enum err
extend_may(struct desk *d, const struct kase *c, struct refusal *why)
{
	struct clocks clocks;
	enum err e;

	if (c->feedback_posted != DAY_NONE) {
		return refuse(why, ERR_CONFLICT, "De terugkoppeling is al "
		    "gegeven.", "The feedback was given already.");
	}
	if ((e = desk_clocks(d, c, &clocks)) != OK) {
		return refuse_err(why, e);
	}
	if (d->today > clocks.feedback_due) {
		return refuse(why, ERR_CONFLICT, "De termijn is al voorbij; "
		    "verlengen kan alleen daarvoor.", "The term is over "
		    "already; it can be made longer only before that.");
	}
	return OK;
}

/* Does the case have it? */
static bool
term_set(const struct kase *c, enum term_what what)
{
	return what == TERM_WAIVED ? c->ack_waiver[0] != 0 :
	    what == TERM_EXTENDED ? c->extended : c->meeting != DAY_NONE;
}

static enum err
term_may(struct desk *d, size_t k, const struct act_term *t,
    struct refusal *why)
{
	const struct kase *c = &d->state->kase[k];
	enum err e = t->what == TERM_MEETING ? OK : internal(d, why);

	if (e != OK) {
		return e;
	}
	if (!t->on) {
		return term_set(c, t->what) ? OK : refuse(why, ERR_CONFLICT,
		    "Er is niets om in te trekken.",
		    "There is nothing to take back.");
	}
	if (term_set(c, t->what)) {
		return refuse(why, ERR_CONFLICT, "Zo staat het al.",
		    "It stands so already.");
	}
	if (t->what == TERM_MEETING && (t->asked < c->received ||
	    t->asked > d->today)) {
		return refuse(why, ERR_CONFLICT, "Die dag ligt voor de "
		    "ontvangst of in de toekomst.",
		    "That day lies before receipt or in the future.");
	}
	return t->what == TERM_WAIVED ? waive_may(d, c, t->code, why) :
	    t->what == TERM_EXTENDED ? extend_may(d, c, why) : OK;
}

enum err
act_term(struct desk *d, size_t k, const struct act_term *t,
    const char *text, size_t len, struct refusal *why)
{
	static const char *const words[] = {[TERM_WAIVED] = "waived",
		[TERM_EXTENDED] = "extended", [TERM_MEETING] = "meeting"};
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_words(d, k, text, len, record, why);
	if (e == OK) {
		e = term_may(d, k, t, why);
	}
	if (e == OK) {
		o = act_event(d, "term", k);
		json_object_set_new(o, "what", json_string(words[t->what]));
		json_object_set_new(o, "on", json_boolean(t->on));
		json_object_set_new(o, "code", json_string(t->on &&
		    t->what == TERM_WAIVED ? t->code : ""));
		if (t->on && t->what == TERM_MEETING) {
			event_day(o, "asked", t->asked);
		}
		event_hex(o, "record", record, RECORD_ID);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}
