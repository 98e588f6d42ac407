/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The table of page handlers, the pages without input, and how a page
 * becomes an answer. A page that depends on nothing but the keyset and the
 * day is rendered once and kept, plain and compressed; a page with a code or
 * a text is never kept and never compressed.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "meldluik/secret.h"
#include "pages.h"

#define HTML "text/html; charset=utf-8"
#define SMALL_MAX 8192u /* an urlencoded form */
#define LARGE_MAX (ENVELOPE_SIZE_MAX + 1048576u)

const struct embedded *
page_static(const char *path)
{
	const struct embedded *e;

	for (e = page_statics; e->name != NULL; e++) {
		if (strcmp(e->name, path) == 0) {
			return e;
		}
	}
	return NULL;
}

static enum err
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

static void
plain_failure(struct exchange *x, unsigned status)
{
	static const char text[] = "503\n";

	exchange_answer(x, status, "text/plain; charset=utf-8", text,
	    sizeof(text) - 1, 0);
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
		plain_failure(x, 503);
	}
	buf_free(&b);
}

void
page_answer_padded(struct exchange *x, unsigned status, enum page_id page,
    unsigned lang, const struct view *v, size_t size)
{
	struct buf b = buf_new_secret(size);
	size_t used;

	if (page_render(page, lang, v, &b) == OK) {
		used = b.len;
		buf_zeros(&b, size - used);
		if (!b.failed) {
			memset(b.p + used, ' ', size - used);
			exchange_answer(x, status, HTML, b.p, b.len,
			    ANSWER_SECRET);
			buf_free(&b);
			return;
		}
	}
	plain_failure(x, 503);
	buf_free(&b);
}

void
page_fail(struct exchange *x, unsigned status, unsigned lang,
    enum text_id why)
{
	struct site *s = site_open(lang);
	struct view v;

	if (s == NULL) {
		plain_failure(x, 503);
		return;
	}
	view_init(&v, &s->view);
	view_text(&v, "error", site_text(lang, why));
	page_answer(x, status, PAGE_FAILED, lang, &v, false);
	site_close(s);
}

/* --- pages without input --- */

static bool
takes_gzip(const struct exchange *x)
{
	const char *s = exchange_header(x, "Accept-Encoding");
	const char *p = s == NULL ? NULL : strstr(s, "gzip");

	/* "gzip;q=0" refuses it */
	return p != NULL && strncmp(p + 4, ";q=0", 4) != 0;
}

static bool
gzip(const uint8_t *p, size_t len, struct buf *out)
{
	z_stream z;
	size_t bound;
	bool good;

	memset(&z, 0, sizeof(z));
	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY)
	    != Z_OK) {
		return false;
	}
	bound = deflateBound(&z, (uLong)len);
	buf_zeros(out, bound);
	if (out->failed) {
		deflateEnd(&z);
		return false;
	}
	z.next_in = (Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)len;
	z.next_out = out->p;
	z.avail_out = (uInt)bound;
	good = deflate(&z, Z_FINISH) == Z_STREAM_END;
	out->len = z.total_out;
	deflateEnd(&z);
	return good;
}

static const struct {
	const char *path; /* after the language */
	enum page_id page;
	const char *kind; /* of about.html */
	bool scripted;
} still[] = {
	{ "", PAGE_START, "report", false },
	{ "report", PAGE_ABOUT, "report", true },
	{ "advice", PAGE_ABOUT, "advice", true },
	{ "replies", PAGE_CHECK, "report", true },
	{ "who", PAGE_WHO, "report", false },
	{ "other", PAGE_OTHER, "report", false },
	{ "privacy", PAGE_PRIVACY, "report", false },
	{ "accessibility", PAGE_ACCESSIBILITY, "report", false },
	{ "sealed", PAGE_SEALED, "report", false },
};
#define STILL (sizeof(still) / sizeof(*still))

static struct {
	bool used, open;
	uint8_t keyset[HASH_LEN];
	day_t day;
	struct buf plain, small;
} kept[STILL][LANGUAGES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool
kept_fresh(unsigned i, unsigned lang, const struct keyset *k, bool open)
{
	static const uint8_t none[HASH_LEN];

	return kept[i][lang].used && kept[i][lang].open == open &&
	    kept[i][lang].day == exchange_today() &&
	    memcmp(kept[i][lang].keyset, k == NULL ? none : k->hash,
	    HASH_LEN) == 0;
}

static bool
kept_make(unsigned i, unsigned lang)
{
	struct site *s = site_open(lang);
	enum page_id page = still[i].page;
	struct view v;
	bool good = false;

	if (s == NULL) {
		return false;
	}
	view_init(&v, &s->view);
	view_text(&v, "kind", still[i].kind);
	view_flag(&v, "is_report", strcmp(still[i].kind, "report") == 0);
	view_flag(&v, "at_about", page == PAGE_ABOUT);
	view_flag(&v, "scripted", still[i].scripted &&
	    page_static("/script.js") != NULL);
	view_text(&v, "code", "");
	if (page == PAGE_ABOUT && s->epoch == NULL) {
		page = PAGE_CLOSED;
	}
	buf_free(&kept[i][lang].plain);
	buf_free(&kept[i][lang].small);
	kept[i][lang].used = false;
	kept[i][lang].plain = buf_new(PAGE_MAX);
	kept[i][lang].small = buf_new(PAGE_MAX);
	if (page_render(page, lang, &v, &kept[i][lang].plain) == OK &&
	    gzip(kept[i][lang].plain.p, kept[i][lang].plain.len,
	    &kept[i][lang].small)) {
		memset(kept[i][lang].keyset, 0, HASH_LEN);
		if (s->keyset != NULL) {
			memcpy(kept[i][lang].keyset, s->keyset->hash,
			    HASH_LEN);
		}
		kept[i][lang].open = s->epoch != NULL;
		kept[i][lang].day = exchange_today();
		kept[i][lang].used = good = true;
	}
	site_close(s);
	return good;
}

static void
still_answer(struct exchange *x, unsigned i, unsigned lang)
{
	const struct snapshot *now = snapshot_take();
	bool small = takes_gzip(x), good;
	const struct buf *b;

	pthread_mutex_lock(&lock);
	good = kept_fresh(i, lang, snapshot_keyset(now),
	    snapshot_epoch(now) != NULL) || kept_make(i, lang);
	snapshot_release(now);
	if (good) {
		b = small ? &kept[i][lang].small : &kept[i][lang].plain;
		if (small) {
			exchange_add_header(x, "Content-Encoding", "gzip");
		}
		exchange_add_header(x, "Vary", "Accept-Encoding");
		exchange_answer(x, 200, HTML, b->p, b->len, 0);
	}
	pthread_mutex_unlock(&lock);
	if (!good) {
		plain_failure(x, 503);
	}
}

/* "/nl/who": language and the rest; false when it is neither language */
static bool
path_split(const char *path, unsigned *lang, const char **rest)
{
	unsigned l;

	for (l = 0; l < LANGUAGES; l++) {
		const char *name = site_language(l);

		if (path[0] == '/' && strncmp(path + 1, name, 2) == 0 &&
		    path[3] == '/') {
			*lang = l;
			*rest = path + 4;
			return true;
		}
	}
	return false;
}

static void
not_found(struct exchange *x, unsigned lang)
{
	struct site *s = site_open(lang);

	if (s == NULL) {
		plain_failure(x, 503);
		return;
	}
	page_answer(x, 404, PAGE_NOTFOUND, lang, &s->view, false);
	site_close(s);
}

static void
page_begin(struct exchange *x)
{
	const char *rest;
	unsigned lang = 0, i;

	if (path_split(exchange_path(x), &lang, &rest)) {
		for (i = 0; i < STILL; i++) {
			if (strcmp(still[i].path, rest) == 0) {
				still_answer(x, i, lang);
				return;
			}
		}
	}
	not_found(x, lang);
}

/* English for those who put it before Dutch; Dutch is the first language */
static bool
wants_english(const char *s)
{
	const char *en = s == NULL ? NULL : strstr(s, "en");
	const char *nl = s == NULL ? NULL : strstr(s, "nl");

	if (s == NULL) {
		return false;
	}
	if (nl == NULL) {
		return en != NULL;
	}
	return en != NULL && en < nl;
}

static void
root_begin(struct exchange *x)
{
	exchange_add_header(x, "Location",
	    wants_english(exchange_header(x, "Accept-Language")) ? "/en/" :
	    "/nl/");
	exchange_add_header(x, "Vary", "Accept-Language");
	exchange_answer(x, 303, HTML, "", 0, 0);
}

static void
static_begin(struct exchange *x)
{
	static const struct {
		const char *path, *small, *type;
	} types[] = {
		{ "/style.css", "/style.css.gz", "text/css; charset=utf-8" },
		{ "/icon.svg", "/icon.svg.gz", "image/svg+xml" },
		{ "/script.js", "/script.js.gz",
		    "text/javascript; charset=utf-8" },
		{ "/offline.html", "/offline.html.gz", HTML },
	};
	const struct embedded *e;
	bool small = takes_gzip(x);
	unsigned i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(types[i].path, exchange_path(x)) != 0) {
			continue;
		}
		e = small ? page_static(types[i].small) : NULL;
		if (e != NULL) {
			exchange_add_header(x, "Content-Encoding", "gzip");
		} else if ((e = page_static(types[i].path)) == NULL) {
			break;
		}
		exchange_add_header(x, "Vary", "Accept-Encoding");
		if (strcmp(types[i].path, "/offline.html") == 0) {
			exchange_add_header(x, "Content-Disposition",
			    "attachment; filename=\"meldluik.html\"");
		}
		exchange_answer(x, 200, types[i].type, e->p, e->len,
		    ANSWER_STORE);
		return;
	}
	not_found(x, 0);
}

/* --- forms --- */

struct posted {
	enum post what;
	unsigned lang;
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
		[POST_FOLLOW_UP] = "follow-up", [POST_SEALED] = "sealed"};
	struct posted *p;
	const char *rest;
	unsigned lang = 0, i;

	if (!path_split(exchange_path(x), &lang, &rest)) {
		not_found(x, 0);
		return;
	}
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i], rest) == 0) {
			break;
		}
	}
	if (i == sizeof(names) / sizeof(*names)) {
		not_found(x, lang);
		return;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		plain_failure(x, 503);
		return;
	}
	p->what = (enum post)i;
	p->lang = lang;
	exchange_set(x, p);
	if (i < POST_REPORT) {
		p->small = secret_new(SMALL_MAX);
	}
	if (i >= POST_WITHDRAW) {
		p->sending = sending_new(x, p->what, lang);
	}
	if ((i < POST_REPORT && p->small == NULL) ||
	    (i >= POST_WITHDRAW && p->sending == NULL)) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
	}
}

static size_t
post_body(struct exchange *x, uint8_t *b, size_t len)
{
	struct posted *p = exchange_get(x);

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

static void
code_answer(struct exchange *x, unsigned lang, const struct fields *f)
{
	struct site *s = site_open(lang);
	const char *about = fields_get(f, "about");
	bool advice = strcmp(fields_get(f, "kind"), "advice") == 0;
	struct code_page {
		struct code code;
		char text[CODE_TEXT];
		char groups[7][5];
		char path[SVG_PATH_MAX];
		struct view group[7];
		struct view v;
	} *c = secret_new(sizeof(*c));
	char size[8];
	unsigned number, i, side;
	enum err e;

	if (s == NULL || c == NULL) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
		goto out;
	}
	if (s->epoch == NULL) {
		page_answer(x, 503, PAGE_CLOSED, lang, &s->view, false);
		goto out;
	}
	if (!site_role_known(s, about)) {
		page_fail(x, 400, lang, TEXT_ERR_FORM);
		goto out;
	}
	if (site_desk(s, about, &number) != OK) {
		page_fail(x, 200, lang, TEXT_ERR_NOBODY);
		goto out;
	}
	if ((e = code_new(number, &c->code)) == OK) {
		code_text(&c->code, c->text);
		e = qr_path(c->text, c->path, &side);
	}
	if (e != OK) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
		goto out;
	}
	for (i = 0; i < 7; i++) {
		memcpy(c->groups[i], c->text + i * 5, 4);
		view_init(&c->group[i], NULL);
		view_text(&c->group[i], "group", c->groups[i]);
	}
	snprintf(size, sizeof(size), "%u", side);
	view_init(&c->v, &s->view);
	view_list(&c->v, "groups", c->group, 7);
	view_text(&c->v, "qr", c->path);
	view_text(&c->v, "qr_size", size);
	view_text(&c->v, "kind", advice ? "advice" : "report");
	view_text(&c->v, "about", about);
	view_flag(&c->v, "past_about", true);
	view_flag(&c->v, "at_code", true);
	page_answer(x, 200, PAGE_CODE, lang, &c->v, true);
out:
	secret_free(c);
	site_close(s);
}

static void
empty_form(struct exchange *x, unsigned lang, const struct fields *f)
{
	static const char *const blank[] = { "what", "when", "where", "who",
		"how_known", "danger", "told_someone", "wishes", "code" };
	struct site *s = site_open(lang);
	const char *about = fields_get(f, "about");
	bool advice = strcmp(fields_get(f, "kind"), "advice") == 0;
	char id[FORM_ID_TEXT];
	struct view v, ongoing[3];
	unsigned number, i;

	if (s == NULL) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
		return;
	}
	if (s->epoch == NULL || !site_role_known(s, about) ||
	    site_desk(s, about, &number) != OK) {
		page_answer(x, 503, PAGE_CLOSED, lang, &s->view, false);
		goto out;
	}
	form_id_new(id);
	view_init(&v, &s->view);
	for (i = 0; i < sizeof(blank) / sizeof(*blank); i++) {
		view_text(&v, blank[i], "");
	}
	for (i = 0; i < 3; i++) {
		static const char *const words[] = { "yes", "no", "unknown" };

		view_init(&ongoing[i], NULL);
		view_text(&ongoing[i], "value", words[i]);
		view_text(&ongoing[i], "label", site_text(lang,
		    (enum text_id)(TEXT_YES + i)));
	}
	view_list(&v, "ongoings", ongoing, 3);
	view_text(&v, "form", id);
	view_text(&v, "about", about);
	view_text(&v, "kind", advice ? "advice" : "report");
	view_flag(&v, "is_report", !advice);
	view_flag(&v, "no_mailbox",
	    strcmp(fields_get(f, "next"), "none") == 0);
	view_text(&v, "desk", site_desk_name(s, number));
	view_flag(&v, "past_about", true);
	view_flag(&v, "past_code", true);
	view_flag(&v, "at_report", true);
	page_answer(x, 200, PAGE_FORM, lang, &v, false);
out:
	site_close(s);
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
		empty_form(x, p->lang, f);
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
		free(p);
	}
}

const struct handler page_handlers[] = {
	{ METHOD_GET, "/", 0, root_begin, NULL, NULL, NULL },
	{ METHOD_GET, "/nl/*", 0, page_begin, NULL, NULL, NULL },
	{ METHOD_GET, "/en/*", 0, page_begin, NULL, NULL, NULL },
	{ METHOD_GET, "/style.css", 0, static_begin, NULL, NULL, NULL },
	{ METHOD_GET, "/icon.svg", 0, static_begin, NULL, NULL, NULL },
	{ METHOD_GET, "/script.js", 0, static_begin, NULL, NULL, NULL },
	{ METHOD_GET, "/offline.html", 0, static_begin, NULL, NULL, NULL },
	{ METHOD_POST, "/nl/*", LARGE_MAX, post_begin, post_body, post_finish,
	    post_release },
	{ METHOD_POST, "/en/*", LARGE_MAX, post_begin, post_body, post_finish,
	    post_release },
	{ METHOD_GET, NULL, 0, NULL, NULL, NULL, NULL },
};
