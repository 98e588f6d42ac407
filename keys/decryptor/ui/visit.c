/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One request's memory, its answer, and the sentence the next page shows.
 * All of it is secret memory: pages hold what reporters wrote.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "ui.h"

#define CHUNK ((size_t)256 << 10)

struct chunk {
	struct chunk *next;
	size_t size, used;
	max_align_t data[];
};

void *
visit_new(struct visit *v, size_t len)
{
	size_t room = (len + 15) & ~(size_t)15;
	struct chunk *c = v->arena;
	void *p;

	if (c == NULL || c->size - c->used < room) {
		size_t size = room > CHUNK ? room : CHUNK;
		c = secret_new(sizeof *c + size);
		if (c == NULL) {
			abort(); /* no locked memory: nothing can be shown */
		}
		c->next = v->arena;
		c->size = size;
		v->arena = c;
	}
	p = (char *)c->data + c->used;
	c->used += room;
	return p;
}

char *
visit_keep(struct visit *v, const char *p, size_t len)
{
	char *s = visit_new(v, len + 1);

	if (len > 0) {
		memcpy(s, p, len);
	}
	return s;
}

char *
visit_text(struct visit *v, const char *fmt, ...)
{
	char *s;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = visit_new(v, n < 0 ? 1 : (size_t)n + 1);
	if (n > 0) {
		va_start(ap, fmt);
		vsnprintf(s, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	return s;
}

struct view *
visit_rows(struct visit *v, size_t n)
{
	struct view *rows = visit_new(v, (n == 0 ? 1 : n) * sizeof *rows);

	for (size_t i = 0; i < n; i++) {
		view_init(&rows[i], &v->view);
	}
	return rows;
}

const char *
visit_body(struct visit *v, struct buf *page)
{
	const char *at = page->p == NULL ? NULL : buf_cstr(page), *end;

	at = at == NULL ? NULL : strstr(at, "<main>");
	end = at == NULL ? NULL : strstr(at, "</main>");
	return end == NULL ? "" : visit_keep(v, at + 6,
	    (size_t)(end - at - 6));
}

void
visit_end(struct visit *v)
{
	while (v->arena != NULL) {
		struct chunk *c = v->arena;
		v->arena = c->next;
		secret_free(c);
	}
	fields_free(v->form);
	buf_free(&v->body);
}

const char *
field(const struct visit *v, const char *name)
{
	return v->form == NULL ? "" : fields_get(v->form, name);
}

static void
frame(struct visit *v, enum text_id title, unsigned menu)
{
	static const char *const at[] = {"", "at_today", "at_inbox",
		"at_register", "at_report", "at_keys"};
	const struct desk *d = v->d;
	struct view *w = &v->outer;
	size_t fresh = 0;

	if (title != TEXTS) {
		view_text(w, "title", say(v, title));
	}
	view_text(w, "token", v->ui->csrf);
	view_text(w, "here", v->path);
	view_flag(w, "unlocked", v->ui->unlocked);
	if (menu > 0 && menu < sizeof at / sizeof *at) {
		view_flag(w, at[menu], true);
	}
	view_text(w, "weekday", date_long(v, d->today));
	view_text(w, "dayname", say(v, (enum text_id)(TEXT_DAY_1 +
	    day_weekday(d->today) - 1)));
	view_flag(w, "founding", v->ui->unlocked && v->ui->founding.waits &&
	    strcmp(v->path, "/ceremony") != 0);
	view_text(w, "organisation", d->keyset == NULL ? "" :
	    d->keyset->organisation);
	view_text(w, "person", v->ui->unlocked ?
	    person_label(v, d->ring->person) : "");
	if (v->ui->unlocked) {
		const struct state *s = d->state;
		char week[WEEK_TEXT];
		week_text(week_of(d->today), week);
		view_text(w, "week", visit_text(v, "%s", week + 6));
		for (size_t i = 0; i < s->kases; i++) {
			fresh += s->kase[i].state == CASE_FETCHED;
		}
		view_text(w, "fresh", fresh == 0 ? NULL :
		    visit_text(v, "%zu", fresh));
		view_text(w, "last_import", s->manifests == 0 ?
		    say(v, TEXT_NONE_YET) :
		    date_long(v, s->manifest[s->manifests - 1].day));
		view_text(w, "last_backup", s->last_backup == DAY_NONE ||
		    s->last_backup == 0 ? say(v, TEXT_NONE_YET) :
		    date_long(v, s->last_backup));
		view_flag(w, "importing", s->importing);
		view_flag(w, "superseded", state_superseded(s));
	}
	if (v->ui->notice[0] != 0) {
		view_text(w, "notice", visit_text(v, "%s", v->ui->notice));
		view_flag(w, "notice_bad", v->ui->notice_bad);
		if (v->ui->seen[0] != 0) {
			view_text(w, "notice_said", visit_text(v, "%s",
			    v->ui->seen));
		}
		secret_wipe(v->ui->notice, sizeof v->ui->notice);
		secret_wipe(v->ui->seen, sizeof v->ui->seen);
	}
}

void
visit_refused(struct visit *v)
{
	fields_free(v->ui->refused);
	v->ui->refused = v->form; /* transferred */
	v->form = NULL;
	snprintf(v->ui->refused_at, sizeof v->ui->refused_at, "/%s%s",
	    language(v), v->path);
}

size_t
visit_form_page(const char *at)
{
	const char *approve = strstr(at, "/approve");

	return approve == NULL ? strlen(at) : (size_t)(approve - at);
}

/* What a refused form held stands in it again */
static void
fill_again(struct visit *v)
{
	struct buf out = buf_new_secret(UI_PAGE_MAX);
	const char *at = v->post ? visit_text(v, "/%s%s", language(v),
	    v->path) : v->ui->refused_at;
	const struct fields *f = v->post ? v->form : v->ui->refused;

	if (!v->ui->unlocked) {
		buf_free(&out); /* one that waits for the lock stays */
		return;
	}
	if (f != NULL && refill(&v->body, at, f, &out)) {
		buf_free(&v->body);
		v->body = out; /* transferred */
	} else {
		buf_free(&out);
	}
	fields_free(v->ui->refused);
	v->ui->refused = NULL;
}

void
visit_page(struct visit *v, enum page_id page, enum text_id title,
    unsigned menu)
{
	const struct embedded *t = &page_templates[page][v->lang];
	bool bad = v->ui->notice[0] != 0 && v->ui->notice_bad;
	enum err e;

	frame(v, title, menu);
	buf_free(&v->body);
	v->body = buf_new_secret(UI_PAGE_MAX);
	e = view_render(&v->view, (const char *)t->p, t->len, &v->body);
	if (e != OK) {
		buf_free(&v->body);
		v->body = buf_new_secret(4096);
		buf_text(&v->body, "this page could not be made: ");
		buf_text(&v->body, err_text(e));
		v->status = 500;
		v->type = "text/plain; charset=utf-8";
		return;
	}
	if (v->status == 0) {
		v->status = 200;
	}
	v->type = "text/html; charset=utf-8";
	once_number(&v->body);
	if (bad) {
		fill_again(v);
	}
}

void
visit_plain(struct visit *v, unsigned status, enum text_id why)
{
	v->status = status;
	view_text(&v->view, "why", say(v, why));
	visit_page(v, PAGE_REFUSED, TEXT_TITLE_REFUSED, 0);
}

void
visit_go(struct visit *v, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(v->location, sizeof v->location, "/%s",
	    language(v));

	va_start(ap, fmt);
	vsnprintf(v->location + n, sizeof v->location - (size_t)n, fmt, ap);
	va_end(ap);
	v->status = 303;
}

const char *
refusal_text(struct visit *v, const struct refusal *why)
{
	static const char own[] = "own rule"; /* no law to name */
	const char *text = v->lang == 0 ? why->nl : why->en;

	if (why->rule[0] == 0) {
		return visit_text(v, "%s", text);
	}
	return strncmp(why->article, own, sizeof own - 1) == 0 ?
	    visit_text(v, "%s (%s)", text, why->rule) :
	    visit_text(v, "%s (%s; %s)", text, why->rule, why->article);
}

static void
notice(struct visit *v, bool bad, const char *text, const char *said)
{
	snprintf(v->ui->notice, sizeof v->ui->notice, "%s", text);
	snprintf(v->ui->seen, sizeof v->ui->seen, "%s", said);
	v->ui->notice_bad = bad;
}

void
notice_good(struct visit *v, enum text_id t, const char *word)
{
	notice(v, false, word == NULL ? say(v, t) : say_word(v, t, word),
	    "");
}

void
notice_bad(struct visit *v, enum text_id t)
{
	notice(v, true, say(v, t), "");
}

void
notice_bad_n(struct visit *v, enum text_id t, uint64_t n)
{
	notice(v, true, say_n(v, t, (long long)n), "");
}

void
notice_bad_word(struct visit *v, enum text_id t, const char *word)
{
	notice(v, true, say_word(v, t, word), "");
}

void
notice_again(struct visit *v)
{
	if (v->ui->notice[0] == 0) {
		notice_good(v, TEXT_DONE_ALREADY, NULL);
	} else if (!v->ui->notice_bad) {
		notice(v, false, visit_text(v, "%s %s", say(v,
		    TEXT_DONE_ALREADY), v->ui->notice), "");
	} /* else what went wrong halfway is the word to read */
}

void
notice_refusal(struct visit *v, const struct refusal *why)
{
	notice(v, true, refusal_text(v, why), "");
}

void
notice_said(struct visit *v, enum text_id t, const struct buf *said)
{
	notice(v, true, say(v, t), visit_text(v, "%.*s", (int)said->len,
	    said->len == 0 ? "" : (const char *)said->p));
}
