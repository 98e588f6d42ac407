/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What came in and is not sorted yet. Lists never show what somebody wrote;
 * a withdrawn text is not shown anywhere.
 */
#include <string.h>

#include "../content.h"
#include "ui.h"

static bool
is_fresh(const struct kase *c)
{
	return c->state == CASE_FETCHED || c->state == CASE_OPENED ||
	    c->state == CASE_RECEIVED;
}

/* Facts that stand inside the report: about whom, who reports */
static void
claims_set(struct visit *v, struct view *row, const struct kase *c)
{
	const struct message *m = &v->d->state->message[c->first];
	struct content *content = NULL;
	const char *danger;

	view_text(row, "about", "");
	view_text(row, "relation", "");
	view_text(row, "danger", NULL);
	if (v->d->state->importing || !desk_text_shown(v->d, m) ||
	    desk_content(v->d, m, &content) != OK) {
		return;
	}
	view_text(row, "about", about_label(v, visit_text(v, "%s",
	    content->report->about)));
	view_text(row, "relation", code_label(v, "reporter",
	    content->report->relation));
	danger = content_answer(content->report, "danger");
	view_flag(row, "danger", danger != NULL && danger[0] != 0 &&
	    strcmp(danger, "no") != 0 && strcmp(danger, "nee") != 0);
	content_free(content);
}

static void
case_set(struct visit *v, struct view *row, size_t k)
{
	const struct kase *c = &v->d->state->kase[k];
	struct term t;

	view_text(row, "ref", c->ref);
	view_text(row, "received", date_short(v, c->received));
	view_text(row, "received_iso", date_iso(v, c->received));
	view_text(row, "files", visit_text(v, "%u", c->attachments));
	view_text(row, "route", c->has_mailbox || c->route[0] == 0 ?
	    say(v, TEXT_ROUTE_MAILBOX) : code_label(v, "route", c->route));
	view_text(row, "lang", visit_text(v, "%s", c->language));
	claims_set(v, row, c);
	if (term_shown(v, k, false, &t)) {
		term_set(v, row, &t);
	} else {
		tag_plain(row, "");
		view_text(row, "due_iso", "");
		view_text(row, "due_short", "");
	}
}

/* Is message ${i} news of a case that somebody works on already? */
static bool
is_follow_up(const struct visit *v, size_t i)
{
	const struct state *s = v->d->state;
	const struct message *m = &s->message[i];

	return m->kase != NOT_FOUND && s->kase[m->kase].first != i &&
	    m->kind != REPORT_WITHDRAWAL && m->seen + 14 >= v->d->today;
}

/* One line a case, the newest first and all of them: who writes much hides
 * nobody else */
static void
follow_ups(struct visit *v)
{
	struct news {
		unsigned messages, files;
		bool conflict;
		size_t newest;
	} *news = visit_new(v, (v->d->state->kases + 1) * sizeof *news);
	const struct state *s = v->d->state;
	size_t *order = visit_new(v, (s->kases + 1) * sizeof *order), n = 0;
	struct view *rows;

	for (size_t i = s->messages; i-- > 0;) {
		const struct message *m = &s->message[i];
		if (!is_follow_up(v, i)) {
			continue;
		}
		if (news[m->kase].messages++ == 0) {
			news[m->kase].newest = i;
			order[n++] = m->kase;
		}
		news[m->kase].files += m->attachments;
		news[m->kase].conflict |= m->conflict;
	}
	rows = visit_rows(v, n);
	for (size_t r = 0; r < n; r++) {
		const struct news *one = &news[order[r]];
		view_text(&rows[r], "ref", s->kase[order[r]].ref);
		view_text(&rows[r], "what", one->messages == 1 ?
		    say(v, TEXT_MSG_1) : say_n(v, TEXT_MSG_N, one->messages));
		view_text(&rows[r], "received", date_short(v,
		    s->message[one->newest].received));
		view_flag(&rows[r], "conflict", one->conflict);
		view_text(&rows[r], "files", one->files == 0 ? NULL :
		    visit_text(v, "%u", one->files));
	}
	view_list(&v->view, "messages", rows, n);
}

void
page_inbox(struct visit *v)
{
	const struct state *s = v->d->state;
	struct view *fresh = visit_rows(v, UI_ROWS),
	    *advice = visit_rows(v, UI_ROWS);
	size_t n = 0, a = 0, more = 0, more_advice = 0;

	for (size_t i = 0; i < s->kases; i++) {
		const struct kase *c = &s->kase[i];
		if (c->kind == REPORT_ADVICE && case_state_open(c->state)) {
			if (a < UI_ROWS) {
				case_set(v, &advice[a++], i);
			} else {
				more_advice++;
			}
		} else if (c->kind == REPORT_REPORT && is_fresh(c) &&
		    !c->withdrawn) {
			if (n < UI_ROWS) {
				case_set(v, &fresh[n++], i);
			} else {
				more++;
			}
		}
	}
	view_list(&v->view, "reports", fresh, n);
	view_flag(&v->view, "has_reports", n > 0);
	view_text(&v->view, "more", more == 0 ? NULL :
	    say_n(v, TEXT_MORE_N, (long long)more));
	view_list(&v->view, "advice", advice, a);
	view_text(&v->view, "more_advice", more_advice == 0 ? NULL :
	    say_n(v, TEXT_MORE_ADVICE_N, (long long)more_advice));
	follow_ups(v);
	view_text(&v->view, "withdrawals", s->withdrawals == 0 ? NULL :
	    say_n(v, s->withdrawals == 1 ? TEXT_WITHDRAWN_1 :
	    TEXT_WITHDRAWN_N, (long long)s->withdrawals));
	view_text(&v->view, "foreign", s->foreign == 0 ? NULL :
	    say_n(v, TEXT_FOREIGN_N, (long long)s->foreign));
	view_text(&v->view, "damaged", s->damaged == 0 ? NULL :
	    say_n(v, TEXT_DAMAGED_N, (long long)s->damaged));
	view_text(&v->view, "unmatched", s->unmatched == 0 ? NULL :
	    say_n(v, TEXT_UNMATCHED_N, (long long)s->unmatched));
	view_text(&v->view, "lost", state_bodies_lost(s) == 0 ? NULL :
	    say_n(v, TEXT_LOST_N, (long long)state_bodies_lost(s)));
	view_flag(&v->view, "look_none", s->foreign == 0 && s->damaged == 0 &&
	    state_bodies_lost(s) == 0 &&
	    s->unmatched == 0);
	visit_page(v, PAGE_INBOX, TEXT_TITLE_INBOX, 2);
}
