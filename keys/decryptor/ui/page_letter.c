/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A letter to the reporter: filled from a template, changed by hand, looked
 * at as the reporter will read it, then put ready for the stick. Nothing is
 * kept between these steps but what stands in the form.
 */
#include <string.h>

#include "../letters.h"
#include "../replies.h"
#include "case.h"

#define LETTER_MAX 65536u

/* A letter by name; false and the plain message when there is none */
static bool
letter_of(const char *word, size_t *out)
{
	*out = 0;
	for (size_t i = 0; i < letters_count(); i++) {
		if (strcmp(letter_name(i), word) == 0) {
			*out = i;
			return true;
		}
		if (strcmp(letter_name(i), "message") == 0) {
			*out = i;
		}
	}
	return false;
}

/* Letters that name who gets the case */
static bool
names_receiver(size_t i)
{
	return strcmp(letter_name(i), "consent") == 0 ||
	    strcmp(letter_name(i), "forwarding") == 0;
}

static const char *
template_text(struct visit *v, size_t i)
{
	struct buf out = buf_new_secret(LETTER_MAX);
	struct target to;
	const char *text = "";

	if (letter_make(v->d, v->k, letter_name(i), NULL, target_given(v,
	    &to) ? &to : NULL, NULL, &out) == OK) {
		text = visit_keep(v, (const char *)out.p, out.len);
	}
	buf_free(&out);
	return text;
}

/* The language the text is in: what was chosen, or that of the template */
static const char *
text_language(struct visit *v, size_t i)
{
	const char *given = field(v, "language");

	return given[0] != 0 ? given : letter_language(letter_name(i),
	    v->d->state->kase[v->k].language);
}

/* Asked only of a report in whose language there is no letter: by default
 * the template's, which most change and few translate */
static void
languages_set(struct visit *v, size_t i, bool fresh)
{
	const char *own = v->d->state->kase[v->k].language,
	    *of = letter_language(letter_name(i), own),
	    *now = fresh ? of : text_language(v, i);
	const char *const all[] = {of, own, strcmp(of, "nl") == 0 ? "en" :
		"nl"};
	struct view *row = visit_rows(v, 3), *w = &v->view;

	for (size_t l = 0; l < 3; l++) {
		view_text(&row[l], "value", visit_text(v, "%s", all[l]));
		view_flag(&row[l], "chosen", strcmp(all[l], now) == 0);
	}
	view_list(w, "text_languages", row, 3);
	view_flag(w, "language_asked", strcmp(of, own) != 0);
	view_text(w, "text_language", report_language_valid(now) ? now : of);
}

/* ${fresh}: the text does what its template does, not what was ticked */
static void
form(struct visit *v, size_t i, const char *text, size_t len, bool fresh)
{
	const struct kase *c = &v->d->state->kase[v->k];
	size_t n = letters_count();
	struct view *kinds = visit_rows(v, n), *w = &v->view;
	bool dated;
	unsigned parts = 0;
	uint8_t id[16];
	struct letter l;
	struct term t;

	case_head(v, v->k);
	if (letter_find(letter_name(i), &l) != OK) {
		visit_plain(v, 500, TEXT_NO_PAGE);
		return;
	}
	for (size_t j = 0; j < n; j++) {
		view_text(&kinds[j], "value", letter_name(j));
		view_text(&kinds[j], "label", letter_label(j, language(v)));
		view_flag(&kinds[j], "chosen", i == j);
	}
	view_list(w, "kinds", kinds, n);
	view_text(w, "kind", letter_name(i));
	view_text(w, "kind_label", letter_label(i, language(v)));
	view_flag(w, "has_parts", l.mailbox && l.kind !=
	    REPLY_ACKNOWLEDGEMENT && l.kind != REPLY_QUESTION);
	view_flag(w, "to_reporter", l.mailbox);
	view_flag(w, "reasoned", fresh ? l.reasoned :
	    field(v, "reasoned")[0] != 0);
	view_flag(w, "options", fresh ? l.options :
	    field(v, "options")[0] != 0);
	view_flag(w, "told", fresh ? l.forwarded : field(v, "told")[0] != 0);
	view_flag(w, "names_receiver", names_receiver(i) || (l.mailbox &&
	    l.kind != REPLY_ACKNOWLEDGEMENT));
	targets_set(v);
	view_text(w, "text", text);
	languages_set(v, i, fresh);
	view_flag(w, "fits", c->has_mailbox && reply_parts(v->d, v->k,
	    &(struct act_answer){.kind = l.kind, .text = text, .len = len},
	    id, &parts) == OK);
	view_text(w, "length", visit_text(v, "%zu", len));
	view_text(w, "parts", visit_text(v, "%u", parts));
	view_text(w, "day", v->post ? field(v, "day") :
	    date_iso(v, v->d->today));
	view_flag(w, "by_letter", strcmp(field(v, "by"), "letter") == 0);
	view_flag(w, "by_talk", strcmp(field(v, "by"), "talk") == 0);
	view_flag(w, "by_no_route", strcmp(field(v, "by"), "no_route") == 0);
	dated = l.mailbox && (l.kind == REPLY_FEEDBACK ||
	    l.kind == REPLY_ACKNOWLEDGEMENT);
	if (dated && desk_terms_run(c) && term_of(v, v->k, l.kind == REPLY_FEEDBACK, &t) == OK) {
		term_set(v, w, &t);
		view_flag(w, "has_term", true);
	}
	visit_page(v, PAGE_LETTER, TEXT_TITLE_LETTER, 3);
}

static enum err
settle(struct visit *v, size_t i, struct refusal *why)
{
	struct act_answer a = {.text = field(v, "text"),
		.len = fields_len(v->form, "text"),
		.reasoned = field(v, "reasoned")[0] != 0,
		.options = field(v, "options")[0] != 0};
	const char *by = field(v, "by");
	enum given_by how = strcmp(by, "letter") == 0 ? GIVEN_LETTER :
	    strcmp(by, "talk") == 0 ? GIVEN_TALK :
	    strcmp(by, "no_route") == 0 ? GIVEN_NO_ROUTE : GIVEN_MAILBOX;
	day_t day = v->d->today;
	struct target to;
	struct letter l;

	if (letter_find(letter_name(i), &l) != OK || !l.mailbox) {
		return refuse(why, ERR_USAGE, "Deze brief gaat niet naar de "
		    "melder. Druk hem af.", "This letter does not go to the "
		    "reporter. Print it.");
	}
	a.kind = l.kind;
	a.language = text_language(v, i);
	if (letter_whole(a.text, a.len, why) != OK) {
		return why->e;
	}
	if (field(v, "told")[0] != 0) {
		if (!target_given(v, &to)) {
			return refuse(why, ERR_USAGE, "Kies de ontvanger "
			    "waarover dit bericht gaat.", "Choose the "
			    "receiver that this message is about.");
		}
		a.tells = &to;
	}
	if (how == GIVEN_MAILBOX) {
		return act_reply(v->d, v->k, &a, why);
	}
	if (field(v, "day")[0] != 0 && day_parse(field(v, "day"), &day) !=
	    OK) {
		return refuse(why, ERR_USAGE, "Dat is geen dag.",
		    "That is no day.");
	}
	return act_given(v->d, v->k, how, day, &a, why);
}

void
page_letter(struct visit *v)
{
	size_t i;
	bool known = letter_of(v->post ? field(v, "kind") :
	    v->query(v, "kind"), &i);
	struct refusal why;
	const char *text;

	if (v->d->state->importing) {
		visit_plain(v, 409, TEXT_IMPORT_CUT);
		return;
	}
	if (v->post && !known) { /* never another letter than was asked for */
		refuse(&why, ERR_USAGE, "Deze brief bestaat niet. Er is niets "
		    "klaargezet; kies het soort opnieuw. Uw tekst staat er "
		    "nog.", "There is no such letter. Nothing was made "
		    "ready; choose the kind again. Your text is still "
		    "there.");
		notice_refusal(v, &why);
		text = field(v, "text");
		form(v, i, text, strlen(text), false);
		return;
	}
	if (!v->post || strcmp(field(v, "do"), "fill") == 0) {
		text = template_text(v, i);
		form(v, i, text, strlen(text), true);
		return;
	}
	text = field(v, "text");
	if (strcmp(field(v, "do"), "settle") != 0) { /* look at it */
		form(v, i, text, strlen(text), false);
		return;
	}
	if (settle(v, i, &why) != OK) {
		notice_refusal(v, &why);
		form(v, i, text, strlen(text), false); /* the text is not lost */
		return;
	}
	notice_good(v, TEXT_LETTER_READY, NULL);
	visit_go(v, "/case/%s#talk", v->d->state->kase[v->k].ref);
}
