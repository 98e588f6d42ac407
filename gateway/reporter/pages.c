/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The pages that a reporter meets, as the gateway serves them now. They
 * depend on the organisation, so no release can sign them; but what runs in
 * them is one signed script, and all else is of our templates: the hooks of
 * that script, the forms, where a link leads and every word but the
 * organisation's own.
 */
#include <stdio.h>
#include <string.h>

#include "embedded_pages.h"
#include "meldluik/pagepolicy.h"
#include "pagematch.h"
#include "pageshape.h"
#include "reporter.h"
#include "shown.h"

#define SHOWN_MAX 262144u

static const struct {
	const char *name; /* after the language */
	const char *kind; /* as gateway/pages/still.c; NULL: no script */
	enum page_id page;
} shown[] = {
	{ "", NULL, PAGE_START }, { "report", "report", PAGE_ABOUT },
	{ "advice", "advice", PAGE_ABOUT }, { "replies", "report", PAGE_CHECK },
};
#define SHOWN (sizeof(shown) / sizeof(*shown))

static bool
header_is(struct reporter *r, const char *name, const char *value)
{
	const char *got = transfer_header(r->t, name);

	return got == NULL || value == NULL ? got == value :
	    strcmp(got, value) == 0;
}

/* What is wrong with the headers, or NULL */
static const char *
headers_wrong(struct reporter *r)
{
	if (!header_is(r, PAGE_POLICY_NAME, PAGE_POLICY)) {
		return "its " PAGE_POLICY_NAME " is not that of the gateway";
	}
	if (!header_is(r, "Content-Type", PAGE_HTML)) {
		return "its Content-Type is not " PAGE_HTML;
	}
	/* either brings a page that was not looked at */
	if (!header_is(r, "Refresh", NULL) || !header_is(r, "Link", NULL)) {
		return "it has a header Refresh or Link";
	}
	return NULL;
}

/* Is it made of our template, or of the one that says: not open yet? */
static enum err
words_look(const struct buf *page, const char *lang, unsigned i,
    char why[PAGE_WHY])
{
	const struct embedded *t;
	unsigned l = 0, line, end;
	enum err e;

	while (l < LANGUAGES && strcmp(page_languages[l].code, lang) != 0) {
		l++;
	}
	if (l == LANGUAGES) {
		(void)snprintf(why, PAGE_WHY, "this program (release %s) does "
		    "not know its language", MELDLUIK_VERSION);
		return ERR_FORMAT;
	}
	t = &page_templates[shown[i].page][l];
	e = page_match((const char *)t->p, t->len, lang, shown[i].kind, page,
	    &line);
	if (e == ERR_FORMAT && shown[i].page == PAGE_ABOUT) {
		t = &page_templates[PAGE_CLOSED][l];
		e = page_match((const char *)t->p, t->len, lang,
		    shown[i].kind, page, &end);
		if (e == OK) {
			say("/%s/%s: says that nothing can be sent now", lang,
			    shown[i].name);
		}
	}
	if (e == ERR_FORMAT) {
		(void)snprintf(why, PAGE_WHY, "line %u is not of the page of "
		    "release %s", line, MELDLUIK_VERSION);
	}
	return e;
}

/* ${there}: the page is served; a language that is off has none, and what
 * is said then must run nothing either */
static enum err
page_look(struct reporter *r, const char *lang, unsigned i, bool *there)
{
	char path[32], why[PAGE_WHY];
	struct request q = { "GET", path, NULL, NULL, 0, SHOWN_MAX };
	const char *wrong = why;
	struct answer a;
	enum err e;

	(void)snprintf(path, sizeof(path), "/%s/%s", lang, shown[i].name);
	*there = false;
	if ((e = transfer_patient(r->t, &q, &a)) != OK) {
		say("%s: %s", path, e == ERR_IO ? transfer_trouble(r->t) :
		    err_text(e));
		answer_clear(&a);
		return e;
	}
	*there = a.status == 200;
	if (!*there && a.status != 404) {
		(void)snprintf(why, sizeof(why), "the answer is %ld",
		    a.status);
		e = ERR_FORMAT;
	} else if ((wrong = headers_wrong(r)) != NULL) {
		e = ERR_FORMAT;
	} else {
		wrong = why;
		e = page_shape(&a.body, *there ? lang : NULL, *there &&
		    shown[i].kind != NULL, why);
		if (e == OK && *there) {
			e = words_look(&a.body, lang, i, why);
		}
	}
	if (e != OK) {
		say("%s: is NOT as the gateway serves it: %s; do not use this "
		    "page", path, e == ERR_MEMORY ? err_text(e) : wrong);
	}
	answer_clear(&a);
	return e;
}

/* All pages of a language, or none */
static enum err
language_look(struct reporter *r, const char *lang, bool *served)
{
	unsigned count = 0;
	enum err e = OK, last;
	bool there;

	for (unsigned i = 0; i < SHOWN; i++) {
		if ((last = page_look(r, lang, i, &there)) != OK) {
			e = last;
		}
		count += there;
	}
	if (e == OK && count != 0 && count != SHOWN) {
		say("/%s/: only %u of the pages report, advice, replies and "
		    "the first are there", lang, count);
		e = ERR_FORMAT;
	}
	if (e == OK && count == SHOWN) {
		printf("/%s/: report, advice and replies load /script.%s.js "
		    "and nothing else; the first page loads none\n", lang,
		    lang);
		*served = true;
	}
	return e;
}

/* "script.nl.js": nl */
static bool
script_language(const char *name, char lang[3])
{
	if (strlen(name) != strlen("script.nl.js") ||
	    strncmp(name, "script.", 7) != 0 ||
	    strcmp(name + 9, ".js") != 0) {
		return false;
	}
	memcpy(lang, name + 7, 2);
	lang[2] = '\0';
	return true;
}

enum err
pages_look(struct reporter *r, const struct page *g)
{
	bool served = false;
	enum err e = OK, last;
	char lang[3];

	for (unsigned i = 0; i < g->files; i++) {
		if (script_language(g->file[i].name, lang) &&
		    (last = language_look(r, lang, &served)) != OK) {
			e = last;
		}
	}
	if (e == OK && !served) {
		say("no page is there in any language of page.json");
		e = ERR_UNKNOWN;
	}
	return e;
}
