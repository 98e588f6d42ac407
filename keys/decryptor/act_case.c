/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Steps of a case. The journal is folded into facts, policy judges, and only
 * then a step is written. What was drafted is no fact; what was posted is.
 */
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "replies.h"

enum act
act_of_state(enum case_state to)
{
	switch (to) {
	case CASE_NOT_ADMISSIBLE:
		return ACT_NOT_ADMISSIBLE;
	case CASE_RECUSAL:
		return ACT_RECUSE;
	case CASE_FORWARDED:
		return ACT_FORWARD;
	case CASE_ABORTED:
		return ACT_ABORT;
	case CASE_DESTROYED:
		return ACT_DESTROY;
	case CASE_DECISION:
		return ACT_UNFOUNDED_UNINVESTIGATED;
	case CASE_ANSWERED:
		return ACT_FEEDBACK_WITHOUT_ROUTE;
	default:
		return ACT_COUNT;
	}
}

bool
act_by_then(day_t day, day_t today)
{
	return day != DAY_NONE && day <= today;
}

static bool
uninvestigated(const struct kase *k)
{
	const char *i = k->code[KASE_INVESTIGATION];

	return strcmp(k->code[KASE_OUTCOME], "ongegrond") == 0 &&
	    (i[0] == 0 || strcmp(i, "geen") == 0);
}

/* Of an advice question the answer is the outcome */
static bool
outcome_there(const struct kase *k)
{
	const char *o = k->code[KASE_OUTCOME];

	if (k->kind == REPORT_ADVICE && k->told_decision != DAY_NONE) {
		return true;
	}
	return o[0] != 0 && strcmp(o, "lopend") != 0;
}

/* Of a forwarding: to whomever; act_forward asks for whom */
static void
facts_fill(struct desk *d, size_t i, bool reason,
    struct case_facts *f)
{
	const struct state *s = d->state;
	const struct kase *k = &s->kase[i];
	const char *handler = k->handler[0] != 0 ? k->handler :
	    d->ring->person;

	memset(f, 0, sizeof *f);
	f->state = k->state;
	f->today = d->today;
	f->registered = true; /* the reference is made on receipt */
	f->classified = k->kind == REPORT_REPORT && k->type[0] != 0 &&
	    k->origin[0] != 0 && k->wbk[0] != 0;
	f->conflict_checked = k->conflict_checked && !act_subject(k, handler);
	f->ack_given = act_by_then(k->ack_posted, d->today);
	f->ack_waived = k->ack_waiver[0] != 0;
	f->feedback_given = act_by_then(k->told_decision, d->today);
	f->feedback_reasoned = k->feedback_reasoned;
	f->options_told = k->feedback_options;
	f->feedback_without_route = k->feedback_by == GIVEN_NO_ROUTE;
	f->outcome_recorded = outcome_there(k);
	f->unfounded_uninvestigated = uninvestigated(k);
	f->reason_recorded = reason;
	f->oral = k->oral;
	f->oral_record_offered = k->oral_state != ORAL_NOT_OFFERED;
	f->consent = consent_holds(s, i, NULL);
	f->legal_duty = ground_day(s, i, GROUND_DUTY, NULL) != DAY_NONE;
	f->reporter_told = act_by_then(ground_day(s, i, GROUND_TOLD, NULL),
	    d->today);
	f->resealed = k->resealed;
	f->withdrawal_received = k->withdrawn;
	f->retention_set = k->retention[0] != 0;
	f->destroy_on = destroy_day(d, i);
	f->legal_hold = k->hold;
}

/* The first waiting request of this act that two people signed who may, as
 * act_approved takes it; without one, the one that has most signatures */
static size_t
request_best(struct desk *d, enum act a, size_t k, const char *detail,
    struct signer out[SIGNERS_MAX], size_t *signers)
{
	const struct state *s = d->state;
	size_t best = NOT_FOUND;

	*signers = 0;
	for (size_t i = 0; i < s->requests; i++) {
		const struct request *r = &s->request[i];
		struct signer one[SIGNERS_MAX];
		struct rule rule;
		bool enough;
		size_t n;
		if (!act_request_fits(s, r, a, k, detail)) {
			continue;
		}
		n = act_signers_of(d, i, one);
		enough = foureyes_check(d->profile, a, one, n, &rule) == OK;
		if (best == NOT_FOUND || enough || n > *signers) {
			best = i;
			*signers = n;
			memcpy(out, one, sizeof one);
		}
		if (enough) {
			break;
		}
	}
	return best;
}

enum err
act_step_may(struct desk *d, size_t k, enum case_state to, bool reason,
    const char *detail, size_t *request, struct refusal *why)
{
	enum act a = act_of_state(to);
	struct case_facts f;
	struct rule rule;
	enum err e = desk_policy(d);

	*request = NOT_FOUND;
	if (e != OK) {
		return refuse_err(why, e);
	}
	facts_fill(d, k, reason, &f);
	if (a != ACT_COUNT) {
		*request = request_best(d, a, k, detail, f.signers,
		    &f.signer_count);
	}
	/* Two of the acts need people only in some cases */
	if ((a == ACT_UNFOUNDED_UNINVESTIGATED &&
	    !f.unfounded_uninvestigated) ||
	    (a == ACT_FEEDBACK_WITHOUT_ROUTE && !f.feedback_without_route)) {
		*request = NOT_FOUND;
	}
	return case_may(d->profile, &f, to, &rule) == OK ? OK :
	    refuse_rule(why, &rule);
}

size_t
act_steps(struct desk *d, size_t k, struct act_step out[CASE_STATES])
{
	enum case_state to[CASE_STATES];
	size_t n, request;

	if (desk_policy(d) != OK) {
		return 0;
	}
	n = case_next(d->profile, d->state->kase[k].state, to);
	for (size_t i = 0; i < n; i++) {
		memset(&out[i], 0, sizeof out[i]);
		out[i].to = to[i];
		out[i].allowed = act_step_may(d, k, to[i], true, NULL,
		    &request, &out[i].why) == OK;
	}
	return n;
}

enum err
act_step_put(struct desk *d, size_t k, enum case_state to,
    const char *reason, size_t len, size_t request)
{
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = OK;

	if (reason != NULL && (e = act_text(d, k, reason, len, record)) !=
	    OK) {
		return e;
	}
	o = act_event(d, "state", k);
	json_object_set_new(o, "to", json_string(case_state_code(to)));
	if (reason != NULL) {
		event_hex(o, "record", record, RECORD_ID);
	}
	if (request != NOT_FOUND) {
		event_hex(o, "request", d->state->request[request].id,
		    HASH_LEN);
	}
	e = desk_event(d, o);
	return e == OK && request != NOT_FOUND ? act_used_put(d, request) : e;
}

enum err
act_used_put(struct desk *d, size_t request)
{
	json_t *o = event_new(d, "used");

	event_hex(o, "request", d->state->request[request].id, HASH_LEN);
	return desk_event(d, o);
}

enum err
act_code_put(struct desk *d, size_t k, enum case_code c, const char *code)
{
	json_t *o, *codes;

	if (strcmp(d->state->kase[k].code[c], code) == 0) {
		return OK;
	}
	o = act_event(d, "codes", k);
	codes = json_object();
	json_object_set_new(codes, case_code_name(c), json_string(code));
	json_object_set_new(o, "codes", codes);
	return desk_event(d, o);
}

/* What the register says of a case by the state it is in now */
static enum err
codes_follow(struct desk *d, size_t k, enum case_state to)
{
	const struct kase *c = &d->state->kase[k];
	const char *started = c->code[KASE_INVESTIGATION];
	bool running = strcmp(c->code[KASE_INVESTIGATION_STATUS],
	    "lopend") == 0;
	enum err e = OK;

	switch (to) {
	case CASE_PRELIMINARY:
	case CASE_INVESTIGATION:
		e = act_code_put(d, k, KASE_INVESTIGATION,
		    case_state_code(to));
		return e == OK ? act_code_put(d, k,
		    KASE_INVESTIGATION_STATUS, "lopend") : e;
	case CASE_DECISION:
		return running ? act_code_put(d, k,
		    KASE_INVESTIGATION_STATUS, "afgerond") : OK;
	case CASE_NOT_ADMISSIBLE:
	case CASE_ABORTED:
	case CASE_WITHDRAWN:
		e = act_code_put(d, k, KASE_OUTCOME, case_state_code(to));
		if (e == OK && started[0] != 0 && running) {
			e = act_code_put(d, k, KASE_INVESTIGATION_STATUS,
			    to == CASE_ABORTED ? "afgebroken" :
			    "niet_voortgezet");
		}
		return e;
	case CASE_REOPENED: /* and the measures that followed from it */
		e = act_code_put(d, k, KASE_OUTCOME, "");
		return e == OK ? act_code_put(d, k, KASE_MEASURES, "") : e;
	default:
		return OK;
	}
}

/* States that another act reaches, because it does more than a step. What
 * the law lacks for it is said first. */
static enum err
own_act(struct desk *d, size_t k, enum case_state to, bool reason,
    struct refusal *why)
{
	size_t request;
	const char *verb = to == CASE_RECUSAL ? "recuse" :
	    to == CASE_FORWARDED ? "forward" : to == CASE_DESTROYED ?
	    "destroy" : to == CASE_CLOSED || to == CASE_RETAINED ? "close" :
	    NULL;

	if (verb == NULL || (act_step_may(d, k, to, reason, NULL, &request,
	    why) != OK && strcmp(why->rule, "S-STEP") != 0)) {
		return verb == NULL ? OK : why->e;
	}
	return refuse_word(why, ERR_USAGE, "Daar is een "
	    "eigen handeling voor: %s.", "That is an act of its own: %s.",
	    verb);
}

enum err
act_step(struct desk *d, size_t k, enum case_state to, const char *reason,
    size_t len, struct refusal *why)
{
	size_t request = NOT_FOUND;
	enum err e;

	if ((e = act_begin(d, why)) != OK) {
		return e;
	}
	e = act_case(d, k, why);
	if (e == OK) {
		e = own_act(d, k, to, reason != NULL, why);
	}
	if (e == OK && reason != NULL) {
		e = act_text_check(reason, len, ACT_TEXT_MAX, why);
	}
	if (e == OK && to == CASE_TRIAGE &&
	    d->state->kase[k].state == CASE_FETCHED) {
		e = act_step_put(d, k, CASE_OPENED, NULL, 0, NOT_FOUND);
	}
	if (e == OK) {
		e = act_step_may(d, k, to, reason != NULL, to ==
		    CASE_ANSWERED ? "no_route" : case_state_code(to),
		    &request, why);
	}
	if (e == OK) {
		e = act_step_put(d, k, to, reason, len, request);
	}
	if (e == OK) {
		e = codes_follow(d, k, to);
	}
	return act_end(d, e, why);
}

enum err
act_assign(struct desk *d, size_t k, const char *person, struct refusal *why)
{
	const struct keyset_person *p = d->keyset == NULL ? NULL :
	    keyset_person(d->keyset, person);
	struct rule rule;
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	if ((e = act_case(d, k, why)) != OK) {
		return act_end(d, e, why);
	}
	if (p == NULL || p->role != PERSON_HOLDER ||
	    p->desk != d->ring->desk || keyset_revoked(d->keyset, &p->key)) {
		e = refuse(why, ERR_UNKNOWN, "Alleen een houder van dit "
		    "meldpunt kan een melding behandelen.",
		    "Only a holder of this desk can handle a report.");
	} else if (act_subject(&d->state->kase[k], person) &&
	    rule_find(d->profile, "S-IMPARTIAL", &rule)) {
		e = refuse_rule(why, &rule);
	}
	if (e == OK) {
		o = act_event(d, "assign", k);
		json_object_set_new(o, "person", json_string(person));
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}

enum err
act_link(struct desk *d, size_t k, size_t other, struct refusal *why)
{
	const struct state *s = d->state;
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	if (k == other) {
		e = refuse(why, ERR_USAGE, "Een dossier hoort altijd bij "
		    "zichzelf.", "A case always belongs to itself.");
	}
	for (size_t i = 0; e == OK && i < s->links; i++) {
		if ((s->link[i].a == k && s->link[i].b == other) ||
		    (s->link[i].b == k && s->link[i].a == other)) {
			e = refuse(why, ERR_CONFLICT, "Deze dossiers zijn al "
			    "verbonden.", "These cases are linked already.");
		}
	}
	if (e == OK) {
		o = act_event(d, "link", k);
		json_object_set_new(o, "other",
		    json_string(s->kase[other].ref));
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}

enum err
act_note(struct desk *d, size_t k, const char *text, size_t len,
    struct refusal *why)
{
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_words(d, k, text, len, record, why);
	if (e == OK) {
		o = act_event(d, "note", k);
		event_hex(o, "record", record, RECORD_ID);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}
