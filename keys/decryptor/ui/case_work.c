/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Work on a case from its page: each button is one act (../acts.h). What the
 * law forbids comes back as a sentence with its rule.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../acts_private.h"
#include "../dossier.h"
#include "../filekind.h"
#include "../replies.h"
#include "../scrub.h"
#include "case.h"
#include "meldluik/retention.h"

#define DOWNGRADES 4u /* codes that are less than wrongdoing */

static enum err
do_note(struct visit *v, struct refusal *why)
{
	return act_note(v->d, v->k, field(v, "text"),
	    fields_len(v->form, "text"), why);
}

static enum err
do_takeback(struct visit *v, struct refusal *why)
{
	uint8_t id[16];

	if (strlen(field(v, "reply")) != 2 * sizeof id ||
	    hex_decode(field(v, "reply"), id, sizeof id) != OK) {
		return refuse(why, ERR_USAGE, "Dat antwoord staat niet in dit "
		    "dossier.", "That answer is not in this case.");
	}
	return act_reply_withdraw(v->d, v->k, id, sizeof id, why);
}

static enum err
do_step(struct visit *v, struct refusal *why)
{
	enum case_state to;
	size_t len = fields_len(v->form, "text");

	if (case_state_parse(field(v, "to"), &to) != OK) {
		return refuse(why, ERR_USAGE, "Die stap bestaat niet.",
		    "There is no such step.");
	}
	return act_step(v->d, v->k, to, len == 0 ? NULL : field(v, "text"),
	    len, why);
}

static enum err
do_close(struct visit *v, struct refusal *why)
{
	const char *class = field(v, "class");
	day_t from = DAY_NONE;

	if (field(v, "from")[0] != 0 &&
	    day_parse(field(v, "from"), &from) != OK) {
		return refuse(why, ERR_USAGE, "Dat is geen dag.",
		    "That is no day.");
	}
	return act_close(v->d, v->k, class[0] == 0 ? NULL : class, from, why);
}

static enum err
do_hold(struct visit *v, struct refusal *why)
{
	const char *on = field(v, "on");

	/* Said by the form: an old page lifts nothing that was set since */
	if (strcmp(on, "1") != 0 && strcmp(on, "0") != 0) {
		return refuse(why, ERR_USAGE, "Het formulier zegt niet of de "
		    "blokkade ingaat of vervalt.", "The form does not say "
		    "whether the hold is set or lifted.");
	}
	return act_hold(v->d, v->k, on[0] == '1', field(v, "text"),
	    fields_len(v->form, "text"), why);
}

static enum err
do_assign(struct visit *v, struct refusal *why)
{
	return act_assign(v->d, v->k, field(v, "person"), why);
}

static enum err
do_consent(struct visit *v, struct refusal *why)
{
	const char *ground = field(v, "ground");
	struct target to;

	if (!target_given(v, &to)) {
		return refuse(why, ERR_USAGE, "Kies de ontvanger voor wie "
		    "dit geldt.", "Choose the receiver that this is for.");
	}
	return act_ground(v->d, v->k, strcmp(ground, "duty") == 0 ?
	    GROUND_DUTY : GROUND_CONSENT, &to, strcmp(ground, "withdrawn") !=
	    0, field(v, "text"), fields_len(v->form, "text"), why);
}

/* "extended", "meeting" or the code of a waiver; "off-" before what ends */
static enum err
do_term(struct visit *v, struct refusal *why)
{
	const char *what = field(v, "what"), *asked = field(v, "asked");
	struct act_term t = {.on = strncmp(what, "off-", 4) != 0,
		.asked = v->d->today};

	what += t.on ? 0 : 4;
	t.code = what;
	t.what = strcmp(what, "extended") == 0 ? TERM_EXTENDED :
	    strcmp(what, "meeting") == 0 ? TERM_MEETING : TERM_WAIVED;
	if (asked[0] != 0 && day_parse(asked, &t.asked) != OK) {
		return refuse(why, ERR_USAGE, "Dat is geen dag.",
		    "That is no day.");
	}
	return act_term(v->d, v->k, &t, field(v, "text"),
	    fields_len(v->form, "text"), why);
}

/* The measures that are ticked, as the register has them */
static const char *
measures_of(struct visit *v)
{
	const struct vocabulary *w = taxonomy_find(v->d->profile, "measure");
	const char *cell = "";

	for (size_t i = 0; w != NULL && i < vocabulary_count(w); i++) {
		char name[FORM_NAME];
		snprintf(name, sizeof name, "measure_%zu", i);
		if (field(v, name)[0] != 0) {
			cell = visit_text(v, "%s%s%s", cell, cell[0] == 0 ?
			    "" : "+", vocabulary_code(w, i));
		}
	}
	return cell;
}

static enum err
do_codes(struct visit *v, struct refusal *why)
{
	static const char *const name[] = {"outcome", "investigation",
		"investigation_status"};
	struct act_code code[4];
	unsigned n = 0;

	/* A form without these boxes takes no measure away */
	if (field(v, "measures")[0] != 0) {
		code[n++] = (struct act_code){"measures", measures_of(v)};
	}

	for (size_t i = 0; i < 3; i++) {
		if (field(v, name[i])[0] != 0) {
			code[n++] = (struct act_code){name[i],
				field(v, name[i])};
		}
	}
	return act_codes(v->d, v->k, code, n, why);
}

static enum err
do_oral(struct visit *v, struct refusal *why)
{
	size_t len = fields_len(v->form, "text");
	const char *to = field(v, "to");

	return act_oral(v->d, v->k, strcmp(to, "offered") == 0 ?
	    ORAL_OFFERED : strcmp(to, "agreed") == 0 ? ORAL_AGREED :
	    ORAL_NOT_CONFIRMED, len == 0 ? NULL : field(v, "text"), len, why);
}

/* The plan that is kept, if it is the one that was shown */
static enum err
request_forward(struct visit *v, struct refusal *why)
{
	struct buf plan = buf_new_secret(PLAN_MAX);
	size_t request;
	enum err e = act_forward_kept(v->d, v->k, &plan);

	e = e == OK ? act_forward_ask(v->d, v->k, plan.p, plan.len,
	    field(v, "detail"), NULL, &request, why) : refuse(why, e,
	    "Kies eerst naar wie het gaat.", "First choose where it goes.");
	buf_free(&plan);
	return e;
}

static enum err
do_request(struct visit *v, struct refusal *why)
{
	const char *word = field(v, "act");
	char late[DETAIL_TEXT];
	size_t request;

	for (int a = 0; a < ACT_COUNT; a++) {
		if (strcmp(act_code((enum act)a), word) != 0) {
			continue;
		}
		if (a == ACT_DESTROY && act_late(v->d, v->k)) {
			act_late_detail(v->d, v->k, late);
			return act_request(v->d, (enum act)a, NOT_FOUND, late,
			    NULL, &request, why);
		}
		if (a == ACT_FORWARD) {
			return request_forward(v, why);
		}
		return act_request(v->d, (enum act)a, v->k,
		    field(v, "detail"), NULL, &request, why);
	}
	return refuse(why, ERR_USAGE, "Zo'n besluit is er niet.",
	    "There is no such decision.");
}

/* One file that was taken out, and what became of its hidden data */
static void
extracted_set(struct visit *v, struct view *row, const json_t *o)
{
	static const struct {
		const char *code;
		enum text_id text;
	} none[] = {
		{"not_asked", TEXT_COPY_NOT_ASKED}, {"kind", TEXT_COPY_KIND},
		{"no_tool", TEXT_COPY_NO_TOOL}, {"failed", TEXT_COPY_FAILED},
	};
	static const char *const key[] = {"file", "name", "sha256",
		"original", "copy", "copy_sha256", "metadata"};
	const char *why = json_string_value(json_object_get(o, "no_copy"));

	for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
		const json_t *s = json_object_get(o, key[i]);
		view_text(row, key[i], s == NULL || json_string_length(s) ==
		    0 ? NULL : visit_keep(v, json_string_value(s),
		    json_string_length(s)));
	}
	view_text(row, "kind", filekind_label(json_string_value(
	    json_object_get(o, "kind")), language(v)));
	view_flag(row, "active", json_is_true(json_object_get(o, "active")));
	view_text(row, "why_none", NULL);
	for (size_t i = 0; why != NULL && i < sizeof none / sizeof *none;
	    i++) {
		if (strcmp(none[i].code, why) == 0) {
			view_text(row, "why_none", say(v, none[i].text));
		}
	}
}

/* What could not be read, by the names that message.txt has */
static void
lost_names_set(struct visit *v, const json_t *lost)
{
	size_t n = json_array_size(lost);
	struct view *rows = visit_rows(v, n);

	for (size_t i = 0; i < n; i++) {
		view_text(&rows[i], "name", visit_text(v, "%s",
		    json_string_value(json_array_get(lost, i))));
	}
	view_flag(&v->view, "has_lost", n > 0);
	view_list(&v->view, "lost", rows, n);
}

/* What was taken out is shown once, as the list beside the files has it */
static enum err
do_extract(struct visit *v, struct refusal *why)
{
	struct extract_result r = {.list = NULL, .lost = NULL};
	const char *place = field(v, "place"), *path;
	int dir = place_need(v, place, why);
	struct view *rows;
	enum err e;
	json_t *o;
	size_t i;

	if (dir < 0) {
		return why->e;
	}
	close(dir);
	path = visit_text(v, "%s/%s", place, v->d->state->kase[v->k].ref);
	e = act_extract(v->d, v->k, path, field(v, "scrub")[0] != 0, &r,
	    why);
	if (e == OK) {
		rows = visit_rows(v, r.files);
		json_array_foreach (r.list, i, o) {
			extracted_set(v, &rows[i], o);
		}
		case_head(v, v->k);
		view_text(&v->view, "folder", path);
		view_list(&v->view, "rows", rows, r.files);
		lost_names_set(v, r.lost);
		visit_page(v, PAGE_EXTRACTED, TEXT_TITLE_EXTRACTED, 3);
	}
	json_decref(r.list);
	json_decref(r.lost);
	return e;
}

/* The declaration is shown once, to be printed and signed */
static enum err
do_destroy(struct visit *v, struct refusal *why)
{
	struct buf out = buf_new((size_t)1 << 20);
	enum err e = field(v, "sure")[0] == 0 ? refuse(why, ERR_USAGE, "Vink "
	    "aan dat u weet dat dit niet terug kan.", "Tick that you know "
	    "that this cannot be undone.") :
	    act_destroy(v->d, v->k, &out, why);

	if (e == OK) {
		view_text(&v->view, "declaration", visit_body(v, &out));
		visit_page(v, PAGE_DESTROYED, TEXT_TITLE_DESTROYED, 3);
	}
	buf_free(&out);
	return e;
}

const struct deed case_deeds[] = {
	{"note", do_note, TEXT_DONE_NOTE, "#notes"},
	{"takeback", do_takeback, TEXT_DONE_TAKEBACK, "#talk"},
	{"step", do_step, TEXT_DONE_STEP, "#may"},
	{"close", do_close, TEXT_DONE_CLOSE, "#may"},
	{"hold", do_hold, TEXT_DONE_HOLD, "#after"},
	{"assign", do_assign, TEXT_DONE_ASSIGN, "#who"},
	{"consent", do_consent, TEXT_DONE_CONSENT, "#consent"},
	{"term", do_term, TEXT_DONE_TERM, "#terms"},
	{"codes", do_codes, TEXT_DONE_CODES, "#result"},
	{"oral", do_oral, TEXT_DONE_ORAL, "#result"},
	{"request", do_request, TEXT_DONE_REQUEST, "#signatures"},
	{"extract", do_extract, TEXTS, ""},
	{"destroy", do_destroy, TEXTS, ""},
	{NULL, NULL, TEXTS, NULL}
};

/* Sorting a case to less than wrongdoing takes two people, who are asked here;
 * how many rows at ${no} */
static size_t
downgrades_set(struct visit *v, size_t k, struct view *no)
{
	const struct vocabulary *w = taxonomy_find(v->d->profile, "wbk");
	struct refusal why;
	size_t n = 0, request;

	for (size_t i = 0; w != NULL && i < vocabulary_count(w) &&
	    n < DOWNGRADES; i++) {
		const char *code = vocabulary_code(w, i);
		if (!wbk_is_downgrade(v->d->state->kase[k].wbk, code) ||
		    !foureyes_needed(v->d->profile, ACT_WBK_DOWNGRADE) ||
		    act_approved(v->d, ACT_WBK_DOWNGRADE, k, code, &request,
		    &why) == OK) {
			continue;
		}
		view_text(&no[n], "to", code);
		view_text(&no[n], "label", say_word(v, TEXT_WBK_DOWN,
		    code_label(v, "wbk", code)));
		view_text(&no[n], "why", refusal_text(v, &why));
		view_text(&no[n++], "act", act_code(ACT_WBK_DOWNGRADE));
	}
	return n;
}

/* Steps that may be taken, and those that may not with the rule */
static void
steps_set(struct visit *v, size_t k)
{
	struct act_step step[CASE_STATES];
	size_t n = act_steps(v->d, k, step), may = 0, not = 0;
	struct view *yes = visit_rows(v, n), *no = visit_rows(v, n +
	    DOWNGRADES);

	for (size_t i = 0; i < n; i++) {
		enum act a = act_of_state(step[i].to);
		if (step[i].to == CASE_DESTROYED ||
		    step[i].to == CASE_FORWARDED ||
		    step[i].to == CASE_RECUSAL || (step[i].allowed &&
		    (step[i].to == CASE_CLOSED ||
		    step[i].to == CASE_RETAINED))) {
			continue; /* these have a page or form of their own */
		}
		struct view *row = step[i].allowed ? &yes[may++] :
		    &no[not++];
		view_text(row, "to", case_state_code(step[i].to));
		view_text(row, "label", state_label(v, step[i].to));
		view_text(row, "reason", a != ACT_COUNT ||
		    step[i].to == CASE_REOPENED ? "1" : NULL);
		if (!step[i].allowed) {
			view_text(row, "why", refusal_text(v, &step[i].why));
			/* "No route" is asked for in any state, below */
			view_text(row, "act", a == ACT_COUNT || a ==
			    ACT_FEEDBACK_WITHOUT_ROUTE ? NULL : act_code(a));
		}
	}
	if (case_state_open(v->d->state->kase[k].state)) {
		not += downgrades_set(v, k, &no[not]);
	}
	view_list(&v->view, "may", yes, may);
	view_list(&v->view, "may_not", no, not);
	view_flag(&v->view, "some_not", not > 0);
}

static void
classes_set(struct visit *v)
{
	size_t n = retention_classes(v->d->profile), m = 0;
	struct view *rows = visit_rows(v, n);

	for (size_t i = 0; i < n; i++) {
		struct retention_class c = retention_class(v->d->profile, i);
		if (c.from == RETAIN_FROM_FETCHED ||
		    c.from == RETAIN_FROM_ACTIVITY) {
			continue;
		}
		view_text(&rows[m], "value", c.code);
		view_text(&rows[m++], "label", visit_text(v, "%s: %s",
		    c.code, retention_label(v->d->profile, i, language(v))));
	}
	view_list(&v->view, "classes", rows, m);
}

static void
people_set(struct visit *v, const struct kase *c)
{
	const struct keyset *k = v->d->keyset;
	struct view *rows = visit_rows(v, KEYSET_PEOPLE_MAX + 1);
	size_t n = 0;

	for (unsigned i = 0; k != NULL && i < k->people; i++) {
		bool subject = false;
		if (k->person[i].desk != v->d->ring->desk &&
		    k->person[i].role != PERSON_APPROVER) {
			continue;
		}
		for (unsigned j = 0; j < c->subjects; j++) {
			subject |= strcmp(c->subject[j], k->person[i].id) == 0;
		}
		view_text(&rows[n], "value", k->person[i].id);
		view_flag(&rows[n], "handles", strcmp(c->handler,
		    k->person[i].id) == 0);
		view_flag(&rows[n], "holder", k->person[i].role ==
		    PERSON_HOLDER && !subject);
		view_text(&rows[n++], "right", say(v, subject ?
		    TEXT_RIGHT_SUBJECT : k->person[i].role == PERSON_HOLDER ?
		    TEXT_RIGHT_HOLDER : TEXT_RIGHT_APPROVER));
	}
	view_list(&v->view, "people", rows, n);
}

static void
timeline_set(struct visit *v, size_t k)
{
	const struct state *s = v->d->state;
	struct view *rows = visit_rows(v, s->steps);
	size_t n = 0;

	for (size_t i = s->steps; i-- > 0;) {
		if (s->step[i].kase == k) {
			view_text(&rows[n], "day_iso", date_iso(v,
			    s->step[i].day));
			view_text(&rows[n], "day", date_short(v,
			    s->step[i].day));
			view_text(&rows[n], "label", state_label(v,
			    s->step[i].to));
			view_text(&rows[n++], "who", s->step[i].person[0] == 0
			    ? NULL : visit_text(v, "%s", s->step[i].person));
		}
	}
	view_list(&v->view, "steps", rows, n);
}

/* Terms beside those that run by themselves */
static void
terms_set(struct visit *v, const struct kase *c)
{
	struct clock_terms terms = clocks_terms(v->d->profile);
	struct view *w = &v->work;

	view_flag(w, "terms", c->kind == REPORT_REPORT &&
	    case_state_open(c->state));
	view_flag(w, "authority", profile_external(v->d->profile));
	view_text(w, "meeting_due", c->meeting == DAY_NONE ? NULL :
	    date_long(v, clock_meeting_due(&terms, v->d->holidays,
	    c->meeting)));
	view_text(w, "today_iso", date_iso(v, v->d->today));
	view_text(w, "waived", c->ack_waiver[0] == 0 ? NULL : code_label(v,
	    "ack_waiver", c->ack_waiver));
	view_flag(w, "extended", c->extended);
	options_set(v, w, "waivers", "ack_waiver", "");
}

void
case_work_set(struct visit *v, size_t k)
{
	const struct kase *c = &v->d->state->kase[k];
	struct view *w = &v->work;
	day_t until;

	steps_set(v, k);
	requests_set(v, k);
	classes_set(v);
	people_set(v, c);
	timeline_set(v, k);
	places_set(v, w);
	view_flag(w, "scrubber", scrub_available());
	view_flag(w, "open", case_state_open(c->state));
	view_flag(w, "no_mailbox", !c->has_mailbox &&
	    case_state_open(c->state));
	view_flag(w, "answered", c->state == CASE_ANSWERED);
	view_flag(w, "closed", c->state == CASE_CLOSED);
	view_flag(w, "ends", c->state == CASE_RETAINED || act_late(v->d, k));
	view_text(w, "late", !act_late(v->d, k) ? NULL : say_n(v,
	    TEXT_DESTROY_LATE, state_late(v->d->state, k)));
	view_flag(w, "paper_again", c->destroyed && c->moved_to == 0 &&
	    !act_late(v->d, k));
	view_flag(w, "hold", c->hold);
	terms_set(v, c);
	targets_set(v);
	grounds_set(v, k);
	view_flag(w, "oral", c->oral);
	view_text(w, "oral_state", oral_label(v, c->oral_state));
	view_text(w, "retention", c->retention[0] == 0 ? NULL :
	    visit_text(v, "%s", c->retention));
	view_text(w, "destroy_on", c->retention[0] == 0 ? "" :
	    c->destroy_on == DAY_NEVER ? say(v, TEXT_NEVER) :
	    date_long(v, destroy_day(v->d, k)));
	view_text(w, "answers_until", c->has_mailbox && !c->destroyed &&
	    mailbox_end(v->d, k, &until) == OK && until != DAY_NEVER ? date_long(v, until) : NULL);
	view_text(w, "handler", person_label(v, c->handler));
	options_set(v, w, "outcomes", "outcome", c->code[KASE_OUTCOME]);
	options_set(v, w, "measures", "measure", c->code[KASE_MEASURES]);
	options_set(v, w, "investigations", "investigation",
	    c->code[KASE_INVESTIGATION]);
	options_set(v, w, "statuses", "investigation_status",
	    c->code[KASE_INVESTIGATION_STATUS]);
	view_text(w, "outcome", c->code[KASE_OUTCOME][0] == 0 ?
	    say(v, TEXT_UNKNOWN) : code_label(v, "outcome",
	    c->code[KASE_OUTCOME]));
}
