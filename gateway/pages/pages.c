/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The table of page handlers, and how a page becomes an answer. Pages without
 * input are in still.c; one with a code or a text is never kept and never
 * compressed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "pages.h"

#define SMALL_MAX 8192u /* an urlencoded form */
#define LARGE_MAX (ENVELOPE_SIZE_MAX + 1048576u)

enum err
page_render(enum page_id page, unsigned lang, const struct view *v,
    struct buf *out)
{
	const struct embedded *t = &page_templates[page][lang];
	enum err e = view_render(v, (const char *)t->p, t->len, out);

	if (e == ERR_UNKNOWN || e == ERR_FORMAT) {
		abort(); /* a template asks for what no page has */
	}
	return e;
}

void
page_failure(struct exchange *x, unsigned status)
{
	exchange_answer(x, status, "text/plain; charset=utf-8",
	    status == 404 ? "404\n" : "503\n", 4, 0);
}

void
page_answer(struct exchange *x, unsigned status, enum page_id page,
    unsigned lang, const struct view *v, bool secret)
{
	struct buf b = secret ? buf_new_secret(PAGE_MAX) : buf_new(PAGE_MAX);

	if (page_render(page, lang, v, &b) == OK) {
		exchange_answer(x, status, HTML, b.p, b.len,
		    secret ? ANSWER_SECRET : 0);
	} else {
		page_failure(x, 503);
	}
	buf_free(&b);
}

bool
page_pad(struct buf *b, size_t size)
{
	size_t used = b->len;

	while (size < used && size < PAGE_MAX) {
		size *= 2;
	}
	buf_zeros(b, size - used);
	if (b->failed) {
		return false;
	}
	memset(b->p + used, ' ', size - used);
	return true;
}

void
page_answer_padded(struct exchange *x, unsigned status, enum page_id page,
    unsigned lang, const struct view *v, size_t size)
{
	struct buf b = buf_new_secret(PAGE_MAX);

	if (page_render(page, lang, v, &b) == OK && page_pad(&b, size)) {
		exchange_answer(x, status, HTML, b.p, b.len, ANSWER_SECRET);
	} else {
		page_failure(x, 503);
	}
	buf_free(&b);
}

void
page_fail(struct exchange *x, unsigned status, unsigned lang,
    enum text_id why)
{
	struct site *s;
	struct view v;

	if (still_failed(x, status, lang, why)) {
		return;
	}
	s = site_open(lang);
	if (s == NULL) {
		page_failure(x, 503);
		return;
	}
	view_init(&v, &s->view);
	view_text(&v, "error", site_text(lang, why));
	page_answer_padded(x, status, PAGE_FAILED, lang, &v, SMALL_PAGE);
	site_close(s);
}

/* "/nl/who": language and the rest; false when it is none that is on */
static bool
path_split(const char *path, unsigned *lang, const char **rest)
{
	unsigned l;

	for (l = 0; l < LANGUAGES; l++) {
		const char *name = site_language(l);

		if (language_on(l) && path[0] == '/' && strncmp(path + 1, name, 2) == 0 &&
		    path[3] == '/') {
			*lang = l;
			*rest = path + 4;
			return true;
		}
	}
	return false;
}

static void
page_begin(struct exchange *x)
{
	const char *rest;
	unsigned lang = language_first();

	if (!path_split(exchange_path(x), &lang, &rest) ||
	    !still_page(x, rest, lang, false)) {
		still_lost(x, 404, lang);
	}
}

/*
 * The language of Accept-Language that is on and wanted most (RFC 9110
 * 12.5.4); of equals the first. Looked at for this answer and never kept.
 */
static unsigned
language_wanted(const char *s)
{
	unsigned best = language_first(), l, q, top = 0;
	const char *weight;
	size_t n;

	for (; s != NULL && *s != '\0'; s += n + (s[n] == ',')) {
		s += strspn(s, " \t");
		n = strcspn(s, ",");
		weight = memmem(s, n, ";q=", 3);
		q = 1000;
		if (weight != NULL && weight[3] == '0') {
			q = weight[4] != '.' || weight[5] < '0' ||
			    weight[5] > '9' ? 0 :
			    (unsigned)(weight[5] - '0') * 100 + 1;
		}
		l = n >= 2 && (n == 2 || strchr("-; ", s[2]) != NULL) ?
		    language_find(s, 2) : LANGUAGES;
		if (l < LANGUAGES && language_on(l) && q > top) {
			best = l;
			top = q;
		}
	}
	return best;
}

void
page_lost(struct exchange *x, unsigned status)
{
	const char *rest;
	unsigned lang;

	if (!path_split(exchange_path(x), &lang, &rest)) {
		lang = language_wanted(exchange_header(x, "Accept-Language"));
	}
	still_lost(x, status, lang);
}

/* The start page itself: a redirection would cost a trip through Tor */
static void
root_begin(struct exchange *x)
{
	exchange_add_header(x, "Vary", "Accept-Language");
	still_page(x, "", language_wanted(exchange_header(x,
	    "Accept-Language")), true);
}

/* --- forms --- */

void
page_refused(struct exchange *x, unsigned status)
{
	unsigned lang = language_first();
	const char *rest;

	(void)path_split(exchange_path(x), &lang, &rest);
	page_fail(x, status, lang, status == 413 ? TEXT_ERR_FILES :
	    TEXT_ERR_PLACES);
}

/*
 * The first bytes wait in plain memory, which in this process is locked, kept
 * from core dumps, and wiped here: secret memory has a page and two fences
 * each, and ten thousand slow connections would use up what a process may map.
 */
struct posted {
	enum post what;
	unsigned lang;
	uint8_t early[EXCHANGE_EARLY];
	size_t early_len;
	bool settled; /* has its place, and what follows */
	uint8_t *small; /* urlencoded body, secret memory */
	size_t small_len;
	bool over;
	struct sending *sending;
};

static void
post_begin(struct exchange *x)
{
	static const char *const names[] = {
		[POST_CODE] = "code", [POST_FORM] = "form",
		[POST_REPLIES] = "replies", [POST_WITHDRAW] = "withdraw",
		[POST_REPORT] = "report", [POST_ADVICE] = "advice",
		[POST_PREVIEW] = "preview", [POST_EDIT] = "edit",
		[POST_FOLLOW_UP] = "follow-up", [POST_SEALED] = "sealed"};
	struct posted *p;
	const char *rest;
	unsigned lang = language_first(), i;

	if (!path_split(exchange_path(x), &lang, &rest)) {
		still_lost(x, 404, lang);
		return;
	}
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i], rest) == 0) {
			break;
		}
	}
	if (i == sizeof(names) / sizeof(*names)) {
		still_lost(x, 404, lang);
		return;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		page_failure(x, 503);
		return;
	}
	p->what = (enum post)i;
	p->lang = lang;
	exchange_set(x, p);
}

static size_t
post_take(struct exchange *x, struct posted *p, uint8_t *b, size_t len)
{
	if (p->what >= POST_REPORT) {
		return sending_body(x, p->sending, b, len);
	}
	if (len > SMALL_MAX - p->small_len) {
		p->over = true;
	} else {
		memcpy(p->small + p->small_len, b, len);
		p->small_len += len;
	}
	return len;
}

/* A place, memory, and what came before; false: it is answered */
static bool
post_settle(struct exchange *x, struct posted *p)
{
	bool good = exchange_place(x);

	if (good && p->what < POST_REPORT) {
		p->small = secret_new(SMALL_MAX);
		good = p->small != NULL;
	}
	if (good && p->what >= POST_WITHDRAW) {
		p->sending = sending_new(x, p->what, p->lang);
		good = p->sending != NULL;
	}
	if (good) {
		p->settled = true;
		(void)post_take(x, p, p->early, p->early_len);
	} else {
		/* nothing of it was kept here, but the browser has it yet */
		page_fail(x, 503, p->lang, TEXT_ERR_PLACES);
	}
	secret_wipe(p->early, sizeof(p->early));
	return good;
}

static size_t
post_body(struct exchange *x, uint8_t *b, size_t len)
{
	struct posted *p = exchange_get(x);

	if (p->settled || len >= sizeof(p->early) - p->early_len) {
		return p->settled || post_settle(x, p) ?
		    post_take(x, p, b, len) : len;
	}
	memcpy(p->early + p->early_len, b, len);
	p->early_len += len;
	return len;
}

static void
small_finish(struct exchange *x, struct posted *p)
{
	static const char want[] = "application/x-www-form-urlencoded";
	const char *type = exchange_header(x, "Content-Type");
	struct fields *f = fields_new();
	enum err e = f == NULL ? ERR_MEMORY : OK;

	if (e == OK && (p->over || type == NULL ||
	    strncasecmp(type, want, sizeof(want) - 1) != 0)) {
		e = ERR_FORMAT;
	}
	if (e == OK) {
		e = form_urlencoded(p->small, p->small_len, f);
	}
	secret_wipe(p->small, SMALL_MAX);
	if (e != OK) {
		page_fail(x, e == ERR_MEMORY ? 503 : 400, p->lang,
		    e == ERR_MEMORY ? TEXT_ERR_BUSY : TEXT_ERR_FORM);
	} else if (p->what == POST_CODE) {
		code_answer(x, p->lang, f);
	} else if (p->what == POST_FORM) {
		form_answer(x, p->lang, f);
	} else if (p->what == POST_REPLIES) {
		replies_answer(x, p->lang, f);
	} else {
		sending_withdraw(x, p->sending, f);
		f = NULL; /* transferred */
	}
	fields_free(f);
}

static void
post_finish(struct exchange *x)
{
	struct posted *p = exchange_get(x);

	if (!p->settled && !post_settle(x, p)) {
		return;
	}
	if (p->what < POST_REPORT) {
		small_finish(x, p);
	} else {
		sending_finish(x, p->sending);
	}
}

static void
post_release(void *state)
{
	struct posted *p = state;

	if (p != NULL) {
		secret_free(p->small);
		sending_free(p->sending);
		secret_wipe(p, sizeof(*p));
		free(p);
	}
}

#define LANGUAGE(path) \
	{ METHOD_GET, path, 0, page_begin, NULL, NULL, NULL }, \
	{ METHOD_POST, path, LARGE_MAX, post_begin, post_body, post_finish, \
	    post_release }
#define STATIC(path) \
	{ METHOD_GET, path, 0, asset_begin, NULL, NULL, NULL }

/* All languages of the build; those that are off answer 404 */
const struct handler page_handlers[] = {
	{ METHOD_GET, "/", 0, root_begin, NULL, NULL, NULL },
	LANGUAGE("/nl/*"), LANGUAGE("/en/*"), LANGUAGE("/pl/*"),
	LANGUAGE("/uk/*"), LANGUAGE("/tr/*"), LANGUAGE("/ar/*"),
	STATIC("/style.css"), STATIC("/offline.html"),
	STATIC("/script.nl.js"), STATIC("/script.en.js"),
	STATIC("/script.pl.js"), STATIC("/script.uk.js"),
	STATIC("/script.tr.js"), STATIC("/script.ar.js"),
	{ METHOD_GET, NULL, 0, NULL, NULL, NULL, NULL },
};
