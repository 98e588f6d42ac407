/* SPDX-License-Identifier: EUPL-1.2 */
/* What came by phone, letter or talk, entered on the day it was heard. */
#include <string.h>

#include "ui.h"

static void
form(struct visit *v, const char *what, const char *text)
{
	view_flag(&v->view, "is_advice", strcmp(what, "advice") == 0);
	view_text(&v->view, "what", strcmp(what, "advice") == 0 ? "advice" :
	    "report");
	view_text(&v->view, "today_iso", date_iso(v, v->d->today));
	view_text(&v->view, "text", text);
	options_set(v, &v->view, "routes", "route", field(v, "route"));
	visit_page(v, PAGE_ENTER, TEXT_TITLE_ENTER, 2);
}

static bool
route_known(const struct visit *v, const char *route)
{
	const struct vocabulary *w = taxonomy_find(v->d->profile, "route");

	return w != NULL && vocabulary_index(w, route) >= 0;
}

/* Follow-ups that wait for a first message, which will not come */
static void
unmatched(struct visit *v)
{
	struct refusal why;
	unsigned n;

	if (act_enter_unmatched(v->d, &n, &why) != OK) {
		notice_refusal(v, &why);
	} else {
		notice_good(v, TEXT_ENTERED,
		    v->d->state->kase[v->d->state->kases - 1].ref);
	}
	visit_go(v, "/inbox");
}

void
page_enter(struct visit *v)
{
	const char *text = field(v, "text");
	struct act_entry w = {.kase = NOT_FOUND, .route = field(v, "route"),
		.language = "nl", .text = text, .len = strlen(text)};
	char ref[REF_TEXT], code[CODE_TEXT];
	struct refusal why;

	if (!v->post) {
		form(v, v->query(v, "what"), "");
		return;
	}
	if (strcmp(field(v, "do"), "unmatched") == 0) {
		unmatched(v);
		return;
	}
	w.kind = strcmp(field(v, "what"), "advice") == 0 ? REPORT_ADVICE :
	    REPORT_REPORT;
	w.oral = field(v, "oral")[0] != 0;
	if (strcmp(field(v, "language"), "en") == 0) {
		w.language = "en";
	}
	if (text[0] == 0 || !route_known(v, w.route) ||
	    day_parse(field(v, "day"), &w.day) != OK ||
	    w.day > v->d->today) {
		notice_bad(v, TEXT_ENTER_WRONG);
		form(v, field(v, "what"), text);
	} else if (act_enter(v->d, &w, ref, code, &why) != OK) {
		notice_refusal(v, &why);
		form(v, field(v, "what"), text);
	} else {
		notice_good(v, TEXT_ENTERED, ref);
		visit_go(v, "/case/%s/triage", ref);
	}
}
