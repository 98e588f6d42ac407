/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * All cases of this desk: filter, sort, fifty on a page; acts on many at
 * once; search in decrypted text, in memory only and never in an address.
 */
#include <stdlib.h>
#include <string.h>

#include "../letters.h"
#include "../registerbook.h"
#include "../search.h"
#include "meldluik/secret.h"
#include "ui.h"

#define MISSED_MAX 500u /* named on the page of a search; all are counted */

struct line {
	size_t k;
	day_t key;
	struct term term;
	bool has_term;
};
struct filter {
	const char *year, *state, *due, *sort;
	unsigned page;
};

static unsigned
page_of(const char *s)
{
	unsigned long n = strtoul(s, NULL, 10);

	return n < 1 ? 1 : n > 100000 ? 100000 : (unsigned)n;
}

static bool
state_fits(const struct kase *c, const char *want)
{
	enum case_state s;

	if (strcmp(want, "open") == 0) {
		return case_state_open(c->state);
	}
	return want[0] == 0 || (case_state_parse(want, &s) == OK &&
	    s == c->state);
}

static bool
fits(struct visit *v, const struct filter *f, struct line *l)
{
	const struct kase *c = &v->d->state->kase[l->k];
	int year, month, day;

	day_split(c->received, &year, &month, &day);
	if (f->year[0] != 0 && atoi(f->year) != year) {
		return false;
	}
	if (!state_fits(c, f->state)) {
		return false;
	}
	l->has_term = term_next(v, l->k, &l->term);
	l->key = strcmp(f->sort, "due") == 0 ? (l->has_term ? l->term.due :
	    DAY_NEVER) : -c->received;
	if (strcmp(f->due, "late") == 0) {
		return l->has_term && l->term.due < v->d->today;
	}
	if (strcmp(f->due, "red") == 0) {
		return l->has_term && l->term.colour == CLOCK_RED;
	}
	if (strcmp(f->due, "amber") == 0) {
		return l->has_term && l->term.colour != CLOCK_GREEN;
	}
	return true;
}

static int
line_cmp(const void *a, const void *b)
{
	const struct line *s = a, *t = b;

	return s->key != t->key ? (s->key < t->key ? -1 : 1) :
	    (s->k > t->k) - (s->k < t->k);
}

static void
row_set(struct visit *v, struct view *row, const struct line *l, size_t i)
{
	const struct kase *c = &v->d->state->kase[l->k];

	view_text(row, "ref", c->ref);
	view_text(row, "at", visit_text(v, "%zu", i));
	view_text(row, "received", date_long(v, c->received));
	view_text(row, "received_iso", date_iso(v, c->received));
	view_text(row, "kind", c->kind == REPORT_ADVICE ?
	    say(v, TEXT_ADVICE) : c->type[0] == 0 ? say(v, TEXT_NOT_SORTED) :
	    code_label(v, "type", c->type));
	view_text(row, "wbk", c->wbk[0] == 0 ? "" : code_label(v, "wbk",
	    c->wbk));
	view_text(row, "origin", c->origin[0] == 0 ? "" :
	    code_label(v, "origin", c->origin));
	view_text(row, "state", state_label(v, c->state));
	if (l->has_term) {
		term_set(v, row, &l->term);
	} else {
		tag_plain(row, say(v, TEXT_NO_TERM));
		view_text(row, "due_iso", NULL);
		view_text(row, "due", "");
	}
}

static void
states_set(struct visit *v, const char *chosen)
{
	struct view *rows = visit_rows(v, CASE_STATES);

	for (int s = 0; s < CASE_STATES; s++) {
		const char *code = case_state_code((enum case_state)s);
		view_text(&rows[s], "value", code);
		view_text(&rows[s], "label", state_label(v,
		    (enum case_state)s));
		view_flag(&rows[s], "chosen", strcmp(code, chosen) == 0);
	}
	view_list(&v->view, "states", rows, CASE_STATES);
	view_flag(&v->view, "state_open", strcmp(chosen, "open") == 0);
}

static void
years_set(struct visit *v, const char *chosen)
{
	const struct state *s = v->d->state;
	struct view *rows = visit_rows(v, 64);
	int first = 9999, last = 0, year, month, day;
	size_t n = 0;

	for (size_t i = 0; i < s->kases; i++) {
		day_split(s->kase[i].received, &year, &month, &day);
		first = year < first ? year : first;
		last = year > last ? year : last;
	}
	for (year = last; year >= first && n < 64; year--) {
		view_text(&rows[n], "value", visit_text(v, "%d", year));
		view_flag(&rows[n++], "chosen", atoi(chosen) == year);
	}
	view_list(&v->view, "years", rows, n);
}

static void
pages_set(struct visit *v, const struct filter *f, size_t n)
{
	unsigned pages = (unsigned)((n + UI_ROWS - 1) / UI_ROWS), m = 0;
	struct view *rows = visit_rows(v, pages + 1u);

	for (unsigned i = 1; i <= pages && pages > 1; i++, m++) {
		view_text(&rows[m], "page", visit_text(v, "%u", i));
		view_flag(&rows[m], "current", i == f->page);
	}
	view_list(&v->view, "pages", rows, m);
	view_text(&v->view, "n", visit_text(v, "%zu", n));
	view_text(&v->view, "n_all", say_n(v, v->d->state->kases == 1 ?
	    TEXT_CASE_1 : TEXT_CASES_N, (long long)v->d->state->kases));
}

void
page_register(struct visit *v)
{
	const struct state *s = v->d->state;
	struct filter f = {.year = v->query(v, "year"),
		.state = v->query(v, "state"), .due = v->query(v, "due"),
		.sort = v->query(v, "sort"),
		.page = page_of(v->query(v, "page"))};
	struct line *line = calloc(s->kases + 1, sizeof *line);
	size_t n = 0, from, count;
	struct view *rows, *w = &v->view;

	if (line == NULL) {
		visit_plain(v, 503, TEXT_NO_MEMORY);
		return;
	}
	for (size_t i = 0; i < s->kases; i++) {
		line[n].k = i;
		n += fits(v, &f, &line[n]);
	}
	qsort(line, n, sizeof *line, line_cmp);
	from = (size_t)(f.page - 1) * UI_ROWS;
	from = from > n ? n : from;
	count = n - from < UI_ROWS ? n - from : UI_ROWS;
	rows = visit_rows(v, count);
	for (size_t i = 0; i < count; i++) {
		row_set(v, &rows[i], &line[from + i], i);
	}
	free(line);
	view_list(w, "rows", rows, count);
	view_flag(w, "has_rows", count > 0);
	view_flag(w, "pick", true);
	years_set(v, f.year);
	states_set(v, f.state);
	pages_set(v, &f, n);
	view_text(w, "q_year", visit_keep(v, f.year, strlen(f.year)));
	view_text(w, "q_state", visit_keep(v, f.state, strlen(f.state)));
	view_text(w, "q_due", visit_keep(v, f.due, strlen(f.due)));
	view_text(w, "q_sort", visit_keep(v, f.sort, strlen(f.sort)));
	view_flag(w, "due_late_chosen", strcmp(f.due, "late") == 0);
	view_flag(w, "due_red_chosen", strcmp(f.due, "red") == 0);
	view_flag(w, "due_amber_chosen", strcmp(f.due, "amber") == 0);
	view_flag(w, "by_due", strcmp(f.sort, "due") == 0);
	places_set(v, w);
	visit_page(v, PAGE_REGISTER, TEXT_TITLE_REGISTER, 3);
}

/* Cases with text that could not be read, as links beside what was found */
static void
missed_set(struct visit *v, const struct search *found)
{
	const struct state *s = v->d->state;
	size_t room = found->missed < MISSED_MAX ? found->missed : MISSED_MAX;
	struct view *rows = visit_rows(v, room + 1);
	size_t n = 0;

	for (size_t k = 0; k < s->kases && n < room; k++) {
		if (search_missed(found, k)) {
			view_text(&rows[n++], "ref", s->kase[k].ref);
		}
	}
	view_list(&v->view, "missed", rows, n);
	view_flag(&v->view, "has_missed", n > 0);
	view_text(&v->view, "n_missed", visit_text(v, "%zu", found->missed));
	view_flag(&v->view, "has_homeless", found->homeless > 0);
	view_text(&v->view, "n_homeless", visit_text(v, "%llu",
	    (unsigned long long)found->homeless));
}

void
page_search(struct visit *v)
{
	const struct state *s = v->d->state;
	const char *word = field(v, "word");
	struct search found = {0};
	struct view *rows = visit_rows(v, UI_ROWS);
	size_t m = 0;
	enum err e;

	if (s->importing) {
		visit_plain(v, 409, TEXT_IMPORT_CUT);
		return;
	}
	e = search_cases(v->d, word, &found);
	if (e != OK && e != ERR_LIMIT) {
		visit_plain(v, 500, TEXT_NO_PAGE);
		return;
	}
	for (size_t i = 0; e == OK && i < s->kases; i++) {
		if (found.kase[i].hit && m < UI_ROWS) {
			struct line l = {.k = i};
			l.has_term = term_next(v, i, &l.term);
			row_set(v, &rows[m], &l, m);
			m++;
		}
	}
	view_list(&v->view, "rows", rows, m);
	view_flag(&v->view, "has_rows", m > 0);
	view_text(&v->view, "n", visit_text(v, "%zu", found.hits));
	view_text(&v->view, "word", word);
	missed_set(v, &found);
	search_free(&found);
	visit_page(v, PAGE_SEARCH, TEXT_TITLE_SEARCH, 3);
}

static enum err
acknowledge(struct visit *v, size_t k, struct refusal *why)
{
	struct buf text = buf_new_secret(65536);
	struct act_answer a = {.kind = REPLY_ACKNOWLEDGEMENT,
		.language = letter_language("acknowledgement",
		    v->d->state->kase[k].language)};
	enum err e;

	if (v->d->state->kase[k].ack_drafted != DAY_NONE) {
		return refuse(why, ERR_CONFLICT, "Al bevestigd.",
		    "Acknowledged already.");
	}
	e = letter_acknowledge(v->d, &v->d->state->kase[k], &text);
	if (e == OK) {
		a.text = (const char *)text.p;
		a.len = text.len;
		e = act_reply(v->d, k, &a, why);
	} else {
		e = refuse_err(why, e);
	}
	buf_free(&text);
	return e;
}

void
page_bulk(struct visit *v)
{
	const char *what = field(v, "do");
	bool acknowledges = strcmp(what, "acknowledge") == 0;
	struct act_code signal = {"kind", "signaal"};
	struct refusal why;
	unsigned done = 0, refused = 0;

	if (v->d->state->importing) {
		visit_plain(v, 409, TEXT_IMPORT_CUT);
		return;
	}
	if (!acknowledges && strcmp(what, "signal") != 0) {
		visit_plain(v, 400, TEXT_NO_WAY);
		return;
	}
	for (unsigned i = 0; i < UI_ROWS; i++) {
		char name[FORM_NAME];
		size_t k;
		enum err e;
		snprintf(name, sizeof name, "pick_%u", i);
		if (field(v, name)[0] == 0 || (k = state_case(v->d->state,
		    field(v, name))) == NOT_FOUND) {
			continue;
		}
		e = acknowledges ? acknowledge(v, k, &why) :
		    act_codes(v->d, k, &signal, 1, &why);
		done += e == OK;
		refused += e != OK;
	}
	if (refused > 0 && done == 0) {
		notice_refusal(v, &why);
	} else if (done == 0) {
		notice_bad(v, TEXT_BULK_NONE);
	} else {
		notice_good(v, refused == 0 ? TEXT_BULK_DONE :
		    TEXT_BULK_PART, visit_text(v, "%u", done));
	}
	visit_go(v, "/register");
}
