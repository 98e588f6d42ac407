/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Triage on one page: may I read this, the four questions, the kind, what
 * next. The outcome shown while filling in is the style sheet's; policy
 * decides when it is saved.
 */
#include <string.h>

#include "../content.h"
#include "case.h"

static void
questions_set(struct visit *v, const struct kase *c)
{
	struct view *rows = visit_rows(v, TRIAGE_QUESTIONS);

	for (unsigned i = 0; i < TRIAGE_QUESTIONS; i++) {
		view_text(&rows[i], "q", visit_text(v, "%u", i + 1));
		view_text(&rows[i], "question", triage_text(v->d->profile,
		    (enum triage_question)i, language(v)));
		view_flag(&rows[i], "yes", c->triaged &&
		    c->triage[i] == ANSWER_YES);
		view_flag(&rows[i], "no", c->triaged &&
		    c->triage[i] == ANSWER_NO);
		view_flag(&rows[i], "open", !c->triaged ||
		    c->triage[i] == ANSWER_UNKNOWN);
	}
	view_list(&v->view, "questions", rows, TRIAGE_QUESTIONS);
}

static void
people_set(struct visit *v, const struct kase *c)
{
	const struct keyset *k = v->d->keyset;
	struct view *rows = visit_rows(v, KEYSET_PEOPLE_MAX);
	size_t n = 0;

	for (unsigned i = 0; k != NULL && i < k->people; i++) {
		const char *id = k->person[i].id;
		bool subject = false;
		if (strcmp(id, v->d->ring->person) == 0) {
			continue; /* asked apart */
		}
		for (unsigned j = 0; j < c->subjects; j++) {
			subject |= strcmp(c->subject[j], id) == 0;
		}
		view_text(&rows[n], "value", id);
		view_text(&rows[n], "at", visit_text(v, "%u", i));
		view_flag(&rows[n++], "chosen", subject);
	}
	view_flag(&v->view, "has_people", n > 0);
	view_list(&v->view, "people", rows, n);
}

static void
show(struct visit *v)
{
	const struct kase *c = &v->d->state->kase[v->k];
	struct content *content = NULL;
	enum err e = OK;

	if (desk_text_shown(v->d, &v->d->state->message[c->first])) {
		e = desk_content(v->d, &v->d->state->message[c->first],
		    &content);
	}
	e = unread_set(v, &v->view, e);
	if (e != OK) {
		visit_plain(v, 500, TEXT_VERIFY_FAILED);
		return;
	}
	unread_tell(v);
	case_head(v, v->k);
	if (content != NULL) {
		view_text(&v->view, "about", about_label(v, visit_text(v,
		    "%s", content->report->about)));
		view_text(&v->view, "relation", code_label(v, "reporter",
		    content->report->relation));
		view_text(&v->view, "files", visit_text(v, "%u",
		    content->report->attachments));
		answers_set(v, &v->view, content->report);
	} else {
		view_text(&v->view, "about", "");
		view_text(&v->view, "relation", "");
		view_text(&v->view, "files", "0");
		view_list(&v->view, "answers", NULL, 0);
	}
	content_free(content);
	questions_set(v, c);
	people_set(v, c);
	/* A question is no kind of report until somebody says so */
	options_set(v, &v->view, "kinds", "kind", c->report_kind[0] != 0 ||
	    c->kind == REPORT_ADVICE ? c->report_kind : "melding");
	view_flag(&v->view, "asked", c->kind == REPORT_ADVICE);
	options_set(v, &v->view, "types", "type", c->type);
	options_set(v, &v->view, "origins", "origin", c->origin);
	options_set(v, &v->view, "areas", "area", c->code[KASE_AREA]);
	visit_page(v, PAGE_TRIAGE, TEXT_TITLE_TRIAGE, 2);
}

static enum err
conflict_save(struct visit *v, struct refusal *why)
{
	const struct keyset *k = v->d->keyset;
	const char *about[KEYSET_PEOPLE_MAX + 1]; /* the act refuses too many */
	unsigned n = 0;

	if (strcmp(field(v, "coi"), "yes") == 0) {
		about[n++] = v->d->ring->person;
	}
	for (unsigned i = 0; k != NULL && i < k->people; i++) {
		char name[FORM_NAME];
		snprintf(name, sizeof name, "about_%u", i);
		if (field(v, name)[0] != 0) {
			about[n++] = k->person[i].id;
		}
	}
	return act_conflict(v->d, v->k, about, n, why);
}

static enum err
answers_save(struct visit *v, struct refusal *why)
{
	static const char *const name[TRIAGE_QUESTIONS] = {"q1", "q2", "q3",
		"q4"};
	enum answer answer[TRIAGE_QUESTIONS];

	for (unsigned i = 0; i < TRIAGE_QUESTIONS; i++) {
		const char *s = field(v, name[i]);
		answer[i] = strcmp(s, "yes") == 0 ? ANSWER_YES :
		    strcmp(s, "no") == 0 ? ANSWER_NO : ANSWER_UNKNOWN;
	}
	return act_triage(v->d, v->k, answer, why);
}

/* What is left open stays as it is; who handles it as advice says no kind */
static enum err
codes_save(struct visit *v, bool advice, struct refusal *why)
{
	static const char *const name[] = {"kind", "type", "origin", "area"};
	struct act_code code[4];
	unsigned n = 0;

	for (unsigned i = advice ? 1 : 0; i < 4; i++) {
		if (field(v, name[i])[0] != 0) {
			code[n++] = (struct act_code){name[i],
				field(v, name[i])};
		}
	}
	return act_codes(v->d, v->k, code, n, why);
}

/* Where the chosen next thing is done */
static void
onward(struct visit *v)
{
	const char *then = field(v, "then");
	const char *ref = v->d->state->kase[v->k].ref;

	if (strcmp(then, "acknowledgement") == 0 ||
	    strcmp(then, "questions") == 0) {
		visit_go(v, "/case/%s/letter?kind=%s", ref, then);
	} else {
		visit_go(v, "/case/%s", ref);
	}
}

static enum err
do_sort(struct visit *v, struct refusal *why)
{
	bool settle = strcmp(field(v, "do"), "settle") == 0;
	const char *then = field(v, "then");
	bool advice = strcmp(then, "advice") == 0;
	enum case_state state;
	enum err e = conflict_save(v, why);

	if (e == OK && strcmp(field(v, "coi"), "yes") == 0) {
		notice_bad(v, TEXT_RECUSED);
		visit_go(v, "/case/%s", v->d->state->kase[v->k].ref);
		return OK;
	}
	if (e == OK) {
		e = answers_save(v, why);
	}
	if (e == OK) {
		e = codes_save(v, advice, why);
	}
	state = v->d->state->kase[v->k].state;
	if (e == OK && (state == CASE_FETCHED || state == CASE_OPENED)) {
		e = act_step(v->d, v->k, CASE_TRIAGE, NULL, 0, why);
	}
	if (e == OK && settle && strcmp(then, "refuse") != 0 &&
	    v->d->state->kase[v->k].state == CASE_TRIAGE) {
		e = act_step(v->d, v->k, advice ? CASE_ADVICE :
		    CASE_IN_PROGRESS, NULL, 0, why);
	}
	if (e == OK) {
		notice_good(v, TEXT_TRIAGED, code_label(v, "wbk",
		    v->d->state->kase[v->k].wbk));
		onward(v);
	}
	return e;
}

void
page_triage(struct visit *v)
{
	static const struct deed deeds[] = {
		{"settle", do_sort, TEXTS, ""}, {"keep", do_sort, TEXTS, ""},
		{NULL, NULL, TEXTS, NULL}
	};

	case_form(v, show, "do", deeds, "/triage");
}
