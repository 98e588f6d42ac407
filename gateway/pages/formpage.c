/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The form of a report or a question, empty or with what was typed, and the
 * page that shows it before it is sent. Nothing is kept between the pages:
 * the preview carries the text in hidden fields, in the reporter's browser.
 */
#include <stdio.h>
#include <string.h>

#include "meldluik/secret.h"
#include "pages.h"

static const char *const texts[] = { "what", "when", "where", "who",
	"how_known", "danger", "told_someone", "wishes", "code", "about" };
#define TEXTS_ANSWERS 8u /* the first ones are answers */

static const struct {
	const char *word, *flag;
	enum text_id label;
} relations[] = {
	{ "employee", "rel_employee", TEXT_REL_EMPLOYEE },
	{ "hired", "rel_hired", TEXT_REL_HIRED },
	{ "former", "rel_former", TEXT_REL_FORMER },
	{ "supplier", "rel_supplier", TEXT_REL_SUPPLIER },
	{ "office_holder", "rel_office_holder", TEXT_REL_OFFICE },
	{ "citizen", "rel_citizen", TEXT_REL_CITIZEN },
	{ "not_said", "rel_not_said", TEXT_REL_NONE },
};
#define RELATIONS (sizeof(relations) / sizeof(*relations))

/* Everything a form page holds besides the site; in secret memory */
struct form_page {
	struct site *s;
	unsigned lang;
	char id[FORM_ID_TEXT];
	struct view v, ongoing[3];
	struct view row[QUESTIONS_MAX + 16]; /* of the preview */
	struct question_views questions;
};

static void
ongoings(struct form_page *p, const struct fields *f)
{
	static const char *const words[] = { "yes", "no", "unknown" };
	unsigned i;

	for (i = 0; i < 3; i++) {
		view_init(&p->ongoing[i], NULL);
		view_text(&p->ongoing[i], "value", words[i]);
		view_text(&p->ongoing[i], "label", site_text(p->lang,
		    (enum text_id)(TEXT_YES + i)));
		view_flag(&p->ongoing[i], "checked",
		    strcmp(fields_get(f, "ongoing"), words[i]) == 0);
	}
	view_list(&p->v, "ongoings", p->ongoing, 3);
}

/* The same number, so that a later success counts as this form */
static void
number(struct form_page *p, const struct fields *f)
{
	uint8_t old[FORM_ID];

	if (hex_decode(fields_get(f, "form"), old, sizeof(old)) == OK) {
		hex_encode(old, sizeof(old), p->id);
	} else {
		form_id_new(p->id);
	}
	view_text(&p->v, "form", p->id);
}

static void
common(struct form_page *p, bool advice, const struct fields *f)
{
	struct view *v = &p->v;
	bool filled = false;
	unsigned i, desk;

	view_init(v, &p->s->view);
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		view_bytes(v, texts[i], fields_get(f, texts[i]),
		    fields_len(f, texts[i]));
		filled = filled || (i > 0 && i < TEXTS_ANSWERS &&
		    fields_len(f, texts[i]) > 0);
	}
	ongoings(p, f);
	for (i = 0; i < RELATIONS; i++) {
		view_flag(v, relations[i].flag, strcmp(fields_get(f,
		    "relation"), relations[i].word) == 0);
	}
	questions_show(&p->questions, p->lang, advice, f, v);
	number(p, f);
	view_text(v, "kind", advice ? "advice" : "report");
	view_flag(v, "is_report", !advice);
	view_flag(v, "filled", filled || *fields_get(f, "ongoing") != '\0' ||
	    *fields_get(f, "relation") != '\0');
	view_text(v, "desk", site_desk(p->s, fields_get(f, "about"), &desk)
	    == OK ? site_desk_name(p->s, desk) : NULL);
	view_flag(v, "past_about", true);
	view_flag(v, "past_code", true);
	view_flag(v, "at_report", true);
}

static struct form_page *
page_new(struct exchange *x, unsigned lang)
{
	struct form_page *p = secret_new(sizeof(*p));

	if (p != NULL) {
		p->lang = lang;
		p->s = site_open(lang);
	}
	if (p == NULL || p->s == NULL) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
		secret_free(p);
		return NULL;
	}
	return p;
}

static void
page_free(struct form_page *p)
{
	if (p != NULL) {
		site_close(p->s);
		secret_free(p);
	}
}

void
form_answer(struct exchange *x, unsigned lang, const struct fields *f)
{
	struct form_page *p = page_new(x, lang);
	const char *about = fields_get(f, "about");
	unsigned desk;

	if (p == NULL) {
		return;
	}
	if (p->s->epoch == NULL || !site_role_known(p->s, about) ||
	    site_desk(p->s, about, &desk) != OK) {
		page_answer(x, 503, PAGE_CLOSED, lang, &p->s->view, false);
	} else {
		common(p, strcmp(fields_get(f, "kind"), "advice") == 0, f);
		view_flag(&p->v, "no_mailbox",
		    strcmp(fields_get(f, "next"), "none") == 0);
		page_answer_padded(x, 200, PAGE_FORM, lang, &p->v,
		    SMALL_PAGE);
	}
	page_free(p);
}

static bool
is_advice(enum post what, const struct fields *f)
{
	return what == POST_ADVICE || (what != POST_REPORT &&
	    strcmp(fields_get(f, "kind"), "advice") == 0);
}

void
form_filled(struct exchange *x, unsigned lang, enum post what,
    const struct fields *f, enum text_id why)
{
	struct form_page *p = page_new(x, lang);
	bool bad_what = why == TEXT_ERR_TEXT || why == TEXT_ERR_LARGE;
	bool bad_code = why == TEXT_ERR_CODE_MISSING ||
	    why == TEXT_ERR_CODE_TYPO || why == TEXT_ERR_CODE_LENGTH ||
	    why == TEXT_ERR_CODE_DESK;

	if (p == NULL) {
		return;
	}
	common(p, is_advice(what, f), f);
	view_flag(&p->v, "no_mailbox", *fields_get(f, "no_mailbox") != '\0');
	view_flag(&p->v, "bad_code", bad_code);
	view_flag(&p->v, "bad_what", bad_what);
	view_flag(&p->v, "again", true);
	view_text(&p->v, "error", why == NO_PROBLEM ? NULL :
	    site_text(lang, why));
	view_text(&p->v, "at", bad_code ? "#code" : bad_what ? "#what" :
	    NULL);
	page_answer_padded(x, 200, PAGE_FORM, lang, &p->v, TEXT_PAGE);
	page_free(p);
}

/* One line of the preview; nothing for what was not answered. The languages
 * are NULL where they are the page's */
static void
line_in(struct form_page *p, size_t *n, const char *asked,
    const char *asked_lang, const char *text, const char *text_lang)
{
	if (text[strspn(text, " \t\n")] == '\0') {
		return;
	}
	view_init(&p->row[*n], NULL);
	view_text(&p->row[*n], "asked", asked);
	view_text(&p->row[*n], "asked_lang", asked_lang);
	view_text(&p->row[*n], "text_lang", text_lang);
	view_text(&p->row[(*n)++], "text", text);
}

static void
line(struct form_page *p, size_t *n, const char *asked, const char *text)
{
	line_in(p, n, asked, NULL, text, NULL);
}

void
preview_answer(struct exchange *x, unsigned lang, enum post what,
    const struct fields *f)
{
	static const enum text_id asked[] = { TEXT_WHAT, TEXT_WHEN,
		TEXT_WHERE, TEXT_WHO, TEXT_HOW, TEXT_DANGER, TEXT_TOLD,
		TEXT_WISHES };
	struct form_page *p = page_new(x, lang);
	const struct organisation *o = organisation();
	bool advice = is_advice(what, f);
	const char *answer;
	size_t n = 0;
	unsigned i;

	if (p == NULL) {
		return;
	}
	common(p, advice, f);
	for (i = 0; i < TEXTS_ANSWERS; i++) {
		line(p, &n, site_text(lang, advice && i == 0 ?
		    TEXT_WHAT_ADVICE : asked[i]), fields_get(f, texts[i]));
	}
	for (i = 0; i < 3; i++) {
		static const char *const words[] = { "yes", "no", "unknown" };

		if (strcmp(fields_get(f, "ongoing"), words[i]) == 0) {
			line(p, &n, site_text(lang, TEXT_ONGOING),
			    site_text(lang, (enum text_id)(TEXT_YES + i)));
			view_text(&p->v, "ongoing", words[i]);
		}
	}
	for (i = 0; i < RELATIONS; i++) {
		if (strcmp(fields_get(f, "relation"), relations[i].word) ==
		    0) {
			line(p, &n, site_text(lang, TEXT_RELATION),
			    site_text(lang, relations[i].label));
			view_text(&p->v, "relation", relations[i].word);
		}
	}
	for (i = 0; i < o->questions; i++) {
		const struct question *q = &o->question[i];

		answer = question_answer(q, lang, f);
		if (answer != NULL) {
			line_in(p, &n, q->ask.in[lang], q->ask.of[lang],
			    answer, question_answer_language(q, lang, f));
		}
	}
	view_list(&p->v, "lines", p->row, n);
	view_flag(&p->v, "no_mailbox", *fields_get(f, "no_mailbox") != '\0');
	view_flag(&p->v, "has_code", *fields_get(f, "code") != '\0');
	page_answer_padded(x, 200, PAGE_PREVIEW, lang, &p->v, TEXT_PAGE);
	page_free(p);
}
