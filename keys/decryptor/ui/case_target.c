/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may get a case outside the organisation, and what a forwarding to each
 * of them rests on: shared by the page of a case, letters and forwarding. And
 * what else was written of a case, in words. */
#include <string.h>

#include "../dossier.h"
#include "case.h"

/* No code of an authority begins so */
#define POLICE "@police"
#define INVESTIGATOR "@investigator"

json_t *
plan_kept(struct visit *v, struct buf *raw)
{
	json_t *o = NULL;

	if (act_forward_kept(v->d, v->k, raw) != OK ||
	    json_read_type(raw->p, raw->len, PLAN_MAX, PLAN_TYPE, &o) != OK) {
		return NULL;
	}
	return o;
}

struct target
plan_target(const json_t *o)
{
	const char *to = json_string_value(json_object_get(o, "to")),
	    *receiver = json_string_value(json_object_get(o, "receiver"));
	enum destination where = DEST_AUTHORITY;

	if (to != NULL) {
		destination_parse(to, &where);
	}
	return target_of(where, receiver == NULL ? "" : receiver);
}

const char *
target_label(struct visit *v, const struct target *t)
{
	int a;

	if (t->to == DEST_POLICE) {
		return say(v, TEXT_FWD_POLICE);
	}
	if (t->to == DEST_INVESTIGATOR) {
		return say(v, TEXT_FWD_INVESTIGATOR);
	}
	a = forward_find(v->d->profile, t->receiver);
	return a >= 0 ? forward_label(v->d->profile, (size_t)a,
	    language(v)) : visit_text(v, "%s", t->receiver);
}

bool
target_given(struct visit *v, struct target *out)
{
	const char *word = field(v, "receiver");
	struct buf raw = buf_new_secret(PLAN_MAX);
	json_t *o = v->post ? NULL : plan_kept(v, &raw);
	bool there = true;

	if (o != NULL) {
		*out = plan_target(o);
	} else if (strcmp(word, POLICE) == 0) {
		*out = target_of(DEST_POLICE, "");
	} else if (strcmp(word, INVESTIGATOR) == 0) {
		*out = target_of(DEST_INVESTIGATOR, "");
	} else if (forward_find(v->d->profile, word) >= 0) {
		*out = target_of(DEST_AUTHORITY, word);
	} else {
		there = false;
	}
	json_decref(o);
	buf_free(&raw);
	return there;
}

static void
target_row(struct visit *v, struct view *row, const char *value,
    const struct target *t, const struct target *chosen)
{
	view_text(row, "value", value);
	view_text(row, "label", target_label(v, t));
	view_flag(row, "chosen", chosen != NULL && chosen->to == t->to &&
	    strcmp(chosen->receiver, t->receiver) == 0);
}

void
targets_set(struct visit *v)
{
	size_t n = desk_policy(v->d) != OK ? 0 :
	    forward_authorities(v->d->profile);
	struct view *rows = visit_rows(v, n + 2);
	struct target t, given, *chosen = n > 0 && target_given(v, &given) ?
	    &given : NULL;

	for (size_t i = 0; i < n; i++) {
		const char *code = forward_authority(v->d->profile, i).code;
		t = target_of(DEST_AUTHORITY, code);
		target_row(v, &rows[i], code, &t, chosen);
	}
	t = target_of(DEST_INVESTIGATOR, "");
	target_row(v, &rows[n], INVESTIGATOR, &t, chosen);
	t = target_of(DEST_POLICE, "");
	target_row(v, &rows[n + 1], POLICE, &t, chosen);
	view_list(&v->view, "receivers", rows, n + 2);
}

void
grounds_set(struct visit *v, size_t k)
{
	static const enum text_id label[] = {TEXT_GROUND_CONSENT,
		TEXT_GROUND_DUTY, TEXT_GROUND_TOLD};
	const struct state *s = v->d->state;
	struct view *rows = visit_rows(v, s->grounds + 1);
	size_t n = 0;

	for (size_t i = 0; i < s->grounds; i++) {
		const struct ground *g = &s->ground[i];
		if (g->kase != k) {
			continue;
		}
		view_text(&rows[n], "what", say(v, label[g->kind]));
		view_text(&rows[n], "whom", g->any ? say(v,
		    TEXT_FWD_ANYONE) : target_label(v, &g->target));
		view_text(&rows[n], "day", date_short(v, g->day));
		view_flag(&rows[n++], "ended", g->ended);
	}
	view_list(&v->view, "grounds", rows, n);
}

static const char *
ground_words(struct visit *v, const struct kept *w)
{
	const char *whom = w->any ? say(v, TEXT_FWD_ANYONE) :
	    target_label(v, &w->target);

	return say_word(v, !w->on ? TEXT_KEPT_GROUND_BACK :
	    w->basis == GROUND_DUTY ? TEXT_KEPT_DUTY : TEXT_KEPT_CONSENT,
	    whom);
}

const char *
kept_label(struct visit *v, const struct kept *w)
{
	switch (w->with) {
	case KEPT_STEP:
		return say_word(v, TEXT_KEPT_STEP, state_label(v, w->to));
	case KEPT_HOLD:
		return say(v, w->on ? TEXT_KEPT_HOLD : TEXT_KEPT_HOLD_OFF);
	case KEPT_GIVEN:
		return say(v, w->by == GIVEN_LETTER ? TEXT_BY_LETTER :
		    w->by == GIVEN_TALK ? TEXT_BY_TALK : TEXT_BY_NO_ROUTE);
	case KEPT_TALK:
		return say_word(v, TEXT_KEPT_TALK, oral_label(v, w->talk));
	case KEPT_GROUND:
		return ground_words(v, w);
	default:
		return say_word(v, TEXT_KEPT_PLAN, target_label(v,
		    &w->target));
	}
}

const char *
oral_label(struct visit *v, enum oral_state o)
{
	return say(v, o == ORAL_OFFERED ? TEXT_ORAL_OFFERED :
	    o == ORAL_AGREED ? TEXT_ORAL_AGREED : o == ORAL_NOT_CONFIRMED ?
	    TEXT_ORAL_NOT_CONFIRMED : TEXT_ORAL_NONE);
}
