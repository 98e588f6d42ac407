/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The case's state machine. Which steps exist and which guards stand before
 * them is data ("transitions"); this file gives each guard its meaning and
 * its rule. A guard that the data names and this file lacks is refused when
 * the profile is loaded.
 */
#include <string.h>

#include "meldluik/casestate.h"
#include "profile_private.h"

static const char *const state_codes[CASE_STATES] = {
	[CASE_RECEIVED] = "ontvangen",
	[CASE_FETCHED] = "opgehaald",
	[CASE_OPENED] = "geopend",
	[CASE_TRIAGE] = "triage",
	[CASE_IN_PROGRESS] = "in_behandeling",
	[CASE_PRELIMINARY] = "vooronderzoek",
	[CASE_INVESTIGATION] = "onderzoek",
	[CASE_DECISION] = "besluit",
	[CASE_ANSWERED] = "teruggekoppeld",
	[CASE_CLOSED] = "gesloten",
	[CASE_RETAINED] = "bewaartermijn",
	[CASE_DESTROYED] = "vernietigd",
	[CASE_ADVICE] = "adviesvraag",
	[CASE_NOT_ADMISSIBLE] = "niet_ontvankelijk",
	[CASE_FORWARDED] = "doorgezonden",
	[CASE_RECUSAL] = "wraking",
	[CASE_ABORTED] = "afgebroken",
	[CASE_WITHDRAWN] = "ingetrokken",
	[CASE_REOPENED] = "heropend",
};

enum guard {
	GUARD_REGISTERED,
	GUARD_CLASSIFIED,
	GUARD_CONFLICT_CHECKED,
	GUARD_REASON,
	GUARD_OUTCOME,
	GUARD_ACK,
	GUARD_FEEDBACK,
	GUARD_REASONED,
	GUARD_OPTIONS_TOLD,
	GUARD_CONSENT_OR_DUTY,
	GUARD_REPORTER_TOLD,
	GUARD_RESEALED,
	GUARD_WITHDRAWAL,
	GUARD_ORAL_RECORD,
	GUARD_RETENTION_SET,
	GUARD_NO_HOLD,
	GUARD_TERM_PASSED,
	GUARD_FOUR_EYES_NOT_ADMISSIBLE,
	GUARD_FOUR_EYES_RECUSAL,
	GUARD_FOUR_EYES_FORWARD,
	GUARD_FOUR_EYES_ABORT,
	GUARD_FOUR_EYES_DESTROY,
	GUARD_FOUR_EYES_UNFOUNDED,
	GUARD_FOUR_EYES_NO_ROUTE,
	GUARD_COUNT
};

/* ${rule} NULL: people are counted for ${act}. */
static const struct {
	const char *name, *rule;
	enum act act;
} guards[GUARD_COUNT] = {
	[GUARD_REGISTERED] = { "registered", "S-REGISTERED", 0 },
	[GUARD_CLASSIFIED] = { "classified", "S-CLASSIFIED", 0 },
	[GUARD_CONFLICT_CHECKED] = { "conflict_checked", "S-IMPARTIAL", 0 },
	[GUARD_REASON] = { "reason", "S-REASON", 0 },
	[GUARD_OUTCOME] = { "outcome", "S-OUTCOME", 0 },
	[GUARD_ACK] = { "ack", "S-ACK", 0 },
	[GUARD_FEEDBACK] = { "feedback", "S-FEEDBACK", 0 },
	[GUARD_REASONED] = { "reasoned", "S-REASONED", 0 },
	[GUARD_OPTIONS_TOLD] = { "options_told", "S-OPTIONS", 0 },
	[GUARD_CONSENT_OR_DUTY] = { "consent_or_duty", "S-CONSENT", 0 },
	[GUARD_REPORTER_TOLD] = { "reporter_told", "S-TOLD", 0 },
	[GUARD_RESEALED] = { "resealed", "S-RESEALED", 0 },
	[GUARD_WITHDRAWAL] = { "withdrawal", "S-WITHDRAWAL", 0 },
	[GUARD_ORAL_RECORD] = { "oral_record", "S-ORAL", 0 },
	[GUARD_RETENTION_SET] = { "retention_set", "S-RETENTION", 0 },
	[GUARD_NO_HOLD] = { "no_hold", "S-HOLD", 0 },
	[GUARD_TERM_PASSED] = { "term_passed", "S-TERM", 0 },
	[GUARD_FOUR_EYES_NOT_ADMISSIBLE] = { "four_eyes_not_admissible",
	    NULL, ACT_NOT_ADMISSIBLE },
	[GUARD_FOUR_EYES_RECUSAL] = { "four_eyes_recusal", NULL,
	    ACT_RECUSE },
	[GUARD_FOUR_EYES_FORWARD] = { "four_eyes_forward", NULL,
	    ACT_FORWARD },
	[GUARD_FOUR_EYES_ABORT] = { "four_eyes_abort", NULL, ACT_ABORT },
	[GUARD_FOUR_EYES_DESTROY] = { "four_eyes_destroy", NULL,
	    ACT_DESTROY },
	[GUARD_FOUR_EYES_UNFOUNDED] = { "four_eyes_unfounded", NULL,
	    ACT_UNFOUNDED_UNINVESTIGATED },
	[GUARD_FOUR_EYES_NO_ROUTE] = { "four_eyes_no_route", NULL,
	    ACT_FEEDBACK_WITHOUT_ROUTE },
};

static int
guard_find(const char *name)
{
	for (int g = 0; g < GUARD_COUNT; g++) {
		if (strcmp(guards[g].name, name) == 0) {
			return g;
		}
	}
	return -1;
}

static bool
guard_holds(enum guard g, const struct case_facts *f, bool external)
{
	switch (g) {
	case GUARD_REGISTERED:
		return f->registered;
	case GUARD_CLASSIFIED:
		return f->classified;
	case GUARD_CONFLICT_CHECKED:
		return f->conflict_checked;
	case GUARD_REASON:
		return f->reason_recorded;
	case GUARD_OUTCOME:
		return f->outcome_recorded;
	case GUARD_ACK:
		/* Only a competent authority may leave it out. */
		return f->ack_given || (external && f->ack_waived);
	case GUARD_FEEDBACK:
		return f->feedback_given;
	case GUARD_REASONED:
		return f->feedback_reasoned;
	case GUARD_OPTIONS_TOLD:
		return f->options_told;
	case GUARD_CONSENT_OR_DUTY:
		return f->consent || f->legal_duty;
	case GUARD_REPORTER_TOLD:
		return f->reporter_told;
	case GUARD_RESEALED:
		return f->resealed;
	case GUARD_WITHDRAWAL:
		return f->withdrawal_received;
	case GUARD_ORAL_RECORD:
		return !f->oral || f->oral_record_offered;
	case GUARD_RETENTION_SET:
		return f->retention_set;
	case GUARD_NO_HOLD:
		return !f->legal_hold;
	case GUARD_TERM_PASSED:
		return f->retention_set && f->destroy_on != DAY_NONE &&
		    f->destroy_on != DAY_NEVER && f->today >= f->destroy_on;
	default:
		return false; /* a four-eyes guard is no fact */
	}
}

/* Two of the acts need people only in some cases. */
static enum err
people_sign(const struct profile *p, enum guard g,
    const struct case_facts *f, struct rule *why)
{
	size_t n = f->signer_count < SIGNERS_MAX ? f->signer_count :
	    SIGNERS_MAX;

	if ((g == GUARD_FOUR_EYES_UNFOUNDED && !f->unfounded_uninvestigated) ||
	    (g == GUARD_FOUR_EYES_NO_ROUTE && !f->feedback_without_route)) {
		return OK;
	}
	return foureyes_check(p, guards[g].act, f->signers, n, why);
}

static const json_t *
transitions(const struct profile *p)
{
	return json_object_get(p->root, "transitions");
}

static enum err
transition_check(const json_t *t)
{
	const json_t *from = json_object_get(t, "from");
	const json_t *list = json_object_get(t, "guards");
	enum case_state s;
	size_t i;
	json_t *item;

	if (!json_is_strings(from, CASE_STATES) ||
	    json_array_size(from) == 0 || !json_is_strings(list, 16) ||
	    !json_is_string(json_object_get(t, "to"))) {
		return ERR_FORMAT;
	}
	json_array_foreach (from, i, item) {
		if (case_state_parse(json_string_value(item), &s) != OK) {
			return ERR_UNKNOWN;
		}
	}
	json_array_foreach (list, i, item) {
		if (guard_find(json_string_value(item)) < 0) {
			return ERR_UNKNOWN;
		}
	}
	return case_state_parse(json_text(t, "to", ""), &s);
}

enum err
casestate_check(const struct profile *p)
{
	const json_t *states = json_object_get(p->root, "states");
	size_t i;
	json_t *t;
	enum err e;

	for (i = 0; i < CASE_STATES; i++) {
		if (!json_has_labels(json_object_get(states,
		    state_codes[i]))) {
			return ERR_FORMAT;
		}
	}
	if (json_array_size(transitions(p)) < 1 ||
	    json_array_size(transitions(p)) > 128) {
		return ERR_FORMAT;
	}
	json_array_foreach (transitions(p), i, t) {
		e = transition_check(t);
		if (e != OK) {
			return e;
		}
	}
	return OK;
}

const char *
case_state_code(enum case_state s)
{
	return state_codes[s];
}

enum err
case_state_parse(const char *code, enum case_state *out)
{
	for (int s = 0; s < CASE_STATES; s++) {
		if (strcmp(state_codes[s], code) == 0) {
			*out = (enum case_state)s;
			return OK;
		}
	}
	return ERR_UNKNOWN;
}

const char *
case_state_label(const struct profile *p, enum case_state s, const char *lang)
{
	return json_label(json_object_get(json_object_get(p->root, "states"),
	    state_codes[s]), lang, state_codes[s]);
}

bool
case_state_open(enum case_state s)
{
	return s != CASE_CLOSED && s != CASE_RETAINED && s != CASE_DESTROYED;
}

/* The transition from ${from} to ${to}, or NULL. The first one in the table
 * counts. */
static const json_t *
transition_find(const struct profile *p, enum case_state from,
    enum case_state to)
{
	size_t i;
	json_t *t;

	json_array_foreach (transitions(p), i, t) {
		if (strcmp(json_text(t, "to", ""), state_codes[to]) == 0 &&
		    json_holds(json_object_get(t, "from"),
		    state_codes[from])) {
			return t;
		}
	}
	return NULL;
}

size_t
case_next(const struct profile *p, enum case_state from,
    enum case_state out[CASE_STATES])
{
	size_t n = 0;

	for (int to = 0; to < CASE_STATES; to++) {
		if (transition_find(p, from, (enum case_state)to) != NULL) {
			out[n++] = (enum case_state)to;
		}
	}
	return n;
}

enum err
case_may(const struct profile *p, const struct case_facts *f,
    enum case_state to, struct rule *why)
{
	const json_t *t = transition_find(p, f->state, to);
	size_t i;
	json_t *name;

	if (t == NULL) {
		rule_find(p, "S-STEP", why);
		return ERR_POLICY;
	}
	json_array_foreach (json_object_get(t, "guards"), i, name) {
		enum guard g = (enum guard)guard_find(json_string_value(name));

		if (guards[g].rule == NULL) {
			enum err e = people_sign(p, g, f, why);

			if (e != OK) {
				return e;
			}
		} else if (!guard_holds(g, f, p->external)) {
			rule_find(p, guards[g].rule, why);
			return ERR_POLICY;
		}
	}
	return OK;
}
