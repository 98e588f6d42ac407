/* SPDX-License-Identifier: EUPL-1.2 */
/* What words of an event are, and how they come into the state. */
#include "kept.h"

#include <stdio.h>
#include <string.h>

#include "dossier.h"
#include "fold_private.h"
#include "meldluik/json.h"

enum err
kept_put(struct state *s, const json_t *o, struct kept k)
{
	struct kept *more;
	enum err e = event_field_case(s, o, &k.kase);

	if (e != OK || json_object_get(o, "record") == NULL) {
		return e;
	}
	e = json_hex_field(o, "record", k.record, RECORD_ID);
	if (e == OK && k.day == DAY_NONE) {
		e = event_field_day(o, "day", &k.day);
	}
	if (e != OK) {
		return e;
	}
	more = state_room(s->kept, &s->kepts_room, s->kepts, sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->kept = more;
	more[s->kepts++] = k;
	return OK;
}

bool
kept_shown(const struct desk *d, const struct kept *k)
{
	const struct kase *c = &d->state->kase[k->kase];

	return desk_ours_shown(d, k->kase) && ((k->with != KEPT_TALK &&
	    k->with != KEPT_FORWARD) || !c->withdrawn ||
	    k->day > c->withdrawn_on);
}

const char *
kept_word(const struct kept *k)
{
	static const char *const word[] = {"step", "hold", "given", "talk",
		"ground", "forward"};

	return word[k->with];
}

static const char *
whom(const struct kept *k)
{
	return k->any ? "any receiver" : k->target.receiver[0] != 0 ?
	    k->target.receiver : destination_word(k->target.to);
}

void
kept_title(const struct kept *k, char out[160])
{
	switch (k->with) {
	case KEPT_STEP:
		snprintf(out, 160, "reason of the step to %s",
		    case_state_code(k->to));
		break;
	case KEPT_HOLD:
		snprintf(out, 160, "reason of the hold, %s",
		    k->on ? "set" : "lifted");
		break;
	case KEPT_GIVEN:
		snprintf(out, 160, "our %s, by %s", reply_kind_word(k->kind),
		    given_by_word(k->by));
		break;
	case KEPT_TALK:
		snprintf(out, 160, "record of the talk, %s",
		    oral_state_word(k->talk));
		break;
	case KEPT_GROUND:
		snprintf(out, 160, "what the %s for %s rests on%s",
		    k->basis == GROUND_DUTY ? "duty" : "consent", whom(k),
		    k->on ? "" : ": taken back");
		break;
	case KEPT_FORWARD:
		snprintf(out, 160, "plan that went to %s", whom(k));
		break;
	}
}

enum err
kept_text(struct desk *d, const struct kept *k, bool english,
    struct buf *out)
{
	struct buf raw = buf_new_secret(RECORD_MAX);
	json_t *plan = NULL;
	enum err e = record_get(d->book, k->record, &raw);

	if (e == OK && k->with == KEPT_FORWARD && desk_policy(d) == OK &&
	    json_read_type(raw.p, raw.len, PLAN_MAX, PLAN_TYPE, &plan) ==
	    OK) {
		plan_words(d, plan, english, 0, out);
	} else if (e == OK) {
		buf_put(out, raw.p, raw.len);
	}
	json_decref(plan);
	buf_free(&raw);
	return e == OK && out->failed ? ERR_LIMIT : e;
}
